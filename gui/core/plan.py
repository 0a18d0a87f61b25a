"""A Plan: what a person asked for. The wizard and a TOML file are two editors of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gui.core.cloud.base import Needs, Offer
from gui.core.dataset import DataSpec, Report
from gui.core.units import GB, MicroUsd

PRACTICE_MODEL = "practice"


class AtTheEnd(StrEnum):
    ASK = "ask"
    WHEN_VERIFIED = "when_verified"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    name: str = PRACTICE_MODEL
    recipe: str = "official"
    instruction: str = ""
    precision: str = "bf16"
    dimensions: int = 0  # 0 = all the model has
    max_pixels: int = 1_843_200


@dataclass(frozen=True, slots=True)
class MachineChoice:
    cloud: str = "practice"
    gpus: tuple[str, ...] = ()
    min_vram_gb: float = 0
    disk_gb: float = 10
    max_price_per_hour: MicroUsd | None = None
    min_reliability: float = 0.0
    offer_id: str = ""  # the row the person clicked; "" = the cheapest

    def needs(self) -> Needs:
        return Needs(
            gpus=self.gpus,
            min_vram_bytes=int(self.min_vram_gb * GB),
            disk_bytes=int(self.disk_gb * GB),
            max_price_per_hour=self.max_price_per_hour,
            min_reliability=self.min_reliability,
        )


@dataclass(frozen=True, slots=True)
class Budget:
    limit: MicroUsd = MicroUsd(5_000_000)
    lease_minutes: int = 60


@dataclass(frozen=True, slots=True)
class ResultChoice:
    folder: Path = field(default_factory=Path)
    formats: tuple[str, ...] = ("npz",)
    destroy: AtTheEnd = AtTheEnd.ASK


@dataclass(frozen=True, slots=True)
class Plan:
    name: str = ""
    data: DataSpec = field(default_factory=DataSpec)
    model: ModelChoice = field(default_factory=ModelChoice)
    machine: MachineChoice = field(default_factory=MachineChoice)
    budget: Budget = field(default_factory=Budget)
    result: ResultChoice = field(default_factory=ResultChoice)
    shard_rows: int = 500


class Page(StrEnum):
    """The wizard's pages; each problem belongs to one."""

    ITEMS = "items"
    MODEL = "model"
    MACHINE = "machine"
    BUDGET = "budget"
    REVIEW = "review"


class Trouble(StrEnum):
    """What can be wrong with a plan; ``gui.text`` says it and how to mend it."""

    NO_ITEMS = "no-items"
    NOT_READ_YET = "not-read-yet"  # the items are still being read
    ITEMS_FAILED = "items-failed"  # reading raised a DataError; the page shows that
    NOTHING_TO_EMBED = "nothing-to-embed"
    TEMPLATE_BROKEN = "template-broken"
    MODEL_UNKNOWN = "model-unknown"
    MODEL_FOLDER_MISSING = "model-folder-missing"
    PRECISION_UNKNOWN = "precision-unknown"
    DIMENSIONS_WRONG = "dimensions-wrong"
    CLOUD_UNKNOWN = "cloud-unknown"
    NO_OFFER = "no-offer"
    DISK_TOO_SMALL = "disk-too-small"
    LIMIT_TOO_LOW = "limit-too-low"  # below the estimate
    LIMIT_NOT_POSITIVE = "limit-not-positive"
    LEASE_TOO_SHORT = "lease-too-short"
    NO_FOLDER = "no-folder"
    FOLDER_NOT_WRITABLE = "folder-not-writable"
    FOLDER_HAS_RESULT = "folder-has-result"
    LOCAL_DISK_TOO_SMALL = "local-disk-too-small"


@dataclass(frozen=True, slots=True)
class PlanProblem:
    page: Page
    trouble: Trouble
    detail: str = ""


class EstimateLine(StrEnum):
    SETUP = "setup"  # from rent until the worker is loaded
    UPLOAD = "upload"
    EMBED = "embed"
    FETCH = "fetch"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds and money of a run on one offer. Upload runs beside set-up, fetch beside embed; the total knows that."""

    seconds: tuple[tuple[EstimateLine, float], ...]
    costs: tuple[tuple[EstimateLine, MicroUsd], ...]
    total_s: float
    total: MicroUsd
    pretend: bool


def problems(plan: Plan, report: Report | None, offers: tuple[Offer, ...] | None) -> tuple[PlanProblem, ...]:
    """What stands in the way of starting. ``None`` = not known yet."""
    raise NotImplementedError


def estimate(plan: Plan, report: Report, offer: Offer) -> Estimate:
    raise NotImplementedError


def choose(plan: Plan, offers: tuple[Offer, ...], report: Report) -> Offer | None:
    """The offer that was clicked, else the one with the cheapest run; None when none fits."""
    raise NotImplementedError


def to_toml(plan: Plan) -> str:
    raise NotImplementedError


def from_toml(text: str, base: Path) -> Plan:
    """Paths count from ``base``. Raises PlanError (an unknown key names the nearest known one)."""
    raise NotImplementedError
