"""A job from its files to its shards and events."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from remote_worker.protocol import EVENTS_FILE, ModelSpec, Row, parse_event
from remote_worker.reporter import Reporter, Sampler
from tests.worker.jobs import ROOT, carry_out, cosines, draw, events, make_job, result, start, text, texts


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice job of 12 rows, every third with a picture, carried out by the worker's own process."""
    folder = tmp_path_factory.mktemp("job")
    make_job(folder, [Row(f"문항-{at}", text(at), "" if at % 3 else f"그림/{at}.png") for at in range(12)])
    for at in range(0, 12, 3):
        draw(folder / "images" / "그림" / f"{at}.png", at)
    process = start(folder)
    assert process.wait() == 0, (folder / "worker.log").read_text()
    return folder


def test_every_row_has_one_vector_in_input_order(done: Path) -> None:
    got = result(done)
    assert [entry.rows for entry in got.entries] == [5, 5, 2]
    assert [entry.file for entry in got.entries] == [f"shards/{shard:05d}.npz" for shard in range(3)]
    assert got.rows.tolist() == list(range(12))
    assert np.flatnonzero(got.has_image).tolist() == [0, 3, 6, 9]
    assert np.abs(np.linalg.norm(got.vectors, axis=1) - 1).max() < 1e-5
    assert got.problems == {}


def test_nothing_else_stays_in_the_folder(done: Path) -> None:
    names = {path.name for path in done.iterdir()}
    assert names == {"job.json", "items.jsonl", "images", "events.jsonl", "shards", "worker.log"}
    shards = {path.name for path in (done / "shards").iterdir()}
    assert shards == {"00000.npz", "00001.npz", "00002.npz", "index.jsonl", "recipe.json"}


def test_events_tell_the_whole_story(done: Path) -> None:
    for line in (done / EVENTS_FILE).read_bytes().splitlines():
        event = parse_event(line)
        assert datetime.fromisoformat(event.at).utcoffset() == timedelta(0)
    kinds = [event.kind for event in events(done) if event.kind != "sample"]
    assert kinds[:4] == ["started", "loading", "loaded", "progress"]
    assert kinds[-1] == "done"
    assert kinds.count("shard") == 3
    assert [event.shard for event in events(done, "shard")] == result(done).entries
    progress = events(done, "progress")
    assert [event.rows_done for event in progress] == sorted(event.rows_done for event in progress)
    assert {event.rows_total for event in progress} == {12}
    assert progress[-1].rows_done == 12
    assert progress[-1].remaining_s == 0


def test_loaded_says_all_that_the_manifest_needs(done: Path) -> None:
    (loaded,) = events(done, "loaded")
    assert loaded.device == "cpu"
    assert loaded.model.startswith("practice-")
    assert loaded.dimensions == 1792 == result(done).vectors.shape[1]
    assert loaded.load_s > 0
    assert {"name", "pooling", "template", "instruction", "precision", "pixels", "versions"} <= loaded.recipe.keys()
    assert loaded.recipe["versions"]["torch"]


def test_samples_show_the_machine(tmp_path: Path) -> None:
    with Reporter(tmp_path) as reporter, Sampler(reporter, tmp_path):
        while not (samples := events(tmp_path, "sample")):
            time.sleep(0.1)
    for sample in samples:
        assert 0 < sample.memory_used_bytes < sample.memory_total_bytes
        assert 0 < sample.disk_free_bytes <= sample.disk_total_bytes
        assert 0 <= sample.utilisation <= 1


def test_samples_show_all_cards_together_and_the_most_that_was_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a driver's tool that says what three cards do, of which two are ours; one does not tell its power."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text(
        "#!/bin/sh\n"
        f"if [ -e {tmp_path}/later ]; then used=200; else used=1000; touch {tmp_path}/later; fi\n"
        'echo "0, GPU-a, $used, 24000, 90, 300.5, 71"\n'
        'echo "1, GPU-b, 3000, 24000, 50, [N/A], 64"\n'
        'echo "2, GPU-c, 9999, 24000, 10, 10, 90"\n'
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with Reporter(tmp_path) as reporter, Sampler(reporter, tmp_path) as sampler:
        sampler.watch_gpu("GPU-a,GPU-b")
        while len(samples := events(tmp_path, "sample")) < 2:
            time.sleep(0.1)
    first, second = samples[:2]
    assert (first.vram_used_bytes, second.vram_used_bytes) == (4000 << 20, 3200 << 20)
    assert (first.vram_peak_bytes, second.vram_peak_bytes) == (4000 << 20, 4000 << 20)
    assert {one.vram_total_bytes for one in samples} == {48000 << 20}
    assert (first.utilisation, first.power_w, first.temperature_c) == (0.5, 300.5, 71), "the idlest, all, the hottest"


def test_a_job_without_rows_is_done_at_once(tmp_path: Path) -> None:
    folder = make_job(tmp_path, [])
    assert carry_out(folder) == 0
    assert [event.kind for event in events(folder)] == ["started", "done"]


def test_shards_that_the_app_has_are_not_made_again(tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(12), done_shards=(0, 2))
    assert carry_out(folder) == 0
    got = result(folder)
    assert [entry.shard for entry in got.entries] == [1]
    assert got.rows.tolist() == [5, 6, 7, 8, 9]
    progress = events(folder, "progress")
    assert (progress[0].rows_done, progress[-1].rows_done) == (7, 12)


def test_sorting_by_length_does_not_change_what_is_on_the_disk(tiny_qwen3: Path, tmp_path: Path) -> None:
    rows = [Row(f"i{at}", "word " * ((at * 7) % 13 + 1)) for at in range(40)]
    by = {}
    for shard_rows in (3, 40):
        folder = make_job(tmp_path / str(shard_rows), rows, ModelSpec(str(tiny_qwen3)), shard_rows)
        assert carry_out(folder) == 0
        by[shard_rows] = result(folder)
    assert by[3].rows.tolist() == by[40].rows.tolist() == list(range(40))
    assert cosines(by[3].vectors, by[40].vectors).min() >= 0.99999


def test_usage_is_said_when_there_is_no_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "remote_worker", str(tmp_path / "nowhere")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "FOLDER" in ended.stderr


def test_the_network_is_never_touched_for_a_model_in_a_folder(minilm: Path, tmp_path: Path) -> None:
    """Any connection would be an exception: sockets of the internet do not work in this process."""
    folder = make_job(tmp_path / "job", texts(3), ModelSpec(str(minilm)))
    program = (
        "import socket, sys, threading, pathlib\n"
        "class Offline(socket.socket):\n"
        "    def connect(self, address): raise AssertionError(f'connected to {address}')\n"
        "    connect_ex = connect\n"
        "socket.socket = Offline\n"
        "def lookup(*args, **kwargs): raise AssertionError(f'looked up {args}')\n"
        "socket.getaddrinfo = lookup\n"
        "from remote_worker.job import run_job\n"
        "sys.exit(run_job(pathlib.Path(sys.argv[1]), threading.Event()))\n"
    )
    plain = {key: value for key, value in os.environ.items() if not key.endswith("_OFFLINE")}
    command = [sys.executable, "-c", program, str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=plain)
    assert ended.returncode == 0, ended.stderr
    assert "connected to" not in ended.stderr
    assert "looked up" not in ended.stderr


def test_the_worker_imports_nothing_of_the_app() -> None:
    for source in sorted((ROOT / "remote_worker").glob("*.py")):
        for node in ast.walk(ast.parse(source.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.partition(".")[0] in ("gui", "PySide6") for name in names), source.name


def test_it_runs_where_only_its_own_folder_is(tmp_path: Path) -> None:
    """As on a machine: the package beside nothing else, and started from elsewhere."""
    home = tmp_path / "embark"
    home.mkdir()
    (home / "remote_worker").symlink_to(ROOT / "remote_worker")
    folder = make_job(tmp_path / "job", texts(2))
    environment = {**os.environ, "PYTHONPATH": str(home)}
    command = [sys.executable, "-m", "remote_worker", str(folder)]
    assert subprocess.run(command, cwd=tmp_path, env=environment, check=False).returncode == 0
    assert json.loads((folder / "shards" / "recipe.json").read_text())["asked"]["rows"] == 2
