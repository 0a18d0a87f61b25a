"""With the program killed at a random moment, the guard ends the bill within the lease and two minutes.

A minute lasts four seconds here: the lease is one minute, and the guard's own waits (a second between tries, twenty for
the worker, thirty at most) are shorter in the same measure.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from gui.core.cloud.vast_watch import first_watch
from remote_worker import protocol
from tests.fake_vast.faults import Trouble
from tests.guard.box import JOB, Box, Rental

SEED = 20261122
TRIES = 50
AT_ONCE = 4
MINUTE_S = 4.0
PACE_S = MINUTE_S / 60
LEASE_S = MINUTE_S
WITHIN_S = LEASE_S + 2 * MINUTE_S
FIRST_WATCH_S = LEASE_S * 1.5
LATEST_KILL_S = 3.0
TROUBLES = (
    Trouble.BAD_GATEWAY, Trouble.GATEWAY_TIMEOUT, Trouble.TOO_FREQUENT, Trouble.HTML, Trouble.CUT,
    Trouble.LOSE_ANSWER, Trouble.HALF, Trouble.NO_JSON, Trouble.REDIRECT,
)  # fmt: skip


@dataclass
class Try:
    box: Box
    kill_after_s: float
    trouble: Trouble
    times: int
    killed_at: float = 0.0

    def lost_by_destroying(self) -> list[int]:
        """Finished shards that the program did not fetch (every second one), where a guard was there to look."""
        index = self.box.root / JOB / protocol.SHARD_INDEX
        guarded = (self.box.root / ".guard" / "order").exists()
        lines = index.read_bytes().splitlines() if guarded and index.exists() else []
        return [shard for shard in (protocol.parse_shard(line).shard for line in lines) if shard % 2]


def go(one: Try, rental: Rental, turn: threading.Semaphore) -> None:
    key_file = one.box.root.parent / "key"
    key_file.write_text(one.box.key)
    words = [str(one.box.root), rental.url, str(one.box.number), str(key_file), str(LEASE_S), str(PACE_S)]
    with turn:
        one.box.boot(first_watch(rental.url, FIRST_WATCH_S, 10 * PACE_S))
        rental.world.faults.add("*", one.trouble, times=one.times, url=rental.url)
        with subprocess.Popen([sys.executable, "-m", "tests.guard.program", *words]) as program:
            time.sleep(one.kill_after_s)
            assert program.poll() is None
            program.kill()
            one.killed_at = time.monotonic()
    until = one.killed_at + WITHIN_S + 20
    while one.box.number not in rental.boxes.ended_at and time.monotonic() < until:
        time.sleep(0.05)


def test_the_guard_ends_the_bill_of_a_program_that_was_killed_at_any_moment(rental: Rental) -> None:
    chance = random.Random(SEED)
    tries = []
    for number in range(TRIES):
        trouble, times = chance.choice(TROUBLES), chance.randrange(1, 4)
        tries.append(Try(rental.box(f"embark-r{number}-1"), chance.uniform(0, LATEST_KILL_S), trouble, times))
        tries[-1].box.finish(*([1] if number % 2 else []))  # for some: before anybody could fetch it
    turn = threading.Semaphore(AT_ONCE)
    threads = [threading.Thread(target=go, args=[one, rental, turn]) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ended_at = rental.boxes.ended_at
    took = {one.box.number: ended_at.get(one.box.number, float("inf")) - one.killed_at for one in tries}
    print(f"seconds from the kill to the end: {sorted(round(one, 1) for one in took.values())}")
    assert {number: seconds for number, seconds in took.items() if not 0 < seconds <= WITHIN_S} == {}
    with rental.world.lock:
        stopped = {one.box.number for one in tries if rental.stopped(one.box)}
        destroyed = {one.box.number for one in tries if rental.destroyed(one.box)}
    assert len(stopped) + len(destroyed) == TRIES
    assert destroyed & {one.box.number for one in tries if one.lost_by_destroying()} == set()
    assert stopped
    assert destroyed
