"""The GPU as torch finds it: whether it is of use for a job, tried before anything big is fetched or loaded."""

from __future__ import annotations

import os
import re
import subprocess
import warnings

from remote_worker.failures import JobFailed, is_out_of_memory, one_line
from remote_worker.protocol import Failure

_EDGE = 64  # of what is multiplied for a try
_QUERY_S = 20.0


def settle_memory() -> None:
    """Before torch is imported: batches of a thousand different sizes would leave holes that nothing fits into."""
    os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")


def computes_in(precision: str) -> bool:
    """Whether the GPU does so itself: what it only imitates takes many times as long."""
    import torch

    return precision != "bf16" or torch.cuda.is_bf16_supported(including_emulation=False)


def try_gpu(precision: str) -> tuple[str, int]:
    """Name and memory of the GPU that torch has just computed on. Raises JobFailed (GPU_UNUSABLE, DRIVER_OLD)."""
    settle_memory()
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
        found = torch.cuda.get_device_properties(0)
        if not computes_in(precision):
            raise JobFailed(Failure.GPU_UNUSABLE, f"{found.name} does not compute in {precision}")
        dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision, torch.float32)
        ones = torch.ones((_EDGE, _EDGE), dtype=dtype, device="cuda")
        right = bool(((ones @ ones) == _EDGE).all())
    except RuntimeError as broken:  # its architecture is too new or too old for this torch, or it is broken
        detail = "its memory is taken" if is_out_of_memory(broken) else str(broken).partition("\n")[0]
        raise JobFailed(Failure.GPU_UNUSABLE, detail) from broken
    if not right:
        raise JobFailed(Failure.GPU_UNUSABLE, "it computes something wrong")
    return str(found.name), int(found.total_memory)


def _cuda_of_driver() -> int:
    """The newest CUDA that the driver is good for, its first number; 0 = it does not say."""
    try:
        said = subprocess.run(["nvidia-smi"], capture_output=True, text=True, timeout=_QUERY_S, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"CUDA Version: *(\d+)", said)
    return int(found[1]) if found else 0
