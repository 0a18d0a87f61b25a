"""One job from its files to its shards: what is missing is embedded, whatever happened before."""

from __future__ import annotations

import dataclasses
import threading
import time
import traceback
from functools import partial
from pathlib import Path

from remote_worker.batching import Pace
from remote_worker.embedding import Stopped, embed
from remote_worker.encoder import Encoder, load_encoder
from remote_worker.failures import JobFailed
from remote_worker.items import Items
from remote_worker.patience import Patience
from remote_worker.protocol import JOB_FILE, Failure, JobSpec, parse_job
from remote_worker.reporter import Reporter, Sampler
from remote_worker.shards import ShardStore
from remote_worker.window import FinishedShard


def run_job(folder: Path, stop: threading.Event) -> int:
    """Carries out the job in ``folder``; returns the exit code: 0 done or stopped, 1 failed.

    Every failure ends as one ``failed`` event, with its traceback on standard error. Raises OSError when not even
    that event could be written.
    """
    with Reporter(folder) as reporter:
        try:
            reporter.begin()
            with Sampler(reporter, folder) as sampler:
                _Job(folder, reporter, sampler, stop).run()
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
    """One model in this process. It is its own desk: see ``embedding.Desk``."""

    def __init__(self, folder: Path, reporter: Reporter, sampler: Sampler, stop: threading.Event) -> None:
        self._folder, self._reporter, self._sampler, self._stop = folder, reporter, sampler, stop
        self._job = read_job(folder)
        self._items = Items(folder, self._job)
        self._patiently = Patience(reporter.notice, self.check)

    def run(self) -> None:
        job = self._job
        with ShardStore(self._folder, job, self._items.sha256, self._patiently) as shards:
            self._shards, self._missing = shards, shards.missing()
            if self._missing:
                encoder = self._load()
                shards.open(encoder.loaded.recipe)
                self._embed(encoder)
        self._reporter.emit("done", rows_done=job.rows, rows_total=job.rows)

    def _load(self) -> Encoder:
        self.check()
        self._reporter.emit("loading")
        began = time.monotonic()
        encoder = load_encoder(self._job.model)
        loaded = dataclasses.asdict(encoder.loaded)
        self._sampler.watch_gpu(loaded.pop("gpu_uuid"))
        self._reporter.emit("loaded", load_s=round(time.monotonic() - began, 3), **loaded)
        return encoder

    def _embed(self, encoder: Encoder) -> None:
        left = [self._items.work(row) for shard in self._missing for row in range(*self._job.shard_range(shard))]
        rows_done = self._job.rows - len(left)
        self._pace = Pace(rows_done, sum(text for text, _ in left), sum(image for _, image in left))
        self._progress(force=True)
        embed(encoder, self._job, self._items, self)

    @property
    def rows_per_s(self) -> float:
        return self._pace.rows_per_s

    def take(self, rows: float) -> list[int]:
        self.check()
        count = max(1, int(rows / self._job.shard_rows))
        taken, self._missing = self._missing[:count], self._missing[count:]
        return taken

    def settled(self, rows: list[int]) -> None:
        work = [self._items.work(row) for row in rows]
        self._pace.add(len(work), sum(text for text, _ in work), sum(image for _, image in work))
        self._progress(force=False)

    def keep(self, finished: FinishedShard) -> None:
        entry = self._shards.write(finished)
        for problem in finished.skipped:
            self._patiently(partial(self._reporter.emit, "problem", problem=problem))
        self._patiently(partial(self._reporter.emit, "shard", shard=entry))
        self._progress(force=True)

    def check(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _progress(self, force: bool) -> None:
        pace = self._pace
        self._reporter.progress(pace.rows_done, self._job.rows, pace.rows_per_s, pace.remaining_s, force)
