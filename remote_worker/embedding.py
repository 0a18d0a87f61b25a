"""Embedding with one model what a desk hands out: in this process alone, or in one of several side by side."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from remote_worker.alarms import Alarms
from remote_worker.beside import Background, ahead
from remote_worker.encoder import Encoder
from remote_worker.images import PictureReader
from remote_worker.items import Items
from remote_worker.protocol import Alarm, JobSpec
from remote_worker.window import FinishedShard, Streak, Window
from remote_worker.workbench import NOTHING, Spent, Workbench

_WINDOW_S = 60.0
_FINISH_S = 12.0


class Stopped(Exception):
    """Somebody asked the worker to stop."""


class Halt:
    """What somebody's wish that the worker stops means to it: what can be finished soon still is."""

    def __init__(self, asked: threading.Event) -> None:
        self._asked = asked
        self._until: float | None = None

    def left_s(self) -> float | None:
        """Seconds to finish in; None = nobody asked. Raises Stopped when they are over."""
        if not self._asked.is_set():
            return None
        if self._until is None:
            self._until = time.monotonic() + _FINISH_S
        if time.monotonic() >= self._until:
            raise Stopped
        return self._until - time.monotonic()

    def obey(self) -> None:
        """Before something begins that would not be finished. Raises Stopped."""
        if self._asked.is_set():
            raise Stopped


class Desk(Protocol):
    """Where the numbers of shards come from, and where finished ones go. All but ``rows_per_s`` may raise Stopped.

    ``take`` and ``keep`` are called by threads of their own, while the model works.
    """

    @property
    def rows_per_s(self) -> float:
        """How fast this model has been over the last half minute; 0 = nothing was done yet."""

    def take(self, rows: float) -> list[int]:
        """Numbers of the shards to make next, with about so many rows, at least one; none = all is done."""

    def settled(self, rows: list[int], spent: Spent = NOTHING) -> None:
        """These were embedded, or given up. ``spent``: on this model, since the last call."""

    def keep(self, finished: FinishedShard) -> None:
        """Raises OSError."""

    def alarm(self, alarm: Alarm, rows: int, looked_at: int, item_ids: tuple[str, ...]) -> None:
        """``rows`` so far, of ``looked_at``, and the ids of the first of them. Raises OSError."""

    def check(self) -> float | None:
        """Called between batches: see ``Window.embed``."""


def embed(encoder: Encoder, job: JobSpec, items: Items, desk: Desk) -> None:
    """Make shards until the desk has no more. Raises JobFailed, OSError, and what the desk raises."""
    if job.series is not None:
        from remote_worker.series import embed_series

        embed_series(encoder, job, items, desk)
        return
    pictures, streak, bench = PictureReader(encoder), Streak(), Workbench(encoder)
    alarms = Alarms(encoder, items, desk.alarm)

    def following() -> Window | None:
        # A larger window sorts better; a crash costs no more than what is in it.
        numbers = desk.take(min(encoder.window_rows, desk.rows_per_s * _WINDOW_S))
        return Window(numbers, job, items, encoder, pictures, streak, bench) if numbers else None

    try:
        with Background(desk.keep) as keeper:
            for window in ahead(following):
                for rows in window.embed(desk.check):
                    desk.settled(rows, bench.spent())
                    for finished in window.finished():
                        alarms.look(finished)
                        keeper.give(finished)
                if window.unfinished:
                    raise Stopped
    finally:
        pictures.close()
