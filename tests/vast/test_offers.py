"""Offers of Vast.ai: only what is needed, in our units, at the price of the disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gui.core.cloud.base import Needs
from gui.core.cloud.vast import VastCloud
from gui.core.errors import CloudRefused
from gui.core.units import GB, micro_usd
from tests.fake_vast.world import World
from tests.vast.account import LABEL, NEEDS, PUBLIC_KEY, Account

HOUR_S = 3600.0


def test_an_offer_is_told_in_our_units(account: Account) -> None:
    offer = account.offer(
        gpu_name="RTX_4090", num_gpus=2, gpu_ram=24564, dph_base=0.36, storage_cost=0.144, inet_down=800, inet_up=80,
        inet_down_cost=0.002, inet_up_cost=0.003, cpu_ram=64000, gpu_frac=0.5, cpu_cores_effective=12.8, host_id=7,
        machine_id=8, hosting_type=1, cuda_max_good=12.8, geolocation="Hanoi, VN", compute_cap=890, total_flops=164.0,
    )  # fmt: skip
    assert (offer.name, offer.gpu_count, offer.vram_bytes) == ("RTX 4090", 2, 24564 << 20)
    assert (offer.cores, offer.memory_bytes, offer.disk_bytes) == (12, 32000 << 20, 50 * GB)
    assert (offer.download_bytes_per_s, offer.upload_bytes_per_s) == (100e6, 10e6)
    assert offer.disk_per_hour == micro_usd("0.01")
    assert offer.price_per_hour == micro_usd("0.37")
    assert (offer.traffic_in_per_gb, offer.traffic_out_per_gb) == (micro_usd("0.002"), micro_usd("0.003"))
    assert (offer.place, offer.host_id, offer.machine_id, offer.cuda) == ("Hanoi, VN", "7", "8", 12.8)
    assert (offer.data_centre, offer.pretend_price, offer.interruptible) == (True, False, False)
    assert (offer.capability, offer.full_flops) == (8.9, 82e12), "of one GPU"


def test_the_price_is_that_of_the_disk_that_is_needed(account: Account, cloud: VastCloud) -> None:
    account.world.add_offer(dph_base=0.36, storage_cost=0.72)
    prices = [cloud.offers(Needs(disk_bytes=size))[0].price_per_hour for size in (0, 8 * GB, 50 * GB, 50 * GB + 1)]
    assert prices == [micro_usd(price) for price in ("0.368", "0.368", "0.41", "0.411")]


@pytest.mark.parametrize(
    ("needs", "fits", "does_not"),
    [
        (Needs(gpus=("RTX 4090", "RTX 3090")), {"gpu_name": "RTX 3090"}, {"gpu_name": "RTX 3090 Ti"}),
        (Needs(min_vram_bytes=24 * GB), {"gpu_ram": 24564}, {"gpu_ram": 22527}),
        (Needs(disk_bytes=100 * GB), {"disk_space": 100.5}, {"disk_space": 99.5}),
        (Needs(max_price_per_hour=micro_usd("0.30")), {"dph_base": 0.25}, {"dph_base": 0.35}),
        (Needs(min_reliability=0.99), {"reliability": 0.991}, {"reliability": 0.989}),
        (Needs(min_cuda=12.4), {"cuda_max_good": 12.8}, {"cuda_max_good": 12.2}),
        (Needs(min_capability=8.0), {"compute_cap": 800}, {"compute_cap": 750}),
        (Needs(min_capability=8.0), {"compute_cap": 1200}, {"compute_cap": None}),
        (Needs(min_download_bytes_per_s=50e6), {"inet_down": 401.0}, {"inet_down": 399.0}),
        (Needs(countries=("VN", "KR")), {"geolocation": "Seoul, KR"}, {"geolocation": "Texas, US"}),
        (Needs(data_centres_only=True), {"hosting_type": 1}, {"hosting_type": 0}),
        (Needs(), {}, {"verification": "unverified"}),
        (Needs(), {}, {"rentable": False}),
        (Needs(), {}, {"rented": True}),
        (Needs(), {}, {"external": True}),
        (Needs(), {}, {"gpu_arch": "amd"}),
        (Needs(), {}, {"cpu_arch": "arm64"}),
        (Needs(), {}, {"direct_port_count": 0}),
        (Needs(), {}, {"duration": HOUR_S}),
    ],
)
def test_only_what_is_needed_is_offered(
    world: World, cloud: VastCloud, needs: Needs, fits: dict[str, object], does_not: dict[str, object]
) -> None:
    wanted = world.add_offer(**fits)
    world.add_offer(**does_not)
    assert [one.offer_id for one in cloud.offers(needs)] == [str(wanted)]


def test_the_cheapest_are_offered_when_there_are_many(world: World, cloud: VastCloud) -> None:
    for number in range(300, 0, -1):
        world.add_offer(dph_base=number / 100)
    prices = [one.price_per_hour for one in cloud.offers(Needs())]
    assert len(prices) == 256
    assert prices == sorted(prices)
    assert prices[0] < micro_usd("0.02")


def test_an_interruptible_offer_is_priced_by_its_bid(world: World, cloud: VastCloud) -> None:
    world.add_offer(dph_base=0.36, min_bid=0.12, storage_cost=0.144)
    (offer,) = cloud.offers(replace(NEEDS, interruptible=True))
    assert offer.interruptible
    assert (offer.bid_per_hour, offer.price_per_hour) == (micro_usd("0.12"), micro_usd("0.13"))
    cloud.rent(offer, LABEL, PUBLIC_KEY)
    assert next(iter(world.instances.values())).asked["price"] == 0.12
    (instance,) = cloud.instances()
    assert (instance.interruptible, instance.price_per_hour) == (True, micro_usd("0.13"))


def test_an_offer_with_holes_is_shown_and_one_that_makes_no_sense_is_not(world: World, cloud: VastCloud) -> None:
    holes = dict.fromkeys(
        (
            "reliability2", "inet_up", "inet_up_cost", "geolocation", "host_id", "cpu_ram", "gpu_frac", "min_bid",
            "compute_cap", "total_flops",
        ), None
    )  # fmt: skip
    wanted = world.add_offer(**holes)
    world.add_offer(gpu_ram="plenty", cpu_cores_effective=None)
    world.add_offer(dph_base=-5.0)
    (offer,) = cloud.offers(Needs())
    assert (offer.offer_id, offer.place) == (str(wanted), "?")


def test_no_more_than_ten_searches_a_minute_are_made(world: World, cloud: VastCloud, account: Account) -> None:
    """The provider counts; a refusal would show as 429."""
    for _ in range(25):
        cloud.offers(Needs())
    assert {seen.status for seen in account.fake.requests} == {200}


def test_the_days_searches_are_used_up(world: World, cloud: VastCloud, account: Account) -> None:
    world.searches_left = 0
    with pytest.raises(CloudRefused) as raised:
        cloud.offers(Needs())
    assert raised.value.reason == "quota"
    assert account.fake.count("search") == 1
