"""What a person tells a run: at any time, twice, out of place, from two programs at once."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest

from gui.core.errors import AgentFailed, CloudUnreachable, LocalDiskFull, RunBusy
from gui.core.plan import AtTheEnd, to_toml
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.journal import Journal
from gui.core.run.runs import Runs
from gui.core.run.state import Heading, Phase, Snapshot, StepStatus
from tests.fakes import LocalMachine, Stage, cut
from tests.run.carrying import END_S, assert_whole, scripted, wait_for, wait_until

FULL = LocalDiskFull(path="here")


def some_home(snapshot: Snapshot) -> bool:
    return bool(snapshot.shards_home)


def full_disk_here(stage: Stage) -> Callable[[str], None]:
    """Nothing more comes home after the first shard."""
    got = 0

    def fault(verb: str) -> None:
        nonlocal got
        got += verb == "get"
        if verb == "get" and got > 1:
            raise FULL

    return fault


def paused(stage: Stage, runs: Runs) -> str:
    stage.fault = scripted(stage, pause_s=0.3)  # type: ignore[method-assign]
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, some_home)
    runs.pause(run_id)
    wait_for(runs, run_id, Phase.PAUSED)
    return run_id


# --- out of place ---


def test_keep_means_nothing_before_it_is_asked(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.2)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, some_home)
    runs.keep(run_id)
    assert runs.snapshot(run_id).phase is Phase.GOING
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.FINISHED
    assert not any(isinstance(one.event, e.KeepWanted) for one in end.log)


def test_destroy_said_while_paused_ends_the_bill(stage: Stage) -> None:
    runs = Runs(stage.world())
    run_id = paused(stage, runs)
    runs.destroy(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.INCOMPLETE
    assert not stage.cloud.listed


def test_what_is_said_after_the_end_changes_nothing(stage: Stage) -> None:
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    end = runs.wait(run_id, END_S)
    for say in (runs.pause, runs.stop, runs.destroy, runs.keep, runs.go_on):
        say(run_id)
    assert runs.wait(run_id, END_S).log == end.log
    runs.close()


def test_pause_and_stop_mean_nothing_once_it_is_asked(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    asking = wait_for(runs, run_id, Phase.ASKING)
    runs.pause(run_id)
    runs.stop(run_id)
    assert runs.snapshot(run_id).log == asking.log
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).phase is Phase.FINISHED
    runs.close()


def test_going_on_while_the_machine_is_being_destroyed_takes_another_one(stage: Stage) -> None:
    stage.fault = scripted(stage, fail_at=2, failure="bug")  # type: ignore[method-assign]
    runs = Runs(stage.world())
    stage.cloud.linger = 10**9
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: snapshot.destroy_intended)
    runs.go_on(run_id)
    wait_until(runs, run_id, lambda snapshot: snapshot.heading is Heading.FINISH)
    stage.cloud.linger = 0
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.FINISHED, end.error
    assert_whole(stage)
    assert len(stage.cloud.rented) == 2
    assert not stage.cloud.listed


def test_going_on_just_after_the_end_is_carried_out(stage: Stage) -> None:
    stage.machine_faults["launch"] = [AgentFailed(verb="launch", detail="")]
    runs = Runs(stage.world())
    ended, said = threading.Event(), threading.Event()

    def hold(snapshot: Snapshot) -> None:
        if snapshot.phase is Phase.INCOMPLETE and not said.is_set():
            ended.set()  # its thread still has to take its leave
            said.wait(1)

    runs.subscribe(hold)
    run_id = runs.start(stage.plan())
    assert ended.wait(END_S)
    runs.go_on(run_id)
    said.set()
    assert runs.wait(run_id, END_S).phase is Phase.FINISHED
    runs.close()
    assert_whole(stage)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_said_in_whatever_order_the_bill_ends(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)
    stage.at_the_end = chance.choice(list(AtTheEnd))
    stage.fault = scripted(stage, pause_s=0.05)  # type: ignore[method-assign]
    for verb in ("connect", "read", "get", "status"):
        stage.machine_faults[verb] = [cut(verb)] * chance.randint(0, 2)
    stage.cloud.faults["destroy"] = [CloudUnreachable(cloud="practice")] * chance.randint(0, 2)
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    for _ in range(25):
        runs.wait(run_id, chance.choice((0.0, 0.0, 0.02, 0.1, 0.3)))
        say = chance.choice((runs.pause, runs.stop, runs.destroy, runs.keep, runs.go_on))
        say(run_id)
        if chance.random() < 0.1:
            runs.close()
            runs = Runs(stage.world())
            runs.reattach()
    runs.stop(run_id)
    runs.destroy(run_id)
    if runs.wait(run_id, 5).phase is Phase.ASKING:  # something would be lost: it is asked all the same
        runs.destroy(run_id)
    end = runs.wait(run_id, END_S)
    assert end.ended, end
    assert not stage.cloud.listed
    if end.phase is Phase.INCOMPLETE:
        runs.go_on(run_id)
        wait_until(runs, run_id, lambda snapshot: snapshot.ended or snapshot.phase is Phase.ASKING)
        runs.destroy(run_id)
        end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.FINISHED, end.error
    assert_whole(stage)
    assert not stage.cloud.listed


def test_a_paused_run_is_still_paused_after_the_program_was_closed_and_asks_nothing_of_its_machine(
    stage: Stage,
) -> None:
    runs = Runs(stage.world())
    run_id = paused(stage, runs)
    runs.close()
    asked: list[str] = []
    stage.fault = asked.append  # type: ignore[method-assign]
    again = Runs(stage.world())
    again.reattach()
    before = again.snapshot(run_id).log
    again.wait(run_id, 1)
    assert again.snapshot(run_id).phase is Phase.PAUSED
    assert again.snapshot(run_id).log == before
    assert not asked
    again.go_on(run_id)
    assert again.wait(run_id, END_S).phase is Phase.FINISHED
    again.close()
    assert_whole(stage)


# --- two programs ---


def test_a_program_that_does_not_carry_the_run_out_writes_nothing_down(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    runs, other = Runs(stage.world()), Runs(stage.world())
    run_id = runs.start(stage.plan())
    before = wait_for(runs, run_id, Phase.ASKING)
    for say in (other.destroy, other.keep, other.stop, other.pause, other.go_on):
        with pytest.raises(RunBusy):
            say(run_id)
    other.close()
    journal = Journal(stage.world().paths.journal)
    assert journal.read(run_id) == list(before.log)
    journal.close()
    assert stage.cloud.listed
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).phase is Phase.FINISHED
    runs.close()


def test_what_another_program_wrote_down_is_told_once_and_nothing_else_is(stage: Stage) -> None:
    world = stage.world()
    here, there, run_id = Runs(world), Journal(world.paths.journal), "20260129-120000-aa01"
    heard: list[Snapshot] = []
    here.subscribe(heard.append)
    here.read_news()
    assert heard == []
    there.append(run_id, e.Planned(to_toml(stage.plan())), world.now())
    here.read_news()
    assert [one.run_id for one in heard] == [run_id], "also of a run that began there"
    there.append(run_id, e.StepStarted(Step.RENT), world.now())
    assert here.all()[0].step(Step.RENT).status is StepStatus.ACTIVE, "who asks in between takes no news away"
    here.read_news()
    assert heard[-1].step(Step.RENT).status is StepStatus.ACTIVE
    here.read_news()
    assert len(heard) == 2
    there.close()
    here.close()
    here.read_news()


def test_its_own_runs_are_no_news(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    runs, other = Runs(stage.world()), Journal(stage.world().paths.journal)
    run_id = runs.start(stage.plan())
    wait_for(runs, run_id, Phase.ASKING)
    other.append("20260129-120000-aa01", e.Planned(to_toml(stage.plan())), stage.world().now())
    heard: list[str] = []
    runs.subscribe(lambda snapshot: heard.append(snapshot.run_id))
    runs.read_news()
    assert set(heard) == {"20260129-120000-aa01"}
    runs.destroy(run_id)
    runs.wait(run_id, END_S)
    runs.close()
    other.close()


# --- nothing that was paid for is lost unasked ---


def test_destroy_said_beforehand_does_not_cover_what_would_be_lost(stage: Stage) -> None:
    stage.fault = full_disk_here(stage)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, some_home)
    runs.destroy(run_id)
    asking = wait_for(runs, run_id, Phase.ASKING)
    assert asking.unfetched > 0
    assert stage.cloud.listed
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).phase is Phase.INCOMPLETE
    runs.close()
    assert not stage.cloud.listed


@pytest.mark.parametrize("kept", [False, True])
def test_a_question_about_what_would_be_lost_survives_closing_the_program(stage: Stage, kept: bool) -> None:
    stage.fault = full_disk_here(stage)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_for(runs, run_id, Phase.ASKING)
    if kept:
        runs.keep(run_id)
        wait_for(runs, run_id, Phase.KEPT)
    runs.close()
    again = Runs(stage.world())
    again.reattach()
    again.wait(run_id, 1)
    assert again.snapshot(run_id).phase is (Phase.KEPT if kept else Phase.ASKING)
    assert stage.cloud.listed
    stage.fault = lambda verb: None  # type: ignore[method-assign]
    again.go_on(run_id)  # there is room now
    end = again.wait(run_id, END_S)
    again.close()
    assert end.phase is Phase.FINISHED
    assert_whole(stage)
    assert len(stage.cloud.rented) == 1


def test_what_went_with_a_machine_is_made_again_by_the_next(stage: Stage) -> None:
    stage.fault = full_disk_here(stage)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_for(runs, run_id, Phase.ASKING)
    runs.destroy(run_id)
    runs.wait(run_id, END_S)
    stage.fault = lambda verb: None  # type: ignore[method-assign]
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.FINISHED, end.error
    assert_whole(stage)


# --- at once ---


class Slow(LocalMachine):
    """Setting it up takes for ever, or until the connection is closed."""

    def __init__(self, stage: Stage, began: threading.Event) -> None:
        super().__init__(stage.home / "machines" / "1", stage.fault)
        self._began = began
        self._closed = threading.Event()

    def run(self, verb: str, *arguments: str, timeout_s: float = 60.0) -> dict[str, object]:
        if verb == "setup":
            self._began.set()
            assert self._closed.wait(END_S)
            raise cut("setup")
        return super().run(verb, *arguments, timeout_s=timeout_s)

    def close(self) -> None:
        self._closed.set()


@pytest.mark.parametrize("word", ["close", "stop", "pause"])
def test_whoever_waits_for_a_machine_leaves_at_once(stage: Stage, word: str) -> None:
    began = threading.Event()
    stage.connect = lambda *_: (Slow(stage, began), "SHA256:known")  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    assert began.wait(END_S)
    if word == "stop":
        runs.stop(run_id)
        assert runs.wait(run_id, END_S).phase is Phase.INCOMPLETE
        assert not stage.cloud.listed
    elif word == "pause":
        runs.pause(run_id)
        wait_for(runs, run_id, Phase.PAUSED)
        assert stage.cloud.listed
    runs.close()
