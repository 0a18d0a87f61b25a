"""One zip read in place: its entries, and the bytes of one of them from any thread. Nothing is unpacked.

``zipfile`` reads the table of contents; members are read here, each with a file handle of its own, so that threads
share nothing, and never beyond the size that the table declares.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from gui.core.errors import ImagesUnreadable

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_CHUNK_BYTES = 256 * 1024
_KOREAN = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    MemoryError,
    struct.error,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a zip. ``readable``: stored or deflated, not encrypted, a plain file within the zip."""

    name: str  # as people see it, not normalised
    size_bytes: int
    packed_bytes: int
    crc: int
    at: int
    deflated: bool
    readable: bool


def members(path: Path) -> list[Member]:
    """The files in a zip, in its own order.

    Raises ImagesUnreadable: missing, cut-off, not-zip, encrypted (every file in it is).
    """
    try:
        length = path.stat().st_size
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as gone:
        raise ImagesUnreadable(path=str(path), reason="missing") from gone
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.orig_filename.endswith(("/", "\\"))]
    except BROKEN as broken:
        cut = length == 0 or magic == b"PK\x03\x04"
        raise ImagesUnreadable(path=str(path), reason="cut-off" if cut else "not-zip") from broken
    if infos and all(info.flag_bits & _ENCRYPTED_FLAG for info in infos):
        raise ImagesUnreadable(path=str(path), reason="encrypted")
    return [_member(info, length) for info in infos]


def _member(info: zipfile.ZipInfo, length: int) -> Member:
    kind = stat.S_IFMT(info.external_attr >> 16)
    stored = info.compress_type == zipfile.ZIP_STORED
    deflated = info.compress_type == zipfile.ZIP_DEFLATED  # bz2 and lzma cannot be unpacked within bounds
    readable = (
        (deflated or (stored and info.compress_size == info.file_size))
        and not info.flag_bits & _ENCRYPTED_FLAG
        and kind in (0, stat.S_IFREG)
        and 0 <= info.header_offset <= length - info.compress_size
    )
    name = info.orig_filename if info.flag_bits & _UTF8_FLAG else _decoded(info.orig_filename)
    return Member(name, info.file_size, info.compress_size, info.CRC, info.header_offset, deflated, readable)


def _decoded(name: str) -> str:
    """A name without the UTF-8 flag, which ``zipfile`` reads as CP437, as the maker of the zip meant it."""
    if name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "cp949"):
        try:
            meant = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _KOREAN.search(meant):
            return meant
    return name


class MemberStream(io.RawIOBase):
    """The bytes of one member, exactly ``size_bytes`` of them.

    Where a member's data is damaged the rest is zeros: one bad image never stops an upload, and the worker lists it.
    ``damaged`` says so. Raises ImagesUnreadable when the zip itself is gone or is another file by now.
    """

    def __init__(self, path: Path, member: Member) -> None:
        super().__init__()
        self._path, self._left, self._packed_left = path, member.size_bytes, member.packed_bytes
        self._crc, self._wanted_crc = 0, member.crc
        self._inflate = zlib.decompressobj(-15) if member.deflated else None
        self._pending = b""
        self.damaged = False
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as gone:
            raise ImagesUnreadable(path=str(path), reason="missing") from gone
        try:
            self._file.seek(member.at)
            magic, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(self._file.read(_LOCAL_HEADER.size))
            if magic != b"PK\x03\x04":
                raise ImagesUnreadable(path=str(path), reason="not-zip")
            self._file.seek(name_bytes + extra_bytes, io.SEEK_CUR)
        except (OSError, struct.error) as broken:
            self._file.close()
            raise ImagesUnreadable(path=str(path), reason="cut-off") from broken
        except ImagesUnreadable:
            self._file.close()
            raise

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._left, _CHUNK_BYTES)
        if wanted == 0:
            return 0
        data = b"" if self.damaged else self._next(wanted)
        if data:
            self._crc = zlib.crc32(data, self._crc)
        if not data or (len(data) == self._left and self._crc != self._wanted_crc):
            self.damaged, data = True, bytes(wanted)
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def last(self, wanted: int) -> bytes:
        """The last bytes of a stored member, without reading what is before them."""
        self._file.seek(max(0, self._packed_left - wanted), io.SEEK_CUR)
        return self._file.read(wanted)

    def _next(self, wanted: int) -> bytes:
        """Up to ``wanted`` unpacked bytes; none when the data ends early or is no deflate stream."""
        if self._inflate is None:
            return self._packed(wanted)
        while not self._inflate.eof:
            if not self._pending:
                self._pending = self._packed(64 * 1024)
            try:
                data = self._inflate.decompress(self._pending, wanted)
            except zlib.error:
                return b""
            starved = not self._pending
            self._pending = self._inflate.unconsumed_tail
            if data or starved:
                return data
        return b""

    def _packed(self, wanted: int) -> bytes:
        try:
            data = self._file.read(min(wanted, self._packed_left)) or b""
        except OSError as broken:
            raise ImagesUnreadable(path=str(self._path), reason="missing") from broken
        self._packed_left -= len(data)
        return data

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
