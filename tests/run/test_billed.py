"""Every machine that may be billed is found again and destroyed; none is rented twice or forgotten."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from gui.core.cloud.base import Instance, InstanceStatus
from gui.core.errors import (
    CloudRefused,
    CloudUnreachable,
    EmbarkError,
    FolderBusy,
    InstanceLost,
    KeyringLocked,
    KeyringMissing,
    PlanError,
    TransferCorrupt,
)
from gui.core.plan import AtTheEnd
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.runs import Runs
from gui.core.run.state import Heading, Phase, Snapshot
from tests.fakes import Stage, cut
from tests.run.carrying import END_S, carried_out, scripted, wait_for, wait_until


def test_a_machine_that_shows_up_late_is_destroyed_with_its_run(stage: Stage) -> None:
    stage.cloud.lose_answers = 1
    stage.cloud.late = 8
    end = carried_out(stage)
    assert end.complete, end.error
    assert len(stage.cloud.rented) == 2, "the first was taken for one that never came off"
    assert not stage.cloud.hidden
    assert not stage.cloud.listed


def test_a_run_that_is_stopped_before_the_answer_came_destroys_what_was_rented(stage: Stage) -> None:
    stage.cloud.lose_answers = 1
    stage.cloud.faults["instances"] = [CloudUnreachable(cloud="practice") for _ in range(3)]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.intended_label))
    runs.stop(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.ended
    assert not stage.cloud.listed


def test_a_key_that_cannot_be_had_leads_to_no_renting(stage: Stage) -> None:
    stage.machine_faults["identity"] = [KeyringLocked()]
    end = carried_out(stage)
    assert isinstance(end.error, KeyringLocked)
    assert not any(isinstance(one.event, e.RentIntended) for one in end.log)
    assert not stage.cloud.rented


@pytest.mark.parametrize(
    "missing", [KeyringLocked(), KeyringMissing(), CloudRefused(cloud="practice", reason="no-key")]
)
def test_a_key_that_is_gone_once_a_machine_is_rented_is_waited_for(stage: Stage, missing: EmbarkError) -> None:
    def fault(verb: str) -> None:
        if verb == "identity" and stage.cloud.rented and stage.machine_faults.pop("key", None):
            raise missing
        Stage.fault(stage, verb)

    stage.fault = fault  # type: ignore[method-assign]
    stage.machine_faults["key"] = [missing]
    end = carried_out(stage)
    assert end.complete, end.error
    assert any(isinstance(one.event, e.StepWaiting) for one in end.log)
    assert len(stage.cloud.rented) == 1


@pytest.mark.parametrize("status", [InstanceStatus.LOST, InstanceStatus.STOPPED])
def test_a_machine_that_is_listed_but_never_runs_goes_back_and_the_next_is_taken(
    stage: Stage, status: InstanceStatus
) -> None:
    runs = Runs(stage.world())

    def lose(snapshot: Snapshot) -> None:
        if "1" in stage.cloud.listed:
            stage.cloud.listed["1"] = replace(stage.cloud.listed["1"], status=status)

    runs.subscribe(lose)
    run_id = runs.start(stage.plan())
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete, end.error
    assert len(stage.cloud.rented) == 2
    assert not stage.cloud.listed


def test_a_stop_while_a_machine_is_given_back_is_heard_and_no_other_is_rented(stage: Stage) -> None:
    runs = Runs(stage.world())

    def lose(snapshot: Snapshot) -> None:
        if "1" in stage.cloud.listed:
            stage.cloud.listed["1"] = replace(stage.cloud.listed["1"], status=InstanceStatus.LOST)
        if snapshot.destroy_intended and snapshot.heading is Heading.FINISH:
            runs.stop(snapshot.run_id)

    runs.subscribe(lose)
    end = runs.wait(runs.start(stage.plan()), END_S)
    runs.close()
    assert end.phase is Phase.INCOMPLETE
    assert len(stage.cloud.rented) == 1
    assert not stage.cloud.listed


def test_a_machine_whose_host_fell_silent_is_destroyed_unasked_for_nothing_can_be_saved(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.2)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.shards_home))
    stage.cloud.listed["1"] = replace(stage.cloud.listed["1"], status=InstanceStatus.LOST)
    stage.machine_faults["read"] = [cut("read")]
    end = runs.wait(run_id, END_S)
    runs.close()
    assert isinstance(end.error, InstanceLost)
    assert not stage.cloud.listed


def test_pieces_on_a_machine_that_was_stopped_are_not_lost_unasked(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.2)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.shards_home))
    stage.cloud.listed["1"] = replace(stage.cloud.listed["1"], status=InstanceStatus.STOPPED)
    stage.machine_faults["read"] = [cut("read")]
    asking = wait_for(runs, run_id, Phase.ASKING)
    assert 0 < asking.unfetched <= asking.shards_total
    assert stage.cloud.listed
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).ended
    runs.close()
    assert not stage.cloud.listed


def test_machines_that_never_come_up_are_given_up_by_the_clock_not_by_the_looks(stage: Stage) -> None:
    listing, looks = stage.cloud.instances, 0

    def instances() -> list[Instance]:
        nonlocal looks
        looks += 1
        if looks % 3 == 0:
            raise CloudUnreachable(cloud="practice")
        return [replace(one, status=InstanceStatus.STARTING, address=None) for one in listing()]

    stage.cloud.instances = instances  # type: ignore[method-assign]
    wait = stage.wait
    stage.wait = lambda condition, seconds: wait(condition, 20 * seconds)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    end = runs.wait(run_id, END_S)
    runs.close()
    assert isinstance(end.error, CloudRefused), "each is given up, and then there is no other"
    assert len(stage.cloud.rented) == 2
    assert not stage.cloud.listed


def test_a_machine_that_was_destroyed_elsewhere_is_not_asked_about_for_ever(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_for(runs, run_id, Phase.ASKING)
    stage.cloud.destroy("1")
    assert runs.wait(run_id, END_S).phase is Phase.FINISHED
    runs.close()


def test_a_refusal_while_the_bill_should_end_is_said_and_tried_again(stage: Stage) -> None:
    stage.cloud.faults["destroy"] = [CloudRefused(cloud="practice", reason="key") for _ in range(3)]
    end = carried_out(stage)
    assert not stage.cloud.listed
    waits = [one.event for one in end.log if isinstance(one.event, e.StepWaiting)]
    assert [(one.step, one.error) for one in waits] == [(Step.RELEASE, "CloudRefused")] * 3


def test_a_bug_while_the_bill_should_end_is_reported_once_and_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    stage.cloud.faults["destroy"] = [ValueError("a bug") for _ in range(3)]  # type: ignore[list-item]
    assert carried_out(stage).complete
    assert not stage.cloud.listed
    assert len(reported) == 1


def test_a_plan_with_a_cloud_that_nobody_knows_ends_with_a_sentence(stage: Stage) -> None:
    plan = stage.plan()
    runs = Runs(stage.world())
    run_id = runs.start(replace(plan, machine=replace(plan.machine, cloud="gone")))
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.INCOMPLETE
    assert isinstance(end.error, PlanError)


def test_a_result_folder_that_is_gone_keeps_no_run_from_its_end(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.2)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: snapshot.holds_shards)
    stage.result.mkdir(exist_ok=True)
    stage.result.rename(stage.home / "away")
    stage.result.write_text("the drive was pulled out")
    asking = wait_for(runs, run_id, Phase.ASKING)
    assert type(asking.error).__name__ == "LocalFileRefused"
    runs.destroy(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.INCOMPLETE
    assert not stage.cloud.listed


@pytest.mark.parametrize("verb", ["get", "put"])
def test_what_arrives_broken_every_time_is_given_up(stage: Stage, verb: str) -> None:
    tries = 0

    def fault(one: str) -> None:
        nonlocal tries
        if one == verb:
            tries += 1
            raise TransferCorrupt(name="it")

    stage.fault = fault  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: snapshot.ended or snapshot.phase is Phase.ASKING)
    runs.destroy(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert isinstance(end.error, TransferCorrupt)
    assert tries <= 12
    assert not stage.cloud.listed


def test_a_machine_rented_while_the_bill_is_asked_for_belongs_to_its_run(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.2)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    started: list[str] = []

    def rent_meanwhile() -> None:
        stage.cloud.asked = lambda: None
        started.append(runs.start(stage.plan()))
        wait_until(runs, started[0], lambda snapshot: snapshot.rental is not None)

    stage.cloud.asked = rent_meanwhile
    (bill,) = runs.bill()
    assert [(line.ours, line.run_id) for line in bill.lines] == [(True, started[0])]
    runs.stop(started[0])
    runs.wait(started[0], END_S)
    runs.close()


def test_two_runs_that_have_not_ended_never_write_into_one_folder(stage: Stage) -> None:
    stage.at_the_end = AtTheEnd.ASK
    runs, other = Runs(stage.world()), Runs(stage.world())
    run_id = runs.start(stage.plan())
    for program in (runs, other):
        with pytest.raises(FolderBusy):
            program.start(stage.plan())
    assert len(runs.all()) == 1
    other.close()
    wait_for(runs, run_id, Phase.ASKING)
    runs.destroy(run_id)
    runs.wait(run_id, END_S)
    runs.close()
    assert len(stage.cloud.rented) == 1


@pytest.mark.parametrize("verb", ["setup", "put"])
def test_an_interruptible_machine_that_is_taken_away_before_it_works_is_replaced(stage: Stage, verb: str) -> None:
    stage.cloud.interruptible = True

    def fault(one: str) -> None:
        if one == verb and "1" in stage.cloud.listed:
            stage.cloud.destroy("1")
        if not stage.cloud.listed and one in ("setup", "put", "have"):
            raise cut(one)

    stage.fault = fault  # type: ignore[method-assign]
    end = carried_out(stage)
    assert end.complete, end.error
    assert len(stage.cloud.rented) == 2
    assert not stage.cloud.listed


def test_a_stop_meets_a_machine_that_is_taken_away(stage: Stage) -> None:
    stage.cloud.interruptible = True
    stage.fault = scripted(stage, pause_s=0.3)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.shards_home))
    stage.cloud.destroy("1")
    stage.machine_faults["read"] = [cut("read")]
    stage.machine_faults["stop"] = [cut("stop")]
    runs.stop(run_id)
    assert runs.wait(run_id, END_S).ended
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete, end.error
    assert not stage.cloud.listed


def test_a_clock_that_is_set_back_neither_stops_a_run_nor_makes_it_cheaper_than_free(stage: Stage) -> None:
    stage.fault = scripted(stage, pause_s=0.2)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    cheapest: list[int] = []
    runs.subscribe(lambda snapshot: cheapest.append(snapshot.money.so_far))
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.shards_home))
    stage.clock_s -= 24 * 3600
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete, end.error
    assert min(cheapest) >= 0
    assert not stage.cloud.listed


def test_a_bill_that_is_asked_for_while_the_program_closes_is_no_accident(stage: Stage) -> None:
    runs = Runs(stage.world())
    stage.cloud.asked = runs.close
    assert [bill.lines for bill in runs.bill()] == [()]


def test_a_key_that_is_given_is_tried_at_once_and_not_when_the_pause_is_over(stage: Stage) -> None:
    runs: list[Runs] = []
    given_s: list[float] = []
    used_s: list[float] = []

    def fault(verb: str) -> None:
        if verb == "identity" and stage.cloud.rented:
            (used_s if given_s else [0.0]).append(stage.clock_s)
            if not given_s:
                raise KeyringMissing()

    def wait(condition: threading.Condition, seconds: float) -> None:
        Stage.wait(stage, condition, seconds)
        if not given_s and any(state.tries == 6 for _, state in runs[0].all()[0].steps):
            given_s.append(stage.clock_s)
            runs[0].hurry()

    stage.fault, stage.wait = fault, wait  # type: ignore[method-assign]
    runs.append(Runs(stage.world()))
    end = runs[0].wait(runs[0].start(stage.plan()), END_S)
    runs[0].close()
    assert end.complete, end.error
    assert used_s[0] - given_s[0] <= 1
