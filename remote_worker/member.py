"""One of several processes of a job: it embeds what its fleet hands out, on the cards that it was given.

    python -m remote_worker.member JOB_FOLDER

It reads one JSON object a line from its standard input (``job``, ``shards``, ``stop``) and writes such lines to its
standard output: see ``fleet``. When the input ends, the fleet is gone, and it leaves at once. What lies on the disk
counts only when the fleet has taken it in.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from remote_worker.assurance import assure
from remote_worker.batching import Pace
from remote_worker.embedding import Halt, Stopped, embed
from remote_worker.encoder import Load, load_encoder
from remote_worker.failures import job_failed
from remote_worker.gpu import try_gpu
from remote_worker.items import open_items
from remote_worker.patience import Patience
from remote_worker.protocol import Alarm, JobSpec, Notice, WorkerEvent, parse_job, to_line
from remote_worker.shards import write_part
from remote_worker.window import FinishedShard
from remote_worker.workbench import NOTHING, Spent

_LOOK_S = 0.2


def main(load: Load = load_encoder) -> int:
    # Whatever a library prints is no message.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    # The fleet is told, and tells: a terminal's Ctrl-C reaches every process below it.
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    # When memory runs out the kernel is to take this one, whose shards another can make.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("800")
    line = _Line(sys.stdin.buffer, out)
    try:
        job, missing = line.jobs.get()
        _embed(Path(sys.argv[1]), job, missing, line, load)
    except Stopped:
        return 0
    except Exception as error:  # noqa: BLE001 - whatever it is, the fleet is told
        traceback.print_exc()
        failure = job_failed(error)
        sizes = {"needed_bytes": failure.needed_bytes, "free_bytes": failure.free_bytes}
        line.say(failed=failure.failure.value, detail=failure.detail, **sizes)
        return 1
    return 0


def _embed(folder: Path, job: JobSpec, missing: list[int], line: _Line, load: Load) -> None:
    items = open_items(folder, job)
    if job.needs_gpu:
        try_gpu(job.model.precision)
    encoder = load(job.model)
    line.say(loaded=dataclasses.asdict(encoder.loaded), items_sha256=items.sha256)
    desk = _Desk(folder, line)
    assure(encoder, job, items, missing, folder, line.emit, desk.obey)
    embed(encoder, job, items, desk)


class _Line:
    """The two pipes to the fleet."""

    def __init__(self, ear: BinaryIO, mouth: BinaryIO) -> None:
        self.jobs: queue.Queue[tuple[JobSpec, list[int]]] = queue.Queue()
        self.shards: queue.Queue[list[int]] = queue.Queue()
        self.stop = threading.Event()
        self._ear, self._mouth = ear, mouth
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, name="fleet", daemon=True).start()

    def say(self, **message: Any) -> None:
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            try:
                while text:
                    text = text[self._mouth.write(text) :]
            except BrokenPipeError:
                os._exit(0)

    def emit(self, kind: str, **fields: Any) -> None:
        """As ``Reporter.emit``."""
        self.say(event=json.loads(to_line(WorkerEvent(kind=kind, **fields))))

    def _listen(self) -> None:
        for line in self._ear:
            message = json.loads(line)
            if "job" in message:
                self.jobs.put((parse_job(json.dumps(message["job"])), message["missing"]))
            if "shards" in message:
                self.shards.put(message["shards"])
            if "stop" in message:
                self.stop.set()
        os._exit(0)


class _Desk:
    """See ``embedding.Desk``."""

    def __init__(self, folder: Path, line: _Line) -> None:
        self._folder, self._line = folder, line
        self._pace = Pace(0, 0, 0)
        self._halt = Halt(line.stop)
        self._patiently = Patience(self._notice, self.obey)

    @property
    def rows_per_s(self) -> float:
        return self._pace.rows_per_s

    def take(self, rows: float) -> list[int]:
        self._line.say(wants=rows)
        while True:
            self._halt.obey()
            with contextlib.suppress(queue.Empty):
                return self._line.shards.get(timeout=_LOOK_S)

    def settled(self, rows: list[int], spent: Spent = NOTHING) -> None:
        self._pace.add(len(rows), 0, 0)
        self._line.say(settled=rows, spent=dataclasses.astuple(spent))

    def keep(self, finished: FinishedShard) -> None:
        suffix = f".{os.getpid()}.part"
        part, entry = self._patiently(lambda: write_part(self._folder, finished, suffix))
        self._line.say(made=part.name, shard=json.loads(to_line(entry)))

    def alarm(self, alarm: Alarm, rows: int, looked_at: int, item_ids: tuple[str, ...]) -> None:
        self._line.emit("alarm", alarm=alarm.value, alarm_rows=rows, looked_at=looked_at, item_ids=item_ids)

    def check(self) -> float | None:
        return self._halt.left_s()

    def obey(self) -> None:
        """Called between two steps of what the fleet hears nothing else of. Raises Stopped."""
        self._halt.obey()
        self._line.say(alive=True)

    def _notice(self, notice: Notice, detail: str) -> None:
        self._line.say(notice=notice.value, detail=detail)


def leave(code: int) -> NoReturn:
    """Without waiting for the thread that listens, or for anything else."""
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
