"""What was found in the items and images, and what is worth a look."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gui.core.dataset.series import SeriesReport
from gui.core.files import whole_file


class ProblemKind(StrEnum):
    """What can be wrong with one item or image. None of these stops a run; ``report`` lists them all."""

    IMAGE_NOT_FOUND = "image-not-found"  # the item names an image that is in no folder and no zip: text only
    IMAGE_NOT_NAMED = "image-not-named"  # has_image is true but no image is named: text only
    IMAGE_CUT_OFF = "image-cut-off"  # text only
    IMAGE_UNREADABLE = "image-unreadable"  # text only
    IMAGE_TOO_LARGE = "image-too-large"  # text only
    IMAGE_TRANSPARENT = "image-transparent"  # put on white
    IMAGE_AMBIGUOUS = "image-ambiguous"  # two images carry the same name: the first is used
    IMAGE_UNSAFE_NAME = "image-unsafe-name"  # an entry such as ../../x: never used
    ITEM_BLANK = "item-blank"  # left out
    ITEM_UNREADABLE = "item-unreadable"  # not an object, or without an id: left out
    ITEM_DUPLICATE = "item-duplicate"  # left out because the person chose keep first / keep last
    ITEM_COPY = "item-copy"  # likewise, and word for word the same as the one that is kept
    ITEM_TOO_LONG = "item-too-long"  # cut to what the model can read
    ITEM_BAD_VECTOR = "item-bad-vector"  # the model gave no usable vector: left out
    ITEM_SAME_VECTOR = "item-same-vector"  # as another item that reads differently: worth a look
    IMAGE_IGNORED = "image-ignored"  # the vector is the same without it: worth a look


LEFT_OUT = frozenset(
    (
        ProblemKind.ITEM_BLANK,
        ProblemKind.ITEM_UNREADABLE,
        ProblemKind.ITEM_DUPLICATE,
        ProblemKind.ITEM_COPY,
        ProblemKind.ITEM_BAD_VECTOR,
    )
)


@dataclass(frozen=True, slots=True)
class Problem:
    kind: ProblemKind
    item_id: str  # "" where no item is concerned (an unsafe zip entry)
    place: str  # "file, item 12" or the zip entry
    detail: str = ""  # the image's name, the other place


@dataclass(frozen=True, slots=True)
class SubjectCount:
    subject: str  # "" = the item names none
    items: int
    images_claimed: int
    images_found: int


@dataclass(frozen=True, slots=True)
class Report:
    """Counts over the whole data set. ``items`` counts what will be embedded, without blank and unreadable ones."""

    files: int = 0
    items: int = 0
    characters: int = 0  # of all texts as the model will read them
    images_claimed: int = 0  # items that say they have an image
    images_found: int = 0
    picture_tokens: tuple[tuple[int, int], ...] = ()  # (tokens of an unshrunk image, items); without unknown sizes
    images_unnamed: int = 0  # that no item names
    images_unnamed_some: tuple[str, ...] = ()  # names of a few of those
    upload_bytes: int = 0  # images that are used, and the texts
    subjects: tuple[SubjectCount, ...] = ()
    problems: tuple[Problem, ...] = ()
    input_sha256: tuple[tuple[str, str], ...] = ()  # (path, hash): item files by content, images by name, size and CRC
    series: SeriesReport | None = None  # for a time series

    @property
    def images_unsized(self) -> int:
        """How many show their size only to whoever decodes them."""
        return self.images_found - sum(count for _, count in self.picture_tokens)

    @property
    def left_out(self) -> int:
        """Items of the files that will not be embedded."""
        return sum(problem.kind in LEFT_OUT for problem in self.problems)

    def count(self, kind: ProblemKind) -> int:
        return sum(problem.kind is kind for problem in self.problems)

    def save_csv(self, path: Path, words: ProblemWords = lambda _: ()) -> None:
        """The problems as a table. Raises LocalDiskFull, LocalFileRefused."""
        write_problems(path, self.problems, words)


ProblemWords = Callable[[Problem | None], tuple[str, ...]]
"""A problem in the language of the program, in columns; of None, how these columns are called."""

_FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.]+$)")


def write_problems(path: Path, problems: Iterable[Problem], words: ProblemWords = lambda _: ()) -> None:
    """A CSV file that spreadsheets open with the Korean intact. Whole or not at all.

    Four columns for programs, the same in every language, then those of ``words`` for people.

    Raises LocalDiskFull, LocalFileRefused.
    """
    with whole_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(("kind", "item_id", "place", "detail", *words(None)))
        for problem in problems:
            cells = (problem.kind.value, problem.item_id, problem.place, problem.detail, *words(problem))
            writer.writerow([_harmless(cell) for cell in cells])
        text.flush()
        text.detach()  # it would close the file before that is safe on the disk


def _harmless(cell: str) -> str:
    """Spreadsheets run a cell that begins like a formula."""
    return "'" + cell if _FORMULA.match(cell) else cell
