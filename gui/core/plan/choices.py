"""The parts of a Plan, one frozen type for each table of the plan file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gui.core.cloud.base import Needs
from gui.core.dataset import DataSpec
from gui.core.units import GB, MicroUsd

PRACTICE_MODEL = "practice"
SERIES_RECIPE = "series"
SHARD_ROWS = 500
SERIES_SHARD_ROWS = 1000  # prompts are many; a number that all usual counts of output lengths divide
PRACTICE_CLOUD = "practice"
VAST_CLOUD = "vast"
DEFAULT_LIMIT = MicroUsd(5_000_000)
MEGABIT_BYTES = 125_000


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
    precision_report: bool = False  # a sample is computed in full precision as well, and compared

    def for_series(self) -> ModelChoice:
        """What of it a time series heeds: how its prompts are read belongs to them, and all states are kept whole."""
        return ModelChoice(self.name, precision=self.precision, precision_report=self.precision_report)


@dataclass(frozen=True, slots=True)
class MachineChoice:
    cloud: str = PRACTICE_CLOUD
    gpus: tuple[str, ...] = ()
    min_vram_gb: float = 0  # of one GPU; see ``cost.needs`` for what the model takes
    disk_gb: float = 10
    max_price_per_hour: MicroUsd | None = None
    min_reliability: float = 0.99
    offer_id: str = ""  # the row the person clicked; "" = the cheapest
    min_cuda: float = 12.4  # with it comes a torch that knows the newest models
    min_download_mbit: float = 100.0
    countries: tuple[str, ...] = ()  # two letters each; empty = anywhere
    data_centres_only: bool = False
    interruptible: bool = False
    shown_price_per_hour: MicroUsd | None = None  # of that row when Start was clicked; None = nobody was shown one

    def needs(self) -> Needs:
        """What these words alone ask for."""
        return Needs(
            gpus=self.gpus,
            min_vram_bytes=int(self.min_vram_gb * GB),
            disk_bytes=int(self.disk_gb * GB),
            max_price_per_hour=self.max_price_per_hour,
            min_reliability=self.min_reliability,
            min_cuda=self.min_cuda,
            min_download_bytes_per_s=self.min_download_mbit * MEGABIT_BYTES,
            countries=self.countries,
            interruptible=self.interruptible,
            data_centres_only=self.data_centres_only,
        )


@dataclass(frozen=True, slots=True)
class Budget:
    limit: MicroUsd = DEFAULT_LIMIT
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
    shard_rows: int = SHARD_ROWS
