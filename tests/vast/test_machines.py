"""The machines of the fake Vast.ai: real SSH servers, each alone in its world, that end as the real ones do."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gui.core.errors import ConnectionLost, HostKeyChanged, LoginRefused
from gui.core.machine import keys, ssh
from gui.core.machine.keys import Identity
from tests.fake_vast import boots
from tests.fake_vast.containers import Containers, can_be_logged_in_to, isolated
from tests.vast.account import LABEL, Account, open_account

WAIT_S = 20.0


@pytest.fixture(params=["namespace", "plain"])
def account(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Account]:
    if not can_be_logged_in_to():
        pytest.skip("needs openssh-server, and to be root")
    if request.param == "namespace" and not isolated():
        pytest.skip("namespaces are not allowed here")
    account = open_account(machines=tmp_path / "machines")
    machines(account).private = request.param == "namespace"
    yield account
    account.close()


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Account]:
    if not can_be_logged_in_to() or not isolated():
        pytest.skip("needs openssh-server and namespaces")
    account = open_account(machines=tmp_path / "machines")
    yield account
    account.close()


@pytest.fixture
def me() -> Identity:
    return keys.generate()


def machines(account: Account) -> Containers:
    containers = account.world.machines
    assert isinstance(containers, Containers)
    return containers


def running(account: Account, me: Identity, label: str = LABEL) -> int:
    """Rent a machine that can be logged in to at once; its number."""
    account.world.next_boots = [boots.AT_ONCE]
    account.cloud.rent(account.offer(), label, me.public)
    number = int(account.listed(label).instance_id)
    eventually(lambda: answers(account.world.instances[number].direct_port))
    return number


def answers(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def eventually(happened: Any) -> None:
    until = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.02)


def log_in(account: Account, me: Identity, number: int, expected: str = "") -> ssh.SshMachine:
    return ssh.connect("127.0.0.1", account.world.instances[number].direct_port, "root", me, expected)


def shows(account: Account, me: Identity, number: int) -> str:
    """The key that the machine shows; "" while it is not there."""
    try:
        machine = log_in(account, me, number)
    except ConnectionLost:
        return ""
    machine.close()
    return machine.host_key


def lost(machine: ssh.SshMachine) -> bool:
    try:
        machine.run("probe")
    except ConnectionLost:
        return True
    return False


def say(account: Account, me: Identity, number: int, command: str, tmp_path: Path) -> str:
    """What a shell on the machine says, by the usual client."""
    key = tmp_path / "key"
    key.write_text(me.private_pem)
    key.chmod(0o600)
    port = account.world.instances[number].direct_port
    options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"]
    words = [
        "ssh",
        "-F",
        "/dev/null",
        "-i",
        str(key),
        "-p",
        str(port),
        *(f"-o{one}" for one in options),
        "root@127.0.0.1",
    ]
    return subprocess.run([*words, command], capture_output=True, text=True, check=False, timeout=30).stdout


def test_a_machine_is_closed_first_then_does_not_know_the_key_then_lets_in(account: Account, me: Identity) -> None:
    account.world.next_boots = [boots.Boot(boots.AT_ONCE.steps, refused_s=20, denied_s=30)]
    account.cloud.rent(account.offer(), LABEL, me.public)
    number = int(account.listed().instance_id)
    for _ in range(2):
        with pytest.raises(ConnectionLost):
            log_in(account, me, number)
        account.world.advance(6)
    account.world.advance(10)
    eventually(lambda: answers(account.world.instances[number].direct_port))
    with pytest.raises(LoginRefused):
        log_in(account, me, number)
    account.world.advance(30)
    log_in(account, me, number).close()


def test_the_key_that_the_provider_vouches_for_is_the_one_that_is_shown(account: Account, me: Identity) -> None:
    number = running(account, me)
    eventually(lambda: "embark-host-key" in machines(account).log(account.world.instances[number]))
    vouched = account.cloud.host_key(account.listed())
    machine = log_in(account, me, number, vouched)
    assert machine.host_key == vouched == machines(account).host_key(number)
    machine.close()
    machines(account).change_host_key(number)
    eventually(lambda: shows(account, me, number) == machines(account).host_key(number))
    with pytest.raises(HostKeyChanged):
        log_in(account, me, number, vouched)


def test_both_ways_lead_to_the_same_machine_and_a_dead_one_leads_nowhere(account: Account, me: Identity) -> None:
    number = running(account, me)
    instance = account.listed()
    assert instance.address is not None
    assert instance.fallback_address is not None
    shown = set()
    for way in (instance.address, instance.fallback_address):
        machine = ssh.connect(way.host, way.port, way.user, me)
        shown.add(machine.host_key)
        machine.close()
    assert len(shown) == 1
    assert not answers(account.world.instances[number].dead_port)


def test_a_key_that_is_attached_later_is_let_in(account: Account, me: Identity) -> None:
    number, other = running(account, me), keys.generate()
    with pytest.raises(LoginRefused):
        log_in(account, other, number)
    account.cloud.authorize(account.listed(), other.public)
    log_in(account, other, number).close()


def test_the_agent_works_there_and_sees_the_gpu_that_was_rented(account: Account, me: Identity) -> None:
    number = running(account, me)
    machine = log_in(account, me, number)
    found = machine.run("probe")
    machine.close()
    assert [(gpu["name"], gpu["vram_bytes"]) for gpu in found["gpus"]] == [("NVIDIA GeForce RTX 4090", 24564 << 20)]


def test_a_connection_can_be_cut_and_made_anew(account: Account, me: Identity) -> None:
    number = running(account, me)
    machine = log_in(account, me, number)
    machines(account).cut(number)
    eventually(lambda: lost(machine))
    machine.close()
    log_in(account, me, number).close()


def test_destroy_ends_everything_on_the_machine(account: Account, me: Identity, tmp_path: Path) -> None:
    number = running(account, me)
    mark = f"sleep 98{time.time_ns() % 10**9}"
    say(account, me, number, f"nohup setsid {mark} >/dev/null 2>&1 &", tmp_path)
    assert mark in processes()
    home = machines(account).disk(number)
    port = account.world.instances[number].direct_port
    account.cloud.destroy(str(number))
    eventually(lambda: not answers(port))
    assert not home.exists()
    eventually(lambda: mark not in processes())


def test_a_stopped_machine_keeps_its_disk_and_comes_back(account: Account, me: Identity, tmp_path: Path) -> None:
    number = running(account, me)
    say(account, me, number, "echo kept > ~/note", tmp_path)
    account.world.stop(number)
    eventually(lambda: not answers(account.world.instances[number].direct_port))
    account.world.start(number)
    account.world.advance(60)
    eventually(lambda: answers(account.world.instances[number].direct_port))
    assert say(account, me, number, "cat ~/note", tmp_path) == "kept\n"


def test_the_instances_key_is_in_pid_1_alone_and_ends_this_instance(
    private: Account, me: Identity, tmp_path: Path
) -> None:
    """What the guard lives on: a session does not see the key, a process that reads PID 1's environment does."""
    number = running(private, me)
    assert say(private, me, number, "echo $CONTAINER_API_KEY$CONTAINER_ID", tmp_path) == "\n"
    environment = dict(
        line.partition("=")[::2]
        for line in say(private, me, number, "tr '\\0' '\\n' < /proc/1/environ", tmp_path).splitlines()
    )
    assert environment["CONTAINER_ID"] == str(number)
    assert environment["CONTAINER_API_KEY"] == private.world.instances[number].api_key
    (machines(private).disk(number) / "end.py").write_text(
        "import urllib.request\n"
        "said = dict(one.split('=', 1) for one in open('/proc/1/environ').read().split('\\0') if '=' in one)\n"
        f"url = '{private.fake.url}/api/v0/instances/%s/' % said['CONTAINER_ID']\n"
        "key = {'Authorization': 'Bearer ' + said['CONTAINER_API_KEY']}\n"
        "urllib.request.urlopen(urllib.request.Request(url, method='DELETE', headers=key))\n"
    )
    say(private, me, number, "python3 end.py", tmp_path)
    assert private.cloud.instances() == ()


def test_each_machine_is_alone_in_its_world(private: Account, me: Identity, tmp_path: Path) -> None:
    first, second = running(private, me), running(private, me, "embark-r2-1")
    say(private, me, first, "echo first > ~/mine; echo first > /workspace/mine", tmp_path)
    assert say(private, me, second, "cat ~/mine /workspace/mine 2>/dev/null; ls -A /workspace", tmp_path) == ""
    assert machines(private).host_key(first) != machines(private).host_key(second)
    seen = say(private, me, first, "cat /proc/[0-9]*/comm | sort | uniq -c | tr -s ' ' | grep sshd", tmp_path)
    assert 1 <= int(seen.split()[0]) <= 4
    assert say(private, me, first, "ls ~/.no_auto_tmux", tmp_path)


def test_nothing_is_left_when_the_world_ends(private: Account, me: Identity) -> None:
    number = running(private, me)
    pid = machines(private).pid(number)
    assert pid
    private.fake.close()
    assert not Path(f"/proc/{pid}").exists()


def processes() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
