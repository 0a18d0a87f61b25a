"""Writes ``constraints.txt`` from what is installed in both environments now: what was tested is what is pinned.

    python packaging/lock.py

To move to newer versions: take the lines out of ``constraints.txt``, set up anew, test, then lock. Standard library
only, as ``setup.py`` beside it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = (".venv", ".venv-worker")
HEADER = """\
# The one set of versions that is tested, made by `make lock`.
# Packages that only other systems need are not listed, and free."""
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;+]+)(?:\+[^\s;]+)?$")


def main() -> None:
    pins: dict[str, str] = {}
    for environment in ENVIRONMENTS:
        merge(pins, frozen(ROOT / environment))
    (ROOT / "packaging" / "constraints.txt").write_text(text(pins), encoding="utf-8")
    print(f"{len(pins)} versions pinned")


def frozen(folder: Path) -> list[str]:
    """What ``pip freeze`` says of an environment, without the project itself."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    freeze = [str(python), "-m", "pip", "freeze", "--exclude-editable", "--disable-pip-version-check"]
    return subprocess.run(freeze, check=True, capture_output=True, encoding="utf-8").stdout.splitlines()


def merge(pins: dict[str, str], lines: Iterable[str]) -> None:
    """Adds these lines to ``pins`` (name -> "name==version").

    A local version ("2.13.0+cpu") is one build of a version, so it is stripped. Ends the program when something is
    installed from a place that cannot be pinned, or when the two environments differ.
    """
    for line in lines:
        pin = _PIN.match(line.strip())
        if pin is None:
            sys.exit(f"This cannot be pinned: {line!r}")
        name = re.sub(r"[-_.]+", "-", pin["name"]).lower()
        wanted = f"{pin['name']}=={pin['version']}"
        if pins.setdefault(name, wanted).partition("==")[2] != pin["version"]:
            sys.exit(f"The environments differ: {pins[name]} and {wanted}")


def text(pins: dict[str, str]) -> str:
    return "\n".join([HEADER, *(pins[name] for name in sorted(pins))]) + "\n"


if __name__ == "__main__":
    main()
