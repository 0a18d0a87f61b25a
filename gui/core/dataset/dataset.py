"""A data set: items in input order with their text, and the images they use."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, overload

from gui.core.dataset.images import Images
from gui.core.dataset.items import Entry, expanded, read_entries, short_names
from gui.core.dataset.json_files import open_json
from gui.core.dataset.report import Problem, ProblemKind, Report, SubjectCount
from gui.core.dataset.series import SeriesData, SeriesSpec, read_series
from gui.core.dataset.text import DEFAULT_TEMPLATE, check_template, render
from gui.core.errors import DuplicateIds
from remote_worker.prompts import Kind

_TICK_S = 0.1
UNNAMED_TOLD = 3
ROW = re.compile(r"[0-9]{1,12}")


class Duplicates(StrEnum):
    """What to do when one id is there twice."""

    ERROR = "error"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class DataSpec:
    """The ``[data]`` part of a plan. Paths are absolute, or globs that end in an absolute path."""

    items: tuple[str, ...] = ()  # files, globs, or folders of files
    images: tuple[str, ...] = ()  # zips or folders
    template: str = DEFAULT_TEMPLATE
    duplicates: Duplicates = Duplicates.ERROR
    series: SeriesSpec | None = None  # instead of all that


@dataclass(frozen=True, slots=True)
class Item:
    """One item that will be embedded."""

    item_id: str
    text: str  # as the model reads it: the template, filled; "" for an image without words
    question: str  # for showing: without the template's words
    choices: tuple[str, ...]
    subject: str
    image: str  # key for Dataset.open_image; "" = text only
    place: str  # "file, item 12"


@dataclass(frozen=True, slots=True)
class Progress:
    """Told while reading, about ten times a second. Items are read first, then images are matched."""

    items: int
    files: int
    files_total: int
    matched: int = 0  # items whose images have been looked for


class Dataset:
    """Items in input order, their images and the report."""

    def __init__(self, spec: DataSpec, items: Sequence[Item], report: Report, images: Images) -> None:
        self.spec = spec
        self.items = items
        self.report = report
        self._images = images

    def image_size_bytes(self, key: str) -> int:
        """Raises KeyError for an unknown key, ImagesUnreadable when the file is gone."""
        return self._images.size_bytes(key)

    def open_image(self, key: str) -> BinaryIO:
        """The image's own bytes, ``image_size_bytes`` of them, straight from the folder or the zip. From any thread.

        Raises KeyError for an unknown key, ImagesUnreadable when the zip or folder broke meanwhile. Damage inside one
        image does not raise: the rest of it is zeros, and the worker lists it.
        """
        return self._images.open(key)

    def places(self, item_ids: Set[str]) -> dict[str, str]:
        """Where those of them that are items stand in the files."""
        return {item.item_id: item.place for item in self.items if item.item_id in item_ids} if item_ids else {}

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """(item_id, text, image key) in input order."""
        return ((item.item_id, item.text, item.image) for item in self.items)


class SeriesDataset(Dataset):
    """The prompts of a time series: far too many to be kept, so that each is made when it is looked at."""

    def __init__(self, spec: DataSpec, data: SeriesData) -> None:
        series = data.series
        windows = sum(count for _, count in data.report.windows)
        report = Report(
            files=1,
            items=series.rows,
            characters=data.characters,
            upload_bytes=data.upload_bytes,
            subjects=tuple(SubjectCount(name, windows * len(Kind), 0, 0) for name in series.variables),
            input_sha256=((spec.series.file if spec.series else "", data.table.sha256),),
            series=data.report,
        )
        super().__init__(spec, _SeriesItems(data), report, Images([], [], lambda: None))
        self.data = data

    def places(self, item_ids: Set[str]) -> dict[str, str]:
        """By what the ids say, which a machine may have made up: millions of prompts are not made for that."""
        starts = {item_id: item_id.partition(":")[0] for item_id in item_ids}
        return {item_id: self.data.lines_from(int(start)) for item_id, start in starts.items() if ROW.fullmatch(start)}


class _SeriesItems(Sequence[Item]):
    def __init__(self, data: SeriesData) -> None:
        self._data = data

    def __len__(self) -> int:
        return self._data.series.rows

    @overload
    def __getitem__(self, row: int) -> Item: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, row: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(row, slice):
            return tuple(self[one] for one in range(*row.indices(len(self))))
        series = self._data.series
        place = series.place(row)
        prompt = series.prompt(self._data.table, place)
        variable = series.variables[place.variable]
        lines = self._data.lines_from(series.file_row(place))
        return Item(series.item_id(place), prompt, prompt, (), variable, "", lines)


def read(spec: DataSpec, progress: Callable[[Progress], None] | None = None) -> Dataset:
    """Read all items, match the images, and report. What ``progress`` raises ends the reading and passes through.

    Raises ItemsUnreadable, DuplicateIds (unless the spec says which to keep), ImagesUnreadable, PlanError (template);
    SeriesUnreadable for a time series, which comes as a SeriesDataset.
    """
    if spec.series is not None:
        tell = progress or (lambda _: None)
        return SeriesDataset(spec, read_series(spec.series, lambda rows: tell(Progress(rows, 0, 1))))
    check_template(spec.template)
    return _Reading(spec, progress or (lambda _: None)).dataset()


class _Reading:
    """One call of ``read``: what it has found so far."""

    def __init__(self, spec: DataSpec, progress: Callable[[Progress], None]) -> None:
        self._spec = spec
        self._progress = progress
        self._next_tick = 0.0
        self._paths = expanded(spec.items)
        self._entries: list[Entry] = []
        self._hashes: list[tuple[str, str]] = []
        self._problems: list[Problem] = []
        self._matched = 0

    def dataset(self) -> Dataset:
        for path, name in zip(self._paths, short_names(self._paths), strict=True):
            self._tick()
            self._read_file(path, name)
        entries = _unique(self._entries, self._spec.duplicates, self._problems)
        sources = expanded(self._spec.images, folders=True)
        images = Images(sources, self._problems, self._tick)
        matching = _Matching(self._spec, images, self._problems)
        items = []
        for entry in entries:
            item = matching.item(entry)
            if item is not None:
                items.append(item)
            self._matched += 1
            self._tick()
        self._tell()
        report = matching.report(tuple(items), self._hashes)
        return Dataset(self._spec, tuple(items), report, images)

    def _read_file(self, path: Path, name: str) -> None:
        file = open_json(path)
        for entry in read_entries(file, name, self._problems, self._tick):
            self._entries.append(entry)
        self._hashes.append((str(path), file.sha256))

    def _tick(self) -> None:
        if time.monotonic() >= self._next_tick:
            self._tell()
            self._next_tick = time.monotonic() + _TICK_S

    def _tell(self) -> None:
        self._progress(Progress(len(self._entries), len(self._hashes), len(self._paths), self._matched))


def _unique(entries: list[Entry], keep: Duplicates, problems: list[Problem]) -> list[Entry]:
    """The entries with each id once. Raises DuplicateIds when nobody said which one to keep."""
    kept: dict[str, int] = {}
    dropped: list[tuple[int, int]] = []  # (left out, kept instead)
    for at, entry in enumerate(entries):
        before = kept.setdefault(entry.item_id, at)
        if before == at:
            continue
        if keep is Duplicates.LAST:
            kept[entry.item_id] = at
            dropped.append((before, at))
        else:
            dropped.append((at, before))
    if not dropped:
        return entries
    if keep is Duplicates.ERROR:
        second, first = dropped[0]
        raise DuplicateIds(
            item_id=entries[second].item_id,
            first=entries[first].place,
            second=entries[second].place,
            count=len(dropped),
            alike=sum(_alike(entries[out], entries[instead]) for out, instead in dropped),
        )
    for out, instead in dropped:
        alike = _alike(entries[out], entries[instead])
        kind = ProblemKind.ITEM_COPY if alike else ProblemKind.ITEM_DUPLICATE
        problems.append(Problem(kind, entries[out].item_id, entries[out].place, entries[instead].place))
    out_of_it = {out for out, _ in dropped}
    return [entry for at, entry in enumerate(entries) if at not in out_of_it]


def _alike(one: Entry, other: Entry) -> bool:
    """Whether they are the same item, at two places."""
    return one._replace(place="") == other._replace(place="")


class _Matching:
    """Entries become items: the image is found, the template filled, the counts kept."""

    def __init__(self, spec: DataSpec, images: Images, problems: list[Problem]) -> None:
        self._template = spec.template
        self._images = images
        self._problems = problems
        self._subjects: dict[str, list[int]] = {}  # items, images claimed, images found

    def item(self, entry: Entry) -> Item | None:
        """None for an entry with nothing to embed."""
        key, problem = self._image(entry)
        if not (key or entry.question or entry.choices):
            self._problems.append(
                Problem(ProblemKind.ITEM_BLANK, entry.item_id, entry.place, ", ".join(entry.images)[:300])
            )
            return None
        if problem is not None:
            self._problems.append(problem)
        counts = self._subjects.setdefault(entry.subject, [0, 0, 0])
        counts[0] += 1
        counts[1] += entry.says_image
        counts[2] += bool(key)
        text = ""
        if entry.question or entry.choices:
            text = render(
                self._template,
                question=entry.question,
                choices=entry.choices,
                subject=entry.subject,
                item_id=entry.item_id,
            )
        return Item(entry.item_id, text, entry.question, entry.choices, entry.subject, key, entry.place)

    def _image(self, entry: Entry) -> tuple[str, Problem | None]:
        """The key of the first usable image that the entry names, and what is to be said about it."""

        def problem(kind: ProblemKind, detail: str) -> Problem:
            return Problem(kind, entry.item_id, entry.place, detail[:300])

        first: Problem | None = None
        for at, reference in enumerate(entry.images):
            hit = self._images.find(reference)
            if hit is None:
                first = first or problem(ProblemKind.IMAGE_NOT_FOUND, reference)
                continue
            key, other = hit
            seen = self._images.look(key)
            if seen.problem is not None:
                first = first or problem(seen.problem, reference)
                continue
            for named in entry.images[at + 1 :]:
                self._images.find(named)  # not used, but named
            if other:
                return key, problem(ProblemKind.IMAGE_AMBIGUOUS, f"{reference}: {key.partition('/')[2]}, {other}")
            return key, problem(ProblemKind.IMAGE_TRANSPARENT, reference) if seen.transparent else None
        if entry.says_image and not entry.images:
            return "", problem(ProblemKind.IMAGE_NOT_NAMED, "")
        return "", first

    def report(self, items: tuple[Item, ...], hashes: list[tuple[str, str]]) -> Report:
        times_used = Counter(item.image for item in items if item.image)
        tokens: Counter[int] = Counter()
        for key, times in times_used.items():
            tokens[self._images.look(key).tokens] += times
        del tokens[0]
        subjects = [SubjectCount(subject, *counts) for subject, counts in self._subjects.items()]
        unnamed = self._images.unnamed()
        return Report(
            files=len(hashes),
            items=len(items),
            characters=sum(len(item.text) for item in items),
            images_claimed=sum(one.images_claimed for one in subjects),
            images_found=sum(one.images_found for one in subjects),
            images_unnamed=len(unnamed),
            images_unnamed_some=tuple(unnamed[:UNNAMED_TOLD]),
            picture_tokens=tuple(sorted(tokens.items())),
            upload_bytes=sum(len(item.text.encode()) for item in items) + sum(map(self._images.size_bytes, times_used)),
            subjects=tuple(sorted(subjects, key=lambda one: (-one.items, one.subject))),
            problems=tuple(self._problems),
            input_sha256=(*hashes, *self._images.sha256(times_used)),
        )
