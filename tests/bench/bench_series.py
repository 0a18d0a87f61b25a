"""A time series with a GPT-2 of random weights: prompts a second and memory, of the worker and of TimeKD's own step.

    .venv-worker/bin/python -m tests.bench series

TimeKD's step as its users run it: one prompt after the other, eager attention, all attention maps and hidden states
kept, and the states of all tokens held until their window is done. Each way and each choice of output lengths has a
process of its own, whose memory the system measures, libraries and weights included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import torch

from remote_worker.embedding import embed
from remote_worker.encoder import load_encoder
from remote_worker.items import open_items
from remote_worker.job import read_job
from remote_worker.prompts import Series, Table
from tests.bench.bench_engine import Desk
from tests.worker import jobs, tiny
from tests.worker.test_series import Original, make, series, table
from tests.worker.test_series_memory import AT_ONCE, HISTORY, LENGTHS, memory_bytes

EMBARK, ORIGINAL = "Embark", "TimeKD's own step"
APART = 200  # rows, of three windows
SHARD_ROWS = 100


def run() -> Iterator[str]:
    yield "| output lengths | way | prompts/s | against TimeKD's | most memory |"
    yield "| --- | --- | --- | --- | --- |"
    with tempfile.TemporaryDirectory() as folder:
        model = tiny.gpt2(Path(folder) / "gpt2", n_embd=768, n_head=12, n_layer=12)
        for lengths in (LENGTHS[:1], LENGTHS[-1:], LENGTHS):
            original, ours = (_alone(model, Path(folder), way, lengths) for way in (ORIGINAL, EMBARK))
            for way, one in ((EMBARK, ours), (ORIGINAL, original)):
                ratio = one["prompts_per_s"] / original["prompts_per_s"]
                figures = f"{one['prompts_per_s']:.1f} | {ratio:.1f} | {one['bytes'] / 1e9:.2f} GB"
                yield f"| {', '.join(map(str, lengths))} | {way} | {figures} |"


def _alone(model: Path, folder: Path, way: str, lengths: tuple[int, ...]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.bench_series", str(model), str(folder), way, *map(str, lengths)]
    ran = subprocess.run(command, cwd=jobs.ROOT, env=os.environ | AT_ONCE, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    measured: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return measured


def _measured(model: Path, folder: Path, way: str, lengths: tuple[int, ...]) -> dict[str, Any]:
    """Three windows of two variables, of each length."""
    rows = HISTORY + max(LENGTHS) + 2 * APART
    of = series(table_rows=rows, history=HISTORY, output_lengths=lengths, stride=APART)
    numbers = table(rows, largest=99)
    job = make(folder / f"{len(lengths)} of {lengths[0]}", model, of, numbers, SHARD_ROWS)
    work = _embark(job) if way == EMBARK else _original(model, of, numbers)
    began = time.monotonic()
    work()
    return {"prompts_per_s": of.rows / (time.monotonic() - began), "bytes": memory_bytes("VmHWM")}


def _embark(folder: Path) -> Callable[[], None]:
    job = read_job(folder)
    encoder, items = load_encoder(job.model), open_items(folder, job)
    return lambda: embed(encoder, job, items, Desk(job.shard_count))


def _original(model: Path, of: Series, numbers: Table) -> Callable[[], None]:
    original = Original(model)

    def work() -> None:
        for _, window in groupby(range(of.rows), key=lambda row: of.place(row).window):
            held = []
            for place in map(of.place, window):
                ids = original.tokenizer.encode(of.prompt(numbers, place))
                last = of.prompt(numbers, replace(place, variable=len(of.variables) - 1))
                kept = {"output_attentions": True, "output_hidden_states": True}
                with torch.no_grad():
                    made = original.model(
                        torch.tensor([ids]), attention_mask=original.mask(len(ids), last, causal=True), **kept
                    )
                held.append(made.last_hidden_state)

    return work


if __name__ == "__main__":
    print(json.dumps(_measured(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], tuple(map(int, sys.argv[4:])))))
