"""The real agent, a process for each command, forked from one that has it loaded: Python starts once for all."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

WORKER = Path(__file__).resolve().parents[1] / "remote_worker"
_SIZE = struct.Struct("!I")


class Agents:
    """What ``python agent.py WORDS`` does, as often as it is wanted and by any thread."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            command = [sys.executable, "-S", __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], start_new_session=True)

    def run(self, words: Sequence[str], stdin: bytes) -> tuple[bytes, bytes]:
        """What it wrote to stdout and stderr until it ended."""
        ended, alive = os.pipe()
        with contextlib.ExitStack() as open_files:
            asked, out, said = (open_files.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            asked.write(stdin)
            asked.seek(0)
            message = json.dumps([list(words), dict(os.environ)]).encode()
            with self._lock:
                socket.send_fds(
                    self._line, [_SIZE.pack(len(message))], [asked.fileno(), out.fileno(), said.fileno(), alive]
                )
                self._line.sendall(message)
            os.close(alive)
            with open(ended, "rb") as end:
                end.read()
            for written in (out, said):
                written.seek(0)
            return out.read(), said.read()

    def close(self) -> None:
        self._line.close()
        self._process.wait()


@functools.cache
def agents() -> Agents:
    """Those of this process."""
    made = Agents()
    atexit.register(made.close)
    return made


def _serve(line: socket.socket) -> None:
    sys.path.insert(0, str(WORKER))
    import agent  # type: ignore[import-not-found]

    while True:
        size, files, _, _ = socket.recv_fds(line, _SIZE.size, 4)
        if not size:
            return
        message = b""
        while len(message) < _SIZE.unpack(size)[0]:
            message += line.recv(_SIZE.unpack(size)[0] - len(message))
        if os.fork() == 0:
            line.close()
            words, environment = json.loads(message)
            for place, file in enumerate(files[:3]):
                os.dup2(file, place)
                os.close(file)
            os.environ.clear()
            os.environ.update(environment)
            code = agent.main(words)
            sys.stdout.flush()
            os._exit(code)
        for file in files:
            os.close(file)
        with contextlib.suppress(ChildProcessError):  # those that have ended
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
