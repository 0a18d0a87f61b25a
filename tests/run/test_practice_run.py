"""Whole runs on the practice cloud: real SSH, the real agent, the real worker with the practice model."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image, ImageDraw

from gui.core.cloud.practice import PracticeCloud
from gui.core.result.result import Result, open_result

EMBARK = [sys.executable, "-m", "gui"]
ITEMS = 48
END_S = 120


def make_items(folder: Path) -> None:
    """Questions in two languages, every third with a picture; one picture is cut off, one is missing."""
    (folder / "pictures" / "20240315").mkdir(parents=True)
    items = []
    for n in range(ITEMS):
        question = (
            f"밑변이 {n}이고 높이가 {n + 1}인 삼각형의 넓이는?" if n % 2 else f"How long is the river on map {n}?"
        )
        item: dict[str, Any] = {"id": f"q{n:02d}", "question": question, "subject": "maths"}
        if n % 3 == 0:
            item["image"] = f"p{n}.png"
            picture = Image.new("RGB", (160, 120), "white")
            ImageDraw.Draw(picture).ellipse((10, 10, 40 + 2 * n, 110), outline="black", width=3)
            picture.save(folder / "pictures" / "20240315" / f"p{n}.png")
        items.append(item)
    (folder / "pictures" / "20240315" / "p6.png").unlink()
    cut = folder / "pictures" / "20240315" / "p9.png"
    cut.write_bytes(cut.read_bytes()[:200])
    (folder / "items.json").write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")


def make_plan(folder: Path, result: str = "result", shard_rows: int = 8) -> Path:
    make_items(folder)
    plan = folder / "plan.toml"
    plan.write_text(
        f'[data]\nitems = ["items.json"]\nimages = "pictures"\n'
        f'[model]\nname = "practice"\n[machine]\ncloud = "practice"\ndisk_gb = 1\n'
        f'[result]\nfolder = "{result}"\nshard_rows = {shard_rows}\n',
        encoding="utf-8",
    )
    return plan


def embark(home: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "EMBARK_HOME": str(home)}
    return subprocess.Popen(
        [*EMBARK, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home.parent
    )


def carried_out(home: Path, *words: str) -> tuple[int, str, str]:
    process = embark(home, *words)
    out, err = process.communicate(timeout=END_S)
    return process.returncode, out, err


def workers_of(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "remote_worker" in words and any(str(home) in word for word in words):
            found.append(process)
    return found


def assert_one_instance_destroyed(home: Path) -> None:
    assert [entry.event for entry in PracticeCloud(home / "practice").ledger()] == ["rented", "destroyed"]
    assert not workers_of(home)
    code, out, _ = carried_out(home, "bill", "--json")
    assert code == 0
    assert json.loads(out)["instances"] == []


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The result of a run that nothing happened to."""
    folder = tmp_path_factory.mktemp("unkilled")
    code, out, err = carried_out(folder / "home", "run", str(make_plan(folder)), "--yes", "--json")
    assert code == 0, err
    assert json.loads(out)["phase"] == "finished"
    assert_one_instance_destroyed(folder / "home")
    return open_result(folder / "result")


def assert_same(folder: Path, unkilled: Result) -> None:
    result = open_result(folder / "result")
    assert list(result.item_ids) == list(unkilled.item_ids) == [f"q{n:02d}" for n in range(ITEMS)]
    assert np.einsum("ij,ij->i", result.embeddings, unkilled.embeddings).min() > 0.99999


def test_a_run_without_a_display_or_a_keyring_leaves_a_checked_result(unkilled: Result) -> None:
    home = unkilled.folder.parent / "home"
    assert carried_out(home, "check", str(unkilled.folder))[0] == 0
    problems = (unkilled.folder / "problems.csv").read_text(encoding="utf-8-sig")
    assert "q06" in problems
    assert "q09" in problems
    assert not unkilled.has_image[unkilled.row_of("q06")]
    assert not unkilled.has_image[unkilled.row_of("q09")]
    assert unkilled.has_image[unkilled.row_of("q12")]
    code, out, _ = carried_out(home, "neighbours", str(unkilled.folder), "q01", "-k", "5", "--json")
    assert code == 0
    near = json.loads(out)["neighbours"]
    assert len(near) == 5
    assert all(int(one["item_id"][1:]) % 2 for one in near), "Korean triangle questions lie near one another"


def test_the_same_plan_again_says_that_it_is_done(unkilled: Result) -> None:
    home = unkilled.folder.parent / "home"
    code, out, _ = carried_out(home, "run", str(home.parent / "plan.toml"), "--yes")
    assert code == 0
    assert str(unkilled.folder) in out
    assert len(PracticeCloud(home / "practice").ledger()) == 2


@pytest.mark.parametrize("seed", range(3))
def test_a_program_killed_at_random_moments_goes_on_where_it_was(tmp_path: Path, unkilled: Result, seed: int) -> None:
    plan, home = make_plan(tmp_path), tmp_path / "home"
    chance = random.Random(seed)
    for _ in range(3):
        process = embark(home, "run", str(plan), "--yes")
        time.sleep(chance.uniform(0.5, 5.0))  # the moment is what is tried; nothing waits on it
        process.send_signal(signal.SIGKILL)
        process.communicate()
    code, _, err = carried_out(home, "run", str(plan), "--yes")
    assert code == 0, err
    assert_same(tmp_path, unkilled)
    assert_one_instance_destroyed(home)


def test_a_worker_killed_by_the_kernel_is_told_in_one_sentence_and_the_run_goes_on(
    tmp_path: Path, unkilled: Result
) -> None:
    plan, home = make_plan(tmp_path), tmp_path / "home"
    process = embark(home, "run", str(plan), "--yes")
    deadline = time.monotonic() + END_S
    while not workers_of(home):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    for worker in workers_of(home):
        if "-m" in worker.cmdline():
            worker.kill()
    _, err = process.communicate(timeout=END_S)
    assert process.returncode == 1
    assert "memory" in err
    assert "Traceback" not in err
    assert_one_instance_destroyed(home)
    assert carried_out(home, "run", str(plan), "--yes")[0] == 0
    assert_same(tmp_path, unkilled)


def test_a_python_without_torch_is_told_in_one_sentence(tmp_path: Path) -> None:
    plan, home = make_plan(tmp_path), tmp_path / "home"
    os.environ["EMBARK_WORKER_PYTHON"] = sys.executable
    try:
        code, _, err = carried_out(home, "run", str(plan), "--yes")
    finally:
        del os.environ["EMBARK_WORKER_PYTHON"]
    assert code == 1
    assert "torch" in err
    assert "Traceback" not in err
    assert_one_instance_destroyed(home)


def test_without_yes_and_without_a_terminal_nothing_is_started(tmp_path: Path) -> None:
    plan, home = make_plan(tmp_path), tmp_path / "home"
    process = subprocess.run(
        [*EMBARK, "run", str(plan)], env={**os.environ, "EMBARK_HOME": str(home)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.returncode == 2
    assert "--yes" in process.stderr
    assert PracticeCloud(home / "practice").ledger() == ()
