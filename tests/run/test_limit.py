"""The limit is the person's word about money: it counts while a run is paused, and nothing is rented beyond it."""

from __future__ import annotations

from gui.core.errors import BudgetReached, MachineDiskFull
from gui.core.plan import AtTheEnd
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.going_on import going_on
from gui.core.run.runs import Runs
from gui.core.run.state import Phase
from gui.core.units import HALF_DOLLAR
from tests.fakes import Stage
from tests.gui.scenes import Story
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


def begun(stage: Stage) -> tuple[Runs, str]:
    """A run with a shard at home, whose limit is passed at that moment."""
    stage.fault = scripted(stage, pause_s=0.5)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.shards_home))
    stage.clock_s += LONG_S
    return runs, run_id


def test_at_the_limit_nobody_is_asked_about_a_machine_that_has_nothing_left(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    runs, run_id = begun(stage)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.INCOMPLETE
    assert end.shards_home
    assert not stage.cloud.listed


def test_nothing_is_rented_beyond_the_limit(stage: Stage) -> None:
    runs, run_id = begun(stage)
    runs.wait(run_id, END_S)
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert isinstance(end.error, BudgetReached)
    assert sum(isinstance(one.event, e.RentIntended) for one in end.log) == 1
    assert len(stage.cloud.rented) == 1


def test_with_a_higher_limit_it_goes_on_with_what_is_missing(stage: Stage) -> None:
    runs, run_id = begun(stage)
    spent = runs.wait(run_id, END_S)
    home = len(spent.shards_home)
    more = going_on(spent)
    assert more.limit is not None
    assert more.limit > spent.money.so_far
    runs.go_on(run_id, more.limit)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete, end.error
    assert end.plan.budget.limit == more.limit
    assert not end.limit_is_spent
    assert sum(isinstance(one.event, e.ShardHome) for one in end.log) == end.shards_total
    assert 0 < home < end.shards_total


def test_what_is_missing_is_reckoned_by_what_a_row_cost_so_far() -> None:
    story = Story().embedding(0.5)
    story.tell(e.Tick(), 40_000).tell(e.LimitReached(story.snapshot.money.so_far))
    snapshot = story.lost().snapshot
    limit = going_on(snapshot).limit
    assert limit is not None
    half = snapshot.money.so_far
    assert half * 2.4 < limit < half * 2.7
    assert limit % HALF_DOLLAR == 0


def test_after_a_full_disk_the_next_machine_has_twice_as_much() -> None:
    story = Story().uploaded()
    before_gb = story.snapshot.plan.machine.disk_gb
    story.failed(MachineDiskFull(free_bytes=1, needed_bytes=2), Step.UPLOAD)
    assert going_on(story.snapshot).disk_gb is None, "a disk never grows"
    snapshot = story.lost().snapshot
    more = going_on(snapshot)
    assert (more.limit, more.disk_gb) == (None, 2 * before_gb)
    assert story.tell(more).snapshot.plan.machine.disk_gb == 2 * before_gb
