"""A cheap look at an image file's first and last bytes. The worker, which decodes, has the last word."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from gui.core.dataset.report import ProblemKind

HEAD_BYTES = 64 * 1024
TAIL_BYTES = 64 * 1024
MAX_PIXELS, MAX_EDGE, MAX_ELONGATED = 100_000_000, 65_535, 200  # what the worker takes, too
MAX_IMAGE_BYTES = 200 * 10**6
TOKEN_EDGE = 32  # pixels of the square that is one token to the models that see
FEWEST_TOKENS = 4  # a smaller picture is enlarged to this
_UNSAID = 0, 0  # width and height that stand further inside


@dataclass(frozen=True, slots=True)
class Look:
    """``problem`` None: nothing speaks against the image. ``transparent``: it has an alpha channel or colour key.

    ``tokens``: what the model reads where nothing is shrunk; 0 = these bytes do not say how large the image is.
    """

    problem: ProblemKind | None = None
    transparent: bool = False
    tokens: int = 0


class _Damaged(Exception):
    """The bytes stop before the header does."""


def look(head: bytes, tail: bytes | None, size_bytes: int) -> Look:
    """Judge an image by its first ``HEAD_BYTES`` and last ``TAIL_BYTES`` (None = not looked at)."""
    if size_bytes > MAX_IMAGE_BYTES:
        return Look(ProblemKind.IMAGE_TOO_LARGE)
    if size_bytes == 0:
        return Look(ProblemKind.IMAGE_CUT_OFF)
    for at, magic, judge in _KINDS:
        if head.startswith(magic, at):
            try:
                width, height, transparent, whole = judge(head, tail, size_bytes)
            except (struct.error, IndexError, _Damaged):
                cut = size_bytes <= len(head)
                return Look(ProblemKind.IMAGE_CUT_OFF if cut else ProblemKind.IMAGE_UNREADABLE)
            if width * height > MAX_PIXELS or max(width, height) > MAX_EDGE:
                return Look(ProblemKind.IMAGE_TOO_LARGE)
            if max(width, height) > MAX_ELONGATED * min(width, height):
                return Look(ProblemKind.IMAGE_UNREADABLE)
            if not whole:
                return Look(ProblemKind.IMAGE_CUT_OFF, transparent)
            return Look(None, transparent, tokens_of(width, height) if width and height else 0)
    return Look(ProblemKind.IMAGE_UNREADABLE)


def tokens_of(width: int, height: int) -> int:
    """What a picture of so many pixels is to Qwen3-VL where nothing is shrunk, as the worker reckons it."""
    columns, rows = max(1, round(width / TOKEN_EDGE)), max(1, round(height / TOKEN_EDGE))
    if columns * rows < FEWEST_TOKENS:
        grow = math.sqrt(FEWEST_TOKENS * TOKEN_EDGE**2 / (width * height))
        columns, rows = math.ceil(width * grow / TOKEN_EDGE), math.ceil(height * grow / TOKEN_EDGE)
    return columns * rows


def _png(head: bytes, tail: bytes | None, _: int) -> tuple[int, int, bool, bool]:
    if head[12:16] != b"IHDR":
        if len(head) < 16:
            raise _Damaged
        return 0, 0, False, False
    width, height, _depth, colour = struct.unpack_from(">IIBB", head, 16)
    transparent, at = colour in (4, 6), 33
    while not transparent and at + 8 <= len(head):
        length, chunk = struct.unpack_from(">I4s", head, at)
        if chunk == b"tRNS":
            transparent = True
        if chunk in (b"IDAT", b"IEND"):
            break
        at += 12 + length
    return width, height, transparent, tail is None or b"IEND" in tail


def _jpeg(head: bytes, tail: bytes | None, size_bytes: int) -> tuple[int, int, bool, bool]:
    whole = tail is None or b"\xff\xd9" in tail
    at = 2
    while at + 9 <= len(head):
        if head[at] != 0xFF:  # stray bytes: decoders differ, the worker's decides
            return *_UNSAID, False, whole
        marker = head[at + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 1 if marker == 0xFF else 2
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height or 1, False, whole  # a height of 0 comes later in the file
        if marker in (0xDA, 0xD9):  # the picture before its size
            return 0, 0, False, False
        at += 2 + int(struct.unpack_from(">H", head, at + 2)[0])
    if size_bytes <= len(head):
        raise _Damaged
    return *_UNSAID, False, whole  # a long profile or thumbnail stands before the size


def _gif(head: bytes, _tail: bytes | None, size_bytes: int) -> tuple[int, int, bool, bool]:
    width, height, flags = struct.unpack_from("<HHB", head, 6)
    at = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    transparent = False
    try:
        while head[at] == 0x21:  # extensions before the first picture
            if head[at + 1] == 0xF9:
                transparent = bool(head[at + 3] & 1)
            at += 2
            while head[at]:
                at += head[at] + 1
            at += 1
    except IndexError:
        return width, height, transparent, size_bytes > len(head)
    return width, height, transparent, True


def _webp(head: bytes, _tail: bytes | None, size_bytes: int) -> tuple[int, int, bool, bool]:
    if head[8:12] != b"WEBP":
        return 0, 0, False, False
    (declared,) = struct.unpack_from("<I", head, 4)
    whole = declared + 8 <= size_bytes + 1
    chunk = head[12:16]
    if chunk == b"VP8X":
        width = int.from_bytes(head[24:27], "little") + 1
        height = int.from_bytes(head[27:30], "little") + 1
        return width, height, bool(head[20] & 0x10), whole
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1), whole
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF, False, whole
    raise _Damaged


def _bmp(head: bytes, _tail: bytes | None, size_bytes: int) -> tuple[int, int, bool, bool]:
    pixels_at, header = struct.unpack_from("<II", head, 10)
    if header == 12:
        width, height, bits = struct.unpack_from("<HH2xH", head, 18)
        packed = 0
    else:
        width, height, bits, packed = struct.unpack_from("<ii2xHI", head, 18)
    pixel_bytes = (abs(width) * bits + 31) // 32 * 4 * abs(height) if packed in (0, 3) else 1
    return abs(width), abs(height), False, size_bytes >= pixels_at + pixel_bytes


def _tiff(head: bytes, _tail: bytes | None, size_bytes: int) -> tuple[int, int, bool, bool]:
    order = "<" if head[:2] == b"II" else ">"
    (directory,) = struct.unpack_from(order + "I", head, 4)
    return *_UNSAID, False, directory < size_bytes


def _avif(head: bytes, _tail: bytes | None, _size_bytes: int) -> tuple[int, int, bool, bool]:
    if head[8:12] not in (b"avif", b"avis"):
        return 0, 0, False, False
    return *_UNSAID, False, True  # its size stands deep inside: the worker sees it


_KINDS = (
    (0, b"\x89PNG\r\n\x1a\n", _png),
    (0, b"\xff\xd8", _jpeg),
    (0, b"GIF87a", _gif),
    (0, b"GIF89a", _gif),
    (0, b"RIFF", _webp),
    (0, b"BM", _bmp),
    (0, b"II*\0", _tiff),
    (0, b"MM\0*", _tiff),
    (4, b"ftyp", _avif),
)
