"""What every cloud can do, and the words for it: Needs, Offer, Instance.

A cloud never retries something that costs money by itself. "Could not list" is an error
(CloudUnreachable), never an empty list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gui.core.units import FREE, MicroUsd


@dataclass(frozen=True, slots=True)
class Needs:
    """What a plan asks of a machine."""

    gpus: tuple[str, ...] = ()  # acceptable names; empty = any
    min_vram_bytes: int = 0
    disk_bytes: int = 0
    max_price_per_hour: MicroUsd | None = None
    min_reliability: float = 0.0  # 0..1


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


PREFIX = "embark-"
"""Every label of ours begins with this; an instance with another label is never touched."""


def find(cloud: Cloud, label: str) -> Instance | None:
    """The instance of this label, if the account lists one."""
    return next((one for one in cloud.instances() if one.label == label), None)


def total_per_hour(instances: Sequence[Instance]) -> MicroUsd:
    return MicroUsd(sum((one.price_per_hour for one in instances if not one.pretend_price), start=FREE))
