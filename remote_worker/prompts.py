"""The prompts of a time series: how the rows of a job are numbered, and what each of them reads.

Standard library only; like ``protocol`` it is imported by both sides: the app shows prompts and names rows, the machine
makes all of them from the table, so that megabytes go there and not gigabytes.

Wording and order are those of TimeKD's embedding step: for each window and variable one prompt of the *history*, and
one of the history and the *truth*, the values that did follow, for each output length.
"""

from __future__ import annotations

import bisect
import enum
import hashlib
import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

SERIES_FILE = "series.jsonl"
LARGEST_VALUE = 10**15

_HISTORY = "From <{start}> to <{end}>, the {named} were <{values}> every {every}."
_FORECAST = " Forecast the {again} for the next <{count}> {unit}"
_TRUTH = " The {again} for the next <{count}> {unit} are <{truth}>"


class Kind(str, enum.Enum):
    HISTORY = "history"
    TRUTH = "truth"  # the history, and what followed


class Mask(str, enum.Enum):
    """Which tokens see each other. In all, -100 stands between what is inside the angle brackets and what is not."""

    TIMEKD = "timekd"  # as its tool computes: none sees a later one, and inside is where it is in the last variable
    CAUSAL = "causal"  # none sees a later one, and inside is where it is
    BOTH_WAYS = "both-ways"  # later ones are seen too


KINDS = tuple(Kind)
OPENING = ("Ġ<", "▁<", "<")
"""How tokenizers write a bracket after a space; the first one that a tokenizer knows is that of its prompts."""
CLOSING = ">"


@dataclass(frozen=True)
class Masked:
    """Which tokens of a prompt see each other."""

    mask: Mask
    brackets: str  # the prompt whose brackets count, token by token: under TIMEKD the last variable's, else its own


@dataclass(frozen=True)
class Place:
    """Which prompt a row is. ``window`` and ``variable`` count from 0."""

    window: int
    variable: int
    output_length: int
    kind: Kind


@dataclass(frozen=True)
class Series:
    """What is made of a table: windows of ``history`` rows, ``stride`` apart, each with the lengths that fit behind it.

    Rows of the job go by window, then variable, then output length, then kind: all prompts that begin alike are
    neighbours. A longer output length has fewer windows.
    """

    variables: tuple[str, ...]
    table_rows: int
    history: int
    output_lengths: tuple[int, ...]  # ascending
    stride: int = 1
    first_row: int = 0  # of the table, in the person's file: windows are named after that file's rows
    every: str = "hour"  # "10 minutes"
    unit: str = "hours"
    named: str = "values"  # when they are first spoken of, and again
    again: str = "values"
    mask: str = Mask.TIMEKD.value

    def windows(self, output_length: int) -> int:
        """How many windows have so many rows behind them."""
        return max(0, (self.table_rows - self.history - output_length) // self.stride + 1)

    @cached_property
    def rows(self) -> int:
        return sum(self.windows(length) for length in self.output_lengths) * len(self.variables) * len(KINDS)

    @cached_property
    def _stretches(self) -> list[tuple[int, int, int]]:
        """(first row, first window, how many lengths fit) of each stretch of windows with the same lengths."""
        stretches, row, window = [], 0, 0
        for count in range(len(self.output_lengths), 0, -1):
            end = self.windows(self.output_lengths[count - 1])
            if end > window:
                stretches.append((row, window, count))
                row += (end - window) * self._rows_a_window(count)
                window = end
        return stretches

    def _rows_a_window(self, lengths: int) -> int:
        return len(self.variables) * lengths * len(KINDS)

    def place(self, row: int) -> Place:
        """Raises IndexError."""
        if not 0 <= row < self.rows:
            raise IndexError(row)
        at = bisect.bisect_right([first for first, _, _ in self._stretches], row) - 1
        first, window, lengths = self._stretches[at]
        window_, rest = divmod(row - first, self._rows_a_window(lengths))
        variable, rest = divmod(rest, lengths * len(KINDS))
        length, kind = divmod(rest, len(KINDS))
        return Place(window + window_, variable, self.output_lengths[length], KINDS[kind])

    def row(self, place: Place) -> int:
        """The row of a prompt that there is; the other way round than ``place``."""
        starts = [window for _, window, _ in self._stretches]
        first, window, lengths = self._stretches[bisect.bisect_right(starts, place.window) - 1]
        before = (place.window - window) * len(self.variables) + place.variable
        within = self.output_lengths.index(place.output_length) * len(KINDS) + KINDS.index(place.kind)
        return first + before * lengths * len(KINDS) + within

    def beside(self, row: int) -> range:
        """The rows of the same window and variable, which begin alike."""
        place = self.place(row)
        first = self.row(replace(place, output_length=self.output_lengths[0], kind=Kind.HISTORY))
        lengths = sum(place.window < self.windows(length) for length in self.output_lengths)
        return range(first, first + lengths * len(KINDS))

    def item_id(self, place: Place) -> str:
        """Stable whatever the split, the stride and the other lengths: the window is the file's row it begins with."""
        return f"{self.file_row(place)}:{self.variables[place.variable]}:{place.kind.value}:{place.output_length}"

    def file_row(self, place: Place) -> int:
        """Which of the person's file a window begins with; its first row of numbers is 0."""
        return self.first_row + place.window * self.stride

    def prompt(self, table: Table, place: Place) -> str:
        """What the model reads."""
        ((beginning, ending),) = self.parts(table, [place])
        return beginning + ending

    def parts(self, table: Table, places: Sequence[Place]) -> list[tuple[str, str]]:
        """Beginning and ending of each prompt; neighbours of one window and variable share their beginning."""
        before, beginning, parts = (-1, -1), "", []
        for place in places:
            if (place.window, place.variable) != before:
                before, beginning = (place.window, place.variable), self._beginning(table, place)
            parts.append((beginning, self._ending(table, place)))
        return parts

    def _beginning(self, table: Table, place: Place) -> str:
        start = place.window * self.stride
        end = start + self.history
        return _HISTORY.format(
            start=table.dates[start],
            end=table.dates[end - 1],
            named=self.named,
            values=table.values(place.variable, start, end),
            every=self.every,
        )

    def _ending(self, table: Table, place: Place) -> str:
        words = {"again": self.again, "count": place.output_length, "unit": self.unit}
        if place.kind is Kind.HISTORY:
            return _FORECAST.format(**words)
        end = place.window * self.stride + self.history
        return _TRUTH.format(truth=table.values(place.variable, end, end + place.output_length), **words)


@dataclass(frozen=True)
class Table:
    """The numbers: dates as prompts say them, and one column of whole numbers a variable."""

    dates: list[str]
    columns: list[array[int]]

    def values(self, variable: int, start: int, end: int) -> str:
        return ", ".join(map(str, self.columns[variable][start:end]))

    def lines(self) -> Iterator[bytes]:
        """As ``SERIES_FILE`` holds it: a line of dates, then one a variable."""
        for line in (self.dates, *(column.tolist() for column in self.columns)):
            yield json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    @cached_property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for line in self.lines():
            digest.update(line)
        return digest.hexdigest()


def read_table(path: Path, series: Series) -> Table:
    """Raises OSError, ValueError when it is not the table that the series speaks of."""
    with path.open("rb") as file:
        lines = (json.loads(line) for line in file)
        dates = next(lines, None)
        columns = [_column(line) for line in lines]
    if not isinstance(dates, list) or not all(isinstance(date, str) for date in dates):
        raise ValueError("no dates")
    if len(columns) != len(series.variables) or any(len(one) != series.table_rows for one in (dates, *columns)):
        raise ValueError("not as many numbers as the job says")
    return Table(dates, columns)


def _column(line: object) -> array[int]:
    if not isinstance(line, list) or not all(isinstance(value, int) for value in line):
        raise ValueError("not a line of whole numbers")
    try:
        return array("q", line)
    except OverflowError as large:
        raise ValueError("a number is too large") from large


def parse_series(plain: Any) -> Series:
    """A series as it came over the wire. Raises ValueError when it makes no sense."""
    try:
        series = Series(**plain)
        series = replace(series, variables=tuple(series.variables), output_lengths=tuple(series.output_lengths))
        numbers = (series.table_rows, series.history, series.stride, *series.output_lengths, series.first_row + 1)
        words = (*series.variables, series.every, series.unit, series.named, series.again)
        sensible = all(isinstance(word, str) for word in words) and min(numbers) >= 1 and len(series.variables) > 0
    except TypeError as misfit:
        raise ValueError(f"series: {misfit}") from misfit
    if not sensible or not all(isinstance(number, int) for number in numbers):
        raise ValueError("series: a number or a word in it makes no sense")
    if list(series.output_lengths) != sorted(set(series.output_lengths)):
        raise ValueError("series: output lengths in disorder")
    Mask(series.mask)
    return series


@dataclass(frozen=True)
class TooLong:
    """A prompt that the model cannot read whole; nothing is cut. ``fits``: the longest length that would, 0 = none."""

    output_length: int
    tokens: int
    limit: int
    fits: int

    def __str__(self) -> str:
        """As the detail of a failure."""
        return f"{self.output_length} {self.tokens} {self.limit} {self.fits}"

    @staticmethod
    def parse(detail: str) -> TooLong:
        """Raises ValueError."""
        output_length, tokens, limit, fits = map(int, detail.split())
        return TooLong(output_length, tokens, limit, fits)
