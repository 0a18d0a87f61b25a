"""The log: one rotating file in UTC, in which no secret ever shows, and whose failures stop nobody."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from base64 import b64encode
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

FILE_BYTES = 1_000_000
FILES = 5
MASK = "[secret]"
SHORTEST_SECRET = 6
LONGEST_ENTRY = 20_000

# One that spans several lines is masked line by line as well, but a line shorter than this says nothing by itself.
_SHORTEST_LINE = 12

_VALUE = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s"'\\,;&}\])>]+)"""
_WHOLE = re.compile(
    "|".join(
        (
            # A private key that is cut off is masked up to the end of the text.
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)",
            r"PuTTY-User-Key-File.*",
            r"b3BlbnNzaC1rZXktdjEA[A-Za-z0-9+/=\\\s]*",
            r"\b(?:hf_|sk-|rpa_|gh[opsur]_|github_pat_|glpat-|xox[a-z]-)[A-Za-z0-9_-]{12,}",
            r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
            r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
        )
    ),
    re.DOTALL,
)
_NAMED = re.compile(
    r"""(\b[\w-]{0,40}(?:authorization|api[_-]?key|access[_-]?key|token|secret|passwd|password|passphrase)\b"""
    r"""[\\"']*\s*[:=]\s*(?:b(?=[\\"']))?\\*(?:["']?(?:bearer|basic|token)\s+)?|\bbearer\s+)""" + _VALUE,
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class _Secrets:
    """The texts that must never show, in every spelling in which a log could hold them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def remember(self, secret: str) -> None:
        spellings = {spelling for part in _parts(secret) for spelling in _spellings(part)}
        with self._lock:
            if spellings <= self._spellings:
                return
            self._spellings |= spellings
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def masked(self, text: str) -> str:
        pattern = self._pattern
        return pattern.sub(MASK, text) if pattern else text


def _parts(secret: str) -> list[str]:
    whole = secret.strip()
    lines = [line.strip() for line in whole.splitlines()]
    parts = [whole, *(line for line in lines if len(line) >= _SHORTEST_LINE)]
    return [part for part in parts if len(part) >= SHORTEST_SECRET]


def _spellings(text: str) -> set[str]:
    raw = text.encode("utf-8", "surrogatepass")
    return {
        text,
        repr(text)[1:-1],
        repr(raw)[2:-1],
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        quote(raw, safe=""),
        b64encode(raw).decode("ascii").rstrip("="),
    }


_secrets = _Secrets()


def remember_secret(secret: str) -> None:
    """From now on this text is masked wherever the log would show it.

    A text of fewer than six characters is not: it would mask half of every line.
    """
    _secrets.remember(secret)


def masked(text: str) -> str:
    """The text without the remembered secrets, and without what looks like a private key, a token or a password."""
    return _NAMED.sub(rf"\1{MASK}", _WHOLE.sub(MASK, _secrets.masked(text)))


class MaskedFormatter(logging.Formatter):
    """One entry as text: UTC, nothing secret, and no line break or control character that could forge another entry."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        text = masked(super().format(record).replace("\r\n", "\n"))
        if len(text) > LONGEST_ENTRY:
            text = f"{text[:LONGEST_ENTRY]} [{len(text) - LONGEST_ENTRY} more characters]"
        text = _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text)
        return text.replace("\n", "\n    ")


class _LogFile(RotatingFileHandler):
    """Drops what it cannot write, and says how much when it can write again: there is nobody else to tell."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8", errors="backslashreplace", delay=True
        )
        self.setFormatter(MaskedFormatter())
        self._dropped = 0

    def emit(self, record: logging.LogRecord) -> None:
        dropped = self._dropped
        try:
            super().emit(record)
        except RecursionError:  # the only one that the library lets through: an argument whose repr never ends
            self._dropped += 1
        if self._dropped == dropped:
            self._dropped = 0

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return f"[{self._dropped} entries could not be written]\n{text}" if self._dropped else text

    def doRollover(self) -> None:
        try:
            super().doRollover()
        except OSError:
            # On Windows a file that another Embark holds open cannot be renamed: the entry goes into the old one.
            if self.stream is None:
                self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - the library's signature
        self._dropped += 1


class HasLogs(Protocol):
    """``paths.Paths``, which stands beside this module and not below it."""

    @property
    def logs(self) -> Path: ...


def start(paths: HasLogs) -> None:
    """Log to ``paths.logs/embark.log`` from now on, and nowhere else. Never raises; a second call moves the log."""
    stop()
    try:
        paths.logs.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _LogFile(paths.logs / "embark.log")
    except OSError:
        handler = _Nowhere()
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # Its INFO is two lines a connection, its DEBUG a line a packet.
    logging.getLogger("paramiko").setLevel(logging.WARNING)


def stop() -> None:
    """Close the file. Never raises."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _LogFile | _Nowhere)]:
        root.removeHandler(handler)
        with suppress(OSError):  # what a full disk did not take is lost
            handler.close()


class _Nowhere(logging.NullHandler):
    """Without any handler the library would write to stderr, which a windowed program does not have."""
