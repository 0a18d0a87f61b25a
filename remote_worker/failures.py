"""How the worker gives up: one exception with a Failure and a short detail, and which other exceptions mean which."""

from __future__ import annotations

import errno
import gc
import sys
from collections.abc import Iterator

from remote_worker.protocol import Failure

_DISK_FULL = {errno.ENOSPC, errno.EFBIG, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else [])}
_LONGEST_DETAIL = 300
# Of libraries below torch that found no memory for themselves; whoever cannot begin mostly lacks it, too.
_NO_ROOM = ("can't allocate memory", "out of memory", "_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_NOT_INITIALIZED")
_OF_THE_GPU = (
    "CUDA error",
    "CUDA driver error",
    "CUBLAS_STATUS_",
    "CUDNN_STATUS_",
    "cuDNN error",
    "NVRM",
    "XID",
    "device-side assert",
    "unspecified launch failure",
    "uncorrectable ECC",
)


class JobFailed(Exception):
    """The job cannot go on. ``detail`` is one short line for people, never a traceback.

    The bytes belong to what does not fit (DISK_FULL, MODEL_TOO_LARGE), where they are known.
    """

    def __init__(self, failure: Failure, detail: str, *, needed_bytes: int = 0, free_bytes: int = 0) -> None:
        super().__init__(f"{failure.value}: {detail}")
        self.failure = failure
        self.detail = one_line(detail)
        self.needed_bytes = needed_bytes
        self.free_bytes = free_bytes


def one_line(text: object) -> str:
    """The text without line breaks, and cut to what an event can carry."""
    line = " ".join(str(text).split())
    return line if len(line) <= _LONGEST_DETAIL else line[: _LONGEST_DETAIL - 1] + "…"


def is_disk_full(error: BaseException) -> bool:
    """Does the error, or one that it came from, say that nothing more can be written?"""
    return any(isinstance(one, OSError) and one.errno in _DISK_FULL for one in _causes(error)) or any(
        "No space left on device" in str(one) for one in _causes(error)
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Out of the GPU's or of the computer's memory; the same work in smaller pieces may pass."""
    torch = sys.modules.get("torch")
    for one in _causes(error):
        if isinstance(one, MemoryError) or (torch is not None and isinstance(one, torch.cuda.OutOfMemoryError)):
            return True
        # torch's allocator for the processor, and CUDA libraries below torch, raise plain RuntimeErrors
        if isinstance(one, RuntimeError) and any(words in str(one) for words in _NO_ROOM):
            return True
    return False


def gpu_error(error: BaseException) -> str:
    """What the driver says where it is the GPU that failed, in one line; "" = it is something else.

    Mostly such a process can compute nothing more, and another one can.
    """
    kind = getattr(sys.modules.get("torch"), "AcceleratorError", ())
    for one in _causes(error):
        if isinstance(one, kind) or (isinstance(one, RuntimeError) and any(mark in str(one) for mark in _OF_THE_GPU)):
            return one_line(str(one).strip().partition("\n")[0]) or type(one).__name__
    return ""


def give_back_memory() -> None:
    """After ``is_out_of_memory``, where the exception is gone, and with it the frames that held the memory."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def job_failed(error: BaseException) -> JobFailed:
    """Any exception as the failure that it means to people."""
    if isinstance(error, JobFailed):
        return error
    if is_disk_full(error):
        return JobFailed(Failure.DISK_FULL, "nothing more can be written to the disk of this machine")
    if is_out_of_memory(error):
        return JobFailed(Failure.OUT_OF_MEMORY, f"not enough memory: {one_line(error)}")
    if said := gpu_error(error):
        return JobFailed(Failure.GPU_UNUSABLE, said)
    if isinstance(error, ImportError):
        return JobFailed(Failure.PACKAGE_MISSING, str(error))
    return JobFailed(Failure.BUG, f"{type(error).__name__}: {error}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__
