"""The most similar items: exact by a plain product from the first click on, quicker once ``prepare`` has been through.

Large results get one sign bit a dimension (of the vector less the mean). The rows with the most equal bits are then
compared exactly. Whether that finds the true neighbours is not assumed but tried, on rows of the very result: with
fewer found than there are, the plain product stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gui.core.result.result import Result, Vectors
from gui.core.result.vectors import blocks

QUICK_FROM_ROWS = 20_000
_CANDIDATES = (1000, 4000, 16_000)
_ROWS_IN_CACHE = 16_384
_TRIAL_ROWS = 32
_TRIAL_NEIGHBOURS = 20
_ROUNDING = 2e-6  # how far apart two ways to reckon a float32 similarity may be
_NOT_THERE = np.float32(-2)

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Neighbour:
    row: int
    item_id: str
    similarity: float  # cosine, -1..1


@dataclass(frozen=True, slots=True)
class _SignBits:
    """One bit a dimension, packed; ``candidates`` rows are enough to hold the true neighbours."""

    mean: Vectors
    bits: NDArray[np.uint64]  # [ceil(dim / 64), n]: word by word, which counts four times as fast as row by row
    candidates: int

    def nearest(self, query: Vectors, count: int) -> NDArray[np.intp]:
        """``count`` rows with the most bits equal to the query's."""
        asked = _packed(query[None] - self.mean)[0]
        words, rows = self.bits.shape
        distances = np.empty(rows, np.uint16 if words < 1024 else np.uint32)
        for start in range(0, rows, _ROWS_IN_CACHE):
            part = slice(start, start + _ROWS_IN_CACHE)
            different = np.bitwise_count(self.bits[:, part] ^ asked[:, None])
            distances[part] = different.sum(axis=0, dtype=distances.dtype)
        return np.argpartition(distances, count - 1)[:count] if count < rows else np.arange(rows)


class Neighbours:
    """Nearest vectors of one result by cosine. Safe from any thread; a query is answered before ``prepare`` too.

    Equal similarities come in row order. Rows that are no vector (NaN) are nobody's neighbour.
    """

    def __init__(self, result: Result) -> None:
        self._result = result
        self._vectors: Vectors = np.asarray(result.embeddings)  # still mapped, without memmap's cost at each slice
        self._scale: Scores | None = None  # 1 / length of each row; 0 = no vector
        self._signs: _SignBits | None = None

    @property
    def exact(self) -> bool:
        """Whether every row is compared; else the likeliest ones are, still exactly."""
        return self._signs is None

    def of(self, item: str | int, k: int = 20) -> tuple[Neighbour, ...]:
        """The ``k`` nearest of an item (its id or its row), itself left out. Raises KeyError, IndexError."""
        row = self._result.row_of(item) if isinstance(item, str) else range(len(self._result))[item]
        return self._nearest(self._vectors[row], k, leave_out=row)

    def of_vector(self, vector: NDArray[np.floating], k: int = 20) -> tuple[Neighbour, ...]:
        """The ``k`` nearest of any vector. Raises ValueError when it has other dimensions."""
        if vector.shape != (self._result.dimensions,):
            raise ValueError(f"{self._result.dimensions} dimensions expected, not {vector.shape}")
        return self._nearest(vector, k, leave_out=-1)

    def prepare(self) -> None:
        """Make queries on a large result quicker: one pass to pack, one to try. For the background."""
        rows = len(self._result)
        if rows <= QUICK_FROM_ROWS or self._signs is not None:
            return
        scale = self._lengths()
        sample = np.linspace(0, rows - 1, min(rows, 4096)).astype(int)
        mean = (self._vectors[sample] * scale[sample, None]).mean(axis=0, where=(scale[sample] > 0)[:, None])
        mean = np.nan_to_num(mean)
        bits = np.empty((-(-self._result.dimensions // 64), rows), np.uint64)
        for block in blocks(rows, self._result.dimensions * 4):
            bits[:, block] = _packed(self._vectors[block] * scale[block, None] - mean).T
        self._signs = self._tried(mean, bits, scale)

    def _tried(self, mean: Vectors, bits: NDArray[np.uint64], scale: Scores) -> _SignBits | None:
        """The smallest number of candidates that loses no neighbour of the trial rows; None when none is enough."""
        rows = np.unique(np.linspace(0, len(scale) - 1, _TRIAL_ROWS).astype(int))
        queries = self._vectors[rows[scale[rows] > 0]]
        queries = queries * scale[rows[scale[rows] > 0], None]
        scores = np.empty((len(scale), len(queries)), np.float32)
        with np.errstate(all="ignore"):
            for block in blocks(len(scale), self._result.dimensions * 4):
                scores[block] = self._vectors[block] @ queries.T
        scores = _scaled(scores, scale[:, None])
        truth = np.sort(np.partition(scores, -_TRIAL_NEIGHBOURS, axis=0)[-_TRIAL_NEIGHBOURS:], axis=0)
        for count in _CANDIDATES:
            signs = _SignBits(mean, bits, count)
            if all(
                np.all(
                    np.sort(scores[signs.nearest(query, count), one])[-_TRIAL_NEIGHBOURS:] >= truth[:, one] - _ROUNDING
                )
                for one, query in enumerate(queries)
            ):
                return signs
        return None

    def _nearest(self, vector: NDArray[np.floating], k: int, leave_out: int) -> tuple[Neighbour, ...]:
        query = np.asarray(vector, np.float64)
        length = float(np.sqrt(query @ query))
        if not np.isfinite(length) or length == 0 or k <= 0:
            return ()
        query = query / length
        narrow, signs = query.astype(np.float32), self._signs
        if signs is not None:
            likely = signs.nearest(narrow, min(len(self._result), max(signs.candidates, 4 * k)))
            rows = likely[_best(self._scores(narrow, likely), k + 1)]
        else:
            rows = _best(self._scores(narrow), k + 1)
        rows = np.sort(rows[rows != leave_out])
        similarities = self._exact_scores(rows, query)
        order = np.lexsort((rows, -similarities))[:k]
        return tuple(
            Neighbour(int(rows[one]), self._result.item_ids[rows[one]], float(similarities[one]))
            for one in order
            if similarities[one] > _NOT_THERE
        )

    def _scores(self, query: Vectors, rows: NDArray[np.intp] | slice = slice(None)) -> Scores:
        """The similarity of rows, to float32 rounding; of all of them, that needs no memory but the answer."""
        with np.errstate(all="ignore"):
            return _scaled(self._vectors[rows] @ query, self._lengths()[rows])

    def _exact_scores(self, rows: NDArray[np.intp], query: NDArray[np.float64]) -> NDArray[np.float64]:
        """In float64 and row by row, so that equal vectors have equal similarities wherever they lie."""
        scores = np.empty(len(rows))
        with np.errstate(all="ignore"):
            for block in blocks(len(rows), self._result.dimensions * 8):
                part = self._vectors[rows[block]].astype(np.float64)
                scores[block] = (part * query).sum(axis=1) / np.sqrt((part * part).sum(axis=1))
        return np.clip(np.where(np.isfinite(scores), scores, float(_NOT_THERE)), float(_NOT_THERE), 1.0)

    def _lengths(self) -> Scores:
        if self._scale is None:
            squared = np.empty(len(self._result), np.float32)
            for block in blocks(len(squared), self._result.dimensions * 4):
                with np.errstate(all="ignore"):
                    np.einsum("ij,ij->i", self._vectors[block], self._vectors[block], out=squared[block])
            usable = np.isfinite(squared) & (squared > 0)
            scale = np.zeros(len(squared), np.float32)
            np.divide(1, np.sqrt(squared), out=scale, where=usable)
            self._scale = scale
        return self._scale


def _packed(values: Vectors) -> NDArray[np.uint64]:
    """One bit for each value above 0, 64 to a word; what is over in the last word is 0."""
    packed = np.packbits(values > 0, axis=1)
    words = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), np.uint8)
    words[:, : packed.shape[1]] = packed
    return words.view(np.uint64)


def _scaled(scores: Scores, scale: Scores) -> Scores:
    return np.where(np.isfinite(scores) & (scale > 0), scores * scale, _NOT_THERE)


def _best(scores: Scores, count: int) -> NDArray[np.intp]:
    """The rows of the ``count`` best scores, and every other that rounding may have put below them."""
    if count >= len(scores):
        return np.arange(len(scores))
    threshold = np.partition(scores, -count)[-count]
    return np.flatnonzero(scores >= threshold - _ROUNDING)
