"""Parts of a model in fewer steps than transformers takes for them. Each is used where it was tried and found alike.

What a model does besides its products is bound by the speed of the memory: a norm as transformers writes it reads and
writes its rows eleven times, one kernel for it twice. Other parts wait for the GPU in every layer, or ask it for
something that it has no quick way for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from remote_worker import cuda, packed
from remote_worker.failures import is_out_of_memory, one_line

if TYPE_CHECKING:
    from torch import Tensor

Forwards = list[tuple[Any, Callable[..., Any]]]
"""Modules of one kind, and what each is to compute by instead of its own forward."""
_NUMBERS = {"cpu": 1 << 19, "cuda": 1 << 24}  # that a norm is tried with: as a batch has them
_TRIES = 5
_SLOWER = 1.2
_ALIKE = {"fp32": 1e-4, "bf16": 0.03, "fp16": 0.005}  # of the largest number: a few roundings


def of_text(model: Any) -> Iterator[Forwards]:
    """Every kind in turn that this model has, where it is not slower."""
    import torch

    if not hasattr(torch.ops.aten, "_fused_rms_norm"):
        return  # before torch 2.9 it was several steps there, too, which round more
    norms = [one for one in model.modules() if _is_root_mean_square(one)]
    for width in sorted({one.weight.shape for one in norms}):
        alike = [(one, _norm(one)) for one in norms if one.weight.shape == width]
        if not _is_slower(*alike[0]):
            yield alike


def of_sight(sight: Any, together: Callable[[], Mapping[str, Any]]) -> Iterator[Forwards]:
    """Likewise of the part that sees. ``together``: the options of the pictures under way, see ``Packing.options``."""
    import torch

    yield [(one, _whole(one)) for one in sight.modules() if type(one) is torch.nn.Conv3d and _covers_its_input(one)]
    yield [(block.attn, _attention(block.attn, together)) for block in sight.blocks]


def take(kinds: Iterable[Forwards], try_out: Callable[[], Any], precision: str) -> None:
    """Those of which every part gives what transformers gives while ``try_out`` computes something with the model."""
    tried = [(forwards, list[str]()) for forwards in kinds if forwards]
    for forwards, wrong in tried:
        for module, forward in forwards:
            module.forward = _both(module, forward, _ALIKE[precision], wrong)
    if not tried:
        return
    try:
        try_out()
    finally:
        for forwards, _ in tried:
            for module, _ in forwards:
                del module.forward
    for forwards, wrong in tried:
        if wrong:
            kind = type(forwards[0][0]).__name__
            logging.getLogger(__name__).warning("%s is computed as transformers does it: %s", kind, wrong[0])
            continue
        for module, forward in forwards:
            module.forward = forward


def _both(module: Any, forward: Callable[..., Any], alike: float, wrong: list[str]) -> Callable[..., Any]:
    """What transformers gives; notes why the other is something else."""

    def call(*given: Any, **named: Any) -> Any:
        expected = type(module).forward(module, *given, **named)
        try:
            apart = (forward(*given, **named).float() - expected.float()).abs().max() / expected.abs().max()
        except (ImportError, TypeError, ValueError, AttributeError, RuntimeError) as unfit:
            if is_out_of_memory(unfit):
                raise
            wrong.append(one_line(unfit))
        else:
            if not float(apart) <= alike:
                wrong.append(f"{float(apart):.2g} apart")
        return expected

    return call


def _is_root_mean_square(module: Any) -> bool:
    return type(module).__name__.endswith("RMSNorm") and hasattr(module, "variance_epsilon")


def _norm(module: Any) -> Callable[..., Any]:
    import torch

    return lambda states: torch.nn.functional.rms_norm(
        states, module.weight.shape, module.weight, module.variance_epsilon
    )


def _is_slower(norm: Any, forward: Callable[..., Any]) -> bool:
    """One kernel for a row suits long rows; it depends on the version and on the card what it makes of short ones."""
    import torch

    weight = norm.weight
    numbers = _NUMBERS["cuda" if weight.is_cuda else "cpu"]
    states = torch.ones(1, numbers // len(weight), len(weight), dtype=weight.dtype, device=weight.device)

    def seconds(work: Callable[..., Any]) -> float:
        began = time.perf_counter()
        work(states)
        if weight.is_cuda:
            cuda.finish(weight.device)
        return time.perf_counter() - began

    with torch.inference_mode():
        ours_s, usual_s = (min(seconds(work) for _ in range(_TRIES)) for work in (forward, norm))
    return ours_s > _SLOWER * usual_s


def _covers_its_input(convolution: Any) -> bool:
    """Whether it moves by its own size: then it is a product. Given one whole patch at a time, as patches are."""
    return (
        convolution.kernel_size == convolution.stride
        and not any(convolution.padding)
        and set(convolution.dilation) == {1}
        and convolution.groups == 1
    )


def _whole(convolution: Any) -> Callable[..., Any]:
    # cuDNN takes seconds for a batch in bf16, on an H100 and newer: huggingface/transformers#45041, #45750.
    import torch

    def forward(patches: Tensor) -> Tensor:
        flat = torch.nn.functional.linear(patches.flatten(1), convolution.weight.flatten(1), convolution.bias)
        return flat[:, :, None, None, None]

    return forward


def _attention(module: Any, together: Callable[[], Mapping[str, Any]]) -> Callable[..., Any]:
    # transformers takes the pictures one by one, and asks the GPU in every layer where they end:
    # huggingface/transformers#47649.
    def forward(hidden_states: Tensor, *_: Any, position_embeddings: tuple[Tensor, Tensor], **__: Any) -> Any:
        query, key, value = module.qkv(hidden_states).unflatten(1, (3, module.num_heads, -1)).unbind(1)
        cos, sin = (one.unsqueeze(1).float() for one in position_embeddings)
        query, key, value = (
            one.transpose(0, 1)[None] for one in (_turned(query, cos, sin), _turned(key, cos, sin), value)
        )
        seen = packed.attention(module, query, key, value, scaling=module.scaling, **together())[0]
        return module.proj(seen.flatten(2)[0])

    return forward


def _turned(states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """By their places: states [tokens, heads, width], the others [tokens, 1, width] in fp32."""
    half = states.shape[-1] // 2
    turned = states * cos
    turned[..., :half].addcmul_(states[..., half:], sin[..., :half], value=-1)
    turned[..., half:].addcmul_(states[..., :half], sin[..., half:])
    return turned.to(states.dtype)
