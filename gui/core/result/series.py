"""The result of a time series: for each output length two plain arrays, windows x variables x dimensions.

    <folder>/24/history.npy     the last tokens' states of the history prompts
    <folder>/24/truth.npy       those of the prompts with the true future
    <folder>/manifest.json      what they are: variables, first row, stride, hashes

Window i begins with row ``first_row + i * stride`` of the person's file. The states are as the model gives them, of any
length; a prompt without a usable one is a row of NaN.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from gui.core.errors import ResultUnreadable
from gui.core.files import whole_file
from gui.core.result.check import Check, CheckLine, CheckReport
from gui.core.result.manifest import Manifest, read_manifest, write_manifest
from gui.core.result.vectors import arrays, blocks
from remote_worker.prompts import KINDS, Kind, Place, Series
from remote_worker.protocol import ShardEntry

States = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SeriesResult:
    """A result of a time series, opened. Arrays are mapped from the disk, read-only."""

    folder: Path
    manifest: Manifest
    series: Series

    def __len__(self) -> int:
        return self.manifest.vectors

    @property
    def dimensions(self) -> int:
        return self.manifest.dimensions

    @property
    def output_lengths(self) -> tuple[int, ...]:
        """Those with windows."""
        return tuple(length for length in self.series.output_lengths if self.series.windows(length))

    def states(self, output_length: int, kind: Kind) -> States:
        """[windows, variables, dimensions]. Raises ResultUnreadable (``damaged``)."""
        path = self.folder / file_name(output_length, kind)
        shape = (self.series.windows(output_length), len(self.series.variables), self.manifest.dimensions)
        try:
            states: NDArray[Any] = npy.open_memmap(path, mode="r")
        except (OSError, ValueError, EOFError, SyntaxError) as broken:
            raise ResultUnreadable(path=str(path), reason="damaged") from broken
        if states.shape != shape or states.dtype != np.float32:
            raise ResultUnreadable(path=str(path), reason="damaged")
        return states


def file_name(output_length: int, kind: Kind) -> str:
    return f"{output_length}/{kind.value}.npy"


def is_series(folder: Path) -> bool:
    """Whether a result of a time series lies there; looks at the disk."""
    manifest = read_manifest(folder)
    return manifest is not None and manifest.series is not None


def open_series(folder: Path) -> SeriesResult:
    """Raises ResultUnreadable: ``missing``, ``not-a-result``, ``items`` (a result, but of no time series)."""
    if not folder.is_dir():
        raise ResultUnreadable(path=str(folder), reason="missing")
    manifest = read_manifest(folder)
    if manifest is None or manifest.series is None:
        raise ResultUnreadable(path=str(folder), reason="not-a-result" if manifest is None else "items")
    return SeriesResult(folder, manifest, manifest.series)


def write_series(folder: Path, shards: Sequence[tuple[ShardEntry, Path]], series: Series, manifest: Manifest) -> None:
    """Sort the shards into the arrays, in one pass with one shard in memory, and write ``manifest.json``.

    Raises LocalDiskFull, ResultUnreadable (a shard that is not what its entry says); nothing half is left then.
    """
    ordered = sorted(shards, key=lambda shard: shard[0].shard)
    dimensions = next((entry.dimensions for entry, _ in ordered), 0)
    vectors = 0
    with ExitStack() as files:
        outputs = {
            (length, kind): _Output(files, folder, series, length, kind, dimensions)
            for length in series.output_lengths
            if series.windows(length)
            for kind in KINDS
        }
        row = 0
        for entry, path in ordered:
            numbers, states = _piece(entry, path, dimensions, series.rows)
            vectors += len(numbers)
            row = _hand_out(series, row, numbers, states, outputs)
        _hand_out(series, row, np.array([series.rows], np.int64), np.empty((0, dimensions), np.float32), outputs)
    manifest = replace(
        manifest,
        series=series,
        items=series.rows,
        vectors=vectors,
        skipped=series.rows - vectors,
        dimensions=dimensions,
        files_sha256={output.name: output.digest.hexdigest() for output in outputs.values()},
    )
    write_manifest(folder, manifest)


class _Output:
    """One array on its way to the disk."""

    def __init__(
        self, files: ExitStack, folder: Path, series: Series, length: int, kind: Kind, dimensions: int
    ) -> None:
        self.name = file_name(length, kind)
        self.digest = hashlib.sha256()
        shape = (series.windows(length), len(series.variables), dimensions)
        self._file: BinaryIO = files.enter_context(whole_file(folder / self.name, 4 * int(np.prod(shape))))
        npy.write_array_header_1_0(self._file, {"descr": "<f4", "fortran_order": False, "shape": shape})

    def add(self, states: States) -> None:
        data = np.ascontiguousarray(states, "<f4").tobytes()
        self.digest.update(data)
        self._file.write(data)


def _piece(entry: ShardEntry, path: Path, dimensions: int, rows: int) -> tuple[NDArray[np.int64], States]:
    """Rows, ascending, and their states. Raises ResultUnreadable."""
    members = arrays(path)
    damaged = ResultUnreadable(path=str(path), reason="damaged")
    try:
        numbers, states = members["rows"].load(), members["vectors"].load()
    except KeyError as missing:
        raise damaged from missing
    if numbers.shape != (entry.rows,) or states.shape != (entry.rows, dimensions) or states.dtype != np.float32:
        raise damaged
    if numbers.dtype.kind not in "iu" or (np.diff(numbers) <= 0).any():
        raise damaged
    if entry.rows and not 0 <= numbers[0] <= numbers[-1] < rows:
        raise damaged
    return numbers.astype(np.int64), states


def _hand_out(
    series: Series,
    first: int,
    numbers: NDArray[np.int64],
    states: States,
    outputs: dict[tuple[int, Kind], _Output],
) -> int:
    """Every row from ``first`` to the last of ``numbers`` to its array, NaN where there is none; the row after that."""
    if not len(numbers):
        return first
    end = min(int(numbers[-1]) + 1, series.rows)
    whole = np.full((max(0, end - first), states.shape[1]), np.nan, np.float32)
    whole[numbers[: len(states)] - first] = states
    wanted: dict[tuple[int, Kind], list[int]] = {key: [] for key in outputs}
    for row in range(first, end):
        place = series.place(row)
        wanted[place.output_length, place.kind].append(row - first)
    for key, rows in wanted.items():
        if rows:
            outputs[key].add(whole[rows])
    return end


def check_series(folder: Path, shards: Sequence[tuple[ShardEntry, Path]] = ()) -> CheckReport:
    """Hold a result against its manifest and the shards it was made of; memory stays flat.

    Raises ResultUnreadable when the folder cannot even be opened.
    """
    result = open_series(folder)
    found = _Look()
    wrong_files = sum(not _as_written(path, entry.sha256) for entry, path in shards)
    for length in result.output_lengths:
        for kind in KINDS:
            wrong_files += not found.at(result, length, kind)
    manifest = result.manifest
    return CheckReport(
        lines=(
            CheckLine(Check.COUNT, found.usable == manifest.vectors, found.usable, manifest.vectors),
            CheckLine(Check.DIMENSION, manifest.dimensions > 0, manifest.dimensions, manifest.dimensions),
            CheckLine(Check.FINITE, found.not_finite == manifest.skipped, max(0, found.not_finite - manifest.skipped)),
            CheckLine(Check.CONSTANT, not found.constant, found.constant),
            CheckLine(Check.HASHES, wrong_files == 0, wrong_files),
        ),
        items=found.usable,
        dimensions=manifest.dimensions,
        with_image=0,
    )


class _Look:
    """What was found in the arrays so far."""

    def __init__(self) -> None:
        self.usable = self.not_finite = self.constant = 0

    def at(self, result: SeriesResult, length: int, kind: Kind) -> bool:
        """Look at one array; whether it is byte by byte what was written."""
        states = result.states(length, kind)
        flat = states.reshape(-1, states.shape[-1])
        digest = hashlib.sha256()
        alike = True
        for block in blocks(len(flat), flat.shape[1] * 4):
            part = flat[block]
            digest.update(np.ascontiguousarray(part).tobytes())
            finite = np.isfinite(part).all(axis=1)
            self.usable += int(finite.sum())
            self.not_finite += int((~finite).sum())
            alike = alike and bool((part == flat[0]).all())
        # History prompts may well be alike: under the mask their last token sees words and no numbers.
        if kind is Kind.TRUTH and alike and len(flat) > 1:
            self.constant += len(flat)
        return digest.hexdigest() == result.manifest.files_sha256.get(file_name(length, kind))


def _as_written(path: Path, sha256: str) -> bool:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def windows(result: SeriesResult, output_length: int) -> Iterator[tuple[int, States, States]]:
    """(number, history, truth) of each window, each [variables, dimensions]. Raises ResultUnreadable."""
    history, truth = (result.states(output_length, kind) for kind in KINDS)
    for number in range(len(history)):
        yield number, history[number], truth[number]


def item_id(result: SeriesResult, window: int, variable: int, output_length: int, kind: Kind) -> str:
    return result.series.item_id(Place(window, variable, output_length, kind))
