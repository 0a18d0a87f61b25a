"""A machine over SSH: one connection with its own socket and its own watchdog, one channel a verb.

Every wait is bounded. The library's keepalives do not notice a peer that went silent, so a thread asks for an answer
when nothing was heard for a while and closes the connection when none comes. A closed connection looks like the end of
a stream: nothing counts as whole without the agent's reply, and raw data not without its length or hash.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import logging
import os
import shlex
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import paramiko
from paramiko.ssh_exception import AuthenticationException, SSHException

from gui.core.errors import (
    AgentFailed,
    ConnectionLost,
    EmbarkError,
    HostKeyChanged,
    LocalDiskFull,
    LoginRefused,
    MachineDiskFull,
    PackagesMissing,
    PythonMissing,
    TransferCorrupt,
    disk_full,
)
from gui.core.machine.keys import Identity
from gui.core.machine.machine import OnBytes, Parcel
from gui.core.paths import WORKER

REPLY_MARK = b"embark-reply:"
DATA_MARK = b"\0embark-data\n"
PYTHONS = (
    "python3",
    "python",
    "/opt/conda/bin/python",
    "/venv/main/bin/python",
    "/usr/bin/python3",
    "/usr/local/bin/python3",
)
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr")
PACKET_BYTES = 1 << 15
BLOCK_BYTES = 1 << 16
SOCKET_BUFFER_BYTES = 1 << 20
DOWNLOAD_WINDOW_BYTES = 16 << 20
REPLY_BYTES = 1 << 20  # most that a reply may have
GREETING_BYTES = 1 << 16  # most that a login script may say before raw data
REPLIES = {
    kind.__name__: kind for kind in (AgentFailed, MachineDiskFull, PackagesMissing, PythonMissing, TransferCorrupt)
}

BOOTSTRAP = """
import hashlib, json, os, sys
folder, name = sys.argv[1:3]
path = os.path.join(os.path.expanduser("~"), folder, name)
reply = {"python": sys.executable, "version": list(sys.version_info[:2]), "agent": path}
try:
    code = sys.stdin.buffer.read()
    digest = hashlib.sha256(code).hexdigest()
    reply["whole"] = name == "agent-%s.py" % digest[:16]
    there = os.path.exists(path) and hashlib.sha256(open(path, "rb").read()).hexdigest() == digest
    if reply["whole"] and not there:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part = "%s.%d.part" % (path, os.getpid())
        with open(part, "wb") as out:
            out.write(code)
        os.replace(part, path)
except OSError as broken:
    reply["errno"], reply["detail"] = broken.errno, str(broken)
sys.stderr.write("\\nembark-reply:" + json.dumps(reply) + "\\n")
"""
"""Takes the agent from stdin and puts it under its name, unless it is there. The only code that travels by itself."""

logging.getLogger("paramiko").addHandler(logging.NullHandler())  # else Python prints what nobody handles


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what."""

    connect_s: float = 15.0  # for each part of connecting
    quiet_s: float = 5.0  # nothing heard for so long: ask
    silence_s: float = 15.0  # nothing heard for so long: the connection is dead
    stall_s: float = 120.0  # a living connection on which a transfer does not move


def fingerprint(key: paramiko.PKey) -> str:
    """As ``ssh-keygen -l`` shows it: "SHA256:..."."""
    return str(key.fingerprint)


def agent_source() -> tuple[str, bytes]:
    """The agent's name on a machine, and its text. Another text has another name."""
    source = (WORKER / "agent.py").read_bytes()
    return f"agent-{hashlib.sha256(source).hexdigest()[:16]}.py", source


def connect(
    host: str,
    port: int,
    user: str,
    identity: Identity,
    expected_host_key: str = "",
    *,
    folder: str = "embark",
    patience: Patience | None = None,
) -> SshMachine:
    """Log in and make the machine ready for verbs. ``expected_host_key`` is "SHA256:..."; "" = trust the first.

    Raises ConnectionLost, HostKeyChanged (before logging in), LoginRefused, PythonMissing, MachineDiskFull,
    AgentFailed.
    """
    patience = patience or Patience()
    line = _Line(host, port, patience)
    try:
        host_key = line.handshake(expected_host_key)
        line.login(user, identity)
        python, agent = _bootstrap(line, folder)
    except BaseException:
        line.close()
        raise
    return SshMachine(line, host_key, python, agent)


class SshMachine:
    """The verbs of ``Machine`` over one connection. Safe from several threads; after ConnectionLost connect anew."""

    def __init__(self, line: _Line, host_key: str, python: str, agent: str) -> None:
        self.host_key = host_key
        self._line = line
        self._agent = (python, agent)
        self._stored: dict[str, str] | None = None  # key -> name, once asked for
        self._stored_lock = threading.Lock()

    def run(self, verb: str, *arguments: str, timeout_s: float = 60.0) -> dict[str, Any]:
        with self._line.command(verb, [*self._agent, verb, *arguments]) as command:
            return command.reply(timeout_s)

    def put(self, parcel: Parcel, on_bytes: OnBytes | None = None) -> None:
        with self._stored_lock:
            if self._stored is None:
                self._stored = dict(self.run("have")["keys"])
            if parcel.key in self._stored:
                return
        words = ["store", parcel.key, parcel.name, str(parcel.size_bytes), *(["--unpack"] if parcel.unpack else [])]
        digest = hashlib.sha256()
        with self._line.command("put", [*self._agent, *words]) as command:
            try:
                for block in _large(parcel.blocks()):
                    digest.update(block)
                    command.send(block)
                    if on_bytes:
                        on_bytes(len(block))
                command.send(digest.digest())
            except _Refusing:
                command.reply(self._line.patience.stall_s)  # says why it takes no more
                raise ConnectionLost(during="put", detail="the agent ended early") from None
            reply = command.reply(self._line.patience.stall_s)
        if reply.get("sha256") != digest.hexdigest():
            raise TransferCorrupt(name=parcel.name)
        with self._stored_lock:
            if not parcel.unpack:  # an older content of this name is no longer there
                self._stored = {key: name for key, name in self._stored.items() if name != parcel.name}
            self._stored[parcel.key] = parcel.name

    def get(self, name: str, to: Path, sha256: str, size_bytes: int, on_bytes: OnBytes | None = None) -> None:
        part = to.with_name(f"{to.name}.part")
        try:
            with disk_full(to, size_bytes):
                to.parent.mkdir(parents=True, exist_ok=True)
                if part.exists() and part.stat().st_size > size_bytes:
                    part.unlink()
                with part.open("a+b") as out:
                    found = self._fetch(name, out, size_bytes, on_bytes)
                    out.flush()
                    os.fsync(out.fileno())
            if found != sha256:
                raise TransferCorrupt(name=name)
            part.replace(to)
        except (LocalDiskFull, TransferCorrupt):
            part.unlink(missing_ok=True)
            raise

    def _fetch(self, name: str, out: io.BufferedRandom, size_bytes: int, on_bytes: OnBytes | None) -> str:
        """Append to ``out`` what it lacks; the hash of it all, "" when the file is of another size."""
        digest = hashlib.sha256()
        out.seek(0)
        while block := out.read(1 << 20):
            digest.update(block)
        offset = out.tell()
        if offset == size_bytes:
            return digest.hexdigest()
        words = [*self._agent, "send", name, str(offset)]
        with self._line.command("get", words, window_bytes=DOWNLOAD_WINDOW_BYTES) as command:
            for block in command.data():
                offset += len(block)
                if offset > size_bytes:
                    return ""
                out.write(block)
                digest.update(block)
                if on_bytes:
                    on_bytes(len(block))
            reply = command.reply(self._line.patience.stall_s)
        if reply.get("size_bytes") != size_bytes:
            return ""
        if offset != size_bytes:
            raise ConnectionLost(during="get", detail=f"{offset} of {size_bytes} bytes came")
        return digest.hexdigest()

    def read(self, name: str, offset: int, wait_s: float = 0.0) -> bytes:
        with self._line.command("read", [*self._agent, "read", name, str(offset), str(wait_s)]) as command:
            found = b"".join(command.data(extra_s=wait_s))
            reply = command.reply(self._line.patience.stall_s)
        if reply.get("size_bytes") != len(found):
            raise ConnectionLost(during="read", detail=f"{len(found)} bytes came")
        return found

    def close(self) -> None:
        self._line.close()


# --- the connection ---------------------------------------------------------------------------------------------------


class _Socket(socket.socket):
    """Knows when it was last heard from."""

    heard_at = 0.0

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        block = super().recv(size, flags)
        self.heard_at = time.monotonic()
        return block


class _Line:
    """A connection: handshake, login, commands, and the watchdog."""

    def __init__(self, host: str, port: int, patience: Patience) -> None:
        self.patience = patience
        self._address = f"{host}:{port}"
        try:
            plain = socket.create_connection((host, port), timeout=patience.connect_s)
        except OSError as refused:
            raise ConnectionLost(during="connect", detail=_words(refused)) from refused
        self._socket = _Socket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        self._socket.heard_at = time.monotonic()
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER_BYTES)
        self._transport = paramiko.Transport(self._socket)
        self._transport.banner_timeout = patience.connect_s
        self._transport.handshake_timeout = patience.connect_s
        self._transport.auth_timeout = 2 * patience.silence_s  # later than the watchdog
        self._transport.channel_timeout = patience.silence_s
        self._transport.get_security_options().ciphers = CIPHERS
        self._closing = threading.Event()

    def handshake(self, expected: str) -> str:
        """Agree on keys; the fingerprint of the host key, which is ``expected`` if that is not empty."""
        with self._lost_means("connect"):
            self._transport.start_client(timeout=self.patience.connect_s)
            found = fingerprint(self._transport.get_remote_server_key())
        if expected and found != expected:
            raise HostKeyChanged(expected=expected, found=found)
        threading.Thread(target=self._watch, name=f"watch {self._address}", daemon=True).start()
        return found

    def login(self, user: str, identity: Identity) -> None:
        key = _private_key(identity)
        with self._lost_means("login"):
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
    def command(self, verb: str, words: list[str], window_bytes: int | None = None) -> Iterator[_Command]:
        """Start one command; its channel is closed at the end, whatever happened."""
        with self._lost_means(verb):
            channel = self._transport.open_session(window_size=window_bytes, timeout=self.patience.silence_s)
            try:
                channel.settimeout(self.patience.stall_s)
                channel.exec_command(shlex.join(words))
                yield _Command(channel, verb)
            finally:
                channel.close()

    @contextmanager
    def _lost_means(self, verb: str) -> Iterator[None]:
        """What the library raises when a connection breaks, as ConnectionLost."""
        try:
            yield
        except (SSHException, EOFError, TimeoutError, ConnectionError) as broken:
            raise ConnectionLost(during=verb, detail=_words(broken)) from broken


def _private_key(identity: Identity) -> paramiko.PKey:
    for kind in (paramiko.Ed25519Key, paramiko.RSAKey, paramiko.ECDSAKey):
        try:
            return kind.from_private_key(io.StringIO(identity.private_pem))
        except (SSHException, ValueError):
            continue
    raise ValueError("an identity whose private half is no key")


def _words(broken: BaseException) -> str:
    return f"{type(broken).__name__}: {broken}"[:300]


# --- one command ------------------------------------------------------------------------------------------------------


class _Refusing(Exception):
    """The other side takes no more."""


class _Command:
    """One running verb: bytes in, bytes out, and the reply."""

    def __init__(self, channel: paramiko.Channel, verb: str) -> None:
        self._channel = channel
        self._verb = verb

    def send(self, block: bytes) -> None:
        """Raises _Refusing when the command has ended."""
        view = memoryview(block)
        while view:
            try:
                sent = self._channel.send(bytes(view[:PACKET_BYTES]))
            except TimeoutError:
                raise
            except OSError as closed:  # "Socket is closed": the channel's end, or the connection's
                raise _Refusing from closed
            if not sent:
                raise _Refusing
            view = view[sent:]

    def data(self, extra_s: float = 0.0) -> Iterator[bytes]:
        """The raw data, without what a login script said before it."""
        if extra_s:
            self._channel.settimeout(extra_s + (self._channel.gettimeout() or 0.0))
        start = b""
        while DATA_MARK not in start and len(start) < GREETING_BYTES:
            block = self._channel.recv(BLOCK_BYTES)
            if not block:
                return  # no data: the reply says why
            start += block
        _, mark, first = start.partition(DATA_MARK)
        if not mark:
            raise AgentFailed(verb=self._verb, detail="something else talks on this connection")
        yield first
        while block := self._channel.recv(BLOCK_BYTES):
            yield block

    def reply(self, timeout_s: float) -> dict[str, Any]:
        """Wait for the end of the command and decode what it said; raises what it says went wrong."""
        until = time.monotonic() + timeout_s
        self._channel.shutdown_write()
        self._drain(self._channel.recv, until)
        said = self._drain(self._channel.recv_stderr, until)
        if not self._channel.status_event.wait(max(0.0, until - time.monotonic())):
            raise ConnectionLost(during=self._verb, detail="no end in time")
        code = self._channel.recv_exit_status()
        line = said.rpartition(REPLY_MARK)[2] if REPLY_MARK in said else b""
        if code < 0 or (code == 0 and not line):
            raise ConnectionLost(during=self._verb, detail="ended without a reply")
        try:
            reply = json.loads(line)
        except ValueError:
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


def _raise(verb: str, reply: dict[str, Any]) -> NoReturn:
    """The agent's error as ours. What it says is not trusted further than its shape."""
    kind = REPLIES.get(str(reply["error"]), AgentFailed)
    try:
        error = EmbarkError.from_record(kind.__name__, dict(reply["fields"]))
    except (TypeError, ValueError, KeyError):
        error = AgentFailed(verb=verb, detail=f"not an answer: {reply!r}"[:300])
    raise error


def _large(blocks: Any) -> Iterator[bytes]:
    """The same bytes in blocks worth sending."""
    waiting = bytearray()
    for block in blocks:
        waiting += block
        if len(waiting) >= BLOCK_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


# --- first use --------------------------------------------------------------------------------------------------------


def _bootstrap(line: _Line, folder: str) -> tuple[str, str]:
    """Find a Python and bring the agent over: the Python's path and the agent's."""
    name, source = agent_source()
    for python in PYTHONS:
        with line.command("bootstrap", [python, "-c", BOOTSTRAP, folder, name]) as command:
            try:
                command.send(source)
            except _Refusing:
                continue
            try:
                reply = command.reply(line.patience.stall_s)
            except AgentFailed:
                continue  # no such program, or one too old to say anything
        if "errno" in reply:
            if reply["errno"] in (errno.ENOSPC, errno.EDQUOT):
                raise MachineDiskFull(free_bytes=0, needed_bytes=len(source))
            raise AgentFailed(verb="bootstrap", detail=str(reply.get("detail"))[:300])
        if tuple(reply["version"]) < (3, 10):
            continue
        if not reply["whole"]:
            raise ConnectionLost(during="bootstrap", detail="the agent came over damaged")
        return str(reply["python"]), str(reply["agent"])
    raise PythonMissing(tried=list(PYTHONS))
