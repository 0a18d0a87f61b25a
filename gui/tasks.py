"""Short work off the window's thread: ``background`` is the only way to do it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from gui import alerts
from gui.core.errors import EmbarkError

T = TypeVar("T")
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="background")
_under_way: set[_Call] = set()


def background(
    fn: Callable[[], T],
    *,
    done: Callable[[T], None] | None = None,
    failed: Callable[[EmbarkError], None] | None = None,
) -> None:
    """Run ``fn`` on another thread, then ``done(value)`` or ``failed(error)`` on this one, the window's.

    ``fn`` is given values and returns a value; it never touches a widget. An EmbarkError goes to ``failed`` (left out:
    it is shown), anything else is a bug and goes to the crash dialog. When ``done`` and ``failed`` are methods of a
    QObject that has been deleted meanwhile, nothing is called: pass methods, not lambdas.
    """
    call = _Call(fn, done, failed or alerts.show_error)
    _under_way.add(call)
    _pool.submit(call.work)


def under_way() -> int:
    """How many calls are not delivered yet."""
    return len(_under_way)


class _Call(QObject):
    """Lives on the window's thread; its signal carries the outcome over."""

    _over = Signal(object, object)  # value, error

    def __init__(
        self, fn: Callable[[], Any], done: Callable[[Any], None] | None, failed: Callable[[EmbarkError], None]
    ) -> None:
        super().__init__()
        self._fn = fn
        self._done = done
        self._failed = failed
        self._over.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def work(self) -> None:
        value, error = None, None
        try:
            value = self._fn()
        except BaseException as raised:  # noqa: BLE001 - delivered below: worded, or to the crash dialog
            error = raised
        if shiboken6.isValid(self):
            self._over.emit(value, error)

    @Slot(object, object)
    def _deliver(self, value: object, error: BaseException | None) -> None:
        _under_way.discard(self)
        self.deleteLater()
        if error is None:
            if self._done is not None and _alive(self._done):
                self._done(value)
        elif not isinstance(error, EmbarkError):
            sys.excepthook(type(error), error, error.__traceback__)
        elif _alive(self._failed):
            self._failed(error)


def _alive(function: Callable[..., Any]) -> bool:
    """Whether the QObject this function belongs to, if it is a method of one, still exists."""
    while isinstance(function, functools.partial):
        function = function.func
    receiver = getattr(function, "__self__", None)
    return not isinstance(receiver, QObject) or shiboken6.isValid(receiver)
