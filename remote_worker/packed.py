"""Rows of different lengths side by side in one: no padding is computed, and what all begin with is computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise, takewhile
from typing import TYPE_CHECKING, Any

from remote_worker import cuda

if TYPE_CHECKING:
    from torch import Tensor

ATTENTION = "embark_packed"  # as transformers knows it


@dataclass(frozen=True)
class Packing:
    """Where the rows lie in ``[1, tokens]``: what all of them begin with, once, then the rest of each.

    No row sees another. Neighbours with a rest of one length are one run.
    """

    rests: tuple[int, ...]  # tokens
    shared: int = 0  # tokens; only for models in which no token sees a later one

    @property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """(rows, the length of their rests), in order."""
        return tuple((len(list(same)), length) for length, same in groupby(self.rests))

    @property
    def ends(self) -> tuple[int, ...]:
        """Where the shared tokens end, and each row."""
        return tuple(accumulate(self.rests, initial=self.shared))

    def options(self, device: Any) -> dict[str, Any]:
        """What the model's forward takes besides ids and positions."""
        import torch

        alone = (self.shared,) if self.shared else ()
        queries, keys = (*alone, *self.rests), (*alone, *(self.shared + rest for rest in self.rests))
        options = {
            # Four dimensions: taken for a mask that is ready, so that none is made.
            "attention_mask": torch.zeros(1, 1, 1, 1, dtype=torch.bool),
            "cu_seq_lens_q": torch.tensor([0, *accumulate(queries)], dtype=torch.int32),
            "cu_seq_lens_k": torch.tensor([0, *accumulate(keys)], dtype=torch.int32),
            **({"packed_order": self._order()} if self.shared else {}),
        }
        if device.type == "cuda":
            options = {name: cuda.to_device(here, device) for name, here in options.items()}
        return {**options, "max_length_q": max(queries), "max_length_k": max(keys), "packed": self}

    def _order(self) -> Tensor:
        """Where the keys lie that the rows see: what they share, and once more in front of each one's rest."""
        import torch

        shared = torch.arange(self.shared)
        return torch.cat([shared, *(part for ends in pairwise(self.ends) for part in (shared, torch.arange(*ends)))])


def shared_by(rows: Sequence[list[int]]) -> int:
    """How many tokens all of several rows begin with; each keeps one of its own."""
    first, last = min(rows), max(rows)  # what these two begin with, all that are sorted between them do
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return min(sum(1 for _ in alike), *(len(row) - 1 for row in rows))


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
    return device.type == "cpu" or cuda.can_attend(device, dtype)


def attention(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: Any
) -> tuple[Tensor, None]:
    """query [n, heads, tokens, width], key and value with as many heads or fewer, to [n, tokens, heads, width].

    Without ``packed`` among the options it is what transformers does.
    """
    packing: Packing | None = options.get("packed")
    if packing is None:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        stock: tuple[Tensor, None] = sdpa_attention_forward(module, query, key, value, attention_mask, **options)
        return stock
    if options.get("sliding_window") is not None:
        raise ValueError("rows side by side are not read through a window")
    causal = bool(getattr(module, "is_causal", True))
    scale = options.get("scaling")
    if cuda.can_attend(query.device, query.dtype):
        query, key, value = (one[0].transpose(0, 1) for one in (query, key, value))
        if packing.shared:
            key, value = (one.index_select(0, options["packed_order"]) for one in (key, value))
        queries, keys = (cuda.Rows(options[f"cu_seq_lens_{one}"], options[f"max_length_{one}"]) for one in "qk")
        return cuda.attend(query, key, value, queries, keys, causal, scale)[None], None
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = (one.repeat_interleave(groups, dim=1) for one in (key, value))
    return _run_by_run(query, key, value, packing, causal, scale), None


def _run_by_run(
    query: Tensor, key: Tensor, value: Tensor, packing: Packing, causal: bool, scale: float | None
) -> Tensor:
    import torch

    _, heads, tokens, width = query.shape
    joined = query.new_empty(tokens, heads, width)
    shared, first = packing.shared, 0
    for rows, length in ((1, shared), *packing.runs) if shared else packing.runs:
        end = first + rows * length
        asking, *seen = (
            one[0, :, first:end].unflatten(1, (rows, length)).transpose(0, 1) for one in (query, key, value)
        )
        sees: dict[str, Any] = {"is_causal": causal and length > 1}
        if first and shared:
            seen = [
                torch.cat([one[:, :, :shared].expand(rows, -1, -1, -1), own], dim=2)
                for one, own in zip((key, value), seen, strict=True)
            ]
            sees = {"attn_mask": torch.ones(length, shared + length, dtype=torch.bool).tril(shared)}
        there = torch.nn.functional.scaled_dot_product_attention(asking, *seen, scale=scale, **sees)
        joined[first:end] = there.transpose(1, 2).flatten(0, 1)
        first = end
    return joined[None]
