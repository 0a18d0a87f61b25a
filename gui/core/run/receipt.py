"""The receipt of a run: what was expected beside what it was, and the provider's own lines, from a Snapshot alone."""

from __future__ import annotations

from datetime import datetime

from gui.core.plan import EstimateLine
from gui.core.result.manifest import Receipt, ReceiptCharge, ReceiptLine
from gui.core.run.events import Billed, Destroyed, GoOnWanted, Rented, Step
from gui.core.run.spend import traffic_cost
from gui.core.run.state import Snapshot
from gui.core.units import FREE, MicroUsd, cost

TRAFFIC = "traffic"
REST = "rest"  # the check, questions, and what lay between the steps
EARLIER = "earlier"  # machines of this run that were given back or taken away
MILESTONES = (
    (EstimateLine.SETUP, Step.PREPARE),
    (EstimateLine.UPLOAD, Step.UPLOAD),
    (EstimateLine.EMBED, Step.EMBED),
    (EstimateLine.FETCH, Step.FETCH),
)
"""Each line ends when this step does."""


def receipt_of(snapshot: Snapshot) -> Receipt | None:
    """Of a run whose machine is gone. None when nothing was rented since the run went on: the one that lies there from
    before is still true."""
    rented = _rented(snapshot)
    last = next((one for one in reversed(snapshot.log) if isinstance(one.event, Destroyed | GoOnWanted)), None)
    if rented is None or snapshot.estimate is None or last is None or isinstance(last.event, GoOnWanted):
        return None
    return Receipt(
        lines=lines_of(snapshot, last.at),
        charges=charges_of(snapshot),
        estimate_s=snapshot.estimate.total_s,
        actual_s=(last.at - rented.rented_at).total_seconds(),
        estimate_micro_usd=snapshot.estimate.total,
        actual_micro_usd=snapshot.spent_before,
        pretend=rented.pretend_price,
        cloud=rented.cloud,
        machine=rented.name,
        instance_id=rented.instance_id,
        rented_at=rented.rented_at,
        destroyed_at=last.at,
    )


def lines_of(snapshot: Snapshot, now: datetime) -> tuple[ReceiptLine, ...]:
    """What each part took and cost, beside what was expected: the last machine part by part, earlier ones as a whole.

    As in the estimate, what runs beside something longer counts only for what it takes longer, so that the lines add
    up. Nothing before the first machine.
    """
    rented, gone = _rented(snapshot), _destroyed(snapshot)
    if rented is None:
        return ()
    over = now if gone is None else gone[0]
    took_s: dict[str, float] = {}
    reached = rented.rented_at
    for line, step in MILESTONES:
        state = snapshot.step(step)
        ended_at = min(over, state.ended_at or (over if state.started_at else reached))
        took_s[line] = max(0.0, (ended_at - reached).total_seconds())
        reached = max(reached, ended_at)
    took_s[REST] = max(0.0, (over - reached).total_seconds())
    amounts = {line: cost(rented.price_per_hour, seconds) for line, seconds in took_s.items()}
    amounts[TRAFFIC] = traffic_cost(snapshot) if gone is None else gone[1].traffic
    spent = [one.event.spent for one in snapshot.log if isinstance(one.event, Destroyed)]
    amounts[EARLIER] = MicroUsd(sum(spent if gone is None else spent[:-1]))
    expected_s, expected = _expected(snapshot)
    return tuple(
        ReceiptLine(line, expected_s.get(line, 0.0), took_s.get(line, 0.0), expected.get(line, FREE), amount)
        for line, amount in amounts.items()
        if line in took_s or amount or expected.get(line)
    )


def charges_of(snapshot: Snapshot) -> tuple[ReceiptCharge, ...]:
    """The provider's lines for all machines of the run, oldest first; none before its account covers the whole time."""
    billed = next((one.event for one in reversed(snapshot.log) if isinstance(one.event, Billed)), None)
    return () if billed is None else billed.lines


def _expected(snapshot: Snapshot) -> tuple[dict[str, float], dict[str, MicroUsd]]:
    """Seconds and money of the estimate, by line."""
    estimate = snapshot.estimate
    if estimate is None:
        return {}, {}
    seconds = {str(line): seconds for line, seconds in estimate.seconds}
    return seconds, {**{str(line): amount for line, amount in estimate.costs}, TRAFFIC: estimate.traffic}


def _rented(snapshot: Snapshot) -> Rented | None:
    return next((one.event for one in reversed(snapshot.log) if isinstance(one.event, Rented)), None)


def _destroyed(snapshot: Snapshot) -> tuple[datetime, Destroyed] | None:
    """When and with what the last machine went; None while it is there."""
    last = next((one for one in reversed(snapshot.log) if isinstance(one.event, Rented | Destroyed)), None)
    return (last.at, last.event) if last and isinstance(last.event, Destroyed) else None
