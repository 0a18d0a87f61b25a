"""The worker's process: ``python -m remote_worker [prepare] FOLDER``. Exit code 0: done, or stopped when asked to."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from remote_worker.job import run_job
from remote_worker.preparation import run_preparation

# Between being asked to stop and the end, whatever holds the worker up. All files survive that at any moment.
_GRACE_S = 18.0
# On a person's own computer the window, and on any machine the connection, comes first.
_NICE = 5


def main() -> int:
    *before, folder = sys.argv[1:] or [""]
    if before not in ([], ["prepare"]) or not Path(folder).is_dir():
        sys.stderr.write("usage: python -m remote_worker [prepare] FOLDER\n")
        return 2
    if hasattr(os, "nice"):
        os.nice(_NICE)
    # Threads that have nothing to do sleep instead of spinning: on a busy computer that halves the processor time.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if before:
        return run_preparation(Path(folder).resolve())  # a signal just ends it: what came is kept
    return run_job(Path(folder).resolve(), _stop_request())


def _stop_request() -> threading.Event:
    """Set when a signal asks the worker to stop.

    A signal's Python handler waits for the main thread, which may sit in a long computation; the wake-up socket is
    written at once, so that the worker ends in time even then.
    """
    asked = threading.Event()
    ear, mouth = socket.socketpair()
    mouth.setblocking(False)

    def listen() -> None:
        ear.recv(1)
        asked.set()
        time.sleep(_GRACE_S)
        os._exit(0)

    def heard(number: int, frame: FrameType | None) -> None:
        """The socket has told it already."""

    signal.set_wakeup_fd(mouth.detach(), warn_on_full_buffer=False)
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), heard)
    threading.Thread(target=listen, name="stop", daemon=True).start()
    return asked


def leave(code: int) -> NoReturn:
    """Without waiting for threads: one that computes when the interpreter is taken down would end the process badly."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
