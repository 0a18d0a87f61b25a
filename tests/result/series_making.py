"""A small result of a time series, as tests need it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gui.core.dataset import DataSpec, SeriesSpec, Split
from gui.core.result.manifest import Manifest
from gui.core.result.series import write_series
from remote_worker.prompts import Series
from remote_worker.protocol import RowProblem, ShardEntry, SkippedRow

DIMENSIONS = 12
SERIES = Series(("a", "b", "c"), table_rows=30, history=4, output_lengths=(2, 5, 9, 40), first_row=7, stride=2)
"""The last length fits nowhere."""


def state(row: int) -> NDArray[np.float32]:
    return np.random.default_rng(row).normal(0, 3, DIMENSIONS).astype(np.float32)


def shards(folder: Path, shard_rows: int = 25, without: tuple[int, ...] = ()) -> list[tuple[ShardEntry, Path]]:
    made = []
    for shard, first in enumerate(range(0, SERIES.rows, shard_rows)):
        rows = [row for row in range(first, min(SERIES.rows, first + shard_rows)) if row not in without]
        gone = [row for row in range(first, min(SERIES.rows, first + shard_rows)) if row in without]
        path = folder / f"shard-{shard}.npz"
        vectors = np.stack([state(row) for row in rows]) if rows else np.zeros((0, DIMENSIONS), np.float32)
        np.savez(path, rows=np.array(rows, np.int64), vectors=vectors, has_image=np.zeros(len(rows), np.bool_))
        content = path.read_bytes()
        skipped = tuple(SkippedRow(row, "x", RowProblem.BAD_VECTOR.value, False) for row in gone)
        sha256 = hashlib.sha256(content).hexdigest()
        made.append((ShardEntry(shard, path.name, len(rows), DIMENSIONS, len(content), sha256, skipped), path))
    return made


def make_series(folder: Path, scratch: Path) -> Path:
    """A whole result in ``folder``."""
    spec = DataSpec(series=SeriesSpec("weather.csv", split=Split.VAL))
    write_series(folder, shards(scratch), SERIES, Manifest(name="weather", run_id="r1", data=spec))
    return folder
