"""One card: its process is begun again when it fails or hangs in the driver; the job ends where that does not help."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from remote_worker.fleet import Fleet
from remote_worker.job import run_job
from remote_worker.protocol import ModelSpec, Row, WorkerEvent
from tests.worker import stub, tiny
from tests.worker.jobs import events, make_job, result, start, text, texts
from tests.worker.test_series import make, series, table

ROWS, SHARD_ROWS, POISONED = 40, 4, 21
SOON = {"loading": 4.0, "checking": 2.0, "embedding": 2.0, "leaving": 2.0}


@pytest.fixture(autouse=True)
def one_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that tells of one card, and a watch that soon loses patience."""
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\ncase \"$*\" in *compute_cap*) echo 'GPU-0, RTX 4090, 24000, 0, 8.9' ;; esac\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=":")
    monkeypatch.delenv("EMBARK_PROCESSES")
    monkeypatch.setattr(Fleet, "silence_s", SOON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "job"


def carry_out(folder: Path, model: Path, says: str) -> int:
    rows = texts(ROWS)
    rows[POISONED] = Row(f"item-{POISONED}", f"poison {text(POISONED)}")
    spec = ModelSpec(str(model), instruction=says, revision=str(folder.with_name("mark")))
    return run_job(make_job(folder, rows, spec, SHARD_ROWS), threading.Event(), stub.StubEncoder, stub.MODULE)


def made(folder: Path) -> set[int]:
    return {event.shard.shard for event in events(folder, "shard") if event.shard}


def notices(folder: Path) -> list[tuple[str, str]]:
    return [(event.notice, event.detail) for event in events(folder, "notice")]


def failed(folder: Path) -> WorkerEvent:
    last = events(folder)[-1]
    assert (last.kind, last.failure) == ("failed", "gpu-unusable")
    return last


def whole(folder: Path) -> None:
    got = result(folder)
    assert got.rows.tolist() == list(range(ROWS))
    others = [row for row in range(ROWS) if row != POISONED]
    assert np.array_equal(got.vectors[others], np.stack([stub.vector(text(row)) for row in others]))
    progress = events(folder, "progress")
    assert max(event.rows_done for event in progress) == progress[-1].rows_done == ROWS, "no row is counted twice"


@pytest.mark.parametrize("where", ["hangs-loading", "hangs-checking", "hangs"])
def test_a_process_that_hangs_is_begun_again(where: str, folder: Path, tiny_qwen3: Path) -> None:
    assert carry_out(folder, tiny_qwen3, f"{where} one") == 0
    whole(folder)
    ((notice, detail),) = notices(folder)
    assert notice == "process-died"
    phase = {"hangs-loading": "loading", "hangs-checking": "checking", "hangs": "embedding"}[where]
    assert detail == f"RTX 4090 has not answered for 1 min ({phase})"
    assert len(events(folder, "golden")) == 1


@pytest.mark.parametrize("where", ["hangs-loading", "hangs-checking", "hangs"])
def test_a_card_that_hangs_again_ends_the_job_and_leaves_what_is_made(
    where: str, folder: Path, tiny_qwen3: Path
) -> None:
    assert carry_out(folder, tiny_qwen3, where) == 1
    assert "has not answered for" in failed(folder).detail
    assert len(notices(folder)) == 1, "it takes long to find out"
    assert POISONED // SHARD_ROWS not in made(folder)
    assert not list(folder.rglob("*.part"))
    if made(folder):
        assert {entry.shard for entry in result(folder).entries} == made(folder)


def test_an_error_of_the_card_is_met_by_another_process(folder: Path, tiny_qwen3: Path) -> None:
    assert carry_out(folder, tiny_qwen3, "faulty one") == 0
    whole(folder)
    assert notices(folder) == [("process-died", "CUDA error: an illegal memory access was encountered")]


def test_an_error_that_every_process_meets_ends_the_job_in_the_drivers_words(folder: Path, tiny_qwen3: Path) -> None:
    assert carry_out(folder, tiny_qwen3, "faulty") == 1
    assert "CUDA error: an illegal memory access was encountered" in failed(folder).detail
    assert "TORCH_USE" not in failed(folder).detail


def test_where_the_card_is_gone_afterwards_the_processor_does_not_take_its_place(
    folder: Path, tiny_qwen3: Path
) -> None:
    assert carry_out(folder, tiny_qwen3, "faulty lost-card") == 1
    assert failed(folder).detail == "CUDA error: an illegal memory access was encountered"
    assert [notice for notice, _ in notices(folder)] == ["process-died"]


def test_what_no_other_process_would_mend_ends_the_job_at_once(tmp_path: Path, folder: Path) -> None:
    model = tiny.qwen3(tmp_path / "model")
    (model / "tokenizer.json").write_text("{")
    assert start(make_job(folder, texts(3), ModelSpec(str(model)))).wait() == 1
    assert events(folder)[-1].failure == "model-unusable"
    assert notices(folder) == []


def test_asked_to_stop_it_ends_in_time_and_goes_on_later(folder: Path, tiny_qwen3: Path) -> None:
    make_job(folder, texts(200), ModelSpec(str(tiny_qwen3)), SHARD_ROWS)
    process = start(folder)
    while process.poll() is None and not made(folder):
        time.sleep(0.01)
    began = time.monotonic()
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 0
    assert time.monotonic() - began < 20, "what a machine that is taken away grants"
    assert start(folder).wait() == 0
    assert result(folder).rows.tolist() == list(range(200))


def test_a_time_series_is_made_there_too(gpt2: Path, tmp_path: Path) -> None:
    of = series()
    folder = make(tmp_path / "job", gpt2, of, table())
    assert start(folder).wait(120) == 0
    assert result(folder).rows.tolist() == list(range(of.rows))
    assert len(events(folder, "golden")) == 1
