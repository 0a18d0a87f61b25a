"""Rent, connect, release: everything that begins or ends a bill.

Around money: write the intention, act, write the outcome. A lost answer is looked up by label; "could not list" is
never "nothing there"; destroyed is what the cloud no longer lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.core.cloud.base import PREFIX, Cloud, Instance, InstanceStatus
from gui.core.errors import CloudRefused, CloudUnreachable, InstanceLost, OfferGone, PlanError
from gui.core.machine.machine import Machine
from gui.core.plan import AtTheEnd, Trouble, choose, estimate
from gui.core.run import state as e
from gui.core.run.spend import attempt_cost, elapsed_s
from gui.core.run.state import Phase, Step
from gui.core.run.steps import outcome

if TYPE_CHECKING:
    from gui.core.run.run import Run

LOOK_AGAIN_S = (2.0, 5.0, 10.0)
"""Pauses between looks for an instance whose renting was never answered: a list may lag behind."""
BOOT_DEADLINE_S = 15 * 60.0
POLL_S = 2.0
LOOK_AFTER_S = 60.0
"""How often a machine that the person was asked about is looked for: it may have been destroyed elsewhere."""


def rent(run: Run) -> None:
    """Rent exactly one machine. An intention without an outcome is settled by its label first."""
    run.data()
    run.look_at_home()
    cloud = _cloud(run)
    settle(run)
    if run.snapshot.destroy_intended:
        _destroy(run)
    while run.snapshot.rental is None:
        run.check()
        report = run.data().dataset.report
        gone = set(run.snapshot.lost_offers)
        needs = run.snapshot.plan.machine.needs()
        offers = tuple(offer for offer in cloud.offers(needs) if offer.offer_id not in gone)
        offer = choose(run.snapshot.plan, offers, report)
        if offer is None:
            raise CloudRefused(cloud=cloud.name, reason="no-offer")
        public_key = run.world.identity(cloud).public
        label = f"{_labels(run)}{run.snapshot.attempt + 1}"
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
    instance = _rented_by(run)
    for pause_s in LOOK_AGAIN_S if run.snapshot.intended_label else ():
        if instance is not None:
            break
        run.wait(pause_s)
        instance = _rented_by(run)
    if instance is not None:
        _rented(run, instance)
    elif run.snapshot.intended_label:
        run.note(e.RentUnanswered(run.snapshot.intended_label))


def _labels(run: Run) -> str:
    """How the labels of all machines of this run begin."""
    return f"{PREFIX}{run.run_id}-"


def _rented_by(run: Run) -> Instance | None:
    """A machine that any renting of this run led to."""
    return next((one for one in _cloud(run).instances() if one.label.startswith(_labels(run))), None)


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
    """The rented instance as the cloud lists it now; None = it is gone."""
    rental = run.snapshot.rental
    if rental is None:
        return None
    return next((one for one in _cloud(run).instances() if one.instance_id == rental.instance_id), None)


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
    expected = instance.host_key or run.snapshot.pinned_host_key
    machine, shown = run.world.connect(instance, identity, expected)
    vouched = bool(instance.host_key)
    if run.snapshot.vouched_host_key is None or vouched is not run.snapshot.vouched_host_key:
        run.note(e.Connected(instance.address.host, instance.address.port, shown, vouched))
    return machine


def connect(run: Run) -> None:
    """Wait until the machine is up, and log in."""
    while True:
        instance = _instance(run)
        if instance is None or instance.status is not InstanceStatus.STARTING:
            break
        if elapsed_s(run.snapshot.step(Step.CONNECT), run.world.now()) >= BOOT_DEADLINE_S:
            raise InstanceLost(cloud=instance.cloud, instance_id=instance.instance_id, status="stuck")
        run.wait(POLL_S)
    run.machine()


def release(run: Run) -> None:
    """End the bill: ask (or not, by the plan), destroy, and wait until the cloud lists nothing of the run any more."""
    while True:
        settle(run)
        if run.snapshot.rental is None:
            break
        instance = _instance(run)
        if instance is not None and not run.snapshot.destroy_intended:
            _ask(run, instance)
        _destroy(run)
    outcome.write_receipt(run)


def _destroy(run: Run) -> None:
    """Destroy the rented machine. Done when the cloud no longer lists it."""
    rental = run.snapshot.rental
    assert rental is not None, "only what is rented is destroyed"
    if not run.snapshot.destroy_intended:
        run.note(e.DestroyIntended(rental.instance_id))
    while _instance(run) is not None:
        _cloud(run).destroy(rental.instance_id)
        if _instance(run) is not None:
            run.wait(POLL_S)
    run.note(e.Destroyed(rental.instance_id, attempt_cost(run.snapshot, run.world.now())))


def _ask(run: Run, instance: Instance) -> None:
    """Wait for the person's word, unless it was given already and nothing would be lost. Returns when it is yes."""
    agreed = run.snapshot.destroy_wanted or run.snapshot.plan.result.destroy is AtTheEnd.WHEN_VERIFIED
    if run.snapshot.phase not in (Phase.ASKING, Phase.KEPT):
        unfetched = _unfetched(run, instance)
        if agreed and not unfetched:
            return
        run.note(e.DestroyAsked(unfetched))
    there: Instance | None = instance
    while there is not None and not run.snapshot.destroy_wanted:
        run.wait(LOOK_AFTER_S, lambda: run.snapshot.destroy_wanted)
        there = _instance(run)


def _unfetched(run: Run, instance: Instance) -> int:
    """How many finished shards would be lost with the machine, at most."""
    if not run.snapshot.launched or instance.status is InstanceStatus.LOST:
        return 0
    known = len(run.finished_shards.keys() - run.snapshot.shards_home)
    return known or len(run.snapshot.missing_shards)
