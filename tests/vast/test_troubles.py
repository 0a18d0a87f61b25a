"""Whatever goes wrong on the way, and whenever: nothing stays rented unknown, and nothing is rented twice."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from gui.core.cloud.base import Instance, InstanceStatus, Offer, find
from gui.core.errors import CloudUnreachable, EmbarkError, OfferGone
from tests.fake_vast import boots
from tests.fake_vast.faults import Trouble
from tests.vast.account import NEEDS, PUBLIC_KEY, Account, open_account

SEEDS = range(30)
# A key that may not do something is no trouble that passes: what it means is told on the Accounts page.
TROUBLES = [one for one in Trouble if one not in (Trouble.DELAY, Trouble.DRIP, Trouble.HUGE, Trouble.NO_PERMISSION)]
BOOTS = [
    boots.READY,
    boots.READY,
    boots.STUCK,
    boots.OCI_FAILED,
    boots.EXITS,
    boots.GOES_OFFLINE,
    boots.NEVER_PROVISIONED,
]
DEADLINE_S = 900.0


@dataclass
class Renter:
    """Rents as a run does: intention, act, outcome; a lost answer is looked up by its label."""

    account: Account
    chance: random.Random
    labels: list[str] = field(default_factory=list)

    def again(self, verb: str, *words: object) -> object:
        """One verb, until it is answered. Time passes between the tries."""
        while True:
            try:
                return getattr(self.account.cloud, verb)(*words)
            except CloudUnreachable:
                self.account.world.advance(self.chance.uniform(1, 30))

    def listed(self, label: str) -> Instance | None:
        while True:
            try:
                return find(self.account.cloud, label)
            except CloudUnreachable:
                self.account.world.advance(self.chance.uniform(1, 30))

    def rent(self) -> Instance:
        taken: set[str] = set()
        while True:
            label = f"embark-t-{len(self.labels) + 1}"
            self.labels.append(label)
            offer = self.offer(taken)
            try:
                return self.account.cloud.rent(offer, label, PUBLIC_KEY)
            except OfferGone:
                taken.add(offer.offer_id)
            except CloudUnreachable:
                found = self.listed(label)
                if found:
                    return found

    def offer(self, taken: set[str]) -> Offer:
        while True:
            offers = [one for one in self.again("offers", NEEDS) if one.offer_id not in taken]  # type: ignore[attr-defined]
            if offers:
                return offers[0]
            self.account.world.add_offer()

    def comes_up(self, rented: Instance) -> bool:
        for _ in range(int(DEADLINE_S / 30)):
            listed = self.listed(rented.label)
            if listed is None or listed.status is not InstanceStatus.STARTING:
                return listed is not None and listed.status is InstanceStatus.RUNNING
            self.account.world.advance(30)
        return False

    def release(self, rented: Instance) -> None:
        while self.listed(rented.label) is not None:
            self.again("destroy", rented.instance_id)


def spoil(account: Account, chance: random.Random) -> None:
    """Put faults, lost races and odd machines in the way."""
    world = account.world
    for number in range(chance.randint(8, 20)):
        offer = world.add_offer(dph_base=0.2 + number / 100)
        if chance.random() < 0.3:
            chance.choice([world.taken, world.cannot_start]).add(offer)
    for number in range(chance.randint(0, 30)):
        world.add_instance(f"training {number}")
    world.credit = 1e6
    world.next_boots = [chance.choice(BOOTS) for _ in range(6)]
    world.created_anyway = chance.random() < 0.3
    world.deaf_destroys = chance.randint(0, 2)
    world.linger = chance.randint(0, 3)
    if chance.random() < 0.5:
        world.faults.add("create", chance.choice([Trouble.LOSE_ANSWER, Trouble.GATEWAY_TIMEOUT, Trouble.HALF]))
    for _ in range(chance.randint(0, 12)):
        endpoint = chance.choice(["*", "create", "create", "list", "destroy", "search", "keys", "key-add"])
        world.faults.add(endpoint, chance.choice(TROUBLES), chance.randint(1, 4), url="http://127.0.0.1:9/")


@pytest.mark.parametrize("seed", SEEDS)
def test_in_the_end_everything_is_paid_for_by_somebody_who_knows_and_rented_once(seed: int) -> None:
    chance, account = random.Random(seed), open_account()
    try:
        spoil(account, chance)
        others = set(account.world.instances)
        renter = Renter(account, chance)
        while True:
            rented = renter.rent()
            up = renter.comes_up(rented)
            account.world.advance(chance.uniform(0, 3600))
            renter.release(rented)
            if up:
                break
        assert account.world.billing() == others
        assert set(account.world.instances) == others
        assert all(len(account.world.ledger.created(label)) <= 1 for label in renter.labels)
        assert account.world.credit + account.world.ledger.dollars() == pytest.approx(1e6)
    except EmbarkError as unexpected:
        pytest.fail(f"seed {seed}: {unexpected}")
    finally:
        account.close()
