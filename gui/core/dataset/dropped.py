"""What a person dropped, sorted: items, pictures, a table, and what in a folder is not used, with the reason."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gui.core.dataset.dataset import DataSpec
from gui.core.dataset.images import IMAGE_SUFFIXES
from gui.core.dataset.items import ITEM_SUFFIXES, natural
from gui.core.dataset.kinds import KIND_BY_SUFFIX, ZIP_MAGIC, foreign_kind
from gui.core.dataset.series import SeriesSpec, begins_with_dates

SERIES_SUFFIX = ".csv"
_LOOK_BYTES = 64 * 1024
_TEXTS = (".txt", ".tsv")
_PACKED = (".rar", ".7z", ".alz", ".egg")
_NO_BUSINESS = ("readme", "license", "copying", "changelog", "~$")
_OURS = frozenset(("manifest.json", "receipt.json", "problems.csv"))  # beside the vectors of a result


class Why(StrEnum):
    """Why a file in a dropped folder is not used."""

    EMPTY = "empty"
    NO_ITEMS = "no-items"  # JSON in which nothing has an id
    NOT_JSON = "not-json"
    TABLE = "table"  # a time series is added by itself
    FOREIGN = "foreign"  # of a program whose files we do not read


@dataclass(frozen=True, slots=True)
class Unused:
    path: str
    why: Why
    folder: str  # the one that was dropped


@dataclass(frozen=True, slots=True)
class Dropped:
    """``table``: a time series, which is a run by itself and never beside items."""

    data: DataSpec = field(default_factory=DataSpec)
    table: SeriesSpec | None = None
    table_is_dated: bool = False
    unused: tuple[Unused, ...] = ()


def sorted_input(paths: list[Path]) -> Dropped:
    """What a person dropped (files, folders, zips) sorted into items and images, natural order of names.

    Folders give their item files and, when there are pictures in them, themselves; a single picture gives its folder.
    Any other file, and a folder with nothing of all this, is taken for items, so that reading it says what it is. A CSV
    file is a time series; of several the first.
    """
    items: list[str] = []
    images: list[str] = []
    tables: list[str] = []
    unused: list[Unused] = []
    absolute = [Path(os.path.abspath(path)) for path in paths]
    for path in sorted(absolute, key=lambda one: natural(str(one))):
        if path.is_dir():
            found = _InFolder(path)
            items.extend(found.items or ([] if found.zips or found.pictures else [str(path)]))
            images.extend(found.zips)
            unused.extend(found.unused)
            if found.pictures:
                images.append(str(path))
        elif path.suffix.lower() == SERIES_SUFFIX:
            tables.append(str(path))
        elif path.suffix.lower() in IMAGE_SUFFIXES:
            images.append(str(path.parent))
        else:
            (images if _is_zip(path) else items).append(str(path))
    return Dropped(
        DataSpec(items=tuple(dict.fromkeys(items)), images=tuple(dict.fromkeys(images))),
        SeriesSpec(tables[0]) if tables else None,
        bool(tables) and begins_with_dates(Path(tables[0])),
        tuple(unused),
    )


class _InFolder:
    """Item files, zips, whether there are pictures, and what else there is, at any depth below a folder."""

    def __init__(self, top: Path) -> None:
        files: list[str] = []
        self.zips: list[str] = []
        self.pictures = False
        not_used: list[tuple[str, Why]] = []
        for path, suffix in _files_below(top):
            if suffix in ITEM_SUFFIXES:
                files.append(path)
            elif suffix == ".zip" and foreign_kind(Path(path)) is None:
                self.zips.append(path)
            elif suffix in IMAGE_SUFFIXES:
                self.pictures = True
            elif suffix == SERIES_SUFFIX:
                not_used.append((path, Why.TABLE))
            elif suffix in (".zip", *_TEXTS, *_PACKED, *KIND_BY_SUFFIX):
                not_used.append((path, Why.FOREIGN))
        doubts = {file: _doubt(file) for file in files}
        likely = [file for file, doubt in doubts.items() if doubt is None]
        if likely or self.zips or self.pictures:
            not_used += [(file, doubt) for file, doubt in doubts.items() if doubt is not None]
        else:
            likely = files  # reading them says what they are
        self.items = sorted(likely, key=natural)
        self.zips.sort(key=natural)
        not_used.sort(key=lambda one: natural(one[0]))
        self.unused = [Unused(path, why, str(top)) for path, why in not_used]


def _files_below(top: Path) -> Iterator[tuple[str, str]]:
    """(path, suffix) of what may be meant, without what systems, programs and results of ours leave in folders."""
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        is_result = "receipt.json" in names or "vectors.npz" in names
        is_shards = any(name.startswith("shard-") for name in names)
        for name in names:
            ours = (is_result and name in _OURS) or (is_shards and name == "index.jsonl")
            if not ours and not name.startswith(".") and not name.lower().startswith(_NO_BUSINESS):
                yield os.path.join(folder, name), os.path.splitext(name)[1].lower()


def _doubt(file: str) -> Why | None:
    """Why a JSON file in a folder of many things is not worth reading: settings and the like name no ids."""
    try:
        with open(file, "rb") as opened:
            start = opened.read(_LOOK_BYTES)
    except OSError:
        return None  # reading it will say why
    if not start.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return Why.EMPTY
    plain = start.replace(b"\0", b"")  # UTF-16, where there are any
    if b'"id"' in plain or b'"item_id"' in plain:
        return None
    if len(start) < _LOOK_BYTES and not file.lower().endswith("l"):
        try:
            json.loads(start)
        except (ValueError, RecursionError):
            return Why.NOT_JSON
    return Why.NO_ITEMS


def _is_zip(path: Path) -> bool:
    """A zip of pictures, or one that is gone or damaged: whoever opens it says so."""
    named = path.suffix.lower() == ".zip"
    try:
        with path.open("rb") as opened:
            return (named or opened.read(4) == ZIP_MAGIC) and foreign_kind(path) is None
    except OSError:
        return named
