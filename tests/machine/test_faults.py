"""A bad network: whatever breaks is told as ConnectionLost in bounded time, and trying again makes it whole."""

from __future__ import annotations

import hashlib
import io
import random
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from gui.core.errors import ConnectionLost
from gui.core.machine import line, transfer
from gui.core.machine.ssh import SshMachine
from gui.core.machine.transfer import Member
from tests.machine.servers import HOST, IMPATIENT, Door, FaultProxy, eventually, practice_only, sshd_only
from tests.machine.test_verbs import leftovers, noise

Fault = Callable[[FaultProxy], Callable[[], None]]
FAULTS: dict[str, Fault] = {"reset": lambda proxy: proxy.reset, "black hole": lambda proxy: proxy.swallow}
faults = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())


def persist(door: Door, proxy: FaultProxy, work: Callable[[SshMachine], None]) -> int:
    """What the run does: after ConnectionLost connect anew and go on. Gives the number of cuts."""
    for cuts in range(50):
        try:
            machine = door.connect(port=proxy.port, patience=IMPATIENT)
            try:
                work(machine)
                return cuts
            finally:
                machine.close()
        except ConnectionLost:
            proxy.reset()
            proxy.blackhole = False
    pytest.fail("it never came through")


@faults
@pytest.mark.parametrize("at", [700_000, 3_050_000])
def test_a_cut_upload_is_whole_in_the_end(door: Door, proxy: FaultProxy, fault: Fault, at: int) -> None:
    data = noise(3_000_000)
    parcel = transfer.bytes_parcel("job/rows", data)
    proxy.after(at, fault(proxy))
    persist(door, proxy, lambda machine: machine.put(parcel))
    assert (door.folder / "job" / "rows").read_bytes() == data
    assert leftovers(door.folder) == []


@faults
def test_after_a_cut_only_what_is_missing_goes_over_again(door: Door, proxy: FaultProxy, fault: Fault) -> None:
    contents = {f"{number}.png": noise(2_000, number) for number in range(1_500)}
    members = [Member(name, 2_000, lambda data=data: io.BytesIO(data)) for name, data in contents.items()]
    parcels = transfer.parcels_of("job/images", members)
    begun: list[int] = []

    def upload(machine: SshMachine) -> None:
        for number, parcel in enumerate(parcels):
            sent: list[int] = []
            try:
                machine.put(parcel, sent.append)
            finally:
                begun.extend([number] if sent else [])

    where = parcels[0].size_bytes + parcels[1].size_bytes // 2
    proxy.after(where, fault(proxy))
    assert persist(door, proxy, upload) == 1
    assert begun == [0, 1, 1, 2]
    images = door.folder / "job" / "images"
    assert {path.name: path.read_bytes() for path in images.iterdir()} == contents
    assert leftovers(door.folder) == []


@faults
@pytest.mark.parametrize("at", [700_000, 3_050_000])
def test_a_cut_download_goes_on_and_is_whole_in_the_end(
    door: Door, proxy: FaultProxy, tmp_path: Path, fault: Fault, at: int
) -> None:
    data = noise(3_000_000)
    door.connect().close()
    door.folder.joinpath("shard").write_bytes(data)
    told: list[int] = []
    sha256 = hashlib.sha256(data).hexdigest()
    proxy.after(at, fault(proxy))
    persist(door, proxy, lambda machine: machine.get("shard", tmp_path / "shard", sha256, len(data), told.append))
    assert (tmp_path / "shard").read_bytes() == data
    assert not (tmp_path / "shard.part").exists()
    assert sum(told) == len(data)


@faults
def test_reading_a_log_over_a_bad_line_loses_and_repeats_nothing(door: Door, proxy: FaultProxy, fault: Fault) -> None:
    lines = b"".join(b"%d\n" % number for number in range(300_000))
    door.connect().close()
    door.folder.joinpath("log").write_bytes(lines)
    found = b""

    def follow(machine: SshMachine) -> None:
        nonlocal found
        while block := machine.read("log", len(found)):
            found += block

    proxy.after(1_000_000, fault(proxy))
    assert persist(door, proxy, follow) == 1
    assert found == lines


def test_many_cuts_at_any_point_are_survived(door: Door, proxy: FaultProxy, tmp_path: Path) -> None:
    dice = random.Random(20261123)
    contents = {f"{number}.bin": noise(dice.randrange(250_000), number) for number in range(12)}
    left = dict(contents)

    def there_and_back(machine: SshMachine) -> None:
        proxy.after(dice.randrange(2_000_000), proxy.reset)
        for name, data in list(left.items()):
            machine.put(transfer.bytes_parcel(f"job/{name}", data))
            machine.get(f"job/{name}", tmp_path / name, hashlib.sha256(data).hexdigest(), len(data))
            del left[name]

    persist(door, proxy, there_and_back)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.bin")} == contents
    assert {path.name: path.read_bytes() for path in (door.folder / "job").iterdir()} == contents
    assert leftovers(door.folder) == []


VERBS: dict[str, Callable[[SshMachine, Path], object]] = {
    "run": lambda machine, _: machine.run("status", "job"),
    "put": lambda machine, _: machine.put(transfer.bytes_parcel("job/x", noise(8_000_000))),
    "get": lambda machine, to: machine.get("shard", to / "shard", "", 8_000_000),
    "read": lambda machine, _: machine.read("log", 0, wait_s=60),
}


@sshd_only
@faults
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_notices_a_dead_connection(
    door: Door, proxy: FaultProxy, tmp_path: Path, fault: Fault, verb: str
) -> None:
    machine = door.connect(port=proxy.port, patience=IMPATIENT)
    door.folder.joinpath("shard").write_bytes(noise(8_000_000))
    machine.run("have")
    proxy.after(20_000 if verb in ("put", "get") else 1, fault(proxy))
    with pytest.raises(ConnectionLost) as lost:
        VERBS[verb](machine, tmp_path)
    assert lost.value.during in (verb, "have", "status")
    with pytest.raises(ConnectionLost):
        VERBS[verb](machine, tmp_path)  # and it stays so
    machine.close()


@sshd_only
@pytest.mark.parametrize("at", [0, 10, 400, 1_500, 3_000, 6_000])
@faults
def test_connecting_notices_it_too(door: Door, proxy: FaultProxy, fault: Fault, at: int) -> None:
    proxy.after(at, fault(proxy))
    with pytest.raises(ConnectionLost):
        door.connect(port=proxy.port, patience=IMPATIENT)


@practice_only
def test_a_port_where_nobody_listens_is_a_lost_connection(door: Door) -> None:
    with socket.create_server((HOST, 0)) as taken:
        nobody = taken.getsockname()[1]
    with pytest.raises(ConnectionLost) as lost:
        door.connect(port=nobody)
    assert lost.value.during == "connect"


@practice_only
def test_a_port_where_something_else_speaks_is_a_lost_connection(door: Door) -> None:
    with socket.create_server((HOST, 0)) as other, pytest.raises(ConnectionLost):
        door.connect(port=other.getsockname()[1], patience=IMPATIENT)


def test_a_slow_connection_is_not_taken_for_a_dead_one(door: Door, proxy: FaultProxy, tmp_path: Path) -> None:
    machine = door.connect(port=proxy.port, patience=IMPATIENT)
    proxy.rate = 300_000
    data = noise(900_000)
    machine.put(transfer.bytes_parcel("job/rows", data))
    machine.get("job/rows", tmp_path / "rows", hashlib.sha256(data).hexdigest(), len(data))
    machine.close()


def test_a_long_silence_on_a_living_connection_is_no_fault(door: Door, proxy: FaultProxy) -> None:
    machine = door.connect(port=proxy.port, patience=IMPATIENT)
    assert machine.read("nothing/here", 0, wait_s=1.5 * IMPATIENT.silence_s) == b""
    assert machine.run("have") == {"keys": {}}
    machine.close()


@practice_only
def test_a_long_way_there_and_back_is_no_fault(door: Door, proxy: FaultProxy) -> None:
    proxy.delay_s = 0.03
    machine = door.connect(port=proxy.port, patience=IMPATIENT)
    machine.put(transfer.bytes_parcel("job/rows", b"x"))
    assert machine.read("job/rows", 0) == b""
    machine.close()


def test_nothing_of_a_closed_connection_stays(door: Door) -> None:
    import threading

    before = threading.active_count()
    machine = door.connect()
    machine.run("have")
    machine.close()
    machine.close()
    assert eventually(lambda: threading.active_count() <= before)
    with pytest.raises(ConnectionLost):
        machine.run("have")


@practice_only
def test_an_upload_that_hangs_on_a_living_connection_ends(door: Door) -> None:
    """The machine answers, but its disk does not take any more."""
    machine = door.connect(patience=line.Patience(stall_s=0.5))
    with pytest.raises(ConnectionLost):
        machine.run("read", "nothing", "0", "30", timeout_s=0.5)
    assert machine.run("have") == {"keys": {}}
    machine.close()
