"""The provider's own account of a run: it corrects the meter while the machine is on, and has the last word."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from gui.core.cloud.base import Charge, ChargeKind, PaidCloud
from gui.core.errors import CloudError
from gui.core.result.manifest import ReceiptCharge
from gui.core.run import events as e
from gui.core.run.steps import instances
from gui.core.units import FREE, MicroUsd, cost

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

EVERY_S = 300.0
LAST_PAUSES_S = (0.0, 10.0, 20.0, 40.0, 60.0)
"""The account lags behind; after Destroy waiting for it costs nothing."""
TOLERANCE_S = 5.0
BY_TIME = (ChargeKind.MACHINE, ChargeKind.DISK)


def take(run: Run) -> None:
    """Correct the meter of the machine that is rented, where there is an account. It may lag or not answer."""
    rental = run.snapshot.rental
    if rental is None:
        return
    lines = [one for one in _lines(run, rental.rented_at) if one.instance_id == rental.instance_id]
    until = max((one.end for one in lines if one.kind in BY_TIME), default=None)
    if until is not None:
        run.note(e.Charged(_sum(lines), until))


def take_the_last(run: Run) -> None:
    """The figure for the whole run, line by line, once the account grows no more.

    A time that it does not cover even then is reckoned at the last rate. Without an answer our own figure stands.
    """
    log = run.snapshot.log
    begun = next((one.event.rented_at for one in log if isinstance(one.event, e.Rented)), None)
    over = next((one.at for one in reversed(log) if isinstance(one.event, e.DestroyIntended)), None)
    if begun is None or over is None or not isinstance(instances.cloud_of(run), PaidCloud):
        return
    before: list[Charge] = []
    lines: list[Charge] = []
    for pause_s in LAST_PAUSES_S:
        run.wait(pause_s)
        before, lines = lines, [one for one in _lines(run, begun) if _is_of(run, one)]
        missing_s = (over - max((one.end for one in lines), default=begun)).total_seconds()
        if lines and lines == before and missing_s <= TOLERANCE_S:
            break
    if not lines or lines != before:
        return
    uncovered = cost(_last_rate(run), missing_s) if missing_s > TOLERANCE_S else FREE
    in_order = sorted(lines, key=lambda one: one.start)
    run.note(e.Billed(MicroUsd(_sum(lines) + uncovered), tuple(_line(one) for one in in_order)))


def _is_of(run: Run, charge: Charge) -> bool:
    return charge.label.startswith(instances.label_prefix(run))


def _last_rate(run: Run) -> MicroUsd:
    for one in reversed(run.snapshot.log):
        if isinstance(one.event, e.RateChanged):
            return one.event.per_hour
        if isinstance(one.event, e.Rented):
            return one.event.price_per_hour
    return FREE


def _lines(run: Run, since: datetime) -> list[Charge]:
    cloud = instances.cloud_of(run)
    if not isinstance(cloud, PaidCloud):
        return []
    try:
        return list(cloud.charges(since))
    except CloudError as error:
        logger.info("run %s: no charges: %s", run.run_id, error)
        return []


def _sum(lines: list[Charge]) -> MicroUsd:
    return MicroUsd(sum(one.amount for one in lines))


def _line(charge: Charge) -> ReceiptCharge:
    return ReceiptCharge(charge.instance_id, str(charge.kind), charge.amount, charge.start, charge.end, charge.detail)
