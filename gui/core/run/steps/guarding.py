"""The guard of a run: started and proved before any work, renewed as long as this program watches."""

from __future__ import annotations

import logging
from concurrent.futures import Future, wait
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from gui.core.cloud.base import PaidCloud
from gui.core.errors import BudgetReached, EmbarkError, GuardUnproven
from gui.core.run import events as e
from gui.core.run.lease import Lease, money_until
from gui.core.units import MicroUsd

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

LIMIT_GRACE_S = 120.0
"""So much longer than to the limit the guard waits for this program to end the bill itself."""
WATCH_EVERY_S = 1.0
WATCH_AGAIN_S = 20.0
"""After a renewal that failed: the machine may be gone, and clouds count how often they are asked."""


def lease_of(run: Run, job: str) -> Lease | None:
    """The lease on a machine that real money is on; None where nothing is billed."""
    rental = run.snapshot.rental
    cloud = run.world.clouds[rental.cloud] if rental else None
    if rental is None or not isinstance(cloud, PaidCloud):
        return None
    lease_s = run.snapshot.plan.budget.lease_minutes * 60.0
    return Lease(job, lease_s, rental.cloud, run.world.now, url=cloud.guard_url)


def guard(run: Run) -> None:
    """Have a guard that can end the bill. Raises GuardUnproven unless the person said to go on without."""
    if run.lease is None:
        return
    state = run.lease.start(run.machine(), run.snapshot.shards_home, _money_until(run))
    proof = str(state.report.proof.value)
    now = e.Guarded(state.ends_the_bill, proof, run.snapshot.plan.budget.lease_minutes * 60.0)
    if run.snapshot.guarded != now:
        run.note(now)
    if not state.ends_the_bill and not run.snapshot.unguarded_accepted:
        raise GuardUnproven(proof=proof)


def watch(run: Run) -> None:
    """Renew the lease when it is time. That it cannot be renewed now is no reason to stop: the guard knows its time."""
    now = run.world.now()
    if run.lease is None or run.snapshot.guarded is None or (run.not_watched_until and now < run.not_watched_until):
        return
    try:
        run.lease.keep(run.machine(), run.snapshot.shards_home, _money_until(run))
        run.not_watched_until = None
    except EmbarkError as error:
        logger.info("run %s: the lease was not renewed: %s", run.run_id, error)
        run.not_watched_until = now + timedelta(seconds=WATCH_AGAIN_S)
        run.drop(e.Step.EMBED)


def watch_until_done(run: Run, working: Future[Any]) -> None:
    """While another thread works, the lease is kept and the meter runs on. Raises Redirected, Detached."""
    while wait([working], WATCH_EVERY_S).not_done:
        run.check()
        watch(run)
        run.note(e.Tick())


def _money_until(run: Run) -> datetime | None:
    """When the guard should end the bill for want of money, had this program not done it: a little after the limit."""
    money, rental = run.snapshot.money, run.snapshot.rental
    if rental is None or money.pretend or isinstance(run.snapshot.error, BudgetReached):
        return None  # at the limit this program brings home what there is; the lease is there if it does not
    ours = money_until(MicroUsd(money.limit - money.so_far), rental.rate_per_hour, run.world.now())
    return ours and ours + timedelta(seconds=LIMIT_GRACE_S)
