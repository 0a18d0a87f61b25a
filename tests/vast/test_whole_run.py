"""A whole run on a rented machine: real SSH in a container's place, the real agent and worker, the practice model."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gui.core.cloud.vast import VastCloud
from gui.core.credentials import Credentials
from gui.core.dataset import DataSpec
from gui.core.errors import CloudRefused
from gui.core.machine import keys
from gui.core.paths import Paths
from gui.core.plan import AtTheEnd, MachineChoice, ModelChoice, Plan, ResultChoice
from gui.core.result.manifest import read_receipt
from gui.core.result.result import open_result
from gui.core.run.events import OfferLost
from gui.core.run.runs import Runs
from gui.core.run.state import Phase, Snapshot
from gui.core.run.world import World as RunWorld
from gui.core.units import micro_usd
from tests.fake_vast.boots import READY
from tests.fake_vast.containers import Containers, can_be_logged_in_to, isolated
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World

WORKER_PROGRAMS = Path(__file__).resolve().parents[2] / ".venv-worker" / "bin"
ITEMS = 40
END_S = 150.0
TENTH_OF_A_CENT = 1000  # the provider's own account knows nothing smaller


def quick_world() -> World:
    world = World(clock=time.time)
    world.boot = READY.scaled(0.1)
    return world


@contextmanager
def carried_out(home: Path, world: World, plan: Plan) -> Iterator[tuple[Snapshot, FakeVast]]:
    """A run as it ended, and the provider as it was left."""
    me, containers = keys.generate(), Containers(home / "machines", path=[WORKER_PROGRAMS], private=isolated())
    with FakeVast(world, containers) as fake:
        credentials = Credentials()
        credentials.hold("vast", world.api_key)
        cloud = VastCloud(credentials, fake.url)
        runs = Runs(RunWorld(Paths(home / "state", home / "logs"), {"vast": cloud}, lambda _: me))
        snapshot = runs.wait(runs.start(plan), END_S)
        runs.close()
        cloud.close()
        yield snapshot, fake


@pytest.mark.skipif(not can_be_logged_in_to(), reason="needs openssh-server, and to be root")
@pytest.mark.skipif(not WORKER_PROGRAMS.exists(), reason="needs the worker's environment")
def test_a_gpu_that_the_driver_shows_and_torch_cannot_use_is_found_out_before_the_hours_that_cost(
    tmp_path: Path,
) -> None:
    world = quick_world()
    world.add_offer(dph_base=0.3)
    items = tmp_path / "items.json"
    items.write_text(json.dumps([{"id": "i1", "question": "What is 1?"}]))
    plan = Plan(
        data=DataSpec(items=(str(items),)),
        model=ModelChoice("someone/tiny"),
        machine=MachineChoice(cloud="vast", disk_gb=20),
        result=ResultChoice(folder=tmp_path / "result"),
    )
    with carried_out(tmp_path, world, plan) as (snapshot, _):
        assert isinstance(snapshot.error, CloudRefused)
        assert snapshot.error.reason == "no-offer"
        (lost,) = [one.event for one in snapshot.log if isinstance(one.event, OfferLost)]
        assert (lost.error, lost.fields["reason"]) == ("MachineUnfit", "gpu")
        assert "torch" in lost.fields["detail"]
        assert not world.billing()


@pytest.mark.skipif(not can_be_logged_in_to(), reason="needs openssh-server, and to be root")
@pytest.mark.skipif(not WORKER_PROGRAMS.exists(), reason="needs the worker's environment")
def test_from_an_offer_to_vectors_and_a_closed_bill(tmp_path: Path) -> None:
    world = quick_world()
    world.add_offer(dph_base=0.5)
    cheapest = world.add_offer(dph_base=0.3)
    training = world.add_instance("my training")
    items = tmp_path / "items.json"
    items.write_text(json.dumps([{"id": f"i{n}", "question": f"What is {n}?"} for n in range(ITEMS)]))
    plan = Plan(
        data=DataSpec(items=(str(items),)),
        machine=MachineChoice(cloud="vast", disk_gb=20),
        result=ResultChoice(folder=tmp_path / "result", destroy=AtTheEnd.WHEN_VERIFIED),
        shard_rows=10,
    )
    with carried_out(tmp_path, world, plan) as (snapshot, fake):
        assert snapshot.phase is Phase.FINISHED
        assert len(open_result(tmp_path / "result")) == ITEMS
        (creation,) = [one for one in world.ledger.creations if one.label.startswith("embark-")]
        assert creation.offer_id == cheapest
        assert world.billing() == {training}
        # The log of a machine takes a moment to be there; all else is answered at once.
        assert {seen.status for seen in fake.requests if seen.endpoint != "result"} == {200}
        billed = micro_usd(world.ledger.dollars(creation.instance_id))
        assert billed - TENTH_OF_A_CENT <= snapshot.money.so_far < micro_usd("0.02")
        receipt = read_receipt(tmp_path / "result")
        assert receipt is not None
        assert receipt.charges
        assert sum(one.amount_micro_usd for one in receipt.charges) == receipt.actual_micro_usd
