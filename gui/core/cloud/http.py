"""The only door to HTTP: JSON calls to one provider, bounded in time, size and frequency.

The provider's key goes to the provider's own host and nowhere else: not to where a redirect points, not into the log,
not into an error.
"""

from __future__ import annotations

import functools
import json
import logging
import re
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import msgspec

from gui.core.errors import CloudRefused, CloudUnreachable
from gui.core.log import masked

for _name in ("httpx2", "httpcore2"):  # their DEBUG shows headers, and with them the key
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False

T = TypeVar("T")

CONNECT_S = 10.0
ANSWER_S = 60.0
"""For a whole answer, however slowly it drips."""
SILENCE_S = 30.0
LARGEST_ANSWER_BYTES = 8 << 20
PAUSES_S = (1.0, 4.0)
"""Before each further try of what may be asked twice."""
SHOWN_CHARACTERS = 300
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

Limits = Mapping[str, tuple[int, float]]
"""Endpoint -> so many calls in so many seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said, yes or no. ``content`` is decoded JSON."""

    cloud: str
    status: int
    content: Any

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def said(self, name: str) -> str:
        """One field of the answer as text; "" when it is not there."""
        value = self.content.get(name) if isinstance(self.content, dict) else None
        return value if isinstance(value, str) else ""

    def into(self, kind: type[T]) -> T:
        """The content as a ``msgspec.Struct`` or another typed value. Raises CloudUnreachable when it is not one."""
        try:
            return msgspec.convert(self.content, kind, strict=False)
        except msgspec.ValidationError as other:
            raise CloudUnreachable(cloud=self.cloud, detail=f"not understood: {other}") from None

    def refused(self, reason: str = "") -> CloudRefused:
        """The refusal that this answer is, with the provider's own words; the reason by status unless one is given."""
        usual = {400: "invalid", 401: "key", 402: "credit", 403: "permission", 422: "invalid"}
        words = " ".join(filter(None, (self.said("error"), self.said("msg") or self.said("message"))))
        detail = f"{self.status} {_shown(words)}".strip()
        return CloudRefused(cloud=self.cloud, reason=reason or usual.get(self.status, "other"), detail=detail)


class HttpClient:
    """Calls to one provider. Safe from several threads, which wait for each other's turn at an endpoint.

    ``key`` is asked anew for each call. ``final`` are error codes that make of a 429 an answer instead of a reason to
    wait, ``heard`` is told what time each answer says it is. Raises ValueError for a base URL that would send the key
    in the clear over a network.
    """

    def __init__(
        self,
        cloud: str,
        base_url: str,
        key: Callable[[], str],
        limits: Limits,
        *,
        final: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        silence_s: float = SILENCE_S,
        heard: Callable[[datetime], None] | None = None,
    ) -> None:
        self._base = urlsplit(base_url)
        loopback = self._base.hostname in LOOPBACK
        if self._base.scheme != "https" and not (self._base.scheme == "http" and loopback):
            raise ValueError(f"not an https address: {base_url!r}")
        self._cloud = cloud
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._final = final
        self._heard = heard
        self._sleep = sleep
        self._turns = _Turns(limits, clock, sleep)
        self._trust_env = not loopback  # a proxy of the system is for the network, not for this computer
        self._timeout = httpx2.Timeout(silence_s, connect=CONNECT_S)
        self._client: httpx2.Client | None = None
        self._client_lock = threading.Lock()

    def send(
        self, method: str, path: str, *, endpoint: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """Ask exactly once. Raises CloudUnreachable when it is not known what became of it, CloudRefused for a bad key.

        What is not JSON, a redirect, "too frequent" and errors of the server are CloudUnreachable.
        """
        headers = {"Authorization": f"Bearer {self._bearer()}"}
        self._turns.wait(endpoint)
        status, data = self._exchange(method, self._base_url + path, headers, query, body)
        content = _decoded(data)
        answer = Answer(self._cloud, status, content)
        if status == 429 and answer.said("error") in self._final:
            return answer
        if status == 429 or status >= 500 or 300 <= status < 400:
            raise self._unreachable(f"{status} {_shown(data.decode('utf-8', 'replace'))}")
        if content is None:
            raise self._unreachable(f"{status}, but no JSON: {_shown(data.decode('utf-8', 'replace'))}")
        return answer

    def ask(
        self, method: str, path: str, *, endpoint: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """The same for what may be asked twice: tried again a few times before it raises CloudUnreachable."""
        for pause_s in PAUSES_S:
            try:
                return self.send(method, path, endpoint=endpoint, query=query, body=body)
            except CloudUnreachable:
                self._sleep(pause_s)
        return self.send(method, path, endpoint=endpoint, query=query, body=body)

    def fetch(self, url: str) -> tuple[int, bytes]:
        """Get something from another host, without the key: status and content. Raises CloudUnreachable."""
        parts = urlsplit(url)
        ours = (parts.scheme, parts.netloc) == (self._base.scheme, self._base.netloc)
        if parts.scheme != "https" and not ours:
            raise self._unreachable("an address that is not https")
        return self._exchange("GET", url, {}, None, None)

    def close(self) -> None:
        with self._client_lock:
            if self._client:
                self._client.close()
                self._client = None

    def _bearer(self) -> str:
        key = self._key().strip()
        if not re.fullmatch(r"[!-~]+", key):
            raise CloudRefused(cloud=self._cloud, reason="key", detail="not a key")
        return key

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], query: Mapping[str, str] | None, body: Any
    ) -> tuple[int, bytes]:
        client, until = self._connected(), time.monotonic() + ANSWER_S
        try:
            request = client.build_request(method, url, headers=headers, params=query, json=body)
            with closing(client.send(request, stream=True)) as response:
                data = bytearray()
                for block in response.iter_bytes():
                    data += block
                    if len(data) > LARGEST_ANSWER_BYTES:
                        raise self._unreachable("an answer without end")
                    if time.monotonic() > until:
                        raise self._unreachable("an answer that takes too long")
                if self._heard and url.startswith(f"{self._base_url}/") and (said := _time_of(response.headers)):
                    self._heard(said)
                return response.status_code, bytes(data)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as broken:
            # Not chained: the library's errors carry the request, and the request carries the key.
            raise self._unreachable(f"{type(broken).__name__}: {_shown(str(broken))}") from None

    def _connected(self) -> httpx2.Client:
        """Made when it is first needed."""
        with self._client_lock:
            if self._client is None:
                self._client = httpx2.Client(
                    timeout=self._timeout,
                    follow_redirects=False,
                    trust_env=self._trust_env,
                    verify=_tls(),
                    headers={"User-Agent": "embark", "Accept": "application/json", "Accept-Encoding": "identity"},
                )
            return self._client

    def _unreachable(self, detail: str) -> CloudUnreachable:
        return CloudUnreachable(cloud=self._cloud, detail=detail.strip())


class _Turns:
    """Lets no endpoint be called more often than the provider allows."""

    def __init__(self, limits: Limits, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._turns: dict[str, deque[float]] = {}

    def wait(self, endpoint: str) -> None:
        """Take the next free moment at this endpoint, and wait until it comes."""
        most, period_s = self._limits[endpoint]
        with self._lock:
            turns, now = self._turns.setdefault(endpoint, deque(maxlen=most)), self._clock()
            at = max(now, turns[0] + period_s) if len(turns) == most else now
            turns.append(at)
        if at > now:
            self._sleep(at - now)


@functools.cache
def _tls() -> ssl.SSLContext:
    """Reading the system's certificates takes longer than a call."""
    return httpx2.create_ssl_context()


def _time_of(headers: Mapping[str, str]) -> datetime | None:
    """What time the server says it is; None when it does not, or the answer lay in a cache."""
    if "Age" in headers:
        return None
    try:
        said = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return said if said.tzinfo else None


def _decoded(data: bytes) -> Any:
    """The JSON value, None when it is not JSON."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _shown(text: str) -> str:
    """Foreign words, short, on one line and without secrets, for the log."""
    return masked(" ".join(re.sub(r"<[^>]*>", " ", text).split()))[:SHOWN_CHARACTERS]


def as_query(**values: Any) -> dict[str, str]:
    """Query parameters: text as it is, everything else as JSON; None is left out."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        for name, value in values.items()
        if value is not None
    }
