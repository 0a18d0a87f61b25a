"""The ``.npz`` files of vectors: plain arrays in a zip, stored and aligned so that they can be memory-mapped."""

from __future__ import annotations

import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

from gui.core.errors import ResultUnreadable

ALIGNMENT = 64
BLOCK_BYTES = 16 << 20
"""Passes over vectors go by blocks of about this size, so that memory stays flat."""

_LOCAL_HEADER = 30
_ZIP64_EXTRA = 20  # force_zip64 puts it into every local header
_ALIGNMENT_EXTRA = 0xD935  # the id that Android's zipalign uses for the same purpose
_BROKEN = (
    zipfile.BadZipFile,
    ValueError,
    EOFError,
    KeyError,
    NotImplementedError,
    struct.error,
    zlib.error,
    tokenize.TokenError,
    SyntaxError,
)


def blocks(rows: int, row_bytes: int) -> Iterator[slice]:
    """Slices over ``rows`` of about ``BLOCK_BYTES`` each."""
    step = max(1, BLOCK_BYTES // max(1, row_bytes))
    for start in range(0, rows, step):
        yield slice(start, min(rows, start + step))


def add_array(
    archive: zipfile.ZipFile, name: str, dtype: DTypeLike, shape: tuple[int, ...], parts: Iterable[NDArray[Any]]
) -> None:
    """Append the array that ``parts`` make up, one after the other, to an archive being written."""
    kind = np.dtype(dtype)
    info = zipfile.ZipInfo(f"{name}.npy")
    info.compress_type = zipfile.ZIP_STORED
    offset = archive.fp.tell() if archive.fp is not None else 0  # where the local header will be
    start = offset + _LOCAL_HEADER + len(info.filename) + _ZIP64_EXTRA + 4 + 2
    padding = -start % ALIGNMENT
    info.extra = struct.pack("<HHH", _ALIGNMENT_EXTRA, 2 + padding, ALIGNMENT) + bytes(padding)
    with archive.open(info, "w", force_zip64=True) as member:
        npy.write_array_header_1_0(member, {"descr": npy.dtype_to_descr(kind), "fortran_order": False, "shape": shape})
        for part in parts:
            member.write(np.ascontiguousarray(part, kind).tobytes() if part.size else b"")


@dataclass(frozen=True, slots=True)
class Array:
    """One array of an ``.npz``, not loaded yet."""

    path: Path
    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran_order: bool
    data_offset: int  # in the file; 0 = compressed

    @property
    def size_bytes(self) -> int:
        size = self.dtype.itemsize
        for length in self.shape:
            size *= length
        return size

    def load(self) -> NDArray[Any]:
        """Memory-mapped and read-only where the file allows it, else read. Never unpickles.

        Raises ResultUnreadable.
        """
        if self.data_offset % ALIGNMENT == 0 and self.data_offset and self.size_bytes and not self.fortran_order:
            try:
                return np.memmap(self.path, self.dtype, "r", self.data_offset, self.shape)
            except (OSError, ValueError) as broken:
                raise _damaged(self.path) from broken
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(f"{self.name}.npy") as member:
                read: NDArray[Any] = npy.read_array(member, allow_pickle=False)
        except (*_BROKEN, OSError, MemoryError) as broken:
            raise _damaged(self.path) from broken
        read.flags.writeable = False
        return read


def arrays(path: Path) -> dict[str, Array]:
    """What is in an ``.npz``, by name. Raises ResultUnreadable. Arrays of Python objects are left out."""
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            found = (_array(path, file, archive, info) for info in archive.infolist() if info.filename.endswith(".npy"))
            return {array.name: array for array in found if not array.dtype.hasobject}
    except FileNotFoundError as gone:
        raise ResultUnreadable(path=str(path), reason="missing") from gone
    except (*_BROKEN, OSError) as broken:
        raise _damaged(path) from broken


def _array(path: Path, file: BinaryIO, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Array:
    with archive.open(info) as member:
        version = npy.read_magic(member)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran_order, dtype = read_header(member)
        header_bytes = member.tell()
    data_offset = 0
    if info.compress_type == zipfile.ZIP_STORED:
        file.seek(info.header_offset)
        name_bytes, extra_bytes = struct.unpack("<26xHH", file.read(_LOCAL_HEADER))
        data_offset = info.header_offset + _LOCAL_HEADER + name_bytes + extra_bytes + header_bytes
    array = Array(path, info.filename.removesuffix(".npy"), dtype, shape, fortran_order, data_offset)
    if not dtype.hasobject and array.size_bytes != info.file_size - header_bytes:
        raise ValueError(f"{info.filename}: not as long as its header says")
    return array


def intact(path: Path) -> bool:
    """Whether every byte is as it was written, by the sums inside the zip. Reads the whole file."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (*_BROKEN, OSError):
        return False


def _damaged(path: Path) -> ResultUnreadable:
    return ResultUnreadable(path=str(path), reason="damaged")
