"""The network between the program and the machine is cut, slowed and black-holed; the run goes on by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gui.core.cloud.base import Instance
from gui.core.cloud.practice import PracticeCloud
from gui.core.machine import keys, ssh
from gui.core.machine.keys import Identity
from gui.core.machine.machine import Machine
from gui.core.paths import Paths
from gui.core.plan import AtTheEnd, read_plan
from gui.core.result.result import open_result
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.runs import Runs
from gui.core.run.state import Phase, Snapshot, StepStatus
from gui.core.run.world import World
from tests.machine.servers import HOST, IMPATIENT, FaultProxy
from tests.run.carrying import launched
from tests.run.test_practice_run import ITEMS, make_plan

END_S = 120


class Network:
    """A practice cloud behind a proxy that can be told to fail."""

    def __init__(self, home: Path) -> None:
        self.cloud = PracticeCloud(home / "practice")
        identity = keys.generate()
        self.world = World(
            Paths(home, home / "logs"), {"practice": self.cloud}, lambda _: identity, connect=self.connect
        )
        self.proxy: FaultProxy | None = None

    def connect(self, instance: Instance, identity: Identity, expected: str) -> tuple[Machine, str]:
        assert instance.address is not None
        if self.proxy is None:
            self.proxy = FaultProxy(instance.address.port)
        machine = ssh.connect(HOST, self.proxy.port, instance.address.user, identity, expected, patience=IMPATIENT)
        return machine, machine.host_key

    def close(self) -> None:
        if self.proxy:
            self.proxy.close()


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    made = Network(tmp_path / "home")
    yield made
    made.close()


def uploading(snapshot: Snapshot) -> bool:
    return snapshot.step(Step.UPLOAD).status is StepStatus.ACTIVE


def embedding(snapshot: Snapshot) -> bool:
    return launched(snapshot)


def fetching(snapshot: Snapshot) -> bool:
    return bool(snapshot.shards_home)


def cut(proxy: FaultProxy) -> None:
    proxy.after(1000, proxy.reset)


def black_hole(proxy: FaultProxy) -> None:
    proxy.swallow()


def slow(proxy: FaultProxy) -> None:
    proxy.delay_s = 0.05


@pytest.mark.parametrize("fault", [cut, black_hole, slow])
@pytest.mark.parametrize("moment", [uploading, embedding, fetching])
def test_a_run_goes_on_by_itself_and_says_what_it_is_doing(
    tmp_path: Path, network: Network, moment: Callable[[Snapshot], bool], fault: Callable[[FaultProxy], None]
) -> None:
    plan = read_plan(make_plan(tmp_path))
    plan = replace(plan, result=replace(plan.result, destroy=AtTheEnd.WHEN_VERIFIED))
    struck = threading.Event()

    def watch(snapshot: Snapshot) -> None:
        assert network.proxy is not None or not moment(snapshot)
        if network.proxy is None:
            return
        if not struck.is_set() and moment(snapshot):
            struck.set()
            fault(network.proxy)
        elif struck.is_set() and any(state.status is StepStatus.WAITING for _, state in snapshot.steps):
            network.proxy.blackhole = False

    runs = Runs(network.world)
    runs.subscribe(watch)
    end = runs.wait(runs.start(plan), END_S)
    runs.close()
    assert struck.is_set()
    assert end.phase is Phase.FINISHED, end.error
    assert len(open_result(tmp_path / "result")) == ITEMS
    assert [entry.event for entry in network.cloud.ledger()] == ["rented", "destroyed"]
    waits = [one.event.error for one in end.log if isinstance(one.event, e.StepWaiting)]
    assert set(waits) <= {"ConnectionLost"}
    if fault is not slow:
        assert waits
