"""Stand-ins for what a run touches outside itself: a machine that is a local folder, a cloud that is a ledger.

The agent on the "machine" is the real one, a process for each command; the SSH connection and the model are left out.
Both can be told to fail. What is tried with them is tried again over real SSH in ``test_practice_run.py``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gui.core.cloud.base import Address, Cloud, Instance, InstanceStatus, Needs, Offer
from gui.core.dataset import DataSpec
from gui.core.errors import CloudUnreachable, ConnectionLost, EmbarkError, OfferGone, TransferCorrupt
from gui.core.machine.keys import Identity
from gui.core.machine.machine import Machine, OnBytes, Parcel
from gui.core.paths import Paths
from gui.core.plan import AtTheEnd, MachineChoice, Plan, ResultChoice
from gui.core.run.world import World
from gui.core.units import MicroUsd
from tests.agents import agents

STUB = Path(__file__).with_name("stub_worker.py")
REPLY_MARK = "embark-reply:"
DATA_MARK = b"\0embark-data\n"
KEY = Identity("ssh-ed25519 AAAA test", "")

PRICE = MicroUsd(410_000)


class LocalMachine:
    """A folder instead of a computer. ``fault`` is called before each verb and may raise."""

    def __init__(self, folder: Path, fault: Callable[[str], None]) -> None:
        self._folder = folder
        self._fault = fault

    def run(self, verb: str, *arguments: str, timeout_s: float = 60.0) -> dict[str, Any]:
        self._fault(verb)
        if verb in ("guard", "renew", "guard-status"):  # the guard has its own tests, with a provider to speak to
            return {"alive": True, "phase": "watching", "proof": "proven", "lease_left_s": 3600.0}
        if verb == "setup":  # the model's packages are not what is tried here
            return {"python": sys.executable}
        return self._agent(verb, *arguments)[1]

    def put(self, parcel: Parcel, on_bytes: OnBytes | None = None) -> None:
        self._fault("put")
        if parcel.key in self._agent("have")[1]["keys"]:
            return
        data = b"".join(parcel.blocks())
        digest = hashlib.sha256(data)
        words = ["store", parcel.key, parcel.name, str(len(data)), *(["--unpack"] if parcel.unpack else [])]
        self._agent(*words, stdin=data + digest.digest())
        if on_bytes:
            on_bytes(len(data))
        if parcel.name.startswith("worker-"):
            shutil.copy(STUB, self._folder / parcel.name / "remote_worker" / "__main__.py")

    def get(self, name: str, to: Path, sha256: str, size_bytes: int, on_bytes: OnBytes | None = None) -> None:
        self._fault("get")
        data = self._agent("send", name, "0")[0]
        if hashlib.sha256(data).hexdigest() != sha256:
            raise TransferCorrupt(name=name)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)
        if on_bytes:
            on_bytes(len(data))

    def read(self, name: str, offset: int, wait_s: float = 0.0) -> bytes:
        self._fault("read")
        return self._agent("read", name, str(offset), str(min(wait_s, 0.2)))[0]

    def close(self) -> None: ...

    def _agent(self, *words: str, stdin: bytes = b"") -> tuple[bytes, dict[str, Any]]:
        out, said = agents().run(["--root", str(self._folder), *words], stdin)
        reply = json.loads(said.decode().rpartition(REPLY_MARK)[2])
        if "error" in reply:
            self._fault("have")  # of a machine that was destroyed meanwhile nobody hears what failed there
            raise EmbarkError.from_record(reply["error"], reply["fields"])
        return out.partition(DATA_MARK)[2], reply


@dataclass
class LedgerCloud:
    """A cloud whose account is a list; it outlives the program that is killed in the test."""

    folder: Path
    name: str = "practice"
    needs_key: bool = False
    may_install: bool = False
    price_per_hour: MicroUsd = PRICE
    pretend: bool = False
    interruptible: bool = False
    dearer: float = 1.0  # than the offer said
    rented: list[Instance] = field(default_factory=list)
    listed: dict[str, Instance] = field(default_factory=dict)
    faults: dict[str, list[EmbarkError]] = field(default_factory=dict)  # by verb, one a call
    lose_answers: int = 0  # so many rents succeed without anybody hearing of it
    gone: set[str] = field(default_factory=set)
    linger: int = 0  # so many listings after its destruction still show an instance
    late: int = 0  # so many listings do not show an instance yet whose renting was never answered
    hidden: dict[str, Instance] = field(default_factory=dict)
    asked: Callable[[], None] = lambda: None  # called while a listing is made
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def _fault(self, verb: str) -> None:
        if self.faults.get(verb):
            raise self.faults[verb].pop(0)

    def offers(self, needs: Needs) -> Sequence[Offer]:
        self._fault("offers")
        offer = Offer(
            "a", self.name, "RTX 4090", 1, 24 * 10**9, 8, 64 * 10**9, 50 * 10**9,
            self.price_per_hour, 0.999, "Hanoi, VN", 1e8, self.pretend,
        )  # fmt: skip
        return [offer, replace(offer, offer_id="b", price_per_hour=MicroUsd(self.price_per_hour * 2))]

    def rent(self, offer: Offer, label: str, public_key: str) -> Instance:
        self._fault("rent")
        if offer.offer_id in self.gone:
            raise OfferGone(cloud=self.name, offer_id=offer.offer_id)
        number = str(len(self.rented) + 1)
        instance = Instance(
            number, self.name, label, offer.name, InstanceStatus.RUNNING,
            MicroUsd(int(offer.price_per_hour * self.dearer)), self.now(),
            Address("127.0.0.1", 22, "root"), "SHA256:known", pretend_price=self.pretend,
            interruptible=self.interruptible,
        )  # fmt: skip
        self.rented.append(instance)
        (self.hidden if self.late and self.lose_answers else self.listed)[number] = instance
        (self.folder / number).mkdir(parents=True)
        if self.lose_answers:
            self.lose_answers -= 1
            raise CloudUnreachable(cloud=self.name, detail="the answer was lost")
        return instance

    def instances(self) -> Sequence[Instance]:
        self._fault("instances")
        self.asked()
        if self.hidden:
            self.late -= 1
            if self.late <= 0:
                self.listed.update(self.hidden)
                self.hidden.clear()
        if self.linger and len(self.listed) < len(self.rented):
            self.linger -= 1
            return list(self.rented)
        return list(self.listed.values())

    def authorize(self, instance: Instance, public_key: str) -> None: ...

    def destroy(self, instance_id: str) -> None:
        self._fault("destroy")
        if self.listed.pop(instance_id, None):
            LocalMachine(self.folder / instance_id, lambda verb: None).run("stop", "--grace", "0")
            shutil.rmtree(self.folder / instance_id)

    def close(self) -> None: ...


@dataclass
class Stage:
    """A whole small world in a folder: items, a cloud, machines; ``world()`` is what a program started now sees."""

    home: Path
    items: int = 23
    shard_rows: int = 5
    at_the_end: AtTheEnd = AtTheEnd.WHEN_VERIFIED
    machine_faults: dict[str, list[EmbarkError]] = field(default_factory=dict)
    clock_s: float = 0.0

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.state = self.home / "state"
        self.cloud = LedgerCloud(self.home / "machines")
        content = [
            {"id": f"i{n:03d}", "question": f"What is {n} and {n}?", "subject": "maths"} for n in range(self.items)
        ]
        (self.home / "items.json").write_text(json.dumps(content), encoding="utf-8")

    @property
    def result(self) -> Path:
        return self.home / "result"

    def plan(self) -> Plan:
        return Plan(
            name="A run",
            data=DataSpec(items=(str(self.home / "items.json"),)),
            machine=MachineChoice(cloud=self.cloud.name),
            result=ResultChoice(folder=self.result, destroy=self.at_the_end),
            shard_rows=self.shard_rows,
        )

    def world(self) -> World:
        clouds: dict[str, Cloud] = {self.cloud.name: self.cloud}
        return World(
            Paths(self.state, self.home / "logs"), clouds, self.identity, connect=self.connect,
            wait=self.wait, now=self.now,
        )  # fmt: skip

    def identity(self, cloud: Cloud) -> Identity:
        self.fault("identity")
        return KEY

    def connect(self, instance: Instance, identity: Identity, expected: str) -> tuple[Machine, str]:
        self.fault("connect")
        return LocalMachine(self.home / "machines" / instance.instance_id, self.fault), "SHA256:known"

    def fault(self, verb: str) -> None:
        if self.machine_faults.get(verb):
            raise self.machine_faults[verb].pop(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.clock_s)

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Time flies: what would be a long pause is a short one, and the clock says that it was long."""
        self.clock_s += seconds
        condition.wait(0.01)


def cut(during: str) -> ConnectionLost:
    return ConnectionLost(during=during, detail="cut by the test")
