"""Vectors that are wrong without a sound are noticed while the work goes on, and a run of them ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from remote_worker.alarms import Alarms
from remote_worker.encoder import Encoder, load_encoder
from remote_worker.failures import JobFailed
from remote_worker.items import Items
from remote_worker.job import read_job
from remote_worker.protocol import Alarm, Failure, ModelSpec, Row, RowProblem, SkippedRow
from remote_worker.window import FinishedShard
from tests.worker.jobs import draw, make_job, text, texts

DIMENSIONS = 16
Look = Callable[..., list[tuple[Alarm, int, int, tuple[str, ...]]]]


@pytest.fixture(scope="module")
def encoder(tiny_qwen3: Path) -> Encoder:
    return load_encoder(ModelSpec(str(tiny_qwen3)))


@pytest.fixture(scope="module")
def seeing(tiny_qwen3_vl: Path) -> Encoder:
    return load_encoder(ModelSpec(str(tiny_qwen3_vl), max_pixels=65_536))


def units(count: int, seed: int = 0) -> np.ndarray:
    raw = np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32)
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def finished(vectors: np.ndarray, first: int = 0, seen: Sequence[int] = (), bad: int = 0) -> FinishedShard:
    """A shard of rows from ``first`` on; after them so many that gave no vector."""
    rows = np.arange(first, first + len(vectors))
    end = first + len(vectors)
    skipped = [SkippedRow(row, f"item-{row}", RowProblem.BAD_VECTOR.value, False) for row in range(end, end + bad)]
    return FinishedShard(0, rows, vectors, np.isin(rows, seen), tuple(skipped))


@pytest.fixture
def look(tmp_path: Path, encoder: Encoder) -> Look:
    """Shows shards to the alarms of a job; gives what was said. ``said`` is kept when they end the run."""

    def looked(rows: list[Row], *shards: FinishedShard, by: Encoder = encoder) -> list:
        if not (tmp_path / "job.json").exists():
            make_job(tmp_path, rows)
        items = Items(tmp_path, read_job(tmp_path))
        alarms = Alarms(by, items, lambda *said: looked.said.append(said))  # type: ignore[attr-defined]
        for shard in shards:
            alarms.look(shard)
        return looked.said  # type: ignore[attr-defined]

    looked.said = []  # type: ignore[attr-defined]
    return looked


def test_vectors_that_differ_raise_no_alarm(look: Look) -> None:
    assert look(texts(60), finished(units(30)), finished(units(30, 1), 30)) == []


def test_one_vector_for_two_texts_is_said_and_the_run_goes_on(look: Look) -> None:
    vectors = units(100)
    vectors[41] = vectors[7]
    assert look(texts(100), finished(vectors)) == [(Alarm.SAME_VECTOR, 1, 100, ("item-41",))]


def test_nearly_the_same_is_the_same(look: Look) -> None:
    vectors = units(40)
    vectors[31] = vectors[8] + np.float32(1e-5) * vectors[9]
    vectors[31] /= np.linalg.norm(vectors[31])
    assert look(texts(40), finished(vectors)) == [(Alarm.SAME_VECTOR, 1, 40, ("item-31",))]


def test_one_vector_for_everything_ends_the_run_and_names_rows(look: Look) -> None:
    vectors = np.repeat(units(1), 50, axis=0)
    with pytest.raises(JobFailed, match="item-1, item-2") as failed:
        look(texts(50), finished(vectors))
    assert failed.value.failure is Failure.VECTORS_ALIKE
    assert look.said[0] == (Alarm.SAME_VECTOR, 1, 50, ("item-1",))  # type: ignore[attr-defined]
    assert look.said[-1][1:3] == (49, 50)  # type: ignore[attr-defined]


def test_a_few_rows_that_share_a_vector_in_each_of_many_shards_end_the_run_in_time(look: Look) -> None:
    vectors = units(400)
    vectors[::10] = vectors[0]
    shards = [finished(vectors[at : at + 40], at) for at in range(0, 400, 40)]
    with pytest.raises(JobFailed) as failed:
        look(texts(400), *shards)
    assert failed.value.failure is Failure.VECTORS_ALIKE
    assert look.said[-1][2] <= 120  # type: ignore[attr-defined]


@pytest.mark.parametrize("same", ["text", "cut", "picture"])
def test_rows_that_are_the_same_for_the_model_may_have_one_vector(
    same: str, look: Look, tmp_path: Path, tiny_qwen3: Path, seeing: Encoder
) -> None:
    """Copies of an item, texts that differ behind where they are cut, one picture under two names."""
    rows = [Row(f"item-{at}", "One and the same") for at in range(30)]
    by = load_encoder(ModelSpec(str(tiny_qwen3), max_tokens=16))
    if same == "cut":
        rows = [Row(f"item-{at}", "One and the same beginning " * 9 + text(at)) for at in range(30)]
    if same == "picture":
        by = seeing
        rows = [Row(f"item-{at}", "One and the same", f"{at}.png") for at in range(30)]
        for at in range(30):
            draw(tmp_path / "images" / f"{at}.png")
    assert look(rows, finished(np.repeat(units(1), 30, axis=0)), by=by) == []


def test_pictures_that_differ_must_not_have_one_vector(look: Look, tmp_path: Path, seeing: Encoder) -> None:
    rows = [Row(f"item-{at}", "", f"{at}.png") for at in range(30)]
    for at in range(30):
        draw(tmp_path / "images" / f"{at}.png", at)
    with pytest.raises(JobFailed) as failed:
        look(rows, finished(np.repeat(units(1), 30, axis=0)), by=seeing)
    assert failed.value.failure is Failure.VECTORS_ALIKE


def test_a_row_without_a_vector_is_said_and_many_end_the_run(look: Look) -> None:
    assert look(texts(100), finished(units(99), bad=1)) == [(Alarm.NOT_FINITE, 1, 100, ("item-99",))]
    with pytest.raises(JobFailed, match="item-90") as failed:
        look(texts(100), finished(units(90), bad=10))
    assert failed.value.failure is Failure.VECTORS_NOT_FINITE


@pytest.mark.parametrize("blind", [True, False])
def test_a_model_that_ignores_pictures_ends_the_run(blind: bool, look: Look, tmp_path: Path, seeing: Encoder) -> None:
    rows = [Row(f"item-{at}", text(at), f"{at}.png") for at in range(12)]
    for at in range(12):
        draw(tmp_path / "images" / f"{at}.png", at)
    prepared = seeing.prepare([row.text for row in rows], [None] * 12)
    vectors = seeing.encode(prepared, [None] * 12)
    if not blind:
        vectors = np.roll(vectors, 1, axis=0)
        assert look(rows, finished(vectors, seen=range(12)), by=seeing) == []
        return
    with pytest.raises(JobFailed, match="item-0, item-1, item-3, item-7") as failed:
        look(rows, finished(vectors, seen=range(12)), by=seeing)
    assert failed.value.failure is Failure.PICTURES_IGNORED
    assert look.said[0] == (Alarm.PICTURE_IGNORED, 1, 1, ("item-0",))  # type: ignore[attr-defined]


def test_a_picture_that_is_gone_by_now_is_no_alarm(look: Look, tmp_path: Path, seeing: Encoder) -> None:
    rows = [Row(f"item-{at}", text(at), f"{at}.png") for at in range(12)]
    make_job(tmp_path, rows)
    shutil.rmtree(tmp_path / "images")
    assert look(rows, finished(units(12), seen=range(12)), by=seeing) == []
