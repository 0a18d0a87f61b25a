"""From the runs' threads to the window: one signal, the newest snapshot of each run only."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal, Slot

from gui.core.run.state import Snapshot


class Live(QObject):
    """``post`` from any thread; ``changed`` is heard on the window's. However fast they come, the window is woken
    once, and hears of each run only how it is now."""

    changed = Signal(object)  # Snapshot
    _woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._newest: dict[str, Snapshot] = {}
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

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
            self.changed.emit(snapshot)
