"""What the provider knows about money: every creation, and every second and byte that was billed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    GPU = "gpu"
    DISK = "disk"
    DOWN = "bwd"  # into the instance
    UP = "bwu"


@dataclass(frozen=True, slots=True)
class Creation:
    instance_id: int
    label: str
    offer_id: int
    at: float


@dataclass(slots=True)
class Segment:
    """One stretch of one kind at one rate. ``units`` are hours, or gigabytes of traffic."""

    instance_id: int
    kind: Kind
    start: float
    end: float
    units: float
    rate: float

    @property
    def dollars(self) -> float:
        return self.units * self.rate

    def until(self, at: float) -> float:
        """The dollars that fell due until then."""
        if at >= self.end:
            return self.dollars
        length = self.end - self.start
        return self.dollars * max(0.0, at - self.start) / length if length else 0.0


@dataclass
class Ledger:
    creations: list[Creation] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    def bill_time(self, instance_id: int, kind: Kind, start: float, end: float, per_hour: float) -> float:
        """Bills a stretch of time; the dollars."""
        hours = (end - start) / 3600
        for segment in reversed(self.segments):
            if segment.instance_id == instance_id and segment.kind is kind:
                if segment.end == start and segment.rate == per_hour:
                    segment.end, segment.units = end, segment.units + hours
                    return hours * per_hour
                break
        self.segments.append(Segment(instance_id, kind, start, end, hours, per_hour))
        return hours * per_hour

    def bill_traffic(self, instance_id: int, kind: Kind, at: float, size_bytes: int, per_gb: float) -> float:
        self.segments.append(Segment(instance_id, kind, at, at, size_bytes / 1e9, per_gb))
        return self.segments[-1].dollars

    def created(self, label: str) -> list[Creation]:
        """Every instance that was ever created with this label."""
        return [creation for creation in self.creations if creation.label == label]

    def dollars(self, instance_id: int | None = None, kind: Kind | None = None, until: float = float("inf")) -> float:
        return sum(
            segment.until(until)
            for segment in self.segments
            if instance_id in (None, segment.instance_id) and kind in (None, segment.kind)
        )

    def billed_after(self, at: float) -> set[int]:
        """The instances that cost anything after this moment."""
        return {segment.instance_id for segment in self.segments if segment.end > at and segment.dollars > 0}
