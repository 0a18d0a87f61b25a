"""What the worker says while it works: events appended to ``events.jsonl``, even on a full disk, and samples."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import threading
import time
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
        """From now on the samples show this GPU, as ``nvidia-smi`` knows it; "" = there is none."""
        self._gpu = uuid

    def _work(self) -> None:
        psutil = self._psutil
        psutil.cpu_percent()  # it measures from one call to the next
        while not self._over.wait(_SAMPLE_EVERY_S):
            memory = psutil.virtual_memory()
            disk = shutil.disk_usage(self._folder)
            used, total, utilisation = _gpu(self._gpu) if self._gpu else (0, 0, psutil.cpu_percent() / 100)
            try:
                self._reporter.emit(
                    "sample",
                    vram_used_bytes=used,
                    vram_total_bytes=total,
                    memory_used_bytes=memory.total - memory.available,
                    memory_total_bytes=memory.total,
                    utilisation=round(utilisation, 3),
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


def _gpu(uuid: str) -> tuple[int, int, float]:
    """Used and total memory in bytes and utilisation 0..1; zeros and -1 while the driver does not answer."""
    query = ["nvidia-smi", f"--id={uuid}", "--query-gpu=memory.used,memory.total,utilization.gpu"]
    try:
        answer = subprocess.run(
            [*query, "--format=csv,noheader,nounits"], capture_output=True, text=True, timeout=_GPU_QUERY_S, check=True
        )
        used, total, utilisation = (float(part) for part in answer.stdout.strip().split(","))
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0, 0, -1.0
    return int(used) << 20, int(total) << 20, utilisation / 100
