"""Batches by the room they take, what happens when memory does not suffice, and the time that is left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from remote_worker import batching
from remote_worker.batching import Pace, plan
from remote_worker.encoder import Loaded, Prepared
from remote_worker.failures import JobFailed
from remote_worker.items import Items
from remote_worker.job import read_job
from remote_worker.protocol import Row
from remote_worker.window import PictureReader, Streak, Window
from tests.worker.jobs import draw, make_job


def test_every_row_is_in_one_batch_and_no_batch_is_too_large() -> None:
    dice = np.random.default_rng(1)
    for budget in (1, 100, 4096):
        tokens = {row: int(dice.integers(1, 600)) for row in dice.permutation(300).tolist()}
        batches = plan(tokens, budget)
        assert sorted(row for batch in batches for row in batch) == list(range(300))
        for batch in batches:
            padded = max(tokens[row] for row in batch) * len(batch)
            assert padded <= budget or len(batch) == 1


def test_the_longest_come_first_and_little_is_padding() -> None:
    dice = np.random.default_rng(2)
    tokens = {row: int(dice.lognormal(3, 1)) + 1 for row in range(2000)}
    batches = plan(tokens, 4096)
    longest = [max(tokens[row] for row in batch) for batch in batches]
    assert longest == sorted(longest, reverse=True)
    assert sum(top * len(batch) for top, batch in zip(longest, batches, strict=True)) < 1.2 * sum(tokens.values())


def test_no_more_than_a_tenth_is_padding_however_the_lengths_lie() -> None:
    dice = np.random.default_rng(5)
    for _ in range(60):
        spread = dice.uniform(0.1, 2)
        tokens = {row: int(dice.lognormal(dice.uniform(1, 6), spread)) + 1 for row in range(int(dice.integers(1, 400)))}
        budget = int(dice.choice([300, 2048, 16384]))
        for batch in plan(tokens, budget):
            padded, real = max(tokens[row] for row in batch) * len(batch), sum(tokens[row] for row in batch)
            assert padded <= max(1.1 * real, 256)


def test_where_nothing_is_padded_a_batch_is_as_full_as_it_can_be() -> None:
    dice = np.random.default_rng(6)
    tokens = {row: int(dice.integers(1, 600)) for row in range(500)}
    batches = plan(tokens, 4096, pads=False)
    sizes = [sum(tokens[row] for row in batch) for batch in batches]
    assert max(sizes) <= 4096
    assert min(sizes[:-1]) > 4096 - 600
    assert sorted(row for batch in batches for row in batch) == list(range(500))


def test_no_rows_are_no_batches() -> None:
    assert plan({}, 100) == []
    assert plan({1: 0, 2: 0}, 1) == [[1, 2]]


class SmallMemory:
    """An encoder with room for so many tokens; a word is a token, a picture ten. It notes what it was given."""

    with_images = True
    window_rows = 1000
    picture_edge = 0

    def __init__(self, room: int, budget: int = 1000) -> None:
        self.room, self.budget_tokens = room, budget
        self.loaded = Loaded("cpu", "small", "", 2, {})
        self.batches: list[int] = []

    def prepare(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[Prepared]:
        return [
            Prepared(len(text.split()) + (10 if size else 0), text) for text, size in zip(texts, sizes, strict=True)
        ]

    def prepare_image(self, picture: Image.Image) -> Any:
        return picture.size

    def encode(self, batch: Sequence[Prepared], images: Sequence[Any]) -> np.ndarray:
        padded = max(one.tokens for one in batch) * len(batch)
        self.batches.append(padded)
        if padded > self.room:
            raise MemoryError
        angles = [len(one.content) + 100 * (image is not None) for one, image in zip(batch, images, strict=True)]
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def embedded(folder: Path, encoder: SmallMemory) -> tuple[list[int], list[bool], dict[int, tuple[str, bool]]]:
    job = read_job(folder)
    pictures = PictureReader(encoder)
    window = Window(list(range(job.shard_count)), job, Items(folder, job), encoder, pictures, Streak())
    settled, finished = [], []
    for rows in window.embed(lambda: None):
        settled += rows
        finished += list(window.finished())
    pictures.close()
    assert sorted(settled) == list(range(job.rows)), "each row is settled once"
    finished.sort(key=lambda shard: shard.shard)
    problems = {one.row: (one.problem, one.kept) for shard in finished for one in shard.skipped}
    rows = [int(row) for shard in finished for row in shard.rows]
    return rows, [bool(seen) for shard in finished for seen in shard.has_image], problems


def words(count: int) -> str:
    return " ".join(["w"] * count)


@pytest.mark.parametrize("room", [1000, 130, 40, 20])
def test_too_large_a_batch_is_halved_until_it_fits_and_nothing_is_lost(room: int, tmp_path: Path) -> None:
    folder = make_job(tmp_path, [Row(f"i{at}", words(1 + at % 20)) for at in range(60)], shard_rows=16)
    encoder = SmallMemory(room)
    rows, _, problems = embedded(folder, encoder)
    assert rows == list(range(60))
    assert problems == {}
    failures = [padded for padded in encoder.batches if padded > room]
    assert len(failures) <= 6, "it learns: it does not try the same size again and again"


def test_a_row_that_does_not_fit_alone_is_listed(tmp_path: Path) -> None:
    folder = make_job(tmp_path, [Row(f"i{at}", words(50 if at == 3 else 5)) for at in range(12)])
    rows, _, problems = embedded(folder, SmallMemory(room=30))
    assert rows == [row for row in range(12) if row != 3]
    assert problems == {3: ("too-long", False)}


def test_a_row_with_a_picture_that_does_not_fit_is_embedded_without_it(tmp_path: Path) -> None:
    folder = make_job(tmp_path, [Row("a", words(5), "a.png"), Row("b", "", "a.png"), Row("c", words(2))])
    draw(folder / "images" / "a.png")
    rows, seen, problems = embedded(folder, SmallMemory(room=8))
    assert rows == [0, 2]
    assert seen == [False, False]
    assert problems == {0: ("image-too-large", True), 1: ("image-too-large", False)}


def test_when_nothing_fits_any_more_it_is_not_the_rows(tmp_path: Path) -> None:
    folder = make_job(tmp_path, [Row(f"i{at}", words(5)) for at in range(100)])
    with pytest.raises(JobFailed, match="out-of-memory"):
        embedded(folder, SmallMemory(room=3))


def test_another_error_is_not_taken_for_a_lack_of_memory(tmp_path: Path) -> None:
    class Broken(SmallMemory):
        def encode(self, batch: Sequence[Prepared], images: Sequence[Any]) -> np.ndarray:
            raise RuntimeError("shapes do not match")

    folder = make_job(tmp_path, [Row("a", "word")])
    with pytest.raises(RuntimeError, match="shapes"):
        embedded(folder, Broken(room=100))


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(batching.time, "monotonic", lambda: self.now)


def test_the_time_left_goes_by_work_and_not_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long texts and pictures first: by rows it would be far off, by work it is right from early on."""
    clock = Clock(monkeypatch)
    costs = {"byte": 0.001, "picture": 0.5}
    batches = [(4, 4000, 4)] * 5 + [(8, 4000, 0)] * 5 + [(64, 1000, 1)] * 10 + [(100, 800, 0)] * 20
    seconds = [text * costs["byte"] + images * costs["picture"] for _, text, images in batches]
    pace = Pace(0, sum(text for _, text, _ in batches), sum(images for _, _, images in batches))
    for at, (rows, text, images) in enumerate(batches):
        clock.now += seconds[at]
        pace.add(rows, text, images)
        if at >= 5:  # both kinds of rows were seen
            assert pace.remaining_s == pytest.approx(sum(seconds[at + 1 :]), rel=0.05, abs=0.01)
    assert pace.remaining_s == 0
    assert pace.rows_done == sum(rows for rows, _, _ in batches)


def test_the_time_left_only_falls_when_the_work_is_skewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Window after window, each with its longest rows first: what a row costs grows with the square of its length."""
    clock = Clock(monkeypatch)
    dice = np.random.default_rng(7)
    batches = []
    for _ in range(6):
        rows = sorted((int(dice.lognormal(5, 1.2)) + 20, int(dice.random() < 0.2)) for _ in range(400))[::-1]
        batches += [rows[at : at + 20] for at in range(0, len(rows), 20)]
    flops = [sum(1e6 * size + 100.0 * size * size + 5e9 * image for size, image in batch) for batch in batches]
    left = sum(flops)
    pace = Pace(0, sum(one for batch in batches for one, _ in batch), sum(one for batch in batches for _, one in batch))
    by_time = []
    for batch, cost in zip(batches, flops, strict=True):
        clock.now += cost / 1e10 * dice.uniform(0.9, 1.1)
        left -= cost
        pace.add(len(batch), sum(size for size, _ in batch), sum(image for _, image in batch), cost)
        by_time.append((pace.remaining_s, left / 1e10))
    said = [one for one, _ in by_time[20:]]
    assert all(later <= earlier + 1e-9 for earlier, later in zip(said[::5], said[5::5], strict=False))
    assert all(one == pytest.approx(true, rel=0.25, abs=2) for one, true in by_time[20:])
    assert said[-1] == 0


def test_the_time_left_is_not_known_before_anything_like_it_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    pace = Pace(0, 1000, 5)
    assert pace.remaining_s == -1
    clock.now += 1
    pace.add(3, 500, 0)
    assert pace.remaining_s == -1
    clock.now += 1
    pace.add(2, 100, 2)
    assert pace.remaining_s > 0


def test_the_speed_is_that_of_the_last_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    pace = Pace(500, 10_000, 0)
    assert pace.rows_per_s == 0
    for rows in [10] * 60 + [2] * 40:
        clock.now += 1
        pace.add(rows, rows, 0)
    assert pace.rows_per_s == pytest.approx(2)
    assert pace.rows_done == 500 + 680
