"""Every verb, on the practice server and on a real OpenSSH server alike."""

from __future__ import annotations

import hashlib
import io
import os
import random
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.core.errors import AgentFailed, EmbarkError, LocalDiskFull, MachineDiskFull, PackagesMissing, TransferCorrupt
from gui.core.machine import bundle, transfer
from gui.core.machine.machine import Parcel
from gui.core.machine.ssh import SshMachine
from gui.core.machine.transfer import Member
from gui.core.paths import WORKER
from tests.machine.conftest import Doors
from tests.machine.servers import Door, practice_only


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def noise(size_bytes: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size_bytes)


def leftovers(folder: Path) -> list[str]:
    """What must never be left: unfinished files."""
    return [str(path) for path in folder.rglob("*") if path.name.endswith(".part") or path.parent.name == ".incoming"]


def raw_tar(*members: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(bytes(member.size)))
    return out.getvalue()


def tar_of(data: bytes, name: str = "job/images") -> Parcel:
    return Parcel(digest(data), name, lambda: iter([data]), len(data), unpack=True)


# --- probe, setup -----------------------------------------------------------------------------------------------------


def test_probe_tells_what_the_machine_has(machine: SshMachine) -> None:
    found = machine.run("probe")
    assert found["cores"] >= 1
    assert found["memory_bytes"] > 100_000_000
    assert 0 < found["disk_free_bytes"] <= found["disk_total_bytes"]
    assert isinstance(found["gpus"], list)
    assert found["processor"]


def test_setup_finds_a_python_that_has_the_modules(machine: SshMachine) -> None:
    machine.put(bundle.worker_parcel())
    found = machine.run("setup", "--worker", bundle.worker_folder(), "json", "numpy")
    assert (
        found["versions"]["numpy"]
        == subprocess.run(
            [found["python"], "-c", "import numpy; print(numpy.__version__, end='')"], capture_output=True, text=True
        ).stdout
    )


@practice_only
def test_setup_says_which_packages_no_python_has(machine: SshMachine) -> None:
    machine.put(bundle.worker_parcel())
    with pytest.raises(PackagesMissing) as missing:
        machine.run("setup", "--worker", bundle.worker_folder(), "json", "no_such_module_anywhere")
    assert missing.value.missing == ["no_such_module_anywhere"]
    assert Path(missing.value.python).exists()


# --- put --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size_bytes", [0, 1, 65_536, 3_000_001])
def test_a_file_arrives_as_it_was(machine: SshMachine, door: Door, tmp_path: Path, size_bytes: int) -> None:
    data = noise(size_bytes)
    (tmp_path / "rows").write_bytes(data)
    told: list[int] = []
    machine.put(transfer.file_parcel(tmp_path / "rows", "job/문제 목록.jsonl"), told.append)
    assert (door.folder / "job" / "문제 목록.jsonl").read_bytes() == data
    assert sum(told) == size_bytes
    assert leftovers(door.folder) == []


def test_many_small_files_arrive_as_they_were(machine: SshMachine, door: Door) -> None:
    contents = {f"{number:04d}.png": noise(number * 7, number) for number in range(700)} | {"긴 이름/그림.jpg": b"x"}
    members = [Member(name, len(data), lambda data=data: io.BytesIO(data)) for name, data in contents.items()]
    for parcel in transfer.parcels_of("job/images", members):
        machine.put(parcel)
    images = door.folder / "job" / "images"
    found = {path.relative_to(images).as_posix(): path.read_bytes() for path in images.rglob("*") if path.is_file()}
    assert found == contents
    assert leftovers(door.folder) == []


def test_what_the_machine_has_is_not_sent_again(machine: SshMachine, door: Door) -> None:
    parcels = [transfer.bytes_parcel(f"job/{number}", b"x" * number) for number in range(3)]
    told: list[int] = []
    for parcel in parcels:
        machine.put(parcel)
    for again in (machine, door.connect()):
        for parcel in parcels:
            again.put(parcel, told.append)
        again.close()
    assert told == []


@practice_only
def test_the_newest_content_of_a_name_counts_even_when_it_was_there_before(machine: SshMachine, door: Door) -> None:
    for content in (b"first", b"second", b"first"):
        machine.put(transfer.bytes_parcel("job/job.json", content))
        assert (door.folder / "job" / "job.json").read_bytes() == content
        assert list(machine.run("have")["keys"].values()) == ["job/job.json"]


@practice_only
def test_a_stored_file_that_is_gone_is_sent_again(machine: SshMachine, door: Door) -> None:
    parcel = transfer.bytes_parcel("job/job.json", b"{}")
    machine.put(parcel)
    (door.folder / "job" / "job.json").unlink()
    again = door.connect()
    again.put(parcel)
    again.close()
    assert (door.folder / "job" / "job.json").read_bytes() == b"{}"


@practice_only
def test_small_files_stored_before_the_machine_crashed_are_sent_again(machine: SshMachine, door: Door) -> None:
    """Their content may not have reached the disk."""
    members = [Member("a.png", 3, lambda: io.BytesIO(b"abc"))]
    (images,) = transfer.parcels_of("job/images", members)
    machine.put(images)
    machine.put(transfer.bytes_parcel("job/job.json", b"{}"))
    marker = door.folder / ".parcels" / images.key
    marker.write_text(marker.read_text().replace('"boot": "', '"boot": "another'))
    assert list(machine.run("have")["keys"].values()) == ["job/job.json"]


@practice_only
def test_the_worker_can_be_run_from_where_it_lands(machine: SshMachine, door: Door) -> None:
    machine.put(bundle.worker_parcel())
    package = door.folder / bundle.worker_folder() / "remote_worker"
    assert (package / "protocol.py").read_bytes() == (WORKER / "protocol.py").read_bytes()


@practice_only
def test_a_source_that_breaks_midway_leaves_nothing(machine: SshMachine, door: Door) -> None:
    class Stop(Exception):
        pass

    def blocks() -> Iterator[bytes]:
        yield b"x" * 500_000
        raise Stop

    with pytest.raises(Stop):
        machine.put(Parcel("key", "job/rows", blocks, 1_000_000))
    assert machine.run("have")["keys"] == {}
    machine.put(transfer.bytes_parcel("job/rows", b"whole"))  # sweeps, if the first one is still at it
    assert (door.folder / "job" / "rows").read_bytes() == b"whole"


@practice_only
def test_what_a_killed_arrival_left_is_swept_by_the_next(machine: SshMachine, door: Door) -> None:
    lost = door.folder / ".incoming" / f"{os.getpid()}-1"  # its pid is another process's now
    lost.mkdir(parents=True)
    (lost / "file").write_bytes(b"half")
    machine.put(transfer.bytes_parcel("job/rows", b"whole"))
    assert leftovers(door.folder) == []


@practice_only
def test_a_callback_that_raises_ends_the_upload(machine: SshMachine, door: Door) -> None:
    class Stop(Exception):
        pass

    def stop(_: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        machine.put(transfer.bytes_parcel("job/rows", noise(1_000_000)), stop)
    machine.put(transfer.bytes_parcel("job/rows", noise(1_000_000)))
    assert (door.folder / "job" / "rows").read_bytes() == noise(1_000_000)


@practice_only
def test_a_stream_that_is_shorter_or_longer_than_announced_is_not_stored(machine: SshMachine, door: Door) -> None:
    for size_bytes in (5, 2_000_000):
        with pytest.raises((AgentFailed, TransferCorrupt)):
            machine.put(Parcel("key", "job/rows", lambda: iter([noise(1_000_000)]), size_bytes))
    assert machine.run("have")["keys"] == {}
    assert not (door.folder / "job").exists()
    assert leftovers(door.folder) == []


def test_bytes_that_differ_from_what_was_hashed_are_not_stored(tmp_path: Path) -> None:
    agent = [sys.executable, str(WORKER / "agent.py"), "--root", str(tmp_path)]
    said = subprocess.run([*agent, "store", "key", "rows", "4"], input=b"data" + bytes(32), capture_output=True)
    assert b'"TransferCorrupt"' in said.stderr
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


# --- what must not leave the Embark folder ----------------------------------------------------------------------------

UNSAFE = ["../x", "a/../../x", "/etc/x", "a//b", "./x", "", ".parcels/x", "a\\b", "link/x", "a/link/x"]


@practice_only
@pytest.mark.parametrize("name", UNSAFE)
def test_no_name_leads_out_of_the_folder(machine: SshMachine, door: Door, name: str) -> None:
    (door.folder / "a").mkdir()
    for link in (door.folder / "link", door.folder / "a" / "link"):
        link.symlink_to(door.home)
    (door.home / "x").write_text("theirs\n")
    tries = [
        lambda: machine.put(transfer.bytes_parcel(name, b"x")),
        lambda: machine.read(name, 0),
        lambda: machine.run("status", name),
        lambda: machine.run("launch", name, "--python", sys.executable, "--worker", "a"),
        lambda: machine.get(name, door.home / "got", "", 7),
        lambda: machine.put(tar_of(raw_tar(tarfile.TarInfo("f")), name)),
    ]
    for attempt in tries:
        with pytest.raises(AgentFailed):
            attempt()
    assert (door.home / "x").read_text() == "theirs\n"
    assert not (door.home / "got").exists()


def evil(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


@practice_only
@pytest.mark.parametrize(
    "member",
    [
        evil("../../outside"),
        evil("/tmp/outside"),
        evil("a/../../outside"),
        evil(".hidden"),
        evil("to", tarfile.SYMTYPE, "/etc"),
        evil("to", tarfile.LNKTYPE, "good.png"),
        evil("pipe", tarfile.FIFOTYPE),
        evil("null", tarfile.CHRTYPE),
        evil("folder", tarfile.DIRTYPE),
        evil("holes", tarfile.GNUTYPE_SPARSE),
    ],
    ids=lambda member: f"{member.name}-{member.type!r}",
)
def test_an_archive_with_one_evil_member_is_refused_whole(
    machine: SshMachine, door: Door, member: tarfile.TarInfo
) -> None:
    good = tarfile.TarInfo("good.png")
    good.size = 100
    with pytest.raises(AgentFailed):
        machine.put(tar_of(raw_tar(good, member, good)))
    assert not (door.folder / "job").exists()
    assert machine.run("have")["keys"] == {}
    assert leftovers(door.folder) == []


@practice_only
def test_an_archive_is_not_written_through_a_link(machine: SshMachine, door: Door) -> None:
    (door.folder / "job" / "images").mkdir(parents=True)
    (door.folder / "job" / "images" / "to").symlink_to(door.home)
    with pytest.raises(AgentFailed):
        machine.put(tar_of(raw_tar(tarfile.TarInfo("to/outside"))))
    assert not (door.home / "outside").exists()


@practice_only
@pytest.mark.parametrize("data", [b"", b"\0" * 5, noise(100_000), b"x" * 512 + bytes(1024)])
def test_what_is_no_archive_is_refused(machine: SshMachine, data: bytes) -> None:
    with pytest.raises(AgentFailed):
        machine.put(tar_of(data))


# --- full disks -------------------------------------------------------------------------------------------------------


def test_a_disk_that_is_too_small_is_told_before_anything_is_sent(new_door: Doors) -> None:
    door = new_door(disk_bytes=300_000)
    machine = door.connect()
    told: list[int] = []
    machine.put(transfer.bytes_parcel("job/small", noise(100_000)))
    with pytest.raises(MachineDiskFull) as full:
        machine.put(transfer.bytes_parcel("job/rows", noise(50_000_000)), told.append)
    assert full.value.needed_bytes == 50_000_000
    assert full.value.free_bytes < 200_000 == 300_000 - 100_000
    assert machine.run("probe")["disk_total_bytes"] == 300_000
    assert list(machine.run("have")["keys"].values()) == ["job/small"]
    assert leftovers(door.folder) == []
    machine.close()


@practice_only
def test_a_disk_that_fills_up_on_the_way_keeps_nothing_of_the_parcel(new_door: Doors, small_disk: Path) -> None:
    door = new_door(place=small_disk)
    machine = door.connect()
    machine.put(transfer.bytes_parcel("job/small", b"here first"))
    members = [Member(f"{number}.png", 10, lambda: io.BytesIO(bytes(10))) for number in range(400)]
    (images,) = transfer.parcels_of("job/images", members)
    with pytest.raises(MachineDiskFull):
        machine.put(images)
    assert not (door.folder / "job" / "images").exists()
    assert list(machine.run("have")["keys"].values()) == ["job/small"]
    assert leftovers(door.folder) == []
    machine.put(transfer.bytes_parcel("job/small", b"and it goes on"))
    machine.close()


@practice_only
def test_a_full_disk_here_is_told_and_keeps_nothing_half(machine: SshMachine, door: Door, small_disk: Path) -> None:
    data = noise(6_000_000)
    machine.put(transfer.bytes_parcel("shard", data))
    with pytest.raises(LocalDiskFull) as full:
        machine.get("shard", small_disk / "result" / "shard", digest(data), len(data))
    assert full.value.needed_bytes == len(data)
    assert list((small_disk / "result").iterdir()) == []


# --- get --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size_bytes", [0, 1, 65_536, 3_000_001])
def test_a_file_comes_home_as_it_is(machine: SshMachine, door: Door, tmp_path: Path, size_bytes: int) -> None:
    data = noise(size_bytes)
    door.folder.joinpath("shard").write_bytes(data)
    told: list[int] = []
    machine.get("shard", tmp_path / "new" / "shard", digest(data), size_bytes, told.append)
    assert (tmp_path / "new" / "shard").read_bytes() == data
    assert sum(told) == size_bytes
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["shard"]


@pytest.mark.parametrize("there", [1_000_000, 3_000_000])
def test_a_download_goes_on_where_it_was_cut(machine: SshMachine, door: Door, tmp_path: Path, there: int) -> None:
    data = noise(3_000_000)
    door.folder.joinpath("shard").write_bytes(data)
    (tmp_path / "shard.part").write_bytes(data[:there])
    told: list[int] = []
    machine.get("shard", tmp_path / "shard", digest(data), len(data), told.append)
    assert (tmp_path / "shard").read_bytes() == data
    assert sum(told) == len(data) - there


@practice_only
@pytest.mark.parametrize("part", [b"not the beginning", b"x" * 4_000], ids=["other", "too long"])
def test_a_beginning_of_something_else_does_not_spoil_the_file(
    machine: SshMachine, door: Door, tmp_path: Path, part: bytes
) -> None:
    data = noise(3_000)
    door.folder.joinpath("shard").write_bytes(data)
    (tmp_path / "shard.part").write_bytes(part)
    try:
        machine.get("shard", tmp_path / "shard", digest(data), len(data))
    except TransferCorrupt:  # temporary: the caller tries again
        machine.get("shard", tmp_path / "shard", digest(data), len(data))
    assert (tmp_path / "shard").read_bytes() == data


@practice_only
@pytest.mark.parametrize("on_machine", [b"x" * 1000, b"y" * 999, b"y" * 1001, b""])
def test_a_file_that_is_not_the_one_expected_never_gets_its_name(
    machine: SshMachine, door: Door, tmp_path: Path, on_machine: bytes
) -> None:
    door.folder.joinpath("shard").write_bytes(on_machine)
    with pytest.raises(TransferCorrupt):
        machine.get("shard", tmp_path / "shard", digest(b"y" * 1000), 1000)
    assert [path for path in tmp_path.iterdir() if path.name.startswith("shard")] == []


@practice_only
def test_a_file_that_is_not_there_is_told(machine: SshMachine, tmp_path: Path) -> None:
    with pytest.raises(AgentFailed, match="no such file"):
        machine.get("job/shards/9", tmp_path / "shard", digest(b""), 10)


# --- read -------------------------------------------------------------------------------------------------------------


def test_read_gives_whole_lines_from_an_offset_on(machine: SshMachine, door: Door) -> None:
    (door.folder / "log").write_bytes("첫째\nsecond\nthi".encode())
    first = machine.read("log", 0)
    assert first == "첫째\nsecond\n".encode()
    assert machine.read("log", len("첫째\n".encode())) == b"second\n"
    assert machine.read("log", len(first)) == b""
    with (door.folder / "log").open("ab") as log:
        log.write(b"rd\n")
    assert machine.read("log", len(first)) == b"third\n"


@practice_only
def test_an_absent_file_reads_as_empty(machine: SshMachine) -> None:
    assert machine.read("job/events.jsonl", 0) == b""
    assert machine.read("job/events.jsonl", 0, wait_s=0.2) == b""


@practice_only
def test_a_file_that_shrank_is_told(machine: SshMachine, door: Door) -> None:
    (door.folder / "log").write_bytes(b"short\n")
    with pytest.raises(AgentFailed):
        machine.read("log", 100)


def test_read_waits_for_the_first_new_line(machine: SshMachine, door: Door) -> None:
    def write() -> None:
        (door.folder / "log").write_bytes(b"at last\n")

    later = threading.Timer(0.5, write)
    later.start()
    assert machine.read("log", 0, wait_s=60) == b"at last\n"
    later.join()


def test_a_large_log_is_read_in_pieces(machine: SshMachine, door: Door) -> None:
    lines = b"".join(b"%07d %s\n" % (number, b"x" * 90) for number in range(60_000))
    (door.folder / "log").write_bytes(lines)
    found = b""
    while block := machine.read("log", len(found)):
        assert block.endswith(b"\n")
        found += block
    assert found == lines


@practice_only
def test_a_line_without_end_is_told_rather_than_waited_for(machine: SshMachine, door: Door) -> None:
    (door.folder / "log").write_bytes(b"x" * 5_000_000)
    with pytest.raises(AgentFailed):
        machine.read("log", 0)


# --- other ------------------------------------------------------------------------------------------------------------


@practice_only
@pytest.mark.parametrize("words", [["stop", "job", "now"], ["store"], ["read", "x", "minus", "0"], ["launch", "job"]])
def test_a_wrong_command_is_told_in_a_short_word(machine: SshMachine, words: list[str]) -> None:
    with pytest.raises(AgentFailed) as told:
        machine.run(*words)
    assert "Traceback" not in told.value.detail
    assert len(told.value.detail) < 500


def test_an_argument_with_every_kind_of_character_arrives_as_it_is(machine: SshMachine, door: Door) -> None:
    name = "a 'b' \"c\" $HOME `id` ; & | * ? ! # ~ (문제)"
    machine.put(transfer.bytes_parcel(name, b"x"))
    assert (door.folder / name).read_bytes() == b"x"


def test_verbs_may_be_used_from_several_threads(machine: SshMachine, door: Door) -> None:
    failed: list[EmbarkError] = []

    def work(number: int) -> None:
        try:
            machine.put(transfer.bytes_parcel(f"job/{number}", noise(200_000, number)))
            machine.run("status", "job")
            machine.get(f"job/{number}", door.home / f"{number}", digest(noise(200_000, number)), 200_000)
        except EmbarkError as broken:
            failed.append(broken)

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert leftovers(door.folder) == []
