"""Where a model lies: which cards, how many copies; and the same vectors from one that lies in pieces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from remote_worker import cards
from remote_worker.hub import find_model
from remote_worker.images import read_picture
from remote_worker.placement import CARD_MARGIN_BYTES, HOST_MARGIN_BYTES, Placement, Room, place, told, weights_bytes
from remote_worker.protocol import ModelSpec
from remote_worker.recipe import read_recipe
from remote_worker.transformer import TransformerEncoder
from remote_worker.vision import VisionEncoder
from tests.worker.jobs import cosines, draw, text

GB = 10**9


def room(*cards_gb: float, host_gb: float = 64) -> Room:
    """Of so much beyond the margins."""
    return Room(tuple(int(one * GB) + CARD_MARGIN_BYTES for one in cards_gb), int(host_gb * GB) + HOST_MARGIN_BYTES)


@pytest.mark.parametrize(
    ("weights_gb", "cards_gb", "groups"),
    [
        (15, (22,), ((0,),)),
        (15, (22, 22, 22, 22), ((0,), (1,), (2,), (3,))),
        (15, (10, 10), ((0, 1),)),
        (15, (10, 10, 10, 10), ((0, 1), (2, 3))),
        (15, (10, 10, 10), ((0, 1),)),  # the third is of no use
        (15, (10, 22, 10), ((0, 2), (1,))),
        (15, (8, 8), ((0, 1),)),  # together just the weights, and layers are not cut
        (60, (22, 22, 22, 22), ((0, 1, 2, 3),)),
        (15, (), ((),)),
    ],
)
def test_as_many_copies_as_fit_each_on_as_few_cards_as_will_do(
    weights_gb: float, cards_gb: tuple[float, ...], groups: tuple[tuple[int, ...], ...]
) -> None:
    assert place(int(weights_gb * GB), room(*cards_gb)).groups == groups


@pytest.mark.parametrize(
    ("weights_gb", "given", "host_gb", "disk_gb"),
    [
        (15, room(22), 0, 0),
        (30, room(22), 10, 0),  # the card is not filled to the last byte
        (30, room(10, 10), 12, 0),
        (15, room(8, 7), 1, 0),
        (30, room(22, host_gb=4), 4, 6),
        (30, room(host_gb=64), 0, 0),
        (30, room(host_gb=8), 0, 20),
    ],
)
def test_what_does_not_fit_on_the_cards_lies_in_the_memory_and_what_does_not_fit_there_is_told(
    weights_gb: float, given: Room, host_gb: float, disk_gb: float
) -> None:
    placement = place(int(weights_gb * GB), given)
    assert [round(placement.host_bytes / GB), round(placement.disk_bytes / GB)] == [host_gb, disk_gb]
    assert placement.offloads == bool(host_gb or disk_gb)
    assert placement.why


def test_a_card_that_somebody_else_fills_carries_nothing() -> None:
    full = Room((CARD_MARGIN_BYTES // 2, 22 * GB), 64 * GB)
    assert place(15 * GB, full) == Placement(((1,),), "15.0 GB of weights fit on one card")


@pytest.mark.parametrize(
    ("devices", "notice"),
    [
        ({"": 0}, ""),
        ({"": "cpu"}, ""),
        ({"a": 0, "b": 1}, "spread"),
        ({"a": 0, "b": "cpu"}, "offloaded"),
        ({"a": 0, "b": 1, "c": "disk"}, "offloaded"),
    ],
)
def test_people_are_told_what_is_slow(devices: dict[str, Any], notice: str) -> None:
    assert told(devices)[0] == notice


def test_weights_are_counted_from_their_headers(tiny_qwen3: Path, tmp_path: Path) -> None:
    numbers = sum(one.numel() for one in torch.nn.ParameterList(loaded(tiny_qwen3, {})._model.parameters()))
    assert weights_bytes(tiny_qwen3, "fp32") == 4 * numbers
    assert weights_bytes(tiny_qwen3, "bf16") == weights_bytes(tiny_qwen3, "fp16") == 2 * numbers
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 100)
    assert weights_bytes(tmp_path, "fp32") == 0


def loaded(folder: Path, limits: dict[int | str, int]) -> TransformerEncoder:
    spec = ModelSpec(str(folder), precision="fp32")
    files = find_model(spec)
    recipe = read_recipe(files.folder, spec)
    return (VisionEncoder if recipe.with_images else TransformerEncoder)(files, recipe, spec, limits)


def outside(encoder: TransformerEncoder) -> set[str]:
    """Weights that are brought in for every batch, and are not there between two."""
    return {name for name, one in encoder._model.named_parameters() if one.is_meta}


@pytest.mark.parametrize("model", ["tiny_qwen3", "tiny_qwen3_vl", "minilm"])
def test_a_model_in_pieces_gives_the_same_vectors(model: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A part stays with the processor, the rest lies outside: the hooks that carry it in are those of several cards."""
    folder = request.getfixturevalue(model)
    whole, pieces = loaded(folder, {}), loaded(folder, {"cpu": int(0.8 * weights_bytes(folder, "fp32"))})
    assert not outside(whole)
    assert outside(pieces)
    assert outside(pieces) != {name for name, _ in pieces._model.named_parameters()}
    assert pieces.loaded.told[0] == "offloaded"
    assert all(hasattr(one, "_hf_hook") for one in pieces._model.modules() if "forward" in vars(one)), "no shortcuts"
    texts = [text(number) for number in range(9)]
    pictures = [read_picture(draw(tmp_path / f"{at}.png", at)) if at % 2 else None for at in range(9)]
    if not whole.with_images:
        pictures = [None] * len(texts)

    def vectors(encoder: TransformerEncoder) -> Any:
        prepared = encoder.prepare(texts, [one and one.size for one in pictures])
        return encoder.encode(prepared, [one and encoder.prepare_image(one) for one in pictures])

    before = vectors(whole)
    for _ in range(2):
        assert cosines(before, vectors(pieces)).min() >= 0.99999
    assert outside(pieces)


SAID = """GPU-aaaa, NVIDIA GeForce RTX 4090, 24564, 300, 8.9
GPU-bbbb, NVIDIA GeForce RTX 2080 Ti, 11264, 11000, 7.5
GPU-cccc, Something, [N/A], [N/A], 9.0
No devices were found
"""


def test_cards_are_read_from_what_the_driver_says() -> None:
    first, second = cards.read(SAID)
    assert (first.uuid, first.name, first.total_bytes >> 20, first.free_bytes >> 20, first.bf16) == (
        "GPU-aaaa", "NVIDIA GeForce RTX 4090", 24564, 24264, True,
    )  # fmt: skip
    assert (second.free_bytes >> 20, second.bf16) == (264, False)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (None, ["GPU-aaaa", "GPU-bbbb"]),
        ("1", ["GPU-bbbb"]),
        ("1,0", ["GPU-bbbb", "GPU-aaaa"]),
        ("GPU-bb", ["GPU-bbbb"]),
        ("", []),
        ("-1", []),
        ("0,7,1", ["GPU-aaaa"]),
        ("MIG-1234", []),
    ],
)
def test_only_the_cards_that_this_process_may_use_count(wanted: str | None, left: list[str]) -> None:
    assert [card.uuid for card in cards.visible(cards.read(SAID), wanted)] == left
