"""Events of a run: what happened, as the journal keeps it. ``gui.core.run.fold`` turns them into a Snapshot.

Events that are only worth showing (``TRANSIENT``) are folded but not kept: the worker's own file on the machine is
read again after a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from gui.core.plan import Estimate
from gui.core.result.check import CheckReport
from gui.core.result.manifest import ReceiptCharge
from gui.core.units import FREE, MicroUsd
from remote_worker.protocol import Alarmed, Golden, PrecisionReport, differences


class Step(StrEnum):
    RENT = "rent"
    CONNECT = "connect"
    PREPARE = "prepare"
    UPLOAD = "upload"
    EMBED = "embed"
    FETCH = "fetch"
    VERIFY = "verify"
    RELEASE = "release"


class Event(msgspec.Struct, frozen=True, tag_field="kind"):
    """Base of all events. ``tag`` is the class name."""


class Planned(Event, frozen=True, tag=True):
    plan_toml: str


class DataRead(Event, frozen=True, tag=True):
    """The items were read; from here on they must not change (``rows_sha256``)."""

    items: int
    images: int
    shards_total: int
    rows_sha256: str
    problems: int


class StepStarted(Event, frozen=True, tag=True):
    step: Step


class StepDone(Event, frozen=True, tag=True):
    step: Step


class StepWaiting(Event, frozen=True, tag=True):
    """A temporary error: tried again after ``pause_s``."""

    step: Step
    error: str
    fields: dict[str, Any]
    tries: int
    pause_s: float


class StepFailed(Event, frozen=True, tag=True):
    step: Step
    error: str
    fields: dict[str, Any]


class RentIntended(Event, frozen=True, tag=True):
    """Written before the cloud is asked. ``label`` finds the instance again when the answer is lost."""

    label: str
    offer_id: str
    name: str
    price_per_hour: MicroUsd
    pretend_price: bool
    estimate: Estimate


class OfferLost(Event, frozen=True, tag=True):
    """Somebody was faster; or, with an ``error``, it was rented, was of no use, and went back."""

    offer_id: str
    name: str
    error: str = ""
    fields: dict[str, Any] = {}


class RentUnanswered(Event, frozen=True, tag=True):
    """The cloud never answered, and lists no instance of this label: nothing was rented."""

    label: str


class Rented(Event, frozen=True, tag=True):
    cloud: str
    instance_id: str
    label: str
    name: str
    price_per_hour: MicroUsd
    pretend_price: bool
    rented_at: datetime
    traffic_in_per_gb: MicroUsd = FREE
    traffic_out_per_gb: MicroUsd = FREE
    interruptible: bool = False


class RateChanged(Event, frozen=True, tag=True):
    """The machine is billed at another rate from now on: while it starts, or is stopped, only its disk is."""

    per_hour: MicroUsd
    at_work: bool = True


class Charged(Event, frozen=True, tag=True):
    """What the provider itself has billed for this machine until then; it counts more than our own reckoning."""

    amount: MicroUsd
    until: datetime


class Guarded(Event, frozen=True, tag=True):
    """The guard on the machine: whether it has shown that it can end the bill without this program."""

    proven: bool
    proof: str  # remote_worker.protocol.Proof
    lease_s: float


class BudgetWarned(Event, frozen=True, tag=True):
    """Four fifths of the limit are spent."""


class Connected(Event, frozen=True, tag=True):
    """``vouched``: the cloud itself named the host key; else it was trusted on first use and pinned."""

    host: str
    port: int
    host_key: str
    vouched: bool


class MachineProbed(Event, frozen=True, tag=True):
    python: str
    cores: int
    memory_bytes: int
    disk_free_bytes: int
    gpu: str
    vram_bytes: int


class WeightsThere(Event, frozen=True, tag=True):
    """The model's files are on the machine, whole; ``came_bytes`` of them came over its network."""

    size_bytes: int
    came_bytes: int
    revision: str


class UploadPlanned(Event, frozen=True, tag=True):
    parcels: int
    size_bytes: int


class Uploaded(Event, frozen=True, tag=True):
    """One parcel is on the machine and its hash agrees."""

    key: str
    size_bytes: int


class Launched(Event, frozen=True, tag=True):
    pid: int


INCIDENTAL = ("versions", "device", "precision", "precision_why")
"""What a recipe says without saying which model it is. A GPU of another kind may compute in another precision."""


class ModelLoaded(Event, frozen=True, tag=True):
    """``recipe`` is the worker's own account of how it makes vectors; the manifest keeps it."""

    device: str
    model: str
    revision: str
    dimensions: int
    load_s: float
    recipe: dict[str, Any]

    def changes(self, other: ModelLoaded) -> tuple[str, ...]:
        """Why vectors of this and the other may not stand in one result, in few words; nothing when they may.

        Versions of libraries are not in it: another machine may have others, and its golden check holds rows that are
        home against its own.
        """
        mine, theirs = (
            {"model": one.model, "revision": one.revision, "dimensions": one.dimensions}
            | {key: value for key, value in one.recipe.items() if key not in INCIDENTAL}
            for one in (self, other)
        )
        return differences(mine, theirs)


class GoldenChecked(Event, frozen=True, tag=True):
    """A few items were computed a second time, the slow way, before the work began."""

    report: Golden


class PrecisionReported(Event, frozen=True, tag=True):
    report: PrecisionReport


class AlarmRaised(Event, frozen=True, tag=True):
    """Vectors that look wrong, counted since the worker began."""

    report: Alarmed


class WorkerNoticed(Event, frozen=True, tag=True):
    """What the worker says people should know while it goes on, at the machine's own time."""

    notice: str  # remote_worker.protocol.Notice
    detail: str
    said_at: datetime


class ShardHome(Event, frozen=True, tag=True):
    """One shard is on this computer and its hash agrees."""

    shard: int
    rows: int
    size_bytes: int
    sha256: str
    skipped: int


class ShardLost(Event, frozen=True, tag=True):
    """A shard that was home is damaged or gone; it is fetched, or made, again."""

    shard: int


class Verified(Event, frozen=True, tag=True):
    report: CheckReport


class PauseWanted(Event, frozen=True, tag=True):
    pass


class GoOnWanted(Event, frozen=True, tag=True):
    """Go on after a pause, or after a run ended incomplete; with what the plan did not allow, if the person says so."""

    limit: MicroUsd | None = None
    disk_gb: float | None = None


class Paused(Event, frozen=True, tag=True):
    """The worker has stopped; the machine is kept."""


class LimitReached(Event, frozen=True, tag=True):
    """The limit is spent: the run fetches what there is and ends the bill."""

    spent: MicroUsd


class StopWanted(Event, frozen=True, tag=True):
    pass


class DestroyAsked(Event, frozen=True, tag=True):
    """The run waits for an answer. At most ``unfetched`` shards would be lost."""

    unfetched: int


class DestroyWanted(Event, frozen=True, tag=True):
    """Yes to DestroyAsked. Said before, it spares the question if nothing would be lost."""


class KeepWanted(Event, frozen=True, tag=True):
    """Not now, to DestroyAsked."""


Command = PauseWanted | GoOnWanted | StopWanted | DestroyWanted | KeepWanted
"""What a person may tell a run."""


class DestroyIntended(Event, frozen=True, tag=True):
    instance_id: str


class Destroyed(Event, frozen=True, tag=True):
    """The cloud no longer lists the instance. ``spent`` is what this attempt cost, ``traffic`` the part of it that our
    own bytes did."""

    instance_id: str
    spent: MicroUsd
    traffic: MicroUsd = FREE


class Billed(Event, frozen=True, tag=True):
    """What the provider billed for all machines of this run, once its account covers the whole time."""

    amount: MicroUsd
    lines: tuple[ReceiptCharge, ...] = ()


class Ended(Event, frozen=True, tag=True):
    """Nothing is billed any more. ``complete``: verified."""

    complete: bool


# Folded, not kept:


class UploadProgress(Event, frozen=True, tag=True):
    sent_bytes: int  # of this attempt


class WeightsProgress(Event, frozen=True, tag=True):
    """The model's files on their way to the machine; ``came_bytes`` of what is there came over its network."""

    done_bytes: int
    total_bytes: int
    came_bytes: int
    bytes_per_s: float


class Progress(Event, frozen=True, tag=True):
    rows_done: int
    rows_total: int
    rows_per_s: float
    remaining_s: float  # -1 = not known
    measured_at: datetime | None = None  # by the machine's clock; None = now


class Sample(Event, frozen=True, tag=True):
    vram_used_bytes: int
    vram_total_bytes: int
    memory_used_bytes: int
    memory_total_bytes: int
    utilisation: float
    disk_free_bytes: int
    disk_total_bytes: int
    measured_at: datetime | None = None  # by the machine's clock; None = now


class ModelLoading(Event, frozen=True, tag=True):
    pass


class Tick(Event, frozen=True, tag=True):
    """Time went by: money and lengths of time are reckoned anew."""


TRANSIENT = (UploadProgress, WeightsProgress, Progress, Sample, ModelLoading, Tick)

AnyEvent = (
    Planned
    | DataRead
    | StepStarted
    | StepDone
    | StepWaiting
    | StepFailed
    | RentIntended
    | OfferLost
    | RentUnanswered
    | Rented
    | RateChanged
    | Charged
    | Guarded
    | BudgetWarned
    | LimitReached
    | Connected
    | MachineProbed
    | WeightsThere
    | UploadPlanned
    | Uploaded
    | Launched
    | GoldenChecked
    | PrecisionReported
    | AlarmRaised
    | WorkerNoticed
    | ShardHome
    | ShardLost
    | Verified
    | PauseWanted
    | Paused
    | GoOnWanted
    | StopWanted
    | DestroyAsked
    | DestroyWanted
    | KeepWanted
    | DestroyIntended
    | Destroyed
    | Billed
    | Ended
    | UploadProgress
    | WeightsProgress
    | Progress
    | Sample
    | ModelLoading
    | ModelLoaded
    | Tick
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the journal (0 = not kept) and its time."""

    seq: int
    at: datetime
    event: AnyEvent
