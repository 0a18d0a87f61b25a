"""Release: ask the person, destroy, and wait until the cloud lists nothing of the run any more. Then the receipt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gui.core.cloud.base import Instance, InstanceStatus
from gui.core.errors import BudgetReached, LocalDiskFull, LocalFileRefused
from gui.core.plan import AtTheEnd
from gui.core.result.manifest import write_receipt
from gui.core.run import events as e
from gui.core.run.receipt import receipt_of
from gui.core.run.spend import attempt_cost, traffic_cost
from gui.core.run.state import Phase
from gui.core.run.steps import charges, guarding, instances

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

POLL_S = 2.0
LOOK_AFTER_S = 60.0
"""How often a machine that the person was asked about is looked for: it may have been destroyed elsewhere."""


def release(run: Run) -> None:
    """End the bill. Everything of this run is gone from the account when it returns."""
    if run.snapshot.rental is not None:
        instance = instances.current(run)
        if instance is not None and not run.snapshot.destroy_intended:
            _ask(run, instance)
        destroy(run)
    charges.take_the_last(run)
    _write_receipt(run)


def destroy(run: Run) -> None:
    """Destroyed is what the cloud no longer lists. A late machine of an unanswered renting goes with it."""
    rental = run.snapshot.rental
    assert rental is not None, "nothing is rented"
    if not run.snapshot.destroy_intended:
        run.note(e.DestroyIntended(rental.instance_id))
    while ours := instances.all_of(run):
        for instance in ours:
            instances.cloud_of(run).destroy(instance.instance_id)
        if instances.all_of(run):
            run.wait(POLL_S)
    charges.take(run)
    spent, traffic = attempt_cost(run.snapshot, run.world.now()), traffic_cost(run.snapshot)
    run.note(e.Destroyed(rental.instance_id, spent, traffic))


def _ask(run: Run, instance: Instance) -> None:
    """Wait for the person's word, unless it was given already and nothing would be lost. Returns when it is yes."""
    if run.snapshot.phase not in (Phase.ASKING, Phase.KEPT):
        unfetched = _unfetched(run, instance)
        if _agreed(run) and not unfetched:
            return
        run.note(e.DestroyAsked(unfetched))
    there: Instance | None = instance
    looked_at = run.world.now()
    while there is not None and not run.snapshot.destroy_wanted:
        guarding.watch(run)
        run.wait(1.0)
        if (run.world.now() - looked_at).total_seconds() >= LOOK_AFTER_S:
            there, looked_at = instances.current(run), run.world.now()


def _agreed(run: Run) -> bool:
    """Whether the person said beforehand that the machine may go: by a word, by the plan, or by the limit."""
    by_plan = run.snapshot.plan.result.destroy is AtTheEnd.WHEN_VERIFIED
    return run.snapshot.destroy_wanted or by_plan or isinstance(run.snapshot.error, BudgetReached)


def _unfetched(run: Run, instance: Instance) -> int:
    """How many finished shards would be lost with the machine, at most."""
    if not run.snapshot.holds_shards or run.snapshot.other_model or instance.status is InstanceStatus.LOST:
        return 0
    known = len(run.finished_shards.keys() - run.snapshot.shards_home)
    return known or len(run.snapshot.missing_shards)


def _write_receipt(run: Run) -> None:
    """A folder that is full or gone keeps no run from its end: the journal holds every figure of it."""
    receipt = receipt_of(run.snapshot)
    folder = run.snapshot.plan.result.folder
    if receipt is None:
        return
    try:
        write_receipt(folder, receipt)
    except (LocalDiskFull, LocalFileRefused) as refused:
        logger.warning("run %s: no receipt: %s", run.run_id, refused)
