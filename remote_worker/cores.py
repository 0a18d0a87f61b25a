"""How many cores of the processor a process may use, whatever the computer has."""

from __future__ import annotations

import os
from pathlib import Path

SHARE = "EMBARK_CORES"
"""Says how many of them a process takes that has others like it beside it."""
_LIMIT = Path("/sys/fs/cgroup/cpu.max")
_OLD_LIMITS = (Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us"))


def cores() -> int:
    """At least one. A container is often allowed a few cores of a computer that shows it all of its hundreds."""
    share = os.environ.get(SHARE, "")
    if share.isdigit() and int(share):
        return int(share)
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(count, round(_allowed(count))))


def _allowed(count: int) -> float:
    """Cores' worth of time a second, by the container's limit."""
    try:
        words = _LIMIT.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        try:
            words = [path.read_text(encoding="ascii").strip() for path in _OLD_LIMITS]
        except (OSError, ValueError):
            return count
    quota, period = (int(word) if word.isdigit() else 0 for word in (*words, "", "")[:2])
    return quota / period if quota and period else count
