"""Is the result what was asked for? One pass over the vectors, one answer a question."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from gui.core.result.check import Check, CheckLine, CheckReport
from gui.core.result.result import Result, Vectors, ids_sha256, open_result
from gui.core.result.series import check_series, is_series
from gui.core.result.vectors import blocks, intact
from remote_worker.protocol import SHARD_INDEX, SHARDS_DIR, ShardEntry, parse_shard

NORM_TOLERANCE = 1e-3
_SPOTS = 16  # places in a vector that are compared before the whole of it is


def check(
    result: Result | Path, item_ids: Sequence[str], shards: Sequence[tuple[ShardEntry, Path]] = ()
) -> CheckReport:
    """Hold a result against what was asked for: ``item_ids`` by row number, and the shards it was made of.

    Rows that an entry lists as skipped and not kept need no vector. Memory stays flat.
    Raises ResultUnreadable when the folder cannot even be opened.
    """
    opened = result if isinstance(result, Result) else open_result(result)
    skipped = {one.row for entry, _ in shards for one in entry.skipped if not one.kept}
    expected = [item_id for row, item_id in enumerate(item_ids) if row not in skipped]
    place = {item_id: number for number, item_id in enumerate(expected)}
    places = [place[item_id] for item_id in opened.item_ids if item_id in place]
    strangers = len(opened) - len(places)
    backwards = sum(later < earlier for earlier, later in itertools.pairwise(places))
    dimensions = next((entry.dimensions for entry, _ in shards), opened.manifest.dimensions)
    return _report(
        opened,
        count=len(expected),
        wrong_ids=strangers + _repeated(opened.item_ids),
        wrong_order=backwards,
        dimensions=dimensions,
        shards=shards,
    )


def check_folder(result: Result | Path) -> CheckReport:
    """Hold a result against its own manifest and the shards that lie beside it; needs no data set.

    A folder may hold the result of a time series. Raises ResultUnreadable when it cannot even be opened.
    """
    if isinstance(result, Path) and is_series(result):
        return check_series(result, _shards_beside(result))
    opened = result if isinstance(result, Result) else open_result(result)
    manifest = opened.manifest
    same_ids = not manifest.ids_sha256 or ids_sha256(opened.item_ids) == manifest.ids_sha256
    return _report(
        opened,
        count=manifest.vectors if manifest.ids_sha256 else len(opened),
        wrong_ids=_repeated(opened.item_ids),
        wrong_order=0 if same_ids else 1,
        dimensions=manifest.dimensions or opened.dimensions,
        shards=_shards_beside(opened.folder),
    )


def _report(
    result: Result,
    *,
    count: int,
    wrong_ids: int,
    wrong_order: int,
    dimensions: int,
    shards: Sequence[tuple[ShardEntry, Path]],
) -> CheckReport:
    found = _look(result.embeddings)
    wrong_files = sum(not _as_written(entry, path) for entry, path in shards) + (not intact(result.vectors_file))

    def none_wrong(check: Check, wrong: int, warning: bool = False) -> CheckLine:
        return CheckLine(check, wrong == 0, wrong, warning=warning)

    return CheckReport(
        lines=(
            CheckLine(Check.COUNT, len(result) == count, len(result), count),
            none_wrong(Check.IDS, wrong_ids),
            none_wrong(Check.ORDER, wrong_order),
            CheckLine(Check.DIMENSION, result.dimensions == dimensions > 0, result.dimensions, dimensions),
            none_wrong(Check.FINITE, found.not_finite),
            none_wrong(Check.NORMS, found.wrong_norm),
            none_wrong(Check.CONSTANT, len(result) if found.constant else 0),
            none_wrong(Check.DUPLICATES, _repeated_vectors(result.embeddings, found.spots), warning=True),
            none_wrong(Check.HASHES, wrong_files),
        ),
        items=len(result),
        dimensions=result.dimensions,
        with_image=int(result.has_image.sum()),
    )


@dataclass(frozen=True, slots=True)
class _Look:
    not_finite: int
    wrong_norm: int
    constant: bool
    spots: Vectors  # [n, _SPOTS]: a few values of each vector


def _look(vectors: Vectors) -> _Look:
    """The one pass. The squared norm carries every NaN and infinity, so only its bad rows are looked at again."""
    rows, dimensions = vectors.shape
    columns = np.unique(np.linspace(0, dimensions - 1, _SPOTS).astype(int)) if dimensions else np.empty(0, int)
    spots = np.empty((rows, len(columns)), np.float32)
    not_finite = wrong_norm = 0
    alike = True
    for block in blocks(rows, dimensions * 4):
        part = vectors[block]
        with np.errstate(all="ignore"):
            squared = np.einsum("ij,ij->i", part, part)
            suspects = np.flatnonzero(~np.isfinite(squared))
            bad = int((~np.isfinite(part[suspects]).all(axis=1)).sum())
            off = np.abs(np.sqrt(squared, dtype=np.float64) - 1) > NORM_TOLERANCE
        not_finite += bad
        wrong_norm += int(off.sum()) + len(suspects) - bad - int(off[suspects].sum())
        alike = alike and bool((part == vectors[0]).all())
        spots[block] = part[:, columns]
    return _Look(not_finite, wrong_norm, alike and rows > 1, spots)


def _repeated(item_ids: Sequence[str]) -> int:
    return len(item_ids) - len(set(item_ids))


def _repeated_vectors(vectors: Vectors, spots: Vectors) -> int:
    """Rows whose vector an earlier row has, bit by bit. Whole vectors are read only where the spots agree."""
    _, group, sizes = np.unique(spots.view(np.uint32), axis=0, return_inverse=True, return_counts=True)
    suspects = np.flatnonzero(sizes[group.reshape(-1)] > 1)
    seen: set[bytes] = set()
    for row in suspects.tolist():
        seen.add(hashlib.blake2b(vectors[row].tobytes(), digest_size=16).digest())
    return len(suspects) - len(seen)


def _as_written(entry: ShardEntry, path: Path) -> bool:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == entry.sha256
    except OSError:
        return False


def _shards_beside(folder: Path) -> list[tuple[ShardEntry, Path]]:
    """The shards of the folder's own index. Only the last part of a name counts, so none leads elsewhere."""
    try:
        lines = (folder / SHARD_INDEX).read_bytes().splitlines()
    except OSError:
        return []
    entries: dict[int, ShardEntry] = {}
    for line in lines:
        with suppress(ValueError, TypeError):  # a half line of a crash
            entry = parse_shard(line)
            entries[entry.shard] = entry
    return [(entry, folder / SHARDS_DIR / PurePosixPath(str(entry.file)).name) for entry in entries.values()]
