"""What the chosen precision changes: a sample as the run computes it against the same in fp32, for those who ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from remote_worker.encoder import Encoder
from remote_worker.findings import PRECISION_STEPS, PrecisionReport
from remote_worker.golden import (
    Emit,
    TimeLeft,
    as_the_run_does,
    in_full,
    precision_of,
    readings,
    slowly,
)
from remote_worker.items import Items
from remote_worker.protocol import JobSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SECONDS = 300.0
_NEAREST = 10
_FEWEST = 4  # rows; of fewer there is nothing to say


def report(
    encoder: Encoder, job: JobSpec, items: Items, rows: Sequence[int], emit: Emit, stop: Callable[[], None]
) -> None:
    """Say it in a ``precision`` event, of ``job.precision_rows`` of ``rows``, evenly over them."""
    emit("precision", precision=_report(encoder, job, items, items.sample(rows, job.precision_rows), emit, stop))


def _report(
    encoder: Encoder, job: JobSpec, items: Items, rows: Sequence[int], emit: Emit, stop: Callable[[], None]
) -> PrecisionReport:
    import numpy as np

    began = time.monotonic()
    own = precision_of(encoder)
    if own == "fp32":
        return PrecisionReport(own, why_not="full")
    made = as_the_run_does(encoder, job, items, rows, emit, stop)
    fine: dict[int, NDArray[np.float32]] = {}
    left = TimeLeft(_SECONDS)
    with in_full(encoder) as full:
        if full is None:
            return PrecisionReport(own, why_not="memory")
        for one in readings(encoder, items, made, rows):
            stop()
            if not left.allows(one.tokens):
                continue
            with left.measured(one.tokens):
                vector = slowly(encoder, one, full)
            if vector is not None:
                fine[one.row] = vector
    both = sorted(row for row in fine if np.isfinite(made[row].vector).all())
    if len(both) < _FEWEST:
        return PrecisionReport(own, why_not="time" if len(rows) >= _FEWEST else "few")
    here, there = np.stack([made[row].vector for row in both]), np.stack([fine[row] for row in both])
    cosines = np.minimum(1.0, np.einsum("ij,ij->i", here.astype(np.float64), there.astype(np.float64)))
    nearest = min(_NEAREST, len(both) - 1)
    overlaps = _overlaps(here, there, nearest)
    return PrecisionReport(
        precision=own,
        rows=len(both),
        left_out=len(rows) - len(both),
        lowest=round(float(cosines.min()), 7),
        low=round(float(np.quantile(cosines, 0.05)), 7),
        median=round(float(np.median(cosines)), 7),
        counts=tuple(int((cosines >= step).sum()) for step in PRECISION_STEPS),
        neighbours=nearest,
        overlap=round(float(overlaps.mean()), 4),
        lowest_overlap=round(float(overlaps.min()), 4),
        seconds=round(time.monotonic() - began, 3),
    )


def _overlaps(here: NDArray[np.float32], there: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Of each row, the share [n] of its ``count`` nearest by one set of vectors that are so by the other too."""
    import numpy as np

    near = []
    for vectors in (here, there):
        similar = vectors @ vectors.T
        np.fill_diagonal(similar, -np.inf)
        near.append(np.argsort(-similar, axis=1, kind="stable")[:, :count])
    shared = [len(set(one) & set(other)) for one, other in zip(near[0].tolist(), near[1].tolist(), strict=True)]
    return np.array(shared, np.float64) / count
