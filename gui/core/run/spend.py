"""The meter: money so far and to come, and the receipt's lines, from a Snapshot and the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gui.core.run.events import Step
from gui.core.run.state import Heading, Money, Rental, Snapshot, StepState
from gui.core.units import FREE, GB, MicroUsd, cost


def elapsed_s(state: StepState, now: datetime) -> float:
    """How long a step has taken so far; 0 before it began."""
    if state.started_at is None:
        return 0.0
    return max(0.0, ((state.ended_at or now) - state.started_at).total_seconds())


def traffic_cost(snapshot: Snapshot) -> MicroUsd:
    """What our bytes to and from the machine of this attempt cost, and those of the model that it fetched."""
    rental = snapshot.rental
    if rental is None:
        return FREE
    into = (snapshot.upload_bytes + snapshot.weights_came_bytes) * rental.traffic_in_per_gb
    out = snapshot.fetched_bytes * rental.traffic_out_per_gb
    return MicroUsd(-(-(into + out) // GB))


def attempt_cost(snapshot: Snapshot, now: datetime) -> MicroUsd:
    """What the machine of this attempt has cost until ``now``; the provider's own figure counts more than ours."""
    rental = snapshot.rental
    if rental is None:
        return FREE
    running = cost(rental.rate_per_hour, (now - rental.rate_since).total_seconds())
    traffic = FREE if rental.charged is not None else traffic_cost(snapshot)
    return MicroUsd(rental.accrued + running + traffic)


def at_rate(rental: Rental, per_hour: MicroUsd, now: datetime) -> Rental:
    """The rental billed at another rate from ``now`` on."""
    accrued = rental.accrued + cost(rental.rate_per_hour, (now - rental.rate_since).total_seconds())
    return replace(rental, rate_per_hour=per_hour, rate_since=max(now, rental.rate_since), accrued=MicroUsd(accrued))


def embedding_cost(snapshot: Snapshot, now: datetime) -> MicroUsd:
    """The part of ``attempt_cost`` while the worker was embedding (loading the model counts)."""
    if snapshot.rental is None:
        return FREE
    return cost(snapshot.rental.price_per_hour, elapsed_s(snapshot.step(Step.EMBED), now))


def meter(snapshot: Snapshot, now: datetime) -> Money:
    """Money now. ``expected`` in all: at this pace once that is known, by the estimate before."""
    rental = snapshot.rental
    so_far = MicroUsd(snapshot.spent_before + attempt_cost(snapshot, now))
    expected = so_far
    goes_on = snapshot.heading in (Heading.FINISH, Heading.PAUSE) and not snapshot.ended
    if rental and snapshot.remaining_s >= 0 and goes_on:
        expected = MicroUsd(so_far + cost(rental.price_per_hour, snapshot.remaining_s))
    elif snapshot.estimate and goes_on:
        expected = MicroUsd(max(so_far, snapshot.spent_before + snapshot.estimate.total))
    return Money(
        so_far=so_far,
        per_hour=rental.rate_per_hour if rental else FREE,
        expected=expected,
        limit=snapshot.plan.budget.limit,
        embedding=MicroUsd(snapshot.embedding_before + embedding_cost(snapshot, now)),
        traffic=traffic_cost(snapshot),
        provider=rental.charged if rental else None,
        pretend=rental.pretend_price if rental else snapshot.money.pretend,
    )
