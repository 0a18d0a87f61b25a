"""What a machine does before its job is there: it tries its GPU, then fetches the model's files."""

from __future__ import annotations

import re
import subprocess
import time
import traceback
import warnings
from pathlib import Path

from remote_worker.failures import JobFailed, is_out_of_memory, one_line
from remote_worker.hub import find_model
from remote_worker.protocol import PRACTICE, PREPARATION_FILE, Failure, Preparation, parse_preparation
from remote_worker.reporter import Reporter
from remote_worker.weights import Progress

_EDGE = 64  # of what is multiplied for a try
_QUERY_S = 20.0


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
        name, vram_bytes = try_gpu()
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


def try_gpu() -> tuple[str, int]:
    """Name and memory of the GPU that torch has just computed on. Raises JobFailed (GPU_UNUSABLE, DRIVER_OLD)."""
    import torch

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        there = torch.cuda.is_available()
    if not there:
        built_for, driver = torch.version.cuda, _cuda_of_driver()
        if built_for is None:
            raise JobFailed(Failure.GPU_UNUSABLE, "the torch that is installed there cannot use any")
        if driver and driver < int(built_for.partition(".")[0]):
            raise JobFailed(Failure.DRIVER_OLD, f"it is good for CUDA {driver}, and {built_for} is needed")
        raise JobFailed(Failure.GPU_UNUSABLE, one_line(said[-1].message) if said else "torch finds none")
    try:
        ones = torch.ones((_EDGE, _EDGE), dtype=torch.float16, device="cuda")
        right = bool(((ones @ ones) == _EDGE).all())
    except RuntimeError as broken:  # its architecture is too new or too old for this torch, or it is broken
        detail = "its memory is taken" if is_out_of_memory(broken) else str(broken).partition("\n")[0]
        raise JobFailed(Failure.GPU_UNUSABLE, detail) from broken
    if not right:
        raise JobFailed(Failure.GPU_UNUSABLE, "it computes something wrong")
    found = torch.cuda.get_device_properties(0)
    return str(found.name), int(found.total_memory)


def _cuda_of_driver() -> int:
    """The newest CUDA that the driver is good for, its first number; 0 = it does not say."""
    try:
        said = subprocess.run(["nvidia-smi"], capture_output=True, text=True, timeout=_QUERY_S, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"CUDA Version: *(\d+)", said)
    return int(found[1]) if found else 0
