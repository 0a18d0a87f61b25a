"""A program that a test kills: its machine is rented, it starts the guard, fetches what gets finished, renews.

python -m tests.guard.program ROOT URL NUMBER KEY_FILE LEASE_S PACE_S
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from gui.core.run.lease import Lease
from gui.core.units import utc_now
from tests.guard.box import JOB, Box

FINISHED_EVERY_S = 0.1


class Scaled(Box):
    """Its guard's every wait is as much shorter as the lease is."""

    pace_s = 1.0

    def run(self, verb: str, *arguments: str, timeout_s: float = 60.0) -> dict[str, Any]:
        waits = ("--pace", str(self.pace_s), "--grace", str(20 * self.pace_s)) if verb == "guard" else ()
        return super().run(verb, *arguments, *waits, timeout_s=timeout_s)


def main() -> None:
    root, url, number, key_file, lease_s, pace_s = sys.argv[1:]
    box = Scaled(Path(root), int(number), Path(key_file).read_text())
    box.pace_s = float(pace_s)
    lease = Lease(JOB, float(lease_s), "vast", utc_now, url=url)
    fetched: set[int] = set()
    lease.start(box, fetched)
    for shard in range(10_000):
        box.finish(shard)
        fetched.update([shard] if shard % 2 == 0 else [])
        lease.keep(box, fetched)
        time.sleep(FINISHED_EVERY_S)


if __name__ == "__main__":
    main()
