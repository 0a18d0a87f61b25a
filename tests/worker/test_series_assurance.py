"""A time series passes through the same assurances as items: the golden check, the alarms, the report on precision."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remote_worker import golden, precision
from remote_worker.encoder import Prepared, load_encoder
from remote_worker.items import open_items
from remote_worker.job import read_job, run_job
from remote_worker.prompts import Kind, Mask, Series, Table
from remote_worker.protocol import HOME_FILE, Alarm, Failure, Golden, PrecisionReport
from remote_worker.series import Bundle, SeriesEncoder
from tests.worker import jobs
from tests.worker.test_series import failure, make, series, table

ROWS = 60


@pytest.fixture
def folder(gpt2: Path, tmp_path: Path) -> Path:
    return make(tmp_path / "job", gpt2, series(table_rows=ROWS), table(ROWS), shard_rows=100)


def carry_out(folder: Path, mutant: type[SeriesEncoder]) -> int:
    """With an encoder that has something wrong with it."""

    def load(spec: Any) -> SeriesEncoder:
        encoder = load_encoder(spec)
        encoder.__class__ = mutant
        assert isinstance(encoder, mutant)
        return encoder

    return run_job(folder, threading.Event(), load=load)


def checked(folder: Path) -> Golden:
    (event,) = jobs.events(folder, "golden")
    assert event.golden is not None
    return event.golden


@pytest.mark.parametrize("mask", Mask)
def test_twenty_prompts_of_every_sort_are_computed_the_slow_way_too(gpt2: Path, tmp_path: Path, mask: Mask) -> None:
    of = series(table_rows=ROWS, mask=mask.value)
    folder = make(tmp_path, gpt2, of, table(ROWS), shard_rows=100)
    assert jobs.carry_out(folder) == 0, failure(folder)
    report = checked(folder)
    assert report.agreed
    assert (len(report.rows), report.left_out, report.threshold) == (20, 0, 0.99999)
    places = [of.place(one.row) for one in report.rows]
    beside = [of.place(one.row) for one in report.rows if one.why != "spread"]
    every = {(length, kind) for length in of.output_lengths for kind in Kind}
    assert {(place.output_length, place.kind) for place in beside} == every
    assert {one.why for one in report.rows} == {"shortest", "longest", "first", "last", "spread"}
    assert {0, max(place.window for place in map(of.place, range(of.rows)))} <= {place.window for place in places}
    lengths = [(len(of.prompt(table(ROWS), of.place(row))), row) for row in range(of.rows)]
    characters = {one.row: len(of.prompt(table(ROWS), of.place(one.row))) for one in report.rows}
    assert max(lengths)[0] == max(characters.values())
    assert min(lengths)[0] == min(characters.values())


class SharesOneTokenTooMany(SeriesEncoder):
    """What the first of a bundle begins with is taken for the beginning of all."""

    def states(self, bundles: Sequence[Bundle], mask: Mask) -> np.ndarray:
        return super().states([replace(one, shared=one.shared + (len(one.prompts) > 1)) for one in bundles], mask)


class ReadsOneAfterTheOther(SeriesEncoder):
    """The ends of a bundle see each other."""

    def states(self, bundles: Sequence[Bundle], mask: Mask) -> np.ndarray:
        return np.concatenate([self._one_by_one(one, mask) for one in bundles])

    def _one_by_one(self, bundle: Bundle, mask: Mask) -> np.ndarray:
        before, states = bundle.prompts[0], []
        for at, prompt in enumerate(bundle.prompts):
            if at:
                own = slice(bundle.shared, None)
                ids = np.concatenate([before.ids, prompt.ids[own]])
                before = replace(prompt, ids=ids, kinds=np.concatenate([before.kinds, prompt.kinds[own]]))
            states.append(super().states([Bundle((before,), 0)], mask))
        return np.concatenate(states)


class ReadsUnderAnotherMask(SeriesEncoder):
    def states(self, bundles: Sequence[Bundle], mask: Mask) -> np.ndarray:
        alone = [Bundle((prompt,), 0) for bundle in bundles for prompt in bundle.prompts]
        return super().states(alone, Mask.BOTH_WAYS)


@pytest.mark.parametrize("mutant", [SharesOneTokenTooMany, ReadsOneAfterTheOther, ReadsUnderAnotherMask])
def test_a_broken_quick_way_ends_the_run_before_the_first_shard_and_the_prompts_are_shown(
    folder: Path, mutant: type[SeriesEncoder]
) -> None:
    assert carry_out(folder, mutant) == 1
    reason, detail = failure(folder)
    report = checked(folder)
    assert reason == Failure.VECTORS_DISAGREE.value
    assert not report.agreed
    worst = min(report.rows, key=lambda one: one.cosine)
    assert worst.cosine < report.threshold
    assert f"{worst.item_id} ({worst.cosine:.4f})" in detail
    assert jobs.events(folder, "shard") == []


def test_states_of_another_machine_are_compared_and_reported(gpt2: Path, folder: Path, tmp_path: Path) -> None:
    assert jobs.carry_out(folder) == 0
    made = jobs.result(folder)
    again = make(tmp_path / "again", gpt2, series(table_rows=ROWS), table(ROWS))
    some = slice(3, 60, 7)
    np.savez(again / HOME_FILE, rows=made.rows[some], vectors=made.vectors[some], has_image=made.has_image[some])
    assert jobs.carry_out(again) == 0
    assert [one.row for one in checked(again).home] == made.rows[some].tolist()
    assert min(one.cosine for one in checked(again).home) >= 0.99999


# --- while it is embedded ---


class GoesWrong(SeriesEncoder):
    """As it should be until the golden check has its quick states, and asks how long the prompts are."""

    is_checked = False

    def prepare(self, texts: Sequence[str], sizes: Sequence[Any]) -> list[Prepared]:
        self.is_checked = True
        return super().prepare(texts, sizes)

    def states(self, bundles: Sequence[Bundle], mask: Mask) -> np.ndarray:
        made = super().states(bundles, mask)
        return self.spoiled(made) if self.is_checked else made

    def spoiled(self, made: np.ndarray) -> np.ndarray:
        raise NotImplementedError


class HasNoNumbers(GoesWrong):
    def spoiled(self, made: np.ndarray) -> np.ndarray:
        made[::9] = np.nan
        return made


class HasInfinities(GoesWrong):
    def spoiled(self, made: np.ndarray) -> np.ndarray:
        made[::9, 3] = np.inf
        return made


class HasZeros(GoesWrong):
    def spoiled(self, made: np.ndarray) -> np.ndarray:
        made[::9] = 0
        return made


class HasOneStateForAll(GoesWrong):
    def spoiled(self, made: np.ndarray) -> np.ndarray:
        return np.repeat(made[:1], len(made), axis=0)


class TakesTheNeighbours(GoesWrong):
    """The state of each tenth is that of the one before."""

    def spoiled(self, made: np.ndarray) -> np.ndarray:
        made[10::10] = made[9:-1:10]
        return made


@pytest.mark.parametrize(
    ("mutant", "alarm", "reason"),
    [
        (HasNoNumbers, Alarm.NOT_FINITE, Failure.VECTORS_NOT_FINITE),
        (HasInfinities, Alarm.NOT_FINITE, Failure.VECTORS_NOT_FINITE),
        (HasZeros, Alarm.NOT_FINITE, Failure.VECTORS_NOT_FINITE),
        (HasOneStateForAll, Alarm.SAME_VECTOR, Failure.VECTORS_ALIKE),
        (TakesTheNeighbours, Alarm.SAME_VECTOR, Failure.VECTORS_ALIKE),
    ],
)
def test_states_that_are_wrong_without_a_sound_raise_the_alarm_and_end_the_run(
    folder: Path, mutant: type[SeriesEncoder], alarm: Alarm, reason: Failure
) -> None:
    assert carry_out(folder, mutant) == 1
    assert checked(folder).agreed
    assert {event.alarm for event in jobs.events(folder, "alarm")} == {alarm.value}
    said = jobs.events(folder, "alarm")[-1]
    assert failure(folder)[0] == reason.value
    assert said.item_ids[0] in failure(folder)[1]


def test_a_model_that_gives_no_number_at_all_is_found_out_before(folder: Path) -> None:
    class Ill(SeriesEncoder):
        def states(self, bundles: Sequence[Bundle], mask: Mask) -> np.ndarray:
            return super().states(bundles, mask) * np.float32("nan")

    assert carry_out(folder, Ill) == 1
    assert failure(folder)[0] == Failure.VECTORS_NOT_FINITE.value
    assert jobs.events(folder, "shard") == []


@pytest.mark.parametrize("mask", Mask)
def test_prompts_that_read_the_same_may_have_one_state(gpt2: Path, tmp_path: Path, mask: Mask) -> None:
    """Two variables that stand still, and histories, whose last words see no number."""
    numbers = table(ROWS)
    still: Series = series(table_rows=ROWS, variables=("a", "b", "c"), mask=mask.value)
    columns = [numbers.columns[0], *[type(numbers.columns[0])("q", [0] * ROWS)] * 2]
    folder = make(tmp_path, gpt2, still, Table(numbers.dates, columns), shard_rows=100)
    assert jobs.carry_out(folder) == 0, failure(folder)
    assert jobs.events(folder, "alarm") == []
    states = {one.tobytes() for one in jobs.result(folder).vectors}
    assert len(states) < still.rows


# --- what the precision changes ---


def test_the_report_compares_a_series_with_full_precision(folder: Path) -> None:
    job = replace(read_job(folder), precision_rows=40)
    encoder, items = load_encoder(job.model), open_items(folder, job)
    encoder._model.to(torch.bfloat16)  # type: ignore[attr-defined]
    encoder.loaded.recipe["precision"] = "bf16"
    said: dict[str, Any] = {}
    precision.report(encoder, job, items, range(job.rows), lambda kind, **fields: said.update(fields), lambda: None)
    report = said["precision"]
    assert isinstance(report, PrecisionReport)
    assert (report.precision, report.rows, report.why_not) == ("bf16", 40, "")
    assert 0.9 < report.lowest <= report.median < 1
    assert report.neighbours == 10
    assert 0.5 < report.overlap <= 1
    golden.check(encoder, job, items, range(job.rows), folder, lambda *_, **fields: said.update(fields), lambda: None)
    assert said["golden"].agreed
    assert (said["golden"].precision, said["golden"].threshold) == ("fp32", 0.999)


def test_the_sample_is_of_prompts_that_can_differ(folder: Path) -> None:
    job = read_job(folder)
    items = open_items(folder, job)
    sample = items.sample(range(job.rows), 40)
    assert len(set(sample)) == 40
    assert job.series is not None
    assert {job.series.place(row).kind for row in sample} == {Kind.TRUTH}
