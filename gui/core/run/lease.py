"""The app's half of the guard: the lease that a run holds on its machine, started, renewed and read back.

The machine's half is ``remote_worker.guard``. A lease says every time how long the machine may live unwatched, how long
there is money, and which shards are home; the guard ends the bill when the time is up, whatever became of this program.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from gui.core.errors import AgentFailed
from gui.core.machine import bundle
from gui.core.machine.line import shaped
from gui.core.machine.machine import Machine
from gui.core.units import MicroUsd
from remote_worker.protocol import GuardPhase, GuardReport, Proof, shards_text

ENDS_BILLS = frozenset({"vast"})
"""The clouds whose machines can end their own bill."""
PROOF_S = 40.0
"""How long the guard's proof is waited for; after that it goes on trying by itself."""
RENEWALS = 10
"""So often within one lease, so that a bad network for most of it costs nothing."""
LONGEST_RENEWAL_S = 60.0
FOREVER_S = 1e9


@dataclass(frozen=True, slots=True)
class GuardState:
    """What the machine said of its guard at a moment of this program's clock."""

    report: GuardReport
    at: datetime

    @property
    def ends_the_bill(self) -> bool:
        """Whether the bill ends without this program. When it does not, and there is a bill, the person is asked."""
        return self.report.alive and self.report.proof is Proof.PROVEN

    @property
    def ends_at(self) -> datetime:
        """When the guard acts if it hears nothing more: what is sure even when this program is gone."""
        left_s = self.report.lease_left_s
        if self.report.money_left_s >= 0:
            left_s = min(left_s, self.report.money_left_s)
        return self.at + timedelta(seconds=left_s)

    @property
    def ending(self) -> bool:
        """Whether the guard has begun to end the bill, or has ended it."""
        return self.report.phase in (GuardPhase.ENDING, GuardPhase.OVER)


class Lease:
    """One run's hold on its machine. Safe from several threads, each with a connection of its own.

    ``cloud`` is the cloud's name and ``url`` the provider's address ("" = the usual one). All verbs raise like those of
    ``Machine``: what they raise says nothing of the guard, which goes on by its last order.
    """

    def __init__(self, job: str, lease_s: float, cloud: str, now: Callable[[], datetime], *, url: str = "") -> None:
        self._job = job
        self._lease_s = lease_s
        self._cloud = ("--cloud", *(("--url", url) if url else ())) if cloud in ENDS_BILLS else ()
        self._now = now
        self._state: GuardState | None = None
        self._renewed_at: datetime | None = None
        self._lock = threading.Lock()

    @property
    def state(self) -> GuardState | None:
        """What was said last; None before ``start``."""
        return self._state

    def start(self, machine: Machine, home: Collection[int], money_until: datetime | None = None) -> GuardState:
        """Have a guard on the machine, and its proof. To be called before any work and after each reconnection.

        The worker's archive must be there. A guard that lives already is kept, and keeps its proof.
        """
        words = (self._job, str(self._lease_s), *self._cloud, "--wait", str(PROOF_S), *self._terms(home, money_until))
        return self._renewed(self._said(machine, "guard", *words, timeout_s=PROOF_S + 40))

    def renew(self, machine: Machine, home: Collection[int], money_until: datetime | None = None) -> GuardState:
        """Begin the lease anew from this moment. ``home`` are the shards that this computer has.

        ``money_until`` is when the money runs out at this price; None lifts that limit. A guard that is gone is
        started again (``report.restarted``).
        """
        return self._renewed(self._said(machine, "renew", str(self._lease_s), *self._terms(home, money_until)))

    def keep(self, machine: Machine, home: Collection[int], money_until: datetime | None = None) -> GuardState:
        """``renew`` when it is time for it: cheap enough to be called every second."""
        with self._lock:
            state, renewed_at = self._state, self._renewed_at
            if state and renewed_at and timedelta(0) <= self._now() - renewed_at < self._every:
                return state
            if state is None:  # a program that was started again, and may be a newer one
                machine.put(bundle.worker_parcel())
            return self.renew(machine, home, money_until)

    def look(self, machine: Machine) -> GuardState:
        """What is true now, without renewing anything."""
        return self._said(machine, "guard-status", "--worker", bundle.worker_folder())

    @property
    def _every(self) -> timedelta:
        return timedelta(seconds=min(LONGEST_RENEWAL_S, self._lease_s / RENEWALS))

    def _terms(self, home: Collection[int], money_until: datetime | None) -> tuple[str, ...]:
        """As lengths of time, since the machine's clock need not agree with ours."""
        words = ["--worker", bundle.worker_folder(), "--home", shards_text(home)]
        if money_until is not None:
            words += ["--money", str(max(0.0, (money_until - self._now()).total_seconds()))]
        return tuple(words)

    def _renewed(self, state: GuardState) -> GuardState:
        self._renewed_at = state.at
        return state

    def _said(self, machine: Machine, verb: str, *words: str, timeout_s: float = 60.0) -> GuardState:
        at = self._now()  # before it is asked: what is left is less by the time that the answer takes
        report = shaped(GuardReport, machine.run(verb, *words, timeout_s=timeout_s), verb)
        possible = 0 <= report.lease_left_s < FOREVER_S and -1 <= report.money_left_s < FOREVER_S
        if not possible or min(report.unfetched, report.tries) < 0:
            raise AgentFailed(verb=verb, detail="not an answer: a number in it makes no sense")
        self._state = GuardState(report, at)
        return self._state


def money_until(left: MicroUsd, per_hour: MicroUsd, now: datetime) -> datetime | None:
    """When ``left`` is spent at this price; None when nothing is billed."""
    if per_hour <= 0:
        return None
    return now + timedelta(seconds=min(FOREVER_S / 2, max(0, left) / per_hour * 3600))
