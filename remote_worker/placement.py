"""Where a model's weights lie: on one card, over several, or in part beside them; decided from sizes alone."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remote_worker.failures import JobFailed
from remote_worker.protocol import Failure, Notice

CARD_MARGIN_BYTES = 2_000_000_000  # of each card: CUDA itself, and a batch of one long row
HOST_MARGIN_BYTES = 2_000_000_000  # of the computer's memory: Python, libraries, pictures
SPREAD_SLACK = 1.1  # layers are not cut: over several cards a model needs a little more than its size
_LONGEST_HEADER_BYTES = 100 << 20
_CGROUP = Path("/sys/fs/cgroup")
_CONTAINER = (
    (_CGROUP / "memory.max", _CGROUP / "memory.current"),
    (_CGROUP / "memory/memory.limit_in_bytes", _CGROUP / "memory/memory.usage_in_bytes"),
)
_ITEM_BYTES = {"bf16": 2, "fp16": 2, "fp32": 4}
_FLOATS = {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"}


@dataclass(frozen=True)
class Room:
    """Bytes that are free: on each card, and in the computer's memory."""

    cards: tuple[int, ...]
    host: int


@dataclass(frozen=True)
class Placement:
    """``groups`` are the numbers of the cards that carry the model together, once each; () = the processor alone.

    What fits nowhere else lies in the computer's memory (``host_bytes``) and is brought in for every batch: 10 to 50
    times slower. What does not fit there either (``disk_bytes``) makes the model too large for this machine.
    """

    groups: tuple[tuple[int, ...], ...]
    why: str
    host_bytes: int = 0
    disk_bytes: int = 0

    @property
    def offloads(self) -> bool:
        return bool(self.host_bytes or self.disk_bytes)


def place(weights_bytes: int, room: Room) -> Placement:
    """As many copies as fit, each on as few cards as will do; one that does not fit is spilled beside the cards."""
    size = f"{weights_bytes / 1e9:.1f} GB of weights"
    host_bytes = max(0, room.host - HOST_MARGIN_BYTES)
    useful = {card: free - CARD_MARGIN_BYTES for card, free in enumerate(room.cards) if free > CARD_MARGIN_BYTES}
    groups, group = [], list[int]()
    for card in sorted(useful, key=lambda card: -useful[card]):
        group.append(card)
        needed = weights_bytes * (SPREAD_SLACK if len(group) > 1 else 1.0)
        if sum(useful[one] for one in group) >= needed:
            groups.append(tuple(group))
            group = []
    if groups:
        most = max(len(one) for one in groups)
        where = "one card" if most == 1 else f"{most} cards together"
        return Placement(tuple(sorted(tuple(sorted(one)) for one in groups)), f"{size} fit on {where}")
    if not useful:
        disk_bytes = max(0, weights_bytes - room.host)
        why = f"{size}, and no GPU" if not disk_bytes else f"{size} fit neither on a GPU nor into the memory"
        return Placement(((),), why, disk_bytes=disk_bytes)
    rest = weights_bytes - int(sum(useful.values()) / SPREAD_SLACK)
    in_memory = min(rest, host_bytes)
    why = f"{size} do not fit on {len(useful)} card(s) with {sum(useful.values()) / 1e9:.1f} GB of room"
    return Placement((tuple(sorted(useful)),), why, in_memory, rest - in_memory)


def weights_bytes(folder: Path, precision: str) -> int:
    """What the ``.safetensors`` in a folder take in memory; 0 when they cannot be read, which loading will tell."""
    numbers = 0
    for path in sorted(folder.glob("*.safetensors")):
        try:
            numbers += sum(_count(tensor) for tensor in _header(path).values())
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return 0
    return numbers * _ITEM_BYTES.get(precision, 4)


def is_wider(folder: Path, precision: str) -> bool:
    """Whether most numbers in the files are more precise than they are loaded."""
    wide = every = 0
    for path in folder.glob("*.safetensors") if precision != "fp32" else ():
        try:
            for tensor in _header(path).values():
                every += _count(tensor)
                wide += _count(tensor) if tensor["dtype"] in ("F32", "F64") else 0
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False  # loading will tell
    return 2 * wide > every


def host_bytes() -> int:
    """Free in the computer's memory, or in what a container leaves of it."""
    import psutil

    free = int(psutil.virtual_memory().available)
    for limit, used in _CONTAINER:
        with contextlib.suppress(OSError, ValueError):
            free = min(free, int(limit.read_text(encoding="ascii")) - int(used.read_text(encoding="ascii")))
    return max(0, free)


def here(folder: Path, precision: str) -> dict[int | str, int]:
    """What accelerate may fill of this process's cards and of the computer's memory; empty = one device will do.

    Raises JobFailed(MODEL_TOO_LARGE).
    """
    from remote_worker.cuda import free_on_cards

    room = Room(free_on_cards(), host_bytes())
    size = weights_bytes(folder, precision)
    placement = place(size, room)
    logging.getLogger(__name__).info("%s", placement.why)
    if placement.disk_bytes:
        free = sum(room.cards) + room.host
        raise JobFailed(Failure.MODEL_TOO_LARGE, placement.why, needed_bytes=size, free_bytes=free)
    group = placement.groups[0]
    if not placement.offloads and group in ((), (0,)):
        return {}
    limits: dict[int | str, int] = {card: room.cards[card] - CARD_MARGIN_BYTES for card in group}
    return {**limits, "cpu": max(0, room.host - HOST_MARGIN_BYTES)}


def told(devices: Mapping[str, Any]) -> tuple[str, str]:
    """What people should know of how accelerate has laid a model out (part -> device): a Notice and a detail."""
    cards = {str(device) for device in devices.values()} - {"cpu", "disk"}
    outside = ("cpu", "disk") if cards else ("disk",)
    beside = sum(str(device) in outside for device in devices.values())
    if beside:
        return Notice.OFFLOADED.value, f"{beside} of {len(devices)} parts of the model are brought in for every batch"
    if len(cards) > 1:
        return Notice.SPREAD.value, f"the model lies on {len(cards)} cards"
    return "", ""


def _header(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > _LONGEST_HEADER_BYTES:
            raise ValueError(f"a header of {length} bytes")
        header: dict[str, Any] = json.loads(file.read(length))
    header.pop("__metadata__", None)
    return header


def _count(tensor: dict[str, Any]) -> int:
    """How many numbers of a kind that the chosen precision applies to."""
    if tensor["dtype"] not in _FLOATS:
        return 0
    count = 1
    for edge in tensor["shape"]:
        count *= int(edge)
    return count
