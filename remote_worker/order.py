"""What the program wants of the guard, and what the guard says of itself: two small files that outlive both."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import os
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from remote_worker import agent
from remote_worker.protocol import SHARD_INDEX, GuardCause, parse_shard, parse_shards

FOLDER = ".guard"
LOCK_S = 15.0


class Record:
    """One JSON object in a file that never grows, so that it can be changed on a full disk."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        self._path = path
        self._size_bytes = size_bytes

    def write(self, content: dict[str, Any]) -> None:
        """Raises OSError; for want of space the first time only."""
        text = json.dumps(content).encode()
        line = (b"%08x " % zlib.crc32(text) + text).ljust(self._size_bytes)
        if len(line) > self._size_bytes:
            raise ValueError(f"too long for {self._path.name}")
        with open(self._path, "r+b" if self._path.exists() else "xb", buffering=0) as out:
            if out.write(line) != len(line):
                raise OSError(errno.ENOSPC, "no space for the guard")

    def read(self) -> dict[str, Any] | None:
        """None when there is none, or none that is whole."""
        for _ in range(3):  # it may be under the writer's hand
            try:
                crc, _, text = self._path.read_bytes().rstrip().partition(b" ")
            except OSError:
                return None
            with contextlib.suppress(ValueError):
                if int(crc, 16) == zlib.crc32(text):
                    return dict(json.loads(text))
            time.sleep(0.02)
        return None


@dataclasses.dataclass(frozen=True)
class Order:
    """What the program wants. ``*_until`` are moments of the monotonic clock within one ``life`` of the machine."""

    job: str
    url: str  # of the provider; "" = there is none
    grace_s: float  # for the worker to finish its shard
    pace_s: float  # a second: the first pause between two tries, and the measure of every other one
    lease_s: float = 0.0
    lease_until: float = 0.0
    money_until: float | None = None
    home: str = ""  # the shards that the program has, as ``parse_shards`` reads them
    life: str = ""

    def cause(self, now: float) -> GuardCause:
        """Why the bill should end; NONE while it should not."""
        if now >= self.lease_until:
            return GuardCause.LEASE
        if self.money_until is not None and now >= self.money_until:
            return GuardCause.MONEY
        return GuardCause.NONE

    def left_s(self, now: float) -> float:
        until = self.lease_until if self.money_until is None else min(self.lease_until, self.money_until)
        return until - now


class Folder:
    """The guard's files below the Embark folder."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.abspath(root))
        self.path = self.root / FOLDER
        self.order = Record(self.path / "order", 32_768)
        self.said = Record(self.path / "said", 4_096)

    def read_order(self) -> Order | None:
        """None when there is none, or none that can be understood."""
        known = {one.name for one in dataclasses.fields(Order)}
        try:
            return Order(**{name: value for name, value in (self.order.read() or {}).items() if name in known})
        except TypeError:
            return None

    def living(self) -> int:
        """The pid of the living guard, 0 = there is none."""
        said = self.said.read() or {}
        pid = int(said.get("pid", 0))
        return pid if pid and agent.started(pid) == said["since"] else 0

    def write_order(self, order: Order) -> None:
        self.order.write(dataclasses.asdict(order))

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """While the order is read and written."""
        until = time.monotonic() + LOCK_S
        with agent.locked(self.path / "order.lock", wait=lambda: time.monotonic() < until) as mine:
            if not mine:
                raise agent.failed("somebody else holds the guard's order")
            yield


def life() -> str:
    """Another one after every start of the machine, or of the container that it is."""
    return f"{agent._boot()} {agent.started(1)}"


def unfetched(root: Path, order: Order) -> int:
    """How many finished shards are on this machine alone; an index that cannot be read counts as one."""
    try:
        lines = (agent.inside(root, order.job) / SHARD_INDEX).read_bytes().splitlines()
    except FileNotFoundError:
        return 0
    except (OSError, agent.Refused):
        return 1
    there: set[int] = set()
    for line in lines:
        with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError):
            there.add(parse_shard(line).shard)
    return len(there - parse_shards(order.home))
