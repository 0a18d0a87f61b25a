"""Events of a run, and the one function that folds them into a Snapshot.

    command or step -> Event -> journal -> fold -> Snapshot -> window, command line, tests

A Snapshot is all that a face of the program may look at. Events that are only worth showing (progress, samples)
are folded but not kept: the worker's own file on the machine is read again after a restart.

A run may rent more than one machine, one after the other: each renting is an *attempt*. What belongs to an attempt
(instance, steps, connection) starts afresh with the next; shards that are home stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from gui.core.errors import EmbarkError
from gui.core.plan import Estimate, Plan
from gui.core.result.check import CheckReport
from gui.core.units import FREE, MicroUsd


class Step(StrEnum):
    RENT = "rent"
    CONNECT = "connect"
    PREPARE = "prepare"
    UPLOAD = "upload"
    EMBED = "embed"
    FETCH = "fetch"
    VERIFY = "verify"
    RELEASE = "release"


class StepStatus(StrEnum):
    AHEAD = "ahead"
    ACTIVE = "active"
    WAITING = "waiting"  # a temporary error; tried again at ``retry_at``
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"  # the run was stopped or failed before it


class Heading(StrEnum):
    """Where a run is going. It only ever changes where: the way always leads through fetch and release."""

    FINISH = "finish"
    PAUSE = "pause"  # the worker stopped, the machine kept (and billed)
    STOP = "stop"  # fetch what there is, then release
    FAILED = "failed"  # a permanent error: fetch what there is, then release


class Phase(StrEnum):
    """What a run is now, in one word."""

    GOING = "going"
    PAUSED = "paused"
    ASKING = "asking"  # waits for an answer about Destroy
    KEPT = "kept"  # the person keeps the machine: still billed
    FINISHED = "finished"  # verified, nothing billed
    INCOMPLETE = "incomplete"  # stopped or failed, nothing billed, can be continued


# --- events -----------------------------------------------------------------------------------------------------------


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
    offer_id: str
    name: str


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


class UploadPlanned(Event, frozen=True, tag=True):
    parcels: int
    size_bytes: int


class Uploaded(Event, frozen=True, tag=True):
    """One parcel is on the machine and its hash agrees."""

    key: str
    size_bytes: int


class Launched(Event, frozen=True, tag=True):
    pid: int


class ModelLoaded(Event, frozen=True, tag=True):
    """``recipe`` is the worker's own account of how it makes vectors; the manifest keeps it."""

    device: str
    model: str
    revision: str
    dimensions: int
    load_s: float
    recipe: dict[str, Any]


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
    """Go on after a pause, or after a run ended incomplete."""


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
    """The cloud no longer lists the instance. ``spent`` is what this attempt cost."""

    instance_id: str
    spent: MicroUsd


class Billed(Event, frozen=True, tag=True):
    """What the provider billed for all machines of this run, once its account covers the whole time."""

    amount: MicroUsd


class Ended(Event, frozen=True, tag=True):
    """Nothing is billed any more. ``complete``: verified."""

    complete: bool


# Folded, not kept:


class UploadProgress(Event, frozen=True, tag=True):
    sent_bytes: int  # of this attempt


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


TRANSIENT = (UploadProgress, Progress, Sample, ModelLoading, Tick)

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
    | UploadPlanned
    | Uploaded
    | Launched
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


# --- the snapshot -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepState:
    status: StepStatus = StepStatus.AHEAD
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: EmbarkError | None = None  # why it waits or failed
    tries: int = 0
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rental:
    """The machine of the current attempt, from the moment it is billed until the cloud no longer lists it."""

    cloud: str
    instance_id: str
    label: str
    name: str
    price_per_hour: MicroUsd  # at work
    pretend_price: bool
    rented_at: datetime
    rate_per_hour: MicroUsd  # now
    rate_since: datetime
    accrued: MicroUsd = FREE  # until ``rate_since``
    charged: MicroUsd | None = None  # the provider's own figure, when it gave one
    traffic_in_per_gb: MicroUsd = FREE
    traffic_out_per_gb: MicroUsd = FREE
    interruptible: bool = False  # cheaper, and may be taken away


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the live charts."""

    at: datetime
    vram_used_bytes: int
    vram_total_bytes: int
    memory_used_bytes: int
    memory_total_bytes: int
    utilisation: float  # 0..1; -1 = not known
    disk_free_bytes: int
    disk_total_bytes: int


@dataclass(frozen=True, slots=True)
class RatePoint:
    at: datetime
    rows_per_s: float


@dataclass(frozen=True, slots=True)
class Money:
    """Micro-dollars; ``pretend`` when nobody will ever bill them."""

    so_far: MicroUsd = FREE
    per_hour: MicroUsd = FREE  # 0 = nothing is billed now
    expected: MicroUsd = FREE  # in all, when it goes on like this
    limit: MicroUsd = FREE
    embedding: MicroUsd = FREE  # the part of ``so_far`` while the worker was embedding
    traffic: MicroUsd = FREE  # the part of ``so_far`` that bytes cost, as far as we reckon it ourselves
    provider: MicroUsd | None = None  # of this attempt, by the provider's own account
    pretend: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All there is to show of a run at one moment. Immutable."""

    run_id: str
    plan: Plan
    phase: Phase = Phase.GOING
    heading: Heading = Heading.FINISH
    created_at: datetime | None = None
    ended_at: datetime | None = None
    at: datetime | None = None  # of the last event or tick
    steps: tuple[tuple[Step, StepState], ...] = tuple((step, StepState()) for step in Step)
    attempt: int = 0
    intended_label: str = ""  # a renting whose outcome is not known yet
    offer_id: str = ""  # that the latest intention was about
    shown_price_per_hour: MicroUsd = FREE  # when it was chosen
    rental: Rental | None = None
    lost_offers: tuple[str, ...] = ()
    vouched_host_key: bool | None = None
    pinned_host_key: str = ""
    probe: MachineProbed | None = None
    uploaded: frozenset[str] = frozenset()
    uploaded_bytes: int = 0  # of ``uploaded``
    upload_bytes: int = 0  # and of what is under way
    upload_total_bytes: int = 0
    launched: bool = False  # a worker may have finished shards on this machine that are not home
    made_by: ModelLoaded | None = None  # what made the shards that were home before this attempt began
    model_loaded: ModelLoaded | None = None
    loading_since: datetime | None = None
    rows_done: int = 0
    rows_total: int = 0
    rows_per_s: float = 0.0
    remaining_s: float = -1.0
    images_total: int = 0
    rows_sha256: str = ""
    shards_before: frozenset[int] = frozenset()  # home before this attempt began
    shards_home: frozenset[int] = frozenset()
    shards_total: int = 0
    fetched_bytes: int = 0  # from this attempt's machine
    skipped: int = 0
    points: tuple[Point, ...] = ()
    rates: tuple[RatePoint, ...] = ()
    money: Money = Money()
    budget_warned: bool = False
    guarded: Guarded | None = None
    unguarded_accepted: bool = False  # the person goes on although the guard is not proven
    spent_before: MicroUsd = FREE  # by earlier attempts
    embedding_before: MicroUsd = FREE  # the part of it while embedding
    estimate: Estimate | None = None
    verified: CheckReport | None = None
    unfetched: int = 0  # shards that would be lost at most, while asking about Destroy
    destroy_wanted: bool = False
    destroy_intended: bool = False
    error: EmbarkError | None = None  # the permanent one that made the run fail
    log: tuple[Recorded, ...] = ()  # kept events, oldest first

    def step(self, step: Step) -> StepState:
        return dict(self.steps)[step]

    @property
    def shard_hashes(self) -> dict[int, str]:
        """The SHA-256 of each shard that is home, as it came from the machine."""
        came = (one.event for one in self.log)
        return {one.shard: one.sha256 for one in came if isinstance(one, ShardHome) and one.shard in self.shards_home}

    @property
    def active(self) -> Step | None:
        """The step under way or waiting; of two side by side the first."""
        going = (StepStatus.ACTIVE, StepStatus.WAITING)
        return next((step for step, state in self.steps if state.status in going), None)

    @property
    def billed(self) -> bool:
        """Whether a machine of this run is, or may be, billed right now."""
        return self.rental is not None or bool(self.intended_label)

    @property
    def complete(self) -> bool:
        return self.verified is not None and self.verified.passed

    @property
    def ended(self) -> bool:
        return self.phase in (Phase.FINISHED, Phase.INCOMPLETE)

    @property
    def missing_shards(self) -> frozenset[int]:
        """Shards that are not home. Empty before the items are read, too: see ``rows_sha256``."""
        return frozenset(range(self.shards_total)) - self.shards_home
