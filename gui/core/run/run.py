"""One run: a thread that walks the steps from wherever the journal says, until nothing is billed any more.

The promise: a run never ends while its machine is billed. *Stop*, *Pause* and permanent errors only change where
the run is heading; every way leads through fetch (what there is) and release. Closing the program detaches.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from filelock import FileLock, Timeout

from gui.core.dataset import Dataset
from gui.core.errors import (
    CloudRefused,
    ConnectionLost,
    CredentialError,
    EmbarkError,
    LocalDiskFull,
    LocalFileRefused,
    LoginRefused,
    RunBusy,
    TransferCorrupt,
    Unexpected,
)
from gui.core.files import refusals
from gui.core.machine.machine import Machine
from gui.core.run import events as e
from gui.core.run.events import AnyEvent, Command, Recorded, Step
from gui.core.run.fold import fold, fold_all, heeds
from gui.core.run.journal import Journal
from gui.core.run.lease import Lease
from gui.core.run.shards import Shards
from gui.core.run.state import Heading, Snapshot, StepStatus
from gui.core.run.steps import guarding, upload
from gui.core.run.steps.connect import log_in
from gui.core.run.walk import Detached, Redirected, is_of_no_use, walk
from gui.core.run.world import World
from remote_worker.protocol import ShardEntry

logger = logging.getLogger(__name__)

LONGEST_PAUSE_S = 30.0
TRIES: dict[type[EmbarkError], int] = {TransferCorrupt: 5, LoginRefused: 20}
"""How often in a row a temporary error is tried again. What is not named here is tried for ever: the machine works
on by itself meanwhile, and giving up would not end the bill."""
FIRST_CONNECTION_TRIES = 20
PUBLISH_EVERY_S = 0.1
WARN_AT = 0.8
MOVED_ON: dict[type[AnyEvent], Step] = {e.ShardHome: Step.EMBED, e.Uploaded: Step.UPLOAD}
"""Events after which a temporary error in their lane counts as the first again. That bytes went over is none: what
arrives broken every time would go over for ever."""


class Run:
    """Use from any thread: ``start``, look at ``snapshot``. The rest is for the steps."""

    def __init__(
        self, run_id: str, journal: Journal, world: World, changed: Callable[[Snapshot], None] | None = None
    ) -> None:
        self.run_id = run_id
        self.world = world
        self.snapshot = fold_all(run_id, journal.read(run_id))
        self.shards = Shards(self.snapshot.plan.result.folder, self.snapshot.shard_hashes)
        self.finished_shards: dict[int, ShardEntry] = {}  # on the machine, by its own account
        self.heard_bytes = 0  # of the events of the worker's latest launch
        self._dataset: Dataset | None = None
        self._data: upload.Prepared | None = None
        self._journal = journal
        self._changed = changed
        self._starting = threading.Lock()
        self._reading = threading.Lock()
        self._publishing = threading.RLock()  # a subscriber may tell the run something
        self._condition = threading.Condition()
        self._detached = False
        self._hurried = 0  # how often
        self._heading = self.snapshot.heading  # that the walk under way began with
        self._machines: dict[Step, Machine] = {}
        self._tries: dict[Step, int] = {}
        self._lease: Lease | None = None
        self._leased = ""  # the instance that the lease is on
        self.not_watched_until: datetime | None = None  # a lease that could not be renewed is left alone for a while
        self.of_no_use: EmbarkError | None = None  # why the machine goes back: every lane leaves its step
        self.time_is_known = False  # the cloud has answered: a computer that woke up with a wrong clock ends no run
        self._reported: set[type[Exception]] = set()  # kinds of bugs
        self._published = 0.0
        # Not the thread itself is waited for: after Ctrl-C in its join Python (until 3.12) believes that it has ended.
        self._over = threading.Event()
        self._over.set()

    # --- for the faces ------------------------------------------------------------------------------------------

    def use(self, dataset: Dataset) -> None:
        """Take a data set that was read already (by the wizard) instead of reading it again."""
        self._dataset = dataset

    def start(self, command: Command | None = None) -> None:
        """Carry the run out in its own thread, and tell it a command of the person, if that makes sense by now.

        Raises RunBusy when another process carries it out: then nothing is written down. LocalDiskFull,
        LocalFileRefused. Not for subscribers once the run has ended.
        """
        if not self._passed_on(command):
            with self._starting:
                if not self._passed_on(command):  # another thread may have been faster
                    self._begin(command)
            self._publish(at_once=True)

    def _begin(self, command: Command | None) -> None:
        self.join()  # a thread at its end takes nothing more
        lock = self._locked()
        try:
            with self._condition:
                self._detached = False
                self.snapshot = fold_all(self.run_id, self._journal.read(self.run_id))
                self.shards = Shards(self.snapshot.plan.result.folder, self.snapshot.shard_hashes)
                self._told(command)
            if self.snapshot.ended:
                lock.release()
            else:
                self._over.clear()
                threading.Thread(target=self._thread_main, args=(lock,), name=f"run {self.run_id}").start()
        except BaseException:
            self._over.set()
            lock.release()
            raise

    def _passed_on(self, command: Command | None) -> bool:
        """Whether a thread is under way that takes the command up; False for one that is at its end."""
        with self._condition:
            if not self.alive or self.snapshot.ended or self._detached:
                return False
            before = self.snapshot.heading
            told = self._told(command)
            redirected = self.snapshot.heading is not before
        if redirected:
            self._let_go()
        if told:
            self._publish(at_once=True)
        return True

    def _told(self, command: Command | None) -> bool:
        """Whether the command made sense, and is written down. The condition is held."""
        if command is None or not heeds(self.snapshot, command):
            return False
        self._write(command)
        return True

    def _locked(self) -> FileLock:
        folder = self.world.paths.run_folder(self.run_id)
        lock = FileLock(folder / "lock", thread_local=False)
        with refusals(folder):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire(timeout=0)
            except Timeout as busy:
                raise RunBusy(run_id=self.run_id) from busy
        return lock

    @property
    def events(self) -> int:
        """How many events the snapshot is folded from."""
        return self.snapshot.log[-1].seq if self.snapshot.log else 0

    @property
    def alive(self) -> bool:
        return not self._over.is_set()

    def detach(self) -> None:
        """Leave everything as it is and end the thread; ``start`` reattaches."""
        with self._condition:
            self._detached = True
            self._condition.notify_all()
        self._let_go()

    def hurry(self) -> None:
        """What waits to be tried again is tried now: a key was given, for instance."""
        with self._condition:
            self._hurried += 1
            self._condition.notify_all()

    def join(self, timeout_s: float | None = None) -> None:
        self._over.wait(timeout_s)

    # --- for the steps ------------------------------------------------------------------------------------------

    def note(self, event: AnyEvent) -> None:
        """Write an event down (unless it is transient), fold it, tell the subscribers."""
        with self._condition:
            before = self.snapshot.heading
            self._write(event)
            self._mind_the_limit()
            redirected = self.snapshot.heading is not before
        if redirected or isinstance(event, e.Destroyed):
            self._let_go()
        self._publish(at_once=not isinstance(event, e.TRANSIENT))

    def _write(self, event: AnyEvent) -> None:
        """The condition is held. Whoever waits is woken only by what may change where the run is heading."""
        at, before = self.world.now(), self.snapshot.heading
        if isinstance(event, e.TRANSIENT):
            recorded = Recorded(0, at, event)
        else:
            recorded = self._journal.append(self.run_id, event, at)
        self.snapshot = fold(self.snapshot, recorded)
        if type(event) in MOVED_ON:
            self._tries.pop(MOVED_ON[type(event)], None)
        if isinstance(event, Command) or self.snapshot.heading is not before:
            self._condition.notify_all()

    def _publish(self, at_once: bool) -> None:
        """Always the newest, one after the other: what a subscriber hears last is how it is."""
        if self._changed is None:
            return
        with self._publishing:
            now = time.monotonic()
            if at_once or now - self._published >= PUBLISH_EVERY_S:
                self._published = now
                self._changed(self.snapshot)

    def _mind_the_limit(self) -> None:
        """Warn at four fifths of the limit; at the limit turn towards fetch and release. The condition is held."""
        snapshot, money = self.snapshot, self.snapshot.money
        under_way = snapshot.heading in (Heading.FINISH, Heading.PAUSE) and not snapshot.complete
        if snapshot.rental is None or money.pretend or not under_way or not self.time_is_known:
            return
        if money.so_far >= money.limit:
            self._write(e.LimitReached(money.so_far))
        elif money.so_far >= money.limit * WARN_AT and not snapshot.budget_warned:
            self._write(e.BudgetWarned())

    def check(self) -> None:
        """Raises Detached or Redirected when the step should be left. Called at every point where it may be."""
        if self._detached:
            raise Detached
        if self.of_no_use or self.snapshot.heading is not self._heading:
            raise Redirected

    def redirect(self) -> None:
        """Leave the step and walk again from what the snapshot says now."""
        raise Redirected

    def wait(self, seconds: float, enough: Callable[[], bool] = lambda: False) -> None:
        """Wait, ticking; leaves the step when the run is redirected or detached."""
        left_s = seconds
        while left_s > 0 and not enough():
            self.check()
            slice_s = min(1.0, left_s)
            with self._condition:
                if not self._detached and self.snapshot.heading is self._heading:
                    self.world.wait(self._condition, slice_s)
            left_s -= slice_s
            self.note(e.Tick())
        self.check()

    def data(self) -> upload.Prepared:
        """The items, read when they are first needed. Raises DataError."""
        with self._reading:  # prepare and upload both ask
            if self._data is None:
                data = upload.read_data(self, self._dataset)
                upload.note_data(self, data)
                self._data = data
            return self._data

    def look_at_home(self) -> None:
        """Write down every shard that was home and is not whole any more: it is fetched, or made, again."""
        for shard, sha256 in sorted(self.snapshot.shard_hashes.items()):
            if not self.shards.whole(shard, sha256):
                self.note(e.ShardLost(shard))

    @property
    def lease(self) -> Lease | None:
        """The hold on the machine of this attempt, where its bill needs a guard."""
        rental = self.snapshot.rental
        if rental is None:
            self._lease = None
        elif self._lease is None or self._leased != rental.instance_id:
            self._lease, self._leased = guarding.lease_of(self, upload.JOB), rental.instance_id
        return self._lease

    def machine(self, lane: Step = Step.EMBED) -> Machine:
        """The connection of a lane (things side by side have their own), made anew when it was lost."""
        with self._condition:
            machine = self._machines.get(lane)
        if machine is None:
            machine = log_in(self)
            with self._condition:
                self._machines[lane] = machine
            self.check()  # whoever redirects the run lets go of connections, but of no later ones
        return machine

    def drop(self, lane: Step) -> None:
        """Forget a connection that failed."""
        with self._condition:
            machine = self._machines.pop(lane, None)
        if machine is not None:
            machine.close()

    def _let_go(self) -> None:
        """Close every connection: what waits for a machine, however long, leaves its step."""
        for lane in list(self._machines):
            self.drop(lane)

    def carry(self, step: Step, act: Callable[[Run], None], *, tries: int | None = None, forever: bool = False) -> None:
        """Do a step until it is done. Temporary errors wait and try again, at most ``tries`` times in a row.

        A permanent error is written down, which turns the run towards release; ``forever`` has none.
        """
        while True:
            self.check()
            if self.snapshot.step(step).status is not StepStatus.ACTIVE:
                self.note(e.StepStarted(step))
            try:
                act(self)
            except EmbarkError as error:
                self._failed(step, error, tries, forever)
            except Exception as bug:  # noqa: BLE001  it must not leave a machine billed: the run goes on to release
                self._failed(step, self._unexpected(bug), tries, forever)
            else:
                self._done(step)
                return

    def _done(self, step: Step) -> None:
        with self._condition:
            if self.snapshot.step(step).status is not StepStatus.ACTIVE:
                raise Redirected  # the person went back meanwhile: it lies ahead again
            self._tries.pop(_lane(step), None)
            self._write(e.StepDone(step))
        self._publish(at_once=True)

    def _unexpected(self, bug: Exception) -> EmbarkError:
        """What the system refuses is no bug. A bug is reported once, however often it is met."""
        if isinstance(bug, OSError) and bug.filename is not None:
            return LocalFileRefused(path=str(bug.filename))
        logger.exception("run %s", self.run_id, exc_info=bug)
        if type(bug) not in self._reported:
            self._reported.add(type(bug))
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
        return Unexpected(detail=type(bug).__name__)

    def _failed(self, step: Step, error: EmbarkError, tries: int | None, forever: bool) -> None:
        """Wait before the next try; raises Redirected when there is none."""
        lane = _lane(step)
        self.drop(lane)
        self.check()
        logger.warning("run %s, %s: %s", self.run_id, step, error)
        if is_of_no_use(self, error):
            self.of_no_use = error
            raise Redirected
        kind, record = type(error).__name__, error.record()
        count = self._tries[lane] = self._tries.get(lane, 0) + 1
        allowed = tries if tries is not None else TRIES.get(type(error))
        if isinstance(error, ConnectionLost) and self.snapshot.vouched_host_key is None:
            allowed = FIRST_CONNECTION_TRIES
        lasting = not error.temporary and not self._waits_for_a_key(error)
        if not forever and (lasting or (allowed is not None and count > allowed)):
            self._tries.pop(lane)
            self.note(e.StepFailed(step, kind, record))
            raise Redirected
        pause_s = min(LONGEST_PAUSE_S, 2.0 ** min(count - 1, 10))  # tried for days, the power has no number any more
        hurried = self._hurried
        self.note(e.StepWaiting(step, kind, record, count, pause_s))
        self.wait(pause_s, enough=lambda: self._hurried > hurried)

    def _waits_for_a_key(self, error: EmbarkError) -> bool:
        """Where a machine is rented, a key that is locked away or was not given since the start is waited for."""
        missing = isinstance(error, CredentialError) or (isinstance(error, CloudRefused) and error.reason == "no-key")
        return missing and self.snapshot.rental is not None

    # --- the thread ---------------------------------------------------------------------------------------------

    def _thread_main(self, lock: FileLock) -> None:
        try:
            self._carry_out()
        except Detached:
            logger.info("run %s: detached", self.run_id)
        finally:
            lock.release()
            self._over.set()

    def _carry_out(self) -> None:
        try:
            while not self.snapshot.ended:
                self._heading = self.snapshot.heading
                try:
                    walk(self)
                except Redirected:
                    continue
                except (LocalDiskFull, LocalFileRefused) as refused:
                    self._hold(refused)
                except Exception as bug:  # noqa: BLE001  without this thread nobody ends the bill
                    self._hold(self._unexpected(bug))
            self._data = self._dataset = None
        finally:
            self._let_go()

    def _hold(self, stuck: EmbarkError) -> None:
        """Wait: the journal cannot be written, and nothing is done about money that is not written down first."""
        logger.error("run %s: %s", self.run_id, stuck)
        before = self.snapshot.error
        with self._condition:
            self.snapshot = replace(self.snapshot, error=stuck)
        self._publish(at_once=True)
        with self._condition:
            if not self._detached:
                self.world.wait(self._condition, LONGEST_PAUSE_S)
            if self.snapshot.error is stuck:
                self.snapshot = replace(self.snapshot, error=before)
        if self._detached:
            raise Detached


def _lane(step: Step) -> Step:
    """Upload has a connection of its own; everything else is one after the other on one."""
    return Step.UPLOAD if step is Step.UPLOAD else Step.EMBED
