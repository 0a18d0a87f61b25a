"""Killed at any instant, any number of times, with what a power cut does to files besides: nothing is lost or doubled.

Each schedule is a seeded walk. The worker runs in a forked process that kills itself at a line of its own code, drawn
by lot, so that every instant between two lines has its turn; the model costs nothing.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import remote_worker
from remote_worker.job import run_job
from remote_worker.protocol import SHARD_INDEX, ModelSpec, Row
from tests.worker import stub
from tests.worker.jobs import events, make_job, result, text

PACKAGE = str(Path(remote_worker.__file__).parent)
SCHEDULES = 36
LOTS = 4
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def rows(dice: random.Random) -> list[Row]:
    """From none to a few windows of them; some alike, some empty."""
    count = dice.choice([1, 2, 7, 40, 90])
    return [Row(f"i{at}", " " if dice.random() < 0.05 else text(dice.randrange(200))) for at in range(count)]


def forked(folder: Path, die_at: int | None) -> tuple[int, int]:
    """The worker in a process of its own, killed at that line of the package: exit status, and lines if it ended."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            os.close(ear)
            lines = _count_lines(die_at)
            code = run_job(folder, threading.Event(), stub.StubEncoder)
            os.write(mouth, str(lines()).encode())
        except BaseException:  # noqa: BLE001 - nothing of the test itself may go on in here
            traceback.print_exc()
        os._exit(code)
    os.close(mouth)
    with os.fdopen(ear, "rb") as said:
        count = int(said.read() or 0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), count


def _count_lines(die_at: int | None) -> Callable[[], int]:
    count = 0

    def line(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            count += 1
            if count == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    threading.settrace(line)
    sys.settrace(line)
    return lambda: count


def cut(path: Path, most: int, dice: random.Random) -> None:
    """The end of a file that was not yet on the disk."""
    size = path.stat().st_size
    os.truncate(path, max(0, size - dice.randrange(1, most)))


def power_cut(folder: Path, dice: random.Random) -> None:
    """What may be lost of what was written last, and what may lie there instead."""
    shards = sorted((folder / "shards").glob("*.npz"), key=lambda path: path.stat().st_mtime_ns)
    match dice.randrange(5):
        case 0 if shards:
            cut(shards[-1], 400, dice)
        case 1 if (folder / SHARD_INDEX).exists():
            cut(folder / SHARD_INDEX, 300, dice)
        case 2 if (folder / "events.jsonl").exists():
            cut(folder / "events.jsonl", 100, dice)
        case 3 if shards:
            shards[-1].write_bytes(bytes(shards[-1].stat().st_size))
        case _:
            pass


@pytest.mark.parametrize("lot", range(LOTS))
def test_killed_at_any_line_again_and_again_each_row_is_made_once_in_order(lot: int, tmp_path: Path) -> None:
    killed = 0
    for number in range(lot, SCHEDULES, LOTS):
        dice = random.Random(number)
        given = rows(dice)
        model = ModelSpec("stub")
        folder = make_job(tmp_path / f"{number}", given, model, dice.choice([1, 3, 8, 50]))
        code, lines = forked(make_job(tmp_path / f"{number}-whole", given, model, 8), None)
        assert code == 0
        for _ in range(dice.randrange(1, 6)):
            code, _ = forked(folder, dice.randrange(1, int(1.2 * lines)))
            assert code in (0, -signal.SIGKILL)
            killed += code != 0
            power_cut(folder, dice)
        assert forked(folder, None)[0] == 0
        got, expected = result(folder), result(tmp_path / f"{number}-whole")
        assert got.rows.tolist() == expected.rows.tolist(), number
        assert np.array_equal(got.vectors, expected.vectors), number
        assert got.problems == expected.problems, number
        assert not list((folder / "shards").glob("*.part"))
        assert events(folder)[-1].kind == "done"
    assert killed > 10, "hardly a kill hit a living worker"
