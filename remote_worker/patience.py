"""A full disk is waited for, and spoken of, before it ends a job: room may be made while it waits."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from typing import TypeVar

from remote_worker.failures import is_disk_full
from remote_worker.protocol import Notice

T = TypeVar("T")

_WAIT_S = 600.0  # a rented machine costs money while it waits
_LOOK_S = 1.0


class Patience:
    """Tries to write again and again while the disk is full, for ten minutes in one go."""

    def __init__(self, say: Callable[[Notice, str], None], check: Callable[[], None]) -> None:
        """``say`` may raise OSError itself. ``check`` is called while waiting; what it raises ends the wait."""
        self._say, self._check = say, check
        # For tests, and for whoever would rather not wait at all.
        self._wait_s = float(os.environ.get("EMBARK_DISK_PATIENCE_S", _WAIT_S))

    def __call__(self, write: Callable[[], T]) -> T:
        """What ``write`` returns, which may be called any number of times. Raises what it raises at last."""
        until = float("-inf")
        while True:
            try:
                result = write()
                break
            except OSError as full:
                # A limit on the size of files does not go away by waiting.
                if not is_disk_full(full) or full.errno == errno.EFBIG:
                    raise
                if until == float("-inf"):
                    until = time.monotonic() + self._wait_s
                    self._say(Notice.DISK_FULL, f"waiting up to {self._wait_s / 60:.0f} minutes for room")
                if time.monotonic() >= until:
                    raise
            self._check()
            time.sleep(_LOOK_S)
        if until != float("-inf"):
            self._say(Notice.DISK_HAS_ROOM, "")
        return result
