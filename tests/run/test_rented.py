"""Where money is real: the lease is kept while others work, the provider's account has the last word, a price is asked
about, and a clock that is wrong ends nothing."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gui.core.cloud.base import Charge, ChargeKind, InstanceStatus
from gui.core.errors import CloudUnreachable, InstanceLost, PriceChanged, WorkerFailed
from gui.core.plan import AtTheEnd
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.runs import Runs
from gui.core.run.state import Heading, Phase, StepStatus
from gui.core.units import MicroUsd
from gui.text import log_line
from remote_worker.protocol import Failure
from tests.fakes import cut
from tests.run.carrying import END_S, assert_whole, carried_out, scripted, wait_for, wait_until
from tests.run.test_prepare import PaidLedger, Renting

FAR = datetime(9999, 1, 1, tzinfo=UTC)


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Renting:
    return Renting(tmp_path_factory.mktemp("stage"))


def test_the_lease_is_renewed_however_long_the_upload_takes(stage: Renting) -> None:
    runs = Runs(stage.world())
    prepared, renewed = threading.Event(), threading.Event()
    waited: list[bool] = []

    def fault(verb: str) -> None:
        if verb == "renew" and prepared.is_set():
            renewed.set()
        if verb == "put" and threading.current_thread().name.startswith("upload ") and not waited:
            waited.append(prepared.wait(END_S))
            stage.clock_s += 600
            waited.append(renewed.wait(END_S))

    def look(snapshot: object) -> None:
        if runs.snapshot(run_id).step(Step.PREPARE).status is StepStatus.DONE:
            prepared.set()

    stage.fault = fault  # type: ignore[method-assign]
    run_id = runs.start(stage.plan())
    runs.subscribe(look)
    end = runs.wait(run_id, 2 * END_S)
    runs.close()
    assert waited == [True, True]
    assert end.complete, end.error


def breaks_down(stage: Renting, machines: str) -> None:
    """At the third shard of the run."""

    def fault(verb: str) -> None:
        for job in (stage.home / "machines").glob(f"{machines}/job") if verb == "launch" else ():
            (job / "script.json").write_text(json.dumps({"fail_at": 2, "failure": Failure.GPU_UNUSABLE.value}))

    stage.fault = fault  # type: ignore[method-assign]


def test_a_gpu_that_breaks_down_is_replaced_and_what_it_made_stays(stage: Renting) -> None:
    breaks_down(stage, "1")
    end = carried_out(stage)
    assert end.complete, end.error
    assert_whole(stage)
    (lost,) = [one for one in end.log if isinstance(one.event, e.OfferLost)]
    assert "The GPU of the machine cannot be used: as the test wants" in log_line(lost)
    home = [one.event.shard for one in end.log if isinstance(one.event, e.ShardHome) and one.seq < lost.seq]
    assert home == [0, 1]
    assert len([one for one in end.log if isinstance(one.event, e.ShardHome)]) == end.shards_total, "none made twice"
    assert not stage.cloud.listed


def test_a_second_gpu_that_breaks_down_is_a_matter_for_the_person(stage: Renting) -> None:
    breaks_down(stage, "*")
    end = carried_out(stage)
    assert isinstance(end.error, WorkerFailed)
    assert end.error.reason == Failure.GPU_UNUSABLE.value
    assert end.shards_home == {0, 1}
    assert len(stage.cloud.rented) == 2
    assert not stage.cloud.listed


class Account(PaidLedger):
    """Covers the whole time from the first look on, but its sum grows over a few looks."""

    looks = 3

    def charges(self, since: datetime) -> Sequence[Charge]:
        if not self.rented or self.listed:
            return ()
        self.looks = max(0, self.looks - 1)
        (one,) = self.rented
        amount = MicroUsd(1_000_000 - 1000 * self.looks)
        return [Charge(one.instance_id, one.label, ChargeKind.MACHINE, amount, one.rented_at, FAR)]


def test_the_providers_last_word_is_taken_when_it_grows_no_more(stage: Renting) -> None:
    stage.cloud = Account(stage.home / "machines", name="vast", now=stage.now)
    end = carried_out(stage)
    assert end.complete, end.error
    assert end.money.so_far == 1_000_000
    (billed,) = [one.event for one in end.log if isinstance(one.event, e.Billed)]
    assert [line.amount_micro_usd for line in billed.lines] == [1_000_000]


def test_a_clock_that_is_wrong_is_not_believed_before_the_provider_was_heard(stage: Renting) -> None:
    stage.fault = scripted(stage, pause_s=0.3)  # type: ignore[method-assign]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: bool(snapshot.shards_home))
    runs.close()
    stage.clock_s += 24 * 3600  # at $0.41 an hour the limit of $5 is passed
    stage.cloud.faults["instances"] = [CloudUnreachable(cloud="vast") for _ in range(4)]
    again = Runs(stage.world())
    limited: list[bool] = []

    def heard() -> None:
        limited.append(any(isinstance(one.event, e.LimitReached) for one in again.snapshot(run_id).log))
        stage.clock_s -= 24 * 3600 if len(limited) == 1 else 0  # as its answer says

    stage.cloud.asked = heard
    again.reattach()
    end = again.wait(run_id, END_S)
    again.close()
    assert limited[0] is False
    assert end.complete, end.error


def test_a_dearer_machine_is_asked_about_also_when_the_program_died_before_it_could(stage: Renting) -> None:
    stage.at_the_end = AtTheEnd.ASK
    stage.cloud.dearer = 1.5
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    rented = next(one.seq for one in wait_for(runs, run_id, Phase.ASKING).log if isinstance(one.event, e.Rented))
    runs.close()
    journal = sqlite3.connect(stage.world().paths.journal)
    journal.execute("DELETE FROM events WHERE seq > ?", (rented,))
    journal.commit()
    journal.close()
    again = Runs(stage.world())
    again.reattach()
    asking = wait_for(again, run_id, Phase.ASKING)
    assert isinstance(asking.error, PriceChanged)
    again.destroy(run_id)
    assert again.wait(run_id, END_S).ended
    again.close()
    assert len(stage.cloud.rented) == 1
    assert not stage.cloud.listed


def test_the_bill_says_of_a_runs_machine_what_its_meter_says(stage: Renting) -> None:
    stage.at_the_end = AtTheEnd.ASK
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_for(runs, run_id, Phase.ASKING)
    number, machine = next(iter(stage.cloud.listed.items()))
    stage.cloud.listed[number] = replace(machine, status=InstanceStatus.STOPPED)
    wait_until(runs, run_id, lambda snapshot: snapshot.money.per_hour == 0)
    stage.clock_s += 3600  # at nothing an hour
    (line,) = runs.bill()[0].lines
    assert line.instance.rate_per_hour == 0
    assert line.so_far == runs.snapshot(run_id).money.so_far
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).ended
    runs.close()


def stopped_by_its_guard(stage: Renting, runs: Runs) -> str:
    """A run whose machine was stopped after its first shard had come home: the others are only there."""
    stage.at_the_end = AtTheEnd.ASK
    got: list[str] = []

    def fault(verb: str) -> None:
        got.extend([verb] if verb == "get" else [])
        if verb == "get" and len(got) == 2:
            stage.cloud.listed["1"] = replace(stage.cloud.listed["1"], status=InstanceStatus.STOPPED)
            raise cut(verb)

    stage.fault = fault  # type: ignore[method-assign]
    run_id = runs.start(stage.plan())
    asking = wait_for(runs, run_id, Phase.ASKING)
    assert isinstance(asking.error, InstanceLost)
    assert asking.unfetched == asking.shards_total - 1
    return run_id


def test_a_machine_that_its_guard_stopped_is_started_again_and_what_it_made_comes_home(stage: Renting) -> None:
    runs = Runs(stage.world())
    run_id = stopped_by_its_guard(stage, runs)
    runs.go_on(run_id)
    wait_until(runs, run_id, lambda snapshot: snapshot.complete)
    runs.destroy(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.complete, end.error
    assert len(stage.cloud.rented) == 1


def test_a_stopped_machine_that_cannot_be_started_is_asked_about_and_never_given_back(
    stage: Renting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.core.run.steps.connect.BOOT_DEADLINE_S", 60.0)
    runs = Runs(stage.world())
    run_id = stopped_by_its_guard(stage, runs)
    stage.cloud.start = lambda instance: None  # type: ignore[method-assign]
    runs.go_on(run_id)
    wait_until(runs, run_id, lambda snapshot: snapshot.heading is Heading.FINISH)
    asking = wait_for(runs, run_id, Phase.ASKING)
    assert isinstance(asking.error, InstanceLost)
    assert stage.cloud.listed
    runs.destroy(run_id)
    assert runs.wait(run_id, END_S).ended
    runs.close()
    assert not stage.cloud.listed
