"""Faster on the processor: products by the library that knows its widest instructions, where trying it shows a gain."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

_TOKENS = 256
_TRIES = 7
_GAIN = 1.2
_ALIKE = 1e-4  # of the largest number; the two add in another order


def quicken(model: Any) -> bool:
    """Lets the linear layers of a model in fp32 on the processor use oneDNN; False where that gains nothing.

    torch asks MKL, which leaves half of what many processors can do unused. The weights stay as they are.
    """
    import torch

    layers = [one for one in model.modules() if type(one) is torch.nn.Linear and one.weight.dtype == torch.float32]
    if not layers or not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        return False
    largest = max(layers, key=lambda layer: layer.weight.numel())
    states = torch.linspace(-1, 1, _TOKENS * largest.in_features).view(_TOKENS, -1)
    try:
        with torch.inference_mode():
            usual, quick = largest(states), _product(largest, states)
            if not float((usual - quick).abs().max()) <= _ALIKE * float(usual.abs().max()):
                return False
            usual_s = min(_seconds(lambda: largest(states)) for _ in range(_TRIES))
            quick_s = min(_seconds(lambda: _product(largest, states)) for _ in range(_TRIES))
    except (RuntimeError, TypeError, NotImplementedError):
        return False  # not in this torch, or not for this processor
    if usual_s < _GAIN * quick_s:
        return False
    for layer in layers:
        layer.forward = _forward(layer)
    return True


def _forward(layer: Any) -> Any:
    return lambda states: _product(layer, states)


def _product(layer: Any, states: Tensor) -> Tensor:
    import torch

    made: Tensor = torch.ops.mkldnn._linear_pointwise(states, layer.weight, layer.bias, "none", [], "")
    return made


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
