"""What goes to a machine, before it goes."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from gui.core.errors import ImagesUnreadable, TransferCorrupt
from gui.core.machine import bundle, transfer
from gui.core.machine.transfer import Member
from gui.core.paths import WORKER


def member(name: str, content: bytes, mark: str = "") -> Member:
    return Member(name, len(content), lambda: io.BytesIO(content), mark)


def test_a_tar_parcel_is_a_tar_of_exactly_the_announced_length() -> None:
    contents = {"a.png": b"x" * 513, "empty": b"", "그림/가나다 1.jpg": b"y" * 512, "n" * 150: b"z" * 70_000}
    parcel = transfer.tar_parcel("key", "job/images", [member(*one) for one in contents.items()])
    stream = b"".join(parcel.blocks())
    assert len(stream) == parcel.size_bytes
    with tarfile.open(fileobj=io.BytesIO(stream), mode="r|", encoding="utf-8") as tar:
        assert {one.name: tar.extractfile(one).read() for one in tar} == contents


def test_the_same_members_give_the_same_bytes_and_keys() -> None:
    members = [member(f"{number}.png", bytes([number]) * number) for number in range(50)]
    (first,), (second,) = transfer.parcels_of("images", members), transfer.parcels_of("images", members)
    assert first.key == second.key
    assert b"".join(first.blocks()) == b"".join(second.blocks()) == b"".join(second.blocks())


def test_members_are_grouped_in_order_by_number_and_by_size() -> None:
    many = [member(f"{number}.png", b"x") for number in range(1201)]
    large = [Member(f"{number}.png", 4_000_000, io.BytesIO) for number in range(5)]
    assert [len(group) for group in transfer._groups(many)] == [500, 500, 201]
    assert [len(group) for group in transfer._groups(large)] == [2, 2, 1]
    assert [one for group in transfer._groups(many) for one in group] == many
    assert transfer.parcels_of("images", []) == []


def test_a_file_larger_than_a_parcel_goes_alone() -> None:
    sizes = [10, transfer.PARCEL_BYTES * 3, 10]
    members = [Member(f"{number}.png", size, io.BytesIO) for number, size in enumerate(sizes)]
    assert [len(group) for group in transfer._groups(members)] == [1, 1, 1]


@pytest.mark.parametrize(
    "other",
    [member("b.png", b"12"), member("a.png", b"123"), member("a.png", b"12", mark="crc")],
    ids=["name", "size", "mark"],
)
def test_another_name_size_or_mark_is_another_parcel(other: Member) -> None:
    one = transfer.parcels_of("images", [member("a.png", b"12")])[0].key
    assert one != transfer.parcels_of("images", [other])[0].key
    assert one != transfer.parcels_of("elsewhere", [member("a.png", b"12")])[0].key


def test_images_stream_out_of_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "images.zip", "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(20):
            made.writestr(f"2024/{number}.png", bytes([number]) * 10_000)
    with zipfile.ZipFile(tmp_path / "images.zip") as images:
        members = [
            Member(f"{number}.png", one.file_size, lambda one=one: images.open(one), f"{one.CRC:08x}")
            for number, one in enumerate(images.infolist())
        ]
        stream = b"".join(transfer.parcels_of("images", members)[0].blocks())
    with tarfile.open(fileobj=io.BytesIO(stream)) as tar:
        assert [tar.extractfile(one).read()[:1] for one in tar] == [bytes([number]) for number in range(20)]


def test_a_zip_entry_that_breaks_midway_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "images.zip", "w", zipfile.ZIP_STORED) as made:
        made.writestr("a.png", b"\x01" * 10_000)
    raw = bytearray((tmp_path / "images.zip").read_bytes())
    raw[5000] ^= 0xFF
    with zipfile.ZipFile(io.BytesIO(raw)) as images:
        parcel = transfer.tar_parcel("key", "images", [Member("a.png", 10_000, lambda: images.open("a.png"))])
        with pytest.raises(ImagesUnreadable) as broken:
            list(parcel.blocks())
    assert broken.value.path == "a.png"


def gone() -> BinaryIO:
    raise FileNotFoundError("a.png")


@pytest.mark.parametrize(
    "source", [lambda: io.BytesIO(b"1234"), lambda: io.BytesIO(b"123456"), gone], ids=["shorter", "longer", "gone"]
)
def test_a_member_that_is_not_as_announced_stops_the_stream(source: Callable[[], BinaryIO]) -> None:
    with pytest.raises(ImagesUnreadable):
        list(transfer.tar_parcel("key", "images", [Member("a.png", 5, source)]).blocks())


@pytest.mark.parametrize("now", [b"1234", b"123456"], ids=["shorter", "longer"])
def test_a_file_that_changed_its_length_since_it_was_hashed_is_not_sent(tmp_path: Path, now: bytes) -> None:
    (tmp_path / "rows").write_bytes(b"12345")
    parcel = transfer.file_parcel(tmp_path / "rows", "rows")
    (tmp_path / "rows").write_bytes(now)
    with pytest.raises(TransferCorrupt):
        list(parcel.blocks())


def test_a_file_and_the_same_bytes_make_the_same_parcel(tmp_path: Path) -> None:
    data = bytes(range(256)) * 1000
    (tmp_path / "rows").write_bytes(data)
    from_file, from_bytes = transfer.file_parcel(tmp_path / "rows", "rows"), transfer.bytes_parcel("rows", data)
    assert (from_file.key, from_file.size_bytes) == (from_bytes.key, from_bytes.size_bytes)
    assert b"".join(from_file.blocks()) == b"".join(from_bytes.blocks()) == data
    assert transfer.bytes_parcel("rows", b"other").key != from_bytes.key != transfer.bytes_parcel("r", data).key


def test_the_worker_travels_whole_and_alike() -> None:
    parcel = bundle.worker_parcel()
    stream = b"".join(parcel.blocks())
    assert stream == b"".join(bundle.worker_parcel().blocks())
    assert parcel.name == bundle.worker_folder() == f"worker-{parcel.key.partition('-')[2][:12]}"
    with tarfile.open(fileobj=io.BytesIO(stream)) as tar:
        sent = {one.name: tar.extractfile(one).read() for one in tar}
        assert {one.mtime for one in tar.getmembers()} == {0}
    assert sent["remote_worker/agent.py"] == (WORKER / "agent.py").read_bytes()
    assert {"remote_worker/__init__.py", "remote_worker/protocol.py", "remote_worker/requirements.txt"} <= set(sent)
