"""The processes that use cards: who makes which shard, and what when one of them dies, or hangs in the driver for ever.

Models are loaded by the members alone (``member``); here is no torch. Where several cards hold the model there is a
member for each; elsewhere one, as a process that failed on its card computes nothing more, and one that hangs in the
driver does not even notice. Between them go lines of JSON. To a member:
``{"job": JobSpec, "missing": [...]}`` once, ``{"shards": [...]}`` whenever it wants some, ``{"stop": true}``. From it:

    loaded, items_sha256   what ``Encoder.loaded`` says
    wants                  rows that it would like to have next
    settled, spent         numbers of rows that were embedded or given up, and a Spent
    event                  a WorkerEvent
    made, shard            the name of a part beside the shards, and its ShardEntry
    notice, detail         as in WorkerEvent
    alive                  it goes on, and has nothing to say
    failed, detail         the last: it cannot go on; needed_bytes and free_bytes as in WorkerEvent
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from remote_worker.cards import Card, cards, driver
from remote_worker.cores import SHARE, cores
from remote_worker.embedding import Stopped
from remote_worker.failures import JobFailed
from remote_worker.hub import find_model
from remote_worker.placement import Room, host_bytes, place, weights_bytes
from remote_worker.protocol import (
    PRACTICE,
    SHARDS_DIR,
    Failure,
    JobSpec,
    Notice,
    ShardEntry,
    WorkerEvent,
    parse_event,
    parse_shard,
    to_line,
)
from remote_worker.recipe import read_recipe
from remote_worker.workbench import NOTHING, Spent

MEMBER = "remote_worker.member"
_MOST_NAMED = 20
_LOOK_S = 0.2
_MOST_DEATHS = 3  # of a member without a shard made in between, or over one and the same shard
_MOST_HANGS = 2  # in all: each costs as long as it takes to be sure of it
_GRACE_S = 14.0  # for members that were asked to stop
_GONE_S = 10.0
_SLOWEST_DISK = 20e6  # bytes a second
_OF_A_PROCESS = (Failure.GPU_UNUSABLE,)
"""What another process on the same card mostly does not meet again."""
_OF_A_CARD = (*_OF_A_PROCESS, Failure.BUG, Failure.OUT_OF_MEMORY)
"""What may be wrong with one card and not with another, and not always."""
_OF_BAD_CARDS = (Failure.VECTORS_DISAGREE,)
"""What a card says of itself before it made anything; it will say so again."""

Team = tuple[Card, ...]
"""The cards of one member; none = the processor."""


class Office(Protocol):
    """What a fleet works for. Its methods are called by one thread, and may raise JobFailed, OSError and Stopped."""

    def loaded(self, loaded: dict[str, Any]) -> None:
        """The first member is ready: the fields of ``Encoder.loaded``."""

    def settled(self, rows: list[int], spent: Spent = NOTHING) -> None: ...

    def lost(self, rows: list[int]) -> None:
        """They were settled by a process that is gone, and are made again."""

    def adopt(self, part: Path, entry: ShardEntry) -> None: ...

    def tell(self, event: WorkerEvent) -> None: ...

    def notice(self, notice: Notice, detail: str) -> None: ...


@dataclass(frozen=True)
class Crew:
    """``job`` names the very revision of the model whose files are there."""

    job: JobSpec
    teams: tuple[Team, ...]
    finds_out: bool = False  # the one member is not told its cards: it sees by itself how the model lies on all of them
    weights_bytes: int = 0


def choose_crew(job: JobSpec) -> Crew | None:
    """The processes that use this machine's cards; None = it has none, and all is done in this very process.

    ``EMBARK_PROCESSES`` allows so many at most, and asks for so many where there is no card; 1 = this very process.
    Raises JobFailed.
    """
    wanted = os.environ.get("EMBARK_PROCESSES", "")
    most = int(wanted) if wanted.isdigit() else 0
    without = most == 1 or job.model.name == PRACTICE or driver() is None
    found = [] if without else cards()
    if not found and most > 1:
        return Crew(job, ((),) * most)
    if without:
        return None
    files = find_model(job.model)
    recipe = read_recipe(files.folder, job.model)
    halved = job.model.precision != "fp32" and all(card.bf16 or job.model.precision == "fp16" for card in found)
    size = weights_bytes(files.folder / recipe.folder, job.model.precision if halved else "fp32")
    placement = place(size, Room(tuple(card.free_bytes for card in found), host_bytes()))
    job = dataclasses.replace(job, model=dataclasses.replace(job.model, revision=files.revision))
    if placement.offloads or placement.groups in (((),), (tuple(range(len(found))),)):
        return Crew(job, (tuple(found),), finds_out=True, weights_bytes=size)
    teams = tuple(tuple(found[number] for number in group) for group in placement.groups)
    return Crew(job, teams[: most or len(teams)], weights_bytes=size)


@dataclass
class _Seat:
    """A place for one member after the other."""

    number: int
    team: Team
    process: subprocess.Popen[bytes] | None = None
    in_hand: list[int] = field(default_factory=list)  # shards handed out and not made
    begun: list[int] = field(default_factory=list)  # those that it works on
    settled: list[int] = field(default_factory=list)  # rows of the shards in hand
    wants: float = 0.0  # rows; 0 = it has enough
    heard_at: float = 0.0
    phase: str = "loading"  # see ``Fleet.silence_s``
    unfit: JobFailed | None = None  # what an earlier member met on these cards
    deaths: int = 0  # since it last made a shard
    hangs: int = 0
    last: JobFailed | None = None  # why it died, by its own account
    golden: WorkerEvent | None = None  # how its quick way and its slow one agreed

    @property
    def name(self) -> str:
        return " + ".join(card.name for card in self.team) or f"process {self.number + 1}"


class Fleet:
    """Makes shards with one member a team until all are made."""

    silence_s: ClassVar[dict[str, float]] = {
        "loading": 900.0,  # beside the time that a slow disk takes
        "checking": 1800.0,  # likewise: in full precision the weights are read once more
        "leaving": 60.0,
        "embedding": 1800.0,  # the longest batch of a model beside its card takes minutes, a full disk is waited for
    }
    """A member from which nothing was heard for so long hangs: in its driver, where it stays for ever."""

    def __init__(self, folder: Path, crew: Crew, items_sha256: str, office: Office, member: str = MEMBER) -> None:
        self._folder, self._job, self._items_sha256, self._office = folder, crew.job, items_sha256, office
        self._finds_out, self._reading_s = crew.finds_out, crew.weights_bytes / _SLOWEST_DISK
        self._seats = [_Seat(number, team) for number, team in enumerate(crew.teams)]
        self._member = member
        self._heard: queue.Queue[tuple[_Seat, subprocess.Popen[bytes], bytes]] = queue.Queue()
        self._recipe: dict[str, Any] | None = None
        self._reports = True  # on the precision: one is enough
        self._looked_at = time.monotonic()
        self._deaths: Counter[int] = Counter()  # by shard: members that died with it in hand
        self._golden: WorkerEvent | None = None  # of the first that agreed
        self._alarms: dict[tuple[str, int], WorkerEvent] = {}  # the last, by alarm and process

    def run(self, missing: list[int], stop: threading.Event) -> None:
        """Raises JobFailed, OSError; Stopped, with all that could be finished in time."""
        self._left, self._unmade = deque(missing), set(missing)
        stopped_at: float | None = None
        try:
            for seat in self._seats:
                self._start(seat)
            while self._unmade:
                if stop.is_set() and stopped_at is None:
                    stopped_at = time.monotonic()
                    self._tell_all({"stop": True})
                self._listen(stopping=stopped_at is not None)
                if stopped_at is not None and (
                    not any(seat.process for seat in self._seats) or time.monotonic() - stopped_at > _GRACE_S
                ):
                    raise Stopped
        finally:
            self._end()

    # --- members ---

    def _start(self, seat: _Seat) -> None:
        environment = os.environ | {SHARE: str(max(1, cores() // len(self._seats)))}
        environment["OMP_NUM_THREADS"] = environment["RAYON_NUM_THREADS"] = environment[SHARE]
        # The model's files are there: nobody asks the hub again.
        environment["HF_HUB_OFFLINE"] = "1"
        if not self._finds_out:
            environment["CUDA_VISIBLE_DEVICES"] = ",".join(card.uuid for card in seat.team)
        package = str(Path(__file__).resolve().parents[1])
        environment["PYTHONPATH"] = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
        seat.process = process = subprocess.Popen(
            [sys.executable, "-m", self._member, str(self._folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        seat.begun, seat.wants, seat.last = [], 0.0, None
        seat.heard_at, seat.phase = time.monotonic(), "loading"
        threading.Thread(target=self._read, args=(seat, process), name=f"member-{seat.number}", daemon=True).start()
        reports = self._reports and seat.number == 0
        job = self._job if reports else dataclasses.replace(self._job, precision_rows=0)
        self._tell(seat, {"job": json.loads(to_line(job)), "missing": sorted(self._unmade)})

    def _read(self, seat: _Seat, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as said:
            for line in said:
                seat.heard_at = time.monotonic()  # the others may have much to say, or the disk be waited for
                self._heard.put((seat, process, line))
        self._heard.put((seat, process, b""))

    def _tell(self, seat: _Seat, message: dict[str, Any]) -> None:
        if seat.process is None or seat.process.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):  # it is dead, which ``_read`` tells
            seat.process.stdin.write(json.dumps(message).encode() + b"\n")
            seat.process.stdin.flush()

    def _tell_all(self, message: dict[str, Any]) -> None:
        for seat in self._seats:
            self._tell(seat, message)

    def _end(self) -> None:
        """Whatever still lives has nothing to do any more, or may not go on."""
        for seat in self._seats:
            if seat.process is not None:
                _close(seat.process)
        until = time.monotonic() + _GONE_S
        for seat in self._seats:
            if seat.process is not None:
                try:
                    seat.process.wait(max(0.0, until - time.monotonic()))
                except subprocess.TimeoutExpired:
                    _kill(seat.process)
                self._sweep(seat.process)

    def _sweep(self, process: subprocess.Popen[bytes]) -> None:
        """What a dead member was just writing."""
        for part in (self._folder / SHARDS_DIR).glob(f"*.{process.pid}.part"):
            part.unlink(missing_ok=True)

    # --- what they say ---

    def _listen(self, stopping: bool) -> None:
        now, before = time.monotonic(), self._looked_at
        if now - before >= _LOOK_S:
            self._look_for_silent(held_up_s=now - before if now - before > _GONE_S else 0.0)
            self._looked_at = time.monotonic()
        try:
            seat, process, line = self._heard.get(timeout=_LOOK_S)
        except queue.Empty:
            return
        if process is not seat.process:
            return  # the last words of one that was replaced
        if not line:
            self._died(seat, stopping)
        else:
            self._take_in(seat, process, json.loads(line))
        if not stopping:
            self._hand_out()

    def _take_in(self, seat: _Seat, process: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
        if "loaded" in message:
            self._ready(seat, message["loaded"], message["items_sha256"])
        elif "wants" in message:
            seat.phase = "embedding"
            seat.wants = max(1.0, float(message["wants"]))
            seat.begun = list(seat.in_hand)  # it wants more as soon as it begins with what it has
        elif "settled" in message:
            seat.settled += message["settled"]
            self._office.settled(message["settled"], Spent(*message["spent"]))
        elif "made" in message:
            self._made(seat, self._folder / SHARDS_DIR / message["made"], parse_shard(json.dumps(message["shard"])))
        elif "event" in message:
            event = parse_event(json.dumps(message["event"]))
            if event.kind == "alarm":
                self._office.tell(self._summed(event, process.pid))
            elif event.kind == "golden":
                self._compared(seat, event)
            else:
                self._reports = self._reports and event.kind != "precision"
                self._office.tell(event)
        elif "notice" in message:
            self._office.notice(Notice(message["notice"]), message["detail"])
        elif "failed" in message:
            sizes = {name: message[name] for name in ("needed_bytes", "free_bytes")}
            failed = JobFailed(Failure(message["failed"]), message["detail"], **sizes)
            seat.phase = "leaving"
            if failed.failure in _OF_BAD_CARDS:
                self._give_up(seat, failed)
            elif failed.failure in (_OF_A_CARD if len(self._seats) > 1 else _OF_A_PROCESS):
                seat.last = failed
            else:
                raise failed

    def _ready(self, seat: _Seat, loaded: dict[str, Any], items_sha256: str) -> None:
        if items_sha256 != self._items_sha256:
            raise JobFailed(Failure.JOB_CHANGED, "the items changed while they were embedded")
        if seat.unfit is not None and loaded["device"] == "cpu":  # the driver shows a card no more that has failed
            self._give_up(seat, seat.unfit)
            return
        seat.phase = "checking"
        recipe = {key: value for key, value in loaded["recipe"].items() if key not in ("versions", "device")}
        if self._recipe is None:
            self._office.loaded(loaded)
            self._recipe = recipe
        elif recipe != self._recipe:
            self._give_up(seat, JobFailed(Failure.GPU_UNUSABLE, "it computes otherwise than the first one"))

    def _compared(self, seat: _Seat, event: WorkerEvent) -> None:
        """One is told: of a card that agreed, or when it comes to that, of the last that did not."""
        seat.golden = event
        if event.golden is not None and event.golden.agreed and self._golden is None:
            self._golden = event
            self._office.tell(event)

    def _made(self, seat: _Seat, part: Path, entry: ShardEntry) -> None:
        if entry.shard not in self._unmade:
            part.unlink(missing_ok=True)
            return
        self._office.adopt(part, entry)
        self._unmade.discard(entry.shard)
        seat.in_hand.remove(entry.shard)
        seat.settled = [row for row in seat.settled if row // self._job.shard_rows != entry.shard]
        seat.deaths = 0

    def _summed(self, alarm: WorkerEvent, pid: int) -> WorkerEvent:
        """Each process counts for itself."""
        self._alarms[alarm.alarm, pid] = alarm
        same = [one for (name, _), one in self._alarms.items() if name == alarm.alarm]
        return dataclasses.replace(
            alarm,
            alarm_rows=sum(one.alarm_rows for one in same),
            looked_at=sum(one.looked_at for one in same),
            item_ids=tuple(item_id for one in same for item_id in one.item_ids)[:_MOST_NAMED],
        )

    def _hand_out(self) -> None:
        """To whoever waits, not much more than a fair share: nobody is to be busy long after the others."""
        living = sum(1 for seat in self._seats if seat.process is not None)
        for seat in self._seats:
            if not seat.wants or not self._left:
                continue
            # One that somebody died of is alone in a hand, so that it is known which one it is.
            if seat.in_hand and any(self._deaths[shard] for shard in (*seat.in_hand, self._left[0])):
                continue
            count = max(1, min(int(seat.wants / self._job.shard_rows), -(-len(self._left) // living)))
            clean = [self._left.popleft()]
            while not self._deaths[clean[0]] and len(clean) < count and self._left and not self._deaths[self._left[0]]:
                clean.append(self._left.popleft())
            seat.in_hand, seat.wants = [*seat.in_hand, *clean], 0.0
            self._tell(seat, {"shards": clean})

    # --- deaths ---

    def _died(self, seat: _Seat, stopping: bool) -> None:
        assert seat.process is not None
        code = seat.process.wait()
        _close(seat.process)
        self._sweep(seat.process)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        if stopping:
            seat.process = None
            return
        failed = seat.last or JobFailed(
            Failure.OUT_OF_MEMORY if code == -9 else Failure.BUG, f"the process of {seat.name} ended ({how})"
        )
        for shard in [one for one in seat.begun if one in seat.in_hand] or seat.in_hand:
            self._deaths[shard] += 1
            if self._deaths[shard] >= _MOST_DEATHS:
                raise JobFailed(failed.failure, f"shard {shard} ended {_MOST_DEATHS} processes: {failed.detail}")
        self._take_back(seat)
        seat.deaths += 1
        if failed.failure is Failure.GPU_UNUSABLE:
            seat.unfit = failed
        if seat.deaths >= _MOST_DEATHS:
            self._give_up(seat, failed)
        else:
            self._office.notice(Notice.PROCESS_DIED, failed.detail)
            self._start(seat)

    def _take_back(self, seat: _Seat) -> None:
        self._left.extendleft(reversed(seat.in_hand))
        if seat.settled:
            self._office.lost(seat.settled)
        seat.in_hand, seat.settled = [], []

    def _give_up(self, seat: _Seat, why: JobFailed) -> None:
        if seat.process is not None:
            _kill(seat.process)
            _close(seat.process)
        seat.process, seat.wants = None, 0.0
        if not any(one.process for one in self._seats):
            if self._golden is None and seat.golden is not None:
                self._office.tell(seat.golden)
            raise why
        self._office.notice(Notice.CARD_GIVEN_UP, f"{seat.name}: {why.detail}")

    def _look_for_silent(self, held_up_s: float) -> None:
        """``held_up_s``: nobody looked meanwhile, as the disk was waited for, or the computer slept."""
        for seat in self._seats:
            seat.heard_at += held_up_s
            silent_s = time.monotonic() - seat.heard_at
            if seat.process is None or silent_s <= self._most_silent_s(seat):
                continue
            if seat.last is None:
                said = f"{seat.name} has not answered for {max(1.0, silent_s / 60):.0f} min ({seat.phase})"
                seat.last = JobFailed(Failure.GPU_UNUSABLE, said)
            seat.hangs += 1
            is_gone = _kill(seat.process)  # what nothing can end holds its card
            if not is_gone or seat.hangs >= _MOST_HANGS:
                self._take_back(seat)
                self._sweep(seat.process)
                self._give_up(seat, seat.last)
            seat.heard_at = time.monotonic()  # ``_read`` tells of it

    def _most_silent_s(self, seat: _Seat) -> float:
        if seat.phase == "embedding":
            return self.silence_s[seat.phase] if seat.in_hand else math.inf
        return self.silence_s[seat.phase] + (0.0 if seat.phase == "leaving" else self._reading_s)


def _kill(process: subprocess.Popen[bytes]) -> bool:
    """Whether it is gone: a process that waits in its driver cannot be ended."""
    process.kill()
    try:
        process.wait(_GONE_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _close(process: subprocess.Popen[bytes]) -> None:
    """Its input: a living member leaves then."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
