"""The worker on the machine: started once, detached, watched, ended; and what is told about it is true."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gui.core.errors import AgentFailed, EmbarkError, MachineDiskFull, PythonMissing
from gui.core.machine import transfer
from gui.core.machine.machine import Parcel
from gui.core.machine.ssh import SshMachine
from gui.core.machine.transfer import Member
from remote_worker import protocol
from tests.machine.conftest import Doors
from tests.machine.servers import Door, FaultProxy, eventually, practice_only, sshd_only

WAITS = """
import sys, time
print("in", sys.argv[1], flush=True)
print("on stderr", file=sys.stderr, flush=True)
time.sleep(600)
"""
ENDS = "import sys; print('done', flush=True); sys.exit(7)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + WAITS
WITH_CHILD = """
import pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1], "child").write_text(f"{child.pid}\\n")
"""


def fake_worker(code: str) -> Parcel:
    files = {"remote_worker/__init__.py": b"", "remote_worker/__main__.py": code.encode()}
    members = [Member(name, len(data), lambda data=data: io.BytesIO(data)) for name, data in files.items()]
    return transfer.tar_parcel("worker", "worker-test", members)


Launch = Callable[..., dict[str, Any]]


@pytest.fixture
def launch(machine: SshMachine) -> Launch:
    def start(code: str, python: str = sys.executable) -> dict[str, Any]:
        machine.put(fake_worker(code))
        return machine.run("launch", "job", "--python", python, "--worker", "worker-test")

    return start


def living(pid: int) -> bool:
    """Whether this process is there and not only its remains."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def ended(machine: SshMachine) -> dict[str, Any]:
    status: dict[str, Any] = {}

    def over() -> bool:
        status.update(machine.run("status", "job"))
        return not status["alive"]

    assert eventually(over)
    return status


def pids(door: Door) -> dict[str, int]:
    state = json.loads((door.folder / ".workers" / "job.json").read_text())
    return {role: state[role][0] for role in ("worker", "supervisor")}


def test_a_worker_is_started_in_the_job_folder_with_its_words_in_a_log(
    launch: Launch, machine: SshMachine, door: Door
) -> None:
    started = launch(WAITS)
    assert started["already"] is False
    assert eventually(lambda: b"stderr" in machine.read("job/worker.log", 0))
    assert machine.read("job/worker.log", 0).decode() == f"in {door.folder / 'job'}\non stderr\n"
    status = machine.run("status", "job")
    assert (status["alive"], status["pid"], status["exit"]) == (True, started["pid"], None)
    assert living(started["pid"])


@practice_only
def test_nothing_launched_is_nothing_alive(machine: SshMachine) -> None:
    status = machine.run("status", "job")
    assert (status["alive"], status["launched"], status["exit"]) == (False, False, None)
    assert status["disk_free_bytes"] > 0
    assert machine.run("stop", "job")["alive"] is False


def test_a_second_launch_leaves_the_living_worker_alone(launch: Launch) -> None:
    first = launch(WAITS)
    assert launch(WAITS) == {"pid": first["pid"], "already": True}


@practice_only
def test_many_launches_at_once_make_one_worker(machine: SshMachine, door: Door) -> None:
    machine.put(fake_worker(WAITS))
    replies: list[dict[str, Any]] = []
    connections = [door.connect() for _ in range(4)]

    def start(connection: SshMachine) -> None:
        replies.append(connection.run("launch", "job", "--python", sys.executable, "--worker", "worker-test"))

    threads = [threading.Thread(target=start, args=[one]) for one in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in connections:
        one.close()
    assert sorted(reply["already"] for reply in replies) == [False, True, True, True]
    assert {reply["pid"] for reply in replies} == {machine.run("status", "job")["pid"]}
    assert eventually(lambda: machine.read("job/worker.log", 0))
    assert machine.read("job/worker.log", 0).count(b"in ") == 1


def test_the_end_is_written_down(launch: Launch, machine: SshMachine) -> None:
    launch(ENDS)
    assert ended(machine)["exit"] == {"exit_code": 7, "signal": 0, "asked": False}
    assert protocol.parse_exit(machine.read("job/exit.json", 0)) == protocol.WorkerExit(7, 0, False)


def test_a_killed_worker_is_told_with_its_signal(launch: Launch, machine: SshMachine) -> None:
    os.kill(launch(WAITS)["pid"], signal.SIGKILL)
    assert ended(machine)["exit"] == {"exit_code": 137, "signal": 9, "asked": False}


def test_stop_ends_the_worker_and_says_that_it_was_asked_for(launch: Launch, machine: SshMachine) -> None:
    pid = launch(WAITS)["pid"]
    status = machine.run("stop", "job", "--grace", "20")
    assert status["exit"] == {"exit_code": 143, "signal": 15, "asked": True}
    assert not living(pid)


@practice_only
def test_a_worker_that_does_not_listen_is_killed_after_the_grace(launch: Launch, machine: SshMachine) -> None:
    pid = launch(STUBBORN)["pid"]
    assert eventually(lambda: machine.read("job/worker.log", 0))
    assert machine.run("stop", "job", "--grace", "0.3")["exit"] == {"exit_code": 137, "signal": 9, "asked": True}
    assert not living(pid)


@sshd_only
@pytest.mark.parametrize("end", ["stop", "by itself", "killed"])
def test_the_workers_children_end_with_it(launch: Launch, machine: SshMachine, end: str) -> None:
    pid = launch(WITH_CHILD + (ENDS if end == "by itself" else WAITS))["pid"]
    assert eventually(lambda: machine.read("job/child", 0))
    child = int(machine.read("job/child", 0))
    if end == "killed":
        os.kill(pid, signal.SIGKILL)
    if end == "stop":
        machine.run("stop", "job", "--grace", "5")
    ended(machine)
    assert eventually(lambda: not living(child))


@practice_only
def test_a_stopped_job_can_be_launched_again_and_forgets_its_end(launch: Launch, machine: SshMachine) -> None:
    launch(WAITS)
    machine.run("stop", "job", "--grace", "5")
    again = launch(WAITS)
    assert again["already"] is False
    assert machine.read("job/exit.json", 0) == b""
    os.kill(again["pid"], signal.SIGKILL)
    assert ended(machine)["exit"] == {"exit_code": 137, "signal": 9, "asked": False}


@practice_only
def test_a_worker_whose_supervisor_was_killed_is_still_seen(launch: Launch, machine: SshMachine, door: Door) -> None:
    pid = launch(WAITS)["pid"]
    os.kill(pids(door)["supervisor"], signal.SIGKILL)
    assert eventually(lambda: not living(pids(door)["supervisor"]))
    assert machine.run("status", "job")["alive"] is True
    assert launch(WAITS) == {"pid": pid, "already": True}
    assert machine.run("stop", "job", "--grace", "5")["exit"] == {"exit_code": 143, "signal": 15, "asked": True}
    assert not living(pid)


@practice_only
def test_when_both_were_killed_the_end_is_unknown_and_said_to_be(
    launch: Launch, machine: SshMachine, door: Door
) -> None:
    launch(WAITS)
    for role in ("supervisor", "worker"):
        os.kill(pids(door)[role], signal.SIGKILL)
    status = ended(machine)
    assert (status["launched"], status["exit"]) == (True, None)
    assert launch(WAITS)["already"] is False


@practice_only
def test_a_reused_pid_is_not_taken_for_the_worker(launch: Launch, machine: SshMachine, door: Door) -> None:
    launch(ENDS)
    ended(machine)
    state_file = door.folder / ".workers" / "job.json"
    state = json.loads(state_file.read_text())
    state["worker"] = state["supervisor"] = [os.getpid(), state["worker"][1]]
    state_file.write_text(json.dumps(state))
    assert machine.run("status", "job")["alive"] is False
    assert machine.run("stop", "job", "--grace", "0")["alive"] is False
    assert launch(WAITS)["already"] is False


@practice_only
def test_stop_without_a_job_ends_every_worker(machine: SshMachine) -> None:
    machine.put(fake_worker(WAITS))
    started = [
        machine.run("launch", job, "--python", sys.executable, "--worker", "worker-test")["pid"]
        for job in ("job", "jobs/other")
    ]
    stopped = machine.run("stop", "--grace", "5")["jobs"]
    assert set(stopped) == {"job", "jobs/other"}
    assert not any(living(pid) for pid in started)


@practice_only
def test_a_python_that_is_not_there_is_told(launch: Launch, machine: SshMachine) -> None:
    with pytest.raises(PythonMissing) as missing:
        launch(WAITS, python="/no/such/python")
    assert missing.value.tried == ["/no/such/python"]
    assert machine.run("status", "job")["alive"] is False


@practice_only
def test_a_worker_that_was_never_sent_is_told(machine: SshMachine) -> None:
    with pytest.raises(AgentFailed, match="no worker"):
        machine.run("launch", "job", "--python", sys.executable, "--worker", "worker-other")


@practice_only
def test_on_a_disk_that_the_worker_filled_its_end_is_still_told(new_door: Doors, small_disk: Path) -> None:
    door = new_door(place=small_disk)
    machine = door.connect()
    machine.put(fake_worker("open('fill', 'wb').write(bytes(10 << 20))"))
    machine.run("launch", "job", "--python", sys.executable, "--worker", "worker-test")
    assert ended(machine)["exit"]["exit_code"] == 1
    assert machine.run("status", "job")["disk_free_bytes"] < 100_000
    with pytest.raises(MachineDiskFull):
        machine.put(transfer.bytes_parcel("job/more", bytes(1_000_000)))
    machine.close()
    door.connect().close()  # and one can still log in to fetch what there is


def test_a_worker_outlives_the_connection_that_started_it(door: Door, proxy: FaultProxy) -> None:
    machine = door.connect(port=proxy.port)
    machine.put(fake_worker(WAITS))
    pid = machine.run("launch", "job", "--python", sys.executable, "--worker", "worker-test")["pid"]
    proxy.reset()
    with pytest.raises(EmbarkError):
        machine.run("status", "job")
    machine.close()
    again = door.connect()
    assert again.run("status", "job")["pid"] == pid
    assert eventually(lambda: again.read("job/worker.log", 0))
    again.close()
