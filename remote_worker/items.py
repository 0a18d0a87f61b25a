"""The rows of a job: read line by line, and what is wrong with one said of that one alone."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from remote_worker.failures import JobFailed, one_line
from remote_worker.images import PictureProblem, picture_size
from remote_worker.prompts import Masked
from remote_worker.protocol import (
    IMAGES_DIR,
    ITEMS_FILE,
    Chosen,
    Failure,
    JobSpec,
    Row,
    RowProblem,
    SkippedRow,
    parse_row,
)

_LONGEST_LINE_BYTES = 32 << 20
_IMPORT = re.compile(rb'"text":"\s*import\b', re.IGNORECASE)
_HANGUL = re.compile(rb"[\xea-\xed][\x80-\xbf][\x80-\xbf]")  # three bytes each in UTF-8, and hardly anything else
_OPENING_BYTES = 600  # of a line, in which its language shows


@dataclass(frozen=True)
class Source:
    """One row that can be embedded: text, a picture, or both."""

    row: int
    item_id: str
    text: str
    image: Path | None = None
    size: tuple[int, int] | None = None  # of the picture, by its header
    masked: Masked | None = None  # of a time series' prompt

    def problem(self, problem: RowProblem, detail: str, kept: bool) -> SkippedRow:
        return SkippedRow(self.row, self.item_id, problem.value, kept, one_line(detail))


class Items:
    """``items.jsonl`` of a job folder, by row number."""

    def __init__(self, folder: Path, job: JobSpec) -> None:
        """One pass over the file. Raises JobFailed(JOB_UNREADABLE) when it is not the file that the job speaks of."""
        self._path = folder / ITEMS_FILE
        self._images = (folder / IMAGES_DIR).resolve()
        self._offsets = array("Q", [0])
        self._has_image = bytearray()
        digest = hashlib.sha256()
        try:
            with self._path.open("rb") as file:
                for line in file:
                    digest.update(line)
                    self._offsets.append(self._offsets[-1] + len(line))
                    self._has_image.append(b'"image"' in line)
        except OSError as unreadable:
            raise JobFailed(Failure.JOB_UNREADABLE, f"{ITEMS_FILE}: {unreadable.strerror}") from unreadable
        rows = len(self._offsets) - 1
        if rows != job.rows:
            raise JobFailed(Failure.JOB_UNREADABLE, f"{ITEMS_FILE} has {rows} lines, the job says {job.rows}")
        self.sha256 = digest.hexdigest()

    def work(self, row: int) -> tuple[int, int]:
        """How much a row is, unread: bytes of its line, and 1 when it probably has a picture."""
        return self._offsets[row + 1] - self._offsets[row], self._has_image[row]

    def notable(self, rows: Sequence[int]) -> dict[Chosen, list[int]]:
        """A few of ``rows`` that a check should not leave out, by why, the most telling first.

        Korean is what has more of it than all have: the words that every item begins with tell nothing.
        """
        by_length = sorted(rows, key=lambda row: self.work(row)[0])
        first: dict[Chosen, list[int]] = {Chosen.IMPORT: [], Chosen.KOREAN: []}
        usual = min((_hangul(line) for _, line in self._lines(spread(rows, 200)) if not _wordless(line)), default=0)
        for row, line in self._lines(rows):
            if len(first[Chosen.IMPORT]) < 2 and _IMPORT.search(line):
                first[Chosen.IMPORT].append(row)
            if len(first[Chosen.KOREAN]) < 3 and _hangul(line) > usual:
                first[Chosen.KOREAN].append(row)
        return {
            Chosen.IMPORT: first[Chosen.IMPORT],
            Chosen.SHORTEST: by_length[:3],
            Chosen.LONGEST: by_length[:-4:-1],
            Chosen.PICTURE: spread([row for row in by_length if self.work(row)[1]], 5),
            Chosen.KOREAN: first[Chosen.KOREAN],
        }

    def sample(self, rows: Sequence[int], count: int) -> list[int]:
        """So many of ``rows``, evenly over them, that can stand for all."""
        return spread(rows, count)

    def _lines(self, rows: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Rows with their lines as they stand in the file, in the order given."""
        with self._path.open("rb") as file:
            for row in rows:
                file.seek(self._offsets[row])
                yield row, file.read(self._offsets[row + 1] - self._offsets[row])

    def read(self, first: int, end: int, with_images: bool) -> tuple[list[Source], list[SkippedRow]]:
        """The rows from ``first`` to before ``end`` that can be embedded, and what is wrong with which rows."""
        sources, problems = [], []
        with self._path.open("rb") as file:
            file.seek(self._offsets[first])
            for number in range(first, end):
                line = file.read(self._offsets[number + 1] - self._offsets[number])
                source, problem = self._source(number, line, with_images)
                if source is not None:
                    sources.append(source)
                if problem is not None:
                    problems.append(problem)
        return sources, problems

    def _source(self, number: int, line: bytes, with_images: bool) -> tuple[Source | None, SkippedRow | None]:
        if len(line) > _LONGEST_LINE_BYTES:
            return None, SkippedRow(number, "", RowProblem.ROW_UNREADABLE.value, False, f"{len(line)} bytes long")
        try:
            row = parse_row(line)
        except (ValueError, RecursionError) as unreadable:
            detail = one_line(unreadable) or "not a row"
            return None, SkippedRow(number, "", RowProblem.ROW_UNREADABLE.value, False, detail)
        source = Source(number, _speakable(row.item_id), _speakable(row.text))
        has_text = bool(source.text.strip())
        problem = None
        if with_images and row.image:
            try:
                path = self._image_path(row)
                return Source(number, source.item_id, source.text, path, picture_size(path)), None
            except PictureProblem as broken:
                problem = source.problem(broken.problem, broken.detail, kept=has_text)
        if has_text:
            return source, problem
        return None, problem or source.problem(RowProblem.EMPTY, "no text and no image", kept=False)

    def _image_path(self, row: Row) -> Path:
        """Raises PictureProblem when the name leads out of the folder of images."""
        try:
            path = (self._images / row.image).resolve()
            inside = path.is_relative_to(self._images)
        except (ValueError, OSError, RuntimeError) as unusable:
            raise PictureProblem(RowProblem.IMAGE_MISSING, "the name is not a file name") from unusable
        if not inside:
            raise PictureProblem(RowProblem.IMAGE_MISSING, "the name leads out of the folder of images")
        return path


def open_items(folder: Path, job: JobSpec) -> Items:
    """The rows of a job, whatever they are made of. Raises JobFailed(JOB_UNREADABLE)."""
    if job.series is None:
        return Items(folder, job)
    from remote_worker.series_items import SeriesItems

    return SeriesItems(folder, job, job.series)


def _hangul(line: bytes) -> int:
    """Syllables of Hangul where a row begins."""
    return len(_HANGUL.findall(line, 0, _OPENING_BYTES))


def _wordless(line: bytes) -> bool:
    return b'"text":""' in line


def spread(rows: Sequence[int], count: int) -> list[int]:
    """Evenly over ``rows``, first and last among them."""
    if count < 2 or len(rows) <= count:
        return list(rows[:count])
    return [rows[at * (len(rows) - 1) // (count - 1)] for at in range(count)]


def _speakable(text: str) -> str:
    """The text with halves of characters, which no encoding can carry, replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
