"""One job from its files to its shards: what is missing is embedded, whatever happened before."""

from __future__ import annotations

import dataclasses
import threading
import time
import traceback
from functools import partial
from pathlib import Path
from typing import Any

from remote_worker.assurance import assure
from remote_worker.batching import Pace
from remote_worker.embedding import Halt, Stopped, embed
from remote_worker.encoder import Load, load_encoder
from remote_worker.failures import JobFailed
from remote_worker.fleet import MEMBER, Fleet, choose_crew
from remote_worker.gpu import try_gpu
from remote_worker.items import open_items
from remote_worker.patience import Patience
from remote_worker.protocol import JOB_FILE, Alarm, Failure, JobSpec, Notice, ShardEntry, WorkerEvent, parse_job
from remote_worker.reporter import Reporter, Sampler
from remote_worker.shards import ShardStore
from remote_worker.window import FinishedShard
from remote_worker.workbench import NOTHING, Spent

_PACE_TOGETHER_S = 2.0


def run_job(folder: Path, stop: threading.Event, load: Load = load_encoder, member: str = MEMBER) -> int:
    """Carries out the job in ``folder``; returns the exit code: 0 done or stopped, 1 failed.

    ``load`` makes the model, and ``member`` is the module that each of several processes runs.

    Every failure ends as one ``failed`` event, with its traceback on standard error. Raises OSError when not even
    that event could be written.
    """
    with Reporter(folder) as reporter:
        try:
            reporter.begin()
            with Sampler(reporter, folder) as sampler:
                _Job(folder, reporter, sampler, stop, load, member).run()
        except Stopped:
            return 0
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported as the job's failure
            traceback.print_exc()
            reporter.failed(error)
            return 1
    return 0


def read_job(folder: Path) -> JobSpec:
    """Raises JobFailed(JOB_UNREADABLE)."""
    try:
        job = parse_job((folder / JOB_FILE).read_bytes())
        numbers = (job.rows, job.shard_rows, job.model.dimensions, job.model.max_tokens, job.model.max_pixels)
        words = (job.model.name, job.model.recipe, job.model.instruction, job.model.precision, job.model.revision)
        if not all(isinstance(number, int) for number in (*numbers, *job.done_shards)) or min(numbers) < 0:
            raise ValueError("a number in it makes no sense")
        if not job.shard_rows or not all(isinstance(word, str) and b"\0" not in word.encode() for word in words):
            raise ValueError("a word in it makes no sense")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as unreadable:
        raise JobFailed(Failure.JOB_UNREADABLE, f"{JOB_FILE}: {unreadable}") from unreadable
    return job


class _Job:
    """One job, here (as the ``embedding.Desk`` of one model) or in several processes (as the ``fleet.Office``)."""

    def __init__(
        self, folder: Path, reporter: Reporter, sampler: Sampler, stop: threading.Event, load: Load, member: str
    ) -> None:
        self._folder, self._reporter, self._sampler, self._stop = folder, reporter, sampler, stop
        self._load, self._member = load, member
        self._job = read_job(folder)
        self._items = open_items(folder, self._job)
        self._halt = Halt(stop)
        self._patiently = Patience(reporter.notice, self._halt.obey)
        self._gpus = ""
        self._unpaced: list[int] = []
        self._unspent = self._spent = NOTHING
        self._telling = threading.Lock()
        self._pace_every_s = 0.0
        self._paced_at = float("-inf")

    def run(self) -> None:
        job = self._job
        with ShardStore(self._folder, job, self._items.sha256, self._patiently) as shards:
            self._shards, self._missing = shards, shards.missing()
            if self._missing:
                self._make()
        self._patiently(partial(self._reporter.emit, "done", rows_done=job.rows, rows_total=job.rows))

    def _make(self) -> None:
        self._halt.obey()
        self._reporter.emit("loading")
        self._began = time.monotonic()
        crew = choose_crew(self._job)
        if crew is None:
            if self._job.needs_gpu:
                try_gpu(self._job.model.precision)
            encoder = self._load(self._job.model)
            self.loaded(dataclasses.asdict(encoder.loaded))
            assure(encoder, self._job, self._items, self._missing, self._folder, self._reporter.emit, self._halt.obey)
            embed(encoder, self._job, self._items, self)
        else:
            # Members work without each other's knowledge: how fast they are together shows over a while only.
            self._pace_every_s = _PACE_TOGETHER_S
            self._gpus = "" if crew.finds_out else ",".join(card.uuid for team in crew.teams for card in team)
            fleet = Fleet(self._folder, crew, self._items.sha256, self, self._member)
            fleet.run(self._missing, self._stop)

    def loaded(self, loaded: dict[str, Any]) -> None:
        load_s = round(time.monotonic() - self._began, 3)
        gpus, (notice, detail) = loaded.pop("gpu_uuid"), loaded.pop("told")
        self._sampler.watch_gpu(self._gpus or gpus)
        if notice:
            self.notice(Notice(notice), detail)
        self._reporter.emit("loaded", load_s=load_s, **loaded)
        self._shards.open(loaded["recipe"])
        left = [self._items.work(row) for shard in self._missing for row in range(*self._job.shard_range(shard))]
        self._rows_done = self._job.rows - len(left)
        self._pace = Pace(self._rows_done, sum(text for text, _ in left), sum(image for _, image in left))
        self._progress(force=True)

    @property
    def rows_per_s(self) -> float:
        return self._pace.rows_per_s

    def take(self, rows: float) -> list[int]:
        self._halt.obey()
        count = max(1, int(rows / self._job.shard_rows))
        taken, self._missing = self._missing[:count], self._missing[count:]
        return taken

    def settled(self, rows: list[int], spent: Spent = NOTHING) -> None:
        self._unpaced += rows
        self._unspent += spent
        self._rows_done += len(rows)
        if time.monotonic() - self._paced_at < self._pace_every_s:
            return
        self._paced_at = time.monotonic()
        work = [self._items.work(row) for row in self._unpaced]
        self._unpaced = []
        spent, self._unspent = self._unspent, NOTHING
        self._spent += spent
        self._pace.add(len(work), sum(text for text, _ in work), sum(image for _, image in work), spent.flops)
        self._progress(force=False)

    def lost(self, rows: list[int]) -> None:
        work = [self._items.work(row) for row in rows]
        self._rows_done -= len(rows)
        self._pace.again(sum(text for text, _ in work), sum(image for _, image in work))

    def keep(self, finished: FinishedShard) -> None:
        self._made(self._shards.write(finished))

    def adopt(self, part: Path, entry: ShardEntry) -> None:
        self._made(self._shards.adopt(part, entry))

    def _made(self, entry: ShardEntry) -> None:
        for problem in entry.skipped:
            self._patiently(partial(self._reporter.emit, "problem", problem=problem))
        self._patiently(partial(self._reporter.emit, "shard", shard=entry))
        self._progress(force=True)

    def alarm(self, alarm: Alarm, rows: int, looked_at: int, item_ids: tuple[str, ...]) -> None:
        self.tell(WorkerEvent("alarm", alarm=alarm.value, alarm_rows=rows, looked_at=looked_at, item_ids=item_ids))

    def tell(self, event: WorkerEvent) -> None:
        self._patiently(partial(self._reporter.tell, event))

    def notice(self, notice: Notice, detail: str) -> None:
        self._reporter.notice(notice, detail)

    def check(self) -> float | None:
        return self._halt.left_s()

    def _progress(self, force: bool) -> None:
        with self._telling:  # shards are kept by another thread than the one that settles rows
            pace, spent = self._pace, self._spent
            self._reporter.progress(
                force,
                rows_done=self._rows_done,
                rows_total=self._job.rows,
                rows_per_s=round(pace.rows_per_s, 3),
                remaining_s=round(pace.remaining_s, 1),
                gpu_busy_s=round(spent.busy_s, 3),
                gpu_wait_s=round(spent.idle_s, 3),
            )
