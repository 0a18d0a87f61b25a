"""This computer as a rented machine: its account is a folder that outlives the program, its door is narrow."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest

from gui.core.cloud import practice
from gui.core.cloud.base import Cloud, Instance, InstanceStatus, Needs
from gui.core.cloud.practice import PracticeCloud
from gui.core.errors import CloudRefused, CloudUnreachable, ConnectionLost, LocalDiskFull, LoginRefused
from gui.core.machine import keys, ssh, transfer
from gui.core.machine.keys import Identity
from gui.core.machine.ssh import SshMachine
from tests.cloud.contract import CloudContract
from tests.machine.servers import eventually, small_file_system
from tests.machine.test_worker_process import WAITS, fake_worker, living

PYTHON = Path(sys.executable)


class TestContract(CloudContract):
    @pytest.fixture
    def account(self, tmp_path: Path) -> Callable[[], Cloud]:
        return lambda: PracticeCloud(tmp_path / "practice", PYTHON)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[PracticeCloud]:
    cloud = PracticeCloud(tmp_path / "practice", PYTHON)
    yield cloud
    for instance in cloud.instances():
        cloud.destroy(instance.instance_id)
    cloud.close()


@pytest.fixture
def me() -> Identity:
    return keys.generate()


@pytest.fixture
def instance(cloud: PracticeCloud, me: Identity) -> Instance:
    return cloud.rent(cloud.offers(Needs())[0], "embark-1", me.public)


def log_in(instance: Instance, me: Identity) -> SshMachine:
    where = instance.address
    assert where is not None
    return ssh.connect(where.host, where.port, where.user, me, instance.host_key)


def disk(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "practice" / "disks").iterdir()]


# --- the account ------------------------------------------------------------------------------------------------------


def test_the_one_offer_is_this_computer_at_a_pretend_price(cloud: PracticeCloud) -> None:
    (offer,) = cloud.offers(Needs())
    assert offer.pretend_price
    assert offer.price_per_hour == practice.PRICE_PER_HOUR
    assert offer.name
    assert offer.cores == len(os.sched_getaffinity(0))
    assert offer.memory_bytes > 100_000_000
    assert offer.disk_bytes > 0
    assert not cloud.needs_key


def test_without_the_workers_python_nothing_is_offered_but_what_is_rented_is_seen_and_destroyed(
    cloud: PracticeCloud, instance: Instance, me: Identity, tmp_path: Path
) -> None:
    machine = log_in(instance, me)
    machine.put(fake_worker(WAITS))
    pid = machine.run("launch", "job", "--python", sys.executable, "--worker", "worker-test")["pid"]
    machine.close()
    broken = PracticeCloud(tmp_path / "practice", tmp_path / "no python")
    with pytest.raises(CloudRefused, match="no Python"):
        broken.offers(Needs())
    assert [one.instance_id for one in broken.instances()] == [instance.instance_id]
    broken.destroy(instance.instance_id)
    assert list(broken.instances()) == []
    assert not living(pid)


def test_the_workers_python_is_beside_the_program_unless_the_environment_names_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("EMBARK_WORKER_PYTHON", raising=False)
    assert practice.default_worker_python().parent.parent.name == ".venv-worker"
    monkeypatch.setenv("EMBARK_WORKER_PYTHON", "/somewhere/python")
    assert practice.default_worker_python() == Path("/somewhere/python")


def test_the_ledger_keeps_what_was_rented_and_destroyed(cloud: PracticeCloud, instance: Instance) -> None:
    cloud.destroy(instance.instance_id)
    rented, destroyed = cloud.ledger()
    assert (rented.event, rented.label, rented.at) == ("rented", "embark-1", instance.rented_at)
    assert (destroyed.event, destroyed.instance_id) == ("destroyed", instance.instance_id)
    assert destroyed.at >= rented.at


def test_a_line_that_was_cut_off_never_came_to_be(cloud: PracticeCloud, instance: Instance, tmp_path: Path) -> None:
    ledger = tmp_path / "practice" / "ledger.jsonl"
    with ledger.open("a") as out:
        out.write('{"event": "destroyed", "instance_id": "')
    assert [one.instance_id for one in cloud.instances()] == [instance.instance_id]
    cloud.destroy(instance.instance_id)
    assert [entry.event for entry in cloud.ledger()] == ["rented", "destroyed"]


@pytest.mark.parametrize("line", ["garbage\n", "[]\n", '{"event": "rented"}\n', "\n"])
def test_a_damaged_ledger_is_never_taken_for_an_empty_one(
    cloud: PracticeCloud, instance: Instance, tmp_path: Path, line: str
) -> None:
    ledger = tmp_path / "practice" / "ledger.jsonl"
    good = ledger.read_text()
    ledger.write_text(good + line)
    with pytest.raises(CloudUnreachable):
        cloud.instances()
    ledger.write_text(good)


def test_an_instance_whose_disk_vanished_is_lost_and_can_be_destroyed(
    cloud: PracticeCloud, instance: Instance, tmp_path: Path
) -> None:
    practice._remove(tmp_path / "practice" / "disks" / instance.instance_id)
    (listed,) = cloud.instances()
    assert (listed.status, listed.address) == (InstanceStatus.LOST, None)
    cloud.destroy(instance.instance_id)
    assert list(cloud.instances()) == []


def test_the_remains_of_a_renting_that_was_killed_go_with_the_next(
    cloud: PracticeCloud, instance: Instance, me: Identity, tmp_path: Path
) -> None:
    (tmp_path / "practice" / "disks" / "practice-half" / "home").mkdir(parents=True)
    other = cloud.rent(cloud.offers(Needs())[0], "embark-2", me.public)
    assert sorted(disk(tmp_path)) == sorted([instance.instance_id, other.instance_id])


def test_many_programs_may_rent_at_once(cloud: PracticeCloud, me: Identity, tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from gui.core.cloud.base import Needs
from gui.core.cloud.practice import PracticeCloud
cloud = PracticeCloud(Path(sys.argv[1]), Path(sys.executable))
for number in range(3):
    cloud.rent(cloud.offers(Needs())[0], f"embark-{sys.argv[2]}-{number}", sys.argv[3])
cloud.close()
"""
    command = [sys.executable, "-c", program, str(tmp_path / "practice")]
    programs = [subprocess.Popen([*command, str(number), me.public]) for number in range(3)]
    assert [one.wait() for one in programs] == [0, 0, 0]
    assert len({one.label for one in cloud.instances()}) == 9


def test_on_a_full_disk_nothing_is_rented_and_what_is_rented_can_be_destroyed(tmp_path: Path, me: Identity) -> None:
    with small_file_system(tmp_path / "disk") as disk:
        cloud = PracticeCloud(disk / "practice", PYTHON)
        offer = cloud.offers(Needs())[0]
        first = cloud.rent(offer, "embark-1", me.public)
        with contextlib.suppress(OSError):
            for number in range(1000):
                (disk / f"{number}").touch()
        with pytest.raises(LocalDiskFull):
            cloud.rent(offer, "embark-2", me.public)
        assert [one.label for one in cloud.instances()] == ["embark-1"]
        cloud.destroy(first.instance_id)
        assert list(cloud.instances()) == []
        cloud.close()


# --- destroying -------------------------------------------------------------------------------------------------------


def test_destroy_ends_the_worker_and_deletes_the_disk(
    cloud: PracticeCloud, instance: Instance, me: Identity, tmp_path: Path
) -> None:
    machine = log_in(instance, me)
    machine.put(fake_worker(WAITS))
    pid = machine.run("launch", "job", "--python", sys.executable, "--worker", "worker-test")["pid"]
    cloud.destroy(instance.instance_id)
    assert not living(pid)
    assert disk(tmp_path) == []
    with pytest.raises(ConnectionLost):
        machine.run("status", "job")
    machine.close()


def test_a_worker_of_a_program_that_was_killed_is_ended_by_the_next(tmp_path: Path) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from tests.cloud.test_practice import *
cloud, me = PracticeCloud(Path(sys.argv[1]) / "practice", PYTHON), keys.generate()
machine = log_in(cloud.rent(cloud.offers(Needs())[0], "embark-1", me.public), me)
machine.put(fake_worker(WAITS))
print(machine.run("launch", "job", "--python", sys.executable, "--worker", "worker-test")["pid"], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    died = subprocess.run([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert died.returncode == -signal.SIGKILL
    pid = int(died.stdout)
    assert living(pid)
    cloud = PracticeCloud(tmp_path / "practice", PYTHON)
    (instance,) = cloud.instances()
    me = keys.generate()
    with pytest.raises(LoginRefused):
        log_in(instance, me)
    cloud.authorize(instance, me.public)
    machine = log_in(instance, me)
    assert machine.run("status", "job")["pid"] == pid
    machine.close()
    cloud.destroy(instance.instance_id)
    assert not living(pid)
    assert list(cloud.instances()) == disk(tmp_path) == []
    cloud.close()


def test_what_another_program_destroyed_cannot_be_used_any_more(
    cloud: PracticeCloud, instance: Instance, me: Identity, tmp_path: Path
) -> None:
    machine = log_in(instance, me)
    other = PracticeCloud(tmp_path / "practice", PYTHON)
    other.destroy(instance.instance_id)
    with pytest.raises(ConnectionLost):
        machine.run("have")
    assert disk(tmp_path) == []
    assert list(cloud.instances()) == []
    with pytest.raises(ConnectionLost):
        log_in(instance, me)
    machine.close()


def test_a_disk_that_is_still_in_use_is_deleted_in_the_end(
    cloud: PracticeCloud, instance: Instance, tmp_path: Path
) -> None:
    """Somebody keeps writing into it for a while."""
    home = tmp_path / "practice" / "disks" / instance.instance_id / "home"
    busy = threading.Event()

    def write() -> None:
        for number in range(300):
            if not home.parent.exists():
                return
            try:
                (home / "new").mkdir(exist_ok=True)
                (home / "new" / f"{number}").touch()
            except FileNotFoundError:
                continue
            busy.set()

    writer = threading.Thread(target=write)
    writer.start()
    busy.wait()
    cloud.destroy(instance.instance_id)
    writer.join()
    assert disk(tmp_path) == []


def test_closing_leaves_the_worker_at_work(cloud: PracticeCloud, instance: Instance, me: Identity) -> None:
    machine = log_in(instance, me)
    machine.put(fake_worker(WAITS))
    pid = machine.run("launch", "job", "--python", sys.executable, "--worker", "worker-test")["pid"]
    threads = threading.active_count()
    cloud.close()
    machine.close()
    assert eventually(lambda: threading.active_count() < threads)
    assert living(pid)
    (again,) = cloud.instances()
    machine = log_in(again, me)
    assert machine.run("status", "job")["pid"] == pid
    machine.close()


# --- the door ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def transport(instance: Instance, me: Identity) -> Iterator[paramiko.Transport]:
    assert instance.address is not None
    with socket.create_connection((instance.address.host, instance.address.port)) as plain:
        transport = paramiko.Transport(plain)
        transport.start_client(timeout=10)
        transport.auth_publickey(instance.address.user, paramiko.Ed25519Key(file_obj=io.StringIO(me.private_pem)))
        yield transport
        transport.close()


@pytest.mark.parametrize(
    "command",
    [
        "",
        "id",
        "python3",
        "python3 -c 'print(1)'",
        "python3 -m http.server",
        "python3 -",
        "sh -c id",
        "python3 embark/agent.py probe",
        "python3 /etc/passwd probe",
        "'unclosed",
        "python3 {agent} supervise job python worker",
        "python3 {agent} --root / probe",
        "python3 {agent} nonsense",
        "python3 -c {bootstrap} .. {name}",
        "python3 -c {bootstrap} embark other.py",
        "python3 -c {bootstrap} embark {name} more",
        "python3 -c {bootstrap}' ' embark {name}",
    ],
)
def test_every_command_that_is_not_embarks_own_is_refused(
    transport: paramiko.Transport, instance: Instance, tmp_path: Path, command: str
) -> None:
    name = ssh.agent_source()[0]
    agent = tmp_path / "practice" / "disks" / instance.instance_id / "home" / "embark" / name
    channel = transport.open_session(timeout=10)
    with pytest.raises(paramiko.SSHException):
        channel.exec_command(command.format(agent=agent, name=name, bootstrap=shlex.quote(ssh.BOOTSTRAP)))


@pytest.mark.parametrize("want", ["get_pty", "invoke_shell", "invoke_subsystem"])
def test_there_is_no_shell_no_terminal_and_no_subsystem(transport: paramiko.Transport, want: str) -> None:
    channel = transport.open_session(timeout=10)
    with pytest.raises(paramiko.SSHException):
        getattr(channel, want)(*(["sftp"] if want == "invoke_subsystem" else []))


def test_nothing_is_forwarded(transport: paramiko.Transport) -> None:
    for kind in ("direct-tcpip", "forwarded-tcpip", "x11"):
        with pytest.raises(paramiko.ChannelException):
            transport.open_channel(kind, ("127.0.0.1", 22), ("127.0.0.1", 22), timeout=10)
    with pytest.raises(paramiko.SSHException):
        transport.request_port_forward("127.0.0.1", 0)


def test_it_listens_on_the_loopback_address_only(instance: Instance) -> None:
    assert instance.address is not None
    assert instance.address.host == "127.0.0.1"
    listening = Path("/proc/net/tcp").read_text()
    assert f"0100007F:{instance.address.port:04X} 00000000:0000 0A" in listening


@pytest.mark.parametrize("way", ["password", "none", "another user"])
def test_only_the_key_opens_it(instance: Instance, me: Identity, way: str) -> None:
    assert instance.address is not None
    with socket.create_connection((instance.address.host, instance.address.port)) as plain:
        transport = paramiko.Transport(plain)
        transport.start_client(timeout=10)
        key = paramiko.Ed25519Key(file_obj=io.StringIO(me.private_pem))
        tries = {
            "password": lambda: transport.auth_password("embark", "embark"),
            "none": lambda: transport.auth_none("embark"),
            "another user": lambda: transport.auth_publickey("root", key),
        }
        with pytest.raises(paramiko.AuthenticationException):
            tries[way]()
        transport.close()


def test_the_machine_sees_its_own_home_and_no_secret_of_ours(
    cloud: PracticeCloud, instance: Instance, me: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAST_API_KEY", "secret")
    monkeypatch.setenv("PYTHONSTARTUP", "secret")
    machine = log_in(instance, me)
    machine.put(fake_worker("import json, os; print(json.dumps(dict(os.environ)), flush=True)" + WAITS))
    machine.run("launch", "job", "--python", sys.executable, "--worker", "worker-test")
    assert eventually(lambda: machine.read("job/worker.log", 0))
    seen = machine.read("job/worker.log", 0).decode()
    assert "secret" not in seen
    assert str(tmp_path / "practice" / "disks" / instance.instance_id / "home") in seen
    machine.close()


def test_no_private_key_is_written_anywhere(
    cloud: PracticeCloud, instance: Instance, me: Identity, tmp_path: Path
) -> None:
    log_in(instance, me).close()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"PRIVATE KEY" not in path.read_bytes(), path


def test_a_pretend_disk_has_the_size_that_was_asked_for(tmp_path: Path, me: Identity) -> None:
    cloud = PracticeCloud(tmp_path / "practice", PYTHON, disk_bytes=1_000_000)
    assert [offer.disk_bytes for offer in cloud.offers(Needs())] == [1_000_000]
    assert list(cloud.offers(Needs(disk_bytes=2_000_000))) == []
    instance = cloud.rent(cloud.offers(Needs())[0], "embark-1", me.public)
    machine = log_in(instance, me)
    machine.put(transfer.bytes_parcel("rows", bytes(600_000)))
    assert machine.run("probe")["disk_free_bytes"] < 400_000
    machine.close()
    cloud.destroy(instance.instance_id)
    cloud.close()
