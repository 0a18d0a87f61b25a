"""Offers as the provider words them, and its search: operators, units, on-demand and bid prices."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

Row = dict[str, Any]

HOURS_A_MONTH = 720.0
NOT_FILTERS = {"order", "type", "limit", "allocated_storage", "disable_bundling"}
TYPES = {"on-demand", "ondemand", "bid", "reserved"}
DEFAULT_STORAGE_GB = 8.0

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, wanted: value in wanted,
    "notin": lambda value, wanted: value not in wanted,
    "nin": lambda value, wanted: value not in wanted,
}


class BadQuery(Exception):
    """A search that the provider answers with 400; its text is the ``msg``."""


def offer_row(offer_id: int, **other: Any) -> Row:
    """One offer with every documented field: an RTX 4090 in Hanoi unless told otherwise."""
    row: Row = {
        "id": offer_id,
        "ask_contract_id": offer_id,
        "bundle_id": 700_000 + offer_id,
        "machine_id": 20_000 + offer_id,
        "host_id": 3_000 + offer_id,
        "gpu_name": "RTX 4090",
        "gpu_arch": "nvidia",
        "num_gpus": 1,
        "gpu_ram": 24564,
        "gpu_frac": 1.0,
        "gpu_lanes": 16,
        "gpu_mem_bw": 888.8,
        "gpu_max_power": 450,
        "gpu_max_temp": 90,
        "gpu_display_active": False,
        "compute_cap": 890,
        "cuda_max_good": 12.8,
        "driver_version": "570.86.15",
        "cpu_name": "AMD EPYC 7443 24-Core Processor",
        "cpu_arch": "amd64",
        "cpu_cores": 48,
        "cpu_cores_effective": 12.0,
        "cpu_ghz": 2.85,
        "cpu_ram": 64422,
        "has_avx": 1,
        "disk_space": 812.4,
        "disk_name": "Samsung SSD 990",
        "disk_bw": 2345.6,
        "inet_down": 812.5,
        "inet_up": 640.0,
        "inet_down_cost": 0.002,
        "inet_up_cost": 0.003,
        "internet_down_cost_per_tb": 2.0,
        "internet_up_cost_per_tb": 3.0,
        "storage_cost": 0.15,
        "dph_base": 0.36,
        "min_bid": 0.12,
        "reliability": 0.9963,
        "reliability2": 0.9963,
        "expected_reliability": 0.99,
        "verification": "verified",
        "rentable": True,
        "rented": False,
        "external": None,
        "hosting_type": 0,
        "direct_port_count": 42,
        "static_ip": True,
        "public_ipaddr": "203.0.113.42",
        "geolocation": "Hanoi, VN",
        "duration": 2_592_000.0,
        "end_date": None,
        "dlperf": 95.1,
        "score": 312.4,
        "total_flops": 81.4,
        "pci_gen": 4.0,
        "pcie_bw": 23.4,
        "bw_nvlink": 0,
        "mobo_name": "ROMED8-2T",
        "os_version": "22.04",
        "vms_enabled": False,
        "resource_type": "gpu",
        "is_bid": False,
        "webpage": None,
        "logo": "/static/logos/vastai_small2.png",
        "credit_discount_max": 0.0,
        "discount_rate": 0.0,
    }
    row.update(other)
    row["gpu_total_ram"] = row["gpu_ram"] * row["num_gpus"]
    return row


def disk_per_hour(row: Row, gigabytes: float) -> float:
    return float(row["storage_cost"]) * gigabytes / HOURS_A_MONTH


def priced(row: Row, gigabytes: float, *, bid: bool) -> Row:
    """The offer as a search shows it: with the price of this much disk."""
    base = row["min_bid"] if bid else row["dph_base"]
    disk = disk_per_hour(row, gigabytes)
    costs = {
        "gpuCostPerHour": base,
        "diskHour": disk,
        "totalHour": base + disk,
        "discountTotalHour": 0,
        "discountedTotalPerHour": base + disk,
    }
    return {
        **row,
        "is_bid": bid,
        "dph_base": base,
        "dph_total": base + disk,
        "discounted_dph_total": base + disk,
        "storage_total_cost": disk,
        "search": costs,
        "instance": {**costs, "gpuCostPerHour": 0, "totalHour": 0, "discountedTotalPerHour": 0},
    }


def search(rows: list[Row], query: Mapping[str, Any]) -> list[Row]:
    """What the search answers. Raises BadQuery."""
    kind = query.get("type", "on-demand")
    if kind not in TYPES:
        raise BadQuery(f"{kind} is not a valid type")
    gigabytes = float(query.get("allocated_storage") or DEFAULT_STORAGE_GB)
    shown = [priced(row, gigabytes, bid=kind == "bid") for row in rows]
    filters = {"rentable": {"eq": True}, "verified": {"eq": True}}
    filters.update({name: wanted for name, wanted in query.items() if name not in NOT_FILTERS})
    found = [row for row in shown if all(fits(row, name, wanted) for name, wanted in filters.items())]
    for name, direction in reversed(query.get("order") or [["score", "desc"]]):
        found.sort(key=lambda row: (row.get(name) is None, row.get(name)), reverse=direction == "desc")
    return found[: int(query.get("limit") or 64)]


def fits(row: Row, name: str, wanted: Any) -> bool:
    """Whether one filter lets this row pass. Raises BadQuery."""
    if name == "verified":
        value: Any = row["verification"] == "verified"
    elif name == "external":
        value = bool(row["external"])
    elif name == "datacenter":
        value = row["hosting_type"] == 1
    elif name == "geolocation":
        value = str(row["geolocation"]).rpartition(", ")[2]
    elif name in row:
        value = row[name]
    else:
        raise BadQuery(f"Error in query parameters: {name} is not a valid search key")
    return holds(value, wanted, name)


def holds(value: Any, wanted: Any, name: str) -> bool:
    """Whether a value passes ``{op: wanted, ...}``; a bare value means eq. Raises BadQuery."""
    operators = wanted if isinstance(wanted, dict) else {"eq": wanted}
    for name_of, against in operators.items():
        if name_of not in OPERATORS:
            raise BadQuery(f"Error in query parameters: {name_of} is not a valid operator for {name}")
        spaced = name == "gpu_name"
        several = isinstance(against, list)
        against = [_like(value, one, spaced) for one in against] if several else _like(value, against, spaced)
        if value is None and name_of in ("gt", "gte", "lt", "lte"):
            return False
        if not OPERATORS[name_of](value, against):
            return False
    return True


def _like(value: Any, wanted: Any, spaced: bool) -> Any:
    """What is wanted, as the stored value is written: the vendor's client sends numbers and "true" as text."""
    if not isinstance(wanted, str):
        return wanted
    if isinstance(value, bool):
        return wanted.lower() == "true"
    if isinstance(value, int | float):
        return float(wanted)
    return wanted.replace("_", " ") if spaced else wanted
