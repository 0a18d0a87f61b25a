"""What only a GPU can run. Not yet run on one, except where a line says so.

Everything here has a counterpart that the tests run on the processor.
"""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

_OLDEST_CAPABILITY = (8, 0)  # of the kernels for rows side by side


class CudaMeter:
    """See ``tuner.Meter``. Both counters are the allocator's own, kept as work is launched: nothing waits."""

    def __init__(self, device: Any) -> None:
        import torch

        self._cuda, self._device, self._before = torch.cuda, device, 0

    def start(self) -> None:
        self._before = self._cuda.memory_allocated(self._device)
        self._cuda.reset_peak_memory_stats(self._device)

    def peak_bytes(self) -> int:
        return int(self._cuda.max_memory_allocated(self._device)) - self._before

    def room_bytes(self) -> int:
        free, _ = self._cuda.mem_get_info(self._device)
        unused = self._cuda.memory_reserved(self._device) - self._cuda.memory_allocated(self._device)
        return int(free + unused)


class CudaFlight:
    """See ``encoder.Flight``."""

    busy_s = idle_s = 0.0

    def __init__(self, work: Callable[[], Tensor], before: CudaFlight | None) -> None:
        """Launches ``work``, which gives fp32 [n, dimensions]."""
        import torch

        self._begin, self.end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        self._before_end = before.end if before is not None else None
        self._begin.record()
        # A model that lies on several cards ends on another one, whose work this one's events know nothing of.
        there = work().to(torch.device("cuda", torch.cuda.current_device()))
        self._here = torch.empty(there.shape, dtype=there.dtype, pin_memory=True)
        self._here.copy_(there, non_blocking=True)
        self.end.record()

    def landed(self) -> bool:
        return bool(self.end.query())

    def vectors(self) -> NDArray[np.float32]:
        self.end.synchronize()
        self.busy_s = self._begin.elapsed_time(self.end) / 1000
        if self._before_end is not None:
            self.idle_s = max(0.0, self._before_end.elapsed_time(self._begin) / 1000)
        there: NDArray[np.float32] = self._here.numpy()
        return there


def to_device(here: Tensor, device: Any) -> Tensor:
    """A copy on the GPU that the program does not wait for."""
    return here.pin_memory().to(device, non_blocking=True)


def finish(device: Any) -> None:
    """Wait until all is done that was launched."""
    import torch

    torch.cuda.synchronize(device)


@cache
def can_attend(device: Any, dtype: Any) -> bool:
    """Whether there are kernels here for rows side by side."""
    import torch

    if device.type != "cuda" or dtype not in (torch.bfloat16, torch.float16):
        return False
    return bool(torch.cuda.get_device_capability(device) >= _OLDEST_CAPABILITY)


class Rows(NamedTuple):
    """Rows side by side."""

    ends: Tensor  # int32, beginning with 0
    longest: int


def attend(
    query: Tensor, key: Tensor, value: Tensor, queries: Rows, keys: Rows, causal: bool, scale: float | None
) -> Tensor:
    """All [tokens, heads, width]. Where a row has fewer queries than keys, they belong to the last ones."""
    where = queries.ends, keys.ends, queries.longest, keys.longest
    seen: Tensor
    if _has("torch.nn.attention.varlen"):
        from torch.nn.attention.varlen import varlen_attn

        known = _parameters(varlen_attn)
        options: dict[str, Any] = {"is_causal": causal}  # of torch 2.10, which scales as all of these models do
        if "window_size" in known:
            options = {"window_size": (-1, 0) if causal else (-1, -1), "scale": scale}
        if "enable_gqa" in known:  # from 2.12 on it must be said, before it is done unasked
            options["enable_gqa"] = True
        seen = varlen_attn(query, key, value, *where, **options)
    elif _has("flash_attn"):
        from flash_attn import flash_attn_varlen_func

        seen = flash_attn_varlen_func(query, key, value, *where, softmax_scale=scale, causal=causal)
    else:
        import torch

        # As torch itself asks for it, for rows of several lengths: torch/nested/_internal/sdpa.py.
        flash = torch.ops.aten._flash_attention_forward
        seen = flash(query, key, value, *where, 0.0, causal, False, scale=scale)[0]
    return seen


@cache
def _has(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@cache
def _parameters(function: Any) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def free_on_cards() -> tuple[int, ...]:
    """Bytes, of every card that this process sees; none without any."""
    import torch

    if not torch.cuda.is_available():
        return ()
    return tuple(int(torch.cuda.mem_get_info(card)[0]) for card in range(torch.cuda.device_count()))
