"""One SSH connection with its own socket and its own watchdog, and the commands that run over it.

Every wait is bounded. The library's keepalives do not notice a peer that went silent, so a thread asks for an answer
when nothing was heard for a while and closes the connection when none comes. A closed connection looks like the end of
a stream: nothing counts as whole without the agent's reply, and raw data not without its length or hash.
"""

from __future__ import annotations

import io
import json
import logging
import shlex
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import msgspec
import paramiko
from paramiko.ssh_exception import AuthenticationException, SSHException

from gui.core.errors import (
    AgentFailed,
    ConnectionLost,
    EmbarkError,
    HostKeyChanged,
    LoginRefused,
    MachineDiskFull,
    PackagesMissing,
    PythonMissing,
    TransferCorrupt,
)
from gui.core.machine.keys import Identity

Reply = TypeVar("Reply")

REPLY_MARK = b"embark-reply:"
DATA_MARK = b"\0embark-data\n"
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr")
PACKET_BYTES = 1 << 15
BLOCK_BYTES = 1 << 16
SOCKET_BUFFER_BYTES = 1 << 20
REPLY_BYTES = 1 << 20  # most that a reply may have
GREETING_BYTES = 1 << 16  # most that a login script may say before raw data
ERRORS: dict[str, type[EmbarkError]] = {
    kind.__name__: kind for kind in (AgentFailed, MachineDiskFull, PackagesMissing, PythonMissing, TransferCorrupt)
}

logging.getLogger("paramiko").addHandler(logging.NullHandler())  # else Python prints what nobody handles


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what."""

    connect_s: float = 15.0  # for each part of connecting
    quiet_s: float = 5.0  # nothing heard for so long: ask
    silence_s: float = 15.0  # nothing heard for so long: the connection is dead
    stall_s: float = 120.0  # a living connection on which a command does not move


def fingerprint(key: paramiko.PKey) -> str:
    """As ``ssh-keygen -l`` shows it: "SHA256:..."."""
    return str(key.fingerprint)


def private_key(identity: Identity) -> paramiko.PKey:
    """Raises ValueError when there is no usable private half."""
    for kind in (paramiko.Ed25519Key, paramiko.RSAKey, paramiko.ECDSAKey):
        with suppress(SSHException, ValueError):  # a key of another kind
            return kind.from_private_key(io.StringIO(identity.private_pem))
    raise ValueError("an identity whose private half is no key")


@contextmanager
def _lost(during: str) -> Iterator[None]:
    """Whatever the library raises becomes ConnectionLost: it passes on everything that broke in its reader thread."""
    try:
        yield
    except EmbarkError:
        raise
    except Exception as broken:
        raise ConnectionLost(during=during, detail=f"{type(broken).__name__}: {broken}"[:300]) from broken


class _Socket(socket.socket):
    """Knows when it was last heard from."""

    heard_at = 0.0

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        block = super().recv(size, flags)
        self.heard_at = time.monotonic()
        return block


class Line:
    """A connection: first ``handshake``, then ``login``, then commands, from several threads if need be."""

    def __init__(self, host: str, port: int, patience: Patience) -> None:
        self.patience = patience
        self._address = f"{host}:{port}"
        self._closing = threading.Event()
        with _lost("connect"):
            plain = socket.create_connection((host, port), timeout=patience.connect_s)
            self._socket = _Socket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        self._socket.heard_at = time.monotonic()
        self._transport = paramiko.Transport(self._socket)
        self._transport.banner_timeout = patience.connect_s
        self._transport.handshake_timeout = patience.connect_s
        self._transport.auth_timeout = 2 * patience.silence_s  # later than the watchdog
        self._transport.get_security_options().ciphers = CIPHERS

    def handshake(self, expected: str) -> str:
        """Agree on keys; the fingerprint of the host key, which is ``expected`` if that is not empty."""
        with _lost("connect"):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER_BYTES)
            self._transport.start_client(timeout=self.patience.connect_s)
            found = fingerprint(self._transport.get_remote_server_key())
        if expected and found != expected:
            raise HostKeyChanged(expected=expected, found=found)
        threading.Thread(target=self._watch, name=f"watch {self._address}", daemon=True).start()
        return found

    def login(self, user: str, identity: Identity) -> None:
        key = private_key(identity)
        with _lost("login"):
            try:
                self._transport.auth_publickey(user, key)
            except AuthenticationException as refused:
                if self._transport.is_active():
                    raise LoginRefused(address=f"{user}@{self._address}") from refused
                raise  # cut, or closed by the watchdog

    def close(self) -> None:
        self._closing.set()
        self._transport.close()
        self._socket.close()

    def _watch(self) -> None:
        asking = threading.Thread()
        while not self._closing.wait(min(1.0, self.patience.quiet_s / 2)):
            silent_s = time.monotonic() - self._socket.heard_at
            if silent_s > self.patience.silence_s:
                self.close()
            elif silent_s > self.patience.quiet_s and not asking.is_alive():
                asking = threading.Thread(target=self._ask, name=f"ask {self._address}", daemon=True)
                asking.start()

    def _ask(self) -> None:
        with suppress(SSHException, EOFError, OSError):  # whoever uses the connection sees that it broke
            self._transport.global_request("keepalive@openssh.com", wait=True)

    @contextmanager
    def command(self, verb: str, words: list[str], window_bytes: int | None = None) -> Iterator[Command]:
        """Start one command; its channel is closed at the end, whatever happened."""
        with _lost(verb):
            channel = self._transport.open_session(window_size=window_bytes, timeout=self.patience.silence_s)
        try:
            with _lost(verb):
                channel.settimeout(self.patience.stall_s)
                channel.exec_command(shlex.join(words))
            yield Command(channel, verb)
        finally:
            with suppress(SSHException, EOFError, OSError):  # a connection that broke has no channel to close
                channel.close()


class Refusing(Exception):
    """The command takes no more; its reply says why."""


class Command:
    """One running verb: bytes in, bytes out, and the reply. All raise ConnectionLost."""

    def __init__(self, channel: paramiko.Channel, verb: str) -> None:
        self._channel = channel
        self._verb = verb

    def send(self, block: bytes) -> None:
        """Raises Refusing when the command has ended."""
        view = memoryview(block)
        while view:
            with _lost(self._verb):
                sent = 0 if self._channel.closed else self._channel.send(bytes(view[:PACKET_BYTES]))
            if not sent:
                raise Refusing
            view = view[sent:]

    def data(self, extra_s: float = 0.0) -> Iterator[bytes]:
        """The raw data, without what a login script said before it. May stall ``extra_s`` longer than others."""
        self._channel.settimeout(extra_s + (self._channel.gettimeout() or 0.0))
        start = b""
        while DATA_MARK not in start and len(start) < GREETING_BYTES:
            block = self._receive()
            if not block:
                return  # no data: the reply says why
            start += block
        _, mark, first = start.partition(DATA_MARK)
        if not mark:
            raise AgentFailed(verb=self._verb, detail="something else talks on this connection")
        yield first
        while block := self._receive():
            yield block

    def _receive(self) -> bytes:
        with _lost(self._verb):
            return self._channel.recv(BLOCK_BYTES)

    def reply(self, timeout_s: float) -> dict[str, Any]:
        """Wait for the end of the command and decode what it said; raises what it says went wrong."""
        until = time.monotonic() + timeout_s
        with _lost(self._verb):
            self._channel.shutdown_write()
            self._drain(self._channel.recv, until)
            said = self._drain(self._channel.recv_stderr, until)
            if not self._channel.status_event.wait(max(0.0, until - time.monotonic())):
                raise TimeoutError("no end in time")
            code = self._channel.recv_exit_status()
        line = said.rpartition(REPLY_MARK)[2] if REPLY_MARK in said else b""
        if code < 0 or (code == 0 and not line):
            raise ConnectionLost(during=self._verb, detail="ended without a reply")
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict):
            last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise AgentFailed(verb=self._verb, detail=f"exit code {code}: {last[:200]}")
        if "error" in reply:
            _raise(self._verb, reply)
        return reply

    def _drain(self, receive: Callable[[int], bytes], until: float) -> bytes:
        """All that still comes, of which a bounded part is kept."""
        kept = b""
        while True:
            self._channel.settimeout(max(0.01, until - time.monotonic()))
            block = receive(BLOCK_BYTES)
            if not block:
                return kept
            kept = (kept + block)[-REPLY_BYTES:]


def shaped(kind: type[Reply], reply: dict[str, Any], verb: str) -> Reply:
    """A reply as what it is to be. Raises AgentFailed when it is not: a machine is not trusted."""
    try:
        return msgspec.convert(reply, kind)
    except msgspec.ValidationError as misfit:
        raise AgentFailed(verb=verb, detail=f"not an answer: {misfit}"[:300]) from misfit


def _raise(verb: str, reply: dict[str, Any]) -> NoReturn:
    """The agent's error as ours."""
    kind = ERRORS.get(str(reply["error"]), AgentFailed)
    raise shaped(kind, reply.get("fields", {}), verb)
