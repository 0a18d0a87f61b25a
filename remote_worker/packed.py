"""Rows of different lengths side by side in one: no padding is computed, and no row sees another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from remote_worker import cuda

if TYPE_CHECKING:
    from torch import Tensor

ATTENTION = "embark_packed"  # as transformers knows it


@dataclass(frozen=True)
class Packing:
    """Where the rows lie in ``[1, tokens]``: neighbours of one length are one run."""

    lengths: tuple[int, ...]

    @property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """(rows, their length), in order."""
        return tuple((len(list(same)), length) for length, same in groupby(self.lengths))

    def options(self, device: Any) -> dict[str, Any]:
        """What the model's forward takes besides ids and positions."""
        import torch

        ends = torch.tensor([0, *self.lengths]).cumsum(0).to(torch.int32)
        if device.type == "cuda":
            ends = cuda.to_device(ends, device)
        return {
            # Four dimensions: taken for a mask that is ready, so that none is made.
            "attention_mask": torch.zeros(1, 1, 1, 1, dtype=torch.bool, device=device),
            "cu_seq_lens_q": ends,
            "cu_seq_lens_k": ends,
            "max_length_q": max(self.lengths),
            "max_length_k": max(self.lengths),
            "packed_runs": self.runs,
        }


def register() -> bool:
    """Makes ATTENTION known to transformers; False when this version lets nobody in."""
    try:
        from transformers import AttentionInterface
        from transformers.masking_utils import AttentionMaskInterface, sdpa_mask
    except ImportError:
        return False
    AttentionInterface.register(ATTENTION, attention)
    AttentionMaskInterface.register(ATTENTION, sdpa_mask)
    return True


def gains(device: Any, dtype: Any) -> bool:
    """Whether it is faster here than sorted padding."""
    return device.type == "cpu" or (device.type == "cuda" and cuda.can_attend(device, dtype))


def attention(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: Any
) -> tuple[Tensor, None]:
    """query [n, heads, tokens, width], key and value with as many heads or fewer, to [n, tokens, heads, width].

    Without ``packed_runs`` among the options it is what transformers does.
    """
    runs: Sequence[tuple[int, int]] | None = options.get("packed_runs")
    if runs is None:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        stock: tuple[Tensor, None] = sdpa_attention_forward(module, query, key, value, attention_mask, **options)
        return stock
    if options.get("sliding_window") is not None:
        raise ValueError("rows side by side are not read through a window")
    causal = bool(getattr(module, "is_causal", True))
    scale = options.get("scaling")
    if query.is_cuda:
        ends, longest = options["cu_seq_lens_q"], options["max_length_q"]
        query, key, value = (one[0].transpose(0, 1) for one in (query, key, value))
        return cuda.attend(query, key, value, ends, longest, causal, scale)[None], None
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = (one.repeat_interleave(groups, dim=1) for one in (key, value))
    return _run_by_run(query, key, value, runs, causal, scale), None


def _run_by_run(
    query: Tensor, key: Tensor, value: Tensor, runs: Sequence[tuple[int, int]], causal: bool, scale: float | None
) -> Tensor:
    import torch

    _, heads, tokens, width = query.shape
    joined = query.new_empty(tokens, heads, width)
    first = 0
    for rows, length in runs:
        end = first + rows * length
        parts = [one[0, :, first:end].unflatten(1, (rows, length)).transpose(0, 1) for one in (query, key, value)]
        seen = torch.nn.functional.scaled_dot_product_attention(*parts, is_causal=causal and length > 1, scale=scale)
        joined[first:end] = seen.transpose(1, 2).flatten(0, 1)
        first = end
    return joined[None]
