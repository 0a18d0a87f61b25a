"""A rented machine as a folder and its processes, on a fake Vast.ai that ends them as it would a container."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gui.core.errors import EmbarkError
from gui.core.machine import bundle
from gui.core.machine.machine import Machine
from gui.core.paths import WORKER
from remote_worker import protocol
from tests.fake_vast import boots
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import Instance, NoMachines, World

MARK = "EMBARK_TEST_BOX"
REPLY_MARK = "embark-reply:"
JOB = "job"
SOON = ("--grace", "2", "--pace", "0.05")
"""As the real times, and shorter."""


@dataclass
class Box(Machine):
    """A ``Machine`` without SSH: the agent is the real one, run as a process that sees the instance's own key."""

    root: Path
    number: int = 0
    key: str = ""

    def __post_init__(self) -> None:
        if not self.worker.exists():
            shutil.copytree(WORKER, self.worker / "remote_worker", ignore=shutil.ignore_patterns("__pycache__"))

    @property
    def worker(self) -> Path:
        return self.root / bundle.worker_folder()

    @property
    def environment(self) -> dict[str, str]:
        own = {"CONTAINER_API_KEY": self.key, "CONTAINER_ID": str(self.number)} if self.key else {}
        return {**os.environ, "HOME": str(self.root.parent), MARK: str(self.root), **own}

    def boot(self, script: str) -> None:
        """Run a start script, as process 1 does."""
        subprocess.Popen(["setsid", "-f", "bash", "-c", script], env=self.environment, cwd="/").wait()

    def run(self, verb: str, *arguments: str, timeout_s: float = 60.0) -> dict[str, Any]:
        command = [sys.executable, str(WORKER / "agent.py"), "--root", str(self.root), verb, *arguments]
        said = subprocess.run(
            command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, check=False
        )
        reply = json.loads(said.stderr.decode().rpartition(REPLY_MARK)[2])
        if "error" in reply:
            raise EmbarkError.from_record(reply["error"], reply["fields"])
        return dict(reply)

    # --- short words for tests ---

    def guard(self, seconds: float, url: str, *more: str) -> dict[str, Any]:
        cloud = ("--cloud", "--url", url) if url else ()
        return self.run("guard", JOB, str(seconds), "--worker", self.worker.name, *cloud, *SOON, *more)

    def renew(self, seconds: float, *more: str) -> dict[str, Any]:
        return self.run("renew", str(seconds), "--worker", self.worker.name, *more)

    def status(self) -> dict[str, Any]:
        return self.run("guard-status", "--worker", self.worker.name)

    def finish(self, *shards: int) -> None:
        """As the worker does when shards are finished."""
        index = self.root / JOB / protocol.SHARD_INDEX
        index.parent.mkdir(parents=True, exist_ok=True)
        with index.open("ab") as out:
            for shard in shards:
                out.write(protocol.to_line(protocol.ShardEntry(shard, f"shards/{shard}", 10, 8, 100, "0" * 64)))

    def worker_is(self, code: str) -> None:
        (self.worker / "remote_worker" / "__main__.py").write_text(code)
        (self.root / JOB).mkdir(exist_ok=True)

    def launch(self) -> int:
        return int(self.run("launch", JOB, "--python", sys.executable, "--worker", self.worker.name)["pid"])

    def guards(self) -> list[int]:
        """The processes that guard it."""
        return [pid for pid in processes(self.root) if "remote_worker.guard" in words(pid)]

    def kill(self, pids: Iterable[int] | None = None) -> None:
        """End processes of it, all of them unless some are named, as a container's end does."""
        for pid in processes(self.root) if pids is None else pids:
            if pid != os.getpid():
                os.kill(pid, signal.SIGKILL)


def processes(root: Path) -> list[int]:
    """What lives of a box."""
    mark = f"{MARK}={root}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_bytes().rpartition(b")")[2].split()[0]
            if state != b"Z" and mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue  # gone meanwhile, or not ours to read
    return found


def words(pid: int) -> list[str]:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


@dataclass
class Boxes(NoMachines):
    """What plays the containers. With ``immortal`` they go on when their instance was stopped or destroyed."""

    immortal: bool = False
    boxes: dict[int, Box] = field(default_factory=dict)
    ended_at: dict[int, float] = field(default_factory=dict)

    def kill(self, instance: Instance) -> None:
        self.ended_at.setdefault(instance.instance_id, time.monotonic())
        box = self.boxes.get(instance.instance_id)
        if box and not self.immortal:
            box.kill()


class Rental:
    """A fake Vast.ai in real time, and the boxes that were rented there."""

    def __init__(self, folder: Path, world: World | None = None) -> None:
        self._folder = folder
        self.world = world or World(clock=time.time, limits={})
        self.boxes = Boxes()
        self.fake = FakeVast(self.world, self.boxes)
        self.url = self.fake.url

    def box(self, label: str = "embark-r1-1") -> Box:
        self.world.next_boots = [boots.AT_ONCE]
        number = self.world.add_instance(label)
        box = Box(self._folder / str(number) / "embark", number, self.world.instances[number].api_key)
        self.boxes.boxes[number] = box
        return box

    def stopped(self, box: Box) -> bool:
        there = self.world.instances.get(box.number)
        return there is not None and there.actual == "stopped"

    def destroyed(self, box: Box) -> bool:
        return box.number not in self.world.instances

    def asked(self, box: Box) -> list[str]:
        """What was asked of the provider for a box, in order."""
        path = f"/api/v0/instances/{box.number}/"
        return [
            "destroy" if one.method == "DELETE" else str(one.body["state"])
            for one in list(self.fake.requests)
            if one.path == path
        ]

    def close(self) -> None:
        for box in self.boxes.boxes.values():
            box.kill()
        self.fake.close()
