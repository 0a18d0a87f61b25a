"""The SSH server of one practice machine: on the loopback address, inside this program, for the agent's verbs only."""

from __future__ import annotations

import io
import logging
import os
import re
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)
from paramiko.ssh_exception import SSHException

from gui.core.machine.line import fingerprint
from gui.core.machine.ssh import BOOTSTRAP, agent_source

USER = "embark"
FOLDER = "embark"
HOST = "127.0.0.1"
VERBS = {"probe", "setup", "have", "store", "send", "read", "launch", "status", "stop"}
KEPT_ENVIRONMENT = (
    "PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "WINDIR",
    "SSL_CERT_FILE", "HF_ENDPOINT",
)  # fmt: skip
"""What a program needs to run at all. Everything else may hold secrets and stays here."""
BLOCK_BYTES = 1 << 16
LOGIN_S = 30.0
NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows: no console pops up
NOT_FOUND = 127  # exit code, as a shell has it

logger = logging.getLogger(__name__)


def environment(home: Path, disk_bytes: int | None) -> dict[str, str]:
    """Of every process on a practice machine."""
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    limit = {} if disk_bytes is None else {"EMBARK_DISK_LIMIT": str(disk_bytes)}
    return {**kept, **limit, "HOME": str(home), "USERPROFILE": str(home)}


def allowed(command: str, home: Path) -> list[str] | None:
    """The arguments of a command that Embark itself sends; None for every other one.

    Whatever the first word is: the program is always the machine's own Python.
    """
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    name, _ = agent_source()
    match words:
        case [_, "-c", code, folder, agent] if (code, folder, agent) == (BOOTSTRAP, FOLDER, name):
            return words[1:]
        case [_, agent, verb, *_] if agent == str(home / FOLDER / name) and verb in VERBS:
            return words[1:]
    return None


class PracticeServer:
    """Serves ``home`` until closed. The host key exists in memory only."""

    def __init__(self, home: Path, python: Path, authorised: Callable[[], set[str]], disk_bytes: int | None) -> None:
        self._home = home
        self._python = python
        self._authorised = authorised
        self._environment = environment(home, disk_bytes)
        self._host_key = _new_key()
        self.host_key = fingerprint(self._host_key)
        self._listener = socket.create_server((HOST, 0))
        self._listener.settimeout(0.2)
        self.port: int = self._listener.getsockname()[1]
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._transports: set[paramiko.Transport] = set()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._accepting = threading.Thread(target=self._accept, name=f"practice {self.port}", daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """End all connections and the commands that run for them; detached workers go on."""
        self._closing.set()
        self._accepting.join()
        self._listener.close()
        with self._lock:
            transports, processes = list(self._transports), list(self._processes)
        for transport in transports:
            transport.close()
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError as short_of_something:
                logger.warning("a practice machine cannot take a connection: %s", short_of_something)
                self._closing.wait(0.5)
                continue
            threading.Thread(target=self._serve, args=[connection], name="practice connection", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            transport = paramiko.Transport(connection)
            transport.add_server_key(self._host_key)
            with self._lock:
                self._transports.add(transport)
            try:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                transport.start_server(server=_Door(self._authorised, self._start), event=threading.Event())
                channels: set[paramiko.Channel] = set()
                login_until = time.monotonic() + LOGIN_S
                while transport.is_active() and not self._closing.is_set():
                    if not transport.is_authenticated() and time.monotonic() > login_until:
                        break
                    opened = transport.accept(0.5)
                    channels = {one for one in (*channels, opened) if one and not one.closed}
            except (SSHException, EOFError, OSError) as broken:
                logger.debug("a practice connection ended: %s", broken)
            finally:
                transport.close()
                with self._lock:
                    self._transports.discard(transport)

    def _start(self, channel: paramiko.Channel, command: str) -> bool:
        """Begin an allowed command; False = refused."""
        words = allowed(command, self._home)
        if words is None or not self._home.is_dir():
            logger.warning("a practice machine refused a command")
            return False
        threading.Thread(target=self._execute, args=[channel, words], name="practice command", daemon=True).start()
        return True

    def _execute(self, channel: paramiko.Channel, words: list[str]) -> None:
        """Run one command and carry its three streams, until it has ended."""
        try:
            process = self._popen(words)
        except OSError as missing:
            logger.warning("a practice machine has no Python: %s", missing)
            _skip(channel)
            _end(channel, NOT_FOUND)
            return
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        feeding = threading.Thread(target=_feed, args=[channel, process.stdin], daemon=True)
        telling = [
            threading.Thread(target=_tell, args=[process.stdout, channel.sendall], daemon=True),
            threading.Thread(target=_tell, args=[process.stderr, channel.sendall_stderr], daemon=True),
        ]
        for thread in (feeding, *telling):
            thread.start()
        for thread in telling:
            thread.join()
        _end(channel, process.wait())
        feeding.join()
        with self._lock:
            self._processes.discard(process)

    def _popen(self, words: list[str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closing.is_set():
                raise OSError("closed")
            process = subprocess.Popen(
                [str(self._python), *words],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                cwd=self._home, env=self._environment, creationflags=NO_WINDOW,
            )  # fmt: skip
            self._processes.add(process)
            return process


class _Door(paramiko.ServerInterface):
    """Public key, session, exec: everything else is refused by the base class."""

    def __init__(self, authorised: Callable[[], set[str]], start: Callable[[paramiko.Channel, str], bool]) -> None:
        self._authorised = authorised
        self._start = start

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 - the base class's signature
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = username == USER and f"{key.get_name()} {key.get_base64()}" in self._authorised()
        return AUTH_SUCCESSFUL if known else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002 - the base class's signature
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        return self._start(channel, command.decode("utf-8", "replace"))


def public_part(line: str) -> str:
    """Kind and key of a public key's line, without its comment."""
    found = re.match(r"\s*(\S+)\s+(\S+)", line)
    if not found:
        raise ValueError("not a public key")
    return f"{found[1]} {found[2]}"


def _new_key() -> paramiko.PKey:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return paramiko.Ed25519Key.from_private_key(io.StringIO(pem.decode("ascii")))


def _feed(channel: paramiko.Channel, stdin: IO[bytes]) -> None:
    """What the other side sends, to the command, whose stdin ends when the other side does."""
    try:
        with stdin:
            while block := channel.recv(BLOCK_BYTES):
                stdin.write(block)
                stdin.flush()
    except (OSError, EOFError) as ended:
        logger.debug("a practice command takes no more: %s", ended)


def _tell(source: IO[bytes], send: Callable[[bytes], None]) -> None:
    """What the command says, to the other side; read to its end even when nobody listens."""
    listening = True
    with source:
        while block := os.read(source.fileno(), BLOCK_BYTES):
            try:
                if listening:
                    send(block)
            except (OSError, EOFError, SSHException) as ended:
                logger.debug("nobody listens to a practice command: %s", ended)
                listening = False


def _skip(channel: paramiko.Channel) -> None:
    """Wait until the other side has said all."""
    while channel.recv(BLOCK_BYTES):
        pass


def _end(channel: paramiko.Channel, code: int) -> None:
    try:
        channel.shutdown_write()
        channel.send_exit_status(code & 0xFFFFFFFF)
        channel.close()
    except (OSError, EOFError, SSHException) as ended:
        logger.debug("nobody waits for a practice command's end: %s", ended)
