"""The practice cloud: this computer plays the rented machine, at a pretend price, over real SSH."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from gui.core.cloud.base import Address, Instance, InstanceStatus, Needs, Offer
from gui.core.cloud.practice_server import FOLDER, HOST, NO_WINDOW, USER, PracticeServer, environment, public_part
from gui.core.errors import CloudRefused, CloudUnreachable, OfferGone
from gui.core.files import refusals
from gui.core.machine.line import REPLY_MARK
from gui.core.paths import WORKER
from gui.core.units import FREE, MicroUsd, micro_usd, utc_now

NAME = "practice"
OFFER_ID = "this-computer"
PRICE_PER_HOUR = micro_usd("0.10")
LOOPBACK_BYTES_PER_S = 100e6
BUSY_S = 10.0  # how long a folder that is in use is waited for


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger."""

    event: str  # "rented" or "destroyed"
    at: datetime
    instance_id: str
    label: str = ""
    name: str = ""
    price_per_hour: MicroUsd = FREE


class PracticeCloud:
    """A ``Cloud`` whose account is a folder: a ledger, and the disk of each instance.

    Several processes may use the same folder. Each has its own SSH server for an instance, with its own host key.
    """

    name = NAME
    needs_key = False
    may_install = False

    def __init__(
        self,
        folder: Path,
        worker_python: Path | None = None,
        price_per_hour: MicroUsd = PRICE_PER_HOUR,
        disk_bytes: int | None = None,
    ) -> None:
        self._folder = folder.absolute()
        self._python = worker_python or default_worker_python()
        self._price_per_hour = price_per_hour
        self._disk_bytes = disk_bytes
        self._servers: dict[str, PracticeServer] = {}
        self._lock = threading.RLock()
        self._probed: dict[str, Any] | None = None

    # --- the verbs of a cloud ---

    def offers(self, needs: Needs) -> Sequence[Offer]:
        offer = self._offer()
        fits = (
            (not needs.gpus or offer.name in needs.gpus)
            and needs.min_vram_bytes <= offer.vram_bytes
            and needs.disk_bytes <= offer.disk_bytes
            and (needs.max_price_per_hour is None or offer.price_per_hour <= needs.max_price_per_hour)
        )
        return (offer,) if fits else ()

    def rent(self, offer: Offer, label: str, public_key: str) -> Instance:
        if offer.cloud != NAME or offer.offer_id != OFFER_ID:
            raise OfferGone(cloud=NAME, offer_id=offer.offer_id)
        try:
            key = public_part(public_key)
        except ValueError as no_key:
            raise CloudRefused(cloud=NAME, reason="key") from no_key
        instance_id = f"practice-{uuid.uuid4().hex[:6]}"
        with self._writing():
            self._sweep()
            self._home(instance_id).mkdir(parents=True)
            self._authorise(instance_id, key)
            self._write("rented", instance_id, label=label, name=offer.name, price_per_hour=offer.price_per_hour)
        return next(one for one in self.instances() if one.instance_id == instance_id)

    def instances(self) -> Sequence[Instance]:
        rented = self._rented()
        with self._lock:
            for instance_id in self._servers.keys() - rented.keys():  # destroyed by another process
                self._servers.pop(instance_id).close()
            return tuple(self._instance(entry) for entry in rented.values())

    def authorize(self, instance: Instance, public_key: str) -> None:
        with self._writing():
            if self._home(instance.instance_id).is_dir():
                self._authorise(instance.instance_id, public_part(public_key))

    def destroy(self, instance_id: str) -> None:
        if instance_id not in self._rented():
            return
        with self._lock:
            server = self._servers.pop(instance_id, None)
            if server:
                server.close()
        disk = self._disk(instance_id)
        if disk.exists():
            if (self._home(instance_id) / FOLDER / ".workers").is_dir():
                # The worker's Python may be gone; what it started is not.
                python = self._python if self._python.exists() else Path(sys.executable)
                self._agent(python, self._home(instance_id) / FOLDER, "stop", "--grace", "0")
            _remove(disk)
        with self._writing():
            if instance_id in self._rented():
                self._write("destroyed", instance_id)

    # --- what only this cloud can ---

    def ledger(self) -> tuple[Entry, ...]:
        """Everything that was ever rented and destroyed here, oldest first."""
        try:
            text = self._ledger.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        except OSError as broken:
            raise CloudUnreachable(cloud=NAME, detail=str(broken)) from broken
        return tuple(_entry(line) for line in text.splitlines(keepends=True) if line.endswith("\n"))

    def close(self) -> None:
        """Stop the servers of this process. What is rented stays rented, and detached workers go on."""
        with self._lock:
            while self._servers:
                self._servers.popitem()[1].close()

    # --- inside ---

    @property
    def _ledger(self) -> Path:
        return self._folder / "ledger.jsonl"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Alone among all processes. Raises LocalDiskFull, LocalFileRefused."""
        with refusals(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / "ledger.lock"):
                yield

    def _disk(self, instance_id: str) -> Path:
        return self._folder / "disks" / instance_id

    def _home(self, instance_id: str) -> Path:
        return self._disk(instance_id) / "home"

    def _rented(self) -> dict[str, Entry]:
        rented: dict[str, Entry] = {}
        for entry in self.ledger():
            if entry.event == "rented":
                rented[entry.instance_id] = entry
            else:
                rented.pop(entry.instance_id, None)
        return rented

    def _write(self, event: str, instance_id: str, **more: Any) -> None:
        line = {"event": event, "at": utc_now().isoformat(), "instance_id": instance_id, **more}
        with self._ledger.open("a+b") as out:
            out.seek(0)
            out.truncate(out.read().rfind(b"\n") + 1)  # a line that was cut off never came to be
            out.write(json.dumps(line).encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())

    def _sweep(self) -> None:
        """Disks that no line of the ledger knows: a renting that was killed half-way."""
        known = self._rented()
        for disk in (self._folder / "disks").glob("*"):
            if disk.name not in known:
                shutil.rmtree(disk, ignore_errors=True)

    def _authorise(self, instance_id: str, key: str) -> None:
        if key not in self._authorised(instance_id):
            with (self._disk(instance_id) / "authorized_keys").open("a", encoding="ascii") as out:
                out.write(f"{key}\n")

    def _authorised(self, instance_id: str) -> set[str]:
        try:
            return set((self._disk(instance_id) / "authorized_keys").read_text(encoding="ascii").splitlines())
        except FileNotFoundError:
            return set()

    def _instance(self, entry: Entry) -> Instance:
        there = self._home(entry.instance_id).is_dir()
        server = self._server(entry.instance_id) if there else None
        return Instance(
            instance_id=entry.instance_id,
            cloud=NAME,
            label=entry.label,
            name=entry.name,
            status=InstanceStatus.RUNNING if there else InstanceStatus.LOST,
            price_per_hour=entry.price_per_hour,
            rented_at=entry.at,
            address=Address(HOST, server.port, USER) if server else None,
            host_key=server.host_key if server else "",
            pretend_price=True,
        )

    def _server(self, instance_id: str) -> PracticeServer:
        if instance_id not in self._servers:
            self._servers[instance_id] = PracticeServer(
                self._home(instance_id), self._python, lambda: self._authorised(instance_id), self._disk_bytes
            )
        return self._servers[instance_id]

    def _offer(self) -> Offer:
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._probed is None:
            self._probed = self._agent(self._python, self._folder, "probe")
        free_bytes = shutil.disk_usage(self._folder).free
        gpus = self._probed["gpus"]
        return Offer(
            offer_id=OFFER_ID,
            cloud=NAME,
            name=str(self._probed["processor"]),
            gpu_count=len(gpus),
            vram_bytes=min((int(gpu["vram_bytes"]) for gpu in gpus), default=0),
            cores=int(self._probed["cores"]),
            memory_bytes=int(self._probed["memory_bytes"]),
            disk_bytes=free_bytes if self._disk_bytes is None else min(free_bytes, self._disk_bytes),
            price_per_hour=self._price_per_hour,
            reliability=1.0,
            place="",
            download_bytes_per_s=LOOPBACK_BYTES_PER_S,
            pretend_price=True,
        )

    def _agent(self, python: Path, root: Path, verb: str, *words: str) -> dict[str, Any]:
        """One verb of the agent, without SSH: what the cloud itself does on its machines."""
        command = [str(python), str(WORKER / "agent.py"), "--root", str(root), verb, *words]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
                env=environment(root, None),
                creationflags=NO_WINDOW,
            )  # fmt: skip
        except FileNotFoundError as missing:
            raise CloudRefused(cloud=NAME, reason="other", detail=f"no Python at {python}") from missing
        except (OSError, subprocess.TimeoutExpired) as broken:
            raise CloudUnreachable(cloud=NAME, detail=str(broken)) from broken
        reply = json.loads(done.stderr.rpartition(REPLY_MARK)[2] or b'{"error": "none"}')
        if "error" in reply:
            raise CloudUnreachable(cloud=NAME, detail=str(reply)[:300])
        return dict(reply)


def default_worker_python() -> Path:
    """The worker's own environment beside this program, or what ``EMBARK_WORKER_PYTHON`` names."""
    named = os.environ.get("EMBARK_WORKER_PYTHON")
    if named:
        return Path(named)
    return WORKER.parent / ".venv-worker" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _entry(line: str) -> Entry:
    try:
        plain = json.loads(line)
        return Entry(
            event=str(plain["event"]),
            at=datetime.fromisoformat(plain["at"]),
            instance_id=str(plain["instance_id"]),
            label=str(plain.get("label", "")),
            name=str(plain.get("name", "")),
            price_per_hour=MicroUsd(int(plain.get("price_per_hour", 0))),
        )
    except (ValueError, KeyError, TypeError) as broken:
        raise CloudUnreachable(cloud=NAME, detail="the ledger is damaged") from broken


def _remove(folder: Path) -> None:
    """Delete a folder, waiting a while for whoever still uses it."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            shutil.rmtree(folder)
            return
        except FileNotFoundError:
            if not folder.exists():
                return
        except OSError as busy:
            if time.monotonic() >= until:
                raise CloudUnreachable(cloud=NAME, detail=str(busy)) from busy
        time.sleep(0.2)
