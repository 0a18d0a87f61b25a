"""Asked to stop, the worker finishes the shards that it can still finish, and begins nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from remote_worker.embedding import Halt, Stopped
from remote_worker.images import PictureReader
from remote_worker.items import Items
from remote_worker.job import read_job, run_job
from remote_worker.protocol import ModelSpec, Row
from remote_worker.window import Streak, Window
from tests.worker import stub
from tests.worker.jobs import events, make_job, result, text

SHARDS = 8
ROWS = 5  # of a shard


def window(folder: Path) -> Window:
    """Shards of equal work but one, which is small: by length alone they would all end together."""
    rows = [Row(f"i{at}", text(at) if at // ROWS != 5 else f"{at}") for at in range(SHARDS * ROWS)]
    rows[7] = Row("i7", rows[31].text)  # the same as one of another shard
    make_job(folder, rows, ModelSpec("stub"), ROWS)
    job, encoder = read_job(folder), stub.StubEncoder(ModelSpec("stub"))
    return Window(list(range(SHARDS)), job, Items(folder, job), encoder, PictureReader(encoder), Streak())


def finished(one: Window, check: Callable[[], float | None]) -> list[int]:
    """Numbers of the shards in the order of their end."""
    return [shard.shard for _ in one.embed(check) for shard in one.finished()]


def after(batches: int, left_s: float) -> Callable[[], float | None]:
    checks = 0

    def check() -> float | None:
        nonlocal checks
        checks += 1
        time.sleep(0.001)
        return left_s if checks > batches else None

    return check


def test_with_time_enough_the_nearest_shard_is_finished_first(tmp_path: Path) -> None:
    one = window(tmp_path)
    order = finished(one, after(3, 1e6))
    assert order[0] == 5
    assert sorted(order) == list(range(SHARDS))
    assert not one.unfinished


def test_without_time_nothing_more_is_begun(tmp_path: Path) -> None:
    one = window(tmp_path)
    assert finished(one, after(3, 1e-9)) == []
    assert one.unfinished


def test_it_ends_when_the_time_is_over(tmp_path: Path) -> None:
    one = window(tmp_path)
    checks = 0

    def check() -> float | None:
        nonlocal checks
        checks += 1
        if checks > 6:
            raise Stopped
        return None if checks < 3 else 1e6

    with pytest.raises(Stopped):
        finished(one, check)


def test_nobody_asked_and_there_is_no_hurry() -> None:
    asked = threading.Event()
    halt = Halt(asked)
    assert halt.left_s() is None
    halt.obey()
    asked.set()
    left = halt.left_s()
    assert left is not None
    assert 0 < left < 20, "a machine that is taken away, or a person, does not wait for long"
    with pytest.raises(Stopped):
        halt.obey()


def test_what_is_under_way_when_it_is_stopped_counts_and_is_not_made_again(tmp_path: Path) -> None:
    """All shards are in one window, which by length alone would end at once and at the end."""
    folder = make_job(
        tmp_path, [Row(f"i{at}", text(at)) for at in range(200)], ModelSpec("stub", instruction="slow"), 40
    )
    stop = threading.Event()
    worker = threading.Thread(target=run_job, args=(folder, stop, stub.StubEncoder))
    worker.start()
    while worker.is_alive() and not events(folder, "shard"):
        time.sleep(0.005)
    stop.set()
    worker.join(30)
    assert not worker.is_alive()
    kept = [event.shard.shard for event in events(folder, "shard") if event.shard]
    assert 2 <= len(kept) < 5, "the shard under way is finished, and no other begun"
    assert events(folder)[-1].kind != "done"
    assert run_job(folder, threading.Event(), stub.StubEncoder) == 0
    assert result(folder).rows.tolist() == list(range(200))
