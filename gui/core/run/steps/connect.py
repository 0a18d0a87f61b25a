"""Connect: wait until the machine is up, log in, and pass on to the next when it is of no use."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gui.core.cloud.base import Instance, InstanceStatus, PaidCloud
from gui.core.errors import CloudUnreachable, ConnectionLost, EmbarkError, InstanceLost
from gui.core.machine.machine import Machine
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.spend import elapsed_s
from gui.core.run.steps import instances
from gui.core.run.steps.release import destroy

if TYPE_CHECKING:
    from gui.core.run.run import Run

BOOT_DEADLINE_S = 15 * 60.0
POLL_S = 2.0
MOST_LOST = 4
"""So many machines in a row may turn out to be of no use before a person is asked."""


def connect(run: Run) -> None:
    """Wait until the machine is up, and log in. One that does not come up goes back, and the next is taken.

    Raises InstanceLost when so many did not come up that a person should look.
    """
    if run.snapshot.destroy_intended:
        give_back(run, _lost(run, "gone"))
    if run.snapshot.vouched_host_key is not None:
        _have_it_back(run)
        return
    while (instance := instances.current(run)) is not None and instance.status is InstanceStatus.STARTING:
        if elapsed_s(run.snapshot.step(Step.CONNECT), run.world.now()) >= BOOT_DEADLINE_S:
            give_back(run, _lost(run, "stuck"))
        run.wait(POLL_S)
    try:
        run.machine()
    except InstanceLost as lost:
        give_back(run, lost)


def _have_it_back(run: Run) -> None:
    """A machine that has worked and was stopped (by its guard, for want of credit) is started again: what it made lies
    on its disk.

    Raises InstanceLost when it does not come up; whether it goes is for the person to say.
    """
    cloud, instance = instances.cloud_of(run), instances.current(run)
    if instance is not None and instance.status is InstanceStatus.STOPPED and isinstance(cloud, PaidCloud):
        cloud.start(instance)
    until = run.world.now() + timedelta(seconds=BOOT_DEADLINE_S)
    while instance is not None and instance.status in (InstanceStatus.STARTING, InstanceStatus.STOPPED):
        if run.world.now() >= until:
            raise _lost(run, str(instance.status))
        run.wait(POLL_S)
        instance = instances.current(run)
    run.machine()


def give_back(run: Run, why: EmbarkError) -> None:
    """Destroy a machine that is of no use and walk on to the next offer.

    Raises ``why`` when so many were of no use that a person should look.
    """
    rental = run.snapshot.rental
    if rental is None or not may_try_another(run):
        raise why
    destroy(run)
    run.note(e.OfferLost(run.snapshot.offer_id, rental.name, type(why).__name__, why.record()))
    run.redirect()


def may_try_another(run: Run) -> bool:
    return len(run.snapshot.lost_offers) < MOST_LOST


def _lost(run: Run, status: str) -> InstanceLost:
    rental = run.snapshot.rental
    return InstanceLost(
        cloud=instances.cloud_of(run).name, instance_id=rental.instance_id if rental else "", status=status
    )


def log_in(run: Run) -> Machine:
    """A fresh connection to the rented machine; the first of a kind is written down.

    Raises InstanceLost when there is no machine to log in to any more, CloudUnreachable before it has an address.
    """
    instance, cloud = _reachable(run), instances.cloud_of(run)
    identity = run.world.identity(cloud)
    cloud.authorize(instance, identity.public)
    if not instance.host_key and not run.snapshot.pinned_host_key and isinstance(cloud, PaidCloud):
        instance = replace(instance, host_key=cloud.host_key(instance))
    expected = instance.host_key or run.snapshot.pinned_host_key
    try:
        machine, shown = run.world.connect(instance, identity, expected)
    except ConnectionLost:
        if instance.fallback_address is None:
            raise
        instance = replace(instance, address=instance.fallback_address, fallback_address=None)
        machine, shown = run.world.connect(instance, identity, expected)
    vouched = bool(instance.host_key)
    if run.snapshot.vouched_host_key is not vouched and instance.address is not None:
        run.note(e.Connected(instance.address.host, instance.address.port, shown, vouched))
    return machine


def _reachable(run: Run) -> Instance:
    """The rented machine, with an address."""
    rental, instance = run.snapshot.rental, instances.current(run)
    if rental is None or instance is None or instance.status in (InstanceStatus.LOST, InstanceStatus.STOPPED):
        raise _lost(run, str(instance.status if instance else "gone"))
    if instance.address is None:
        raise CloudUnreachable(cloud=instance.cloud, detail="no address yet")
    return instance
