"""The size of a batch is found in a few batches, from memory and speed, and no lack of memory ends the work."""

from __future__ import annotations

import numpy as np
import pytest

from remote_worker.tuner import Tuner


class Card:
    """A pretended GPU: so many bytes in any case, so many a token, and a speed that levels off."""

    def __init__(self, room: int, fixed: int = 50_000_000, per_token: int = 100_000, half_at: int = 1000) -> None:
        self.room, self.fixed, self.per_token, self.half_at = room, fixed, per_token, half_at
        self.peak = 0
        self.failed: list[int] = []
        self.fitted: list[int] = []

    def start(self) -> None:
        self.peak = 0

    def peak_bytes(self) -> int:
        return self.peak

    def room_bytes(self) -> int:
        return self.room

    def batch(self, tuner: Tuner, tokens: int) -> None:
        """One batch of so many tokens, which costs a FLOP each."""
        tuner.begin()
        needed = self.fixed + self.per_token * tokens
        if needed > self.room:
            self.failed.append(tokens)
            tuner.too_large(tokens)
            return
        self.peak = needed
        tuner.launched(tokens)
        self.fitted.append(tokens)
        tuner.good(tokens, tokens, (tokens + self.half_at) / 1000)


def work(card: Card, tuner: Tuner, batches: int) -> None:
    for _ in range(batches):
        card.batch(tuner, tuner.budget)


def test_it_stops_where_twice_the_size_is_hardly_faster() -> None:
    card = Card(room=80_000_000_000)
    tuner = Tuner(16384, card)
    work(card, tuner, 30)
    assert tuner.budget in (16384, 32768)
    assert sum(card.fitted[: card.fitted.index(tuner.budget)]) < 100_000, "found within a few batches"
    assert not card.failed


@pytest.mark.parametrize("room", [10_000_000_000, 2_000_000_000, 700_000_000, 120_000_000])
def test_a_small_memory_is_used_but_never_filled(room: int) -> None:
    card = Card(room, half_at=10_000_000)
    tuner = Tuner(16384, card)
    work(card, tuner, 60)
    used = card.fixed + card.per_token * tuner.budget
    assert used <= 0.9 * room
    assert used >= 0.4 * room
    assert len(card.failed) <= 1


def test_what_takes_more_than_what_was_seen_makes_batches_smaller_before_it_fails() -> None:
    card = Card(room=8_000_000_000, half_at=100_000)
    tuner = Tuner(16384, card)
    work(card, tuner, 40)
    before = tuner.budget
    card.per_token = 150_000  # pictures come
    card.batch(tuner, tuner.budget // 2)
    assert tuner.budget < before
    work(card, tuner, 20)
    assert not card.failed


def test_a_batch_that_fails_is_halved_and_the_next_ones_grow_again_but_not_so_far() -> None:
    card = Card(room=8_000_000_000, half_at=100_000)
    tuner = Tuner(16384, card)
    work(card, tuner, 40)
    failed = tuner.budget
    tuner.too_large(failed)
    assert tuner.budget == failed // 2
    work(card, tuner, 49)
    assert tuner.budget == failed // 2, "not at once"
    work(card, tuner, 2000)
    assert failed // 2 < tuner.budget <= 0.9 * failed
    assert not card.failed


def test_without_a_meter_it_is_what_it_was_told_and_comes_back_to_it() -> None:
    tuner = Tuner(4096)
    for _ in range(200):
        tuner.begin()
        tuner.launched(4096)
        tuner.good(4096, 1.0, 1.0)
    assert tuner.budget == 4096
    tuner.too_large(4000)
    assert tuner.budget == 2000
    for _ in range(2000):
        tuner.good(2000, 1.0, 1.0)
    assert 3000 < tuner.budget <= 3600


def test_it_goes_down_to_one_token_and_no_further() -> None:
    tuner = Tuner(4096)
    for tokens in (4096, 2048, 64, 2, 1, 1):
        tuner.too_large(tokens)
        assert tuner.budget == max(1, tokens // 2)


def test_batches_that_are_not_full_say_nothing_of_the_budget() -> None:
    card = Card(room=80_000_000_000, half_at=100_000)
    tuner = Tuner(16384, card)
    work(card, tuner, 4)
    budget = tuner.budget
    for _ in range(50):
        card.batch(tuner, budget // 3)
    assert tuner.budget == budget
    work(card, tuner, 20)
    assert tuner.budget > budget


def test_any_memory_and_any_batches_end_in_batches_that_fit() -> None:
    dice = np.random.default_rng(4)
    for _ in range(100):
        card = Card(
            int(10 ** dice.uniform(8, 11)), int(10 ** dice.uniform(5, 8)), int(10 ** dice.uniform(3, 6)), 1 << 15
        )
        tuner = Tuner(16384, card)
        for _ in range(300):
            card.batch(tuner, max(1, int(tuner.budget * dice.uniform(0.3, 1.0))))
        most = (card.room - card.fixed) // card.per_token
        assert 1 <= tuner.budget <= max(1, most)
        assert len(card.failed) <= 12


@pytest.mark.parametrize(
    "first",
    [
        [(1850, 419_600_000), (1849, 197_900_000)],  # a row with a picture, then a page of text
        [(1850, 419_600_000), (1849, 415_400_000)],  # two pictures of other shapes
        [(1024, 109_600_000), (1030, 231_000_000)],
    ],
)
def test_rows_of_almost_one_length_do_not_tell_what_a_token_takes(first: list[tuple[int, int]]) -> None:
    card = Card(room=7_500_000_000, fixed=0, per_token=107_000, half_at=100_000)
    tuner = Tuner(16384, card)
    for tokens, peak in first:
        tuner.begin()
        card.peak = peak
        tuner.launched(tokens)
        tuner.good(tokens, tokens, 1.0)
    work(card, tuner, 60)
    assert tuner.budget > 16384
    assert not card.failed


def test_a_row_larger_than_the_budget_is_no_proof_against_a_larger_one() -> None:
    card = Card(room=70_000_000_000, per_token=54_000, half_at=20_000)
    tuner = Tuner(16384, card)
    for tokens in (8192, 8000, 7900, 7800, 7700, 7600, 7500, 7000):  # of one row each
        card.batch(tuner, tokens)
    work(card, tuner, 30)
    assert tuner.budget >= 32768


def test_the_last_few_rows_of_a_window_do_not_make_the_next_batches_smaller() -> None:
    card = Card(room=7_500_000_000, half_at=100_000)
    tuner = Tuner(16384, card)
    work(card, tuner, 40)
    before = tuner.budget
    card.fixed *= 3
    card.batch(tuner, 30)
    assert tuner.budget == before
