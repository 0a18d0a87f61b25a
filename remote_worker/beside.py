"""Work beside the model's, by threads: what comes next is made ready, and what is done is put away."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")
_WAITING = 2  # so much may lie there before the model waits
_FAREWELL_S = 10.0


def ahead(make: Callable[[], T | None]) -> Iterator[T]:
    """What ``make`` gives until it gives None, the next one made while one is used. Raises what it raises."""
    made: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(1)
    wanted = threading.Semaphore(1)

    def work() -> None:
        while True:
            wanted.acquire()
            try:
                one = make()
            except BaseException as error:  # noqa: BLE001 - whoever uses it raises it again
                made.put((None, error))
                return
            made.put((one, None))
            if one is None:
                return

    # Nobody waits for it at the end: it may itself wait for work that never comes.
    threading.Thread(target=work, name="ahead", daemon=True).start()
    while True:
        one, error = made.get()
        if error is not None:
            raise error
        if one is None:
            return
        wanted.release()
        yield one


class Background(Generic[T]):
    """Puts away one thing after the other. What goes wrong with one is raised at the next, or at the end."""

    def __init__(self, put_away: Callable[[T], None]) -> None:
        self._put_away = put_away
        self._queue: queue.Queue[T | None] = queue.Queue(_WAITING)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="background", daemon=True)
        self._thread.start()

    def give(self, one: T) -> None:
        """Waits while too much lies there."""
        self._raise()
        self._queue.put(one)

    def _work(self) -> None:
        while (one := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._put_away(one)
                except BaseException as error:  # noqa: BLE001 - whoever gives the next raises it again
                    self._error = error

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def __enter__(self) -> Background[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits until all is put away; when something else went wrong already, no longer than it takes to be polite."""
        if error is None:
            self._queue.put(None)
            self._thread.join()
            self._raise()
        else:
            threading.Thread(target=self._queue.put, args=(None,), daemon=True).start()
            self._thread.join(_FAREWELL_S)
