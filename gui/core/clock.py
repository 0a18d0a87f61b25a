"""What time it is: a clock that goes evenly whatever is done to the computer's, and believes a provider before itself.

Money is reckoned by it. A clock that is set forward by a day would otherwise look like a day's bill, and end a run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

TOLERANCE_S = 5.0
"""So far a provider's clock may be off without a correction: its word is in whole seconds, and takes time to come."""


_EVEN = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
"""What goes on while the computer sleeps: on Linux, on macOS; elsewhere ``time.monotonic`` does."""


def _steady_s() -> float:
    return time.monotonic() if _EVEN is None else time.clock_gettime(_EVEN)


class Clock:
    """Called, it gives an aware UTC time. Safe from any thread."""

    def __init__(self, wall_s: Callable[[], float] = time.time, steady_s: Callable[[], float] = _steady_s) -> None:
        """``wall_s`` is asked once, for where to begin."""
        self._steady_s = steady_s
        self._lock = threading.Lock()
        self._offset_s = wall_s() - steady_s()

    def __call__(self) -> datetime:
        with self._lock:
            return datetime.fromtimestamp(self._steady_s() + self._offset_s, UTC)

    def heard(self, said: datetime) -> None:
        """Follow what a provider says the time is, when it is clearly another."""
        with self._lock:
            off_s = said.timestamp() - (self._steady_s() + self._offset_s)
            if abs(off_s) > TOLERANCE_S:
                self._offset_s += off_s
