"""Which machine comes first, and why, is known in the core; the window only words it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gui.core.cloud.base import Offer
from gui.core.plan import FirstPlace, MachineChoice, ModelChoice, Plan, Why, estimate, why_first
from gui.core.plan.cost import ranked
from gui.core.units import FREE, micro_usd
from tests.plan.making import A_REPORT, EXAM_BANK, a_gpu, a_plan, an_offer

SLOW, FAST = a_gpu("RTX 3090", "0.20"), a_gpu("RTX 4090", "0.41")


def exam_plan() -> Plan:
    vl_8b = ModelChoice("Qwen/Qwen3-VL-Embedding-8B")
    return a_plan(Path("/"), model=vl_8b, machine=MachineChoice("vast", disk_gb=60))


def first(*offers: Offer) -> FirstPlace:
    plan = exam_plan()
    place = why_first([(offer, estimate(plan, EXAM_BANK, offer)) for offer in ranked(plan, offers, EXAM_BANK)])
    assert place is not None
    return place


def test_without_offers_nothing_is_recommended() -> None:
    assert why_first(()) is None


def test_this_computer_is_first_because_it_is_free(tmp_path: Path) -> None:
    offer = an_offer()
    place = why_first([(offer, estimate(a_plan(tmp_path), A_REPORT, offer))])
    assert place is not None
    assert (place.why, place.other) == (Why.FREE, None)


def test_the_only_one_is_first_because_nothing_else_fits() -> None:
    assert first(FAST).why is Why.ONLY


def test_a_dearer_hour_that_ends_the_run_sooner_is_held_against_what_looks_cheaper() -> None:
    place = first(SLOW, FAST, a_gpu("RTX 3090", "0.25"))
    assert (place.why, place.offer, place.other) == (Why.FASTER, FAST, SLOW)
    assert place.slower > 2
    assert place.saves > 0


def test_a_slow_line_is_named_as_what_makes_it_dear() -> None:
    bad_line = replace(FAST, offer_id="slow line", price_per_hour=micro_usd("0.40"), download_bytes_per_s=13e6)
    place = first(bad_line, FAST)
    assert (place.why, place.other) == (Why.FASTER_LINE, bad_line)


def test_traffic_that_costs_more_than_the_hours_save_is_named() -> None:
    dear_traffic = replace(
        FAST, offer_id="traffic", price_per_hour=micro_usd("0.40"), traffic_in_per_gb=micro_usd("0.05")
    )
    place = first(dear_traffic, FAST)
    assert (place.why, place.other) == (Why.LESS_TRAFFIC, dear_traffic)
    assert place.saves > 0


def test_the_cheapest_an_hour_and_in_all_is_held_against_the_next() -> None:
    dearer = a_gpu("RTX 4090", "0.60")
    place = first(dearer, FAST)
    assert (place.why, place.other) == (Why.CHEAPEST, dearer)


def test_of_equal_cost_the_sooner_one_is_first() -> None:
    free = [replace(one, price_per_hour=FREE) for one in (SLOW, FAST)]
    place = first(*free)
    assert (place.why, place.offer.name, place.other) == (Why.SOONER, "RTX 4090", free[0])
