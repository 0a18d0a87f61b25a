"""The meter: money so far and to come, and the receipt's lines, from a Snapshot and the time."""

from __future__ import annotations

from datetime import datetime

from gui.core.run.state import Money, Snapshot, Step, StepState
from gui.core.units import FREE, MicroUsd, cost


def elapsed_s(state: StepState, now: datetime) -> float:
    """How long a step has taken so far; 0 before it began."""
    if state.started_at is None:
        return 0.0
    return max(0.0, ((state.ended_at or now) - state.started_at).total_seconds())


def attempt_cost(snapshot: Snapshot, now: datetime) -> MicroUsd:
    """What the machine of this attempt has cost until ``now``."""
    if snapshot.rental is None:
        return FREE
    return cost(snapshot.rental.price_per_hour, (now - snapshot.rental.rented_at).total_seconds())


def embedding_cost(snapshot: Snapshot, now: datetime) -> MicroUsd:
    """The part of ``attempt_cost`` while the worker was embedding (loading the model counts)."""
    if snapshot.rental is None:
        return FREE
    return cost(snapshot.rental.price_per_hour, elapsed_s(snapshot.step(Step.EMBED), now))


def meter(snapshot: Snapshot, now: datetime) -> Money:
    """Money now. ``expected`` in all: at this pace once that is known, by the estimate before."""
    so_far = MicroUsd(snapshot.spent_before + attempt_cost(snapshot, now))
    per_hour = snapshot.rental.price_per_hour if snapshot.rental else FREE
    expected = so_far
    if snapshot.rental and snapshot.remaining_s >= 0:
        expected = MicroUsd(so_far + cost(per_hour, snapshot.remaining_s))
    elif snapshot.estimate and not snapshot.ended:
        expected = MicroUsd(max(so_far, snapshot.spent_before + snapshot.estimate.total))
    return Money(
        so_far=so_far,
        per_hour=per_hour,
        expected=expected,
        limit=snapshot.plan.budget.limit,
        embedding=MicroUsd(snapshot.embedding_before + embedding_cost(snapshot, now)),
        pretend=snapshot.rental.pretend_price if snapshot.rental else snapshot.money.pretend,
    )
