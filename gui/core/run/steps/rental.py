"""Rent, connect, release: everything that begins or ends a bill.

Around money: write the intention, act, write the outcome. A lost answer is looked up by label; "could not list" is
never "nothing there"; destroyed is what the cloud no longer lists.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gui.core.cloud.base import PREFIX, ChargeKind, Cloud, Instance, InstanceStatus, PaidCloud, find
from gui.core.errors import (
    CloudError,
    CloudRefused,
    CloudUnreachable,
    ConnectionLost,
    InstanceLost,
    OfferGone,
    PriceChanged,
)
from gui.core.machine.machine import Machine
from gui.core.plan import AtTheEnd, choose, estimate
from gui.core.run import state as e
from gui.core.run.spend import attempt_cost
from gui.core.run.steps import guarding, outcome
from gui.core.units import MicroUsd

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

LOOK_AGAIN_S = (2.0, 5.0, 10.0)
"""Pauses between looks for an instance whose renting was never answered: a list may lag behind."""
BOOT_DEADLINE_S = 15 * 60.0
POLL_S = 2.0
DEARER = 1.02
"""A machine that costs more than this much of the price shown is asked about."""
MOST_LOST = 4
"""So many machines in a row may turn out to be of no use before a person is asked."""
ACCOUNT_PAUSES_S = (0.0, 15.0, 30.0, 60.0)
"""The provider's account lags behind; after Destroy waiting for it costs nothing."""
ACCOUNT_TOLERANCE_S = 5.0
BY_TIME = (ChargeKind.MACHINE, ChargeKind.DISK)


def rent(run: Run) -> None:
    """Rent exactly one machine. An intention without an outcome is settled by its label first."""
    run.data()
    run.look_at_home()
    cloud = _cloud(run)
    settle(run)
    while run.snapshot.rental is None:
        run.check()
        report = run.data().dataset.report
        gone = set(run.snapshot.lost_offers)
        needs = run.snapshot.plan.machine.needs()
        offers = tuple(offer for offer in cloud.offers(needs) if offer.offer_id not in gone)
        offer = choose(run.snapshot.plan, offers, report)
        if offer is None:
            raise CloudRefused(cloud=cloud.name, reason="no-offer")
        label = f"{_mine(run)}{run.snapshot.attempt + 1}"
        run.note(
            e.RentIntended(
                label=label,
                offer_id=offer.offer_id,
                name=offer.name,
                price_per_hour=offer.price_per_hour,
                pretend_price=offer.pretend_price,
                estimate=estimate(run.snapshot.plan, report, offer),
            )
        )
        try:
            instance = cloud.rent(offer, label, run.world.identity(cloud).public)
        except OfferGone:
            run.note(e.OfferLost(offer.offer_id, offer.name))
        else:
            _rented(run, instance)


def settle(run: Run) -> None:
    """Find out what became of a renting that was intended and never answered."""
    label = run.snapshot.intended_label
    if not label or run.snapshot.rental:
        return
    instance = find(_cloud(run), label)
    for pause_s in LOOK_AGAIN_S:
        if instance is not None:
            break
        run.wait(pause_s)
        instance = find(_cloud(run), label)
    if instance is not None:
        _rented(run, instance)
    else:
        run.note(e.RentUnanswered(label))


def _rented(run: Run, instance: Instance) -> None:
    shown = run.snapshot.shown_price_per_hour
    run.note(
        e.Rented(
            cloud=instance.cloud,
            instance_id=instance.instance_id,
            label=instance.label,
            name=instance.name,
            price_per_hour=instance.price_per_hour,
            pretend_price=instance.pretend_price,
            rented_at=instance.rented_at,
            traffic_in_per_gb=instance.traffic_in_per_gb,
            traffic_out_per_gb=instance.traffic_out_per_gb,
            interruptible=instance.interruptible,
        )
    )
    if instance.price_per_hour > shown * DEARER:
        raise PriceChanged(cloud=instance.cloud, shown=shown, rented=instance.price_per_hour)


def _cloud(run: Run) -> Cloud:
    name = run.snapshot.rental.cloud if run.snapshot.rental else run.snapshot.plan.machine.cloud
    return run.world.clouds[name]


def _instance(run: Run) -> Instance | None:
    """The rented instance as the cloud lists it now; None = it is gone. The meter follows what it is billed."""
    rental = run.snapshot.rental
    if rental is None:
        return None
    found = next((one for one in _cloud(run).instances() if one.instance_id == rental.instance_id), None)
    if found is not None and not found.pretend_price:
        at_work = found.status is InstanceStatus.RUNNING
        per_hour = rental.price_per_hour if at_work else found.disk_per_hour
        if per_hour != rental.rate_per_hour:
            run.note(e.RateChanged(per_hour))
    return found


def connection(run: Run) -> Machine:
    """A fresh connection to the rented machine; the first of a kind is written down."""
    rental = run.snapshot.rental
    instance = _instance(run)
    if rental is None or instance is None or instance.status in (InstanceStatus.LOST, InstanceStatus.STOPPED):
        lost = instance.status if instance else "gone"
        raise InstanceLost(cloud=_cloud(run).name, instance_id=rental.instance_id if rental else "", status=str(lost))
    if instance.address is None:
        raise CloudUnreachable(cloud=instance.cloud, detail="no address yet")
    cloud = _cloud(run)
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
    assert instance.address is not None
    vouched = bool(instance.host_key)
    if run.snapshot.vouched_host_key is None or vouched is not run.snapshot.vouched_host_key:
        run.note(e.Connected(instance.address.host, instance.address.port, shown, vouched))
    return machine


def connect(run: Run) -> None:
    """Wait until the machine is up, and log in. One that does not come up goes back, and the next is taken."""
    if run.snapshot.destroy_intended:
        give_back(run)
    deadline = run.world.now() + timedelta(seconds=BOOT_DEADLINE_S)
    while (instance := _instance(run)) is not None and instance.status is InstanceStatus.STARTING:
        if run.world.now() >= deadline:
            give_back(run)
        run.wait(POLL_S)
    try:
        run.machine()
    except InstanceLost:
        give_back(run)
        raise


def give_back(run: Run) -> None:
    """Destroy a machine that is of no use and walk on to the next offer.

    Returns only when so many were of no use that a person should look.
    """
    rental = run.snapshot.rental
    if rental is None or len(run.snapshot.lost_offers) >= MOST_LOST:
        return
    _destroy(run)
    run.note(e.OfferLost(run.snapshot.offer_id, rental.name))
    run.redirect()


def replace_taken(run: Run) -> None:
    """An interruptible machine was taken away: give up what is left of it and walk on to the next."""
    taken = run.snapshot.rental
    give_back(run)
    raise InstanceLost(cloud=_cloud(run).name, instance_id=taken.instance_id if taken else "", status="taken")


def ask_the_provider(run: Run) -> None:
    """Correct the meter by the provider's own account, where there is one. It may lag, and it may not answer."""
    cloud, rental = _cloud(run), run.snapshot.rental
    if rental is None or not isinstance(cloud, PaidCloud):
        return
    try:
        charges = [one for one in cloud.charges(rental.rented_at) if one.instance_id == rental.instance_id]
    except CloudError as error:
        logger.info("run %s: no charges: %s", run.run_id, error)
        return
    until = max((one.end for one in charges if one.kind in BY_TIME), default=None)
    if until is not None:
        run.note(e.Charged(MicroUsd(sum(one.amount for one in charges)), until))


def release(run: Run) -> None:
    """End the bill: ask (or not, by the plan), destroy, and wait until the cloud lists nothing of this run any more."""
    settle(run)
    if run.snapshot.rental is not None:
        if _instance(run) is not None and not run.snapshot.destroy_intended:
            _ask(run)
        _destroy(run)
    settle_account(run)
    outcome.write_receipt(run)


def _destroy(run: Run) -> None:
    """Destroyed is what the cloud no longer lists. A late machine of an unanswered renting goes with it."""
    rental = run.snapshot.rental
    assert rental is not None
    if not run.snapshot.destroy_intended:
        run.note(e.DestroyIntended(rental.instance_id))
    while ours := _of_this_run(run):
        for instance in ours:
            _cloud(run).destroy(instance.instance_id)
        if _of_this_run(run):
            run.wait(POLL_S)
    ask_the_provider(run)
    run.note(e.Destroyed(rental.instance_id, attempt_cost(run.snapshot, run.world.now())))


def settle_account(run: Run) -> None:
    """Take the provider's own figure for the whole run, once its account has caught up; else ours stands."""
    cloud, log = _cloud(run), run.snapshot.log
    begun = next((one.event.rented_at for one in log if isinstance(one.event, e.Rented)), None)
    over = next((one.at for one in reversed(log) if isinstance(one.event, e.DestroyIntended)), None)
    if not isinstance(cloud, PaidCloud) or begun is None or over is None:
        return
    for pause_s in ACCOUNT_PAUSES_S:
        run.wait(pause_s)
        try:
            charges = [one for one in cloud.charges(begun) if one.label.startswith(_mine(run))]
        except CloudError as error:
            logger.info("run %s: no charges: %s", run.run_id, error)
            continue
        if max((one.end for one in charges), default=begun) >= over - timedelta(seconds=ACCOUNT_TOLERANCE_S):
            run.note(e.Billed(MicroUsd(sum(one.amount for one in charges))))
            return


def _mine(run: Run) -> str:
    return f"{PREFIX}{run.run_id}-"


def _of_this_run(run: Run) -> list[Instance]:
    return [one for one in _cloud(run).instances() if one.label.startswith(_mine(run))]


def _ask(run: Run) -> None:
    """Wait for the person's word, unless the plan already gave it and nothing would be lost."""
    unfetched = len(run.finished_shards.keys() - run.snapshot.shards_home)
    by_plan = run.snapshot.plan.result.destroy is AtTheEnd.WHEN_VERIFIED and unfetched == 0
    if by_plan or run.snapshot.destroy_wanted:
        return
    if run.snapshot.phase not in (e.Phase.ASKING, e.Phase.KEPT):
        run.note(e.DestroyAsked(unfetched))
    while not run.snapshot.destroy_wanted:
        guarding.watch(run)
        run.wait(1.0)
