"""The Snapshot: all that is to be known of a run at one moment, folded from its events.

    command or step -> Event -> journal -> fold -> Snapshot -> window, command line, tests

A run may rent more than one machine, one after the other: each renting is an *attempt*. What belongs to an attempt
(instance, steps, connection) starts afresh with the next; shards that are home stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gui.core.errors import BudgetReached, EmbarkError
from gui.core.plan import Estimate, Plan
from gui.core.result.check import CheckReport
from gui.core.run.events import Guarded, MachineProbed, ModelLoaded, Recorded, ShardHome, Step
from gui.core.units import FREE, MicroUsd
from remote_worker.protocol import Alarmed, Golden, PrecisionReport


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
    weights_bytes: int = 0  # of the model's files, on the machine
    weights_total_bytes: int = 0  # 0 = none are fetched, or not known yet
    weights_came_bytes: int = 0  # over the machine's network
    weights_per_s: float = 0.0  # bytes; 0 = nothing is coming
    holds_shards: bool = False  # the machine may have finished shards that are not home
    made_by: ModelLoaded | None = None  # what made the shards that were home before this attempt began
    model_loaded: ModelLoaded | None = None
    loading_since: datetime | None = None
    golden: Golden | None = None  # of the machine that worked last
    precision: PrecisionReport | None = None
    alarms: tuple[Alarmed, ...] = ()  # of each kind the one about the most rows
    notices: int = 0  # of this machine's worker
    noticed_at: datetime | None = None  # the last, by the machine's clock
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
    dearer_accepted: bool = False  # the person goes on although the machine costs more than was shown
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
    def other_model(self) -> bool:
        """Whether this machine makes vectors that must not stand beside those that are home."""
        before, now = self.made_by, self.model_loaded
        return before is not None and now is not None and bool(before.changes(now))

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
    def limit_is_spent(self) -> bool:
        """Whether it may cost nothing more, unless the person raises the limit."""
        spent = self.money.limit > FREE and self.money.so_far >= self.money.limit
        return spent or isinstance(self.error, BudgetReached)

    @property
    def ended(self) -> bool:
        return self.phase in (Phase.FINISHED, Phase.INCOMPLETE)

    @property
    def goes_on(self) -> bool:
        """Whether it is on its way to the end with the machine that it has, if any."""
        return self.phase is Phase.GOING and self.heading is Heading.FINISH and not self.destroy_intended

    @property
    def closing(self) -> bool:
        """Whether nothing is billed any more, and only the provider's account of it is awaited."""
        return not (self.ended or self.billed) and self.step(Step.RELEASE).status is StepStatus.ACTIVE

    @property
    def missing_shards(self) -> frozenset[int]:
        """Shards that are not home. Empty before the items are read, too: see ``rows_sha256``."""
        return frozenset(range(self.shards_total)) - self.shards_home
