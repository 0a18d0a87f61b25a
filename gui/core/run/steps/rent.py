"""Rent: exactly one machine for each intention.

Around money: write the intention, act, write the outcome. An answer that was lost is looked up by the label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.core.cloud.base import Instance
from gui.core.errors import BudgetReached, CloudRefused, OfferGone, PriceChanged
from gui.core.plan import choose, estimate, needs
from gui.core.run import events as e
from gui.core.run.steps import instances
from gui.core.run.steps.release import destroy

if TYPE_CHECKING:
    from gui.core.run.run import Run

LOOK_AGAIN_S = (2.0, 5.0, 10.0)
"""Pauses between looks for a machine whose renting was never answered: a list may lag behind."""
DEARER = 1.02
"""A machine that costs more than this much of the price shown is asked about..."""
STAND_IN_DEARER = 1.25
"""...and one that stands in for an offer that was gone, from here on: so much the market may move unasked."""


def rent(run: Run) -> None:
    """Have one machine, and no second. Raises PriceChanged when it costs more than was shown, BudgetReached when there
    is no money left to rent with, CloudRefused when no offer is left."""
    run.data()
    run.look_at_home()
    if run.snapshot.destroy_intended:
        destroy(run)
    settle(run)
    while run.snapshot.rental is None:
        run.check()
        _rent_the_next(run)
    rented, agreed = run.snapshot.rental, _most_agreed(run)
    if rented.price_per_hour > agreed and not run.snapshot.dearer_accepted:
        shown = run.snapshot.plan.machine.shown_price_per_hour or run.snapshot.shown_price_per_hour
        raise PriceChanged(cloud=rented.cloud, shown=shown, rented=rented.price_per_hour)


def _most_agreed(run: Run) -> float:
    """The dearest that a machine may be without a question, an hour."""
    agreed = run.snapshot.plan.machine
    if not agreed.shown_price_per_hour:
        return run.snapshot.shown_price_per_hour * DEARER
    of_the_same = run.snapshot.offer_id == agreed.offer_id
    return agreed.shown_price_per_hour * (DEARER if of_the_same else STAND_IN_DEARER)


def _rent_the_next(run: Run) -> None:
    """Ask for the best offer that is left; it may turn out to be gone."""
    cloud, plan, money = instances.cloud_of(run), run.snapshot.plan, run.snapshot.money
    report, gone = run.data().dataset.report, set(run.snapshot.lost_offers)
    offer = choose(plan, tuple(one for one in cloud.offers(needs(plan)) if one.offer_id not in gone), report)
    if offer is None:
        raise CloudRefused(cloud=cloud.name, reason="no-offer")
    if not offer.pretend_price and money.so_far >= money.limit:
        raise BudgetReached(limit=money.limit, spent=money.so_far)
    public_key = run.world.identity(cloud).public
    label = f"{instances.label_prefix(run)}{run.snapshot.attempt + 1}"
    run.note(
        e.RentIntended(
            label=label,
            offer_id=offer.offer_id,
            name=offer.name,
            price_per_hour=offer.price_per_hour,
            pretend_price=offer.pretend_price,
            estimate=estimate(plan, report, offer),
        )
    )
    try:
        rented = cloud.rent(offer, label, public_key)
    except OfferGone:
        run.note(e.OfferLost(offer.offer_id, offer.name))
    else:
        _note_rented(run, rented)


def settle(run: Run) -> None:
    """Find out what became of this run's rentings. One that was never answered may have come off, and late."""
    if run.snapshot.rental or not run.snapshot.attempt:
        return
    there = instances.all_of(run)
    for pause_s in LOOK_AGAIN_S if run.snapshot.intended_label else ():
        if there:
            break
        run.wait(pause_s)
        there = instances.all_of(run)
    if there:
        _note_rented(run, there[0])
    elif run.snapshot.intended_label:
        run.note(e.RentUnanswered(run.snapshot.intended_label))


def _note_rented(run: Run, instance: Instance) -> None:
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
