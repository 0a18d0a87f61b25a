"""What only a GPU runs, without one: the kernel by its description, and a card on which tensors have no contents."""

from __future__ import annotations

import inspect
import itertools
import sys
import types
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.utils.flop_counter  # which wants to find every operation as it is
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.overrides import TorchFunctionMode

from remote_worker import cuda, transformer
from remote_worker.encoder import load_encoder
from remote_worker.images import read_picture
from remote_worker.protocol import ModelSpec
from tests.worker.jobs import cosines, draw, text

TEXTS = [f"All begin with this: {text(number)}" for number in range(6)] + ["word", "글 " * 60]
CARD = torch.device("cuda", 0)


def varlen_attn(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    cu_seq_q: torch.Tensor,
    cu_seq_k: torch.Tensor,
    max_q: int,
    max_k: int,
    *,
    window_size: tuple[int, int] = (-1, -1),
    scale: float | None = None,
    enable_gqa: bool = False,
) -> torch.Tensor:
    """Row by row what torch says of its kernel: with fewer queries than keys a causal row's are the last ones."""
    assert cu_seq_q.dtype == cu_seq_k.dtype == torch.int32
    assert window_size in ((-1, 0), (-1, -1))
    seen = []
    for queries, keys in zip(itertools.pairwise(cu_seq_q.tolist()), itertools.pairwise(cu_seq_k.tolist()), strict=True):
        asked = query[slice(*queries)].transpose(0, 1)
        ours, theirs = (one[slice(*keys)].transpose(0, 1) for one in (key, value))
        rows, columns = asked.shape[1], ours.shape[1]
        assert rows <= max_q
        assert columns <= max_k
        mask = torch.ones(rows, columns, dtype=torch.bool)
        if window_size == (-1, 0):
            mask = mask.tril(columns - rows)
        there = torch.nn.functional.scaled_dot_product_attention(
            asked[None], ours[None], theirs[None], attn_mask=mask, scale=scale, enable_gqa=enable_gqa
        )
        seen.append(there[0].transpose(0, 1))
    return torch.cat(seen)


def flash_attn_varlen_func(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    cu_seqlens_q: torch.Tensor,
    cu_seqlens_k: torch.Tensor,
    max_seqlen_q: int,
    max_seqlen_k: int,
    *,
    softmax_scale: float | None = None,
    causal: bool = False,
) -> torch.Tensor:
    where = cu_seqlens_q, cu_seqlens_k, max_seqlen_q, max_seqlen_k
    window = (-1, 0) if causal else (-1, -1)
    return varlen_attn(query, key, value, *where, window_size=window, scale=softmax_scale, enable_gqa=True)


def varlen_attn_2_11(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    cu_seq_q: torch.Tensor,
    cu_seq_k: torch.Tensor,
    max_q: int,
    max_k: int,
    *,
    scale: float | None = None,
    window_size: tuple[int, int] = (-1, -1),
) -> torch.Tensor:
    where = cu_seq_q, cu_seq_k, max_q, max_k
    return varlen_attn(query, key, value, *where, window_size=window_size, scale=scale, enable_gqa=True)


def varlen_attn_2_10(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    cu_seq_q: torch.Tensor,
    cu_seq_k: torch.Tensor,
    max_q: int,
    max_k: int,
    is_causal: bool = False,
) -> torch.Tensor:
    where = cu_seq_q, cu_seq_k, max_q, max_k
    return varlen_attn(query, key, value, *where, window_size=(-1, 0 if is_causal else -1), enable_gqa=True)


def flash_attention_forward(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    cum_seq_q: torch.Tensor,
    cum_seq_k: torch.Tensor,
    max_q: int,
    max_k: int,
    dropout_p: float,
    is_causal: bool,
    return_debug_mask: bool,
    *,
    scale: float | None = None,
) -> tuple[torch.Tensor, ...]:
    assert dropout_p == 0
    assert not return_debug_mask
    where = cum_seq_q, cum_seq_k, max_q, max_k
    window = (-1, 0) if is_causal else (-1, -1)
    return (varlen_attn(query, key, value, *where, window_size=window, scale=scale, enable_gqa=True),)


KERNELS = {"torch 2.10": varlen_attn_2_10, "torch 2.11": varlen_attn_2_11, "torch": varlen_attn}


@pytest.fixture(params=["torch 2.4", *KERNELS, "flash-attn"])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The kernel on the processor, whoever brings it. Gives the rows of each call."""
    calls: list[int] = []

    def counted(function: Any) -> Any:
        def call(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *where: Any, **options: Any) -> Any:
            calls.append(len(where[0]) - 1)
            return function(query, key, value, *where, **options)

        call.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
        return call

    monkeypatch.setattr(cuda, "can_attend", lambda device, dtype: True)
    brings = {"torch 2.4": "", "flash-attn": "flash_attn"}.get(request.param, "torch.nn.attention.varlen")
    monkeypatch.setattr(cuda, "_has", lambda module: module == brings)
    monkeypatch.setattr(torch.ops.aten, "_flash_attention_forward", counted(flash_attention_forward))
    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", counted(KERNELS.get(request.param, varlen_attn)))
    if brings == "flash_attn":
        flash = types.ModuleType(brings)
        flash.__spec__ = ModuleSpec(brings, None)
        flash.flash_attn_varlen_func = counted(flash_attn_varlen_func)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, brings, flash)
    return calls


@pytest.mark.parametrize("model", ["tiny_qwen3", "minilm"])
def test_texts_through_the_kernel(model: str, kernel: list[int], request: pytest.FixtureRequest) -> None:
    encoder = load_encoder(ModelSpec(str(request.getfixturevalue(model)), precision="fp32"))
    assert not encoder.pads
    rows, none = encoder.prepare(TEXTS, [None] * len(TEXTS)), [None] * len(TEXTS)
    kernel.clear()
    by_the_kernel = encoder.encode(rows, none)
    assert len(kernel) == encoder._model.config.num_hidden_layers
    encoder.pads = True
    assert cosines(by_the_kernel, encoder.encode(rows, none)).min() >= 0.99999


def test_pictures_through_the_kernel(kernel: list[int], tiny_qwen3_vl: Path, tmp_path: Path) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3_vl), precision="fp32"))
    sizes = [(128, 96), None, (64, 64), (300, 200), None, (64, 64)]
    pictures = [size and read_picture(draw(tmp_path / f"{at}.png", at, size)) for at, size in enumerate(sizes)]
    slow = np.stack([encoder.reference.vector(text(at), picture) for at, picture in enumerate(pictures)])
    rows = encoder.prepare([text(at) for at in range(6)], [one and one.size for one in pictures])
    kernel.clear()
    vectors = encoder.encode(rows, [one and encoder.prepare_image(one) for one in pictures])
    assert cosines(vectors, slow).min() >= 0.9999
    config = encoder._model.config
    seeing, reading = config.vision_config.depth, config.text_config.num_hidden_layers
    assert kernel == [4] * seeing + [len(rows) + 1] * reading, "one call a layer, for all rows, and what they share"


class _Indexing(TorchFunctionMode):
    """A torch without CUDA asks for the card when a tensor of it is indexed; these steps do not."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.Tensor.__getitem__ and args[0].device.type == "cuda":
            return _indexed(*args)
        return func(*args, **kwargs or {})


def _indexed(tensor: torch.Tensor, index: Any) -> torch.Tensor:
    parts = list(index) if isinstance(index, tuple) else [index]
    if any(part is Ellipsis for part in parts):
        at = next(at for at, part in enumerate(parts) if part is Ellipsis)
        named = sum(part is not None for part in parts) - 1
        parts[at : at + 1] = [slice(None)] * (tensor.dim() - named)
    chosen: list[Any] = []
    for part in parts:
        if part is None:
            tensor = tensor.unsqueeze(len(chosen))
        elif isinstance(part, int):
            tensor = torch.ops.aten.select.int(tensor, len(chosen), part)
            continue
        elif isinstance(part, slice):
            tensor = torch.ops.aten.slice.Tensor(tensor, len(chosen), part.start, part.stop, part.step or 1)
        chosen.append(part if isinstance(part, torch.Tensor) else None)
    if any(part is not None for part in chosen):
        return torch.ops.aten.index.Tensor(tensor, chosen)
    return tensor


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTensorMode]:
    """On it tensors have a place, a shape and a kind of number, and nothing else: whoever mixes places fails."""
    monkeypatch.setattr(cuda, "can_attend", lambda device, dtype: device.type == "cuda")
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda here: here)
    monkeypatch.setattr(transformer, "quicken", lambda model: False)
    with _Indexing():
        yield FakeTensorMode()


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize("model", ["tiny_qwen3", "minilm"])
def test_all_that_a_batch_needs_is_on_the_card(
    model: str, shares: bool, card: FakeTensorMode, request: pytest.FixtureRequest
) -> None:
    encoder = load_encoder(ModelSpec(str(request.getfixturevalue(model)), precision="fp32"))
    for module in encoder._model.modules():
        for kept in (module._parameters, module._buffers):
            kept.update({name: _moved(one, card) for name, one in kept.items() if one is not None})
    encoder._device, encoder._shares = CARD, shares and model == "tiny_qwen3"
    rows = encoder.prepare(TEXTS, [None] * len(TEXTS))
    with card:
        there = encoder._units(rows, [None] * len(rows), pads=False)
    assert (there.device, there.dtype, there.shape) == (CARD, torch.float32, (len(TEXTS), encoder.loaded.dimensions))


def _moved(one: torch.Tensor, card: FakeTensorMode) -> torch.Tensor:
    fake = card.from_tensor(one.detach().to(torch.bfloat16) if one.is_floating_point() else one)
    with card:
        there = fake.to(CARD)
    return torch.nn.Parameter(there, requires_grad=False) if isinstance(one, torch.nn.Parameter) else there
