"""Run the benchmarks: ``make bench``, or ``python -m tests.bench NAME...`` for some of them.

Each ``bench_NAME.py`` has a ``run()`` that gives the lines of a table: ratios against a named peer,
measured in the same process. Copy them into RESULTS.md with the date and the machine.
"""

import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

OF_THE_WORKER = ("engine", "engine_gpu", "series")  # in the worker's environment: ``make bench-engine``


def main(names: list[str]) -> None:
    found = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # a machine without a screen can measure, too
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}\n")
    for name in names or [name for name in found if name not in OF_THE_WORKER]:
        print(f"## {name}\n")
        for line in importlib.import_module(f"tests.bench.bench_{name}").run():
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
