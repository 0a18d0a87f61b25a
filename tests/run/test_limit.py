"""The limit is the person's word about money: it counts while a run is paused, and nothing is rented beyond it."""

from __future__ import annotations

from gui.core.errors import BudgetReached
from gui.core.plan import AtTheEnd
from gui.core.run import events as e
from gui.core.run.runs import Runs
from gui.core.run.state import Phase
from tests.fakes import Stage
from tests.run.carrying import END_S, scripted, wait_for, wait_until

LONG_S = 24 * 3600.0
"""At $0.41 an hour the limit of $5 is passed."""


def test_a_paused_run_that_reaches_its_limit_ends_the_bill(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.5)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.shards_home))
    runs.pause(run_id)
    wait_for(runs, run_id, Phase.PAUSED)
    stage.clock_s += LONG_S
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.INCOMPLETE
    assert isinstance(end.error, BudgetReached)
    assert not stage.cloud.listed


def test_at_the_limit_nobody_is_asked_about_a_machine_that_has_nothing_left(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    stage.fault = scripted(stage, pause_s=0.5)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.shards_home))
    stage.clock_s += LONG_S
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.INCOMPLETE
    assert end.shards_home
    assert not stage.cloud.listed


def test_nothing_is_rented_beyond_the_limit(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.5)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.shards_home))
    stage.clock_s += LONG_S
    runs.wait(run_id, END_S)
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert isinstance(end.error, BudgetReached)
    assert sum(isinstance(one.event, e.RentIntended) for one in end.log) == 1
    assert len(stage.cloud.rented) == 1
