"""Neighbours are the true ones, in an order that never changes, before and after the quick way is ready."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gui.core.result import neighbours as module
from gui.core.result.neighbours import Neighbours
from tests.result.making import ids, make_result, unit_vectors

ROWS, DIMENSIONS = 5000, 64


def by_hand(vectors: np.ndarray, row: int, k: int) -> tuple[list[int], list[float]]:
    wide = vectors.astype(np.float64)
    similarities = wide @ wide[row] / (np.linalg.norm(wide, axis=1) * np.linalg.norm(wide[row]))
    similarities[row] = -9
    order = np.argsort(-similarities, kind="stable")[:k]
    return order.tolist(), similarities[order].tolist()


def test_neighbours_are_the_nearest_by_cosine_without_the_item_itself(tmp_path: Path) -> None:
    vectors = unit_vectors(ROWS, DIMENSIONS)
    neighbours = Neighbours(make_result(tmp_path, vectors))

    for row in (0, 17, 2500, ROWS - 1):
        rows, similarities = by_hand(vectors, row, 20)
        found = neighbours.of(ids(ROWS)[row])
        assert [one.row for one in found] == rows
        assert [one.item_id for one in found] == [ids(ROWS)[one] for one in rows]
        assert np.allclose([one.similarity for one in found], similarities, atol=1e-9)
    assert neighbours.exact


def test_lengths_do_not_matter(tmp_path: Path) -> None:
    vectors = unit_vectors(500, DIMENSIONS)
    stretched = vectors * np.linspace(0.1, 40, 500, dtype=np.float32)[:, None]
    neighbours = Neighbours(make_result(tmp_path, stretched))

    assert [one.row for one in neighbours.of(7)] == by_hand(vectors, 7, 20)[0]


def test_equal_vectors_come_in_row_order_and_with_equal_similarity(tmp_path: Path) -> None:
    vectors = unit_vectors(ROWS, DIMENSIONS)
    alike = [4999, 12, 3000, 700, 701, 1]
    vectors[alike] = vectors[100]
    neighbours = Neighbours(make_result(tmp_path, vectors))

    found = neighbours.of(100, k=6)

    assert [one.row for one in found] == sorted(alike)
    assert len({one.similarity for one in found}) == 1
    assert [one.row for one in neighbours.of(100, k=3)] == sorted(alike)[:3]


def test_a_result_of_equal_vectors_alone_still_answers(tmp_path: Path) -> None:
    neighbours = Neighbours(make_result(tmp_path, np.tile(unit_vectors(1, 8), (300, 1))))

    assert [one.row for one in neighbours.of(5, k=4)] == [0, 1, 2, 3]


def test_small_results_give_what_they_have(tmp_path: Path) -> None:
    assert len(Neighbours(make_result(tmp_path / "three", unit_vectors(3, 8))).of(1)) == 2
    assert Neighbours(make_result(tmp_path / "one", unit_vectors(1, 8))).of(0) == ()


def test_rows_that_are_no_vector_are_nobodys_neighbour_and_have_none(tmp_path: Path) -> None:
    vectors = unit_vectors(100, DIMENSIONS)
    vectors[3, 5] = np.nan
    vectors[4] = 0
    vectors[5] = np.inf
    neighbours = Neighbours(make_result(tmp_path, vectors))

    assert {3, 4, 5}.isdisjoint(one.row for one in neighbours.of(0, k=99))
    assert len(neighbours.of(0, k=99)) == 96
    assert neighbours.of(3) == neighbours.of(4) == neighbours.of(5) == ()


def test_any_vector_can_be_asked_about_but_not_one_of_other_dimensions(tmp_path: Path) -> None:
    vectors = unit_vectors(200, DIMENSIONS)
    neighbours = Neighbours(make_result(tmp_path, vectors))

    assert neighbours.of_vector(vectors[9] * 3, k=1)[0].row == 9
    with pytest.raises(ValueError, match="64 dimensions"):
        neighbours.of_vector(vectors[9, :10])


def test_an_unknown_item_is_a_key_error(tmp_path: Path) -> None:
    neighbours = Neighbours(make_result(tmp_path, unit_vectors(20, 8)))

    with pytest.raises(KeyError):
        neighbours.of("nobody")
    with pytest.raises(IndexError):
        neighbours.of(20)


# --- the quick way ----------------------------------------------------------------------------------------------------


@pytest.fixture
def quick_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large is what these tests can make in a moment."""
    monkeypatch.setattr(module, "QUICK_FROM_ROWS", 1000)


@pytest.mark.usefixtures("quick_from_the_start")
@pytest.mark.parametrize("dimensions", [64, 100])
def test_the_quick_way_answers_as_the_plain_one_does(tmp_path: Path, dimensions: int) -> None:
    vectors = unit_vectors(ROWS, dimensions)
    plain, quick = (Neighbours(make_result(tmp_path, vectors)) for _ in range(2))

    quick.prepare()

    assert not quick.exact
    for row in range(0, ROWS, 250):
        assert quick.of(row) == plain.of(row)


@pytest.mark.usefixtures("quick_from_the_start")
def test_vectors_far_from_the_origin_are_told_apart_too(tmp_path: Path) -> None:
    """As pictures' features are: no value below zero."""
    vectors = np.abs(unit_vectors(ROWS, 256)) + np.float32(0.05)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    plain, quick = (Neighbours(make_result(tmp_path, vectors)) for _ in range(2))

    quick.prepare()

    assert [quick.of(row) for row in range(0, ROWS, 500)] == [plain.of(row) for row in range(0, ROWS, 500)]


@pytest.mark.usefixtures("quick_from_the_start")
def test_where_signs_say_nothing_the_plain_product_stays(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)  # two opposite crowds: within one, every sign is the same
    vectors = np.clip(1 + 0.2 * draw.standard_normal((40_000, 16)), 0.1, None) * draw.choice([-1, 1], (40_000, 1))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    neighbours = Neighbours(make_result(tmp_path, vectors))

    neighbours.prepare()

    assert neighbours.exact
    assert [one.row for one in neighbours.of(0, k=5)] == by_hand(vectors, 0, 5)[0]


@pytest.mark.usefixtures("quick_from_the_start")
def test_rows_that_are_no_vector_do_not_spoil_the_quick_way(tmp_path: Path) -> None:
    vectors = unit_vectors(ROWS, DIMENSIONS)
    vectors[::31] = np.nan
    vectors[5] = 0
    plain, quick = (Neighbours(make_result(tmp_path, vectors)) for _ in range(2))

    quick.prepare()

    assert not quick.exact
    assert [quick.of(row) for row in range(1, ROWS, 500)] == [plain.of(row) for row in range(1, ROWS, 500)]


def test_small_results_need_no_quick_way(tmp_path: Path) -> None:
    neighbours = Neighbours(make_result(tmp_path, unit_vectors(500, 16)))

    neighbours.prepare()

    assert neighbours.exact
