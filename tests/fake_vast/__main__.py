"""Runs a fake Vast.ai by the wall clock, with a real SSH server for each instance, until it is interrupted."""

from __future__ import annotations

import argparse
import signal
import tempfile
import threading
import time
from pathlib import Path

from tests.fake_vast.boots import READY
from tests.fake_vast.containers import Containers
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--credit", type=float, default=5.0)
    options.add_argument(
        "--path", action="append", default=[], help="a folder of programs, first in the machine's PATH"
    )
    asked = options.parse_args()
    world = World(clock=time.time, credit=asked.credit)
    world.boot = READY.scaled(0.3)
    for base, place in ((0.36, "Hanoi, VN"), (0.41, "Warsaw, PL"), (0.29, "Texas, US")):
        world.add_offer(dph_base=base, geolocation=place)
    world.add_offer(gpu_name="RTX 3090", dph_base=0.17, geolocation="Quebec, CA")
    world.add_instance("somebody's training")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with tempfile.TemporaryDirectory() as folder:
        containers = Containers(Path(folder), path=[Path(one).absolute() for one in asked.path])
        with FakeVast(world, containers, asked.port) as fake:
            print(f"EMBARK_VAST_URL={fake.url} VAST_API_KEY={world.api_key}", flush=True)
            ended.wait()
            print(f"billed: {sorted(world.billing())}, credit left: ${world.credit:.4f}")


if __name__ == "__main__":
    main()
