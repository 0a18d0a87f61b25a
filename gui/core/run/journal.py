"""The journal: every kept event of every run, appended and never changed. The only door to SQLite.

What is in the journal happened; a Snapshot is always folded from it. An event is on the disk when ``append`` returns.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from filelock import FileLock

from gui.core.errors import LocalDiskFull, LocalFileRefused
from gui.core.files import FULL
from gui.core.run.events import AnyEvent, Recorded

logger = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode
_decode: Callable[[bytes], AnyEvent] = msgspec.json.Decoder(AnyEvent).decode


def _first(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE events (run_id TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, event BLOB NOT NULL,"
        " PRIMARY KEY (run_id, seq)) WITHOUT ROWID"
    )


MIGRATIONS: Sequence[Callable[[sqlite3.Connection], None]] = (_first,)
"""Counted by ``PRAGMA user_version``; each runs once, in one transaction."""

RESERVE_BYTES = 4 << 20
BUSY_S = 30.0
SQLITE_FULL = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_SHMSIZE,
)


class Journal:
    """Safe from any thread, and beside another process that reads or writes other runs.

    A reserve file beside it is given up when the disk is full, so that the end of a bill can still be written down.
    """

    def __init__(self, path: Path) -> None:
        """Raises LocalDiskFull, LocalFileRefused (also for one that is damaged, or of a newer Embark)."""
        self._path = path
        self._lock = threading.Lock()
        self._closed = False
        self._reserve = path.with_name(path.name + ".reserve")
        with self._refusals():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False, isolation_level=None)
            try:
                self._open()
            except BaseException:
                self._connection.close()
                raise
        self._keep_reserve()

    def _open(self) -> None:
        # Two programs that open it for the first time at once: the switch to WAL does not wait by itself.
        with FileLock(self._path.with_name(self._path.name + ".lock"), timeout=BUSY_S):
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")  # money: no event may be lost to a power cut
            self._migrate()

    def _keep_reserve(self) -> None:
        try:
            if not self._reserve.exists():
                self._reserve.write_bytes(bytes(RESERVE_BYTES))
        except OSError as refused:  # a disk that is full already must not keep anybody from what is billed
            logger.warning("no reserve for the journal: %s", refused)
            self._reserve.unlink(missing_ok=True)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """What SQLite and the disk refuse, by the names that the rest of Embark knows."""
        try:
            yield
        except (sqlite3.Error, OSError) as refused:
            full = isinstance(refused, OSError) and refused.errno in FULL
            if full or getattr(refused, "sqlite_errorcode", 0) in SQLITE_FULL:
                raise LocalDiskFull(path=str(self._path)) from refused
            raise LocalFileRefused(path=str(self._path)) from refused

    def _migrate(self) -> None:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version > len(MIGRATIONS):
                raise sqlite3.DatabaseError("a newer Embark wrote it")
            for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
                migration(self._connection)
                self._connection.execute(f"PRAGMA user_version = {number}")
            self._connection.execute("COMMIT")

    def append(self, run_id: str, event: AnyEvent, at: datetime) -> Recorded:
        """Raises LocalDiskFull, LocalFileRefused."""
        with self._lock:
            try:
                return self._append(run_id, event, at)
            except LocalDiskFull:
                if not self._reserve.exists():
                    raise
                self._reserve.unlink()
                return self._append(run_id, event, at)

    def _append(self, run_id: str, event: AnyEvent, at: datetime) -> Recorded:
        with self._refusals():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                (last,) = self._connection.execute(
                    "SELECT coalesce(max(seq), 0) FROM events WHERE run_id = ?", (run_id,)
                ).fetchone()
                row = (run_id, last + 1, at.isoformat(), _encode(event))
                self._connection.execute("INSERT INTO events VALUES (?, ?, ?, ?)", row)
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        return Recorded(last + 1, at, event)

    def read(self, run_id: str) -> list[Recorded]:
        """All events of a run, in order. Raises LocalFileRefused, also for one that no Embark wrote."""
        with self._lock, self._refusals():
            rows = self._connection.execute(
                "SELECT seq, at, event FROM events WHERE run_id = ? ORDER BY seq", (run_id,)
            ).fetchall()
        try:
            return [Recorded(seq, datetime.fromisoformat(at), _decode(event)) for seq, at, event in rows]
        except (ValueError, msgspec.DecodeError) as damaged:
            raise LocalFileRefused(path=str(self._path)) from damaged

    def length(self, run_id: str) -> int:
        """How many events a run has; 0 = there is no such run."""
        with self._lock, self._refusals():
            (last,) = self._connection.execute(
                "SELECT coalesce(max(seq), 0) FROM events WHERE run_id = ?", (run_id,)
            ).fetchone()
        return int(last)

    def lengths(self) -> dict[str, int]:
        """How many events each run has; the newest run first. After ``close`` nothing: whoever still asks is late."""
        with self._lock, self._refusals():
            if self._closed:
                return {}
            rows = self._connection.execute(
                "SELECT run_id, max(seq) FROM events GROUP BY run_id ORDER BY min(at) DESC, run_id"
            ).fetchall()
        return dict(rows)

    def version_elsewhere(self) -> int:
        """Another number whenever another program has written since, and for nothing else; costs next to nothing. After
        ``close`` 0."""
        with self._lock, self._refusals():
            if self._closed:
                return 0
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._connection.close()
