"""Side by side or padded, in any order, on any number of threads: a row always gets the same vector."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from remote_worker.encoder import Encoder, load_encoder
from remote_worker.packed import Packing, shared_by
from remote_worker.processor import quicken
from remote_worker.protocol import ModelSpec
from tests.worker import tiny
from tests.worker.jobs import cosines, draw, text

TEXTS = [text(number) for number in range(12)] + ["word", "word", "글", "a longer one " * 50, "글"]
ALIKE = 0.99999


def encoded(encoder: Encoder, texts: list[str], pads: bool = False) -> np.ndarray:
    encoder.pads = pads
    return encoder.encode(encoder.prepare(texts, [None] * len(texts)), [None] * len(texts))


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("model", ["tiny_qwen3", "minilm", "tiny_qwen3_vl"])
def test_side_by_side_or_padded_or_alone_on_one_thread_or_two(model: str, request: pytest.FixtureRequest) -> None:
    encoder = load_encoder(ModelSpec(str(request.getfixturevalue(model)), precision="fp32"))
    assert not encoder.pads, "all of these can go side by side"
    alone = np.concatenate([encoded(encoder, [one], pads=True) for one in TEXTS])
    for threads in (1, 2):
        torch.set_num_threads(threads)
        order = np.random.default_rng(threads).permutation(len(TEXTS))
        shuffled = [TEXTS[at] for at in order]
        for pads in (False, True):
            assert cosines(encoded(encoder, shuffled, pads), alone[order]).min() >= ALIKE


def test_pictures_and_texts_side_by_side(tiny_qwen3_vl: Path, tmp_path: Path) -> None:
    from remote_worker.images import read_picture

    encoder = load_encoder(ModelSpec(str(tiny_qwen3_vl), precision="fp32"))
    sizes = [(128, 96), None, (64, 64), (300, 200), None, (17, 40), (96, 128)]
    pictures = [size and read_picture(draw(tmp_path / f"{at}.png", at, size)) for at, size in enumerate(sizes)]
    rows = encoder.prepare([text(at) if at != 3 else "" for at in range(7)], [one and one.size for one in pictures])
    images = [one and encoder.prepare_image(one) for one in pictures]
    encoder.pads = True
    alone = np.concatenate([encoder.encode([row], [image]) for row, image in zip(rows, images, strict=True)])
    padded = encoder.encode(rows, images)
    encoder.pads = False
    assert cosines(encoder.encode(rows, images), alone).min() >= ALIKE
    assert cosines(encoder.encode(rows[::-1], images[::-1])[::-1], padded).min() >= ALIKE


@pytest.mark.parametrize("recipe", ["official", "mean"])
@pytest.mark.parametrize("model", ["tiny_qwen3", "tiny_qwen3_vl"])
def test_what_all_rows_begin_with_is_computed_once(model: str, recipe: str, request: pytest.FixtureRequest) -> None:
    encoder = load_encoder(ModelSpec(str(request.getfixturevalue(model)), recipe=recipe, precision="fp32"))
    texts = [f"Find the questions like this one: {one}" for one in [*TEXTS, ""]]
    alone = np.concatenate([encoded(encoder, [one], pads=True) for one in texts])
    computed: list[int] = []
    encoder._model.register_forward_pre_hook(
        lambda _, __, given: computed.append(given["input_ids"].numel()), with_kwargs=True
    )
    together = encoded(encoder, texts)
    assert cosines(together, alone).min() >= ALIKE
    tokens = [one.tokens for one in encoder.prepare(texts, [None] * len(texts))]
    assert sum(computed) <= sum(tokens) - 6 * (len(texts) - 1)


def test_equal_rows_keep_a_token_of_their_own(tiny_qwen3: Path) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3), precision="fp32"))
    same = encoded(encoder, ["a word or two"] * 3)
    assert cosines(same, encoded(encoder, ["a word or two"], pads=True).repeat(3, 0)).min() >= ALIKE
    assert shared_by([[7], [7, 8]]) == 0
    assert shared_by([[7, 8, 9], [7, 8], [7, 8, 4]]) == 1


def test_pictures_of_one_size_are_not_taken_for_one_picture(tiny_qwen3_vl: Path, tmp_path: Path) -> None:
    from remote_worker.images import read_picture

    encoder = load_encoder(ModelSpec(str(tiny_qwen3_vl), precision="fp32"))
    pictures = [read_picture(draw(tmp_path / f"{at}.png", at, (96, 64))) for at in range(3)]
    rows = encoder.prepare(["the same text"] * 3, [one.size for one in pictures])
    images = [encoder.prepare_image(one) for one in pictures]
    encoder.pads = True
    alone = np.concatenate([encoder.encode([row], [image]) for row, image in zip(rows, images, strict=True)])
    encoder.pads = False
    assert cosines(encoder.encode(rows, images), alone).min() >= ALIKE
    assert cosines(alone[:1], alone[1:2]).min() < ALIKE


def test_a_model_that_also_reads_backwards_shares_nothing(minilm: Path) -> None:
    encoder = load_encoder(ModelSpec(str(minilm)))
    texts = ["what all of these begin with: one", "what all of these begin with: and two"]
    assert cosines(encoded(encoder, texts), encoded(encoder, texts, pads=True)).min() >= ALIKE


def test_the_keys_of_a_row_are_what_is_shared_and_its_own() -> None:
    packing = Packing((1, 3, 2), shared=2)
    assert packing.ends == (2, 3, 6, 8)
    options = packing.options(torch.device("cpu"))
    assert options["packed_order"].tolist() == [0, 1, 0, 1, 2, 0, 1, 3, 4, 5, 0, 1, 6, 7]
    assert options["cu_seq_lens_q"].tolist() == [0, 2, 3, 6, 8]
    assert options["cu_seq_lens_k"].tolist() == [0, 2, 5, 10, 14]
    assert (options["max_length_q"], options["max_length_k"]) == (3, 5)


def test_rows_of_one_length_are_one_run() -> None:
    packing = Packing((5, 5, 3, 3, 3, 5))
    assert packing.runs == ((2, 5), (3, 3), (1, 5))
    options = packing.options(torch.device("cpu"))
    assert options["cu_seq_lens_q"].tolist() == [0, 5, 10, 13, 16, 19, 24]
    assert options["max_length_q"] == 5


@pytest.fixture
def changed(tiny_qwen3: Path, tmp_path: Path):
    """The tiny model with another config."""

    def changed(**settings: object) -> Path:
        folder = Path(shutil.copytree(tiny_qwen3, tmp_path / "model"))
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | settings))
        return folder

    return changed


def test_a_model_that_reads_through_a_window_is_padded(changed) -> None:
    folder = changed(use_sliding_window=True, sliding_window=4, max_window_layers=0, layer_types=None)
    encoder = load_encoder(ModelSpec(str(folder), precision="fp32"))
    assert encoder.pads
    alone = np.concatenate([encoded(encoder, [one], pads=True) for one in TEXTS])
    assert cosines(encoded(encoder, TEXTS, pads=True), alone).min() >= ALIKE


def test_a_kind_of_model_that_was_never_tried_is_padded(tmp_path: Path) -> None:
    assert load_encoder(ModelSpec(str(tiny.gpt2(tmp_path / "gpt2")))).pads


def test_with_a_transformers_that_lets_nobody_in_rows_are_padded(
    tiny_qwen3: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = encoded(load_encoder(ModelSpec(str(tiny_qwen3))), TEXTS)
    monkeypatch.setitem(sys.modules, "transformers.masking_utils", None)
    encoder = load_encoder(ModelSpec(str(tiny_qwen3)))
    assert encoder.pads
    assert cosines(encoded(encoder, TEXTS, pads=True), expected).min() >= ALIKE


def test_what_a_row_costs_grows_faster_than_its_length(tiny_qwen3: Path, tiny_qwen3_vl: Path) -> None:
    encoder = load_encoder(ModelSpec(str(tiny_qwen3)))
    short, long = encoder.prepare(["word", "word " * 400], [None, None])
    assert long.flops / long.tokens > short.flops / short.tokens > 0
    seeing = load_encoder(ModelSpec(str(tiny_qwen3_vl)))
    without, small, large = seeing.prepare(["word"] * 3, [None, (64, 64), (640, 640)])
    assert 0 < without.flops < small.flops < large.flops / 50


def test_quicker_products_are_the_same_products() -> None:
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(256, 512), torch.nn.GELU(), torch.nn.Linear(512, 128, bias=False))
    states, weights = torch.randn(3, 70, 256), dict(model.named_parameters())
    with torch.inference_mode():
        usual = model(states)
        quicken(model)  # whether it is quicker depends on the processor
        assert (model(states) - usual).abs().max() < 1e-5
        assert model(states[:0]).shape == (0, 70, 128)
    assert {name: id(one) for name, one in model.named_parameters()} == {name: id(one) for name, one in weights.items()}
    assert not quicken(model.to(torch.bfloat16)), "only fp32 is left to it"
