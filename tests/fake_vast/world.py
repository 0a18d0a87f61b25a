"""The provider's own state: the account, offers, instances, clock and money; no HTTP in here."""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.fake_vast.boots import AGAIN, READY, Boot, BootStep
from tests.fake_vast.faults import Faults
from tests.fake_vast.ledger import Creation, Kind, Ledger
from tests.fake_vast.offers import Row, disk_per_hour, offer_row, priced

FIRST_DAY = 1_800_000_000.0
EXPIRED_IS_KEPT_S = 48 * 3600.0
GPU_BILLED = {"running", "frozen"}
NEVER = float("inf")

Limits = Mapping[str, tuple[int, float]]
"""Endpoint -> so many calls in so many seconds."""

LIMITS: Limits = {
    "search": (10, 60.0),
    "create": (1, 4.5),
    "one": (1, 2.0),
    "list": (1, 1.0),
    "manage": (1, 1.0),
    "destroy": (1, 3.0),
    "bid": (1, 5.5),
    "key-add": (1, 1.0),
    "instance-key-add": (1, 1.0),
    "instance-key-remove": (1, 2.0),
    "logs": (1, 1.0),
    "charges": (1, 1.0),
}
CREATE_PENALTY_S = 12.0


@dataclass(frozen=True, slots=True)
class Key:
    key_id: int
    public: str
    at: float


@dataclass(eq=False)
class Instance:
    """One contract, and what there is of its container."""

    instance_id: int
    offer: Row
    label: str | None
    disk_gb: float
    asked: Mapping[str, Any]  # the create body
    created_at: float
    boot: Boot
    keys: list[Key]
    api_key: str
    actual: str | None = None
    intended: str = "running"
    current: str = "running"
    following: str = "running"
    message: str | None = None
    started_at: float | None = None
    running_at: float | None = None
    coming: list[tuple[float, BootStep]] = field(default_factory=list)
    door_opens_at: float = NEVER
    lets_in_at: float = NEVER
    ends_at: float = NEVER
    host: str = "203.0.113.7"
    direct_port: int = 0
    dead_port: int = 9
    proxy_host: str = "ssh5.vast.ai"
    proxy_port: int = 0
    said: str = ""  # the container's log, where there is no container
    lists_left: int | None = None  # destroyed, and listed so often all the same

    @property
    def gpu_per_hour(self) -> float:
        return float(self.offer["dph_base"])

    @property
    def disk_per_hour(self) -> float:
        return disk_per_hour(self.offer, self.disk_gb)

    @property
    def rate(self) -> float:
        """Dollars an hour now."""
        gpu = self.gpu_per_hour if self.actual in GPU_BILLED else 0.0
        return gpu + (0.0 if self.actual == "offline" else self.disk_per_hour)


class Machines(Protocol):
    """Whatever plays the containers."""

    def prepare(self, instance: Instance) -> None: ...
    def start(self, instance: Instance) -> None: ...
    def open_door(self, instance: Instance) -> None: ...
    def let_in(self, instance: Instance) -> None: ...
    def kill(self, instance: Instance) -> None: ...
    def remove(self, instance: Instance) -> None: ...
    def log(self, instance: Instance) -> str: ...


class NoMachines:
    """Instances that are only rows."""

    def prepare(self, instance: Instance) -> None:
        instance.direct_port = 40_000 + instance.instance_id % 10_000
        instance.proxy_port = 10_000 + instance.instance_id % 10_000

    def start(self, instance: Instance) -> None: ...
    def open_door(self, instance: Instance) -> None: ...
    def let_in(self, instance: Instance) -> None: ...
    def kill(self, instance: Instance) -> None: ...
    def remove(self, instance: Instance) -> None: ...

    def log(self, instance: Instance) -> str:
        return instance.said


class Denied(Exception):
    """The provider says no: a status and the body's fields."""

    def __init__(self, status: int, error: str, msg: str, **more: Any) -> None:
        super().__init__(msg)
        self.status = status
        self.body = {"success": False, "error": error, "msg": msg, **more}


class World:
    """Everything the provider knows. Every public method may be called from any thread.

    ``clock`` gives unix seconds; without one the world has its own, which only ``advance`` moves. Nothing happens
    between calls: each one first lets happen what is due by then.
    """

    def __init__(
        self, clock: Callable[[], float] | None = None, *, credit: float = 5.0, limits: Limits = LIMITS
    ) -> None:
        self.lock = threading.RLock()
        self._clock = clock
        self._fake_now = FIRST_DAY
        self._settled_at = self.now()
        self._numbers = itertools.count(1001)
        self.api_key = secrets.token_hex(32)
        self.user_id = 77
        self.credit = credit
        self.limits = limits
        self.offers: dict[int, Row] = {}
        self.taken: set[int] = set()
        self.cannot_start: set[int] = set()
        self.instances: dict[int, Instance] = {}
        self.account_keys: list[Key] = []
        self.boot = READY
        self.next_boots: list[Boot] = []
        self.offers_last = False  # an offer can be rented again and again
        self.created_anyway = False  # the next creation is answered with an error, and is there
        self.deaf_destroys = 0  # so many DELETEs are answered with success and do nothing
        self.linger = 0  # so many listings after its destruction still show an instance
        self.charges_lag_s = 0.0
        self.searches_left: int | None = None  # today
        self.log_delay = 1  # so many looks at a log before it is there
        self.logs_work = True
        self.ledger = Ledger()
        self.faults = Faults()
        self.machines: Machines = NoMachines()

    def use(self, machines: Machines) -> None:
        """From now on these play the containers, also of what is rented already."""
        with self.lock:
            self.settle()
            self.machines = machines
            for instance in self.instances.values():
                machines.prepare(instance)
                if instance.actual == "running":
                    machines.start(instance)

    # --- time and money ---

    def now(self) -> float:
        return self._clock() if self._clock else self._fake_now

    def advance(self, seconds: float) -> None:
        """Let time pass, on the world's own clock."""
        with self.lock:
            self._fake_now += max(0.0, seconds)
            self.settle()

    def settle(self) -> None:
        """Let everything happen, and be billed, that is due by now."""
        with self.lock:
            until = self.now()
            while self._settled_at <= until:
                at = min(until, self._next_event())
                self._bill(at)
                if not self._happen() and at >= until:
                    break

    def billing(self) -> set[int]:
        """The instances that cost money at this moment."""
        with self.lock:
            self.settle()
            return {number for number, instance in self.instances.items() if instance.rate > 0}

    def traffic(self, instance_id: int, *, down_bytes: int = 0, up_bytes: int = 0) -> None:
        """Bytes into and out of an instance, which cost at once."""
        with self.lock:
            self.settle()
            instance = self.instances[instance_id]
            for kind, size_bytes, price in (
                (Kind.DOWN, down_bytes, instance.offer["inet_down_cost"]),
                (Kind.UP, up_bytes, instance.offer["inet_up_cost"]),
            ):
                if size_bytes:
                    self.credit -= self.ledger.bill_traffic(instance_id, kind, self.now(), size_bytes, price)

    def _bill(self, until: float) -> None:
        since, self._settled_at = self._settled_at, until
        if until <= since:
            return
        for number, instance in self.instances.items():
            for kind, per_hour in (
                (Kind.GPU, instance.gpu_per_hour if instance.actual in GPU_BILLED else 0.0),
                (Kind.DISK, 0.0 if instance.actual == "offline" else instance.disk_per_hour),
            ):
                if per_hour:
                    self.credit -= self.ledger.bill_time(number, kind, since, until, per_hour)

    def _next_event(self) -> float:
        """When the next thing happens; also the moment at which the credit runs out."""
        times = [NEVER]
        for instance in self.instances.values():
            times += [at for at, _ in instance.coming[:1]]
            times += [instance.door_opens_at, instance.lets_in_at, instance.ends_at]
        burning = sum(instance.rate for instance in self.instances.values())
        if self.credit > 0 and burning > 0:
            times.append(self._settled_at + self.credit / burning * 3600 + 1e-6)
        return min(at for at in times if at > self._settled_at)

    def _happen(self) -> bool:
        """Do what is due at the settled moment; whether anything was."""
        now, happened = self._settled_at, False
        if self.credit <= 0:
            for instance in self.instances.values():
                if instance.intended == "running":
                    self._stopped(instance, "account is out of credit")
                    happened = True
        for instance in list(self.instances.values()):
            while instance.coming and instance.coming[0][0] <= now:
                self._enter(instance, instance.coming.pop(0)[1])
                happened = True
            if instance.door_opens_at <= now:
                instance.door_opens_at, happened = NEVER, True
                self.machines.open_door(instance)
            if instance.lets_in_at <= now:
                instance.lets_in_at, happened = NEVER, True
                self.machines.let_in(instance)
            if instance.ends_at <= now:
                happened = True
                self._expire(instance)
        return happened

    # --- offers ---

    def add_offer(self, **other: Any) -> int:
        """Put an offer up; its id. Keyword arguments are the provider's fields."""
        with self.lock:
            number = next(self._numbers) + 30_000_000
            self.offers[number] = offer_row(number, **other)
            return number

    def take(self, offer_id: int) -> None:
        """Somebody else rents it; a search still shows it for a while, as it really does."""
        self.taken.add(offer_id)

    # --- instances ---

    def add_instance(self, label: str | None, **other: Any) -> int:
        """An instance that the person rented elsewhere, up and running."""
        with self.lock:
            self.settle()
            row = priced(offer_row(0, **other), 20.0, bid=False)
            instance = self._new_instance(row, label, 20.0, {"image": "pytorch/pytorch", "runtype": "ssh"}, READY)
            self._enter(instance, BootStep(0, "running", "success, running pytorch/pytorch"))
            instance.coming.clear()
            return instance.instance_id

    def create(self, offer_id: int, asked: Mapping[str, Any]) -> Instance:
        """Rent. Raises Denied, also when an instance came to be all the same."""
        with self.lock:
            self.settle()
            row = self.offers.get(offer_id)
            if row is None or offer_id in self.taken:
                msg = f"error 404/3603: no_such_ask Instance type by id {offer_id} is not available."
                raise Denied(404, "invalid_args", msg, ask_id=offer_id)
            if self.credit <= 0:
                raise Denied(400, "insufficient_credit", "Your account lacks credit; see the billing page.")
            starts = offer_id not in self.cannot_start
            if not starts and asked.get("cancel_unavail"):
                msg = f"error 410/3907: no_such_ask Instance type {offer_id} is no longer available."
                raise Denied(410, "no_such_ask", msg, ask_id=offer_id)
            bid = asked.get("price")
            shown = priced(row, float(asked["disk"]), bid=bid is not None)
            if bid is not None:
                shown = {**shown, "dph_base": float(bid), "dph_total": float(bid) + shown["storage_total_cost"]}
            boot = self.next_boots.pop(0) if self.next_boots else self.boot
            instance = self._new_instance(shown, asked.get("label"), float(asked["disk"]), asked, boot)
            if not self.offers_last:
                self.taken.add(offer_id)
            too_low = bid is not None and float(bid) < row["min_bid"]
            if too_low or not starts:
                self._stopped(instance, "")
            if too_low or self.created_anyway:
                self.created_anyway = False
                msg = "error 400/3601: the bid is too low to start now."
                raise Denied(400, "invalid_price", msg, new_contract=instance.instance_id)
            return instance

    def _new_instance(
        self, row: Row, label: str | None, disk_gb: float, asked: Mapping[str, Any], boot: Boot
    ) -> Instance:
        number, now = next(self._numbers) + 8_000_000, self.now()
        instance = Instance(
            number, row, label, disk_gb, asked, now, boot, list(self.account_keys), secrets.token_hex(32),
            ends_at=now + float(row["duration"]),
        )  # fmt: skip
        self.machines.prepare(instance)
        self.instances[number] = instance
        self.ledger.creations.append(Creation(number, label or "", int(row["id"]), now))
        self._begin(instance, boot)
        return instance

    def _begin(self, instance: Instance, boot: Boot) -> None:
        instance.intended = instance.current = instance.following = "running"
        instance.coming = [(self._settled_at + step.after_s, step) for step in boot.steps]
        self._happen()

    def _enter(self, instance: Instance, step: BootStep) -> None:
        was, instance.actual = instance.actual, step.actual
        if step.message is not None:
            instance.message = step.message
        if step.actual == "running" and was != "running":
            instance.started_at = instance.started_at or self._settled_at
            instance.running_at = self._settled_at
            self.machines.start(instance)
            instance.door_opens_at = self._settled_at + instance.boot.refused_s
            instance.lets_in_at = instance.door_opens_at + instance.boot.denied_s
        elif step.actual == "exited":
            self._lights_out(instance)

    def _lights_out(self, instance: Instance) -> None:
        instance.coming.clear()
        instance.door_opens_at = instance.lets_in_at = NEVER
        self.machines.kill(instance)

    def _stopped(self, instance: Instance, message: str) -> None:
        self._lights_out(instance)
        instance.actual = instance.intended = instance.current = instance.following = "stopped"
        instance.message = message

    def _expire(self, instance: Instance) -> None:
        if instance.intended == "stopped" and instance.message == "contract expired":
            self._remove(instance)
            return
        self._stopped(instance, "contract expired")
        instance.ends_at += EXPIRED_IS_KEPT_S

    def find(self, instance_id: int) -> Instance:
        """Raises Denied."""
        self.settle()
        instance = self.instances.get(instance_id)
        if instance is None or instance.lists_left is not None:
            raise Denied(404, "no_such_instance", f"Instance {instance_id} not found.")
        return instance

    def stop(self, instance_id: int) -> None:
        """As its owner asked."""
        with self.lock:
            self._stopped(self.find(instance_id), "")

    def start(self, instance_id: int) -> None:
        with self.lock:
            instance = self.find(instance_id)
            if self.credit <= 0:
                raise Denied(400, "missing_billing", "Please add a credit card or credit.")
            if instance.intended != "running":
                self._begin(instance, AGAIN)

    def outbid(self, instance_id: int) -> None:
        """Somebody pays more: nobody asked for the stop, and there is no word about it."""
        with self.lock:
            self._stopped(self.find(instance_id), "")

    def go_offline(self, instance_id: int) -> None:
        with self.lock:
            instance = self.find(instance_id)
            instance.coming.clear()
            instance.actual = "offline"
            self.machines.kill(instance)

    def destroy(self, instance_id: int) -> None:
        with self.lock:
            instance = self.find(instance_id)
            if self.deaf_destroys:
                self.deaf_destroys -= 1
                return
            self._lights_out(instance)
            if self.linger:
                instance.lists_left = self.linger
            else:
                self._remove(instance)

    def _remove(self, instance: Instance) -> None:
        self.machines.remove(instance)
        del self.instances[instance.instance_id]

    def listed(self) -> list[Instance]:
        """What a whole listing begins with now."""
        with self.lock:
            self.settle()
            for instance in list(self.instances.values()):
                if instance.lists_left is not None:
                    if instance.lists_left == 0:
                        self._remove(instance)
                    else:
                        instance.lists_left -= 1
            return [self.instances[number] for number in sorted(self.instances)]

    # --- keys ---

    def add_account_key(self, public: str) -> Key:
        """For instances that are created from now on."""
        with self.lock:
            known = next((key for key in self.account_keys if key.public == public), None)
            if known is None:
                known = Key(next(self._numbers), public, self.now())
                self.account_keys.append(known)
            return known

    def add_instance_key(self, instance_id: int, public: str) -> None:
        with self.lock:
            instance = self.find(instance_id)
            if all(key.public != public for key in instance.keys):
                instance.keys.append(Key(next(self._numbers), public, self.now()))
            if instance.running_at is not None and instance.lets_in_at == NEVER:
                self.machines.let_in(instance)

    def revoke_key(self) -> None:
        """The person's key counts no more."""
        self.api_key = secrets.token_hex(32)
