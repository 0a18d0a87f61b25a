"""The worker as one parcel: its modules and lists of packages, byte for byte the same from the same files."""

from __future__ import annotations

import hashlib
import io
from functools import cache, partial

from gui.core.machine import transfer
from gui.core.machine.machine import Parcel
from gui.core.paths import WORKER


@cache
def _files() -> tuple[tuple[str, bytes], ...]:
    found = sorted([*WORKER.glob("*.py"), *WORKER.glob("requirements*.txt")])
    return tuple((f"{WORKER.name}/{path.name}", path.read_bytes()) for path in found)


@cache
def _digest() -> str:
    digest = hashlib.sha256()
    for name, content in _files():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def worker_folder() -> str:
    """The folder on the machine that holds the package ``remote_worker``; another one for every version."""
    return f"worker-{_digest()[:12]}"


def worker_parcel() -> Parcel:
    members = [transfer.Member(name, len(content), partial(io.BytesIO, content)) for name, content in _files()]
    return transfer.tar_parcel(f"worker-{_digest()[:40]}", worker_folder(), members)
