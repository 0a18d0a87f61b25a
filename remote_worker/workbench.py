"""What one window of rows leaves to the next: the size of batches, vectors of rows that may come again, idle times."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from remote_worker.encoder import Encoder, Flight, Launcher, Prepared
from remote_worker.tuner import Tuner
from remote_worker.twins import Known

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Spent:
    flops: float = 0.0  # computed; 0 = not known
    busy_s: float = 0.0  # the device computed
    idle_s: float = 0.0  # it waited for its next batch

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.flops + other.flops, self.busy_s + other.busy_s, self.idle_s + other.idle_s)


NOTHING = Spent()


class Workbench:
    """One encoder and what is learned of it while it works."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._launcher = encoder if isinstance(encoder, Launcher) else None
        self.pads = self._launcher is None or self._launcher.pads
        self.tuner = Tuner(encoder.budget_tokens, self._launcher.meter if self._launcher else None)
        self.known = Known()
        self._spent = NOTHING
        self._began = False
        self._ended: float | None = None

    def launch(self, batch: Sequence[Prepared], images: Sequence[Any]) -> Flight:
        """Raises what ``Encoder.encode`` raises."""
        self.tuner.begin()
        if self._launcher is None:
            began = time.monotonic()
            idle_s = 0.0 if self._ended is None else began - self._ended
            vectors = self._encoder.encode(batch, images)
            self._ended = time.monotonic()
            return _Landed(vectors, self._ended - began, idle_s)
        flight = self._launcher.launch(batch, images)
        self.tuner.launched(self._tokens(batch))
        return flight

    def landed(self, batch: Sequence[Prepared], flight: Flight) -> None:
        """Its vectors are here."""
        flops = sum(one.flops for one in batch)
        # What the device did not do before the first batch is nobody's waste.
        self._spent += Spent(flops, flight.busy_s, flight.idle_s if self._began else 0.0)
        self._began = True
        self.tuner.good(self._tokens(batch), flops or self._tokens(batch), flight.busy_s)

    def spent(self) -> Spent:
        """Since the last call."""
        spent, self._spent = self._spent, NOTHING
        return spent

    def too_large(self, batch: Sequence[Prepared]) -> None:
        """It did not fit into the memory."""
        self.tuner.too_large(self._tokens(batch))

    def _tokens(self, batch: Sequence[Prepared]) -> int:
        """That the device computes for this batch."""
        tokens = [one.tokens for one in batch]
        return max(tokens) * len(tokens) if self.pads else sum(tokens)


class _Landed:
    """See ``encoder.Flight``: over before anybody asks."""

    def __init__(self, vectors: NDArray[np.float32], busy_s: float, idle_s: float) -> None:
        self._vectors, self.busy_s, self.idle_s = vectors, busy_s, idle_s

    def landed(self) -> bool:
        return True

    def vectors(self) -> NDArray[np.float32]:
        return self._vectors
