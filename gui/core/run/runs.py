"""All runs of this computer: start, go on, command, watch; and what is billed on every account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gui.core.cloud.base import Cloud, Instance
from gui.core.dataset import Dataset
from gui.core.errors import EmbarkError
from gui.core.machine.keys import Identity
from gui.core.paths import Paths
from gui.core.plan import Plan
from gui.core.run.state import Snapshot
from gui.core.units import MicroUsd


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


class Runs:
    """The one door to runs. Every method returns at once unless it says that it asks a cloud."""

    def __init__(self, paths: Paths, clouds: Mapping[str, Cloud], identity: Callable[[], Identity]) -> None:
        raise NotImplementedError

    def start(self, plan: Plan, dataset: Dataset | None = None) -> str:
        """Begin a run of a plan without problems; its id. Reads the items itself when no data set is handed over."""
        raise NotImplementedError

    def go_on(self, run_id: str) -> None:
        """Go on after a pause, after the program was closed, or after the run ended incomplete."""
        raise NotImplementedError

    def pause(self, run_id: str) -> None:
        raise NotImplementedError

    def stop(self, run_id: str) -> None:
        """Fetch what there is, then ask about Destroy."""
        raise NotImplementedError

    def destroy(self, run_id: str) -> None:
        """The answer to DestroyAsked: yes. May be said before it is asked."""
        raise NotImplementedError

    def keep(self, run_id: str) -> None:
        """The answer to DestroyAsked: not now."""
        raise NotImplementedError

    def snapshot(self, run_id: str) -> Snapshot:
        raise NotImplementedError

    def all(self) -> tuple[Snapshot, ...]:
        """Every run in the journal, newest first."""
        raise NotImplementedError

    def subscribe(self, changed: Callable[[Snapshot], None]) -> None:
        """``changed`` is called from the runs' own threads, at most about ten times a second a run."""
        raise NotImplementedError

    def bill(self) -> tuple[Bill, ...]:
        """Asks every cloud (takes as long as they take)."""
        raise NotImplementedError

    def destroy_unowned(self, cloud: str, instance_id: str) -> None:
        """Destroy an instance of ours that no run owns. Asks the cloud until it is gone."""
        raise NotImplementedError

    def reattach(self) -> None:
        """Go on with every run that was under way when the program ended."""
        raise NotImplementedError

    def close(self) -> None:
        """Detach from all runs: machines and workers go on, the next start reattaches."""
        raise NotImplementedError
