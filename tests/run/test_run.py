"""A run ends whole, rents once and leaves nothing billed, wherever it is killed and whatever fails on its way."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain, repeat
from pathlib import Path

import pytest
from PIL import Image

from gui.core.dataset.dataset import read
from gui.core.errors import (
    AgentFailed,
    CloudRefused,
    CloudUnreachable,
    InstanceLost,
    MachineDiskFull,
    PackagesMissing,
    PriceChanged,
    TransferCorrupt,
    WorkerFailed,
    WorkerKilled,
)
from gui.core.plan import AtTheEnd, to_toml
from gui.core.run import events as e
from gui.core.run.events import Recorded, Step
from gui.core.run.journal import Journal
from gui.core.run.run import Run
from gui.core.run.runs import Runs
from gui.core.run.state import Phase, StepStatus
from tests.fakes import Stage, cut
from tests.run.carrying import END_S, assert_whole, carried_out, scripted, wait_for


def test_a_run_rents_once_ends_whole_and_leaves_nothing_billed(stage: Stage) -> None:
    end = carried_out(stage)
    assert end.phase is Phase.FINISHED
    assert end.complete
    assert_whole(stage)
    assert len(stage.cloud.rented) == 1
    assert not stage.cloud.listed
    assert {path.name for path in stage.result.iterdir()} == {
        "vectors.npz", "manifest.json", "problems.csv", "receipt.json", "shards",
    }  # fmt: skip


class Killed(BaseException):
    """The program ends here, as by kill -9: nothing runs afterwards, no file is tidied."""


class MortalJournal(Journal):
    """Kills the program right after so many events."""

    def __init__(self, path: Path, lives: int) -> None:
        super().__init__(path)
        self.lives = lives
        self.dead = threading.Event()

    def append(self, run_id: str, event: e.AnyEvent, at: datetime) -> Recorded:
        if self.dead.is_set():
            raise Killed
        recorded = super().append(run_id, event, at)
        self.lives -= 1
        if self.lives == 0:
            self.dead.set()
            raise Killed
        return recorded


def carried_out_with_deaths(stage: Stage, lives: Iterator[int]) -> int:
    """Carry a run out; each program in turn dies after so many events. The number of programs it took."""
    journal = MortalJournal(stage.world().paths.journal, lives=0)
    journal.append("r", e.Planned(to_toml(stage.plan())), stage.now())
    programs = 0
    while True:
        journal.lives, journal.dead = next(lives), threading.Event()
        run = Run("r", journal, stage.world())
        if run.snapshot.ended:
            break
        run.start()
        run.join(END_S)
        assert not run.alive, run.snapshot.active
        programs += 1
    journal.close()
    assert run.snapshot.phase is Phase.FINISHED
    assert_whole(stage)
    assert len(stage.cloud.rented) == 1
    assert not stage.cloud.listed
    return programs


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("part", range(6))
def test_a_run_killed_after_any_single_event_ends_as_one_that_was_not(tmp_path: Path, part: int) -> None:
    deaths = 0
    for event in range(part + 1, 200, 6):
        stage = Stage(tmp_path / str(event), items=7)
        if carried_out_with_deaths(stage, chain([event], repeat(10_000))) == 1:
            break  # it ended before so many events: there is no later one to die after
        deaths += 1
    assert deaths >= 4


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("seed", range(3))
def test_a_run_killed_again_and_again_ends_as_one_that_was_not(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)
    assert carried_out_with_deaths(stage, (chance.randint(2, 5) for _ in repeat(None))) > 5


@pytest.mark.parametrize("verb", ["connect", "probe", "setup", "put", "launch", "read", "status", "get"])
def test_a_connection_that_breaks_is_made_again(stage: Stage, verb: str) -> None:
    stage.machine_faults[verb] = [cut(verb), cut(verb), cut(verb)]
    end = carried_out(stage)
    assert end.complete
    assert_whole(stage)
    waits = [one.event for one in end.log if isinstance(one.event, e.StepWaiting)]
    assert len(waits) == 3
    assert waits[0].error == "ConnectionLost"
    assert not stage.cloud.listed


def test_a_lost_answer_to_renting_is_found_again_by_its_label(stage: Stage) -> None:
    stage.cloud.lose_answers = 1
    assert carried_out(stage).complete
    assert len(stage.cloud.rented) == 1
    assert not stage.cloud.listed


def test_a_cloud_that_never_heard_of_the_renting_is_asked_again(stage: Stage) -> None:
    stage.cloud.faults["rent"] = [CloudUnreachable(cloud="practice")]
    end = carried_out(stage)
    assert end.complete
    assert len(stage.cloud.rented) == 1
    assert any(isinstance(one.event, e.RentUnanswered) for one in end.log)


def test_an_offer_that_is_gone_leads_to_the_next(stage: Stage) -> None:
    stage.cloud.gone = {"a"}
    end = carried_out(stage)
    assert end.complete
    assert end.lost_offers == ("a",)
    assert stage.cloud.rented[0].price_per_hour == 2 * stage.cloud.price_per_hour


def test_a_list_that_fails_is_never_taken_for_an_empty_one(stage: Stage) -> None:
    stage.cloud.lose_answers = 1
    stage.cloud.faults["instances"] = [CloudUnreachable(cloud="practice") for _ in range(5)]
    assert carried_out(stage).complete
    assert len(stage.cloud.rented) == 1


def test_destroyed_is_what_the_cloud_no_longer_lists(stage: Stage) -> None:
    stage.cloud.linger = 3
    stage.cloud.faults["destroy"] = [CloudUnreachable(cloud="practice"), CloudRefused(cloud="practice", reason="other")]
    end = carried_out(stage)
    assert end.phase is Phase.FINISHED
    assert stage.cloud.linger == 0
    assert not stage.cloud.listed


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        ("probe", AgentFailed(verb="probe", detail="garbage")),
        ("setup", PackagesMissing(python="python3", missing=["torch"])),
        ("put", MachineDiskFull(free_bytes=1, needed_bytes=2)),
        ("launch", AgentFailed(verb="launch", detail="garbage")),
    ],
)
def test_a_permanent_error_ends_the_bill_and_the_run_can_be_continued(
    stage: Stage, verb: str, error: Exception
) -> None:
    stage.machine_faults[verb] = [error]  # type: ignore[list-item]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    end = runs.wait(run_id, END_S)
    assert end.phase is Phase.INCOMPLETE
    assert type(end.error) is type(error)
    assert not stage.cloud.listed
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.FINISHED
    assert end.error is None
    assert_whole(stage)
    assert len(stage.cloud.rented) == 2
    assert not stage.cloud.listed


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"die_at": 2, "signal": 9}, WorkerKilled(signal=9, exit_code=137)),
        ({"fail_at": 2, "failure": "disk-full"}, WorkerFailed(reason="disk-full", detail="as the test wants")),
    ],
)
def test_a_worker_that_dies_loses_nothing_that_it_had_finished(
    stage: Stage, script: dict[str, object], error: Exception
) -> None:
    stage.fault = scripted(stage, **script)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    end = runs.wait(run_id, END_S)
    assert end.phase is Phase.INCOMPLETE
    assert str(end.error) == str(error)
    assert end.shards_home == {0, 1}
    assert not stage.cloud.listed
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete
    assert_whole(stage)


def test_destroy_is_asked_after_verify_and_the_answer_is_waited_for(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    asking = wait_for(runs, run_id, Phase.ASKING)
    assert asking.complete
    assert asking.unfetched == 0
    assert stage.cloud.listed
    runs.keep(run_id)
    assert wait_for(runs, run_id, Phase.KEPT).billed
    assert stage.cloud.listed
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).phase is Phase.FINISHED
    runs.close()
    assert not stage.cloud.listed


def test_a_run_that_asks_still_asks_after_the_program_was_closed(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_for(runs, run_id, Phase.ASKING)
    runs.close()
    assert stage.cloud.listed
    again = Runs(stage.world())
    again.reattach()
    assert again.snapshot(run_id).phase is Phase.ASKING
    again.destroy(run_id)
    assert again.wait(run_id, END_S).phase is Phase.FINISHED
    again.close()
    assert not stage.cloud.listed


def test_a_paused_run_keeps_its_machine_and_its_shards_and_goes_on(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=1.0)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    came = threading.Event()
    runs.subscribe(lambda snapshot: came.set() if snapshot.shards_home else None)
    assert came.wait(END_S)
    runs.pause(run_id)
    paused = wait_for(runs, run_id, Phase.PAUSED)
    assert 0 < len(paused.shards_home) < paused.shards_total
    assert paused.billed
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete
    assert_whole(stage)
    assert len(stage.cloud.rented) == 1


def test_a_stopped_run_fetches_what_there_is_then_releases(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.3)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    came = threading.Event()
    runs.subscribe(lambda snapshot: came.set() if snapshot.shards_home else None)
    assert came.wait(END_S)
    runs.stop(run_id)
    end = runs.wait(run_id, END_S)
    assert end.phase is Phase.INCOMPLETE
    assert end.shards_home
    assert not stage.cloud.listed
    runs.close()


def test_a_shard_damaged_in_transit_is_fetched_again(stage: Stage) -> None:
    stage.machine_faults["get"] = [TransferCorrupt(name="shard")]
    assert carried_out(stage).complete
    assert_whole(stage)


def test_an_instance_that_vanished_is_said_and_the_next_one_makes_only_what_is_missing(stage: Stage) -> None:
    vanished = False

    def fault(verb: str) -> None:
        nonlocal vanished
        if verb == "read" and not vanished and len(list(stage.result.glob("shards/*.npz"))) >= 2:
            vanished = True
            stage.cloud.destroy("1")
            raise cut("read")

    stage.fault = fault  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    end = runs.wait(run_id, END_S)
    assert end.phase is Phase.INCOMPLETE
    assert isinstance(end.error, InstanceLost)
    home = end.shards_home
    assert len(home) >= 2
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete
    assert_whole(stage)
    refetched = [one.event.shard for one in end.log if isinstance(one.event, e.ShardHome)]
    assert len(refetched) == len(set(refetched))


def test_an_interruptible_machine_that_is_taken_away_is_replaced_and_only_the_rest_is_made(stage: Stage) -> None:
    stage.cloud.interruptible = True
    slow, taken = scripted(stage, pause_s=0.3), False

    def fault(verb: str) -> None:
        nonlocal taken
        slow(verb)
        if verb == "read" and not taken and len(list(stage.result.glob("shards/*.npz"))) >= 2:
            taken = True
            stage.cloud.destroy("1")
            raise cut("read")

    stage.fault = fault  # type: ignore[method-assign]
    end = carried_out(stage)
    assert end.phase is Phase.FINISHED
    assert_whole(stage)
    assert [one.price_per_hour for one in stage.cloud.rented] == [
        stage.cloud.price_per_hour, 2 * stage.cloud.price_per_hour,
    ]  # fmt: skip
    homes = [one.event.shard for one in end.log if isinstance(one.event, e.ShardHome)]
    assert sorted(homes) == sorted(set(homes))
    assert not stage.cloud.listed


def test_the_limit_ends_the_bill_and_keeps_what_is_home(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.3)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    came = threading.Event()
    runs.subscribe(lambda snapshot: came.set() if snapshot.shards_home else None)
    assert came.wait(END_S)
    stage.clock_s += 24 * 3600  # at $0.41 an hour the limit of $5 is passed
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.INCOMPLETE
    assert type(end.error).__name__ == "BudgetReached"
    assert end.shards_home
    assert not stage.cloud.listed


def test_a_dearer_machine_than_shown_is_asked_about(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    stage.cloud.dearer = 1.5
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    asking = wait_for(runs, run_id, Phase.ASKING)
    assert type(asking.error).__name__ == "PriceChanged"
    runs.go_on(run_id)
    wait_for(runs, run_id, Phase.GOING)
    asking = wait_for(runs, run_id, Phase.ASKING)
    assert asking.complete
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).phase is Phase.FINISHED
    runs.close()
    assert len(stage.cloud.rented) == 1


def test_a_stand_in_for_an_offer_that_is_gone_is_asked_about_when_it_is_far_dearer(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    stage.cloud.gone = {"a"}
    plan = stage.plan()
    seen = replace(plan.machine, offer_id="a", shown_price_per_hour=stage.cloud.price_per_hour)
    runs = Runs(stage.world())
    run_id = runs.start(replace(plan, machine=seen))
    asking = wait_for(runs, run_id, Phase.ASKING)
    assert isinstance(asking.error, PriceChanged)
    assert (asking.error.shown, asking.error.rented) == (stage.cloud.price_per_hour, 2 * stage.cloud.price_per_hour)
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).phase is Phase.INCOMPLETE
    runs.close()
    assert not stage.cloud.listed


def test_a_shard_lost_on_this_computer_is_made_again(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    stage.fault = scripted(stage, fail_at=3, failure="bug")  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_for(runs, run_id, Phase.ASKING)
    runs.destroy(run_id)
    runs.wait(run_id, END_S)
    (stage.result / "shards" / "shard-000001.npz").write_bytes(b"damaged")
    runs.go_on(run_id)
    wait_for(runs, run_id, Phase.ASKING)
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).complete
    runs.close()
    assert_whole(stage)


def test_items_that_changed_meanwhile_are_refused(stage: Stage) -> None:
    stage.machine_faults["launch"] = [AgentFailed(verb="launch", detail="")]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    runs.wait(run_id, END_S)
    runs.close()
    text = (stage.home / "items.json").read_text()
    (stage.home / "items.json").write_text(text.replace("What is 7", "What was 7"))
    again = Runs(stage.world())
    again.go_on(run_id)
    end = again.wait(run_id, END_S)
    again.close()
    assert type(end.error).__name__ == "ItemsChanged"
    assert len(stage.cloud.rented) == 1


def test_items_that_cannot_be_read_cost_nothing(stage: Stage) -> None:
    (stage.home / "items.json").write_text('[{"id": 1, "question": "cut', encoding="utf-8")
    end = carried_out(stage)
    assert end.phase is Phase.INCOMPLETE
    assert type(end.error).__name__ == "ItemsUnreadable"
    assert not stage.cloud.rented


def test_the_meter_and_the_receipt_follow_the_clock(stage: Stage) -> None:
    end = carried_out(stage)
    rented = next(one for one in end.log if isinstance(one.event, e.Rented))
    destroyed = next(one for one in end.log if isinstance(one.event, e.Destroyed))
    expected = stage.cloud.price_per_hour * (destroyed.at - rented.event.rented_at).total_seconds() / 3600
    assert end.money.so_far == pytest.approx(expected, rel=0.02)
    assert end.money.per_hour == 0
    assert end.step(Step.RELEASE).status is StepStatus.DONE


def test_pictures_are_counted_as_in_the_plan_however_many_items_share_one(stage: Stage) -> None:
    (stage.home / "pictures").mkdir()
    Image.new("RGB", (8, 8)).save(stage.home / "pictures" / "map.png")
    items = [{"id": str(n), "question": f"What is at {n}?", "image": "map.png"} for n in range(3)]
    (stage.home / "items.json").write_text(json.dumps(items), encoding="utf-8")
    plan = stage.plan()
    plan = replace(plan, data=replace(plan.data, images=(str(stage.home / "pictures"),)))
    runs = Runs(stage.world())
    end = runs.wait(runs.start(plan), END_S)
    runs.close()
    assert end.images_total == read(plan.data).report.images_found == 3
