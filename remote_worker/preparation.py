"""What a machine does before its job is there: it tries its GPU, then fetches the model's files."""

from __future__ import annotations

import time
import traceback
from pathlib import Path

from remote_worker.failures import JobFailed
from remote_worker.gpu import try_gpu
from remote_worker.hub import find_model
from remote_worker.protocol import PRACTICE, PREPARATION_FILE, Failure, Preparation, parse_preparation
from remote_worker.reporter import Reporter
from remote_worker.weights import Progress


def run_preparation(folder: Path) -> int:
    """Carries out the order in ``folder``; returns the exit code: 0 done, 1 failed.

    Every failure ends as one ``failed`` event. Raises OSError when not even that could be written.
    """
    with Reporter(folder) as reporter:
        try:
            reporter.begin()
            _prepare(_read(folder), reporter)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported as the failure
            traceback.print_exc()
            reporter.failed(error)
            return 1
    return 0


def _read(folder: Path) -> Preparation:
    try:
        return parse_preparation((folder / PREPARATION_FILE).read_bytes())
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as unreadable:
        raise JobFailed(Failure.JOB_UNREADABLE, f"{PREPARATION_FILE}: {unreadable}") from unreadable


def _prepare(order: Preparation, reporter: Reporter) -> None:
    if order.needs_gpu:
        name, vram_bytes = try_gpu(order.model.precision)
        reporter.emit("gpu", device=name, vram_total_bytes=vram_bytes)
    began, revision = time.monotonic(), ""
    if order.model.name != PRACTICE:
        revision = find_model(order.model, lambda now: _tell(reporter, now)).revision
    reporter.emit("done", revision=revision, load_s=round(time.monotonic() - began, 3))


def _tell(reporter: Reporter, now: Progress) -> None:
    reporter.emit(
        "weights",
        done_bytes=now.done_bytes,
        total_bytes=now.total_bytes,
        came_bytes=now.came_bytes,
        bytes_per_s=round(now.bytes_per_s),
    )
