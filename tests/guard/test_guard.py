"""The guard ends the bill when nobody else does: when, how, and in spite of what."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gui.core.cloud.vast_watch import first_watch
from gui.core.errors import AgentFailed, MachineDiskFull
from remote_worker import protocol
from tests.fake_vast.faults import Trouble
from tests.fake_vast.world import Denied, World
from tests.guard.box import JOB, Box, Rental, words
from tests.machine.servers import eventually, small_file_system

SOON_S = 1.2
LONG_S = 600.0

FINISHES_WHEN_ASKED = """
import pathlib, signal, sys, time
def stop(*_):
    time.sleep(0.3)
    index = pathlib.Path(sys.argv[1], "shards/index.jsonl")
    index.parent.mkdir(exist_ok=True)
    index.write_text('{"shard":0,"file":"shards/0","rows":1,"dimensions":8,"size_bytes":1,"sha256":"0"}\\n')
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
pathlib.Path(sys.argv[1], "ready").touch()
while True:
    time.sleep(0.05)
"""
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1], "ready").touch()
while True:
    time.sleep(0.05)
"""


# --- when, and which --------------------------------------------------------------------------------------------------


def test_an_unrenewed_lease_stops_the_machine_while_finished_shards_are_on_it_alone(rental: Rental, box: Box) -> None:
    box.finish(0, 1, 2)
    box.guard(SOON_S, rental.url, "--home", "0-1")
    assert eventually(lambda: rental.stopped(box))
    assert rental.asked(box) == ["running", "stopped"]
    assert not box.guards()


@pytest.mark.parametrize("finished", [(), (0, 1, 2)])
def test_it_destroys_a_machine_that_has_nothing_that_is_not_home(
    rental: Rental, box: Box, finished: tuple[int, ...]
) -> None:
    box.finish(*finished)
    box.guard(LONG_S, rental.url)
    box.renew(SOON_S, "--home", "0-2")
    assert eventually(lambda: rental.destroyed(box))
    assert rental.asked(box) == ["running", "destroy"]


def test_half_a_line_of_the_index_is_no_shard_and_an_unreadable_index_is_one(rental: Rental) -> None:
    torn, unreadable = rental.box(), rental.box()
    torn.finish(0)
    with (torn.root / JOB / protocol.SHARD_INDEX).open("ab") as out:
        out.write(b'[1]\n{"shard":[]}\n\xff\xfe\n{"shard":1,"file":"sha')
    (unreadable.root / JOB / protocol.SHARD_INDEX).mkdir(parents=True)
    for box in (torn, unreadable):
        box.guard(SOON_S, rental.url, "--home", "0")
    assert eventually(lambda: rental.destroyed(torn) and rental.stopped(unreadable))


def test_a_lease_that_is_renewed_again_and_again_never_runs_out(rental: Rental, box: Box) -> None:
    box.guard(1.0, rental.url)
    until = time.monotonic() + 3.0
    while time.monotonic() < until:
        assert box.renew(1.5)["phase"] == "watching"
        time.sleep(0.2)
    assert rental.asked(box) == ["running"]
    assert len(box.guards()) == 1


def test_when_the_money_runs_out_the_lease_does_not_help(rental: Rental, box: Box) -> None:
    said = box.guard(LONG_S, rental.url, "--money", str(LONG_S))
    assert said["money_left_s"] > LONG_S - 60
    rental.boxes.immortal = True
    box.renew(LONG_S, "--money", str(SOON_S))
    assert eventually(lambda: rental.destroyed(box))
    assert eventually(lambda: box.status()["cause"] == "money")


def test_money_that_was_added_counts(rental: Rental, box: Box) -> None:
    box.guard(LONG_S, rental.url, "--money", "1.5")
    box.renew(LONG_S)
    time.sleep(2.5)
    assert rental.asked(box) == ["running"]
    assert box.status()["money_left_s"] == -1


def test_the_worker_is_asked_first_and_what_it_finishes_then_counts(rental: Rental, box: Box) -> None:
    box.worker_is(FINISHES_WHEN_ASKED)
    box.launch()
    assert eventually((box.root / JOB / "ready").exists)
    box.guard(SOON_S, rental.url)
    assert eventually(lambda: rental.stopped(box))
    assert rental.asked(box) == ["running", "stopped"]


def test_a_worker_that_does_not_end_does_not_keep_the_bill_alive(rental: Rental, box: Box) -> None:
    box.worker_is(STUBBORN)
    worker = box.launch()
    assert eventually((box.root / JOB / "ready").exists)
    rental.boxes.immortal = True
    box.guard(SOON_S, rental.url, "--grace", "0.3")
    assert eventually(lambda: rental.destroyed(box))
    assert not words(worker)


# --- in spite of what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.BAD_GATEWAY, Trouble.GATEWAY_TIMEOUT, Trouble.TOO_FREQUENT, Trouble.HTML, Trouble.FORBIDDEN_PAGE,
        Trouble.CUT, Trouble.LOSE_ANSWER, Trouble.HALF, Trouble.NO_JSON, Trouble.REDIRECT,
    ],
)  # fmt: skip
def test_it_asks_until_it_is_done_whatever_comes_back(rental: Rental, trouble: Trouble) -> None:
    empty, unfetched = rental.box(), rental.box()
    unfetched.finish(0)
    for box in (empty, unfetched):
        box.guard(LONG_S, rental.url)
    rental.world.faults.add("*", trouble, times=6, url=f"{rental.url}/elsewhere")
    for box in (empty, unfetched):
        box.renew(0)
    assert eventually(lambda: rental.destroyed(empty) and rental.stopped(unfetched))
    assert "destroy" not in rental.asked(unfetched)
    assert all(one.path != "/elsewhere" for one in rental.fake.requests)


def test_it_keeps_to_the_providers_frequencies_in_the_end(tmp_path: Path) -> None:
    rental = Rental(tmp_path, World(clock=time.time))
    try:
        rental.boxes.immortal = True
        rental.world.deaf_destroys = 1
        box = rental.box()
        box.guard(SOON_S, rental.url)
        assert eventually(lambda: rental.destroyed(box))
        assert 429 in [one.status for one in rental.fake.requests]
    finally:
        rental.close()


def test_a_yes_that_changes_nothing_is_not_believed(rental: Rental, box: Box) -> None:
    rental.world.deaf_destroys = 2
    box.guard(SOON_S, rental.url)
    assert eventually(lambda: rental.destroyed(box))
    assert rental.asked(box) == ["running", "destroy", "destroy", "destroy"]


def test_an_instance_that_is_not_there_is_over(rental: Rental, box: Box) -> None:
    box.guard(LONG_S, rental.url)
    rental.boxes.immortal, rental.world.linger = True, 5
    rental.world.destroy(box.number)
    box.renew(0)
    assert eventually(lambda: not box.guards())
    said = box.status()
    assert (said["alive"], said["phase"], said["detail"]) == (False, "over", "404 no_such_instance")


class NoDestroying(World):
    def destroy(self, instance_id: int) -> None:
        raise Denied(403, "not_authorized", "This key may not do this.")


def test_what_may_not_be_destroyed_is_stopped(tmp_path: Path) -> None:
    rental = Rental(tmp_path, NoDestroying(clock=time.time, limits={}))
    try:
        box = rental.box()
        box.guard(SOON_S, rental.url)
        assert eventually(lambda: rental.stopped(box))
        assert rental.asked(box) == ["running", "destroy", "stopped"]
    finally:
        rental.close()


class NoStopping(World):
    def stop(self, instance_id: int) -> None:
        raise Denied(403, "not_authorized", "This key may not do this.")


def test_what_is_not_fetched_is_never_destroyed(tmp_path: Path) -> None:
    rental = Rental(tmp_path, NoStopping(clock=time.time, limits={}))
    try:
        box = rental.box()
        box.finish(0)
        box.guard(SOON_S, rental.url)
        assert eventually(lambda: len(rental.asked(box)) >= 4)
        assert set(rental.asked(box)) == {"running", "stopped"}
    finally:
        rental.close()


def test_a_program_that_comes_back_while_it_asks_in_vain_is_given_its_machine(rental: Rental, box: Box) -> None:
    box.guard(LONG_S, rental.url)
    rental.world.faults.add("*", Trouble.BAD_GATEWAY, times=1000)
    box.renew(0)
    assert eventually(lambda: box.status()["phase"] == "ending")
    assert eventually(lambda: box.status()["detail"] == "502, no JSON")
    box.renew(LONG_S)
    assert eventually(lambda: box.status()["phase"] == "watching")
    rental.world.faults.clear()
    assert not rental.stopped(box)
    assert not rental.destroyed(box)


# --- the proof --------------------------------------------------------------------------------------------------------


def test_it_proves_at_the_start_that_it_can_end_the_bill_and_changes_nothing_by_it(rental: Rental, box: Box) -> None:
    before = vars(rental.world.instances[box.number]).copy()
    assert box.guard(LONG_S, rental.url)["proof"] == "proven"
    assert rental.asked(box) == ["running"]
    assert vars(rental.world.instances[box.number]) == before


def test_a_proof_is_made_once(rental: Rental, box: Box) -> None:
    for _ in range(2):
        assert box.guard(LONG_S, rental.url)["proof"] == "proven"
    box.kill(box.guards())
    assert box.guard(LONG_S, rental.url)["proof"] == "proven"
    assert rental.asked(box) == ["running"]


def test_without_the_instances_key_nothing_is_proven(rental: Rental, box: Box) -> None:
    box.key = ""
    said = box.guard(LONG_S, rental.url)
    assert (said["alive"], said["proof"]) == (True, "no-key")
    assert rental.asked(box) == []


@pytest.mark.parametrize("key", ["wrong", "of another instance"])
def test_a_key_that_is_refused_proves_nothing_and_says_why(rental: Rental, box: Box, key: str) -> None:
    box.key = "0" * 64 if key == "wrong" else rental.world.instances[rental.box().number].api_key
    said = box.guard(LONG_S, rental.url)
    assert (said["alive"], said["proof"]) == (True, "refused")
    assert said["detail"] == ("404 auth_error" if key == "wrong" else "403 not_authorized")


def test_a_wrong_key_is_not_taken_for_the_end(rental: Rental, box: Box) -> None:
    """It answers 404 too."""
    box.key = "0" * 64
    box.guard(SOON_S, rental.url)
    assert eventually(lambda: len(rental.asked(box)) > 3)
    assert box.guards()


def test_a_provider_that_does_not_answer_at_first_is_asked_again(rental: Rental, box: Box) -> None:
    rental.world.faults.add("manage", Trouble.HTML, times=2)
    assert box.guard(LONG_S, rental.url)["proof"] == "proven"
    assert rental.asked(box) == ["running"] * 3


def test_a_provider_that_never_answers_is_not_waited_for_for_ever(rental: Rental, box: Box) -> None:
    rental.world.faults.add("*", Trouble.CUT, times=1000)
    said = box.guard(LONG_S, rental.url, "--wait", "0.5")
    assert (said["alive"], said["proof"], said["detail"]) == (True, "no-answer", "RemoteDisconnected")
    rental.world.faults.clear()
    assert eventually(lambda: box.status()["proof"] == "proven")


@pytest.mark.parametrize("url", ["http://example.org", "ftp://example.org", "https://", "example.org"])
def test_the_key_goes_over_no_open_line(box: Box, url: str) -> None:
    with pytest.raises(AgentFailed) as refused:
        box.guard(LONG_S, url)
    assert "not an https address" in refused.value.detail
    assert not box.guards()


# --- that it lives ----------------------------------------------------------------------------------------------------


def test_there_are_never_two(rental: Rental, box: Box) -> None:
    starting = [threading.Thread(target=box.guard, args=[LONG_S, rental.url]) for _ in range(4)]
    for one in starting:
        one.start()
    for one in starting:
        one.join()
    (pid,) = box.guards()
    again = [sys.executable, "-m", "remote_worker.guard", str(box.root)]
    watch = {**box.environment, "PYTHONPATH": str(box.worker)}
    assert subprocess.run(again, env=watch, cwd="/", check=False).returncode == 0
    assert box.guards() == [pid]


def test_it_outlives_whoever_started_it(rental: Rental, box: Box) -> None:
    box.guard(SOON_S * 3, rental.url)
    (pid,) = box.guards()
    assert os.getsid(pid) == pid
    os.kill(pid, signal.SIGHUP)
    os.kill(pid, signal.SIGINT)
    assert eventually(lambda: rental.destroyed(box))


def test_that_it_was_killed_is_said_and_the_next_renewal_starts_another(rental: Rental, box: Box) -> None:
    box.guard(LONG_S, rental.url)
    (old,) = box.guards()
    box.kill([old])
    assert eventually(lambda: not box.status()["alive"])
    said = box.renew(SOON_S)
    assert (said["alive"], said["restarted"], said["proof"]) == (True, True, "proven")
    assert eventually(lambda: rental.destroyed(box))


def test_one_that_hangs_is_replaced(rental: Rental, box: Box) -> None:
    box.guard(LONG_S, rental.url)
    (old,) = box.guards()
    os.kill(old, signal.SIGSTOP)
    behind(box, 1000)
    assert not box.status()["alive"]
    said = box.renew(SOON_S)
    assert (said["alive"], said["restarted"]) == (True, True)
    assert old not in box.guards()
    assert eventually(lambda: rental.destroyed(box))


def test_one_of_another_version_is_replaced_and_its_proof_kept(rental: Rental, box: Box) -> None:
    box.guard(LONG_S, rental.url)
    (old,) = box.guards()
    shutil.copytree(box.worker, box.root / "worker-newer")
    said = box.run("renew", "600", "--worker", "worker-newer")
    assert (said["alive"], said["restarted"], said["proof"]) == (True, True, "proven")
    (new,) = box.guards()
    assert new != old
    assert rental.asked(box) == ["running"]


def behind(box: Box, seconds: float) -> None:
    """As if a guard had not moved for so long."""
    write = (
        "import sys; from pathlib import Path; from remote_worker.order import Folder\n"
        "said = Folder(Path(sys.argv[1])).said; old = said.read(); old['beat'] -= float(sys.argv[2]); said.write(old)"
    )
    subprocess.run([sys.executable, "-c", write, str(box.root), str(seconds)], cwd=box.worker, check=True)


def test_one_that_is_started_again_keeps_the_lease(rental: Rental, box: Box) -> None:
    box.guard(2.0, rental.url)
    box.kill(box.guards())
    box.boot(first_watch(rental.url))
    assert eventually(box.guards)
    assert 0 < box.status()["lease_left_s"] < 2.0
    assert eventually(lambda: rental.destroyed(box))


def test_a_machine_that_was_started_again_gives_one_more_lease(rental: Rental, box: Box) -> None:
    rental.boxes.immortal = True
    box.finish(0)
    box.guard(SOON_S, rental.url, "--money", "0")
    assert eventually(lambda: rental.stopped(box))
    box.kill(box.guards())
    rental.world.start(box.number)
    another_life(box)
    box.boot(first_watch(rental.url))
    assert eventually(box.guards)
    assert eventually(lambda: rental.asked(box)[-1] == "running")
    assert eventually(lambda: rental.asked(box)[-1] == "stopped")


def another_life(box: Box) -> None:
    write = (
        "import sys, dataclasses; from pathlib import Path; from remote_worker.order import Folder\n"
        "folder = Folder(Path(sys.argv[1])); old = folder.read_order()\n"
        "folder.write_order(dataclasses.replace(old, life='an earlier one'))"
    )
    subprocess.run([sys.executable, "-c", write, str(box.root)], cwd=box.worker, check=True)


@pytest.mark.parametrize("jump_s", [-10 * 365 * 86400, 10 * 365 * 86400])
def test_a_clock_that_jumps_changes_nothing(rental: Rental, box: Box, jump_s: int) -> None:
    """Years back or ahead, while it watches."""
    (box.root / "jumping").mkdir()
    (box.root / "jumping" / "sitecustomize.py").write_text(
        "import time\n"
        "true, began = time.time, time.monotonic()\n"
        f"time.time = lambda: true() + ({jump_s} if time.monotonic() > began + 0.5 else 0)\n"
    )
    box.guard(LONG_S, rental.url)
    box.kill(box.guards())
    watch = {**box.environment, "PYTHONPATH": f"{box.root / 'jumping'}{os.pathsep}{box.worker}"}
    command = [sys.executable, "-m", "remote_worker.guard", str(box.root)]
    with subprocess.Popen(command, env=watch, cwd="/") as guard:
        assert eventually(lambda: box.guards() == [guard.pid])
        time.sleep(1.5)
        assert rental.asked(box) == ["running"]
        box.renew(SOON_S)
        assert eventually(lambda: rental.destroyed(box))


def test_a_damaged_or_missing_order_does_not_end_the_guard_of_a_bill(rental: Rental, box: Box) -> None:
    box.guard(1.5, rental.url)
    order = box.root / ".guard" / "order"
    order.write_bytes(b"\0" * 100)
    with pytest.raises(AgentFailed):
        box.renew(LONG_S)
    shutil.rmtree(box.root / ".guard")
    assert eventually(lambda: rental.destroyed(box))


def test_a_lease_is_renewed_on_a_full_disk(rental: Rental, tmp_path: Path) -> None:
    with small_file_system(tmp_path / "disk") as disk:
        box = Box(disk / "embark", rental.box().number)
        rental.boxes.boxes[box.number] = box
        box.key = rental.world.instances[box.number].api_key
        box.guard(2.0, rental.url)
        fill(disk)
        assert box.renew(LONG_S, "--home", "0-9")["lease_left_s"] > 10
        (pid,) = box.guards()
        box.kill([pid])
        assert box.renew(SOON_S)["restarted"]
        assert eventually(lambda: rental.destroyed(box))


def test_a_disk_that_is_full_before_it_could_start_is_said(rental: Rental, tmp_path: Path) -> None:
    with small_file_system(tmp_path / "disk") as disk:
        box = Box(disk / "embark")
        fill(disk)
        with pytest.raises(MachineDiskFull):
            box.guard(LONG_S, rental.url)
        assert not box.guards()


def fill(disk: Path) -> None:
    with (disk / "filling").open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while out.write(b"x" * 4096):
            pass


def test_nonsense_is_refused(rental: Rental, box: Box) -> None:
    for nonsense in (
        ["guard", "../job", "5"], ["guard", "job", "nan"], ["guard", "job", "-1"], ["guard", "job", "5", "--pace", "0"],
        ["guard", "job", "5", "--money", "nan"], ["guard", "job", "5", "--grace", "inf"], ["renew", "5"],
    ):  # fmt: skip
        with pytest.raises(AgentFailed):
            box.run(*nonsense, "--worker", box.worker.name)
    with pytest.raises(AgentFailed):
        box.run("guard", "job", "5", "--worker", "worker-none")
    with pytest.raises(AgentFailed):
        box.guard(LONG_S, rental.url, "--home", "1-999999999999")
    assert not box.guards()


# --- before there is one ----------------------------------------------------------------------------------------------


def test_a_machine_that_nobody_ever_came_to_destroys_itself(rental: Rental, box: Box) -> None:
    rental.world.faults.add("*", Trouble.BAD_GATEWAY, times=2)
    box.boot(first_watch(rental.url, 0.3, 0.05))
    assert eventually(lambda: rental.destroyed(box))
    assert [one.status for one in rental.fake.requests] == [502, 502, 200]


def test_the_start_script_leaves_it_to_the_guard_that_came(rental: Rental, box: Box) -> None:
    box.finish(0)
    box.boot(first_watch(rental.url, 1.0, 0.05))
    box.guard(2.0, rental.url)
    assert eventually(lambda: rental.stopped(box))
    assert rental.asked(box) == ["running", "stopped"]


# --- without a provider -----------------------------------------------------------------------------------------------


def test_where_nobody_rents_out_it_ends_the_worker_alone(rental: Rental, box: Box) -> None:
    box.worker_is(FINISHES_WHEN_ASKED)
    worker = box.launch()
    assert eventually((box.root / JOB / "ready").exists)
    said = box.guard(SOON_S, "")
    assert (said["alive"], said["proof"]) == (True, "no-cloud")
    assert eventually(lambda: not words(worker))
    assert eventually(lambda: not box.guards())
    assert box.status()["phase"] == "over"
    assert box.run("status", JOB)["exit"]["asked"]
    assert rental.asked(box) == []


def test_there_it_leaves_with_its_folder_or_when_everything_is_stopped(rental: Rental, tmp_path: Path) -> None:
    stopped, removed = rental.box(), rental.box()
    for box in (stopped, removed):
        box.guard(LONG_S, "")
    stopped.run("stop")
    shutil.rmtree(removed.root)
    assert eventually(lambda: not stopped.guards() and not removed.guards())
    assert not removed.root.exists()


def test_stopping_everything_leaves_the_guard_of_a_bill_alone(rental: Rental, box: Box) -> None:
    box.guard(3.0, rental.url)
    box.run("stop")
    assert eventually(lambda: rental.destroyed(box))
