"""The memory of a time series is that of its model and one batch, whatever the output lengths: below 2 GB for GPT-2.

Its weights take 0.5 GB in fp32, the libraries as much. What comes on top does not grow with its layers, of which the
model here has one. Measured by the system, in a process whose freed memory goes back at once.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from remote_worker.encoder import Encoder, load_encoder
from remote_worker.job import run_job
from remote_worker.protocol import ModelSpec
from tests.worker import jobs, tiny
from tests.worker.test_series import make, series, table

MOST_BYTES = 170_000_000
LENGTHS = (24, 36, 48, 96, 192)
HISTORY = 96
RESET = Path("/proc/self/clear_refs")
AT_ONCE = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


@pytest.mark.skipif(not RESET.exists(), reason="only Linux tells how much memory a process had at most")
def test_memory_stays_flat_over_the_output_lengths(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.worker.test_series_memory", str(tmp_path)]
    ran = subprocess.run(command, cwd=jobs.ROOT, env=os.environ | AT_ONCE, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    peaks = json.loads(ran.stdout.splitlines()[-1])
    assert max(peaks.values()) < MOST_BYTES, peaks


def measure(folder: Path) -> dict[str, int]:
    """By output lengths, the most bytes beside the loaded model."""
    model = tiny.gpt2(folder / "gpt2", positions=2048, n_embd=768, n_head=12, n_layer=1)
    encoder: Encoder = load_encoder(ModelSpec(str(model), recipe="series"))
    gc.collect()
    before = memory_bytes("VmRSS")
    peaks = {}
    for lengths in (LENGTHS[:1], LENGTHS):
        of = series(
            variables=("a",), table_rows=HISTORY + max(LENGTHS), history=HISTORY, output_lengths=lengths, stride=300
        )
        job = make(folder / str(len(lengths)), model, of, table(of.table_rows, largest=99, variables=1))
        RESET.write_text("5")
        assert run_job(job, threading.Event(), load=lambda _: encoder) == 0
        peaks[str(lengths)] = memory_bytes("VmHWM") - before
    return peaks


def memory_bytes(name: str) -> int:
    """Of this process, as ``/proc/self/status`` calls it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
