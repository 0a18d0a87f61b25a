"""The result of a time series: every prompt's state in its place, checked, and written as training wants it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from gui.core.errors import ExportRefused, LocalDiskFull, ResultUnreadable
from gui.core.result import hdf5
from gui.core.result.check import Check
from gui.core.result.hdf5 import CrossAttention, export_hdf5
from gui.core.result.manifest import Manifest, write_manifest
from gui.core.result.result import open_result
from gui.core.result.series import SeriesResult, check_series, is_series, open_series, write_series
from gui.core.result.verify import check_folder
from remote_worker.prompts import KINDS, Kind, Place
from tests.result import series_making
from tests.result.series_making import DIMENSIONS, SERIES, make_series, shards, state


@pytest.fixture
def made(tmp_path: Path) -> SeriesResult:
    return open_series(make_series(tmp_path / "result", tmp_path))


def test_every_state_stands_in_its_place(made: SeriesResult) -> None:
    assert made.output_lengths == (2, 5, 9)
    for length in made.output_lengths:
        for kind in KINDS:
            states = made.states(length, kind)
            assert states.shape == (SERIES.windows(length), 3, DIMENSIONS)
            for window in range(len(states)):
                for variable in range(3):
                    row = SERIES.row(Place(window, variable, length, kind))
                    assert np.array_equal(states[window, variable], state(row))


def test_the_arrays_are_plain_files_that_numpy_opens(made: SeriesResult) -> None:
    plain = np.load(made.folder / "5" / "truth.npy", allow_pickle=False)
    assert np.array_equal(plain, made.states(5, Kind.TRUTH))


def test_shards_come_in_any_order_and_of_any_size(tmp_path: Path, made: SeriesResult) -> None:
    (tmp_path / "other").mkdir()
    write_series(tmp_path / "again", shards(tmp_path / "other", 7)[::-1], SERIES, Manifest())
    assert open_series(tmp_path / "again").manifest.files_sha256 == made.manifest.files_sha256


def test_a_whole_result_passes_its_check(tmp_path: Path, made: SeriesResult) -> None:
    assert check_series(made.folder, shards(tmp_path)).passed
    report = check_folder(made.folder)
    assert report.passed
    assert (report.items, report.dimensions) == (SERIES.rows, DIMENSIONS)


def test_a_prompt_without_a_state_is_a_row_of_nan_and_counted(tmp_path: Path) -> None:
    without = (0, 30, SERIES.rows - 1)
    write_series(tmp_path / "result", shards(tmp_path, without=without), SERIES, Manifest())
    result = open_series(tmp_path / "result")
    for row in without:
        place = SERIES.place(row)
        assert np.isnan(result.states(place.output_length, place.kind)[place.window, place.variable]).all()
    assert result.manifest.skipped == 3
    assert check_series(tmp_path / "result").passed


def test_what_was_changed_afterwards_is_noticed(made: SeriesResult) -> None:
    path = made.folder / "2" / "truth.npy"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    wrong = {line.check for line in check_folder(made.folder).lines if not line.passed}
    assert wrong == {Check.HASHES}


def test_states_that_are_all_alike_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_making, "state", lambda row: np.ones(DIMENSIONS, np.float32))
    write_series(tmp_path / "result", shards(tmp_path), SERIES, Manifest())
    assert Check.CONSTANT in {line.check for line in check_folder(tmp_path / "result").lines if not line.passed}


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\x93NUMPY garbage")])
def test_a_damaged_array_is_said_to_be_one(made: SeriesResult, damage) -> None:
    damage(made.folder / "5" / "history.npy")
    with pytest.raises(ResultUnreadable, match="damaged"):
        open_series(made.folder).states(5, Kind.HISTORY)


def test_a_shard_that_is_not_what_its_entry_says_leaves_nothing_half(tmp_path: Path) -> None:
    listed = shards(tmp_path)
    np.savez(
        listed[2][1], rows=np.zeros(3, np.int64), vectors=np.zeros((3, 2), np.float32), has_image=np.zeros(3, bool)
    )
    with pytest.raises(ResultUnreadable, match="shard-2"):
        write_series(tmp_path / "result", listed, SERIES, Manifest())
    assert not [path for path in (tmp_path / "result").rglob("*") if path.is_file()]


def test_the_two_kinds_of_results_are_told_apart(tmp_path: Path, made: SeriesResult) -> None:
    assert is_series(made.folder)
    assert not is_series(tmp_path)
    with pytest.raises(ResultUnreadable, match="series"):
        open_result(made.folder)
    with pytest.raises(ResultUnreadable, match="not-a-result"):
        open_series(tmp_path)
    write_manifest(tmp_path, Manifest())
    with pytest.raises(ResultUnreadable, match="items"):
        open_series(tmp_path)
    with pytest.raises(ResultUnreadable, match="missing"):
        open_series(tmp_path / "nowhere")


# --- HDF5 -------------------------------------------------------------------------------------------------------------


def slowly(layer: CrossAttention, history: NDArray[np.float32], truth: NDArray[np.float32]) -> NDArray[np.float64]:
    """The original's layer without its dropout, number by number."""

    def norm(row: list[float]) -> list[float]:
        mean = sum(row) / len(row)
        variance = sum((one - mean) ** 2 for one in row) / len(row)
        return [(one - mean) / math.sqrt(variance + 1e-5) for one in row]

    def linear(row: list[float], weights: tuple[NDArray[np.float32], NDArray[np.float32]]) -> list[float]:
        return [float(sum(w * x for w, x in zip(line, row, strict=True)) + b) for line, b in zip(*weights, strict=True)]

    def gelu(x: float) -> float:
        return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))

    queries = [norm(row) for row in truth.T.astype(float).tolist()]
    others = [norm(row) for row in history.T.astype(float).tolist()]
    keys, values = [linear(row, layer.key) for row in others], [linear(row, layer.value) for row in others]
    out = []
    for query in queries:
        asked = linear(query, layer.query)
        scores = [sum(a * k for a, k in zip(asked, key, strict=True)) / math.sqrt(len(asked)) for key in keys]
        powers = [math.exp(score - max(scores)) for score in scores]
        seen = [sum(p * v[at] for p, v in zip(powers, values, strict=True)) / sum(powers) for at in range(len(asked))]
        joined = norm([q - s for q, s in zip(query, linear(seen, layer.out), strict=True)])
        added = linear([gelu(one) for one in linear(joined, layer.up)], layer.down)
        out.append([j + a for j, a in zip(joined, added, strict=True)])
    return np.array(out).T


def test_the_layer_computes_what_the_original_s_does() -> None:
    random = np.random.default_rng(1)
    history, truth = (random.normal(0, 5, (4, 9)).astype(np.float32) for _ in range(2))
    layer = CrossAttention.drawn(3, 4, 9)
    assert layer.up[0].shape == (36, 4)
    assert np.allclose(layer(history, truth), slowly(layer, history, truth), atol=1e-5)


def test_there_is_one_file_a_window_as_training_looks_for_them(made: SeriesResult, tmp_path: Path) -> None:
    told = []
    count = export_hdf5(made, tmp_path / "out", progress=lambda done, whole: told.append((done, whole)))
    layer = CrossAttention.drawn(hdf5.DEFAULT_SEED, 3, DIMENSIONS)
    for length in made.output_lengths:
        folder = tmp_path / "out" / str(length) / "val"
        assert {path.name for path in folder.iterdir()} == {f"{at}.h5" for at in range(SERIES.windows(length))}
        for at in range(SERIES.windows(length)):
            with h5py.File(folder / f"{at}.h5") as file:
                assert list(file) == ["embeddings"]
                embeddings = file["embeddings"][:]
            assert embeddings.shape == (3, DIMENSIONS)
            assert embeddings.dtype == np.float32
            history, truth = (made.states(length, kind)[at] for kind in KINDS)
            assert np.array_equal(embeddings, layer(history, truth))
    assert told[-1] == (count, count)


def test_an_export_can_be_repeated_and_says_its_seed(made: SeriesResult, tmp_path: Path) -> None:
    def contents(folder: Path) -> list[bytes]:
        return [h5py.File(path)["embeddings"][:].tobytes() for path in sorted(folder.rglob("*.h5"))]

    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        export_hdf5(made, tmp_path / name, seed)
    assert contents(tmp_path / "one") == contents(tmp_path / "two") != contents(tmp_path / "three")
    said = json.loads((tmp_path / "three" / "export.json").read_text())
    assert (said["seed"], said["run_id"], said["variables"]) == (6, "r1", ["a", "b", "c"])


def test_a_folder_with_something_else_in_it_is_left_alone(made: SeriesResult, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    (tmp_path / "file").write_text("")
    for folder in ("mine", "file"):
        with pytest.raises(ExportRefused):
            export_hdf5(made, tmp_path / folder)
    export_hdf5(made, tmp_path / "out", 1)
    with pytest.raises(ExportRefused):
        export_hdf5(made, tmp_path / "out", 2)
    export_hdf5(made, tmp_path / "out", 1)


def test_a_disk_that_is_too_small_is_said_before_anything_is_written(
    made: SeriesResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = hdf5.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(hdf5.shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(LocalDiskFull):
        export_hdf5(made, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
