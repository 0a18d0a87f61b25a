"""The guard where it will live: in a container, over SSH, with the instance's key in process 1 alone."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.core.cloud.vast_ssh import onstart
from gui.core.cloud.vast_watch import first_watch
from gui.core.errors import EmbarkError
from gui.core.machine import bundle, keys, ssh
from gui.core.machine.keys import Identity
from gui.core.run.lease import Lease
from gui.core.units import utc_now
from remote_worker.protocol import Proof
from tests.fake_vast import boots
from tests.fake_vast.containers import Containers, isolated, sshd_program
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World
from tests.guard.box import JOB
from tests.machine.servers import eventually

AGAIN = boots.Boot((boots.BootStep(0, "running", "success"),), refused_s=0, denied_s=0)


class Rented:
    """One real container, and the way into it."""

    def __init__(self, folder: Path, first_watch_s: float = 600.0) -> None:
        self.me: Identity = keys.generate()
        self.world = World(clock=time.time, limits={})
        self.containers = Containers(folder)
        self.fake = FakeVast(self.world, self.containers)
        self.world.add_account_key(self.me.public)
        self.world.boot = AGAIN
        script = onstart(" ".join(self.me.public.split()[:2])) + first_watch(self.fake.url, first_watch_s, 0.1)
        order = {"image": "pytorch", "disk": 20, "label": "embark-r1-1", "onstart": script}
        self.number = self.world.create(self.world.add_offer(), order).instance_id
        self.key = self.world.instances[self.number].api_key

    def connect(self) -> ssh.SshMachine:
        port = self.world.instances[self.number].direct_port
        made: list[ssh.SshMachine] = []

        def connected() -> bool:
            try:
                made.append(ssh.connect("127.0.0.1", port, "root", self.me))
            except EmbarkError:
                return False
            return True

        assert eventually(connected)
        return made[0]

    def lease(self, seconds: float) -> Lease:
        return Lease(JOB, seconds, "vast", utc_now, url=self.fake.url)

    def inside(self) -> list[int]:
        """Every process of the container, as it is called out here."""
        found: list[int] = []
        try:
            space = Path(f"/proc/{self.containers.pid(self.number)}/ns/pid").readlink()
        except (OSError, KeyError):  # it has ended
            return found
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "ns" / "pid").readlink() == space:
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    @property
    def gone(self) -> bool:
        return self.number not in self.world.instances

    @property
    def actual(self) -> str | None:
        return self.world.instances[self.number].actual


@pytest.fixture
def rented(tmp_path: Path) -> Iterator[Rented]:
    if sshd_program() is None or not isolated():
        pytest.skip("needs openssh-server and namespaces")
    rented = Rented(tmp_path / "machines")
    yield rented
    rented.fake.close()


def proc(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def test_the_guard_finds_the_key_outlives_the_connection_and_ends_the_bill(rented: Rented) -> None:
    machine, lease = rented.connect(), rented.lease(1.5)
    machine.put(bundle.worker_parcel())
    assert lease.start(machine, ()).report.proof is Proof.PROVEN
    machine.close()
    assert not rented.gone
    assert eventually(lambda: rented.gone)


def test_the_key_is_in_no_file_no_argument_list_and_no_other_environment(rented: Rented) -> None:
    key = rented.key.encode()
    machine, lease = rented.connect(), rented.lease(600)
    machine.put(bundle.worker_parcel())
    lease.start(machine, ())
    rented.world.faults.add("*", "html", times=1000)
    lease.renew(machine, {1, 2})
    assert lease.look(machine).ends_the_bill
    (guard,) = [pid for pid in rented.inside() if b"remote_worker.guard" in proc(pid, "cmdline")]
    assert key not in proc(guard, "environ")
    assert key in proc(rented.containers.pid(rented.number), "environ")
    assert not [pid for pid in rented.inside() if key in proc(pid, "cmdline")]
    folder = rented.containers.disk(rented.number).parent
    holding = subprocess.run(["grep", "-rlF", rented.key, str(folder)], capture_output=True, text=True, check=False)
    assert holding.stdout == ""
    machine.close()


def test_a_container_that_is_started_again_is_guarded_again(rented: Rented) -> None:
    machine = rented.connect()
    machine.put(bundle.worker_parcel())
    rented.lease(2).start(machine, ())
    index = rented.containers.disk(rented.number) / "embark" / JOB / "shards" / "index.jsonl"
    index.parent.mkdir(parents=True)
    index.write_text('{"shard":0,"file":"shards/0","rows":1,"dimensions":8,"size_bytes":1,"sha256":"0"}\n')
    machine.close()
    assert eventually(lambda: rented.actual == "stopped")
    asked = len(rented.fake.requests)
    with rented.world.lock:
        rented.world.start(rented.number)
    assert eventually(lambda: rented.actual == "running")
    assert eventually(lambda: rented.actual == "stopped")
    assert [one.body for one in rented.fake.requests[asked:]] == [{"state": "running"}, {"state": "stopped"}]


def test_a_container_that_nobody_comes_to_destroys_itself_without_showing_the_key(tmp_path: Path) -> None:
    if sshd_program() is None or not isolated():
        pytest.skip("needs openssh-server and namespaces")
    rented = Rented(tmp_path / "machines", first_watch_s=0.5)
    try:
        rented.world.faults.add("*", "delay", seconds=0.5)
        shown: list[bytes] = []
        while not rented.gone:
            shown += [proc(pid, "cmdline") for pid in rented.inside()]
        assert any(b"curl" in words for words in shown)
        assert not [words for words in shown if rented.key.encode() in words]
    finally:
        rented.fake.close()
