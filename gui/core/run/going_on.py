"""What a run that stopped for want of money or disk must be allowed, so that it can come to its end."""

from __future__ import annotations

from gui.core.errors import MachineDiskFull
from gui.core.run.events import GoOnWanted
from gui.core.run.state import Snapshot
from gui.core.units import MicroUsd, half_dollars


def going_on(snapshot: Snapshot) -> GoOnWanted:
    """The word with which it goes on: with a higher limit where that is spent, with a larger disk where that was full.

    A machine that is still there keeps its disk, which never grows.
    """
    limit = _limit_for_the_rest(snapshot) if snapshot.limit_is_spent else None
    too_small = isinstance(snapshot.error, MachineDiskFull) and snapshot.rental is None
    return GoOnWanted(limit, 2 * snapshot.plan.machine.disk_gb if too_small else None)


def _limit_for_the_rest(snapshot: Snapshot) -> MicroUsd:
    """In all, with half of what is missing to spare: by the cost of a row so far, or the estimate if that is more."""
    whole, home = snapshot.rows_total, len(snapshot.shards_home) * snapshot.plan.shard_rows
    missing = max(0, whole - home) / whole if whole else 1.0
    so_far = snapshot.money.so_far
    by_pace = so_far * missing / (1.0 - missing) if missing < 1.0 else 0.0
    by_estimate = missing * snapshot.estimate.total if snapshot.estimate else 0.0
    rest = max(by_pace, by_estimate) or snapshot.money.limit
    return half_dollars(max(so_far, snapshot.money.limit) + 1.5 * rest)
