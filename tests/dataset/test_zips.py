"""Zips are read in place, within bounds and from any thread; broken ones say what is wrong with them."""

from __future__ import annotations

import functools
import io
import struct
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gui.core.dataset import Dataset, DataSpec, ProblemKind, read
from gui.core.dataset import images as images_module
from gui.core.errors import ImagesUnreadable
from tests.dataset.making import image_item, kinds, noisy_picture, only, picture, write_items, write_zip

BIG = noisy_picture()


def with_images(folder: Path, images: Path, *names: str) -> Dataset:
    items = [one for name in names or ("a.png",) for one in image_item(name, name)]
    return read(DataSpec(items=(str(write_items(folder, items)),), images=(str(images),)))


def refused(folder: Path, data: bytes) -> str:
    path = folder / "p.zip"
    path.write_bytes(data)
    with pytest.raises(ImagesUnreadable) as raised:
        with_images(folder, path)
    assert raised.value.path == str(path)
    return raised.value.reason


def patched(path: Path, name: str, field: int, form: str, value: int) -> Path:
    """The zip with one field of the entry's record in the table of contents changed."""
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\1\2")
    while data[at + 46 : at + 46 + len(name)] != name.encode():
        at = data.index(b"PK\1\2", at + 1)
    struct.pack_into(form, data, at + field, value)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_a_truncated_zip_is_cut_off(tmp_path: Path, share: float) -> None:
    data = write_zip(tmp_path / "p.zip", {f"{n}.png": picture() for n in range(50)}).read_bytes()
    reason = refused(tmp_path, data[: int(len(data) * share)])
    assert reason == "cut-off" or 0 < len(data) * share < 4


@pytest.mark.parametrize("data", [b"Rar!\x1a\x07 a rar", b"7z\xbc\xaf\x27\x1c", b"text", picture()])
def test_another_kind_of_file_is_not_a_zip(tmp_path: Path, data: bytes) -> None:
    assert refused(tmp_path, data) == "not-zip"


def test_an_encrypted_zip_says_so(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"a.png": picture()})
    assert refused(tmp_path, patched(path, "a.png", 8, "<H", 1).read_bytes()) == "encrypted"


def test_one_encrypted_entry_does_not_keep_the_others_away(tmp_path: Path) -> None:
    path = patched(write_zip(tmp_path / "p.zip", {"a.png": picture(), "b.png": picture()}), "a.png", 8, "<H", 1)
    dataset = with_images(tmp_path, path, "a.png", "b.png")
    assert [bool(item.image) for item in dataset.items] == [False, True]
    assert kinds(dataset) == [ProblemKind.IMAGE_UNREADABLE]


@pytest.mark.parametrize("at", [0, 7, 4_000_000_000])
def test_one_entry_that_lies_about_its_place_does_not_keep_the_others_away(tmp_path: Path, at: int) -> None:
    path = write_zip(tmp_path / "p.zip", {"b.png": picture(), "a.png": picture()})
    dataset = with_images(tmp_path, patched(path, "a.png", 42, "<I", at), "a.png", "b.png")
    assert dataset.items[1].image
    assert kinds(dataset) in ([ProblemKind.IMAGE_UNREADABLE], [])  # at 0 lies the same picture


def test_an_empty_zip_is_just_empty(tmp_path: Path) -> None:
    assert kinds(with_images(tmp_path, write_zip(tmp_path / "p.zip", {}))) == [ProblemKind.IMAGE_NOT_FOUND]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_images_come_back_byte_by_byte_in_any_pieces(tmp_path: Path, method: int) -> None:
    path = write_zip(tmp_path / "p.zip", {"small.gif": picture("GIF"), "a.png": BIG}, method)
    dataset = with_images(tmp_path, path)
    key = only(dataset).image
    assert dataset.image_size_bytes(key) == len(BIG)
    for piece in (1000, 65_536, 10**7):
        with dataset.open_image(key) as file:
            assert b"".join(iter(functools.partial(file.read, piece), b"")) == BIG
            assert file.read() == b""
    with dataset.open_image(key) as file:
        assert file.read() == BIG


def test_images_are_read_from_many_threads_at_once(tmp_path: Path) -> None:
    pictures = {f"{n}.png": noisy_picture(size=(60 + n, 50)) for n in range(12)}
    path = write_zip(tmp_path / "p.zip", pictures, zipfile.ZIP_DEFLATED)
    dataset = with_images(tmp_path, path, *pictures)
    start = threading.Barrier(8)

    def every_image(turn: int) -> bool:
        start.wait()
        names = list(pictures)[turn:] + list(pictures)[:turn]
        for name in names * 3:
            with dataset.open_image(f"0/{name}") as file:
                if b"".join(iter(functools.partial(file.read, 777), b"")) != pictures[name]:
                    return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(every_image, range(8)))


def test_a_member_is_never_read_beyond_its_declared_size(tmp_path: Path) -> None:
    bomb = picture() + bytes(50_000_000)
    path = write_zip(tmp_path / "p.zip", {"a.png": bomb}, zipfile.ZIP_DEFLATED)
    dataset = with_images(tmp_path, patched(path, "a.png", 24, "<I", 1000))
    assert kinds(dataset) == [ProblemKind.IMAGE_UNREADABLE]  # its checksum belongs to the longer content


def test_a_member_that_declares_hundreds_of_megabytes_is_too_large_and_not_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"a.png": picture()}, zipfile.ZIP_DEFLATED)
    dataset = with_images(tmp_path, patched(path, "a.png", 24, "<I", 3_000_000_000))
    assert kinds(dataset) == [ProblemKind.IMAGE_TOO_LARGE]


def test_a_member_that_holds_less_than_it_declares_is_seen(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"a.png": picture()}, zipfile.ZIP_DEFLATED)
    dataset = with_images(tmp_path, patched(path, "a.png", 24, "<I", 5000))
    assert kinds(dataset) == [ProblemKind.IMAGE_UNREADABLE]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_unpacked_within_bounds_are_not_used(tmp_path: Path, method: int) -> None:
    path = write_zip(tmp_path / "p.zip", {"a.png": picture()}, method)
    assert kinds(with_images(tmp_path, path)) == [ProblemKind.IMAGE_UNREADABLE]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_picture_whose_bytes_rotted_in_the_zip_is_unreadable(tmp_path: Path, method: int) -> None:
    path = write_zip(tmp_path / "p.zip", {"a.png": BIG}, method)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)
    assert kinds(with_images(tmp_path, path)) == [ProblemKind.IMAGE_UNREADABLE]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_rot_that_only_the_upload_meets_keeps_the_length_and_breaks_the_picture(
    tmp_path: Path, method: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images_module, "WHOLE_LOOK_BYTES", -1)
    path = write_zip(tmp_path / "p.zip", {"a.png": BIG}, method)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)
    dataset = with_images(tmp_path, path)
    with dataset.open_image(only(dataset).image) as file:
        sent = file.read()
    assert len(sent) == len(BIG)
    assert sent[:60_000] == BIG[:60_000]
    assert sent.endswith(bytes(100))


def test_a_zip_replaced_by_a_shorter_one_since_is_an_error(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"first.png": BIG, "a.png": picture()})
    dataset = with_images(tmp_path, path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ImagesUnreadable) as raised:
        dataset.open_image(only(dataset).image)
    assert raised.value.reason == "cut-off"


def test_a_zip_replaced_by_something_else_since_is_an_error(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"first.png": BIG, "a.png": picture()})
    dataset = with_images(tmp_path, path)
    path.write_bytes(bytes(2 * len(BIG)))
    with pytest.raises(ImagesUnreadable) as raised:
        dataset.open_image(only(dataset).image)
    assert raised.value.reason == "not-zip"


def test_a_zip_behind_another_file_is_read(tmp_path: Path) -> None:
    """Self-extracting archives begin with a program."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.png", BIG)
    path = tmp_path / "p.zip"
    path.write_bytes(b"MZ a program" * 100 + packed.getvalue())
    dataset = with_images(tmp_path, path)
    with dataset.open_image(only(dataset).image) as file:
        assert file.read() == BIG


def test_the_zip_is_not_kept_open(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"a.png": picture()})
    dataset = with_images(tmp_path, path)
    dataset.open_image(only(dataset).image).close()
    path.rename(tmp_path / "moved.zip")
    (tmp_path / "moved.zip").unlink()
