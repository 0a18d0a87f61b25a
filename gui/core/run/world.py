"""All that a run touches outside itself, in one place, so that a test can put another world around it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gui.core import dataset
from gui.core.cloud.base import Cloud, Instance
from gui.core.cloud.clouds import Clouds
from gui.core.dataset import Dataset, DataSpec, ProblemWords
from gui.core.errors import CredentialError
from gui.core.machine import ssh
from gui.core.machine.keys import Identity, KeyStore, generate
from gui.core.machine.machine import Machine
from gui.core.paths import Paths
from gui.core.units import utc_now


def connect(instance: Instance, identity: Identity, expected_host_key: str) -> tuple[Machine, str]:
    """An SSH connection to a running instance, and the host key it showed ("SHA256:...")."""
    assert instance.address is not None, "only a running instance has an address"
    where = instance.address
    machine = ssh.connect(where.host, where.port, where.user, identity, expected_host_key)
    return machine, machine.host_key


def wait(condition: threading.Condition, seconds: float) -> None:
    """Wait, but no longer than until somebody notifies. The condition is held by the caller."""
    condition.wait(seconds)


@dataclass(frozen=True)
class World:
    paths: Paths
    clouds: Mapping[str, Cloud]
    identity: Callable[[Cloud], Identity]
    """The key to log in with; asks the keyring where the cloud needs the person's own. Raises CredentialError."""
    connect: Callable[[Instance, Identity, str], tuple[Machine, str]] = connect
    read_dataset: Callable[[DataSpec], Dataset] = dataset.read
    now: Callable[[], datetime] = utc_now
    problem_words: ProblemWords = lambda _: ()  # for people, beside what programs read
    wait: Callable[[threading.Condition, float], None] = wait

    @staticmethod
    def of(paths: Paths, clouds: Clouds, keys: KeyStore, problem_words: ProblemWords = lambda _: ()) -> World:
        """The real world: ``clouds`` and their clock, and of ``keys`` the person's own where the cloud needs it."""
        passing = functools.cache(generate)  # practice is this program itself: a key of this process will do
        last: list[Identity] = []

        def identity(cloud: Cloud) -> Identity:
            if not cloud.needs_key:
                return passing()
            try:
                last[:] = [keys.load() or keys.create()]
            except CredentialError:
                if not last:  # a keyring that locks itself must not keep a run from its machine
                    raise
            return last[0]

        return World(paths, clouds, identity, now=clouds.clock, problem_words=problem_words)
