"""Rent, connect, release: everything that begins or ends a bill.

Around money: write the intention, act, write the outcome. A lost answer is looked up by label; "could not list" is
never "nothing there"; destroyed is what the cloud no longer lists.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gui.core.cloud.base import PREFIX, ChargeKind, Cloud, Instance, InstanceStatus, PaidCloud
from gui.core.errors import (
    BudgetReached,
    CloudError,
    CloudRefused,
    CloudUnreachable,
    ConnectionLost,
    InstanceLost,
    OfferGone,
    PlanError,
    PriceChanged,
)
from gui.core.machine.machine import Machine
from gui.core.plan import AtTheEnd, Trouble, choose, estimate, needs
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.spend import attempt_cost, elapsed_s
from gui.core.run.state import Phase
from gui.core.run.steps import guarding, outcome
from gui.core.units import MicroUsd

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

LOOK_AGAIN_S = (2.0, 5.0, 10.0)
"""Pauses between looks for an instance whose renting was never answered: a list may lag behind."""
BOOT_DEADLINE_S = 15 * 60.0
POLL_S = 2.0
LOOK_AFTER_S = 60.0
"""How often a machine that the person was asked about is looked for: it may have been destroyed elsewhere."""
TAKEN = "taken"  # the status of an interruptible machine that is gone
DEARER = 1.02
"""A machine that costs more than this much of the price shown is asked about."""
MOST_LOST = 4
"""So many machines in a row may turn out to be of no use before a person is asked."""
ACCOUNT_PAUSES_S = (0.0, 15.0, 30.0, 60.0)
"""The provider's account lags behind; after Destroy waiting for it costs nothing."""
ACCOUNT_TOLERANCE_S = 5.0
BY_TIME = (ChargeKind.MACHINE, ChargeKind.DISK)


def rent(run: Run) -> None:
    """Rent exactly one machine. An intention without an outcome is settled by its label first.

    Raises PriceChanged when it costs more than was shown, BudgetReached when there is no money left to rent with.
    """
    run.data()
    run.look_at_home()
    if run.snapshot.destroy_intended:
        _destroy(run)
    before = run.snapshot.rental
    settle(run)
    while run.snapshot.rental is None:
        run.check()
        _rent_next(run)
    chosen = run.snapshot.plan.machine
    agreed = chosen.shown_price_per_hour if run.snapshot.offer_id == chosen.offer_id else None
    shown, rented = agreed or run.snapshot.shown_price_per_hour, run.snapshot.rental.price_per_hour
    if before is None and rented > shown * DEARER:
        raise PriceChanged(cloud=run.snapshot.rental.cloud, shown=shown, rented=rented)


def _rent_next(run: Run) -> None:
    """Ask for the best offer that is left; it may turn out to be gone."""
    cloud, report, money = _cloud(run), run.data().dataset.report, run.snapshot.money
    gone = set(run.snapshot.lost_offers)
    offers = tuple(offer for offer in cloud.offers(needs(run.snapshot.plan)) if offer.offer_id not in gone)
    offer = choose(run.snapshot.plan, offers, report)
    if offer is None:
        raise CloudRefused(cloud=cloud.name, reason="no-offer")
    if not offer.pretend_price and money.so_far >= money.limit:
        raise BudgetReached(limit=money.limit, spent=money.so_far)
    public_key = run.world.identity(cloud).public
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
        instance = cloud.rent(offer, label, public_key)
    except OfferGone:
        run.note(e.OfferLost(offer.offer_id, offer.name))
    else:
        _rented(run, instance)


def settle(run: Run) -> None:
    """Find out what became of this run's rentings. One that was never answered may have come off, and late."""
    if run.snapshot.rental or not run.snapshot.attempt:
        return
    there = _of_this_run(run)
    for pause_s in LOOK_AGAIN_S if run.snapshot.intended_label else ():
        if there:
            break
        run.wait(pause_s)
        there = _of_this_run(run)
    if there:
        _rented(run, there[0])
    elif run.snapshot.intended_label:
        run.note(e.RentUnanswered(run.snapshot.intended_label))


def _rented(run: Run, instance: Instance) -> None:
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


def _cloud(run: Run) -> Cloud:
    """Raises PlanError for one that this version does not know."""
    name = run.snapshot.rental.cloud if run.snapshot.rental else run.snapshot.plan.machine.cloud
    try:
        return run.world.clouds[name]
    except KeyError as unknown:
        known = ", ".join(run.world.clouds)
        raise PlanError(field="machine.cloud", problem=Trouble.CLOUD_UNKNOWN, hint=known) from unknown


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
    while (instance := _instance(run)) is not None and instance.status is InstanceStatus.STARTING:
        if elapsed_s(run.snapshot.step(Step.CONNECT), run.world.now()) >= BOOT_DEADLINE_S:
            give_back(run)
            raise InstanceLost(cloud=instance.cloud, instance_id=instance.instance_id, status="stuck")
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
    raise InstanceLost(cloud=_cloud(run).name, instance_id=taken.instance_id if taken else "", status=TAKEN)


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
        instance = _instance(run)
        if instance is not None and not run.snapshot.destroy_intended:
            _ask(run, instance)
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
    log = run.snapshot.log
    begun = next((one.event.rented_at for one in log if isinstance(one.event, e.Rented)), None)
    over = next((one.at for one in reversed(log) if isinstance(one.event, e.DestroyIntended)), None)
    if begun is None or over is None or not isinstance(cloud := _cloud(run), PaidCloud):
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
    """How the labels of all machines of this run begin."""
    return f"{PREFIX}{run.run_id}-"


def _of_this_run(run: Run) -> list[Instance]:
    known = run.snapshot.rental.instance_id if run.snapshot.rental else None
    return [one for one in _cloud(run).instances() if one.label.startswith(_mine(run)) or one.instance_id == known]


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
            there, looked_at = _instance(run), run.world.now()


def _agreed(run: Run) -> bool:
    """Whether the person said beforehand that the machine may go: by a word, by the plan, or by the limit."""
    at_the_end, over = run.snapshot.plan.result.destroy, isinstance(run.snapshot.error, BudgetReached)
    return run.snapshot.destroy_wanted or at_the_end is AtTheEnd.WHEN_VERIFIED or over


def _unfetched(run: Run, instance: Instance) -> int:
    """How many finished shards would be lost with the machine, at most."""
    if not run.snapshot.holds_shards or run.snapshot.other_model or instance.status is InstanceStatus.LOST:
        return 0
    known = len(run.finished_shards.keys() - run.snapshot.shards_home)
    return known or len(run.snapshot.missing_shards)
