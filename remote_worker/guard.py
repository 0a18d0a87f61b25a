"""The guard: a process on the machine that ends the bill when nobody else does.

    python -m remote_worker.guard ROOT

Standard library only. It is started, renewed and asked by the agent's ``guard``, ``renew`` and ``guard-status``, whose
work is done here too. It holds a lease that the program renews, and the time for which there is money. When either runs
out it ends the worker, then stops the instance while finished shards are on it alone, and destroys it when none are.
Where there is no provider to ask it ends the worker, and leaves.

Time is the system's monotonic clock, which all processes share and nobody can set. It begins anew with the machine: one
that was started again gives one more lease to whoever comes for it.

In the Embark folder::

    .guard/order     what the program wants, and until when
    .guard/said      what the guard says of itself
    .guard/lock      held by the guard as long as it lives
    .guard/again     a script that starts it, for a machine that is started again
    .guard/log
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import shlex
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from remote_worker import agent
from remote_worker.instance import PROVIDER, Answer, Instance, Outcome
from remote_worker.order import FOLDER, Folder, Order, life, unfetched
from remote_worker.protocol import GuardCause, GuardPhase, GuardReport, Proof, parse_shards

LOOK = 2  # paces; how long a renewal may take to be noticed
LONGEST_PAUSE = 30  # paces between two tries
FOREVER_S = 1e9
STUCK_S = 180.0
"""A guard that has not moved for so long is no guard."""
START_S = 15.0
LONGEST_LOG = 65_536
DESTROY_TRIES = 5
"""So many in vain, and stopping is tried between them: that ends most of the bill."""
PROOFS = {
    Outcome.DONE: Proof.PROVEN,
    Outcome.NO_KEY: Proof.NO_KEY,
    Outcome.FAILED: Proof.NO_ANSWER,
    Outcome.REFUSED: Proof.REFUSED,
    Outcome.GONE: Proof.REFUSED,
}
SETTLED = (Proof.PROVEN, Proof.NO_CLOUD, Proof.NO_KEY, Proof.REFUSED)


# --- the agent's verbs ------------------------------------------------------------------------------------------------


def start(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Begin a lease and see to it that a guard lives; waits for its proof, but not for ever."""
    folder = Folder(root)
    url = (asked.url or PROVIDER) if asked.cloud else ""
    try:
        Instance(url or PROVIDER)
    except ValueError as unfit:
        raise agent.failed(str(unfit)) from unfit
    agent.inside(root, asked.job)
    order = Order(job=asked.job, url=url, grace_s=asked.grace, pace_s=asked.pace)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        with folder.alone():
            folder.write_order(_renewed(order, asked))
            restarted = _ensure(folder, asked.worker)
    except OSError as broken:
        if broken.errno in agent.FULL:
            raise agent.Refused("MachineDiskFull", free_bytes=agent.disk(root)[0], needed_bytes=0) from broken
        raise
    until = time.monotonic() + asked.wait
    while True:
        report = _report(folder, restarted)
        waiting = report.alive and report.phase is GuardPhase.WATCHING and report.proof not in SETTLED
        if not waiting or time.monotonic() >= until:
            return dataclasses.asdict(report)
        time.sleep(0.05)


def renew(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Begin the lease anew, with all that the program says now; a guard that is gone is started again."""
    folder = Folder(root)
    if not folder.path.is_dir():
        raise agent.failed("no guard was ever started here")
    with folder.alone():
        order = folder.read_order()
        if order is None:
            raise agent.failed("the guard's order is damaged")
        folder.write_order(_renewed(order, asked))
        restarted = _ensure(folder, asked.worker)
    return dataclasses.asdict(_report(folder, restarted))


def _renewed(order: Order, asked: argparse.Namespace) -> Order:
    try:
        parse_shards(asked.home)
    except ValueError as unfit:
        raise agent.failed(str(unfit)) from unfit
    lengths = [asked.seconds, 0.0 if asked.money is None else asked.money, order.grace_s, order.pace_s]
    if not all(0 <= length < FOREVER_S for length in lengths) or not order.pace_s:
        raise agent.failed(f"not lengths of time: {lengths}")
    now = time.monotonic()
    return dataclasses.replace(
        order,
        lease_s=asked.seconds,
        lease_until=now + asked.seconds,
        money_until=None if asked.money is None else now + asked.money,
        home=asked.home,
        life=life(),
    )


def status(root: Path, _: argparse.Namespace) -> dict[str, Any]:
    return dataclasses.asdict(_report(Folder(root), restarted=False))


def _report(folder: Folder, restarted: bool) -> GuardReport:
    order, said, now = folder.read_order(), folder.said.read(), time.monotonic()
    alive = bool(folder.living()) and not _stuck(said)
    if order is None or said is None:
        return GuardReport(alive, GuardPhase.NONE, Proof.PENDING, restarted=restarted)
    return GuardReport(
        alive=alive,
        phase=GuardPhase(said["phase"]),
        proof=Proof(said["proof"]) if said["url"] == order.url else Proof.PENDING,
        detail=said["detail"],
        cause=GuardCause(said["cause"]),
        tries=said["tries"],
        unfetched=unfetched(folder.root, order),
        lease_left_s=max(0.0, order.lease_until - now) if order.life == life() else order.lease_s,
        money_left_s=-1.0 if order.money_until is None else max(0.0, order.money_until - now),
        restarted=restarted,
    )


def _stuck(said: dict[str, Any] | None) -> bool:
    return said is not None and time.monotonic() - float(said["beat"]) > STUCK_S


def _ensure(folder: Folder, worker: str) -> bool:
    """See to it that a guard lives; whether one had to be started in place of another. Raises Refused."""
    path = str(agent.inside(folder.root, worker))
    known, pid = folder.said.read(), folder.living()
    if pid and known and known.get("worker") == path and not _stuck(known):
        return False
    if pid:  # it hangs, or another version of this program started it
        agent.end_group(pid)
    words = [sys.executable, "-m", "remote_worker.guard", str(folder.root)]
    if agent.POSIX:
        again = f"cd / && PYTHONPATH={shlex.quote(path)} exec {shlex.join(words)} >/dev/null 2>&1 </dev/null\n"
        with contextlib.suppress(OSError):  # on a full disk: it is only for a machine that is started again
            part = folder.path / "again.part"
            part.write_text(again, encoding="utf-8")
            part.replace(folder.path / "again")
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=os.path.abspath(os.sep),
        env={**os.environ, "PYTHONPATH": path},
        **agent.detached(),
    )
    until = time.monotonic() + START_S
    while folder.living() in (0, pid):
        if process.poll() is not None or time.monotonic() > until:
            raise agent.failed("the guard did not start")
        time.sleep(0.02)
    process.returncode = 0  # it goes on: not waited for
    return known is not None


# --- the guard itself -------------------------------------------------------------------------------------------------


class Guard:
    """Watches until there is nothing left to end."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._life = life()
        self._order: Order | None = None
        self._prove_at = 0.0
        self._proofs = 0
        self._said: dict[str, Any] = {
            "pid": os.getpid(),
            "since": agent.started(os.getpid()),
            "life": self._life,
            "worker": str(Path(__file__).parents[1]),
            "url": "",
            "phase": GuardPhase.WATCHING,
            "proof": Proof.NO_CLOUD,
            "detail": "",
            "cause": GuardCause.NONE,
            "tries": 0,
        }

    def run(self) -> None:
        before = self._folder.said.read() or {}
        if before.get("life") == self._life:  # a proof holds as long as the machine runs
            self._said.update({name: before[name] for name in ("url", "proof") if name in before})
        while True:
            try:
                if self._look():
                    return
            except Exception as bug:  # noqa: BLE001 - nothing but the end of the bill ends the guard
                self._log(bug)
                time.sleep(LOOK)

    def _look(self) -> bool:
        """Do what is to be done now, and wait a moment; whether all is over."""
        self._say()
        order = self._ordered()
        if order is None:
            return True
        if self._said["url"] != order.url:
            self._prove_at, self._proofs = 0.0, 0
            self._say(url=order.url, proof=Proof.PENDING if order.url else Proof.NO_CLOUD)
        if cause := order.cause(time.monotonic()):
            return self._end(cause)
        if self._said["proof"] not in (Proof.PROVEN, Proof.NO_CLOUD) and time.monotonic() >= self._prove_at:
            self._prove(order)
        time.sleep(max(0.0, min(LOOK * order.pace_s, order.left_s(time.monotonic()))))
        return False

    def _ordered(self) -> Order | None:
        """What the program wants; None = nothing any more. With a bill to end, what it last wanted always counts."""
        found = self._folder.read_order()
        if found is None and self._order is not None and self._order.url:
            return self._order
        if found is not None and found.life != self._life:
            if self._order is not None:
                return self._order
            until = time.monotonic() + found.lease_s
            money_until = None if found.money_until is None else until
            found = dataclasses.replace(found, life=self._life, lease_until=until, money_until=money_until)
        self._order = found
        return found

    def _prove(self, order: Order) -> None:
        answer = Instance(order.url).prove()
        self._prove_at = time.monotonic() + order.pace_s * 2 ** min(self._proofs, 9)
        self._proofs += 1
        self._say(proof=PROOFS[answer.outcome], detail=answer.detail)

    def _end(self, cause: GuardCause) -> bool:
        """End the worker, then the bill, however long it takes; False when the lease was renewed meanwhile."""
        self._say(phase=GuardPhase.ENDING, cause=cause, tries=0)
        self._end_worker()
        vain = 0
        while (order := self._ordered()) is not None:
            if not order.cause(time.monotonic()):
                self._say(phase=GuardPhase.WATCHING, cause=GuardCause.NONE)
                return False
            if not order.url:
                self._say(phase=GuardPhase.OVER)
                break
            answer = self._ask(order, vain)
            gone = answer.outcome is Outcome.GONE
            self._say(
                phase=GuardPhase.OVER if gone else GuardPhase.ENDING,
                tries=self._said["tries"] + 1,
                detail=answer.detail,
            )
            if gone:
                break
            if answer.outcome is Outcome.DONE:  # who still lives to see it asks again
                vain = 0
                self._pause(order.pace_s * LONGEST_PAUSE, order.pace_s)
                continue
            self._pause(order.pace_s * min(2 ** min(vain, 9), LONGEST_PAUSE), order.pace_s)
            vain = max(vain + 1, DESTROY_TRIES) if answer.outcome is Outcome.REFUSED else vain + 1
        return True

    def _end_worker(self) -> None:
        order = self._order
        assert order is not None
        try:
            agent.stop(self._folder.root, argparse.Namespace(job=order.job, grace=order.grace_s))
        except Exception as stays:  # noqa: BLE001 - a worker that does not end is no reason not to end the bill
            self._log(stays)

    def _ask(self, order: Order, vain: int) -> Answer:
        """Ask for the end: without the disk when something on it is not fetched, or when that alone seems possible."""
        instance = Instance(order.url)
        if unfetched(self._folder.root, order) or (vain >= DESTROY_TRIES and vain % 2):
            return instance.stop()
        return instance.destroy()

    def _pause(self, seconds: float, pace_s: float) -> None:
        """Wait, but not once the lease has been renewed."""
        until = time.monotonic() + seconds
        while (left_s := until - time.monotonic()) > 0:
            time.sleep(min(LOOK * pace_s, left_s))
            self._say()
            order = self._ordered()
            if order is None or not order.cause(time.monotonic()):
                return

    def _say(self, **news: Any) -> None:
        self._said.update(news, beat=time.monotonic())
        with contextlib.suppress(OSError):  # that it cannot be heard does not make it give up
            self._folder.said.write(self._said)

    def _log(self, error: Exception) -> None:
        """The kind and the place of an error: its words could be anything."""
        where = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)]
        path = self._folder.path / "log"
        with contextlib.suppress(OSError), open(path, "a", encoding="utf-8") as log:
            if log.tell() < LONGEST_LOG:
                log.write(f"{type(error).__name__} {' '.join(where)}\n")


def main() -> int:
    """Guard, unless somebody does already."""
    if len(sys.argv) != 2 or not Path(sys.argv[1], FOLDER).is_dir():
        sys.stderr.write("usage: python -m remote_worker.guard ROOT\n")
        return 2
    if agent.POSIX:
        with contextlib.suppress(PermissionError):  # it leads a session of its own already
            os.setsid()
    for name in ("SIGHUP", "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("-900")
    folder = Folder(Path(sys.argv[1]))
    until = time.monotonic() + START_S / 3
    with agent.locked(folder.path / "lock", wait=lambda: not folder.living() and time.monotonic() < until) as mine:
        if mine:
            Guard(folder).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
