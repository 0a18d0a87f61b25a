"""A window embeds each kind of row once, keeps the device busy, and gives every row its vector or its reason."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remote_worker.encoder import Encoder, Loaded, Prepared, load_encoder
from remote_worker.images import PictureReader
from remote_worker.items import Items
from remote_worker.job import read_job
from remote_worker.protocol import ModelSpec, Row
from remote_worker.window import FinishedShard, Streak, Window
from remote_worker.workbench import Workbench
from tests.worker.jobs import cosines, draw, make_job, text


class Counting:
    """An encoder that notes what it is given; its vectors tell texts apart."""

    with_images = True
    window_rows = 1000
    picture_edge = 0
    budget_tokens = 50

    def __init__(self, room: int = 10_000) -> None:
        self.room = room
        self.loaded = Loaded("cpu", "counting", "", 2, {})
        self.seen: list[tuple[str, Any]] = []

    def prepare(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[Prepared]:
        return [Prepared(len(one.split()) + (9 if size else 0), one) for one, size in zip(texts, sizes, strict=True)]

    def prepare_image(self, picture: Any) -> Any:
        return picture.getpixel((0, 0))

    def encode(self, batch: Sequence[Prepared], images: Sequence[Any]) -> np.ndarray:
        if sum(one.tokens for one in batch) > self.room:
            raise MemoryError
        rows = [(one.content, image) for one, image in zip(batch, images, strict=True)]
        self.seen += rows
        angles = [sum(map(ord, content)) + sum(image or ()) for content, image in rows]
        vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
        vectors[[content == "bad" for content, _ in rows]] = np.nan
        return vectors


def windows(folder: Path, encoder: Encoder, shards_each: int = 99) -> Iterator[FinishedShard]:
    """All shards of a job, in windows of so many."""
    job = read_job(folder)
    items, pictures, streak, bench = Items(folder, job), PictureReader(encoder), Streak(), Workbench(encoder)
    shards = list(range(job.shard_count))
    for first in range(0, len(shards), shards_each):
        window = Window(shards[first : first + shards_each], job, items, encoder, pictures, streak, bench)
        for _ in window.embed(lambda: None):
            yield from window.finished()
    pictures.close()


def test_rows_that_are_the_same_are_embedded_once_within_and_across_windows(tmp_path: Path) -> None:
    folder = make_job(tmp_path, [Row(f"i{at}", f"text {at % 4}") for at in range(40)], shard_rows=10)
    for shards_each in (4, 1):
        encoder = Counting()
        shards = sorted(windows(folder, encoder, shards_each), key=lambda one: one.shard)
        assert sorted(content for content, _ in encoder.seen) == [f"text {at}" for at in range(4)]
        vectors = np.concatenate([one.vectors for one in shards])
        assert len(vectors) == 40
        assert all((vectors[at] == vectors[at % 4]).all() for at in range(40))
        assert len({vector.tobytes() for vector in vectors}) == 4


def test_a_picture_is_the_same_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    rows = [Row("a", "t", "one.png"), Row("b", "t", "copy.png"), Row("c", "t", "other.png"), Row("d", "t")]
    folder = make_job(tmp_path, rows)
    one = draw(folder / "images" / "one.png", 1, (40, 40))
    shutil.copy(one, folder / "images" / "copy.png")
    draw(folder / "images" / "other.png", 2, (40, 60))
    encoder = Counting()
    (shard,) = windows(folder, encoder)
    assert len(encoder.seen) == 3
    assert shard.has_image.tolist() == [True, True, True, False]


def test_what_is_wrong_with_a_row_is_said_of_each_like_it(tmp_path: Path) -> None:
    rows = [Row(f"i{at}", "bad" if at % 2 else "good") for at in range(6)]
    rows += [Row(f"p{at}", "seen", "cut.png") for at in range(3)] + [Row("q", "", "cut.png")]
    folder = make_job(tmp_path, rows, shard_rows=4)
    whole = draw(folder / "images" / "cut.png", 1, (300, 300)).read_bytes()
    (folder / "images" / "cut.png").write_bytes(whole[: len(whole) // 2])
    encoder = Counting()
    shards = list(windows(folder, encoder))
    problems = {one.row: (one.problem, one.kept) for shard in shards for one in shard.skipped}
    expected = dict.fromkeys((1, 3, 5), ("bad-vector", False)) | dict.fromkeys((6, 7, 8), ("image-cut-off", True))
    assert problems == expected | {9: ("image-cut-off", False)}
    assert sorted(int(row) for shard in shards for row in shard.rows) == [0, 2, 4, 6, 7, 8]


def test_rows_alike_that_do_not_fit_are_each_listed(tmp_path: Path) -> None:
    rows = [Row(f"i{at}", "w " * (30 if at % 3 else 2)) for at in range(9)]
    folder = make_job(tmp_path, rows)
    shards = list(windows(folder, Counting(room=20)))
    assert sorted(one.row for shard in shards for one in shard.skipped) == [1, 2, 4, 5, 7, 8]
    assert sorted(int(row) for shard in shards for row in shard.rows) == [0, 3, 6]


class Flight:
    """On its way until somebody asks for it."""

    busy_s, idle_s = 2.0, 0.5

    def __init__(self, log: list[str], vectors: np.ndarray) -> None:
        self._log, self._vectors = log, vectors
        self._number = sum(one.startswith("launched") for one in log)
        log.append(f"launched {self._number}")

    def landed(self) -> bool:
        return False

    def vectors(self) -> np.ndarray:
        self._log.append(f"asked for {self._number}")
        return self._vectors


class Pretended(Counting):
    """A pretended GPU: it computes beside the program."""

    pads = False
    meter = None

    def __init__(self, room: int = 10_000) -> None:
        super().__init__(room)
        self.log: list[str] = []

    def launch(self, batch: Sequence[Prepared], images: Sequence[Any]) -> Flight:
        return Flight(self.log, self.encode(batch, images))


def test_the_next_batch_is_launched_before_the_last_one_is_waited_for(tmp_path: Path) -> None:
    encoder = Pretended()
    folder = make_job(tmp_path, [Row(f"i{at}", f"text {at} " * 10) for at in range(8)])
    job = read_job(folder)
    bench = Workbench(encoder)
    window = Window(list(range(2)), job, Items(folder, job), encoder, PictureReader(encoder), Streak(), bench)
    settled = [row for rows in window.embed(lambda: None) for row in rows]
    assert sorted(settled) == list(range(8))
    assert encoder.log[:4] == ["launched 0", "launched 1", "asked for 0", "launched 2"]
    batches = sum(one.startswith("asked") for one in encoder.log)
    spent = bench.spent()
    assert (spent.busy_s, spent.idle_s) == (2.0 * batches, 0.5 * (batches - 1)), (
        "before the first nothing was waited for"
    )
    assert bench.spent().busy_s == 0


def test_a_lack_of_memory_while_another_batch_is_under_way_loses_neither(tmp_path: Path) -> None:
    folder = make_job(tmp_path, [Row(f"i{at}", f"{at} " * (1 + at % 12)) for at in range(50)], shard_rows=7)
    encoder = Pretended(room=30)
    rows = [int(row) for shard in windows(folder, encoder) for row in shard.rows]
    assert sorted(rows) == list(range(50))


@pytest.mark.parametrize("seed", range(3))
def test_any_rows_in_any_shards_get_the_vectors_that_they_get_alone(
    seed: int, tiny_qwen3_vl: Path, tmp_path: Path
) -> None:
    dice = np.random.default_rng(seed)
    encoder = load_encoder(ModelSpec(str(tiny_qwen3_vl), precision="fp32"))
    encoder.pads = bool(dice.integers(2))
    encoder.budget_tokens = int(dice.choice([1, 60, 500, 5000]))
    sizes = [(96, 64), (64, 96), (160, 120)]
    rows = [
        Row(f"i{at}", text(int(dice.integers(12))), f"{dice.integers(3)}.png" if dice.random() < 0.4 else "")
        for at in range(int(dice.integers(5, 40)))
    ]
    folder = make_job(tmp_path, rows, ModelSpec(str(tiny_qwen3_vl)), int(dice.integers(1, 20)))
    for at, size in enumerate(sizes):
        draw(folder / "images" / f"{at}.png", at, size)
    shards = sorted(windows(folder, encoder, int(dice.integers(1, 5))), key=lambda one: one.shard)
    assert [int(row) for shard in shards for row in shard.rows] == list(range(len(rows)))
    assert [bool(seen) for shard in shards for seen in shard.has_image] == [bool(row.image) for row in rows]
    from remote_worker.images import read_picture

    encoder.pads = True
    alone = []
    for row in rows:
        picture = read_picture(folder / "images" / row.image) if row.image else None
        prepared = encoder.prepare([row.text], [picture and picture.size])
        alone.append(encoder.encode(prepared, [picture and encoder.prepare_image(picture)])[0])
    assert cosines(np.concatenate([shard.vectors for shard in shards]), np.array(alone)).min() >= 0.99999
