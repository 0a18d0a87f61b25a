"""Vast.ai's words and ours: searches, offers, instances and charges, between its JSON and our types. No calls here.

Units on the wire: memory in MiB, disk in GB, network in megabits a second, prices in dollars, storage a month, compute
capability in hundredths, speed in 10^12 operations of all GPUs. What the provider sends is taken for what it may be:
fields go missing, are null, or of another type.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec

from gui.core.cloud.base import Address, Charge, ChargeKind, Instance, InstanceStatus, Needs, Offer
from gui.core.errors import CloudUnreachable
from gui.core.units import FREE, GB, MicroUsd, micro_usd

logger = logging.getLogger(__name__)

NAME = "vast"
USER = "root"
MIB = 1 << 20
MEGABIT_BYTES_PER_S = 1e6 / 8
HOURS_A_MONTH = 720.0
SMALLEST_DISK_GB = 8
OFFERS = 256  # by the hour: a dearer hour may end the run sooner, and cost less in all
DATA_CENTRE = 1  # a ``hosting_type``
SHORTEST_OFFER_S = 12 * 3600
DETAIL_CHARACTERS = 300
RENTED_AT = "EMBARK_RENTED_AT"
"""An environment variable of our instances: the provider says since when one runs, not when it was rented."""
NOT_YET = datetime.fromtimestamp(0, UTC)

FATAL = (
    "oci runtime create failed",
    "manifest unknown",
    "manifest for",
    "pull access denied",
    "unauthorized",
    "no space left on device",
)
"""In a status message before running: it will never run. Whatever else goes wrong there, the deadline ends."""

KINDS = {
    "gpu": ChargeKind.MACHINE,
    "disk": ChargeKind.DISK,
    "bwd": ChargeKind.TRAFFIC_IN,
    "bwu": ChargeKind.TRAFFIC_OUT,
}

Number = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]  # neither infinite nor none at all

T = TypeVar("T", bound=msgspec.Struct)


class OfferRow(msgspec.Struct):
    id: int
    gpu_name: str
    gpu_ram: Number
    dph_total: Number
    num_gpus: int = 1
    gpu_frac: Number | None = None
    cpu_cores_effective: Number | None = None
    cpu_ram: Number | None = None
    min_bid: Number | None = None
    storage_cost: Number | None = None
    storage_total_cost: Number | None = None
    reliability: Number | None = None
    reliability2: Number | None = None
    inet_down: Number | None = None
    inet_up: Number | None = None
    inet_down_cost: Number | None = None
    inet_up_cost: Number | None = None
    geolocation: str | None = None
    host_id: int | None = None
    machine_id: int | None = None
    cuda_max_good: Number | None = None
    compute_cap: Number | None = None
    total_flops: Number | None = None
    hosting_type: int | None = None


class InstanceRow(msgspec.Struct):
    id: int
    label: str | None = None
    actual_status: str | None = None
    intended_status: str | None = None
    cur_state: str | None = None
    next_state: str | None = None
    status_msg: str | None = None
    gpu_name: str | None = None
    start_date: Number | None = None
    extra_env: Any = None
    dph_base: Number | None = None
    dph_total: Number | None = None
    storage_total_cost: Number | None = None
    inet_down_cost: Number | None = None
    inet_up_cost: Number | None = None
    public_ipaddr: str | None = None
    ports: Any = None
    ssh_host: str | None = None
    ssh_port: int | None = None
    is_bid: bool | None = None
    machine_id: int | None = None


class BareRow(msgspec.Struct):
    """What is left of an instance whose other fields make no sense: it is shown, and can be destroyed."""

    id: int
    label: Any = None


class ChargeItem(msgspec.Struct):
    type: str
    amount: Number
    start: Number
    end: Number
    description: str | None = None


class ChargeRow(msgspec.Struct):
    source: str
    amount: Number
    start: Number
    end: Number
    description: str | None = None
    metadata: dict[str, Any] | None = None
    items: list[ChargeItem] = []


# --- offers -----------------------------------------------------------------------------------------------------------


def search(needs: Needs) -> dict[str, Any]:
    """The body of a search, cheapest first, priced for the disk that is needed."""
    query: dict[str, Any] = {
        "verified": {"eq": True},
        "external": {"eq": False},
        "rentable": {"eq": True},
        "rented": {"eq": False},
        "gpu_arch": {"eq": "nvidia"},
        "cpu_arch": {"eq": "amd64"},
        "direct_port_count": {"gte": 1},
        "duration": {"gte": SHORTEST_OFFER_S},
        "disk_space": {"gte": disk_gb(needs.disk_bytes)},
        "allocated_storage": disk_gb(needs.disk_bytes),
        "type": "bid" if needs.interruptible else "on-demand",
        "order": [["dph_total", "asc"]],
        "limit": OFFERS,
    }
    if needs.gpus:
        query["gpu_name"] = {"in": list(needs.gpus)}
    if needs.min_vram_bytes:
        query["gpu_ram"] = {"gte": math.ceil(needs.min_vram_bytes / MIB)}
    if needs.max_price_per_hour is not None:
        query["dph_total"] = {"lte": needs.max_price_per_hour / 1e6}
    if needs.min_reliability:
        query["reliability"] = {"gte": needs.min_reliability}
    if needs.min_cuda:
        query["cuda_max_good"] = {"gte": needs.min_cuda}
    if needs.min_capability:
        query["compute_cap"] = {"gte": round(needs.min_capability * 100)}
    if needs.min_download_bytes_per_s:
        query["inet_down"] = {"gte": needs.min_download_bytes_per_s / MEGABIT_BYTES_PER_S}
    if needs.data_centres_only:
        query["datacenter"] = {"eq": True}
    if needs.countries:
        query["geolocation"] = {"in": list(needs.countries)}
    return query


def disk_gb(size_bytes: int) -> int:
    """The disk to rent: it can never grow."""
    return max(SMALLEST_DISK_GB, math.ceil(size_bytes / GB))


def offers(rows: Sequence[Any], needs: Needs) -> tuple[Offer, ...]:
    """A row that makes no sense is left out."""
    read = (_read(row, OfferRow) for row in rows)
    return tuple(_offer(row, needs) for row in read if row and row.dph_total > 0)


def _offer(row: OfferRow, needs: Needs) -> Offer:
    gigabytes = disk_gb(needs.disk_bytes)
    disk = row.storage_total_cost
    if disk is None:
        disk = (row.storage_cost or 0.0) * gigabytes / HOURS_A_MONTH
    bid = row.min_bid if needs.interruptible else None
    return Offer(
        offer_id=str(row.id),
        cloud=NAME,
        name=row.gpu_name.replace("_", " "),
        gpu_count=row.num_gpus,
        vram_bytes=int(row.gpu_ram * MIB),
        cores=max(1, int(row.cpu_cores_effective or 1)),
        memory_bytes=int((row.cpu_ram or 0.0) * min(1.0, row.gpu_frac or 1.0) * MIB),
        disk_bytes=gigabytes * GB,
        price_per_hour=micro_usd(row.dph_total if bid is None else bid + disk),
        reliability=row.reliability or row.reliability2 or 0.0,
        place=(row.geolocation or "").strip() or "?",
        download_bytes_per_s=(row.inet_down or 0.0) * MEGABIT_BYTES_PER_S,
        upload_bytes_per_s=(row.inet_up or 0.0) * MEGABIT_BYTES_PER_S,
        disk_per_hour=micro_usd(disk),
        traffic_in_per_gb=micro_usd(row.inet_down_cost or 0.0),
        traffic_out_per_gb=micro_usd(row.inet_up_cost or 0.0),
        interruptible=needs.interruptible,
        bid_per_hour=FREE if bid is None else micro_usd(bid),
        host_id=_id(row.host_id),
        machine_id=_id(row.machine_id),
        cuda=row.cuda_max_good or 0.0,
        data_centre=row.hosting_type == DATA_CENTRE,
        capability=max(0.0, row.compute_cap or 0.0) / 100,
        full_flops=max(0.0, row.total_flops or 0.0) * 1e12 / max(1, row.num_gpus),
    )


# --- instances --------------------------------------------------------------------------------------------------------


def instance(content: Any) -> Instance:
    """One row of the list; one that makes no sense becomes an instance of which nothing but its number is known.

    ``rented_at`` of one that is not ours is NOT_YET before it first ran.

    Raises CloudUnreachable when not even that is there: a list with holes is no list.
    """
    row = _read(content, InstanceRow)
    if row is None:
        bare = _read(content, BareRow)
        if bare is None:
            raise CloudUnreachable(cloud=NAME, detail="an instance without a number is listed")
        row = InstanceRow(
            id=bare.id, label=bare.label if isinstance(bare.label, str) else None, actual_status="unreadable"
        )
    state = status(row)
    direct, proxy = _direct(row), _address(row.ssh_host, row.ssh_port)
    disk = micro_usd(row.storage_total_cost or 0.0)
    whole = row.dph_total if row.dph_total is not None else (row.dph_base or 0.0) + (row.storage_total_cost or 0.0)
    billed_whole = state in (InstanceStatus.STARTING, InstanceStatus.RUNNING) or row.actual_status == "frozen"
    return Instance(
        instance_id=str(row.id),
        cloud=NAME,
        label=row.label or "",
        name=(row.gpu_name or "").replace("_", " "),
        status=state,
        price_per_hour=micro_usd(whole) if billed_whole else disk,
        rented_at=_rented_at(row),
        address=(direct or proxy) if state is InstanceStatus.RUNNING else None,
        fallback_address=proxy if direct and state is InstanceStatus.RUNNING else None,
        detail=" ".join((row.status_msg or row.actual_status or "").split())[:DETAIL_CHARACTERS],
        disk_per_hour=disk,
        traffic_in_per_gb=micro_usd(row.inet_down_cost or 0.0),
        traffic_out_per_gb=micro_usd(row.inet_up_cost or 0.0),
        interruptible=bool(row.is_bid),
        machine_id=_id(row.machine_id),
    )


def rented(offer: Offer, instance_id: str, label: str, rented_at: datetime) -> Instance:
    """What has just been rented."""
    return Instance(
        instance_id=instance_id,
        cloud=NAME,
        label=label,
        name=offer.name,
        status=InstanceStatus.STARTING,
        price_per_hour=offer.price_per_hour,
        rented_at=rented_at,
        disk_per_hour=offer.disk_per_hour,
        traffic_in_per_gb=offer.traffic_in_per_gb,
        traffic_out_per_gb=offer.traffic_out_per_gb,
        interruptible=offer.interruptible,
        machine_id=offer.machine_id,
    )


def _rented_at(row: InstanceRow) -> datetime:
    try:
        said = datetime.fromisoformat(dict(row.extra_env)[RENTED_AT])
    except (TypeError, ValueError, KeyError):
        return _moment(row.start_date)
    return said if said.tzinfo else _moment(row.start_date)


def status(row: InstanceRow) -> InstanceStatus:
    """What the four states and the message together mean."""
    actual, message = row.actual_status or "", (row.status_msg or "").lower()
    if {row.intended_status, row.cur_state, row.next_state} == {"stopped"}:
        return InstanceStatus.STOPPED  # also when nobody here asked: outbid, out of credit, or the contract is over
    if actual == "running":
        reachable = _direct(row) or _address(row.ssh_host, row.ssh_port)
        return InstanceStatus.RUNNING if reachable else InstanceStatus.STARTING
    if actual in ("stopped", "frozen"):
        return InstanceStatus.STOPPED
    if actual in ("exited", "offline", "unknown"):
        return InstanceStatus.LOST  # none of these gets to running by itself
    if any(words in message for words in FATAL):
        return InstanceStatus.LOST
    return InstanceStatus.STARTING


def _direct(row: InstanceRow) -> Address | None:
    try:
        port = row.ports["22/tcp"][0]["HostPort"]
    except (TypeError, KeyError, IndexError):
        return None
    return _address(row.public_ipaddr, port)


def _address(host: str | None, port: Any) -> Address | None:
    host = (host or "").strip()
    try:
        number = int(port)
    except (TypeError, ValueError):
        return None
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", host) or not 0 < number < 1 << 16:
        return None
    return Address(host, number, USER)


# --- charges ----------------------------------------------------------------------------------------------------------


def charges(rows: Sequence[Any]) -> tuple[Charge, ...]:
    """A line for each kind; a row without kinds is one line."""
    found = []
    for content in rows:
        row = _read(content, ChargeRow)
        if row is None or not row.source.startswith("instance-"):
            continue
        whole = ChargeItem("", row.amount, row.start, row.end, row.description)
        label = (row.metadata or {}).get("label")
        for item in row.items or [whole]:
            found.append(
                Charge(
                    instance_id=row.source.removeprefix("instance-"),
                    label=label if isinstance(label, str) else "",
                    kind=KINDS.get(item.type, ChargeKind.OTHER),
                    amount=micro_usd(item.amount),
                    start=_moment(item.start),
                    end=_moment(item.end),
                    detail=(item.description or "")[:DETAIL_CHARACTERS],
                )
            )
    return tuple(found)


def _read(content: Any, kind: type[T]) -> T | None:
    try:
        return msgspec.convert(content, kind, strict=False)
    except msgspec.ValidationError as other:
        logger.warning("a %s that makes no sense: %s", kind.__name__, other)
        return None


def _moment(seconds: float | None) -> datetime:
    try:
        return datetime.fromtimestamp(seconds or 0.0, UTC)
    except (ValueError, OverflowError, OSError):
        return NOT_YET


def _id(number: int | None) -> str:
    return "" if number is None else str(number)


def dollars(amount: MicroUsd) -> float:
    return amount / 1e6
