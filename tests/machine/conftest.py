"""Machines to speak to: the practice server and a real OpenSSH server, alike."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gui.core.cloud.base import Needs, Offer
from gui.core.cloud.practice import PracticeCloud
from gui.core.machine import keys, ssh
from gui.core.paths import WORKER
from tests.machine.servers import Door, FaultProxy, Sshd, small_file_system

Doors = Callable[..., Door]


@cache
def this_computer() -> Offer:
    with TemporaryDirectory() as folder:
        return PracticeCloud(Path(folder), Path(sys.executable)).offers(Needs())[0]


@pytest.fixture(params=["practice", "sshd"])
def new_door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Doors]:
    """Makes machines of one kind: ``new_door(disk_bytes=..., place=...)``."""
    identity = keys.generate()
    closing: list[Callable[[], None]] = []

    def practice(disk_bytes: int | None = None, place: Path = tmp_path) -> Door:
        cloud = PracticeCloud(place / "practice", Path(sys.executable), disk_bytes=disk_bytes)
        instance = cloud.rent(this_computer(), "embark-test", identity.public)

        def end() -> None:
            cloud.destroy(instance.instance_id)
            cloud.close()

        closing.append(end)
        home = place / "practice" / "disks" / instance.instance_id / "home"
        assert instance.address is not None
        return Door(instance.address.port, instance.address.user, instance.host_key, identity, home)

    def sshd(disk_bytes: int | None = None, place: Path = tmp_path) -> Door:
        limit = {} if disk_bytes is None else {"EMBARK_DISK_LIMIT": str(disk_bytes)}
        home = place / "home"
        server = Sshd(
            tmp_path, home, identity.public, {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", **limit}
        )

        def end() -> None:
            server.close()
            stop = [sys.executable, str(WORKER / "agent.py"), "--root", str(home / "embark"), "stop", "--grace", "0"]
            if (home / "embark" / ".workers").is_dir():
                subprocess.run(stop, check=True, capture_output=True)

        closing.append(end)
        return Door(server.port, server.user, server.host_key, identity, home)

    yield practice if request.param == "practice" else sshd
    for end in closing:
        end()


@pytest.fixture
def door(new_door: Doors) -> Door:
    return new_door()


@pytest.fixture
def machine(door: Door) -> Iterator[ssh.SshMachine]:
    with_it = door.connect()
    yield with_it
    with_it.close()


@pytest.fixture
def proxy(door: Door) -> Iterator[FaultProxy]:
    between = FaultProxy(door.port)
    yield between
    between.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_file_system(tmp_path / "disk") as disk:
        yield disk
