"""A machine over SSH: how the verbs of ``Machine`` travel, and how the agent gets there first."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from gui.core.errors import (
    AgentFailed,
    ConnectionLost,
    LocalDiskFull,
    MachineDiskFull,
    PythonMissing,
    TransferCorrupt,
)
from gui.core.files import refusals
from gui.core.machine.keys import Identity
from gui.core.machine.line import BLOCK_BYTES, Line, Patience, Refusing, shaped
from gui.core.machine.machine import OnBytes, Parcel
from gui.core.paths import WORKER

PYTHONS = (
    "python3",
    "python",
    "/opt/conda/bin/python",
    "/venv/main/bin/python",
    "/usr/bin/python3",
    "/usr/local/bin/python3",
)
OLDEST_PYTHON = (3, 10)
DOWNLOAD_WINDOW_BYTES = 16 << 20

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


class _Brought(msgspec.Struct):
    """What the bootstrap says."""

    python: str
    version: tuple[int, int]
    agent: str
    whole: bool = False
    errno: int = 0
    detail: str = ""


class _Stored(msgspec.Struct):
    keys: dict[str, str]  # key -> name


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
    line = Line(host, port, patience)
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

    def __init__(self, line: Line, host_key: str, python: str, agent: str) -> None:
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
                self._stored = shaped(_Stored, self.run("have"), "have").keys
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
            except Refusing:
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
            with refusals(to, size_bytes):
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


def _large(blocks: Iterable[bytes]) -> Iterator[bytes]:
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


def _bootstrap(line: Line, folder: str) -> tuple[str, str]:
    """Find a Python and bring the agent over: the Python's path and the agent's."""
    name, source = agent_source()
    for python in PYTHONS:
        with line.command("bootstrap", [python, "-c", BOOTSTRAP, folder, name]) as command:
            try:
                command.send(source)
            except Refusing:
                continue
            try:
                brought = shaped(_Brought, command.reply(line.patience.stall_s), "bootstrap")
            except AgentFailed:
                continue  # no such program, or one too old to say anything
        if brought.errno in (errno.ENOSPC, errno.EDQUOT):
            raise MachineDiskFull(free_bytes=0, needed_bytes=len(source))
        if brought.errno:
            raise AgentFailed(verb="bootstrap", detail=brought.detail[:300])
        if brought.version < OLDEST_PYTHON:
            continue
        if not brought.whole:
            raise ConnectionLost(during="bootstrap", detail="the agent came over damaged")
        return brought.python, brought.agent
    raise PythonMissing(tried=list(PYTHONS))
