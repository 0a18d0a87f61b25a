"""A part of a model that is computed in fewer steps gives the same, or it is computed as before."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remote_worker import shortcuts
from remote_worker.encoder import Encoder, load_encoder
from remote_worker.images import read_picture
from remote_worker.protocol import ModelSpec
from tests.worker.jobs import cosines, draw, text

SIZES = [(128, 96), None, (64, 64), (64, 64), (300, 200), None, (17, 40)]


def taken(encoder: Any) -> Counter[str]:
    """The kinds of modules that take a shortcut, and how many do."""
    kinds = (type(one).__name__ for one in encoder._model.modules() if "forward" in vars(one))
    return Counter(kind for kind in kinds if kind != "Linear")


def vectors(encoder: Encoder, folder: Path) -> np.ndarray:
    pictures = [size and read_picture(draw(folder / f"{at}.png", at, size)) for at, size in enumerate(SIZES)]
    if not encoder.with_images:
        pictures = [None] * len(SIZES)
    rows = encoder.prepare([text(at) for at in range(len(SIZES))], [one and one.size for one in pictures])
    return encoder.encode(rows, [one and encoder.prepare_image(one) for one in pictures])


@pytest.fixture(autouse=True)
def is_slower(monkeypatch: pytest.MonkeyPatch) -> Any:
    """How it is found out; elsewhere in these tests nothing depends on how busy the processor is."""
    found_out = shortcuts._is_slower
    monkeypatch.setattr(shortcuts, "_is_slower", lambda norm, forward: False)
    return found_out


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch):
    """An encoder that takes none."""

    def plain(folder: Path) -> Encoder:
        with monkeypatch.context() as without:
            without.setattr(shortcuts, "of_text", lambda model: iter(()))
            without.setattr(shortcuts, "of_sight", lambda sight, together: iter(()))
            encoder = load_encoder(ModelSpec(str(folder), precision="fp32"))
        assert not taken(encoder)
        return encoder

    return plain


def test_pictures_and_texts_are_the_same(tiny_qwen3_vl: Path, tmp_path: Path, plain) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3_vl), precision="fp32"))
    assert taken(encoder) == {"Conv3d": 1, "Qwen3VLVisionAttention": 2, "Qwen3VLTextRMSNorm": 3 * 4 + 1}
    expected = vectors(plain(tiny_qwen3_vl), tmp_path)
    for pads in (False, True):
        encoder.pads = pads
        assert cosines(vectors(encoder, tmp_path), expected).min() >= 0.999999


def test_texts_are_the_same(tiny_qwen3: Path, minilm: Path, tmp_path: Path, plain) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3), precision="fp32"))
    assert taken(encoder) == {"Qwen3RMSNorm": 2 * 4 + 1}
    assert cosines(vectors(encoder, tmp_path), vectors(plain(tiny_qwen3), tmp_path)).min() >= 0.999999
    assert not taken(load_encoder(ModelSpec(str(minilm)))), "it has nothing of the kind"


@pytest.mark.parametrize("in_half", [torch.bfloat16, torch.float16])
def test_in_half_precision_they_lie_as_close_as_rounding_allows(
    in_half: torch.dtype, tiny_qwen3_vl: Path, tmp_path: Path, plain
) -> None:
    encoders = [load_encoder(ModelSpec(str(tiny_qwen3_vl), precision="fp32")), plain(tiny_qwen3_vl)]
    exact = vectors(encoders[1], tmp_path)
    for encoder in encoders:
        encoder._model.to(in_half)
        for layer in encoder._model.modules():
            if type(layer) is torch.nn.Linear:
                vars(layer).pop("forward", None)  # quick products are for fp32 alone
    short, long = (cosines(vectors(encoder, tmp_path), exact).min() for encoder in encoders)
    assert 1 - short <= 2 * (1 - long) + 1e-6


@pytest.mark.parametrize("part", ["_norm", "_whole", "_attention"])
def test_one_that_gives_something_else_is_left(
    part: str, tiny_qwen3_vl: Path, tmp_path: Path, plain, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    right = getattr(shortcuts, part)
    every = taken(load_encoder(ModelSpec(str(tiny_qwen3_vl), precision="fp32")))
    monkeypatch.setattr(shortcuts, part, lambda *given: lambda *args, **named: right(*given)(*args, **named) * 1.3 + 1)
    encoder = load_encoder(ModelSpec(str(tiny_qwen3_vl), precision="fp32"))
    (left,) = every.keys() - taken(encoder).keys()
    assert f"{left} is computed as transformers does it: " in caplog.text
    assert cosines(vectors(encoder, tmp_path), vectors(plain(tiny_qwen3_vl), tmp_path)).min() >= 0.999999


def test_a_norm_that_is_slower_here_is_not_taken(
    tiny_qwen3: Path, monkeypatch: pytest.MonkeyPatch, is_slower: Any
) -> None:
    model = load_encoder(ModelSpec(str(tiny_qwen3), precision="fp32"))._model
    monkeypatch.setattr(shortcuts, "_is_slower", is_slower)
    monkeypatch.setattr(shortcuts, "_norm", lambda norm: lambda states: time.sleep(0.1) or states)
    assert list(shortcuts.of_text(model)) == []
    monkeypatch.setattr(shortcuts, "_norm", lambda norm: lambda states: states)
    assert [len(alike) for alike in shortcuts.of_text(model)] == [2 * 2, 2 * 2 + 1], "by the length of their rows"


def test_a_torch_without_that_kernel_keeps_its_norms(tiny_qwen3: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Older:
        def __getattr__(self, name: str) -> Any:
            if name == "_fused_rms_norm":
                raise AttributeError(name)
            return getattr(kept, name)

    kept = torch.ops.aten
    monkeypatch.setattr(torch.ops, "aten", Older())
    assert not taken(load_encoder(ModelSpec(str(tiny_qwen3), precision="fp32")))


def test_the_slow_way_takes_none_but_one_product(tiny_qwen3_vl: Path, tmp_path: Path) -> None:
    encoder: Any = load_encoder(ModelSpec(str(tiny_qwen3_vl), precision="fp32"))
    before, asked = taken(encoder), []
    for module in encoder._model.modules():
        if "forward" in vars(module):
            module.forward = _asked(module, module.forward, asked)
    picture = read_picture(draw(tmp_path / "picture.png"))
    assert encoder.reference.vector("a word", picture) is not None
    assert asked == ["Conv3d"]
    assert taken(encoder) == before


def _asked(module: Any, forward: Any, asked: list[str]) -> Any:
    def call(*given: Any, **named: Any) -> Any:
        asked.append(type(module).__name__)
        return forward(*given, **named)

    return call
