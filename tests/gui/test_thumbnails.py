"""Pictures from anywhere become small pictures, or none; what scrolled away does not hold up what is looked at."""

from __future__ import annotations

import io
import os
import struct
import zlib

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gui import tasks
from gui.models import thumbnails as module
from gui.models.thumbnails import Thumbnails, decode
from tests.result.exam import picture

BOX = QSize(184, 124)


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says it is this large, and hardly has a byte of it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


def saved(image: Image.Image, kind: str) -> bytes:
    held = io.BytesIO()
    image.save(held, kind)
    return held.getvalue()


@pytest.mark.parametrize("size", [(480, 320), (3000, 40), (40, 3000), (60, 20), (1, 1)])
def test_pictures_fit_the_box_keep_their_shape_and_are_never_blown_up(size: tuple[int, int]) -> None:
    image = decode(saved(Image.new("RGB", size, "red"), "PNG"), BOX)

    assert not image.isNull()
    assert image.width() <= min(BOX.width(), size[0])
    assert image.height() <= min(BOX.height(), size[1])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_the_usual_kinds_are_read(kind: str) -> None:
    if kind == "WEBP" and b"webp" not in [bytes(one.data()) for one in module.QImageReader.supportedImageFormats()]:
        pytest.skip("this Qt has no WebP")
    assert not decode(saved(Image.new("RGB", (300, 200), "blue"), kind), BOX).isNull()


def test_a_transparent_picture_is_put_on_white() -> None:
    image = decode(picture(4, mode="RGBA"), BOX)

    assert image.pixelColor(image.width() - 1, image.height() - 1) == QColor("white")


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n", os.urandom(4000), b"<svg/>", png_of_size(100_000, 100_000), png_of_size(0, 5)],
    ids=["empty", "a beginning", "garbage", "svg", "huge", "no width"],
)
def test_what_cannot_be_shown_is_no_picture_and_no_trouble(data: bytes) -> None:
    assert decode(data, BOX).isNull()


def test_garbage_in_a_picture_is_never_a_bug() -> None:
    whole = bytearray(picture(1))
    for at in range(0, len(whole), 37):
        spoiled = whole.copy()
        spoiled[at] ^= 0xFF
        decode(bytes(spoiled), BOX)
        decode(bytes(whole[:at]), BOX)


def test_wishes_for_what_scrolled_away_are_forgotten_and_can_be_made_again(qtbot: QtBot) -> None:
    read: list[int] = []

    def bytes_of(row: int) -> bytes:
        read.append(row)
        return picture(row)

    thumbnails = Thumbnails(bytes_of, BOX)
    for row in range(500):
        thumbnails.get(row)
    thumbnails.want_only([490, 491])
    qtbot.waitUntil(lambda: thumbnails.pending == 0 and tasks.under_way() == 0, timeout=10_000)

    assert set(read) == {0, 1, 490, 491}, "two were under way already"
    assert thumbnails.get(3) is None
    qtbot.waitUntil(lambda: thumbnails.get(3) is not None, timeout=10_000)


def test_the_latest_are_kept_and_the_oldest_forgotten(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 5)
    thumbnails = Thumbnails(lambda row: picture(row), BOX)
    for row in range(8):
        thumbnails.get(row)
        qtbot.waitUntil(lambda: thumbnails.pending == 0 and tasks.under_way() == 0, timeout=10_000)

    assert thumbnails.get(7) is not None
    assert thumbnails.get(3) is not None
    assert thumbnails.get(2) is None
    qtbot.waitUntil(lambda: thumbnails.pending == 0 and tasks.under_way() == 0, timeout=10_000)


def test_a_broken_picture_is_tried_once(qtbot: QtBot) -> None:
    read: list[int] = []
    thumbnails = Thumbnails(lambda row: (read.append(row), b"garbage")[1], BOX)

    for _ in range(3):
        assert thumbnails.get(1) is None
        qtbot.waitUntil(lambda: tasks.under_way() == 0, timeout=10_000)

    assert thumbnails.is_broken(1)
    assert read == [1]
