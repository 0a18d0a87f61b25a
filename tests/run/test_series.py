"""A time series from its file to its result: the table goes up, prompts are made there, arrays come home."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gui.core.dataset import DataSpec, SeriesSpec, Split, read
from gui.core.errors import ItemsChanged, WorkerFailed
from gui.core.plan import Plan
from gui.core.result.series import open_series
from gui.core.result.verify import check_folder
from gui.core.run.runs import Runs
from gui.core.run.state import Phase
from remote_worker.prompts import TooLong
from remote_worker.protocol import Failure, Golden, GoldenRow, WorkerEvent, to_line
from tests.dataset.making import write_series
from tests.fakes import Stage, cut
from tests.run.carrying import END_S, carried_out, scripted
from tests.stub_worker import vector


class SeriesStage(Stage):
    """The small world with a time series in it, 60 rows of two variables."""

    def plan(self) -> Plan:
        path = self.home / "weather.csv"
        if not path.exists():
            write_series(self.home, rows=60)
        spec = SeriesSpec(str(path), history=6, output_lengths=(2, 4), split=Split.TRAIN)
        return replace(super().plan(), data=DataSpec(series=spec), shard_rows=24)


@pytest.fixture
def stage(tmp_path: Path) -> SeriesStage:
    return SeriesStage(tmp_path / "stage")


def assert_whole(stage: Stage) -> None:
    items, result = read(stage.plan().data).items, open_series(stage.result)
    for row in range(result.series.rows):
        place = result.series.place(row)
        found = result.states(place.output_length, place.kind)[place.window, place.variable]
        assert np.allclose(found, vector(items[row].text))
    assert check_folder(stage.result).passed


def test_every_state_comes_home_into_its_place(stage: SeriesStage) -> None:
    snapshot = carried_out(stage)
    assert snapshot.phase is Phase.FINISHED, snapshot.error
    assert_whole(stage)
    manifest = json.loads((stage.result / "manifest.json").read_text())
    assert manifest["recipe"] == "series"
    assert manifest["series"]["output_lengths"] == [2, 4]


def test_the_table_goes_up_and_no_prompt(stage: SeriesStage) -> None:
    snapshot = carried_out(stage)
    prompts = sum(len(item.text) for item in read(stage.plan().data).items)
    assert snapshot.upload_total_bytes < 3000 < prompts


def test_a_worker_that_dies_and_a_broken_line_cost_no_state(
    stage: SeriesStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.machine_faults = {"get": [cut("get")], "read": [cut("read")]}
    monkeypatch.setattr(stage, "fault", scripted(stage, die_at=3))
    runs = Runs(stage.world())
    try:
        run_id = runs.start(stage.plan())
        snapshot = runs.wait(run_id, END_S)
        while snapshot.phase is not Phase.FINISHED:
            runs.go_on(run_id)
            snapshot = runs.wait(run_id, END_S)
    finally:
        runs.close()
    assert_whole(stage)


def test_a_file_that_changed_meanwhile_is_not_mixed_with_what_it_was(
    stage: SeriesStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "fault", scripted(stage, fail_at=2, failure=Failure.BUG.value))
    runs = Runs(stage.world())
    try:
        run_id = runs.start(stage.plan())
        assert isinstance(runs.wait(run_id, END_S).error, WorkerFailed)
    finally:
        runs.close()
    path = stage.home / "weather.csv"
    lines = path.read_text().splitlines()
    lines[2] = "2020-01-01 00:10:00,7,7"
    path.write_text("\n".join(lines))
    runs = Runs(stage.world())
    try:
        runs.go_on(run_id)
        assert isinstance(runs.wait(run_id, END_S).error, ItemsChanged)
    finally:
        runs.close()


def test_a_state_that_the_worker_could_not_make_is_listed_and_nan(
    stage: SeriesStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "fault", scripted(stage, skip=True))
    assert carried_out(stage).phase is Phase.FINISHED
    result = open_series(stage.result)
    assert result.manifest.skipped == -(-result.series.rows // 24)
    assert np.isnan(result.states(2, result.series.place(0).kind)[0, 0]).all()
    problems = (stage.result / "problems.csv").read_text("utf-8-sig")
    assert "0:v0:history:2" in problems
    assert "line 2 to 7" in problems


def test_what_was_found_out_is_kept_and_prompts_that_look_wrong_are_listed_with_their_lines(
    stage: SeriesStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    golden = Golden(True, (GoldenRow(3, "0:v0:truth:4", "first", 90, 0.9999),), "fp32", 0.99999)
    alarm = {"alarm": "same-vector", "alarm_rows": 2, "looked_at": 90, "item_ids": ("7:v1:truth:4", "no such place")}
    said = [WorkerEvent("golden", golden=golden), WorkerEvent("alarm", **alarm)]  # type: ignore[arg-type]
    lines = [to_line(event).decode().strip() for event in said]
    monkeypatch.setattr(stage, "fault", scripted(stage, say=lines))
    assert carried_out(stage).phase is Phase.FINISHED
    manifest = open_series(stage.result).manifest
    assert manifest.golden == golden
    assert [one.rows for one in manifest.alarms] == [2]
    assert (manifest.max_pixels, manifest.instruction) == (0, "")
    problems = (stage.result / "problems.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[1:3] for line in problems[1:]] == [["7:v1:truth:4", "line 9 to 14"], ["no such place", ""]]


def test_what_is_too_long_for_the_model_is_said_in_words(stage: SeriesStage, monkeypatch: pytest.MonkeyPatch) -> None:
    from gui.text import describe_error

    monkeypatch.setattr(stage, "fault", scripted(stage, fail_at=0, failure=Failure.PROMPT_TOO_LONG.value))
    error = carried_out(stage).error
    assert isinstance(error, WorkerFailed)
    said = describe_error(WorkerFailed(reason=error.reason, detail=str(TooLong(192, 1203, 1024, 130))))
    assert "192" in said[0]
    assert "1,203" in said[0]
    assert "130" in said[2]
    assert describe_error(error)[0]
