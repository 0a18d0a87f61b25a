"""The prompts of a time series as the rows of a job, made from the table when they are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from remote_worker.failures import JobFailed
from remote_worker.items import Items, Source, spread
from remote_worker.prompts import SERIES_FILE, Kind, Mask, Masked, Place, Series, read_table
from remote_worker.protocol import Chosen, Failure, JobSpec, SkippedRow, to_line
from remote_worker.series_lengths import shortest_and_longest

_OF_A_WINDOW = 4  # prompts of one window and variable that a check takes


class SeriesItems(Items):
    """The prompts of a series, by row number, in place of ``items.jsonl``."""

    def __init__(self, folder: Path, job: JobSpec, series: Series) -> None:
        """Raises JobFailed(JOB_UNREADABLE)."""
        self.series = series
        try:
            self.table = read_table(folder / SERIES_FILE, series)
            if series.rows != job.rows:
                raise ValueError(f"the series has {series.rows} prompts, the job says {job.rows}")
        except (OSError, ValueError, RecursionError) as unreadable:
            raise JobFailed(Failure.JOB_UNREADABLE, f"{SERIES_FILE}: {unreadable}") from unreadable
        self.sha256 = hashlib.sha256(to_line(series) + self.table.sha256.encode()).hexdigest()
        # A history prompt costs only its last words: what it begins with is read once for all of a window.
        self._work = {
            (length, kind): (10 + (kind is Kind.TRUTH) * length, 0) for length in series.output_lengths for kind in Kind
        }

    def work(self, row: int) -> tuple[int, int]:
        place = self.series.place(row)
        return self._work[place.output_length, place.kind]

    def notable(self, rows: Sequence[int]) -> dict[Chosen, list[int]]:
        """Neighbours in four windows, so that beginnings are shared; together of every output length and kind."""
        series = self.series
        shortest, longest = map(series.row, shortest_and_longest(series, self.table))
        first = {Chosen.LONGEST: longest, Chosen.SHORTEST: shortest, Chosen.FIRST: rows[0], Chosen.LAST: rows[-1]}
        found, dealt = {}, 0
        for why, row in first.items():
            beside = series.beside(row)
            others = [beside[at % len(beside)] for at in range(dealt, dealt + _OF_A_WINDOW - 1)]
            found[why] = list(dict.fromkeys((row, *others)))
            dealt += len(others)
        return found

    def sample(self, rows: Sequence[int], count: int) -> list[int]:
        """Prompts with the truth alone: histories end in words, which see no number and have few different states."""
        places = map(self.series.place, spread(rows, count))
        return list(dict.fromkeys(self.series.row(replace(place, kind=Kind.TRUTH)) for place in places))

    def read(self, first: int, end: int, with_images: bool) -> tuple[list[Source], list[SkippedRow]]:  # noqa: ARG002
        return [self._at(row) for row in range(first, end)], []

    def _at(self, row: int) -> Source:
        place = self.series.place(row)
        text = self.series.prompt(self.table, place)
        by = self.masked_by(place)
        masked = Masked(Mask(self.series.mask), text if by == place else self.series.prompt(self.table, by))
        return Source(row, self.series.item_id(place), text, masked=masked)

    def masked_by(self, place: Place) -> Place:
        """The prompt whose brackets count."""
        if Mask(self.series.mask) is not Mask.TIMEKD:
            return place
        # TimeKD's tool keeps the kinds that it found last, and masks all variables of a window by those.
        return replace(place, variable=len(self.series.variables) - 1)
