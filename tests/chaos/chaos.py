"""One whole run on the fake Vast.ai while everything around it fails at random; the seed says how.

Real HTTP, the real agent and journal; machines are local folders, the model is a stand-in, time is the world's own.
"""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gui.core.clock import Clock
from gui.core.cloud.base import PREFIX, Cloud
from gui.core.cloud.base import Instance as Rented
from gui.core.cloud.vast import VastCloud
from gui.core.credentials import Credentials
from gui.core.dataset import DataSpec
from gui.core.errors import AgentFailed, ConnectionLost, EmbarkError, TransferCorrupt
from gui.core.machine.keys import Identity, generate
from gui.core.machine.machine import Machine
from gui.core.paths import Paths
from gui.core.plan import AtTheEnd, Budget, MachineChoice, Plan, ResultChoice, to_toml
from gui.core.result.result import open_result
from gui.core.run import events as e
from gui.core.run.run import Run
from gui.core.run.state import Phase, Snapshot
from gui.core.run.world import World
from gui.core.units import micro_usd
from tests.fake_vast.boots import AT_ONCE, EXITS, GOES_OFFLINE, OCI_FAILED, READY, STUCK, Boot
from tests.fake_vast.faults import Trouble
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import Instance
from tests.fake_vast.world import World as Provider
from tests.fakes import LocalMachine, cut
from tests.run.test_run import MortalJournal

ITEMS, SHARD_ROWS = 7, 3
END_S = 120
MOST_PROGRAMS = 60
ENDPOINTS = (
    "search",
    "create",
    "list",
    "destroy",
    "key-add",
    "instance-key-add",
    "instance-keys",
    "logs",
    "charges",
    "*",
)
LASTING = (Trouble.DRIP, Trouble.HUGE, Trouble.REDIRECT, Trouble.NO_PERMISSION)
TROUBLES = tuple(trouble for trouble in Trouble if trouble not in LASTING)
VERBS = ("connect", "probe", "setup", "put", "launch", "read", "status", "get", "stop")
BAD_BOOTS = (STUCK, OCI_FAILED, EXITS, GOES_OFFLINE)
KEY = generate()


class Folders:
    """Plays the containers: a folder each, which can be worked in while the instance runs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.up: set[str] = set()

    def folder(self, instance: Instance) -> Path:
        return self.home / str(instance.instance_id)

    def prepare(self, instance: Instance) -> None:
        instance.direct_port = instance.proxy_port = 22
        self.folder(instance).mkdir(parents=True)

    def start(self, instance: Instance) -> None:
        self.up.add(str(instance.instance_id))

    def open_door(self, instance: Instance) -> None: ...

    def let_in(self, instance: Instance) -> None: ...

    def kill(self, instance: Instance) -> None:
        if str(instance.instance_id) in self.up:
            self.up.discard(str(instance.instance_id))
            LocalMachine(self.folder(instance), lambda verb: None).run("stop", "--grace", "0")

    def remove(self, instance: Instance) -> None:
        self.kill(instance)
        shutil.rmtree(self.folder(instance), ignore_errors=True)

    def log(self, instance: Instance) -> str:
        return instance.said


@dataclass
class Schedule:
    """What will go wrong, drawn from the seed."""

    chance: random.Random
    lives: list[int] = field(default_factory=list)
    machine_faults: dict[str, list[EmbarkError]] = field(default_factory=dict)
    boots: list[Boot] = field(default_factory=list)
    jumps: dict[int, float] = field(default_factory=dict)  # before which word to a machine the computer's clock is set

    def __post_init__(self) -> None:
        chance = self.chance
        self.lives = [chance.randint(1, 12) for _ in range(chance.randint(0, 8))]
        for _ in range(chance.randint(0, 6)):
            verb = chance.choice(VERBS)
            error: EmbarkError = chance.choice([cut(verb), cut(verb), cut(verb), TransferCorrupt(name=verb)])
            if chance.random() < 0.1:
                error = AgentFailed(verb=verb, detail="garbage")
            self.machine_faults.setdefault(verb, []).append(error)
        self.jumps = {
            chance.randint(1, 40): chance.choice([-1, 1]) * chance.choice([90.0, 3600.0, 86400.0])
            for _ in range(chance.choice([0, 0, 1, 2]))
        }
        self.boots = [chance.choice(BAD_BOOTS) for _ in range(chance.choice([0, 0, 0, 1, 1, 2]))]


class Chaos:
    """A provider, a computer and a person in one folder."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home = home
        self.chance = random.Random(seed)
        self.schedule = Schedule(self.chance)
        self.wall_off_s = 0.0
        self.words = 0
        self.provider = Provider(credit=100_000.0)
        self.provider.boot = self.chance.choice([READY, AT_ONCE])
        self.provider.next_boots = self.schedule.boots
        self.provider.charges_lag_s = self.chance.choice([0.0, 60.0])
        self.provider.linger = self.chance.choice([0, 0, 2])
        self.provider.deaf_destroys = self.chance.choice([0, 0, 1])
        # Dear, so that a run of minutes costs dollars: the provider's account is in tenths of a cent.
        for price in (20, 30, 40, 50, 60, 70, 80, 90):
            number = self.provider.add_offer(dph_base=price)
            if self.chance.random() < 0.2:
                self.provider.take(number)
        self.theirs = self.provider.add_instance("somebody's training")
        for _ in range(self.chance.randint(0, 6)):
            endpoint, trouble = self.chance.choice(ENDPOINTS), self.chance.choice(TROUBLES)
            self.provider.faults.add(endpoint, trouble, self.chance.randint(1, 3), seconds=0.05)
        self.folders = Folders(home / "machines")
        self.provider.use(self.folders)
        self.fake = FakeVast(self.provider)
        items = [{"id": f"i{n:03d}", "question": f"What is {n} and {n}?"} for n in range(ITEMS)]
        (home / "items.json").write_text(json.dumps(items), encoding="utf-8")

    def plan(self) -> Plan:
        return Plan(
            data=DataSpec(items=(str(self.home / "items.json"),)),
            machine=MachineChoice(cloud="vast", disk_gb=20),
            result=ResultChoice(folder=self.home / "result", destroy=AtTheEnd.WHEN_VERIFIED),
            budget=Budget(limit=micro_usd(10_000)),
            shard_rows=SHARD_ROWS,
        )

    def world(self) -> World:
        """What a program that is started now sees."""
        credentials = Credentials()
        credentials.hold("vast", self.provider.api_key)
        clock = Clock(wall_s=lambda: self.provider.now() + self.wall_off_s, steady_s=self.provider.now)
        cloud = VastCloud(
            credentials,
            self.fake.url,
            clock=self.provider.now,
            sleep=self.provider.advance,
            now=clock,
            heard=clock.heard,
            silence_s=2.0,
        )
        clouds: dict[str, Cloud] = {"vast": cloud}
        paths = Paths(self.home / "state", self.home / "logs")
        return World(paths, clouds, lambda _: KEY, connect=self.connect, wait=self.wait, now=clock)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.provider.now(), UTC)

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        self.provider.advance(seconds)
        condition.wait(0.005)

    def connect(self, instance: Rented, identity: Identity, expected: str) -> tuple[Machine, str]:
        self.fault("connect")
        if instance.instance_id not in self.folders.up:
            raise ConnectionLost(during="connect", detail="nobody is there")

        def fault(verb: str) -> None:
            self.provider.advance(1.0)
            self.fault(verb)
            if instance.instance_id not in self.folders.up:
                raise cut(verb)

        return LocalMachine(self.folders.home / instance.instance_id, fault), "SHA256:known"

    def fault(self, verb: str) -> None:
        self.words += 1
        self.wall_off_s += self.schedule.jumps.get(self.words, 0.0)
        if self.schedule.machine_faults.get(verb):
            raise self.schedule.machine_faults[verb].pop(0)

    def carry_out(self) -> Snapshot:
        """Start programs, each of which may die, and go on with what ended incomplete, until the run is finished."""
        journal = MortalJournal(self.world().paths.journal, lives=0)
        journal.append("r", e.Planned(to_toml(self.plan())), self.now())
        lives = self._lives()
        for _ in range(MOST_PROGRAMS):
            journal.lives, journal.dead = next(lives), threading.Event()
            world = self.world()
            run = Run("r", journal, world, lambda snapshot: self.answer(run, snapshot))  # noqa: B023
            if run.snapshot.phase is Phase.FINISHED:
                break
            if run.snapshot.ended:
                self.assert_nothing_billed()
                journal.lives = 0  # a person says it, and persons do not die here
                journal.append("r", e.GoOnWanted(), self.now())
                continue
            run.start()
            run.join(END_S)
            for cloud in world.clouds.values():
                cloud.close()
            assert not run.alive, (run.snapshot.active, run.snapshot.log[-5:])
        journal.close()
        return run.snapshot

    def answer(self, run: Run, snapshot: Snapshot) -> None:
        """A person who is asked what to do with a machine that still holds results lets the run try again."""
        if snapshot.phase is Phase.ASKING:
            run.start(e.GoOnWanted())

    def _lives(self) -> Iterator[int]:
        yield from self.schedule.lives
        while True:
            yield 1_000_000

    def ours(self) -> set[int]:
        return {one.instance_id for one in self.provider.ledger.creations if one.label.startswith(PREFIX)}

    def assert_nothing_billed(self) -> None:
        assert self.provider.billing() == {self.theirs}, "an instance is billed and nobody owns it"

    def assert_sound(self, end: Snapshot) -> None:
        """What must hold after whatever happened."""
        assert end.phase is Phase.FINISHED, (end.error, end.log[-6:])
        self.assert_nothing_billed()
        labels = [one.label for one in self.provider.ledger.creations if one.label.startswith(PREFIX)]
        assert len(labels) == len(set(labels)), "two were rented for one intention"
        assert list(open_result(self.home / "result").item_ids) == [f"i{n:03d}" for n in range(ITEMS)]

    def assert_meter(self, end: Snapshot) -> None:
        billed = sum(self.provider.ledger.dollars(number) for number in self.ours()) * 1e6
        assert abs(end.money.so_far - billed) <= 0.02 * billed, (end.money.so_far, billed)

    def close(self) -> None:
        self.fake.close()
