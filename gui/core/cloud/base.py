"""What every cloud can do, and the words for it: Needs, Offer, Instance.

A cloud never retries something that costs money by itself. "Could not list" is an error
(CloudUnreachable), never an empty list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from gui.core.units import FREE, MicroUsd


@dataclass(frozen=True, slots=True)
class Needs:
    """What a plan asks of a machine."""

    gpus: tuple[str, ...] = ()  # acceptable names; empty = any
    min_vram_bytes: int = 0
    disk_bytes: int = 0
    max_price_per_hour: MicroUsd | None = None
    min_reliability: float = 0.0  # 0..1
    min_cuda: float = 0.0  # what the driver must be good for; 0 = any
    min_capability: float = 0.0  # CUDA's word for the GPU's generation, such as 8.0; 0 = any
    min_download_bytes_per_s: float = 0.0
    countries: tuple[str, ...] = ()  # two letters each; empty = anywhere
    interruptible: bool = False  # cheaper, and may be taken away
    data_centres_only: bool = False  # nobody's living room


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to rent, priced for the disk that was asked for."""

    offer_id: str
    cloud: str
    name: str  # the GPU, or this computer's processor
    gpu_count: int
    vram_bytes: int  # of one GPU; 0 = no GPU
    cores: int
    memory_bytes: int
    disk_bytes: int
    price_per_hour: MicroUsd  # machine and disk together
    reliability: float  # 0..1
    place: str  # "Hanoi, VN"; "" = this computer
    download_bytes_per_s: float
    pretend_price: bool = False  # nobody will ever bill it
    upload_bytes_per_s: float = 0.0  # 0 = not known
    disk_per_hour: MicroUsd = FREE  # the disk's part of ``price_per_hour``
    traffic_in_per_gb: MicroUsd = FREE  # what goes to the machine: our upload, and its downloads
    traffic_out_per_gb: MicroUsd = FREE
    interruptible: bool = False
    bid_per_hour: MicroUsd = FREE  # of an interruptible one: the machine's part of ``price_per_hour``
    host_id: str = ""  # who rents it out
    machine_id: str = ""  # the computer that it is a part of
    cuda: float = 0.0  # what its driver is good for; 0 = not known
    data_centre: bool = False
    capability: float = 0.0  # see ``Needs.min_capability``; 0 = not known
    full_flops: float = 0.0  # operations a second of one GPU in 32 bits, as the cloud tells them; 0 = not known

    @property
    def country(self) -> str:
        """Two letters; "" = this computer."""
        return self.place.rpartition(",")[2].strip()


class InstanceStatus(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    STOPPED = "stopped"  # its disk still bills
    LOST = "lost"  # the host is silent, or it can never run


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int
    user: str


@dataclass(frozen=True, slots=True)
class Instance:
    """Something rented and billed."""

    instance_id: str
    cloud: str
    label: str
    name: str
    status: InstanceStatus
    price_per_hour: MicroUsd
    rented_at: datetime
    address: Address | None = None  # None while it starts
    host_key: str = ""  # "SHA256:..." as the cloud vouches for it; "" = the cloud does not say
    detail: str = ""  # the provider's own words about the status
    pretend_price: bool = False
    fallback_address: Address | None = None  # another, slower way to the same machine
    disk_per_hour: MicroUsd = FREE  # the disk's part of the price: what a stopped one still costs
    traffic_in_per_gb: MicroUsd = FREE
    traffic_out_per_gb: MicroUsd = FREE
    interruptible: bool = False
    machine_id: str = ""

    @property
    def rate_per_hour(self) -> MicroUsd:
        """What is billed now: of one that is not at work the disk alone."""
        return (
            self.price_per_hour if self.status is InstanceStatus.RUNNING or self.pretend_price else self.disk_per_hour
        )


class Cloud(Protocol):
    """Five verbs, which raise CloudUnreachable (temporary) or CloudRefused, and ``close``."""

    name: str
    may_install: bool
    """Whether packages that are missing may be installed on its machines."""

    @property
    def needs_key(self) -> bool:
        """Whether the person's SSH key is used here; without it a key of this process alone is."""

    def offers(self, needs: Needs) -> Sequence[Offer]:
        """What can be rented now, any order. An empty list means that nothing fits."""

    def rent(self, offer: Offer, label: str, public_key: str) -> Instance:
        """Rent exactly once. Raises OfferGone when somebody was faster.

        A lost answer raises CloudUnreachable: the caller looks for ``label`` in ``instances`` before it asks again.
        """

    def instances(self) -> Sequence[Instance]:
        """Everything on the account, ours and others'."""

    def authorize(self, instance: Instance, public_key: str) -> None:
        """Let this key log in (again): a resumed run may come with another one."""

    def destroy(self, instance_id: str) -> None:
        """Ask for the end of the instance. It is gone only when ``instances`` no longer lists it.

        An instance that is not there any more is no error.
        """

    def close(self) -> None:
        """Let go of connections; what is rented stays rented."""


class ChargeKind(StrEnum):
    MACHINE = "machine"
    DISK = "disk"
    TRAFFIC_IN = "traffic-in"
    TRAFFIC_OUT = "traffic-out"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of the provider's own bill; it may lag behind."""

    instance_id: str
    label: str
    kind: ChargeKind
    amount: MicroUsd
    start: datetime
    end: datetime
    detail: str = ""  # the provider's words: "2.000 hours at $0.360/hour"


@runtime_checkable
class PaidCloud(Cloud, Protocol):
    """A cloud with an account that real money is on. Its verbs raise like those of ``Cloud``."""

    guard_url: str
    """Where the guard on a machine asks for the end of the bill; "" = the provider's usual address."""

    def start(self, instance: Instance) -> None:
        """Ask for one that was stopped to work again. It may take a while, or not come off: its GPU may be taken."""

    def credit(self) -> MicroUsd:
        """What can be spent now; below zero when more was used than there was."""

    def charges(self, since: datetime) -> Sequence[Charge]:
        """What the provider has billed since then, for every instance of the account."""

    def host_key(self, instance: Instance) -> str:
        """Ask the provider for the key that a running instance shows ("SHA256:..."); "" = it does not say.

        May take seconds. Once known, ``instances`` carries it.
        """


PREFIX = "embark-"
"""Every label of ours begins with this; an instance with another label is never touched."""


def find(cloud: Cloud, label: str) -> Instance | None:
    """The instance of this label, if the account lists one."""
    return next((one for one in cloud.instances() if one.label == label), None)


def total_per_hour(instances: Sequence[Instance]) -> MicroUsd:
    return MicroUsd(sum((one.rate_per_hour for one in instances if not one.pretend_price), start=FREE))
