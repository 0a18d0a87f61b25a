"""What goes to a machine, as parcels: a file, some bytes, or many small files as one tar stream."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gui.core.errors import ImagesUnreadable, TransferCorrupt
from gui.core.machine.machine import Parcel

BLOCK_BYTES = 1 << 16
PARCEL_FILES = 500
PARCEL_BYTES = 10_000_000
_RECORD = tarfile.BLOCKSIZE


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a tar parcel, opened only when its turn comes."""

    name: str  # below the parcel's folder, "/" separated
    size_bytes: int
    open: Callable[[], BinaryIO]
    mark: str = ""  # another one when the content is: a CRC, a time


def bytes_parcel(name: str, data: bytes) -> Parcel:
    """``data`` as the file ``name``."""
    digest = hashlib.sha256(data).hexdigest()
    return Parcel(_key(name, digest), name, lambda: _sliced(data), len(data))


def file_parcel(path: Path, name: str) -> Parcel:
    """A local file as the file ``name``. Reads it once for its hash."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size_bytes = file.tell()

    def blocks() -> Iterator[bytes]:
        with path.open("rb") as file:
            yield from _exactly(file, size_bytes, TransferCorrupt(name=name))

    return Parcel(_key(name, digest), name, blocks, size_bytes)


def tar_parcel(key: str, name: str, members: Iterable[Member]) -> Parcel:
    """Many files as one stream, unpacked below the folder ``name``; the same members give the same bytes.

    Streaming raises ImagesUnreadable when a member is not as long as it was said to be, or cannot be read.
    """
    kept = tuple(members)
    size_bytes = sum(len(_header(one)) + one.size_bytes + _padding(one.size_bytes) for one in kept) + 2 * _RECORD

    def blocks() -> Iterator[bytes]:
        for one in kept:
            yield _header(one)
            yield from _content(one)
            yield bytes(_padding(one.size_bytes))
        yield bytes(2 * _RECORD)

    return Parcel(key, name, blocks, size_bytes, unpack=True)


def parcels_of(folder: str, members: Sequence[Member]) -> list[Parcel]:
    """The members, in order, as parcels of about 500 files or 10 MB.

    The key of a parcel comes from the names, sizes and marks in it, so that after a cut only what is missing goes
    over again.
    """
    return [tar_parcel(_group_key(folder, group), folder, group) for group in _groups(members)]


def _groups(members: Sequence[Member]) -> Iterator[list[Member]]:
    group: list[Member] = []
    size_bytes = 0
    for one in members:
        if group and (len(group) == PARCEL_FILES or size_bytes + one.size_bytes > PARCEL_BYTES):
            yield group
            group, size_bytes = [], 0
        group.append(one)
        size_bytes += one.size_bytes
    if group:
        yield group


def _key(*content: str) -> str:
    return hashlib.sha256("\0".join(content).encode()).hexdigest()[:40]


def _group_key(folder: str, group: Iterable[Member]) -> str:
    return _key(folder, *(f"{one.name}\0{one.size_bytes}\0{one.mark}" for one in group))


def _header(member: Member) -> bytes:
    info = tarfile.TarInfo(member.name)  # mtime 0, mode 0644, nobody's
    info.size = member.size_bytes
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8")


def _padding(size_bytes: int) -> int:
    return -size_bytes % _RECORD


def _content(member: Member) -> Iterator[bytes]:
    changed = ImagesUnreadable(path=member.name, reason="cut-off")
    try:
        with member.open() as source:
            yield from _exactly(source, member.size_bytes, changed)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as broken:
        raise changed from broken


def _exactly(source: BinaryIO, size_bytes: int, otherwise: Exception) -> Iterator[bytes]:
    left = size_bytes
    while left:
        block = source.read(min(BLOCK_BYTES, left))
        if not block:
            raise otherwise
        left -= len(block)
        yield block
    if source.read(1):
        raise otherwise


def _sliced(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), BLOCK_BYTES):
        yield data[start : start + BLOCK_BYTES]
