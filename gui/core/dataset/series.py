"""A time series: the windows of a CSV file, each with the prompts that TimeKD's embedding step makes of it."""

from __future__ import annotations

import codecs
import csv
import math
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gui.core.dataset import gpt2_numbers
from gui.core.dataset.text import clean
from gui.core.errors import SeriesUnreadable
from remote_worker.prompts import LARGEST_VALUE, Kind, Mask, Place, Series, Table

MAX_NAME_CHARACTERS = 100
MAX_FILE_BYTES = 4 * 10**9
_DATE = "date"
_DATE_FORMATS = ("%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M")
_SPOKEN = "%d/%m/%Y %H:%M"
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


class Split(StrEnum):
    """Which rows of the file. Windows of a later part begin with the last values of the one before it."""

    TRAIN = "train"
    VAL = "val"
    TEST = "test"
    ALL = "all"


class Borders(StrEnum):
    """Where training ends and testing begins."""

    SHARES = "70/10/20"
    ETT_HOURS = "ett-hours"  # 12, 4 and 4 months of 30 days, as everyone cuts the ETT sets
    ETT_QUARTERS = "ett-quarters"


class Wording(StrEnum):
    VALUES = "values"
    RATES = "exchange-rates"


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    """The ``[series]`` part of a plan."""

    file: str
    history: int = 96
    output_lengths: tuple[int, ...] = (24, 36, 48, 96, 192)
    split: Split = Split.TRAIN
    borders: Borders = Borders.SHARES
    stride: int = 1
    wording: Wording = Wording.VALUES
    mask: Mask = Mask.TIMEKD


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """What was found in a series."""

    variables: tuple[str, ...]
    rows: int  # of the file
    every: str  # "10 minutes"
    windows: tuple[tuple[int, int], ...]  # (output length, windows)
    gpt2_tokens: tuple[tuple[int, int], ...]  # (output length, tokens of its longest prompt) as GPT-2 counts
    gpt2_fits: int  # the longest output length of which GPT-2 reads every prompt whole; 0 = none


@dataclass(frozen=True, slots=True)
class SeriesData:
    """A series and its table, of the rows of one split alone."""

    series: Series
    table: Table
    report: SeriesReport
    characters: int  # that the model reads, what prompts share counted once where it is read once
    upload_bytes: int

    def lines_from(self, file_row: int) -> str:
        """Where the history of a window that begins there stands in the file: "line 98 to 193"."""
        return f"line {file_row + 2} to {file_row + self.series.history + 1}"


def read_series(spec: SeriesSpec, tick: Callable[[int], None] = lambda _: None) -> SeriesData:
    """``tick`` is told the rows so far. Raises SeriesUnreadable."""
    path = Path(spec.file)
    names, moments, columns = _read_table(path, tick)
    first, end = _borders(spec, len(moments))
    step_s = Counter((later - earlier).total_seconds() for earlier, later in pairwise(moments)).most_common(1)
    if not step_s or step_s[0][0] <= 0:
        raise SeriesUnreadable(path=str(path), reason="dates")
    every, unit = _words(int(step_s[0][0]))
    named, again = ("exchange rates", "rates") if spec.wording is Wording.RATES else ("values", "values")
    series = Series(
        variables=names,
        table_rows=max(0, end - first),
        history=spec.history,
        output_lengths=tuple(sorted(set(spec.output_lengths))),
        stride=spec.stride,
        first_row=first,
        every=every,
        unit=unit,
        named=named,
        again=again,
        mask=spec.mask.value,
    )
    dates = [moment.strftime(_SPOKEN) for moment in moments[first:end]]
    table = Table(dates, [column[first:end] for column in columns])
    tokens, fits = _gpt2_tokens(series, table) if series.rows else ((), 0)
    report = SeriesReport(
        variables=names,
        rows=len(moments),
        every=every,
        windows=tuple((length, series.windows(length)) for length in series.output_lengths),
        gpt2_tokens=tokens,
        gpt2_fits=fits,
    )
    return SeriesData(series, table, report, _characters(series, table), sum(map(len, table.lines())))


def begins_with_dates(path: Path) -> bool:
    """Whether the first row of a table has a date where a time series has one."""
    try:
        with open(path, encoding=_encoding(path), newline="") as file:
            rows = csv.reader(file)
            at, _ = _header(path, next(rows, []))
            first = next((row for row in rows if row), [])
            _moment(path, first[at] if at < len(first) else "", 2)
    except (SeriesUnreadable, UnicodeDecodeError, OSError, csv.Error):
        return False
    return True


# --- the file ---------------------------------------------------------------------------------------------------------


def _read_table(path: Path, tick: Callable[[int], None]) -> tuple[tuple[str, ...], list[datetime], list[array[int]]]:
    """Names, moments and whole numbers, each column's, cut off behind the point as the original does it."""
    moments: list[datetime] = []
    try:
        with open(path, encoding=_encoding(path), newline="") as file:
            rows = csv.reader(file)
            header = next(rows, [])
            at, names = _header(path, header)
            columns = [array("q") for _ in names]
            for number, row in enumerate(rows, 2):
                if not row:
                    continue
                if len(row) != len(header):
                    raise SeriesUnreadable(path=str(path), reason="columns", line=number)
                moments.append(_moment(path, row.pop(at), number))
                for column, name, cell in zip(columns, names, row, strict=True):
                    column.append(_whole(path, cell, number, name))
                tick(len(moments))
    except FileNotFoundError as gone:
        raise SeriesUnreadable(path=str(path), reason="missing") from gone
    except UnicodeDecodeError as foreign:
        raise SeriesUnreadable(path=str(path), reason="encoding") from foreign
    except (OSError, csv.Error) as broken:
        raise SeriesUnreadable(path=str(path), reason="broken") from broken
    return names, moments, columns


def _encoding(path: Path) -> str:
    """Of its first bytes, which hold the names; numbers are the same in each."""
    with open(path, "rb") as file:
        start = file.read(64 * 1024).rpartition(b"\n")[0]
        if file.seek(0, 2) > MAX_FILE_BYTES:
            raise SeriesUnreadable(path=str(path), reason="too-large")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        start.decode("utf-8")
    except UnicodeDecodeError:
        return "cp949"
    return "utf-8-sig"


def _header(path: Path, header: list[str]) -> tuple[int, tuple[str, ...]]:
    """Which column holds the dates, and the names of the others. The dates' is called so, or is the first."""
    names = [" ".join(clean(name).split())[:MAX_NAME_CHARACTERS] for name in header]
    at = next((at for at, name in enumerate(names) if name.casefold() == _DATE), 0)
    variables = (*names[:at], *names[at + 1 :])
    if not variables or not all(variables) or len(set(variables)) < len(variables):
        raise SeriesUnreadable(path=str(path), reason="names")
    return at, variables


def _moment(path: Path, cell: str, number: int) -> datetime:
    text = cell.strip()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        pass
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  a series speaks of its own wall clock
        except ValueError:
            continue
    raise SeriesUnreadable(path=str(path), reason="date", line=number)


def _whole(path: Path, cell: str, number: int, name: str) -> int:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST_VALUE:  # nor for NaN
        raise SeriesUnreadable(path=str(path), reason="number", line=number, column=name)
    return int(value)


def _words(step_s: int) -> tuple[str, str]:
    """(every, unit): ("10 minutes", "minutes"), ("hour", "hours")."""
    name, size_s = next(unit for unit in _UNITS if step_s % unit[1] == 0)
    count = step_s // size_s
    return (name if count == 1 else f"{count} {name}s"), f"{name}s"


def _borders(spec: SeriesSpec, rows: int) -> tuple[int, int]:
    """First row and row after the last of the split."""
    if spec.borders is Borders.SHARES:
        train, test = int(rows * 0.7), int(rows * 0.2)
        ends = (train, rows - test, rows)
    else:
        month = 30 * 24 * (4 if spec.borders is Borders.ETT_QUARTERS else 1)
        ends = (12 * month, 16 * month, 20 * month)
    first, end = {
        Split.TRAIN: (0, ends[0]),
        Split.VAL: (ends[0] - spec.history, ends[1]),
        Split.TEST: (ends[1] - spec.history, ends[2]),
        Split.ALL: (0, rows),
    }[spec.split]
    return min(max(0, first), rows), min(end, rows)


# --- how much it is ---------------------------------------------------------------------------------------------------


def _sums(parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """[variables, rows] to what stands before each row [variables, rows + 1]."""
    return np.concatenate([np.zeros((len(parts), 1), np.int64), parts.cumsum(axis=1)], axis=1)


def _of_values(table: Table, measure: Callable[[int], int]) -> NDArray[np.int64]:
    """``measure`` of every value [variables, rows], each value measured once."""
    columns = np.array([np.frombuffer(column, np.int64) for column in table.columns])
    values, place = np.unique(columns, return_inverse=True)
    measured: NDArray[np.int64] = np.fromiter(map(measure, values.tolist()), np.int64, len(values))
    of_each: NDArray[np.int64] = measured[place.reshape(columns.shape)]
    return of_each


def _gpt2_tokens(series: Series, table: Table) -> tuple[tuple[tuple[int, int], ...], int]:
    """(output length, tokens of the longest prompt) of each, and the longest output length that fits."""
    number = gpt2_numbers.number
    within = _of_values(table, lambda value: 2 + number(str(-value)) if value < 0 else 1 + number(f" {value}"))
    leading = _of_values(table, lambda value: number(str(abs(value)))) - within  # of a list's first value
    dates = np.fromiter(map(gpt2_numbers.count, table.dates), np.int64, len(table.dates))
    sums = _sums(within)

    def parts(windows: int, length: int) -> NDArray[np.int64]:
        start = np.arange(windows) * series.stride
        end = start + series.history
        frame = dates[start] + dates[end - 1] + number(str(length))
        tokens: NDArray[np.int64] = sums[:, end + length] - sums[:, start] + leading[:, start] + leading[:, end] + frame
        return tokens

    first = series.output_lengths[0]
    example = gpt2_numbers.count(series.prompt(table, Place(0, 0, first, Kind.TRUTH)))
    words = example - int(parts(1, first)[0, 0])

    def longest(length: int) -> int:
        return int(parts(series.windows(length), length).max()) + words

    low, high = 0, min(series.table_rows - series.history, gpt2_numbers.CONTEXT_TOKENS)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if longest(middle) <= gpt2_numbers.CONTEXT_TOKENS else (low, middle - 1)
    return tuple((length, longest(length)) for length in series.output_lengths if series.windows(length)), low


def _characters(series: Series, table: Table) -> int:
    sums = _sums(_of_values(table, lambda value: len(str(value)) + 2))
    frame = 100 * len(series.variables)

    def listed(windows: int, before: int, count: int) -> int:
        start = np.arange(windows) * series.stride + before
        return int((sums[:, start + count] - sums[:, start]).sum())

    windows = {length: series.windows(length) for length in series.output_lengths}
    truths = sum(listed(count, series.history, length) + count * frame for length, count in windows.items())
    if series.mask != Mask.BOTH_WAYS.value:
        most = max(windows.values(), default=0)
        return truths + listed(most, 0, series.history) + most * frame
    return truths + 2 * sum(listed(count, 0, series.history) + count * frame for count in windows.values())
