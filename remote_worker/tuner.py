"""How many tokens a batch may have: found from the memory that batches took and how fast they went."""

from __future__ import annotations

from typing import Protocol

_PROBES = (1024, 4096)  # tokens of the first batches: two sizes tell what one takes, and what is taken in any case
_FIRST = 20  # batches that tell it
_APART = 2  # times as large
_SHARE = 0.85  # of the memory that is free
_RISE = 1.05  # twice the size must pay at least this much
_FULL = 0.7  # a batch that fills less of its budget says nothing of the budget
_ENOUGH = 3  # batches of one size, the first of which warms up
_STEADY = 50  # good batches before it grows again
_GROWTH = 1.1
_BELOW_FAILED = 0.9
_MOST_TOKENS = 1 << 18


class Meter(Protocol):
    """The memory of the device."""

    def start(self) -> None:
        """A batch begins."""

    def peak_bytes(self) -> int:
        """The most that was taken since ``start``, above what was taken then."""

    def room_bytes(self) -> int:
        """What could be taken now."""


class Tuner:
    """The budget of a batch in tokens, padding counted.

    Without a meter it is what it was told, halved when memory does not suffice, and grows back. With one it begins
    with two probes, which are batches like any other, and doubles as long as that pays and memory allows.
    """

    def __init__(self, budget: int, meter: Meter | None = None) -> None:
        self._meter = meter
        self._told = budget
        self.budget = _PROBES[0] if meter is not None else budget
        self._climbs = meter is not None
        self._seen: list[tuple[int, int]] = []  # tokens and bytes of the first batches
        self._fixed = self._per_token = 0.0
        self._cap = _MOST_TOKENS if meter is not None else budget
        self._failed = 0  # the smallest that did not fit
        self._rates: list[float] = []  # of the batches of this budget
        self._best = (0.0, self.budget)
        self._steady = 0

    def begin(self) -> None:
        if self._meter is not None:
            self._meter.start()

    def launched(self, tokens: int) -> None:
        """The batch that began is on its way: all its memory is taken."""
        if self._meter is None:
            return
        peak, room = self._meter.peak_bytes(), self._meter.room_bytes()
        if len(self._seen) < _FIRST:
            self._seen.append((tokens, peak))
            self._tell_apart()
        # Pictures take more than text, and what was not seen before may take more than what was. A small batch says
        # little of it: what is taken in any case is most of it.
        elif tokens >= self.budget / 2:
            self._per_token = max(self._per_token, (peak - self._fixed) / max(1, tokens))
        self._cap = min(_MOST_TOKENS, int(max(1.0, _SHARE * room - self._fixed) / max(1.0, self._per_token)))
        self.budget = max(1, min(self.budget, self._cap))

    def _tell_apart(self) -> None:
        """What is taken in any case, and by each token, from the batches so far."""
        (few, fewest_bytes), (many, most_bytes) = min(self._seen), max(self._seen)
        if many >= _APART * few:  # or the difference between them is that of their pictures
            slope = (most_bytes - fewest_bytes) / (many - few)
            self._fixed = max(0.0, fewest_bytes - max(0.0, slope) * few)
        full = [one for one in self._seen if one[0] >= many / 2]
        self._per_token = max((one_bytes - self._fixed) / max(1, one) for one, one_bytes in full)

    def good(self, tokens: int, flops: float, busy_s: float) -> None:
        """A batch has landed. ``flops``: the work that was in it."""
        if self._climbs:
            if tokens > self.budget:  # one row alone, which says nothing of a budget that it does not heed
                self._rise(tokens)
            elif tokens >= _FULL * self.budget and busy_s > 0:
                self._climb(flops / busy_s)
            return
        self._steady += 1
        limit = min(self._cap, self._told, int(_BELOW_FAILED * self._failed) if self._failed else self._told)
        if self._steady >= _STEADY and self.budget < limit:
            self.budget, self._steady = min(limit, max(self.budget + 1, int(self.budget * _GROWTH))), 0

    def too_large(self, tokens: int) -> None:
        """A batch of so many did not fit."""
        self._failed = min(self._failed or tokens, tokens)
        self.budget = max(1, tokens // 2)
        if self._climbs:
            self._told, self._climbs = _MOST_TOKENS, False
        self._steady = 0

    def _climb(self, rate: float) -> None:
        self._rates.append(rate)
        if self.budget in _PROBES[:-1]:
            self._next(_PROBES[_PROBES.index(self.budget) + 1])
        elif len(self._rates) >= _ENOUGH:
            measured = sum(self._rates[1:]) / (len(self._rates) - 1)
            best, budget = self._best
            if measured >= _RISE * best:
                self._best = (measured, self.budget)
                self._next(2 * self.budget)
            else:
                self._told = self.budget = budget
                self._climbs = False

    def _next(self, budget: int) -> None:
        if not self._rise(budget):  # memory allows no more
            self._told, self._climbs = self.budget, False

    def _rise(self, budget: int) -> bool:
        self._rates = []
        risen = min(budget, self._cap) > self.budget
        self.budget = max(self.budget, min(budget, self._cap))
        return risen
