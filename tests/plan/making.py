"""Plans, reports and offers for the tests of planning."""

from pathlib import Path

from gui.core.cloud.base import Offer
from gui.core.dataset import DataSpec, Report
from gui.core.plan import Budget, MachineChoice, ModelChoice, Plan, ResultChoice
from gui.core.units import GB, micro_usd


def a_plan(folder: Path, **changes: object) -> Plan:
    """A plan without problems, on this computer."""
    parts: dict[str, object] = {
        "name": "Sample items",
        "data": DataSpec(items=(str(folder / "items.json"),)),
        "model": ModelChoice(),
        "machine": MachineChoice(),
        "budget": Budget(),
        "result": ResultChoice(folder=folder / "result"),
    }
    return Plan(**(parts | changes))  # type: ignore[arg-type]


def an_offer(**changes: object) -> Offer:
    parts: dict[str, object] = {
        "offer_id": "practice",
        "cloud": "practice",
        "name": "This computer",
        "gpu_count": 0,
        "vram_bytes": 0,
        "cores": 4,
        "memory_bytes": 16 * GB,
        "disk_bytes": 100 * GB,
        "price_per_hour": micro_usd("0.10"),
        "reliability": 1.0,
        "place": "",
        "download_bytes_per_s": 1e9,
        "pretend_price": True,
    }
    return Offer(**(parts | changes))  # type: ignore[arg-type]


def a_gpu(name: str, price: str, **changes: object) -> Offer:
    parts: dict[str, object] = {
        "offer_id": f"{name} {price}",
        "cloud": "vast",
        "name": name,
        "gpu_count": 1,
        "vram_bytes": 24 * GB,
        "place": "Hanoi, VN",
        "price_per_hour": micro_usd(price),
        "reliability": 0.995,
        "download_bytes_per_s": 100e6,
        "pretend_price": False,
    }
    return an_offer(**(parts | changes))


A_REPORT = Report(files=4, items=240, characters=24_000, images_claimed=121, images_found=118, upload_bytes=2_000_000)
EXAM_BANK = Report(
    files=18,
    items=176_443,
    characters=176_443 * 160,
    images_claimed=45_368,
    images_found=41_322,
    picture_tokens=((1024, 41_322),),  # a megapixel each
    upload_bytes=2_100_000_000,
)
