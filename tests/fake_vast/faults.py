"""What goes wrong between the provider and whoever calls it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    LOSE_ANSWER = "lose-answer"  # done, but nobody hears of it
    CUT = "cut"  # the connection breaks before anything is done
    HALF = "half"  # done, and the answer breaks off in the middle
    BAD_GATEWAY = "bad-gateway"  # 502, as HTML, nothing done
    GATEWAY_TIMEOUT = "gateway-timeout"  # 504, as HTML, and it was done all the same
    HTML = "html"  # 200, but a web page; nothing done
    FORBIDDEN_PAGE = "forbidden-page"  # 403, a web page of something on the way
    NO_PERMISSION = "no-permission"  # 403 of the provider itself: a restricted key may not do this
    DELAY = "delay"  # answers ``seconds`` late
    TOO_FREQUENT = "too-frequent"  # 429, whatever the interval was
    REDIRECT = "redirect"  # to ``url``
    DRIP = "drip"  # a byte now and then, without end
    HUGE = "huge"  # an answer without end
    NO_JSON = "no-json"  # 200, cut JSON


@dataclass
class Fault:
    endpoint: str  # as in ``api.ROUTES``; "*" = any
    trouble: Trouble
    times: int = 1
    seconds: float = 0.0
    url: str = ""


class Faults:
    """Faults to come, in order; each is used up ``times`` times."""

    def __init__(self) -> None:
        self._coming: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, endpoint: str, trouble: Trouble, times: int = 1, *, seconds: float = 0.0, url: str = "") -> None:
        with self._lock:
            self._coming.append(Fault(endpoint, trouble, times, seconds, url))

    def clear(self) -> None:
        with self._lock:
            self._coming.clear()

    def take(self, endpoint: str) -> Fault | None:
        with self._lock:
            for fault in self._coming:
                if fault.endpoint in ("*", endpoint):
                    fault.times -= 1
                    if not fault.times:
                        self._coming.remove(fault)
                    return fault
        return None
