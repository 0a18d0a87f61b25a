"""The seam to a machine: five verbs, whatever carries them.

Everything on a machine is done by ``remote_worker/agent.py``: no shell text ever leaves this program.
Paths on the machine are relative to the machine's Embark folder, with "/".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

OnBytes = Callable[[int], None]
"""Told how many more bytes went over, as they go."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to upload, whole or not at all: what the agent stores under ``name``.

    ``blocks`` can be asked for again after a cut. With ``unpack`` it is a tar stream, unpacked below the folder
    ``name``; else it becomes the file ``name``. ``key`` identifies the content: a parcel whose key the machine
    already has is not sent again.
    """

    key: str
    name: str
    blocks: Callable[[], Iterable[bytes]]
    size_bytes: int
    unpack: bool = False


class Machine(Protocol):
    """All verbs raise ConnectionLost (temporary), and may raise the other MachineErrors."""

    def run(self, verb: str, *arguments: str, timeout_s: float = 60.0) -> dict[str, Any]:
        """Run one verb of the agent and give its reply (decoded JSON).

        Raises AgentFailed with the agent's own reason; MachineDiskFull, PythonMissing and PackagesMissing come typed.
        """

    def put(self, parcel: Parcel, on_bytes: OnBytes | None = None) -> None:
        """Upload a parcel unless the machine has it. Raises TransferCorrupt, MachineDiskFull."""

    def get(self, name: str, to: Path, sha256: str, size_bytes: int, on_bytes: OnBytes | None = None) -> None:
        """Download a file to ``to`` (temporary name, hash, rename), going on where an earlier try was cut.

        Raises TransferCorrupt when the hash differs, LocalDiskFull.
        """

    def read(self, name: str, offset: int, wait_s: float = 0.0) -> bytes:
        """What a growing file holds from ``offset`` on, cut after the last line end; waits up to ``wait_s`` for more.

        An absent file reads as empty.
        """

    def close(self) -> None: ...
