"""The slow way gives the vectors of the quick one, by steps of its own, and full precision leaves no trace."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from remote_worker.encoder import Encoder, load_encoder
from remote_worker.images import read_picture
from remote_worker.protocol import ModelSpec
from remote_worker.reference import HasReference, Reference
from tests.worker.jobs import cosines, draw, text

TEXTS = [text(number) for number in range(6)] + ["word", " spaces around ", "줄\n바꿈", "긴 글 " * 60, ""]


def slowly(encoder: Encoder) -> Reference:
    assert isinstance(encoder, HasReference)
    return encoder.reference


@pytest.mark.parametrize("recipe", ["official", "mean"])
@pytest.mark.parametrize("model", ["minilm", "tiny_qwen3"])
def test_texts_come_out_as_in_a_batch(model: str, recipe: str, request: pytest.FixtureRequest) -> None:
    spec = ModelSpec(str(request.getfixturevalue(model)), recipe=recipe, max_tokens=40, instruction="Represent this.")
    encoder = load_encoder(spec)
    quick = encoder.encode(encoder.prepare(TEXTS, [None] * len(TEXTS)), [None] * len(TEXTS))
    slow = np.array([slowly(encoder).vector(one, None) for one in TEXTS])
    assert cosines(quick, slow).min() >= 0.99999


@pytest.mark.parametrize("recipe", ["official", "mean"])
@pytest.mark.parametrize("size", [(128, 96), (17, 40), (640, 480), (900, 20), None])
def test_pictures_come_out_as_in_a_batch(
    size: tuple[int, int] | None, recipe: str, tiny_qwen3_vl: Path, tmp_path: Path
) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3_vl), recipe=recipe, max_pixels=65_536))
    picture = size and read_picture(draw(tmp_path / "picture.png", 3, size))
    for words in ("삼각형의 넓이", ""):
        prepared = encoder.prepare([words, text(3)], [size, None])
        quick = encoder.encode(prepared, [picture and encoder.prepare_image(picture), None])
        slow = slowly(encoder).vector(words, picture or None)
        assert slow is not None
        assert cosines(quick[:1], slow[None])[0] >= 0.9999


def test_what_only_the_quick_way_can_cut_is_not_compared(tiny_qwen3_vl: Path) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3_vl), max_tokens=90, max_pixels=16 * 1024))
    assert slowly(encoder).vector("가나다 라마바 " * 200, None) is None
    assert slowly(encoder).vector("a <|image_pad|> in a text", None) is None


@pytest.mark.parametrize("model", ["minilm", "tiny_qwen3", "tiny_qwen3_vl"])
def test_full_precision_is_that_of_a_model_loaded_so_and_leaves_no_trace(
    model: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = request.getfixturevalue(model)
    slow = slowly(load_encoder(ModelSpec(str(folder), max_pixels=65_536)))
    halved = slow.model
    halved.to(torch.bfloat16)
    before = {name: weight.data_ptr() for name, weight in halved.named_parameters()}
    picture = read_picture(draw(tmp_path / "picture.png")) if slow.sight else None
    rough = slow.vector("a word", picture)
    with slow.full_precision():
        fine = slow.vector("a word", picture)
    again = slow.vector("a word", picture)
    assert {name: weight.data_ptr() for name, weight in halved.named_parameters()} == before
    assert {weight.dtype for weight in halved.parameters()} == {torch.bfloat16}
    halved.float()
    expected = slow.vector("a word", picture)
    assert rough is not None
    assert fine is not None
    assert again is not None
    assert expected is not None
    assert np.array_equal(rough, again)
    assert cosines(fine[None], expected[None])[0] > 0.999999
    assert cosines(rough[None], expected[None])[0] < 0.999999


def test_files_that_are_more_precise_than_what_was_loaded_are_what_full_precision_is(minilm: Path) -> None:
    right = slowly(load_encoder(ModelSpec(str(minilm)))).vector("a word", None)
    loaded = slowly(load_encoder(ModelSpec(str(minilm))))
    loaded.model.to(torch.bfloat16)
    with loaded.full_precision() as rounded:
        from_rounded = rounded.vector("a word", None)
    with dataclasses.replace(loaded, wider=minilm).full_precision() as full:
        from_files = full.vector("a word", None)
    assert right is not None
    assert from_rounded is not None
    assert from_files is not None
    assert cosines(from_files[None], right[None])[0] > 0.999999 > cosines(from_rounded[None], right[None])[0]


def test_the_slow_way_uses_no_quick_products(tiny_qwen3: Path) -> None:
    slow = slowly(load_encoder(ModelSpec(str(tiny_qwen3))))
    layer = next(one for one in slow.model.modules() if type(one) is torch.nn.Linear)
    expected = slow.vector("a word", None)

    def broken(states: torch.Tensor) -> torch.Tensor:
        raise AssertionError("asked")

    layer.forward = broken
    got = slow.vector("a word", None)
    assert layer.forward is broken
    assert got is not None
    assert expected is not None
    assert np.array_equal(got, expected)
