"""A rented machine is looked at before the hours that cost: one of no use goes back, and the model comes once."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gui.core.cloud.base import Charge, Instance, InstanceStatus
from gui.core.errors import CloudRefused, MachineDiskFull, MachineUnfit, WorkerFailed, WorkerKilled
from gui.core.machine.keys import Identity
from gui.core.machine.machine import Machine
from gui.core.plan import ModelChoice, Plan
from gui.core.run import events as e
from gui.core.run.runs import Runs
from gui.core.run.state import Snapshot
from gui.core.run.steps import worker
from gui.core.units import GB, MicroUsd
from gui.text import log_line, sentence
from remote_worker.protocol import Failure, JobSpec, parse_job
from tests.fakes import LedgerCloud, LocalMachine, Stage
from tests.run.carrying import END_S, assert_whole, carried_out, wait_until

SIZE = 1_200_000_000
GOOD = {"gpus": [{"name": "RTX 4090", "vram_bytes": 24 * 10**9}]}
Script = list[dict[str, Any]]


def weights(done: float, per_s: float = 2e8, came: float | None = None) -> dict[str, Any]:
    came_bytes = int(SIZE * (done if came is None else came))
    numbers = {"total_bytes": SIZE, "came_bytes": came_bytes, "bytes_per_s": per_s}
    return {"kind": "weights", "done_bytes": int(SIZE * done), **numbers}


def failed(failure: Failure, **more: object) -> dict[str, Any]:
    return {"kind": "failed", "failure": failure.value, "detail": "as the test wants", **more}


FETCHED: Script = [
    {"kind": "gpu", "device": "RTX 4090"},
    weights(0.5),
    weights(1),
    {"kind": "done", "revision": "c0de"},
]


class PaidLedger(LedgerCloud):
    guard_url = ""

    def start(self, instance: Instance) -> None:
        self._fault("start")
        self.listed[instance.instance_id] = replace(instance, status=InstanceStatus.RUNNING)

    def credit(self) -> MicroUsd:
        return MicroUsd(5_000_000)

    def charges(self, since: datetime) -> Sequence[Charge]:
        return ()

    def host_key(self, instance: Instance) -> str:
        return ""


class Rented(LocalMachine):
    """Says of itself, and of its preparation, what the stage wants."""

    def __init__(self, stage: Renting, number: str) -> None:
        super().__init__(stage.home / "machines" / number, stage.fault)
        self._stage, self._number = stage, number

    def run(self, verb: str, *arguments: str, timeout_s: float = 60.0) -> dict[str, Any]:
        if verb == "probe":
            return super().run(verb) | GOOD | self._stage.probes.get(self._number, {})
        if verb == "launch" and arguments[:1] == ("job",):
            job = self._folder / "job"
            self._stage.jobs.append(parse_job((job / "job.json").read_bytes()))
            (job / "script.json").write_text(json.dumps(self._stage.works.get(self._number, {})))
        if arguments[:1] != ("preparation",):
            return super().run(verb, *arguments, timeout_s=timeout_s)
        if verb == "launch":
            self._fault(verb)
            self._stage.launched.append(self._number)
            lines = [json.dumps(one) for one in self._stage.scripts.get(self._number, FETCHED)]
            (self._folder / "preparation" / "events.jsonl").write_text("".join(f"{line}\n" for line in lines))
            return {"pid": 1, "already": False}
        return {"alive": True, "disk_free_bytes": GB}


@dataclass
class Renting(Stage):
    """A stage on which real money is spent; the first machine is "1"."""

    probes: dict[str, dict[str, Any]] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)
    works: dict[str, dict[str, Any]] = field(default_factory=dict)  # see ``tests.stub_worker``
    launched: list[str] = field(default_factory=list)
    jobs: list[JobSpec] = field(default_factory=list)
    model: str = "Qwen/Qwen3-Embedding-0.6B"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.cloud = PaidLedger(self.home / "machines", name="vast")

    def plan(self) -> Plan:
        plan = super().plan()
        return replace(plan, model=ModelChoice(self.model), machine=replace(plan.machine, disk_gb=0.5, min_cuda=0.0))

    def connect(self, instance: Instance, identity: Identity, expected: str) -> tuple[Machine, str]:
        self.fault("connect")
        return Rented(self, instance.instance_id), "SHA256:known"


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Renting:
    return Renting(tmp_path_factory.mktemp("stage"))


def reasons(snapshot: Snapshot) -> list[str]:
    """Why machines went back."""
    return [one.event.fields["reason"] for one in snapshot.log if isinstance(one.event, e.OfferLost)]


@pytest.mark.parametrize(
    ("reason", "probe"),
    [
        ("no-gpu", {"gpus": []}),
        ("memory", {"gpus": [{"name": "RTX 3050", "vram_bytes": 3 * 10**9}]}),
        ("disk", {"disk_free_bytes": 10**8, "disk_total_bytes": 2 * 10**8}),
    ],
)
def test_what_can_be_seen_at_once_sends_a_machine_back(stage: Renting, reason: str, probe: dict[str, Any]) -> None:
    stage.probes["1"] = probe
    said: list[str] = []
    end = carried_out(stage, lambda snapshot: said.append(sentence(snapshot)))
    assert end.complete, end.error
    assert reasons(end) == [reason]
    assert stage.launched == ["2"], "nothing big was fetched on the first"
    assert not stage.cloud.listed
    assert_whole(stage)
    (lost,) = [one for one in end.log if isinstance(one.event, e.OfferLost)]
    assert "goes back" in log_line(lost)
    assert any("was given back" in one for one in said), "the person sees why it is another machine"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(Failure.GPU_UNUSABLE, "gpu"), (Failure.DRIVER_OLD, "driver"), (Failure.HUB_SILENT, "no-network")],
)
def test_what_has_to_be_tried_sends_a_machine_back(stage: Renting, failure: Failure, reason: str) -> None:
    stage.scripts["1"] = [failed(failure)]
    end = carried_out(stage)
    assert end.complete, end.error
    assert reasons(end) == [reason]
    assert not stage.cloud.listed


def test_a_gpu_that_never_answers_sends_a_machine_back(stage: Renting) -> None:
    stage.scripts["1"] = [{"kind": "started"}]

    def later() -> datetime:
        stage.clock_s += 5.0
        return Stage.now(stage)

    stage.now = later  # type: ignore[method-assign]
    end = carried_out(stage)
    assert end.complete, end.error
    assert reasons(end) == ["gpu"]


def test_a_machine_that_goes_back_while_the_data_goes_up_takes_the_upload_with_it(stage: Renting) -> None:
    def slowly(verb: str) -> None:
        Stage.fault(stage, verb)
        if verb == "put":
            time.sleep(0.2)

    stage.fault = slowly  # type: ignore[method-assign]
    stage.scripts["1"] = [failed(Failure.GPU_UNUSABLE)]
    end = carried_out(stage)
    assert end.complete, end.error
    assert reasons(end) == ["gpu"]


def test_a_line_on_which_the_model_takes_too_long_sends_a_machine_back(stage: Renting) -> None:
    def later() -> datetime:
        stage.clock_s += 1.0
        return Stage.now(stage)

    stage.now = later  # type: ignore[method-assign]
    stage.scripts["1"] = [weights(0.01, 5e5)] * 40
    end = carried_out(stage)
    assert end.complete, end.error
    assert reasons(end) == ["slow"]


def test_a_gpu_that_goes_away_while_it_works_sends_the_machine_back_and_what_it_made_is_kept(stage: Renting) -> None:
    stage.works["1"] = {"fail_at": 2, "failure": "gpu-unusable"}
    end = carried_out(stage)
    assert end.complete, end.error
    assert [one.needs_gpu for one in stage.jobs] == [True, True]
    assert stage.jobs[1].done_shards == (0, 1)
    assert reasons(end) == ["gpu"]
    assert not stage.cloud.listed
    assert_whole(stage)


def test_what_was_finished_before_a_reboot_took_the_gpu_away_comes_home_before_the_machine_goes(
    stage: Renting,
) -> None:
    """The program was closed meanwhile: preparing is over, and is not done again."""
    stage.works["1"] = {"pause_s": 0.7}
    runs, seen = Runs(stage.world()), list[Snapshot]()
    runs.subscribe(seen.append)
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: len(snapshot.shards_home) > 0)
    runs.close()
    home = len(seen[-1].shards_home)
    index = stage.home / "machines" / "1" / "job" / "shards" / "index.jsonl"
    while (made := len(index.read_bytes().splitlines())) <= home:
        time.sleep(0.02)
    LocalMachine(stage.home / "machines" / "1", stage.fault).run("stop", "job", "--grace", "0")
    assert home < made < 5
    stage.works["1"] = {"fail_at": made, "failure": "gpu-unusable"}
    again = Runs(stage.world())
    again.reattach()
    end = again.wait(run_id, END_S)
    again.close()
    assert end.complete, end.error
    assert reasons(end) == ["gpu"]
    assert stage.launched == ["1", "2"], "each was prepared once"
    assert stage.jobs[-1].done_shards == tuple(range(made))
    assert_whole(stage)


def test_when_no_machine_is_of_use_the_run_says_so(stage: Renting) -> None:
    stage.probes = {"1": {"gpus": []}, "2": {"gpus": []}}
    end = carried_out(stage)
    assert isinstance(end.error, CloudRefused)
    assert end.error.reason == "no-offer"
    assert reasons(end) == ["no-gpu", "no-gpu"]
    assert not stage.cloud.listed


def test_after_so_many_the_person_hears_what_was_wrong_with_the_last(stage: Renting) -> None:
    offers = stage.cloud.offers
    stage.cloud.offers = lambda needs: [replace(offers(needs)[0], offer_id=str(n)) for n in range(9)]  # type: ignore[method-assign]
    stage.probes = {str(n): {"gpus": []} for n in range(1, 9)}
    end = carried_out(stage)
    assert isinstance(end.error, MachineUnfit)
    assert len(stage.cloud.rented) == 5
    assert not stage.cloud.listed


def test_a_disk_as_large_as_was_asked_for_is_the_plans_fault_and_none_other_is_tried(stage: Renting) -> None:
    stage.probes["1"] = {"disk_free_bytes": 10**8, "disk_total_bytes": 10**9}
    end = carried_out(stage)
    assert isinstance(end.error, MachineDiskFull)
    assert len(stage.cloud.rented) == 1


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (failed(Failure.HUB_REFUSES), WorkerFailed),
        (failed(Failure.MODEL_MISSING), WorkerFailed),
        (failed(Failure.DISK_FULL, needed_bytes=SIZE, free_bytes=5), MachineDiskFull),
    ],
)
def test_what_no_other_machine_would_mend_is_said_before_anything_is_embedded(
    stage: Renting, script: dict[str, Any], expected: type[Exception]
) -> None:
    stage.scripts["1"] = [weights(0.1), script]
    end = carried_out(stage)
    assert isinstance(end.error, expected)
    assert len(stage.cloud.rented) == 1
    assert not any(isinstance(one.event, e.Launched) for one in end.log)


def test_the_model_is_counted_while_it_comes_and_its_traffic_is_paid_for(stage: Renting) -> None:
    rent = stage.cloud.rent
    stage.cloud.rent = lambda *words: replace(rent(*words), traffic_in_per_gb=MicroUsd(10_000))  # type: ignore[method-assign]
    seen: list[Snapshot] = []
    end = carried_out(stage, seen.append)
    assert end.complete, end.error
    assert {one.weights_total_bytes for one in seen} >= {0, SIZE}
    fetched = next(one for one in seen if one.weights_bytes == SIZE)
    assert fetched.money.traffic >= 10_000 * SIZE // GB
    (there,) = [one.event for one in end.log if isinstance(one.event, e.WeightsThere)]
    assert (there.size_bytes, there.came_bytes, there.revision) == (SIZE, SIZE, "c0de")


def test_a_program_that_was_closed_meanwhile_follows_the_same_download(stage: Renting) -> None:
    stage.scripts["1"] = [weights(0.5)]
    runs = Runs(stage.world())
    run_id = runs.start(stage.plan())
    wait_until(runs, run_id, lambda snapshot: snapshot.weights_bytes > 0)
    runs.close()
    stage.scripts["1"] = FETCHED
    again = Runs(stage.world())
    again.reattach()
    end = again.wait(run_id, END_S)
    again.close()
    assert end.complete, end.error
    assert len(stage.cloud.rented) == 1


def test_the_practice_model_needs_neither_gpu_nor_download(stage: Renting) -> None:
    stage.model = "practice"
    stage.probes["1"] = {"gpus": []}
    end = carried_out(stage)
    assert end.complete, end.error
    assert stage.launched == []
    assert [one.needs_gpu for one in stage.jobs] == [False]


def test_a_model_that_nobody_knew_is_refused_by_its_size_before_it_comes(stage: Renting) -> None:
    stage.model = "somebody/a-large-model"
    whole = 10**13
    stage.scripts["1"] = [{"kind": "weights", "total_bytes": whole, "done_bytes": 10**6, "bytes_per_s": 2e8}]
    end = carried_out(stage)
    assert isinstance(end.error, WorkerFailed)
    assert (end.error.reason, end.error.needed_bytes) == ("model-too-large", whole // 2)
    assert 0 < end.error.free_bytes < whole // 2
    assert stage.launched == ["1"], "another machine would be as small"
    assert not stage.cloud.listed


@pytest.mark.parametrize(("last_words", "killed"), [(b'{"kind": "failed"}\n', False), (b"", True)])
def test_a_process_whose_last_words_came_while_it_was_asked_after_was_not_killed(
    last_words: bytes, killed: bool
) -> None:
    class Ended(LocalMachine):
        def run(self, verb: str, *arguments: str, timeout_s: float = 60.0) -> dict[str, Any]:
            return {"alive": False, "disk_free_bytes": 10**9, "exit": {"signal": 0, "exit_code": 1}}

        def read(self, name: str, offset: int, wait_s: float = 0.0) -> bytes:
            assert offset == 70
            return last_words

    with pytest.raises(WorkerKilled) if killed else nullcontext():
        worker.look_after(Ended(Path(), lambda verb: None), "preparation", 70)
