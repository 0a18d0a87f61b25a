"""All runs of this computer: start, go on, command, watch; and what is billed on every account."""

from __future__ import annotations

import logging
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from filelock import FileLock

from gui.core.cloud.base import PREFIX, Cloud, Instance, PaidCloud
from gui.core.dataset import Dataset
from gui.core.errors import CloudError, EmbarkError, FolderBusy
from gui.core.files import refusals
from gui.core.plan import Plan, to_toml
from gui.core.run import events as e
from gui.core.run.journal import Journal
from gui.core.run.run import Run
from gui.core.run.spend import attempt_cost
from gui.core.run.state import Snapshot
from gui.core.run.world import World
from gui.core.units import MicroUsd, cost

logger = logging.getLogger(__name__)

DESTROY_POLL_S = 2.0


@dataclass(frozen=True, slots=True)
class BillLine:
    """One instance on an account."""

    instance: Instance
    run_id: str  # "" = no run of this computer owns it
    ours: bool  # Embark rented it; others' are shown and never touched
    so_far: MicroUsd


@dataclass(frozen=True, slots=True)
class Bill:
    """What is billed on one account. With ``error`` set nothing is known: never show that as "nothing"."""

    cloud: str
    asked_at: datetime
    lines: tuple[BillLine, ...] = ()
    error: EmbarkError | None = None
    credit: MicroUsd | None = None  # None = there is none on such an account, or it is not known


def _line(instance: Instance, under_way: Mapping[str, Snapshot], now: datetime) -> BillLine:
    """A run that is under way owns every machine with its label, and ends none before they are all gone. What the
    machine has cost is what the meter of its run says; of one without a run, at most."""
    ours = instance.label.startswith(PREFIX)
    run_id = instance.label.removeprefix(PREFIX).rpartition("-")[0] if ours else ""
    owner = under_way.get(run_id)
    so_far = cost(instance.price_per_hour, (now - instance.rented_at).total_seconds())
    if owner is not None and owner.rental is not None and owner.rental.instance_id == instance.instance_id:
        so_far = attempt_cost(owner, now)
    return BillLine(instance, owner.run_id if owner else "", ours, so_far)


def _credit(cloud: Cloud) -> MicroUsd | None:
    if not isinstance(cloud, PaidCloud):
        return None
    try:
        return cloud.credit()
    except CloudError as error:
        logger.info("no credit of %s: %s", cloud.name, error)
        return None


class Runs:
    """The one door to runs. Every method returns at once unless it says that it asks a cloud."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._journal = Journal(world.paths.journal)
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()
        self._subscribers: list[Callable[[Snapshot], None]] = []
        self._version = self._journal.version_elsewhere()
        self._lengths = self._journal.lengths()

    def start(self, plan: Plan, dataset: Dataset | None = None) -> str:
        """Begin a run of a plan without problems; its id. Reads the items itself when no data set is handed over.

        Raises FolderBusy when a run that has not ended writes into the plan's folder; LocalDiskFull, LocalFileRefused.
        """
        run_id = f"{self._world.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        lock = self._world.paths.data / "start.lock"
        with refusals(lock), FileLock(lock):  # two programs at once must not both find the folder free
            for other in self.all():
                if not other.ended and other.plan.result.folder == plan.result.folder:
                    raise FolderBusy(path=str(plan.result.folder), run_id=other.run_id)
            self._journal.append(run_id, e.Planned(to_toml(plan)), self._world.now())
        run = self._run(run_id)
        if dataset is not None:
            run.use(dataset)
        run.start()
        return run_id

    def go_on(self, run_id: str, limit: MicroUsd | None = None, disk_gb: float | None = None) -> None:
        """Go on after a pause, after the program was closed, or after the run ended incomplete; with another limit, or
        another disk for the next machine, than the plan had.

        Raises RunBusy when another Embark on this computer carries it out.
        """
        self._run(run_id).start(e.GoOnWanted(limit, disk_gb))

    # The person's words. One that makes no sense by now changes nothing. All raise RunBusy, LocalDiskFull.

    def pause(self, run_id: str) -> None:
        self._run(run_id).start(e.PauseWanted())

    def stop(self, run_id: str) -> None:
        """Fetch what there is, then ask about Destroy."""
        self._run(run_id).start(e.StopWanted())

    def destroy(self, run_id: str) -> None:
        """The answer to DestroyAsked: yes. May be said before it is asked, which then spares the question if nothing
        would be lost."""
        self._run(run_id).start(e.DestroyWanted())

    def keep(self, run_id: str) -> None:
        """The answer to DestroyAsked: not now."""
        self._run(run_id).start(e.KeepWanted())

    def snapshot(self, run_id: str) -> Snapshot:
        return self._run(run_id).snapshot

    def all(self) -> tuple[Snapshot, ...]:
        """Every run in the journal, newest first."""
        return tuple(self._known(run_id, events).snapshot for run_id, events in self._journal.lengths().items())

    def subscribe(self, changed: Callable[[Snapshot], None]) -> None:
        """``changed`` is called from the runs' own threads, at most about ten times a second a run."""
        self._subscribers.append(changed)

    def wait(self, run_id: str, timeout_s: float | None = None) -> Snapshot:
        """Wait until the run's thread has ended, or for so long; the snapshot then."""
        run = self._run(run_id)
        run.join(timeout_s)
        return run.snapshot

    def bill(self) -> tuple[Bill, ...]:
        """Asks every cloud (takes as long as they take)."""
        bills = []
        for name, cloud in self._clouds().items():
            now = self._world.now()
            under_way = self._under_way()
            try:
                instances = cloud.instances()
            except EmbarkError as error:
                bills.append(Bill(name, now, error=error))
                continue
            under_way |= self._under_way()  # some may have begun while the cloud was asked, others ended
            lines = tuple(_line(one, under_way, now) for one in instances)
            bills.append(Bill(name, now, lines, credit=_credit(cloud)))
        return tuple(bills)

    def _clouds(self) -> dict[str, Cloud]:
        """Those that can be used now, and those that a run has a machine at: its key may be gone meanwhile."""
        clouds = dict(self._world.clouds.items())
        for one in self.all():
            if one.rental is not None:
                with suppress(KeyError):  # a newer version rented there: its run says so
                    clouds.setdefault(one.rental.cloud, self._world.clouds[one.rental.cloud])
        return clouds

    def _under_way(self) -> dict[str, Snapshot]:
        return {one.run_id: one for one in self.all() if not one.ended}

    def destroy_unowned(self, cloud: str, instance_id: str) -> None:
        """Destroy an instance of ours that no run owns. Asks the cloud until it is gone; raises CloudError.

        Raises ValueError for an instance that a run owns, or that is not ours: nothing may touch those.
        """
        there = next((bill for bill in self.bill() if bill.cloud == cloud), None)
        if there is None or there.error is not None:
            raise there.error if there and there.error else ValueError(f"no cloud {cloud}")
        line = next((one for one in there.lines if one.instance.instance_id == instance_id), None)
        if line is None:
            return
        if line.run_id or not line.ours:
            raise ValueError("only an instance of ours that no run owns may be destroyed here")
        pause = threading.Condition()
        while any(one.instance_id == instance_id for one in self._world.clouds[cloud].instances()):
            self._world.clouds[cloud].destroy(instance_id)
            with pause:
                self._world.wait(pause, DESTROY_POLL_S)

    def reattach(self) -> None:
        """Go on with every run that was under way when the program ended."""
        for snapshot in self.all():
            if not snapshot.ended:
                try:
                    self._run(snapshot.run_id).start()
                except EmbarkError as refused:  # RunBusy: another program carries it out
                    logger.info("run %s is not taken up: %s", snapshot.run_id, refused)

    def read_news(self) -> None:
        """Tell the subscribers of what other programs on this computer wrote down since the last time: their runs are
        carried out there, and nothing else is heard of them. Raises LocalFileRefused."""
        version = self._journal.version_elsewhere()
        if version == self._version:
            return
        before, self._version, self._lengths = self._lengths, version, self._journal.lengths()
        for run_id, events in self._lengths.items():
            if events > before.get(run_id, 0) and not (run := self._known(run_id, events)).alive:
                self._publish(run.snapshot)

    def hurry(self) -> None:
        """What waits to be tried again is tried now: a key was given, for instance."""
        with self._lock:
            runs = tuple(self._runs.values())
        for run in runs:
            run.hurry()

    def close(self) -> None:
        """Detach from all runs: machines and workers go on, the next start reattaches."""
        with self._lock:
            runs = tuple(self._runs.values())
        for run in runs:
            run.detach()
        for run in runs:
            run.join()
        for cloud in self._world.clouds.values():
            cloud.close()
        self._journal.close()

    def _run(self, run_id: str) -> Run:
        """Raises KeyError for a run that is in no journal."""
        events = self._journal.length(run_id)
        if not events:
            raise KeyError(run_id)
        return self._known(run_id, events)

    def _known(self, run_id: str, events: int) -> Run:
        """The run of so many events; one that another process carries out is read anew."""
        with self._lock:
            known = self._runs.get(run_id)
            if known is None or (not known.alive and known.events < events):
                known = self._runs[run_id] = Run(run_id, self._journal, self._world, self._publish)
            return known

    def _publish(self, snapshot: Snapshot) -> None:
        for changed in self._subscribers:
            try:
                changed(snapshot)
            except Exception:  # noqa: BLE001  a face that cannot draw is a bug, and no reason to stop a paid run
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
