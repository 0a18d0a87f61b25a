"""What the worker says while it works: events appended to ``events.jsonl``, even on a full disk, and samples."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

from remote_worker.failures import JobFailed, is_disk_full, job_failed, one_line
from remote_worker.lines import LineFile
from remote_worker.protocol import EVENTS_FILE, Failure, Notice, WorkerEvent, to_line

_RESERVE_FILE = ".reserve"
_RESERVE_BYTES = 256 * 1024  # for the last event, the supervisor's exit.json and the end of the log
_SAMPLE_EVERY_S = 2.0
_PROGRESS_EVERY_S = 1.0
_GPU_QUERY_S = 10.0


class Reporter:
    """Appends events. Usable from any thread. Raises OSError when the disk is full."""

    def __init__(self, folder: Path) -> None:
        self._reserve = folder / _RESERVE_FILE
        self._events = LineFile(folder / EVENTS_FILE)
        self._progress_at = float("-inf")

    def begin(self) -> None:
        """Puts by what the last event of all will need should the disk be full, and says ``started``."""
        self._reserve.write_bytes(os.urandom(_RESERVE_BYTES))
        self.emit("started", pid=os.getpid())

    def emit(self, kind: str, **fields: Any) -> None:
        """``fields`` as in WorkerEvent."""
        self.tell(WorkerEvent(kind=kind, **fields))

    def tell(self, event: WorkerEvent) -> None:
        """Its time is now."""
        at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        self._events.append(to_line(dataclasses.replace(event, at=at)))

    def progress(self, force: bool, **fields: Any) -> None:
        """Says how far it is, at most once a second unless ``force``; nothing on a full disk."""
        now = time.monotonic()
        if force or now - self._progress_at >= _PROGRESS_EVERY_S:
            self._progress_at = now
            try:
                self.emit("progress", **fields)
            except OSError as full:
                if not is_disk_full(full):
                    raise

    def notice(self, notice: Notice, detail: str) -> None:
        """Says it even on a full disk, as often as half of what was put by has room for it."""
        try:
            self.emit("notice", notice=notice.value, detail=one_line(detail))
        except OSError as full:
            if not is_disk_full(full):
                raise
            os.truncate(self._reserve, _RESERVE_BYTES // 2)
            self.emit("notice", notice=notice.value, detail=one_line(detail))

    def failed(self, error: BaseException) -> JobFailed:
        """The last event of a job that cannot go on; returns what it said."""
        failure = job_failed(error)
        if failure.failure is Failure.DISK_FULL:
            self._reserve.unlink(missing_ok=True)
        sizes = {"needed_bytes": failure.needed_bytes, "free_bytes": failure.free_bytes}
        self.emit("failed", failure=failure.failure.value, detail=failure.detail, **sizes)
        return failure

    def close(self) -> None:
        self._events.close()
        self._reserve.unlink(missing_ok=True)

    def __enter__(self) -> Reporter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Sampler:
    """A thread that reports every two seconds what the machine is doing."""

    def __init__(self, reporter: Reporter, folder: Path) -> None:
        import psutil  # here, so that its absence is the job's failure and not the thread's

        self._psutil = psutil
        self._reporter = reporter
        self._folder = folder
        self._gpu = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="samples", daemon=True)

    def watch_gpu(self, uuid: str) -> None:
        """From now on the samples show this GPU, as ``nvidia-smi`` knows it; several with commas; "" = none."""
        self._gpu = uuid

    def _work(self) -> None:
        psutil = self._psutil
        psutil.cpu_percent()  # it measures from one call to the next
        peak_bytes = 0
        while not self._over.wait(_SAMPLE_EVERY_S):
            memory = psutil.virtual_memory()
            disk = shutil.disk_usage(self._folder)
            gpus = _gpus(self._gpu) if self._gpu else _Gpus(utilisation=psutil.cpu_percent() / 100)
            peak_bytes = max(peak_bytes, gpus.used_bytes)
            try:
                self._reporter.emit(
                    "sample",
                    vram_used_bytes=gpus.used_bytes,
                    vram_total_bytes=gpus.total_bytes,
                    vram_peak_bytes=peak_bytes,
                    power_w=gpus.power_w,
                    temperature_c=gpus.temperature_c,
                    memory_used_bytes=memory.total - memory.available,
                    memory_total_bytes=memory.total,
                    utilisation=round(gpus.utilisation, 3),
                    disk_free_bytes=disk.free,
                    disk_total_bytes=disk.total,
                )
            except OSError:
                continue  # a full disk: the work itself meets it at its next write, and says so

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(_GPU_QUERY_S + _SAMPLE_EVERY_S)


@dataclass(frozen=True)
class _Gpus:
    """What the driver says of some cards together. 0 = not known, -1 for the utilisation."""

    used_bytes: int = 0
    total_bytes: int = 0
    utilisation: float = -1.0  # 0..1, of the least busy
    power_w: float = 0.0  # sum
    temperature_c: float = 0.0  # of the hottest


def _gpus(uuids: str) -> _Gpus:
    """``uuids``: as the driver knows them, or their numbers, with commas between."""
    query = ["nvidia-smi", "--format=csv,noheader,nounits"]
    asked = "--query-gpu=index,uuid,memory.used,memory.total,utilization.gpu,power.draw,temperature.gpu"
    try:
        answer = subprocess.run([*query, asked], capture_output=True, text=True, timeout=_GPU_QUERY_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return _Gpus()
    rows = [[part.strip() for part in line.split(",")] for line in answer.stdout.splitlines()]
    wanted = set(uuids.split(","))
    cards = [[_number(part) for part in row[2:]] for row in rows if len(row) == 7 and wanted & {*row[:2]}]
    if not cards:
        return _Gpus()
    used, total, busy, watts, degrees = zip(*cards, strict=True)
    utilisation = min(busy) / 100 if min(busy) >= 0 else -1.0
    known = [sum(max(0.0, one) for one in column) for column in (used, total, watts)]
    return _Gpus(int(known[0]) << 20, int(known[1]) << 20, utilisation, known[2], max(0.0, *degrees))


def _number(word: str) -> float:
    """-1 for what this card does not tell."""
    try:
        return float(word)
    except ValueError:
        return -1.0
