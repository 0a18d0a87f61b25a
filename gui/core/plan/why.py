"""Why the first of the ranked offers is the first, as a typed reason that the window words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gui.core.cloud.base import Offer
from gui.core.plan.choices import PRACTICE_CLOUD
from gui.core.plan.cost import Estimate, EstimateLine
from gui.core.units import FREE, MicroUsd

Ranked = tuple[Offer, Estimate]


class Why(StrEnum):
    FREE = "free"  # this computer
    ONLY = "only"  # nothing else fits
    FASTER = "faster"  # ``other`` asks less an hour and takes so much longer that it costs more
    FASTER_LINE = "faster-line"  # the same, because ``other`` takes longer to fetch the model
    LESS_TRAFFIC = "less-traffic"  # ``other`` asks less an hour, and more for what goes there and back
    SOONER = "sooner"  # ``other`` costs as much and takes longer
    CHEAPEST = "cheapest"  # an hour and in all; ``other`` is the next


@dataclass(frozen=True, slots=True)
class FirstPlace:
    """``saves`` is what ``other`` costs more in all, ``slower`` how many times as long it takes."""

    why: Why
    offer: Offer
    expected: Estimate
    other: Offer | None = None
    saves: MicroUsd = FREE
    slower: float = 1.0


def why_first(rows: Sequence[Ranked]) -> FirstPlace | None:
    """The reason for the first of ``rows``, which come ranked; None without rows.

    Held against the one that asks least an hour, if that is another: this is the row that looks cheaper.
    """
    if not rows:
        return None
    offer, expected = rows[0]
    if offer.cloud == PRACTICE_CLOUD:
        return FirstPlace(Why.FREE, offer, expected)
    if len(rows) == 1:
        return FirstPlace(Why.ONLY, offer, expected)
    lower = [row for row in rows[1:] if row[0].price_per_hour < offer.price_per_hour]
    if lower:
        return _against(rows[0], min(lower, key=lambda row: (row[0].price_per_hour, row[1].total)))
    second, its = rows[1]
    if its.total == expected.total and its.total_s > expected.total_s:
        return FirstPlace(Why.SOONER, offer, expected, second, FREE, its.total_s / max(1.0, expected.total_s))
    return _place(Why.CHEAPEST, rows[0], rows[1])


def _against(first: Ranked, lower: Ranked) -> FirstPlace:
    expected, its = first[1], lower[1]
    more_traffic = its.traffic - expected.traffic
    if its.total_s <= expected.total_s or more_traffic >= its.total - expected.total > 0:
        return _place(Why.LESS_TRAFFIC, first, lower)
    setup_s = dict(its.seconds)[EstimateLine.SETUP] - dict(expected.seconds)[EstimateLine.SETUP]
    by_line = first[0].name == lower[0].name and setup_s > (its.total_s - expected.total_s) / 2
    return _place(Why.FASTER_LINE if by_line else Why.FASTER, first, lower)


def _place(why: Why, first: Ranked, other: Ranked) -> FirstPlace:
    (offer, expected), (rival, its) = first, other
    saves = MicroUsd(its.total - expected.total)
    return FirstPlace(why, offer, expected, rival, saves, its.total_s / max(1.0, expected.total_s))
