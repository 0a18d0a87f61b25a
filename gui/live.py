"""From the runs' threads to the window: one signal, the newest snapshot of each run only."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gui.core.run.events import Recorded, Tick
from gui.core.run.fold import fold
from gui.core.run.state import Snapshot

TICK_MS = 1000
QUIET_S = 2.5
"""A run that is well is heard of every second. One that waits long for a cloud's answer is silent, and billed."""


@dataclass(frozen=True, slots=True)
class _Heard:
    snapshot: Snapshot
    at_s: float


class Live(QObject):
    """``post`` from any thread; ``changed`` is heard on the window's. However fast they come, the window is woken
    once, and hears of each run only how it is now. The time and the money of a run that is silent go on."""

    changed = Signal(object)  # Snapshot
    _woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._newest: dict[str, Snapshot] = {}
        self._heard: dict[str, _Heard] = {}  # of runs that have not ended; of the window's thread alone
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)

    def post(self, snapshot: Snapshot) -> None:
        with self._lock:
            asleep = not self._newest
            self._newest[snapshot.run_id] = snapshot
        if asleep:
            self._woken.emit()

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            newest, self._newest = self._newest, {}
        for snapshot in newest.values():
            self._tell(snapshot, time.monotonic())

    def tick(self) -> None:
        """Let the time of silent runs go on."""
        now_s = time.monotonic()
        for heard in list(self._heard.values()):
            silent_s = now_s - heard.at_s
            if silent_s >= QUIET_S and heard.snapshot.at is not None:
                at = heard.snapshot.at + timedelta(seconds=silent_s)
                self._tell(fold(heard.snapshot, Recorded(0, at, Tick())), now_s)

    def _tell(self, snapshot: Snapshot, now_s: float) -> None:
        if snapshot.ended:
            self._heard.pop(snapshot.run_id, None)
        else:
            self._heard[snapshot.run_id] = _Heard(snapshot, now_s)
        if self._heard and not self._timer.isActive():
            self._timer.start()
        elif not self._heard:
            self._timer.stop()
        self.changed.emit(snapshot)
