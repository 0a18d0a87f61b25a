"""The machines of a run, as its cloud lists them: "could not list" is never "nothing there"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gui.core.cloud.base import PREFIX, Cloud, Instance, InstanceStatus, PaidCloud
from gui.core.errors import PlanError
from gui.core.plan import PRACTICE_MODEL, Trouble
from gui.core.run import events as e

if TYPE_CHECKING:
    from gui.core.run.run import Run


def cloud_of(run: Run) -> Cloud:
    """Where the run's machine is, or will be. Raises PlanError for a cloud that this version does not know."""
    name = run.snapshot.rental.cloud if run.snapshot.rental else run.snapshot.plan.machine.cloud
    try:
        return run.world.clouds[name]
    except KeyError as unknown:
        known = ", ".join(run.world.clouds)
        raise PlanError(field="machine.cloud", problem=Trouble.CLOUD_UNKNOWN, hint=known) from unknown


def is_rented(run: Run) -> bool:
    """Whether there are other machines to be had instead."""
    return isinstance(cloud_of(run), PaidCloud)


def needs_gpu(run: Run) -> bool:
    """Whether the machine is of no use without one that works."""
    return is_rented(run) and run.snapshot.plan.model.name != PRACTICE_MODEL


def label_prefix(run: Run) -> str:
    """How the labels of all machines of this run begin."""
    return f"{PREFIX}{run.run_id}-"


def current(run: Run) -> Instance | None:
    """The rented machine as it is listed now; None = it is gone. The meter follows what it is billed."""
    rental = run.snapshot.rental
    if rental is None:
        return None
    found = next((one for one in _listed(run) if one.instance_id == rental.instance_id), None)
    if found is not None and not found.pretend_price:
        at_work = found.status is InstanceStatus.RUNNING
        per_hour = rental.price_per_hour if at_work else found.disk_per_hour
        if per_hour != rental.rate_per_hour:
            run.note(e.RateChanged(per_hour, at_work))
    return found


def all_of(run: Run) -> list[Instance]:
    """Every machine that this run ever rented and that is still listed, whatever the journal knows of it."""
    known = run.snapshot.rental.instance_id if run.snapshot.rental else None
    ours = label_prefix(run)
    return [one for one in _listed(run) if one.label.startswith(ours) or one.instance_id == known]


def _listed(run: Run) -> Sequence[Instance]:
    listed = cloud_of(run).instances()
    run.time_is_known = True
    return listed
