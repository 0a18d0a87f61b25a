"""What the worker finds out about its vectors is kept and told; another machine must agree with what is home."""

from __future__ import annotations

import csv
import io
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gui.core.errors import ModelChanged, WorkerFailed
from gui.core.plan import ModelChoice
from gui.core.result.manifest import PROBLEMS_FILE, read_manifest
from gui.core.run import events as e
from gui.core.run.runs import Runs
from gui.text.problems import problem_columns
from remote_worker.protocol import (
    EVENTS_FILE,
    HOME_FILE,
    JOB_FILE,
    Alarmed,
    Golden,
    GoldenRow,
    PrecisionReport,
    WorkerEvent,
    to_line,
)
from tests.fakes import Stage
from tests.run.carrying import END_S, assert_whole, carried_out, launched, scripted, wait_until
from tests.stub_worker import vector

GOLDEN = Golden(True, (GoldenRow(3, "i003", "longest", 40, 0.9998),), "fp32", 0.999, 0, 0.9998, 1)
PRECISION = PrecisionReport("bf16", 200, 0, 0.99, 0.995, 0.9993, (10, 150, 199, 200), 10, 0.98, 0.7)


def lines(*events: WorkerEvent) -> list[str]:
    return [to_line(event).decode().strip() for event in events]


def of_alarm(rows: int) -> WorkerEvent:
    return WorkerEvent("alarm", alarm="same-vector", alarm_rows=rows, looked_at=100, item_ids=("i001", "i002"))


def test_what_was_found_out_is_in_the_log_once_and_in_the_manifest(stage: Stage) -> None:
    say = lines(
        WorkerEvent("golden", golden=GOLDEN), WorkerEvent("precision", precision=PRECISION), of_alarm(1), of_alarm(4)
    )
    stage.fault = scripted(stage, say=say)  # type: ignore[method-assign]  # before every shard
    end = carried_out(stage)
    assert end.complete, end.error
    counted = {kind: sum(isinstance(one.event, kind) for one in end.log) for kind in (e.GoldenChecked, e.AlarmRaised)}
    assert counted == {e.GoldenChecked: 1, e.AlarmRaised: 2}
    manifest = read_manifest(stage.result)
    assert manifest is not None
    assert (manifest.golden, manifest.precision_report) == (GOLDEN, PRECISION)
    assert manifest.alarms == (Alarmed("same-vector", 4, 100, ("i001", "i002")),)
    listed = (stage.result / PROBLEMS_FILE).read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in listed[1:]] == [["item-same-vector", "i001"], ["item-same-vector", "i002"]]


def test_what_was_found_out_while_the_program_was_closed_is_heard_afterwards(stage: Stage) -> None:
    stage.fault = scripted(stage, say=lines(WorkerEvent("golden", golden=GOLDEN), of_alarm(4)), pause_s=0.2)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, launched)
    runs.close()
    (job,) = (stage.home / "machines").glob("*/job")
    until = time.monotonic() + END_S
    while not (job / EVENTS_FILE).exists() or b'"done"' not in (job / EVENTS_FILE).read_bytes():
        assert time.monotonic() < until
        time.sleep(0.05)
    again = Runs(stage.world())
    again.reattach()
    end = again.wait(run_id, END_S)
    again.close()
    assert end.complete, end.error
    assert end.golden == GOLDEN
    assert [one.rows for one in end.alarms] == [4]
    assert end.rates, "and how fast it went"


@pytest.mark.parametrize(
    "line",
    [
        '{"kind": "golden", "golden": {"agreed": "yes"}}',
        '{"kind": "golden", "golden": {"agreed": true, "rows": [{"row": 1}]}}',
        '{"kind": "precision", "precision": {"precision": 16}}',
        '{"kind": "alarm", "alarm": "unheard-of", "alarm_rows": 3}',
        '{"kind": "alarm", "alarm": "same-vector", "item_ids": [1]}',
    ],
)
def test_a_finding_that_is_none_is_not_heard(stage: Stage, line: str) -> None:
    stage.items = 7
    stage.fault = scripted(stage, say=[line])  # type: ignore[method-assign]
    end = carried_out(stage)
    assert end.complete, end.error
    assert (end.golden, end.precision, end.alarms) == (None, None, ())


def test_a_check_that_fails_ends_the_run_before_it_costs_and_the_rows_are_in_the_error(stage: Stage) -> None:
    stage.fault = scripted(stage, fail_at=0, failure="vectors-disagree")  # type: ignore[method-assign]
    end = carried_out(stage)
    assert isinstance(end.error, WorkerFailed)
    assert end.error.reason == "vectors-disagree"
    assert not end.shards_home
    assert not stage.cloud.listed


class Watched:
    """What the worker's folder holds at each launch; the first worker gives up at ``fail_at``."""

    def __init__(self, stage: Stage, **first: object) -> None:
        self._stage, self._first = stage, first
        self.jobs: list[dict[str, object]] = []
        self.home: list[bytes | None] = []

    def __call__(self, verb: str) -> None:
        Stage.fault(self._stage, verb)
        if verb != "launch":
            return
        folder: Path = max((self._stage.home / "machines").iterdir()) / "job"
        self.jobs.append(json.loads((folder / JOB_FILE).read_bytes()))
        self.home.append((folder / HOME_FILE).read_bytes() if (folder / HOME_FILE).exists() else None)
        (folder / "script.json").write_text(json.dumps(self._first if len(self.jobs) == 1 else {}))


def test_the_next_machine_is_given_rows_that_are_home_to_be_held_against(stage: Stage) -> None:
    watched = stage.fault = Watched(stage, fail_at=3, failure="bug")  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    assert runs.wait(run_id, END_S).shards_home == {0, 1, 2}
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete, end.error
    assert_whole(stage)
    nothing, home = watched.home
    assert nothing is None
    assert home is not None
    with np.load(io.BytesIO(home), allow_pickle=False) as shard:
        rows, vectors = shard["rows"].tolist(), shard["vectors"]
    assert {row // 5 for row in rows} == {0, 1, 2}
    assert len(rows) == len(set(rows)) <= 16
    assert all(
        np.allclose(made, vector(f"문제: What is {row} and {row}?")) for row, made in zip(rows, vectors, strict=True)
    )


def test_a_model_that_moved_on_is_refused_and_what_changed_is_said(stage: Stage) -> None:
    watched = stage.fault = Watched(stage, fail_at=2, failure="bug", revision="one")  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    runs.wait(run_id, END_S)
    watched._first = {}
    launch = watched.__call__

    def forced(verb: str) -> None:
        launch(verb)
        if verb == "launch":
            folder = max((stage.home / "machines").iterdir()) / "job"
            (folder / "script.json").write_text(json.dumps({"force_revision": "two"}))

    stage.fault = forced  # type: ignore[method-assign]
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert isinstance(end.error, ModelChanged)
    assert end.error.changes == "revision: one → two"


@pytest.mark.parametrize("asked", [True, False])
def test_a_report_on_the_precision_is_asked_for_when_the_plan_does(stage: Stage, asked: bool) -> None:
    watched = stage.fault = Watched(stage)  # type: ignore[method-assign]
    plan = replace(stage.plan(), model=ModelChoice(precision_report=asked))
    runs = Runs(stage.world())
    assert runs.wait(runs.start(plan), END_S).complete
    runs.close()
    assert watched.jobs[0].get("precision_rows", 0) == (200 if asked else 0)


def test_what_the_reading_left_out_is_in_the_manifest_and_in_words_in_the_list(stage: Stage) -> None:
    spoiled = json.loads((stage.home / "items.json").read_text(encoding="utf-8"))
    spoiled += [{"id": "blank"}, {"question": "without an id"}]
    (stage.home / "items.json").write_text(json.dumps(spoiled), encoding="utf-8")
    runs = Runs(replace(stage.world(), problem_words=problem_columns))
    run_id = runs.start(stage.plan())
    assert runs.wait(run_id, END_S).complete
    runs.close()
    manifest = read_manifest(stage.result)
    assert manifest is not None
    assert (manifest.left_out, manifest.skipped) == (2, 0)
    head, *listed = csv.reader((stage.result / PROBLEMS_FILE).read_text(encoding="utf-8-sig").splitlines())
    assert head[4:6] == ["What is wrong", "What becomes of the item"]
    assert sorted(row[4:6] for row in listed) == [
        ["Empty item", "Left out"],
        ["Not an item, or without an id", "Left out"],
    ]
