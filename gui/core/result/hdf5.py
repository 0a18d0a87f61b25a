"""The HDF5 files that TimeKD's training reads, made of a time series' result: one a window.

    <folder>/24/train/0.h5      dataset ``embeddings``, float32 [variables, dimensions]
    <folder>/export.json        from which result, with which layer and seed

The original joins the states of both prompts in one cross-attention layer of random, untrained weights, and gives it no
seed. Here the same layer is drawn from a seed, and nothing is dropped out, so that an export can be repeated; no two
exports of the original agree with each other, nor with this.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from gui.core.errors import ExportRefused, LocalDiskFull
from gui.core.files import refusals, whole_file
from gui.core.result.series import SeriesResult, States, windows
from gui.core.units import utc_now

EXPORT_FILE = "export.json"
DEFAULT_SEED = 2024
EPSILON = 1e-5
FILE_BYTES = 2048  # of an HDF5 file, beside its numbers

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Export:
    """What ``export.json`` says."""

    seed: int
    layer: str
    made_at: datetime
    run_id: str
    model: str
    revision: str
    split: str
    variables: tuple[str, ...]
    windows: dict[int, int]  # by output length


@dataclass(frozen=True, slots=True)
class CrossAttention:
    """One layer, one head, over as many numbers as there are variables; weights as PyTorch draws them."""

    query: tuple[Numbers, Numbers]
    key: tuple[Numbers, Numbers]
    value: tuple[Numbers, Numbers]
    out: tuple[Numbers, Numbers]
    up: tuple[Numbers, Numbers]
    down: tuple[Numbers, Numbers]

    @staticmethod
    def drawn(seed: int, variables: int, dimensions: int) -> CrossAttention:
        random = np.random.Generator(np.random.PCG64(seed))

        def linear(inputs: int, outputs: int) -> tuple[Numbers, Numbers]:
            bound = 1 / math.sqrt(inputs)
            weight = random.uniform(-bound, bound, (outputs, inputs)).astype(np.float32)
            return weight, random.uniform(-bound, bound, outputs).astype(np.float32)

        square = [linear(variables, variables) for _ in range(4)]
        return CrossAttention(
            query=square[0],
            key=square[1],
            value=square[2],
            out=square[3],
            up=linear(variables, 4 * dimensions),
            down=linear(4 * dimensions, variables),
        )

    def __call__(self, history: States, truth: States) -> Numbers:
        """Both [variables, dimensions]; the same shape comes out. The truth asks, the history answers."""
        asking, answering = _normed(truth.T), _normed(history.T)
        scores = _linear(asking, self.query) @ _linear(answering, self.key).T
        seen = _softmax(scores / math.sqrt(len(truth))) @ _linear(answering, self.value)
        joined = _normed(asking - _linear(seen, self.out))
        return np.ascontiguousarray((joined + _linear(_gelu(_linear(joined, self.up)), self.down)).T)


def export_hdf5(
    result: SeriesResult,
    folder: Path,
    seed: int = DEFAULT_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write every window of every output length; how many files that were. ``progress``: windows, of how many.

    What ``progress`` raises ends it and passes through; the files so far stay, and the same export goes over them.
    Raises ResultUnreadable, LocalDiskFull, ExportRefused for a folder with something else in it.
    """
    import h5py

    series, spec = result.series, result.manifest.data.series
    split = str(spec.split) if spec is not None else "all"
    layer = CrossAttention.drawn(seed, len(series.variables), result.manifest.dimensions)
    counts = {length: series.windows(length) for length in result.output_lengths}
    whole, done = sum(counts.values()), 0
    export = Export(
        seed=seed,
        layer="cross-attention, 1 head, pre-norm, drawn uniformly by numpy PCG64, no dropout, float32",
        made_at=utc_now(),
        run_id=result.manifest.run_id,
        model=result.manifest.model,
        revision=result.manifest.revision,
        split=split,
        variables=series.variables,
        windows=counts,
    )
    _make_room(folder, export, whole * (series_bytes(result) + FILE_BYTES))
    with whole_file(folder / EXPORT_FILE) as file:
        file.write(msgspec.json.format(msgspec.json.encode(export), indent=2))
    for length in result.output_lengths:
        below = folder / str(length) / split
        with refusals(below):
            below.mkdir(parents=True, exist_ok=True)
            for number, history, truth in windows(result, length):
                with h5py.File(below / f"{number}.h5", "w") as out:
                    out.create_dataset("embeddings", data=layer(history, truth))
                done += 1
                if progress is not None:
                    progress(done, whole)
    return done


def series_bytes(result: SeriesResult) -> int:
    """Of the numbers of one window."""
    return 4 * len(result.series.variables) * result.manifest.dimensions


def _make_room(folder: Path, export: Export, needed_bytes: int) -> None:
    """Raises ExportRefused, LocalDiskFull."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        before = _read_export(folder / EXPORT_FILE)
        if before is None or (before.seed, before.run_id) != (export.seed, export.run_id):
            raise ExportRefused(path=str(folder))
    else:
        with refusals(folder):
            folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < needed_bytes:  # HDF5 does not say clearly that a disk is full
            raise LocalDiskFull(path=str(folder), needed_bytes=needed_bytes)


def _read_export(path: Path) -> Export | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Export)
    except (OSError, msgspec.DecodeError):
        return None


def _linear(values: Numbers, weights: tuple[Numbers, Numbers]) -> Numbers:
    weight, bias = weights
    return np.asarray(values @ weight.T + bias, np.float32)


def _normed(values: Numbers) -> Numbers:
    centred = values - values.mean(axis=-1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPSILON), np.float32)


def _softmax(scores: Numbers) -> Numbers:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def _gelu(values: Numbers) -> Numbers:
    """Exact to 1.5e-7: the error function by Abramowitz and Stegun 7.1.26."""
    size = np.abs(values) * math.sqrt(0.5)
    t = 1 / (1 + 0.3275911 * size)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    error = np.sign(values) * (1 - series * np.exp(-size * size))
    return np.asarray(values * 0.5 * (1 + error), np.float32)
