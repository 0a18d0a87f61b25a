"""Machines as they are typically rented, for an idea of time and money before any cloud is asked."""

from __future__ import annotations

from gui.core.cloud.base import Offer
from gui.core.plan.choices import VAST_CLOUD
from gui.core.units import GB, MicroUsd, micro_usd

PRICES = (  # name, memory of one GPU in GB, dollars an hour: the middle of what was asked at Vast.ai in 2026
    ("RTX 3090", 24, "0.17"),
    ("RTX 4090", 24, "0.36"),
    ("RTX 5090", 32, "0.52"),
    ("L40S", 48, "0.60"),
    ("A100", 80, "0.90"),
    ("H100", 80, "1.95"),
    ("H200", 141, "2.40"),
)
DISK_PER_HOUR = MicroUsd(10_000)
TRAFFIC_PER_GB = MicroUsd(3_000)


def _offer(name: str, memory_gb: int, price: str) -> Offer:
    return Offer(
        offer_id="",
        cloud=VAST_CLOUD,
        name=name,
        gpu_count=1,
        vram_bytes=memory_gb * GB,
        cores=8,
        memory_bytes=64 * GB,
        disk_bytes=1000 * GB,
        price_per_hour=MicroUsd(micro_usd(price) + DISK_PER_HOUR),
        reliability=0.995,
        place="?",
        download_bytes_per_s=50e6,
        disk_per_hour=DISK_PER_HOUR,
        traffic_in_per_gb=TRAFFIC_PER_GB,
        traffic_out_per_gb=TRAFFIC_PER_GB,
    )


def card_with(memory_bytes: int) -> str:
    """The name of the cheapest card with so much memory; "" when there is none."""
    able = [card for card in TYPICAL if card.vram_bytes >= memory_bytes]
    return min(able, key=lambda card: card.price_per_hour).name if able else ""


TYPICAL: tuple[Offer, ...] = tuple(_offer(*one) for one in PRICES)
