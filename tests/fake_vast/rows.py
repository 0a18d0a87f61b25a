"""Instances and charges as the provider words them."""

from __future__ import annotations

import json
import secrets
from typing import Any

from tests.fake_vast.ledger import Kind, Ledger
from tests.fake_vast.offers import Row
from tests.fake_vast.world import Instance, Key

COPIED = (
    "machine_id", "host_id", "bundle_id", "gpu_name", "gpu_arch", "gpu_ram", "gpu_frac", "gpu_lanes", "gpu_mem_bw",
    "num_gpus", "bw_nvlink", "cpu_arch", "cpu_name", "cpu_cores", "cpu_cores_effective", "cpu_ram", "cuda_max_good",
    "driver_version", "compute_cap", "disk_name", "disk_bw", "inet_up", "inet_down", "inet_up_cost", "inet_down_cost",
    "internet_up_cost_per_tb", "internet_down_cost_per_tb", "direct_port_count", "static_ip", "geolocation",
    "verification", "rentable", "hosting_type", "min_bid", "is_bid", "dph_base", "dph_total", "storage_cost",
    "storage_total_cost", "search", "reliability2", "dlperf", "score", "total_flops", "mobo_name", "os_version",
    "pci_gen", "pcie_bw", "external", "webpage", "logo",
)  # fmt: skip


def instance_row(instance: Instance, now: float) -> Row:
    """One object of the list. ``ports`` and the address are there only while it runs."""
    runs = instance.actual == "running"
    runtype = str(instance.asked.get("runtype") or "ssh")
    direct = {"dead": instance.dead_port, "none": 0}.get(instance.boot.direct, instance.direct_port)
    published = runs and "ssh_direc" in runtype and direct
    row: Row = {name: instance.offer.get(name) for name in COPIED}
    row.update(
        id=instance.instance_id,
        actual_status=instance.actual,
        intended_status=instance.intended,
        cur_state=instance.current,
        next_state=instance.following,
        status_msg=instance.message,
        label=instance.label,
        image_uuid=instance.asked.get("image"),
        image_args=[],
        image_runtype=runtype,
        template_id=None,
        template_hash_id=None,
        template_name=None,
        extra_env=[[name, value] for name, value in dict(instance.asked.get("env") or {}).items()],
        onstart=instance.asked.get("onstart"),
        jupyter_token=secrets.token_hex(32),
        ssh_host=instance.proxy_host,
        ssh_port=instance.proxy_port,
        ssh_idx=str(instance.proxy_port % 10),
        machine_dir_ssh_port=instance.proxy_port + 1,
        public_ipaddr=f"{instance.host}\n" if runs else None,
        local_ipaddrs="172.17.0.2 \n",
        direct_port_start=direct if published else -1,
        direct_port_end=direct if published else -1,
        ports={"22/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(direct)}]} if published else None,
        start_date=instance.started_at,
        end_date=instance.ends_at,
        uptime_mins=(now - instance.running_at) / 60 if runs and instance.running_at else None,
        duration=now - instance.created_at,
        disk_space=instance.disk_gb,
        disk_usage=1.5 if runs else -1,
        disk_util=0.03 if runs else -1,
        gpu_totalram=instance.offer["gpu_ram"] * instance.offer["num_gpus"],
        gpu_util=0.0 if runs else None,
        gpu_temp=41.0 if runs else None,
        cpu_util=0.02,
        mem_usage=None,
        mem_limit=None,
        vmem_usage=None,
        instance={
            "gpuCostPerHour": instance.gpu_per_hour if runs else 0.0,
            "diskHour": instance.disk_per_hour,
            "totalHour": instance.rate,
            "discountTotalHour": 0,
            "discountedTotalPerHour": instance.rate,
        },
        time_remaining="",
        time_remaining_isbid="",
        country_code=None,
        volume_info=[],
        credit_balance=None,
    )
    return row


def ssh_keys_text(keys: list[Key]) -> str:
    """An instance's keys: a list, as JSON, in a string."""
    return json.dumps([{"id": key.key_id, "name": f"key-{key.key_id}", "public_key": key.public} for key in keys])


def charge_rows(ledger: Ledger, labels: dict[int, str], since: float, until: float) -> list[Row]:
    """What each instance cost between two moments, with a line for each kind; rounded as the provider rounds."""
    rows: list[Row] = []
    for number in sorted({segment.instance_id for segment in ledger.segments}):
        items = [
            item for kind in Kind if (item := _charge_item(ledger, number, kind, since, until))["amount"] > 0
        ]  # fmt: skip
        if not items:
            continue
        start, end = min(item["start"] for item in items), max(item["end"] for item in items)
        metadata: dict[str, Any] = {"label": labels[number]} if labels.get(number) else {}
        rows.append(
            {
                "start": start,
                "end": end,
                "type": "instance",
                "source": f"instance-{number}",
                "description": f"Instance {number} Charges - {(end - start) / 86400:.0f} days",
                "amount": round(sum(item["amount"] for item in items), 3),
                "metadata": metadata,
                "items": items,
            }
        )
    return rows


def _charge_item(ledger: Ledger, number: int, kind: Kind, since: float, until: float) -> Row:
    parts = [part for part in ledger.segments if part.instance_id == number and part.kind is kind]
    amount = sum(part.until(until) - part.until(since) for part in parts)
    rate = parts[-1].rate if parts else 0.0
    units = amount / rate if rate else 0.0
    timed = kind in (Kind.GPU, Kind.DISK)
    return {
        "start": int(max(since, min((part.start for part in parts), default=since))),
        "end": int(min(until, max((part.end for part in parts), default=until))),
        "type": str(kind),
        "source": None,
        "description": f"{units:.3f} hours at ${rate:.3f}/hour" if timed else f"{units:.3f} GB at ${rate:.3f}/GB",
        "amount": round(amount, 3),
        "metadata": {},
        "items": [],
    }
