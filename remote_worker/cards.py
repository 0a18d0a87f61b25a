"""The graphics cards of this machine, as ``nvidia-smi`` tells them: without torch, and without touching them."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

_PATIENCE_S = 20.0
_QUERY = ("uuid", "name", "memory.total", "memory.used", "compute_cap")
_FIRST_WITH_BF16 = 8.0


@dataclass(frozen=True)
class Card:
    uuid: str
    name: str
    total_bytes: int
    free_bytes: int
    bf16: bool


def driver() -> str | None:
    """The program that speaks for the driver; None = there is no card here that could be used."""
    return shutil.which("nvidia-smi")


def cards() -> list[Card]:
    """Those that this process may use, in the driver's order; none where the driver does not answer."""
    program = driver()
    if program is None:
        return []
    query = [program, f"--query-gpu={','.join(_QUERY)}", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(query, capture_output=True, text=True, timeout=_PATIENCE_S, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return []
    return visible(read(said), os.environ.get("CUDA_VISIBLE_DEVICES"))


def read(said: str) -> list[Card]:
    """``nvidia-smi``'s table; a row that makes no sense is left out."""
    found = []
    for line in said.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        try:
            uuid, name, total, used, capability = cells
            total_bytes, used_bytes = int(total) << 20, int(used) << 20
            bf16 = float(capability) >= _FIRST_WITH_BF16
        except ValueError:
            continue
        found.append(Card(uuid, name, total_bytes, total_bytes - used_bytes, bf16))
    return found


def visible(found: list[Card], wanted: str | None) -> list[Card]:
    """What ``CUDA_VISIBLE_DEVICES`` leaves of them: numbers or beginnings of uuids; it ends at one that is unknown."""
    if wanted is None:
        return found
    left = []
    for word in (one.strip() for one in wanted.split(",")):
        if word.isdigit() and int(word) < len(found):
            left.append(found[int(word)])
        elif matching := [card for card in found if word.startswith("GPU-") and card.uuid.startswith(word)]:
            left.append(matching[0])
        else:
            break
    return left
