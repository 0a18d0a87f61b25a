"""A disk that fills up here or on the machine, data that is cut off: one sentence, nothing billed, and it goes on."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gui.core.cloud.practice import PracticeCloud
from gui.core.errors import LocalDiskFull, MachineDiskFull
from gui.core.machine import keys
from gui.core.paths import Paths
from gui.core.plan import AtTheEnd, Plan, read_plan
from gui.core.result.result import open_result
from gui.core.run.events import WorkerNoticed
from gui.core.run.runs import Runs
from gui.core.run.state import Phase, Snapshot
from gui.core.run.world import World
from gui.text import describe_error, sentence
from tests.run.test_practice_run import ITEMS, carried_out, make_plan

END_S = 120

SmallDisk = Callable[[Path, int], Path]


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    """Makes a folder into a file system of so many bytes."""
    mounted: list[Path] = []

    def made(folder: Path, size_bytes: int) -> Path:
        folder.mkdir(parents=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)], check=False)
        if done.returncode:
            pytest.skip("only root may make a small disk")
        mounted.append(folder)
        return folder

    yield made
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def runs_of(home: Path, cloud: PracticeCloud) -> Runs:
    identity = keys.generate()
    return Runs(World(Paths(home, home / "logs"), {"practice": cloud}, lambda _: identity))


def plan_of(folder: Path) -> Plan:
    plan = read_plan(make_plan(folder))
    return replace(
        plan,
        result=replace(plan.result, destroy=AtTheEnd.WHEN_VERIFIED),
        machine=replace(plan.machine, disk_gb=0.0001),
    )


def assert_said_in_one_sentence(snapshot: Snapshot) -> None:
    assert snapshot.error is not None
    what, means, todo = describe_error(snapshot.error)
    assert what
    assert todo
    for words in (what, means, todo, sentence(snapshot)):
        assert "Traceback" not in words
        assert "Error" not in words


def test_a_machine_whose_disk_is_too_small_is_told_before_anything_runs(tmp_path: Path) -> None:
    home = tmp_path / "home"
    small = PracticeCloud(home / "practice", disk_bytes=1_000_000)
    runs = runs_of(home, small)
    run_id = runs.start(plan_of(tmp_path))
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.INCOMPLETE
    assert isinstance(end.error, MachineDiskFull)
    assert_said_in_one_sentence(end)
    assert not small.instances()
    again = runs_of(home, PracticeCloud(home / "practice"))
    again.go_on(run_id)
    assert again.wait(run_id, END_S).phase is Phase.FINISHED
    again.close()
    assert len(open_result(tmp_path / "result")) == ITEMS


def test_a_machine_whose_disk_fills_up_while_it_embeds_goes_on_when_there_is_room(
    tmp_path: Path, small_disk: SmallDisk
) -> None:
    home = tmp_path / "home"
    disk = small_disk(home / "practice", 256_000_000)
    cloud = PracticeCloud(disk)
    runs = runs_of(home, cloud)
    junk = disk / "junk"

    def said(snapshot: Snapshot) -> list[str]:
        return [one.event.notice for one in snapshot.log if isinstance(one.event, WorkerNoticed)]

    def fill(snapshot: Snapshot) -> None:
        loads = snapshot.loading_since or snapshot.model_loaded  # it makes its few shards in less than a second
        if loads and not junk.exists() and not said(snapshot):
            with junk.open("wb", buffering=0) as out, contextlib.suppress(OSError):
                while True:
                    out.write(bytes(1 << 16))

    def make_room(snapshot: Snapshot) -> None:
        if said(snapshot):
            junk.unlink(missing_ok=True)

    runs.subscribe(fill)
    runs.subscribe(make_room)
    run_id = runs.start(plan_of(tmp_path))
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.FINISHED, end.error
    assert said(end) == ["disk-full", "disk-has-room"]
    assert len(open_result(tmp_path / "result")) == ITEMS


def test_a_full_disk_here_loses_nothing_that_was_paid_for(tmp_path: Path, small_disk: SmallDisk) -> None:
    home = tmp_path / "home"
    result = small_disk(tmp_path / "result", 200_000)
    cloud = PracticeCloud(home / "practice")
    runs = runs_of(home, cloud)
    run_id = runs.start(plan_of(tmp_path))
    asking = None
    for _ in range(END_S * 2):
        asking = runs.wait(run_id, 0.5)
        if asking.phase is Phase.ASKING:
            break
    assert asking is not None
    assert asking.phase is Phase.ASKING
    assert isinstance(asking.error, LocalDiskFull)
    assert asking.unfetched > 0, "what would be lost is said before Destroy"
    assert_said_in_one_sentence(asking)
    subprocess.run(["mount", "-o", "remount,size=20000000", str(result)], check=True)
    runs.go_on(run_id)
    end = runs.wait(run_id, END_S)
    runs.close()
    assert end.phase is Phase.FINISHED
    assert len(open_result(result)) == ITEMS
    assert [entry.event for entry in cloud.ledger()] == ["rented", "destroyed"]


@pytest.mark.parametrize("what", ["items", "zip"])
def test_data_that_is_cut_off_costs_nothing(tmp_path: Path, what: str) -> None:
    plan, home = make_plan(tmp_path), tmp_path / "home"
    if what == "items":
        items = tmp_path / "items.json"
        items.write_bytes(items.read_bytes()[:-500])
    else:
        archive = Path(shutil.make_archive(str(tmp_path / "pictures"), "zip", tmp_path / "pictures"))
        archive.write_bytes(archive.read_bytes()[:-500])
        plan.write_text(plan.read_text().replace('images = "pictures"', 'images = "pictures.zip"'))
    code, _, err = carried_out(home, "run", str(plan), "--yes")
    assert code == 2
    assert "cut off" in err
    assert "Traceback" not in err
    assert PracticeCloud(home / "practice").ledger() == ()
