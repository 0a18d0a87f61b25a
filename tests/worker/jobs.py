"""Job folders for the tests: made, carried out by the real worker, and read back."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from remote_worker.job import run_job
from remote_worker.protocol import (
    EVENTS_FILE,
    IMAGES_DIR,
    ITEMS_FILE,
    JOB_FILE,
    PRACTICE,
    SHARD_INDEX,
    JobSpec,
    ModelSpec,
    Row,
    ShardEntry,
    WorkerEvent,
    parse_event,
    parse_shard,
    to_line,
)

ROOT = Path(__file__).resolve().parents[2]
WORDS = [
    "삼각형",
    "넓이",
    "함수",
    "방정식",
    "정답",
    "the",
    "area",
    "of",
    "triangle",
    "speed",
    "vector",
    "treaty",
    "river",
]


def text(number: int) -> str:
    """A text of its own for every number, from two words to sixty."""
    rng = np.random.default_rng(number)
    return f"{number} " + " ".join(rng.choice(WORDS, rng.integers(1, 60)))


def draw(path: Path, seed: int = 0, size: tuple[int, int] = (160, 120)) -> Path:
    """A drawing in black and one colour on white."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    for _ in range(4):
        x, y, side = (int(rng.integers(0, edge // 2)) for edge in (*size, min(size)))
        pen.rectangle((x, y, x + side, y + side), outline=tuple(int(c) for c in rng.integers(0, 200, 3)), width=3)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return path


def make_job(
    folder: Path,
    rows: Iterable[Row | bytes],
    model: ModelSpec | None = None,
    shard_rows: int = 5,
    done_shards: tuple[int, ...] = (),
) -> Path:
    """``rows`` may hold lines that are no rows."""
    (folder / IMAGES_DIR).mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, bytes) else to_line(row) for row in rows]
    (folder / ITEMS_FILE).write_bytes(b"".join(lines))
    job = JobSpec("job", model or ModelSpec(PRACTICE), len(lines), shard_rows, done_shards)
    (folder / JOB_FILE).write_bytes(to_line(job))
    return folder


def texts(count: int) -> list[Row]:
    return [Row(f"item-{number}", text(number)) for number in range(count)]


def carry_out(folder: Path) -> int:
    """The job in this process; returns the exit code."""
    return run_job(folder, threading.Event())


def start(folder: Path, **environment: str) -> subprocess.Popen[bytes]:
    """The worker as its own process, as a machine starts it."""
    log = (folder / "worker.log").open("ab")
    command = [sys.executable, "-m", "remote_worker", str(folder)]
    with log:
        return subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )


def wait_for(folder: Path, kind: str, process: subprocess.Popen[bytes], count: int = 1) -> None:
    """Until that many events of a kind were written, or the worker has ended."""
    while process.poll() is None:
        if sum(event.kind == kind for event in events(folder)) >= count:
            return
        time.sleep(0.02)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def events(folder: Path, kind: str = "") -> list[WorkerEvent]:
    """All whole lines, parsed."""
    if not (folder / EVENTS_FILE).exists():
        return []
    lines = (folder / EVENTS_FILE).read_bytes().split(b"\n")[:-1]
    return [event for event in map(parse_event, lines) if kind in ("", event.kind)]


@dataclass
class Result:
    """What the shards hold, joined in the order of the shards' numbers."""

    entries: list[ShardEntry]
    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    has_image: NDArray[np.bool_]

    @property
    def problems(self) -> dict[int, tuple[str, bool]]:
        return {one.row: (one.problem, one.kept) for entry in self.entries for one in entry.skipped}


def result(folder: Path) -> Result:
    """Checks every promise of the layout on the way."""
    lines = (folder / SHARD_INDEX).read_bytes().split(b"\n")
    assert lines.pop() == b""
    entries = sorted((parse_shard(line) for line in lines), key=lambda entry: entry.shard)
    assert len({entry.shard for entry in entries}) == len(entries)
    parts = []
    for entry in entries:
        content = (folder / entry.file).read_bytes()
        assert entry.size_bytes == len(content)
        assert entry.sha256 == hashlib.sha256(content).hexdigest()
        with np.load(folder / entry.file, allow_pickle=False) as shard:
            assert sorted(shard.files) == ["has_image", "rows", "vectors"]
            part = (shard["rows"], shard["vectors"], shard["has_image"])
        assert [one.dtype for one in part] == [np.int64, np.float32, np.bool_]
        assert {len(one) for one in part} == {entry.rows}
        assert part[1].shape == (entry.rows, entry.dimensions)
        parts.append(part)
    return Result(entries, *(np.concatenate(column) for column in zip(*parts, strict=True)))


def cosines(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each row of one with the same row of the other."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.einsum("ij,ij->i", one, other) / lengths
