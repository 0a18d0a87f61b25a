"""The rented instance as it knows itself: its own restricted key, and asking the provider to stop or destroy it.

Standard library only. The key lives in the environment of process 1, which SSH sessions do not see. It is read anew for
each call, goes to the provider's own address and nowhere else, and into no argument, file, log or error.
"""

from __future__ import annotations

import contextlib
import enum
import json
import os
import queue
import re
import ssl
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

PROVIDER = "https://console.vast.ai"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PATIENCE_S = 15.0
"""For a whole exchange, name look-up and dripping answers included."""
ANSWER_BYTES = 1 << 16
INIT_ENVIRONMENT = Path("/proc/1/environ")
CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
"""For a Python that was built without knowing where this system keeps them."""
NO_SUCH = re.compile(r"no_such_instance|not_found|instance .*not found")


class Outcome(enum.Enum):
    DONE = "done"
    GONE = "gone"  # there is no such instance any more
    REFUSED = "refused"  # understood, and no
    FAILED = "failed"  # it is not known what became of it
    NO_KEY = "no-key"


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    detail: str = ""  # "403 not_authorized", "TimeoutError"; never what could carry a secret


class Instance:
    """Every verb asks exactly once, takes at most ``patience_s``, and raises nothing."""

    def __init__(self, url: str, patience_s: float = PATIENCE_S) -> None:
        """Raises ValueError for an address that the key must not go to."""
        parts = urlsplit(url)
        self._here = parts.hostname in LOOPBACK
        if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and self._here)):
            raise ValueError(f"not an https address: {url!r}")
        self._url = url.rstrip("/")
        self._patience_s = patience_s

    def prove(self) -> Answer:
        """Ask to run, as it does already: that changes nothing, and needs the same permission as to stop."""
        return self._ask("PUT", {"state": "running"})

    def stop(self) -> Answer:
        """End the GPU's bill; the disk, and what is on it, stays and costs a little."""
        return self._ask("PUT", {"state": "stopped"})

    def destroy(self) -> Answer:
        """End the whole bill, and everything on the disk."""
        return self._ask("DELETE", {})

    def _ask(self, method: str, body: dict[str, str]) -> Answer:
        number, key = identity()
        if not key:
            return Answer(Outcome.NO_KEY)
        request = urllib.request.Request(
            f"{self._url}/api/v0/instances/{number}/",
            data=json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/json",
                "Accept": "application/json",
                "User-Agent": "embark-guard",  # what names itself a script is turned away by some gateways
            },
        )
        said: queue.Queue[tuple[int, bytes] | str] = queue.Queue()
        # A thread, since nothing else bounds a look-up of the name or a header that drips.
        threading.Thread(target=self._exchange, args=(request, said), daemon=True).start()
        try:
            answer = said.get(timeout=self._patience_s)
        except queue.Empty:
            return Answer(Outcome.FAILED, "no answer in time")
        return Answer(Outcome.FAILED, answer) if isinstance(answer, str) else meaning(*answer)

    def _exchange(self, request: urllib.request.Request, said: queue.Queue[tuple[int, bytes] | str]) -> None:
        """Put status and content, or the name of what went wrong: the words of an error could be anything."""
        try:
            with self._opener().open(request, timeout=self._patience_s) as response:
                said.put((response.status, self._content(response)))
        except urllib.error.URLError as lost:
            said.put(type(lost.reason).__name__)
        except Exception as broken:  # noqa: BLE001 - whatever it is, it is no answer
            said.put(type(broken).__name__)

    def _opener(self) -> urllib.request.OpenerDirector:
        handlers: list[urllib.request.BaseHandler] = [_AsItCame()]
        if self._here:
            handlers.append(urllib.request.ProxyHandler({}))
        else:
            handlers.append(urllib.request.HTTPSHandler(context=trusted()))
        return urllib.request.build_opener(*handlers)

    def _content(self, response: IO[bytes]) -> bytes:
        until, content = time.monotonic() + self._patience_s, b""
        while len(content) < ANSWER_BYTES and time.monotonic() < until:
            block: bytes = response.read1(1 << 12)  # type: ignore[attr-defined]
            if not block:
                break
            content += block
        return content


class _AsItCame(urllib.request.HTTPErrorProcessor):
    """No status is an exception, and no redirect is followed: the key goes to no other host."""

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:  # noqa: ARG002
        return response

    https_response = http_response


def trusted() -> ssl.SSLContext:
    """Whose certificates count: the system's, wherever it keeps them."""
    context = ssl.create_default_context()
    for bundle in CERTIFICATES:
        with contextlib.suppress(OSError):
            context.load_verify_locations(bundle)
    return context


def identity() -> tuple[str, str]:
    """The instance's number and its own key, from this process's environment or process 1's; ("", "") without."""
    for environment in (os.environ, _environment_of_init()):
        number, key = environment.get("CONTAINER_ID", ""), environment.get("CONTAINER_API_KEY", "")
        if re.fullmatch(r"[0-9]{1,20}", number) and re.fullmatch(r"[!-~]{1,4096}", key):
            return number, key
    return "", ""


def _environment_of_init() -> dict[str, str]:
    try:
        text = INIT_ENVIRONMENT.read_bytes().decode("utf-8", "replace")
    except OSError:
        return {}
    return {name: value for name, _, value in (one.partition("=") for one in text.split("\0"))}


def meaning(status: int, content: bytes) -> Answer:
    """What an answer of the provider's means. A web page, whatever its status, comes from something on the way."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return Answer(Outcome.FAILED, f"{status}, no JSON")
    error = str(said.get("error") or "")
    detail = f"{status} {error}" if re.fullmatch(r"[A-Za-z_]{1,40}", error) else str(status)
    if 200 <= status < 300:
        return Answer(Outcome.DONE if said.get("success") is not False else Outcome.REFUSED, detail)
    if status == 404 and NO_SUCH.search(f"{error} {said.get('msg')}".lower()):
        return Answer(Outcome.GONE, detail)
    if status in (400, 401, 403) or error == "auth_error":  # a wrong key may be a 404 here
        return Answer(Outcome.REFUSED, detail)
    return Answer(Outcome.FAILED, detail)
