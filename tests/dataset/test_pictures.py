"""What speaks against a picture is seen from its first and last bytes, while the data set is read."""

from __future__ import annotations

import random
import struct
import zipfile
from pathlib import Path

import pytest

from gui.core.dataset import DataSpec, ProblemKind, read
from gui.core.dataset import images as images_module
from gui.core.dataset.picture import MAX_ELONGATED, look, tokens_of
from remote_worker.vision import fitted
from tests.dataset.making import image_item, kinds, noisy_picture, only, picture, png_header, write_items, write_zip

FORMS = ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"]


UNSAID = ("TIFF", "AVIF")  # their size stands deep inside


def judged(data: bytes) -> tuple[ProblemKind | None, bool]:
    seen = look(data[:65536], data[-65536:], len(data))
    return seen.problem, seen.transparent


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", [picture, noisy_picture])
def test_whole_pictures_are_fine(form: str, make: object) -> None:
    assert callable(make)
    assert judged(make(form)) == (None, False)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", [picture, noisy_picture])
def test_a_whole_picture_says_how_much_the_model_will_read(form: str, make: object) -> None:
    assert callable(make)
    data = make(form, size=(400, 300))
    assert look(data[:65536], data[-65536:], len(data)).tokens == (
        0 if form in UNSAID else 108
    )  # 12 x 9, of 12.5 x 9.4


def test_a_picture_of_any_size_is_as_many_tokens_as_the_worker_makes_of_it() -> None:
    chance = random.Random(4)
    small = [(width, height) for width in range(1, 100) for height in range(1, 100)]
    large = [(int(2 ** chance.uniform(0, 13)), int(2 ** chance.uniform(0, 13))) for _ in range(5000)]
    for size in small + large:
        if max(size) <= MAX_ELONGATED * min(size):
            width, height = fitted(size, 32, 10**9)
            assert tokens_of(*size) == width * height / 32**2, size


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.9, 0.99])
def test_pictures_that_are_cut_off_are_seen(form: str, share: float) -> None:
    data = noisy_picture(form)
    assert judged(data[: int(len(data) * share)])[0] is ProblemKind.IMAGE_CUT_OFF


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_cut_at_any_byte_of_its_start_is_never_fine_nor_an_accident(form: str) -> None:
    data = picture(form)
    for length in range(min(len(data) - 2, 60)):
        problem, _ = judged(data[:length])
        assert problem in (ProblemKind.IMAGE_CUT_OFF, ProblemKind.IMAGE_UNREADABLE) or form in ("GIF", "TIFF", "AVIF")


@pytest.mark.parametrize(
    ("form", "mode", "transparent"),
    [("PNG", "RGBA", True), ("PNG", "LA", True), ("PNG", "L", False), ("PNG", "P", False), ("WEBP", "RGBA", True)],
)
def test_pictures_with_an_alpha_channel_are_transparent(form: str, mode: str, transparent: bool) -> None:
    assert judged(picture(form, mode)) == (None, transparent)


def test_a_transparent_colour_counts_too(tmp_path: Path) -> None:
    from PIL import Image

    for form in ("png", "gif"):
        Image.new("P", (9, 9), 3).save(tmp_path / f"a.{form}", transparency=3)
        assert judged((tmp_path / f"a.{form}").read_bytes()) == (None, True)


@pytest.mark.parametrize("size", [(100_000, 100_000), (2**31 - 1, 2**31 - 1), (1, 70_000), (20_000, 10_000)])
def test_a_picture_of_too_many_pixels_is_too_large(size: tuple[int, int]) -> None:
    assert judged(png_header(*size))[0] is ProblemKind.IMAGE_TOO_LARGE


def test_a_picture_too_narrow_to_see_is_unreadable() -> None:
    assert judged(png_header(3000, 5))[0] is ProblemKind.IMAGE_UNREADABLE


def test_a_long_comment_in_a_gif_is_no_harm() -> None:
    data = picture("GIF")
    at = 13 + (3 << ((data[10] & 7) + 1))
    comment = b"\x21\xfe" + b"\xff" + bytes(255)
    comment += (b"\xff" + bytes(255)) * 400 + b"\0"
    assert judged(data[:at] + comment + data[at:]) == (None, False)


def test_a_picture_of_no_pixels_is_unreadable() -> None:
    assert judged(png_header(0, 5))[0] is ProblemKind.IMAGE_UNREADABLE


@pytest.mark.parametrize("data", [b"<svg></svg>", b"%PDF-1.4", b"\x89PNX\r\n\x1a\n" + bytes(99), b"text", bytes(500)])
def test_what_is_no_picture_is_unreadable(data: bytes) -> None:
    assert judged(data)[0] is ProblemKind.IMAGE_UNREADABLE


def test_a_jpeg_whose_size_comes_after_a_long_profile_is_fine() -> None:
    data = noisy_picture("JPEG")
    profile = b"\xff\xe2" + struct.pack(">H", 65_000) + bytes(64_998)
    assert judged(data[:2] + profile * 3 + data[2:]) == (None, False)


def test_a_camera_that_writes_more_after_the_end_of_a_jpeg_is_fine() -> None:
    assert judged(noisy_picture("JPEG") + b"SEFT" + bytes(2000)) == (None, False)


CASES = {
    "whole.png": (picture(), None),
    "noise.jpg": (noisy_picture("JPEG"), None),
    "cut.png": (noisy_picture()[:50_000], ProblemKind.IMAGE_CUT_OFF),
    "cut.jpg": (noisy_picture("JPEG")[:-30], ProblemKind.IMAGE_CUT_OFF),
    "empty.png": (b"", ProblemKind.IMAGE_CUT_OFF),
    "clear.png": (picture(mode="RGBA"), ProblemKind.IMAGE_TRANSPARENT),
    "vast.png": (png_header(100_000, 100_000), ProblemKind.IMAGE_TOO_LARGE),
    "text.png": (b"no picture at all", ProblemKind.IMAGE_UNREADABLE),
}


@pytest.mark.parametrize("source", ["stored", "deflated", "folder", "stored, too many to unpack"])
@pytest.mark.parametrize("name", CASES)
def test_the_report_says_what_is_wrong_with_a_picture(
    tmp_path: Path, source: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, expected = CASES[name]
    if source == "folder":
        images = tmp_path / "p"
        images.mkdir()
        (images / name).write_bytes(data)
    else:
        method = zipfile.ZIP_DEFLATED if source == "deflated" else zipfile.ZIP_STORED
        images = write_zip(tmp_path / "p.zip", {name: data}, method)
    if source.endswith("unpack"):
        monkeypatch.setattr(images_module, "WHOLE_LOOK_BYTES", -1)
    dataset = read(DataSpec(items=(str(write_items(tmp_path, image_item(name))),), images=(str(images),)))
    assert kinds(dataset) == ([expected] if expected else [])
    usable = expected in (None, ProblemKind.IMAGE_TRANSPARENT)
    assert bool(only(dataset).image) == usable
    assert dataset.report.images_found == usable
    assert only(dataset).text
