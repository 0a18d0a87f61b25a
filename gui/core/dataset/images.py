"""The images that a person gave, in folders and zips, found again by the names that items use for them."""

from __future__ import annotations

import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

from gui.core.dataset.picture import HEAD_BYTES, MAX_IMAGE_BYTES, TAIL_BYTES, Look, look
from gui.core.dataset.report import Problem, ProblemKind
from gui.core.dataset.zips import Member, MemberStream, members
from gui.core.errors import ImagesUnreadable

IMAGE_SUFFIXES = frozenset(
    (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".svg", ".heic", ".avif")
)
WHOLE_LOOK_BYTES = 256 * 10**6
"""Images in zips are read to their end, CRC and all, for the look while all together are not larger than this."""

_DEEPEST = 12  # folders of a path that are compared
_DATE = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_YEAR, _MONTH = re.compile(r"(?:19|20)\d\d"), re.compile(r"0[1-9]|1[0-2]")
_DAY = re.compile(r"0[1-9]|[12]\d|3[01]")
_DASHED = re.compile(r"((?:19|20)\d\d)[-_.](0[1-9]|1[0-2])[-_.](0[1-9]|[12]\d|3[01])")
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class _File:
    """One image: a member of a zip, or (``member`` None) a file below a folder."""

    source: int
    name: str  # "/" separated, below the source
    member: Member | None = None


class Images:
    """An index over all sources. ``find`` names an image by a key; the key is opaque and no file name."""

    def __init__(self, sources: Iterable[Path], problems: list[Problem], tick: Callable[[], None]) -> None:
        """Raises ImagesUnreadable: missing, not-zip, cut-off, encrypted."""
        self._sources = list(sources)
        self._files: list[_File] = []
        for number, source in enumerate(self._sources):
            self._files.extend(
                _in_folder(number, source, tick) if source.is_dir() else _in_zip(number, source, problems)
            )
        self._packed_bytes = sum(file.member.packed_bytes for file in self._files if file.member)
        self._dated = _Suffixes()
        self._undated = _Suffixes()
        self._bare: tuple[_Suffixes, _Suffixes] | None = None
        self._looks: dict[int, Look] = {}
        self._keys: dict[str, int] = {}
        for index, file in enumerate(self._files):
            parts = _parts(file.name)
            (self._dated if _date_at(parts) >= 0 else self._undated).add(parts, index, self._same)

    def find(self, reference: str) -> tuple[str, str] | None:
        """The key of the image that a reference means, and the name of a second one that it could mean, or None."""
        for spelling in _spellings(reference):
            parts = _parts(spelling)
            if not parts:
                continue
            dated, undated = self._dated, self._undated
            if os.path.splitext(parts[-1])[1] not in IMAGE_SUFFIXES:
                dated, undated = self._without_suffix()
            hit = _best(parts, dated, undated)
            if hit is not None:
                first, second = hit
                key = self._key(first)
                self._keys[key] = first
                return key, self._files[second].name if second >= 0 else ""
        return None

    def unnamed(self) -> list[str]:
        """The images that no reference has found so far, as they are called in their folder or zip."""
        found = frozenset(self._keys.values())
        names = (unicodedata.normalize("NFC", file.name) for at, file in enumerate(self._files) if at not in found)
        return [name for name in names if os.path.splitext(name)[1]]

    def look(self, key: str) -> Look:
        """Whether anything speaks against the image; see ``picture``.

        Raises KeyError for an unknown key, ImagesUnreadable when the whole source is gone.
        """
        index = self._keys[key]
        if index not in self._looks:
            file = self._files[index]
            try:
                self._looks[index] = self._looked(file)
            except (ImagesUnreadable, OSError):
                if not self._sources[file.source].exists():
                    raise
                self._looks[index] = Look(ProblemKind.IMAGE_UNREADABLE)  # this one alone
        return self._looks[index]

    def size_bytes(self, key: str) -> int:
        """Raises KeyError for an unknown key, ImagesUnreadable when the file is gone."""
        file = self._files[self._keys[key]]
        return file.member.size_bytes if file.member else self._stat(file).st_size

    def open(self, key: str) -> BinaryIO:
        """Raises KeyError for an unknown key, ImagesUnreadable when the zip or folder broke meanwhile."""
        return self._open(self._files[self._keys[key]])

    def sha256(self, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
        """(source, hash over the names, sizes and CRCs of the used images in it). Folders keep no CRC."""
        hashes = [hashlib.sha256() for _ in self._sources]
        for key in sorted(keys):
            file = self._files[self._keys[key]]
            crc = file.member.crc if file.member else 0
            line = f"{unicodedata.normalize('NFC', file.name)}\t{self.size_bytes(key)}\t{crc:08x}\n"
            hashes[file.source].update(line.encode("utf-8", "replace"))
        for source, one in zip(self._sources, hashes, strict=True):
            yield str(source), one.hexdigest()

    def _key(self, index: int) -> str:
        file = self._files[index]
        return f"{file.source}/{unicodedata.normalize('NFC', file.name)}"

    def _same(self, one: int, other: int) -> bool:
        """Two entries with the same bytes: whichever is used, nothing is ambiguous."""
        a, b = self._files[one].member, self._files[other].member
        return a is not None and b is not None and (a.crc, a.size_bytes) == (b.crc, b.size_bytes)

    def _without_suffix(self) -> tuple[_Suffixes, _Suffixes]:
        if self._bare is None:
            self._bare = (_Suffixes(), _Suffixes())
            for index, file in enumerate(self._files):
                parts = _parts(file.name)
                parts[-1] = os.path.splitext(parts[-1])[0]
                self._bare[0 if _date_at(parts) >= 0 else 1].add(parts, index, self._same)
        return self._bare

    def _looked(self, file: _File) -> Look:
        member = file.member
        if member is not None and not member.readable:
            return Look(ProblemKind.IMAGE_UNREADABLE)
        size_bytes = member.size_bytes if member else self._stat(file).st_size
        if size_bytes > MAX_IMAGE_BYTES:
            return Look(ProblemKind.IMAGE_TOO_LARGE)
        if member is None:
            with self._open(file) as stream:
                head = stream.read(HEAD_BYTES)
                stream.seek(max(0, size_bytes - TAIL_BYTES))
                return look(head, stream.read(TAIL_BYTES), size_bytes)
        with MemberStream(self._sources[file.source], member) as packed:
            head = _read(packed, HEAD_BYTES)
            tail: bytes | None = head
            if size_bytes > len(head):
                tail = None
                if self._packed_bytes <= WHOLE_LOOK_BYTES:
                    tail = head
                    while more := _read(packed, TAIL_BYTES):
                        tail = (tail + more)[-TAIL_BYTES:]
                elif not member.deflated:
                    tail = packed.last(TAIL_BYTES)
            return Look(ProblemKind.IMAGE_UNREADABLE) if packed.damaged else look(head, tail, size_bytes)

    def _open(self, file: _File) -> BinaryIO:
        source = self._sources[file.source]
        if file.member is not None:
            return cast(BinaryIO, io.BufferedReader(MemberStream(source, file.member), 64 * 1024))
        try:
            return (source / file.name).open("rb")
        except OSError as gone:
            raise ImagesUnreadable(path=str(source / file.name), reason="missing") from gone

    def _stat(self, file: _File) -> os.stat_result:
        path = self._sources[file.source] / file.name
        try:
            return path.stat()
        except OSError as gone:
            raise ImagesUnreadable(path=str(path), reason="missing") from gone


class _Suffixes:
    """Paths by each of their endings. Of several with one ending the first counts, and one other is remembered."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._other: dict[str, int] = {}

    def add(self, parts: list[str], index: int, same: Callable[[int, int], bool]) -> None:
        ending = ""
        for part in reversed(parts[-_DEEPEST:]):
            ending = f"{part}/{ending}"
            first = self._first.setdefault(ending, index)
            if first != index and ending not in self._other and not same(first, index):
                self._other[ending] = index

    def get(self, ending: str) -> tuple[int, int] | None:
        first = self._first.get(ending)
        return None if first is None else (first, self._other.get(ending, -1))


def _best(parts: list[str], dated: _Suffixes, undated: _Suffixes) -> tuple[int, int] | None:
    """The first image with the longest common ending. One that carries another date is never meant."""
    date_at = _date_at(parts)
    endings = [""]
    for part in reversed(parts[-_DEEPEST:]):
        endings.append(f"{part}/{endings[-1]}")
    for length in range(len(endings) - 1, 0, -1):
        hits = [undated.get(endings[length])]
        if date_at < 0 or length >= len(parts) - date_at:
            hits.append(dated.get(endings[length]))
        found = sorted(hit for hit in hits if hit is not None)
        if len(found) == 2:
            return found[0][0], found[0][1] if found[0][1] >= 0 else found[1][0]
        if found:
            return found[0]
    return None


def _in_folder(number: int, source: Path, tick: Callable[[], None]) -> Iterator[_File]:
    root = os.path.realpath(source) + os.sep

    def refused(error: OSError) -> None:
        if error.filename == str(source):
            raise ImagesUnreadable(path=str(source), reason="missing") from error

    for folder, folders, names in os.walk(source, onerror=refused):
        tick()
        folders[:] = sorted(name for name in folders if not _is_litter(name))
        below = Path(folder).relative_to(source).as_posix()
        for name in sorted(names):
            path = os.path.join(folder, name)
            inside = not os.path.islink(path) or os.path.realpath(path).startswith(root)
            if inside and _is_image(name) and not _is_litter(name) and os.path.isfile(path):
                yield _File(number, name if below == "." else f"{below}/{name}")


def _in_zip(number: int, source: Path, problems: list[Problem]) -> Iterator[_File]:
    """Without entries that point out of their zip; those are listed."""
    for member in members(source):
        name = member.name.replace("\\", "/")
        folders = name.split("/")
        if name.startswith("/") or "\0" in name or ".." in folders or _DRIVE.match(name):
            place = f"{unicodedata.normalize('NFC', source.name)}, {name[:200]!r}"
            problems.append(Problem(ProblemKind.IMAGE_UNSAFE_NAME, "", place))
        elif _is_image(folders[-1]) and not any(map(_is_litter, folders)):
            yield _File(number, name, member)


def _is_image(name: str) -> bool:
    suffix = os.path.splitext(name)[1]
    return not suffix or suffix.lower() in IMAGE_SUFFIXES


def _is_litter(name: str) -> bool:
    """What systems leave behind in folders and zips."""
    return name == "__MACOSX" or name.startswith(".")


def _parts(name: str) -> list[str]:
    """A path as it is compared: NFC, caseless, dates as one YYYYMMDD folder."""
    raw = unicodedata.normalize("NFC", name).casefold().replace("\\", "/").split("/")
    parts: list[str] = []
    folders = [part.strip() for part in raw]
    folders = [part for part in folders if part not in ("", ".", "..") and not (len(part) == 2 and part[1] == ":")]
    at = 0
    while at < len(folders):
        part, last = folders[at], at == len(folders) - 1
        if (
            at + 3 < len(folders)
            and _YEAR.fullmatch(part)
            and _MONTH.fullmatch(folders[at + 1])
            and _DAY.fullmatch(folders[at + 2])
        ):
            parts.append(part + folders[at + 1] + folders[at + 2])
            at += 3
            continue
        dashed = None if last else _DASHED.fullmatch(part)
        parts.append("".join(dashed.groups()) if dashed else part)
        at += 1
    return parts


def _date_at(parts: list[str]) -> int:
    """Where the date folder stands, or -1."""
    return next((at for at in range(len(parts) - 2, -1, -1) if _DATE.fullmatch(parts[at])), -1)


def _spellings(reference: str) -> Iterator[str]:
    """A reference as it stands, and as an address with its query and %-signs resolved."""
    if reference.startswith("data:"):
        return
    if "://" not in reference:
        yield reference
        if "%" not in reference and "?" not in reference and "#" not in reference:
            return
    try:
        path = urlsplit(reference).path
    except ValueError:  # "http://[": no address
        return
    yield unquote(path)
    yield unquote(path, "cp949")


def _read(stream: MemberStream, wanted: int) -> bytes:
    """``wanted`` bytes, or what is left; a raw stream may give fewer at a time."""
    parts: list[bytes] = []
    while wanted > 0 and (part := stream.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)
