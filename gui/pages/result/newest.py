"""Questions that overtake each other: typing, holding an arrow key. Only the newest is worth an answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gui import alerts
from gui.core.errors import EmbarkError
from gui.tasks import background


class Newest(QObject):
    """One question is worked on at a time; of those asked meanwhile the last is next, and only it is answered."""

    answered = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._busy = False
        self._next: Callable[[], object] | None = None

    @property
    def overtaken(self) -> bool:
        """Whether the question under way has a newer one waiting; may be asked from any thread."""
        return self._next is not None

    def ask(self, fn: Callable[[], object]) -> None:
        if self._busy:
            self._next = fn
            return
        self._busy = True
        background(fn, done=self._done, failed=self._failed)

    def _done(self, value: object) -> None:
        self._busy = False
        following, self._next = self._next, None
        if following is None:
            self.answered.emit(value)
        else:
            self.ask(following)

    def _failed(self, error: EmbarkError) -> None:
        self._busy = False
        following, self._next = self._next, None
        if following is None:
            alerts.show_error(error)
        else:
            self.ask(following)
