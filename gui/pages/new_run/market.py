"""Offers as the clouds gave them, kept for a while: a provider allows few searches, and a wizard has many pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from gui.core.cloud.base import Cloud, Needs, Offer, PaidCloud
from gui.core.errors import EmbarkError
from gui.core.plan import PRACTICE_CLOUD, Plan, needs
from gui.core.units import MicroUsd, utc_now

KEPT_S = 180.0
CREDIT_KEPT_S = 2.0  # it is spent by the second, and costs no search to ask for
MOST_KEPT = 40


@dataclass(frozen=True, slots=True)
class Answer:
    """``offers`` is None when ``failure`` says why; ``credit`` is None where there is none, or it is not known."""

    number: int
    offers: tuple[Offer, ...] | None
    failure: EmbarkError | None = None
    credit: MicroUsd | None = None
    asked_at: datetime | None = None


class Market:
    """``ask`` may take long: never in the window's thread."""

    def __init__(self, clouds: Mapping[str, Cloud], clock: Callable[[], float] = time.monotonic) -> None:
        self._clouds = clouds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, Needs], tuple[float, Answer]] = {}
        self._credits: dict[str, tuple[float, MicroUsd | None]] = {}

    def ask(self, number: int, plan: Plan, fresh: bool) -> Answer:
        """What can be rented for this plan, as it was known a moment ago or, if ``fresh``, as it is now."""
        cloud = self._clouds.get(plan.machine.cloud)
        if cloud is None:
            return Answer(number, ())
        wanted = needs(plan)
        key = (cloud.name, wanted)
        with self._lock:
            at, known = self._kept.get(key, (0.0, None))
        if known is not None and not fresh and self._clock() < at + KEPT_S:
            return replace(known, number=number, credit=self._credit(cloud))
        try:
            offers = tuple(cloud.offers(wanted))
        except EmbarkError as failure:
            return Answer(number, None, failure)
        answer = Answer(number, offers, credit=self._credit(cloud), asked_at=utc_now())
        if cloud.name != PRACTICE_CLOUD:  # this computer's disk fills and empties meanwhile
            with self._lock:
                while len(self._kept) >= MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = (self._clock(), answer)
        return answer

    def _credit(self, cloud: Cloud) -> MicroUsd | None:
        if not isinstance(cloud, PaidCloud):
            return None
        with self._lock:
            at, credit = self._credits.get(cloud.name, (float("-inf"), None))
        if self._clock() < at + CREDIT_KEPT_S:
            return credit
        try:
            credit = cloud.credit()
        except EmbarkError:  # whatever it is, the offers are there to be looked at
            credit = None
        with self._lock:
            self._credits[cloud.name] = (self._clock(), credit)
        return credit
