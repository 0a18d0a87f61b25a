"""Several processes side by side: the same result as one, whoever of them dies."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from remote_worker.fleet import Fleet, choose_crew
from remote_worker.job import run_job
from remote_worker.protocol import PRACTICE, JobSpec, ModelSpec, Row
from tests.worker import stub
from tests.worker.jobs import ROOT, cosines, events, make_job, result, start, text, texts

ROWS = 120
SHARD_ROWS = 4
SOON = {"loading": 4.0, "checking": 2.0, "embedding": 2.0, "leaving": 2.0}


@pytest.fixture(autouse=True)
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBARK_PROCESSES", "3")


def job(folder: Path, says: str = "", rows: list[Row] | None = None, revision: str = "") -> Path:
    model = ModelSpec("stub", instruction=says, revision=revision)
    return make_job(folder, rows or texts(ROWS), model, SHARD_ROWS)


class Running:
    """A job under way in a thread of this process, its members processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stop, self.code = folder, threading.Event(), -1
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.code = run_job(self.folder, self.stop, stub.StubEncoder, stub.MODULE)

    def wait(self) -> int:
        self._thread.join(60)
        assert not self._thread.is_alive()
        return self.code

    def members(self) -> list[psutil.Process]:
        found = []
        for one in psutil.Process().children():
            try:
                if one.cmdline()[-1:] == [str(self.folder)]:
                    found.append(one)
            except psutil.NoSuchProcess:
                continue
        return found

    def until(self, true: Callable[[], object]) -> None:
        limit = time.monotonic() + 60
        while not true() and self._thread.is_alive() and time.monotonic() < limit:
            time.sleep(0.01)


@pytest.fixture
def running() -> Iterator[Callable[[Path], Running]]:
    started: list[Running] = []

    def run(folder: Path) -> Running:
        started.append(Running(folder))
        return started[-1]

    yield run
    for one in started:
        one.stop.set()
        one.wait()


def made(folder: Path) -> list[int]:
    return [event.shard.shard for event in events(folder, "shard") if event.shard]


def whole(folder: Path) -> None:
    """Each row once, in order, with its own vector."""
    got = result(folder)
    assert got.rows.tolist() == list(range(ROWS))
    assert np.array_equal(got.vectors, np.stack([stub.vector(text(row)) for row in range(ROWS)]))
    assert not list((folder / "shards").glob("*.part"))
    assert len(made(folder)) == len(set(made(folder)))


def test_several_processes_make_what_one_makes(tmp_path: Path) -> None:
    """With a real model; the program sees one worker."""
    one, two = (make_job(tmp_path / name, texts(12), ModelSpec(PRACTICE), 3) for name in ("one", "two"))
    assert start(one, EMBARK_PROCESSES="1").wait() == 0
    assert start(two, EMBARK_PROCESSES="2").wait() == 0
    alone, together = result(one), result(two)
    assert together.rows.tolist() == alone.rows.tolist() == list(range(12))
    assert cosines(alone.vectors, together.vectors).min() >= 0.99999
    kinds = [event.kind for event in events(two)]
    assert [kinds.count(kind) for kind in ("started", "loading", "loaded", "golden", "done")] == [1, 1, 1, 1, 1]
    assert events(two)[-1].rows_done == 12


def test_the_parent_brings_in_no_model_library(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, threading\n"
        "from remote_worker.job import run_job\n"
        "code = run_job(pathlib.Path(sys.argv[1]), threading.Event(), member=sys.argv[2])\n"
        "assert not {'torch', 'transformers', 'numpy'} & sys.modules.keys()\n"
        "sys.exit(code)\n"
    )
    command = [sys.executable, "-c", code, str(job(tmp_path)), stub.MODULE]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_the_shards_of_a_killed_process_are_made_by_another(tmp_path: Path, running: Callable[[Path], Running]) -> None:
    run = running(job(tmp_path, "slow"))
    for count in (1, 9):
        run.until(lambda count=count: len(made(tmp_path)) >= count)
        run.members()[0].kill()
    assert run.wait() == 0
    whole(tmp_path)
    assert [event.notice for event in events(tmp_path, "notice")] == ["process-died", "process-died"]
    assert {event.kind for event in events(tmp_path)} >= {"done", "progress"}


def test_a_process_killed_while_it_loads_is_replaced(tmp_path: Path, running: Callable[[Path], Running]) -> None:
    run = running(job(tmp_path, "slow-load"))
    run.until(run.members)
    run.members()[0].kill()
    assert run.wait() == 0
    whole(tmp_path)


def test_a_row_that_ends_every_process_ends_the_job_and_names_its_shard(tmp_path: Path) -> None:
    rows = texts(ROWS)
    rows[50] = Row("item-50", f"poison {text(50)}")
    assert run_job(job(tmp_path, "poison", rows), threading.Event(), stub.StubEncoder, stub.MODULE) == 1
    last = events(tmp_path)[-1]
    assert (last.kind, last.failure) == ("failed", "out-of-memory")  # what the system kills mostly took too much
    assert "shard 12 " in last.detail
    assert "signal 9" in last.detail
    assert 12 not in made(tmp_path)


def test_what_no_process_can_load_ends_the_job_with_its_own_word(tmp_path: Path) -> None:
    assert run_job(job(tmp_path, "broken"), threading.Event(), stub.StubEncoder, stub.MODULE) == 1
    assert (events(tmp_path)[-1].failure, events(tmp_path)[-1].detail) == ("gpu-unusable", "as the test wants")


def test_the_others_go_on_without_a_card_that_fails_again_and_again(tmp_path: Path) -> None:
    folder = job(tmp_path / "job", "unfit slower", revision=str(tmp_path / "mark"))
    assert run_job(folder, threading.Event(), stub.StubEncoder, stub.MODULE) == 0
    whole(folder)
    assert sum(event.notice == "card-given-up" for event in events(folder, "notice")) in (1, 2)


def test_the_others_go_on_without_a_card_that_computes_otherwise(tmp_path: Path) -> None:
    folder = job(tmp_path / "job", "astray one slower", revision=str(tmp_path / "mark"))
    assert run_job(folder, threading.Event(), stub.StubEncoder, stub.MODULE) == 0
    whole(folder)
    assert [event.notice for event in events(folder, "notice")] == ["card-given-up"]
    assert [event.golden.agreed for event in events(folder, "golden") if event.golden] == [True]


def test_where_every_card_computes_otherwise_the_job_ends_and_shows_the_rows(tmp_path: Path) -> None:
    assert run_job(job(tmp_path, "astray"), threading.Event(), stub.StubEncoder, stub.MODULE) == 1
    (golden,) = (event.golden for event in events(tmp_path, "golden") if event.golden)
    assert not golden.agreed
    assert min(row.cosine for row in golden.rows) < 0
    assert events(tmp_path)[-1].failure == "vectors-disagree"
    assert made(tmp_path) == []


def test_asked_to_stop_all_end_soon_and_what_is_made_counts(tmp_path: Path, running: Callable[[Path], Running]) -> None:
    run = running(job(tmp_path, "slow"))
    run.until(lambda: made(tmp_path))
    run.stop.set()
    assert run.wait() == 0
    assert run.members() == []
    assert {event.kind for event in events(tmp_path)}.isdisjoint({"done", "failed"})
    kept = len(made(tmp_path))
    assert 0 < kept < ROWS // SHARD_ROWS
    assert run_job(tmp_path, threading.Event(), stub.StubEncoder, stub.MODULE) == 0
    whole(tmp_path)


def test_without_their_parent_the_processes_leave(tmp_path: Path) -> None:
    """Killed, it cannot say so: the end of its pipe does."""
    folder = job(tmp_path, "slow slow-load")
    code = (
        "import pathlib, sys, threading\n"
        "from remote_worker.job import run_job\n"
        "from tests.worker import stub\n"
        "run_job(pathlib.Path(sys.argv[1]), threading.Event(), stub.StubEncoder, stub.MODULE)\n"
    )
    parent = psutil.Popen([sys.executable, "-c", code, str(folder)], cwd=ROOT)
    while parent.poll() is None and not made(folder):
        time.sleep(0.01)
    members = parent.children()
    assert len(members) == 3
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert psutil.wait_procs(members, 20)[1] == []
    assert run_job(folder, threading.Event(), stub.StubEncoder, stub.MODULE) == 0
    got = result(folder)
    assert got.rows.tolist() == list(range(ROWS))


def test_whatever_is_killed_or_stopped_at_random_each_row_is_made_once(
    tmp_path: Path, running: Callable[[Path], Running]
) -> None:
    dice = random.Random(20261123)
    job(tmp_path, "slow")
    for _ in range(6):
        if len(made(tmp_path)) == ROWS // SHARD_ROWS:
            break
        run, seen = running(tmp_path), len(made(tmp_path))
        run.until(lambda seen=seen: len(made(tmp_path)) > seen + dice.randrange(4))
        members = run.members()
        for one in dice.sample(members, min(len(members), dice.randrange(3))):
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        time.sleep(dice.random() * 0.3)
        run.stop.set()
        assert run.wait() == 0
    assert run_job(tmp_path, threading.Event(), stub.StubEncoder, stub.MODULE) == 0
    whole(tmp_path)


def test_a_process_that_hangs_is_ended(
    tmp_path: Path, running: Callable[[Path], Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Fleet, "silence_s", SOON)
    run = running(job(tmp_path, "slow"))
    run.until(lambda: made(tmp_path))
    for one in run.members()[:2]:
        os.kill(one.pid, signal.SIGSTOP)
    assert run.wait() == 0
    whole(tmp_path)


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Cards of so many GB, so much of each in use: a driver that says so, and torch that knows nothing of them."""

    def says(*cards: tuple[int, int]) -> None:
        lines = {"compute_cap": "", "power.draw": ""}
        for number, (total_gb, used_gb) in enumerate(cards):
            total, used = total_gb * 1000, used_gb * 1000
            lines["compute_cap"] += f"GPU-{number}, Card {number}, {total}, {used}, 8.9\n"
            lines["power.draw"] += f"{number}, GPU-{number}, {used}, {total}, {90 - number}, 200.5, {60 + number}\n"
        program = tmp_path / "bin" / "nvidia-smi"
        program.parent.mkdir(exist_ok=True)
        asked = "".join(f"*{word}*) printf '{said}' ;;\n" for word, said in lines.items())
        program.write_text(f'#!/bin/sh\ncase "$*" in\n{asked}esac\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.delenv("EMBARK_PROCESSES")
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    return says


def crew(model: Path | str) -> list[list[str]] | None:
    chosen = choose_crew(JobSpec("job", ModelSpec(str(model)), 10))
    return chosen and [[card.uuid for card in team] for team in chosen.teams]


def test_each_card_that_holds_the_model_has_a_process(
    tiny_qwen3: Path, driver: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    driver((24, 1), (24, 0), (24, 23))
    assert crew(tiny_qwen3) == [["GPU-0"], ["GPU-1"]]
    assert crew(PRACTICE) is None, "it would not use them"
    monkeypatch.setenv("EMBARK_PROCESSES", "1")
    assert crew(tiny_qwen3) is None
    monkeypatch.delenv("EMBARK_PROCESSES")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert crew(tiny_qwen3) == [["GPU-1"]]
    monkeypatch.setenv("PATH", "/nowhere")
    assert crew(tiny_qwen3) is None, "without a card all is done in the one process that is there"


def test_one_process_finds_out_by_itself_how_a_model_lies_on_all_cards(
    tiny_qwen3: Path, driver: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for cards in (((2, 1), (2, 1)), ((24, 0),), ((2, 2),), ()):
        monkeypatch.setenv("EMBARK_PROCESSES", "")
        driver(*cards)
        chosen = choose_crew(JobSpec("job", ModelSpec(str(tiny_qwen3)), 10))
        assert chosen is not None
        assert chosen.finds_out
        assert [len(team) for team in chosen.teams] == [len(cards)]


def test_the_only_card_with_room_is_the_one_that_is_used(tiny_qwen3: Path, driver: Callable[..., None]) -> None:
    driver((24, 24), (24, 0))
    assert crew(tiny_qwen3) == [["GPU-1"]]


def test_each_process_sees_its_own_card_and_all_are_watched(
    tiny_qwen3: Path, driver: Callable[..., None], tmp_path: Path
) -> None:
    driver((24, 1), (24, 3))
    model = ModelSpec(str(tiny_qwen3), instruction="slower")
    folder = make_job(tmp_path / "job", texts(ROWS), model, SHARD_ROWS)
    assert run_job(folder, threading.Event(), stub.StubEncoder, stub.MODULE) == 0
    whole(folder)
    sample = events(folder, "sample")[-1]
    assert (sample.vram_used_bytes >> 20, sample.vram_total_bytes >> 20) == (4000, 48000)
    assert (sample.utilisation, sample.power_w, sample.temperature_c) == (0.89, 401.0, 61.0)
