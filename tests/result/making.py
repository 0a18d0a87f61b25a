"""Shards and results as a worker would have left them, for the tests of this folder and of the Result page."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gui.core.result.manifest import Manifest
from gui.core.result.result import Result, open_result, write
from remote_worker.protocol import SHARD_INDEX, ShardEntry, SkippedRow, to_line

Shards = list[tuple[ShardEntry, Path]]


def unit_vectors(rows: int, dimensions: int, seed: int = 0) -> NDArray[np.float32]:
    """Random directions, in clusters of about ten."""
    draw = np.random.default_rng(seed)
    centres = draw.standard_normal((max(1, rows // 10), dimensions))
    vectors = centres[draw.integers(0, len(centres), rows)] + 0.6 * draw.standard_normal((rows, dimensions))
    made: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return made


def make_shards(
    folder: Path,
    vectors: NDArray[np.float32],
    *,
    shard_rows: int = 100,
    skipped: Sequence[int] = (),
    has_image: NDArray[np.bool_] | None = None,
) -> Shards:
    """``vectors`` by row number of the job; those of ``skipped`` rows are left out."""
    (folder / "shards").mkdir(parents=True, exist_ok=True)
    made: Shards = []
    index = b""
    for shard, start in enumerate(range(0, len(vectors), shard_rows)):
        rows = np.arange(start, min(start + shard_rows, len(vectors)), dtype=np.int64)
        left_out = tuple(SkippedRow(int(row), f"id-{row}", "empty", kept=False) for row in rows if row in skipped)
        rows = rows[~np.isin(rows, skipped)]
        pictures = np.zeros(len(rows), np.bool_) if has_image is None else has_image[rows]
        path = folder / "shards" / f"shard_{shard:06d}.npz"
        np.savez(path, rows=rows, vectors=vectors[rows], has_image=pictures)
        entry = ShardEntry(
            shard=shard,
            file=f"shards/{path.name}",
            rows=len(rows),
            dimensions=vectors.shape[1],
            size_bytes=path.stat().st_size,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            skipped=left_out,
        )
        index += to_line(entry)
        made.append((entry, path))
    (folder / SHARD_INDEX).write_bytes(index)
    return made


def ids(count: int) -> list[str]:
    return [f"문항-{row:05d}" for row in range(count)]


def make_result(
    folder: Path,
    vectors: NDArray[np.float32],
    *,
    item_ids: Sequence[str] | None = None,
    manifest: Manifest | None = None,
    has_image: NDArray[np.bool_] | None = None,
) -> Result:
    shards = make_shards(folder, vectors, shard_rows=500, has_image=has_image)
    write(folder, shards, item_ids or ids(len(vectors)), manifest or Manifest(name="made up", model="practice"))
    return open_result(folder)
