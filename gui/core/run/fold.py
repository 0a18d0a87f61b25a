"""fold: Snapshot + event -> Snapshot. The only place where what happened becomes what is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from gui.core.errors import BudgetReached, EmbarkError, GuardUnproven, PriceChanged
from gui.core.plan import Plan, from_toml
from gui.core.run import events as e
from gui.core.run.events import Recorded, Step
from gui.core.run.spend import at_rate, embedding_cost, meter
from gui.core.run.state import Heading, Phase, Point, RatePoint, Rental, Snapshot, StepState, StepStatus
from gui.core.units import MicroUsd

T = TypeVar("T")

MAX_POINTS = 600
"""Points a chart keeps; beyond that every other one of the older half goes."""


OF_A_RENTING = (
    e.RentIntended,
    e.OfferLost,
    e.RentUnanswered,
    e.Rented,
    e.Connected,
    e.RateChanged,
    e.Charged,
    e.DestroyIntended,
    e.Destroyed,
)


def fold_all(run_id: str, events: list[Recorded]) -> Snapshot:
    """A run as its journal tells it. The first event is Planned."""
    snapshot = Snapshot(run_id=run_id, plan=Plan())
    for recorded in events:
        snapshot = _happened(snapshot, recorded)
    return _reckoned(snapshot)


def fold(snapshot: Snapshot, recorded: Recorded) -> Snapshot:
    """The snapshot after an event. Pure: the time comes with the event."""
    return _reckoned(_happened(snapshot, recorded))


def _reckoned(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, money=meter(snapshot, snapshot.at)) if snapshot.at else snapshot


def _happened(snapshot: Snapshot, recorded: Recorded) -> Snapshot:
    event = recorded.event
    log = (*snapshot.log, recorded) if recorded.seq else snapshot.log
    snapshot = replace(snapshot, at=recorded.at, log=log)
    if isinstance(event, e.StepStarted | e.StepDone | e.StepWaiting | e.StepFailed):
        return _stepped(snapshot, recorded)
    if isinstance(event, OF_A_RENTING):
        return _rented(snapshot, recorded)
    if isinstance(event, e.Command | e.Paused):
        return _commanded(snapshot, recorded)
    if isinstance(event, e.TRANSIENT):
        return _watched(snapshot, recorded)
    return _advanced(snapshot, recorded)


def heeds(snapshot: Snapshot, command: e.Command) -> bool:
    """Whether a command changes anything now. One that comes twice, too late or out of place does not."""
    match command:
        case e.GoOnWanted():
            return snapshot.phase is Phase.INCOMPLETE or not (snapshot.ended or snapshot.heading is Heading.FINISH)
        case e.PauseWanted():
            under_way = snapshot.phase is Phase.GOING and snapshot.step(Step.RELEASE).status is StepStatus.AHEAD
            return under_way and snapshot.heading is Heading.FINISH
        case e.StopWanted():
            under_way = snapshot.phase in (Phase.GOING, Phase.PAUSED) and not _is_the_last(snapshot)
            return under_way and snapshot.heading in (Heading.FINISH, Heading.PAUSE)
        case e.DestroyWanted():
            return not (snapshot.ended or snapshot.destroy_wanted or snapshot.destroy_intended)
        case e.KeepWanted():
            return snapshot.phase is Phase.ASKING


def _is_the_last(snapshot: Snapshot) -> bool:
    """Whether a machine is being destroyed after which no other is rented."""
    ends = snapshot.destroy_wanted or snapshot.complete or snapshot.heading is not Heading.FINISH
    return snapshot.destroy_intended and ends


def _with_step(snapshot: Snapshot, step: Step, state: StepState) -> Snapshot:
    return replace(snapshot, steps=tuple((one, state if one is step else old) for one, old in snapshot.steps))


def _stepped(snapshot: Snapshot, recorded: Recorded) -> Snapshot:
    event, at = recorded.event, recorded.at
    assert isinstance(event, e.StepStarted | e.StepDone | e.StepWaiting | e.StepFailed)
    old = snapshot.step(event.step)
    started_at = old.started_at or at
    if isinstance(event, e.StepStarted):
        snapshot = replace(snapshot, holds_shards=snapshot.holds_shards or event.step is Step.EMBED)
        return _with_step(snapshot, event.step, StepState(StepStatus.ACTIVE, started_at))
    if isinstance(event, e.StepDone):
        snapshot = replace(snapshot, holds_shards=snapshot.holds_shards and event.step is not Step.FETCH)
        return _with_step(snapshot, event.step, StepState(StepStatus.DONE, started_at, at))
    error = EmbarkError.from_record(event.error, event.fields)
    if isinstance(event, e.StepWaiting):
        retry_at = at + timedelta(seconds=event.pause_s)
        waiting = StepState(StepStatus.WAITING, started_at, None, error, event.tries, retry_at)
        return _with_step(snapshot, event.step, waiting)
    snapshot = _with_step(snapshot, event.step, StepState(StepStatus.FAILED, started_at, at, error))
    first = snapshot.error if snapshot.heading is Heading.FAILED else error
    heading = snapshot.heading if snapshot.heading is Heading.STOP else Heading.FAILED
    return replace(snapshot, heading=heading, error=first, phase=Phase.GOING)


def _rented(snapshot: Snapshot, recorded: Recorded) -> Snapshot:
    event, at = recorded.event, recorded.at
    match event:
        case e.RentIntended():
            return replace(
                snapshot,
                intended_label=event.label,
                offer_id=event.offer_id,
                shown_price_per_hour=event.price_per_hour,
                estimate=event.estimate,
                attempt=snapshot.attempt + 1,
                money=replace(snapshot.money, pretend=event.pretend_price),
            )
        case e.OfferLost():
            return replace(snapshot, intended_label="", lost_offers=(*snapshot.lost_offers, event.offer_id))
        case e.RentUnanswered():
            return replace(snapshot, intended_label="")
        case e.Rented():
            rental = Rental(
                event.cloud,
                event.instance_id,
                event.label,
                event.name,
                event.price_per_hour,
                event.pretend_price,
                event.rented_at,
                rate_per_hour=event.price_per_hour,
                rate_since=event.rented_at,
                traffic_in_per_gb=event.traffic_in_per_gb,
                traffic_out_per_gb=event.traffic_out_per_gb,
                interruptible=event.interruptible,
            )
            return replace(
                snapshot,
                intended_label="",
                rental=rental,
                shards_before=snapshot.shards_home,
                made_by=(snapshot.model_loaded or snapshot.made_by) if snapshot.shards_home else None,
                model_loaded=None,
                probe=None,
                points=(),
            )
        case e.Connected():
            pinned = snapshot.pinned_host_key if event.vouched else event.host_key
            return replace(snapshot, vouched_host_key=event.vouched, pinned_host_key=pinned)
        case e.RateChanged() if snapshot.rental:
            return replace(snapshot, rental=at_rate(snapshot.rental, event.per_hour, at))
        case e.Charged() if snapshot.rental:
            since = max(event.until, snapshot.rental.rented_at)
            rental = replace(snapshot.rental, accrued=event.amount, charged=event.amount, rate_since=min(since, at))
            return replace(snapshot, rental=rental)
        case e.RateChanged() | e.Charged():
            return snapshot  # of a machine that is gone
        case e.DestroyIntended():
            return replace(_rests(snapshot, at), destroy_intended=True, phase=Phase.GOING)
        case e.Destroyed():
            return replace(
                snapshot,
                spent_before=MicroUsd(snapshot.spent_before + event.spent),
                embedding_before=MicroUsd(snapshot.embedding_before + embedding_cost(snapshot, at)),
                rental=None,
                intended_label="",
                destroy_intended=False,
                pinned_host_key="",
                vouched_host_key=None,
                holds_shards=False,
                uploaded=frozenset(),
                uploaded_bytes=0,
                upload_bytes=0,
                weights_bytes=0,
                weights_total_bytes=0,
                weights_came_bytes=0,
                weights_per_s=0.0,
                rows_done=_rows_home(snapshot),
                rows_per_s=0.0,
                remaining_s=-1.0,
                fetched_bytes=0,
                guarded=None,
                unguarded_accepted=False,
                dearer_accepted=False,
                notices=0,
                noticed_at=None,
                steps=_afresh(snapshot),
            )
    raise AssertionError(event)


def _afresh(snapshot: Snapshot) -> tuple[tuple[Step, StepState], ...]:
    """The steps when a machine is given back before its time: the next one begins from the beginning."""
    if snapshot.heading is not Heading.FINISH or not snapshot.missing_shards:
        return snapshot.steps
    return tuple((step, StepState()) for step, _ in snapshot.steps)


def _commanded(snapshot: Snapshot, recorded: Recorded) -> Snapshot:
    event, at = recorded.event, recorded.at
    match event:
        case e.PauseWanted():
            return replace(snapshot, heading=Heading.PAUSE)
        case e.Paused():
            return replace(_rests(snapshot, at), phase=Phase.PAUSED)
        case e.StopWanted():
            return replace(snapshot, heading=Heading.STOP, phase=Phase.GOING)
        case e.DestroyWanted():
            heading = Heading.STOP if snapshot.heading is Heading.PAUSE else snapshot.heading
            return replace(snapshot, destroy_wanted=True, heading=heading, phase=Phase.GOING)
        case e.KeepWanted():
            return replace(snapshot, phase=Phase.KEPT)
        case e.GoOnWanted():
            return _gone_on(replace(snapshot, plan=_allowed(snapshot.plan, event)), at)
    raise AssertionError(event)


def _allowed(plan: Plan, event: e.GoOnWanted) -> Plan:
    limit = plan.budget.limit if event.limit is None else event.limit
    disk_gb = plan.machine.disk_gb if event.disk_gb is None else event.disk_gb
    return replace(plan, budget=replace(plan.budget, limit=limit), machine=replace(plan.machine, disk_gb=disk_gb))


def _gone_on(snapshot: Snapshot, at: datetime) -> Snapshot:
    """With its machine the run goes on where it was, once that is up; without one every step is ahead again."""
    usable = snapshot.rental is not None and not snapshot.destroy_intended
    keep = (StepStatus.DONE,) if usable or not snapshot.missing_shards else ()
    again = {Step.EMBED, Step.FETCH, Step.VERIFY, Step.RELEASE} if snapshot.missing_shards else {Step.RELEASE}
    if snapshot.rental is not None and snapshot.rental.rate_per_hour < snapshot.rental.price_per_hour:
        again |= {Step.CONNECT}
    steps = tuple(
        (step, old if old.status in keep and step not in again else StepState()) for step, old in snapshot.steps
    )
    embedded = embedding_cost(snapshot, at) if dict(steps)[Step.EMBED].started_at is None else 0
    return replace(
        snapshot,
        heading=Heading.FINISH,
        phase=Phase.GOING,
        steps=steps,
        error=None,
        unguarded_accepted=usable and (snapshot.unguarded_accepted or isinstance(snapshot.error, GuardUnproven)),
        dearer_accepted=usable and (snapshot.dearer_accepted or isinstance(snapshot.error, PriceChanged)),
        ended_at=None,
        budget_warned=False,
        destroy_wanted=False,
        lost_offers=(),
        unfetched=0,
        embedding_before=MicroUsd(snapshot.embedding_before + embedded),
        rows_done=_rows_home(snapshot),
        rows_per_s=0.0,
        remaining_s=-1.0,
    )


def _rows_home(snapshot: Snapshot) -> int:
    """Of the rows that were made those that are on this computer."""
    return min(snapshot.rows_done, len(snapshot.shards_home) * snapshot.plan.shard_rows)


def _rests(snapshot: Snapshot, at: datetime) -> Snapshot:
    """Nothing is embedded from now on: that the machine waits is not counted as work."""
    state = snapshot.step(Step.EMBED)
    if state.started_at is None or state.ended_at is not None:
        return snapshot
    return replace(_with_step(snapshot, Step.EMBED, replace(state, ended_at=at)), rows_per_s=0.0, remaining_s=-1.0)


def _advanced(snapshot: Snapshot, recorded: Recorded) -> Snapshot:
    event, at = recorded.event, recorded.at
    match event:
        case e.Planned():
            return replace(snapshot, plan=from_toml(event.plan_toml, Path("/")), created_at=at)
        case e.DataRead():
            return replace(
                snapshot,
                rows_total=event.items,
                images_total=event.images,
                shards_total=event.shards_total,
                rows_sha256=event.rows_sha256,
            )
        case e.MachineProbed():
            return replace(snapshot, probe=event)
        case e.WeightsThere():
            size = event.size_bytes
            return replace(
                snapshot,
                weights_bytes=size,
                weights_total_bytes=size,
                weights_came_bytes=event.came_bytes,
                weights_per_s=0.0,
            )
        case e.UploadPlanned():
            return replace(snapshot, upload_total_bytes=event.size_bytes)
        case e.Uploaded():
            if event.key in snapshot.uploaded:
                return snapshot
            sent = snapshot.uploaded_bytes + event.size_bytes
            uploaded = snapshot.uploaded | {event.key}
            return replace(snapshot, uploaded=uploaded, uploaded_bytes=sent, upload_bytes=sent)
        case e.Launched():
            return snapshot
        case e.ModelLoaded():
            return replace(snapshot, model_loaded=event, loading_since=None)
        case e.GoldenChecked():
            return replace(snapshot, golden=event.report)
        case e.PrecisionReported():
            return replace(snapshot, precision=event.report)
        case e.AlarmRaised():
            others = tuple(one for one in snapshot.alarms if one.alarm != event.report.alarm)
            return replace(snapshot, alarms=(*others, event.report))
        case e.WorkerNoticed():
            return replace(snapshot, notices=snapshot.notices + 1, noticed_at=event.said_at)
        case e.ShardHome():
            if event.shard in snapshot.shards_home:
                return snapshot
            shards_home = snapshot.shards_home | {event.shard}
            rows = min(snapshot.rows_total, len(shards_home) * snapshot.plan.shard_rows)
            return replace(
                snapshot,
                shards_home=shards_home,
                skipped=snapshot.skipped + event.skipped,
                fetched_bytes=snapshot.fetched_bytes + event.size_bytes,
                rows_done=max(snapshot.rows_done, rows),
            )
        case e.ShardLost():
            return _lost_shard(snapshot, event.shard)
        case e.Verified():
            return replace(snapshot, verified=event.report)
        case e.Billed():
            return replace(snapshot, spent_before=event.amount)
        case e.Guarded():
            return replace(snapshot, guarded=event)
        case e.BudgetWarned():
            return replace(snapshot, budget_warned=True)
        case e.LimitReached():
            over = BudgetReached(limit=snapshot.plan.budget.limit, spent=event.spent)
            return replace(snapshot, heading=Heading.FAILED, error=over, phase=Phase.GOING)
        case e.DestroyAsked():
            return replace(_rests(snapshot, at), phase=Phase.ASKING, unfetched=event.unfetched, destroy_wanted=False)
        case e.Ended():
            phase = Phase.FINISHED if event.complete else Phase.INCOMPLETE
            steps = tuple(
                (step, replace(old, status=StepStatus.SKIPPED) if _unfinished(old) else old)
                for step, old in snapshot.steps
            )
            return replace(snapshot, phase=phase, ended_at=at, steps=steps, remaining_s=-1.0)
    raise AssertionError(event)


def _lost_shard(snapshot: Snapshot, shard: int) -> Snapshot:
    """It is made again: the job must name it once more, and where there is no machine, one must be rented."""
    again = {Step.UPLOAD, Step.EMBED, Step.FETCH, Step.VERIFY}
    if snapshot.rental is None and snapshot.step(Step.RENT).status is StepStatus.DONE:
        again = set(Step)
    came = (one.event for one in reversed(snapshot.log))
    skipped = next((one.skipped for one in came if isinstance(one, e.ShardHome) and one.shard == shard), 0)
    return replace(
        snapshot,
        skipped=snapshot.skipped - skipped,
        shards_home=snapshot.shards_home - {shard},
        shards_before=snapshot.shards_before - {shard},
        verified=None,
        steps=tuple((step, StepState() if step in again else old) for step, old in snapshot.steps),
    )


def _unfinished(state: StepState) -> bool:
    return state.status in (StepStatus.AHEAD, StepStatus.ACTIVE, StepStatus.WAITING)


def _watched(snapshot: Snapshot, recorded: Recorded) -> Snapshot:
    event, at = recorded.event, recorded.at
    match event:
        case e.UploadProgress():
            return replace(snapshot, upload_bytes=event.sent_bytes)
        case e.WeightsProgress():
            return replace(
                snapshot,
                weights_bytes=event.done_bytes,
                weights_total_bytes=event.total_bytes,
                weights_came_bytes=max(event.came_bytes, snapshot.weights_came_bytes),
                weights_per_s=event.bytes_per_s,
            )
        case e.Progress():
            rates = _thinned((*snapshot.rates, RatePoint(_measured(event.measured_at, at), event.rows_per_s)))
            return replace(
                snapshot,
                rows_done=event.rows_done,
                rows_per_s=event.rows_per_s,
                remaining_s=event.remaining_s,
                rates=rates,
                loading_since=None,
            )
        case e.Sample():
            point = Point(
                _measured(event.measured_at, at),
                event.vram_used_bytes,
                event.vram_total_bytes,
                event.memory_used_bytes,
                event.memory_total_bytes,
                event.utilisation,
                event.disk_free_bytes,
                event.disk_total_bytes,
            )
            return replace(snapshot, points=_thinned((*snapshot.points, point)))
        case e.ModelLoading():
            return replace(snapshot, loading_since=at)
    return snapshot


def _measured(measured_at: datetime | None, heard_at: datetime) -> datetime:
    """When it was measured; never later than it was heard, whatever the machine's clock says."""
    return min(measured_at, heard_at) if measured_at else heard_at


def _thinned(points: tuple[T, ...]) -> tuple[T, ...]:
    if len(points) <= MAX_POINTS:
        return points
    half = len(points) // 2
    return (*points[:half:2], *points[half:])
