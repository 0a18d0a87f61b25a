"""Real SSH servers for tests, and a way to spoil the network between them and the program."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from gui.core.machine import keys, line, ssh
from gui.core.machine.keys import Identity

HOST = "127.0.0.1"
IMPATIENT = line.Patience(connect_s=3, quiet_s=0.3, silence_s=2.0, stall_s=10)
"""For tests in which the other side falls silent."""


practice_only = pytest.mark.parametrize("new_door", ["practice"], indirect=True)
sshd_only = pytest.mark.parametrize("new_door", ["sshd"], indirect=True)
"""For what the agent or the client alone decides: on one kind of server it is proved for both."""


@dataclass(frozen=True)
class Door:
    """Where and how to log in to one machine; ``home`` is the folder that a login begins in, as seen from here."""

    port: int
    user: str
    host_key: str
    identity: Identity
    home: Path

    @property
    def folder(self) -> Path:
        """The machine's Embark folder."""
        return self.home / "embark"

    def connect(
        self, *, port: int = 0, identity: Identity | None = None, patience: line.Patience | None = None
    ) -> ssh.SshMachine:
        return ssh.connect(
            HOST, port or self.port, self.user, identity or self.identity, self.host_key, patience=patience
        )


class Sshd:
    """A real OpenSSH server on the loopback address with ``home`` as the login's home. Logs go to ``folder``."""

    def __init__(self, folder: Path, home: Path, authorised: str, environment: Mapping[str, str] | None = None) -> None:
        import pwd  # not on every system

        program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            pytest.skip("openssh-server is not installed")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        home.mkdir(parents=True, exist_ok=True)
        host_key = keys.generate()
        (folder / "host_key").write_text(host_key.private_pem)
        (folder / "host_key").chmod(0o600)
        (folder / "authorized_keys").write_text(authorised + "\n")
        set_environment = " ".join(
            f"{name}={value}" for name, value in {"HOME": str(home), **(environment or {})}.items()
        )
        self._folder = folder
        self._program = program
        self._settings = f"""
            HostKey {folder / "host_key"}
            AuthorizedKeysFile {folder / "authorized_keys"}
            PidFile none
            ListenAddress {HOST}
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            LogLevel VERBOSE
            SetEnv {set_environment}
        """
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.host_key = line.fingerprint(line.private_key(host_key))
        self.port = 0
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        for _ in range(5):  # another process may take the free port first
            with socket.create_server((HOST, 0)) as free:
                self.port = free.getsockname()[1]
            (self._folder / "config").write_text(f"Port {self.port}\n" + self._settings)
            with self.log.open("wb") as log:
                process = subprocess.Popen(
                    [self._program, "-D", "-e", "-f", str(self._folder / "config")], stdout=log, stderr=log
                )
            speaking = partial(self._speaking_or_over, process)
            if eventually(speaking) and process.poll() is None:
                return process
        pytest.fail("sshd did not start: " + self.log.read_text())

    def _speaking_or_over(self, process: subprocess.Popen[bytes]) -> bool:
        return process.poll() is not None or b"Server listening" in self.log.read_bytes()

    @property
    def log(self) -> Path:
        return self._folder / "sshd.log"

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def eventually(happened: Callable[[], object], seconds: float = 30) -> bool:
    """Wait until something is so; False when it does not come."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def small_file_system(folder: Path) -> Iterator[Path]:
    """A real file system of 4 MB and 300 files; skips the test where none can be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,nr_inodes=300", "embark-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs to mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


class FaultProxy:
    """A TCP proxy in front of a server that can be told to fail.

    ``blackhole``: connections stay, nothing passes any more. ``delay_s``: on each block. ``rate``: bytes a second each
    way. ``after(n, fault)``: do so when n more bytes have passed.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.blackhole = False
        self.delay_s = 0.0
        self.rate = 0.0
        self.passed = 0
        self._pending: tuple[int, Callable[[], None]] | None = None
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def after(self, size_bytes: int, fault: Callable[[], None]) -> None:
        with self._lock:
            self._pending = (self.passed + size_bytes, fault)

    def reset(self) -> None:
        """Cut every connection as a broken network does: with RST."""
        with self._lock:
            cut, self._open = self._open, []
        for one in cut:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RD)
            one.close()

    def swallow(self) -> None:
        self.blackhole = True

    def close(self) -> None:
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection((HOST, self._target))
            with self._lock:
                self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=[source, sink], daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while block := source.recv(1 << 14):
                self._count(len(block))
                while self.blackhole and not self._closed:
                    time.sleep(0.05)
                time.sleep(self.delay_s + (len(block) / self.rate if self.rate else 0))
                sink.sendall(block)
        except OSError:
            pass
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _count(self, size_bytes: int) -> None:
        fault = None
        with self._lock:
            self.passed += size_bytes
            if self._pending and self.passed >= self._pending[0]:
                fault, self._pending = self._pending[1], None
        if fault:
            fault()
