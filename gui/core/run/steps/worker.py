"""The worker's processes on the machine: launched, asked after, and their words held against their types."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from gui.core.errors import WorkerFailed, WorkerKilled
from gui.core.machine import bundle
from gui.core.machine.line import shaped
from gui.core.machine.machine import Machine
from remote_worker.protocol import EVENTS_FILE, Failure, WorkerEvent

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

NO_DISK_BYTES = 1_000_000
TALKS_TWICE = 2
"""The last lines of a process that ended may still be on their way: so often it is silent before it is asked after."""

event_of = msgspec.json.Decoder(WorkerEvent).decode
"""The worker's words are held against their types: a machine is not trusted."""


class _Ended(msgspec.Struct):
    signal: int = 0
    exit_code: int = 0


class _Status(msgspec.Struct):
    alive: bool
    disk_free_bytes: int
    exit: _Ended | None = None


class _Launched(msgspec.Struct):
    pid: int


def launch(machine: Machine, folder: str, python: str, *task: str) -> int:
    """Begin the work that lies in ``folder``, unless it is under way; its process's number."""
    words = ["--python", python, "--worker", bundle.worker_folder()]
    for one in task:
        words += ["--task", one]
    return shaped(_Launched, machine.run("launch", folder, *words), "launch").pid


def alive(machine: Machine, folder: str) -> bool:
    return _status(machine, folder).alive


def look_after(machine: Machine, folder: str, heard_bytes: int) -> None:
    """Raises WorkerKilled when the process is gone without having said how it ended.

    ``heard_bytes``: what was read of its events; its last words may have come since then.
    """
    status = _status(machine, folder)
    if status.alive or machine.read(f"{folder}/{EVENTS_FILE}", heard_bytes):
        return
    if status.disk_free_bytes < NO_DISK_BYTES:  # too full even to say so
        raise WorkerFailed(reason=Failure.DISK_FULL.value)
    ended = status.exit or _Ended()
    raise WorkerKilled(signal=ended.signal, exit_code=ended.exit_code)


def said(run: Run, line: bytes) -> WorkerEvent | None:
    """One line of events; None for what is none."""
    try:
        return event_of(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        logger.warning("run %s: not an event: %r", run.run_id, line[:200])
        return None


def _status(machine: Machine, folder: str) -> _Status:
    return shaped(_Status, machine.run("status", folder), "status")
