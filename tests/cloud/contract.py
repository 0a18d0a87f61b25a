"""What every cloud must keep to. Subclass ``CloudContract`` and give it the three fixtures; the tests come along."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from gui.core.cloud.base import PREFIX, Cloud, Instance, InstanceStatus, Needs, Offer, find
from gui.core.errors import CloudRefused, OfferGone
from gui.core.machine import keys
from gui.core.units import MicroUsd, utc_now

LABEL = f"{PREFIX}contract-1"
DEADLINE_S = 60.0


def settled(cloud: Cloud, label: str, status: InstanceStatus) -> Instance:
    """Wait until the instance is what it is to become."""
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        instance = find(cloud, label)
        if instance is not None and instance.status is status:
            return instance
        time.sleep(0.05)
    pytest.fail(f"{label} never became {status}")


def gone(cloud: Cloud, instance_id: str) -> bool:
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        if all(one.instance_id != instance_id for one in cloud.instances()):
            return True
        time.sleep(0.05)
    return False


class CloudContract:
    """Runs against a cloud whose account begins empty and which has something to offer."""

    @pytest.fixture
    def account(self) -> Callable[[], Cloud]:
        """Opens the same account anew, as a program does that was started again."""
        raise NotImplementedError

    @pytest.fixture
    def cloud(self, account: Callable[[], Cloud]) -> Iterator[Cloud]:
        cloud = account()
        yield cloud
        for instance in cloud.instances():
            cloud.destroy(instance.instance_id)
        cloud.close()

    @pytest.fixture
    def offer(self, cloud: Cloud) -> Offer:
        return cloud.offers(Needs())[0]

    @pytest.fixture
    def public_key(self) -> str:
        return keys.generate().public

    def test_an_unused_account_lists_nothing(self, cloud: Cloud) -> None:
        assert list(cloud.instances()) == []

    def test_offers_belong_to_the_cloud_and_have_a_price_and_different_ids(self, cloud: Cloud) -> None:
        offers = cloud.offers(Needs())
        assert offers
        assert {offer.cloud for offer in offers} == {cloud.name}
        assert all(offer.price_per_hour > 0 for offer in offers)
        assert len({offer.offer_id for offer in offers}) == len(offers)

    def test_offers_keep_to_what_is_needed(self, cloud: Cloud, offer: Offer) -> None:
        dear = Needs(max_price_per_hour=MicroUsd(1))
        huge = Needs(disk_bytes=10**18)
        other = Needs(gpus=("No Such GPU 1",))
        large = Needs(min_vram_bytes=10**15)
        assert [list(cloud.offers(needs)) for needs in (dear, huge, other, large)] == [[], [], [], []]
        assert cloud.offers(Needs(max_price_per_hour=offer.price_per_hour))

    def test_what_is_rented_is_listed_once_under_its_label(self, cloud: Cloud, offer: Offer, public_key: str) -> None:
        before = utc_now()
        rented = cloud.rent(offer, LABEL, public_key)
        assert [one.instance_id for one in cloud.instances()] == [rented.instance_id]
        listed = find(cloud, LABEL)
        assert listed is not None
        assert (listed.cloud, listed.label, listed.price_per_hour) == (cloud.name, LABEL, offer.price_per_hour)
        assert listed.pretend_price == offer.pretend_price
        assert timedelta(0) <= listed.rented_at - before + timedelta(seconds=5) < timedelta(minutes=5)

    def test_a_running_instance_has_an_address(self, cloud: Cloud, offer: Offer, public_key: str) -> None:
        cloud.rent(offer, LABEL, public_key)
        running = settled(cloud, LABEL, InstanceStatus.RUNNING)
        assert running.address is not None
        assert running.address.port > 0
        assert running.host_key == "" or running.host_key.startswith("SHA256:")

    def test_a_program_that_was_started_again_sees_the_same(
        self, cloud: Cloud, account: Callable[[], Cloud], offer: Offer, public_key: str
    ) -> None:
        rented = cloud.rent(offer, LABEL, public_key)
        again = account()
        listed = find(again, LABEL)
        assert listed is not None
        assert (listed.instance_id, listed.rented_at) == (rented.instance_id, rented.rented_at)
        again.destroy(rented.instance_id)
        assert gone(cloud, rented.instance_id)
        again.close()

    def test_an_offer_that_is_not_there_any_more_is_told_and_nothing_is_rented(
        self, cloud: Cloud, offer: Offer, public_key: str
    ) -> None:
        from dataclasses import replace

        with pytest.raises(OfferGone):
            cloud.rent(replace(offer, offer_id="0"), LABEL, public_key)
        assert list(cloud.instances()) == []

    def test_without_a_usable_key_nothing_is_rented(self, cloud: Cloud, offer: Offer) -> None:
        with pytest.raises(CloudRefused):
            cloud.rent(offer, LABEL, "")
        assert list(cloud.instances()) == []

    def test_another_key_can_be_let_in(self, cloud: Cloud, offer: Offer, public_key: str) -> None:
        cloud.rent(offer, LABEL, public_key)
        running = settled(cloud, LABEL, InstanceStatus.RUNNING)
        other = keys.generate().public
        cloud.authorize(running, other)
        cloud.authorize(running, other)

    def test_what_is_destroyed_is_no_longer_listed(self, cloud: Cloud, offer: Offer, public_key: str) -> None:
        first = cloud.rent(offer, LABEL, public_key)
        second = cloud.rent(offer, f"{PREFIX}contract-2", public_key)
        cloud.destroy(first.instance_id)
        assert gone(cloud, first.instance_id)
        assert [one.instance_id for one in cloud.instances()] == [second.instance_id]

    def test_destroying_twice_or_what_never_was_is_no_error(self, cloud: Cloud, offer: Offer, public_key: str) -> None:
        rented = cloud.rent(offer, LABEL, public_key)
        cloud.destroy(rented.instance_id)
        assert gone(cloud, rented.instance_id)
        cloud.destroy(rented.instance_id)
        cloud.destroy("no-such-instance")

    def test_after_close_what_is_rented_stays_rented(
        self, cloud: Cloud, account: Callable[[], Cloud], offer: Offer, public_key: str
    ) -> None:
        rented = cloud.rent(offer, LABEL, public_key)
        cloud.close()
        again = account()
        assert [one.instance_id for one in again.instances()] == [rented.instance_id]
        again.close()
