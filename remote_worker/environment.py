"""A Python on the machine that has what the model needs: found, or made without touching what is there.

Standard library only: it is what the agent's ``setup`` does.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remote_worker import agent

_FIRST_TORCH_OF_TRANSFORMERS_5 = (2, 6)

IMPORT_CHECK = """
import importlib, json, sys
yes = lambda: True
for name in sys.argv[1:] if sys.version_info >= (3, 10) else ():
    try:
        module = importlib.import_module(name)
        version = str(getattr(module, "__version__", ""))
        if "torch" in sys.argv and not getattr(module, "is_torch_available", yes)():
            raise ImportError("it is too new for the torch that is here")
    except Exception as broken:
        sys.stderr.write("%s: %s\\n" % (name, broken))
    else:
        sys.stdout.write("\\nfound:" + json.dumps([name, version]) + "\\n")
        sys.stdout.flush()
"""


def setup(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """A Python that has all of MODULES: each ``module``, or ``module=requirement`` where pip knows another name or a
    version from which on it will do (``module=name>=1.2``).

    Raises agent.Refused("PackagesMissing").
    """
    wanted = {module.partition("=")[0]: module.partition("=")[2] for module in asked.modules}
    with agent.locked(root / ".workers" / "setup.lock", wait=lambda: True):
        best, best_has = "", _Has({}, {})
        for python in _pythons(root):
            has = _looked_at(root, python, wanted)
            if len(has.fit) == len(wanted):
                return {"python": python, "versions": has.fit}
            if not best or has.worth > best_has.worth:
                best, best_has = python, has
        if asked.install:
            missing = [wanted[name] or name for name in wanted if name not in best_has.fit]
            python = _install(root, best, best_has.all, missing, asked.prefer)
            has = _looked_at(root, python, wanted)
            if len(has.fit) == len(wanted):
                return {"python": python, "versions": has.fit}
            best_has = max(best_has, has, key=lambda one: one.worth)
        missing = [name for name in wanted if name not in best_has.fit]
        raise agent.Refused("PackagesMissing", python=best, missing=missing)


@dataclass(frozen=True)
class _Has:
    """Versions of modules that a Python has: of all that can be imported, and of those that are new enough."""

    all: dict[str, str]
    fit: dict[str, str]

    @property
    def worth(self) -> tuple[bool, int]:
        """As something to build on. A torch that fits the machine's GPU is hours of care, the rest is minutes."""
        return "torch" in self.fit, len(self.fit)


def _looked_at(root: Path, python: str, wanted: dict[str, str]) -> _Has:
    found = _importable(root, python, list(wanted))
    return _Has(found, {name: version for name, version in found.items() if _is_enough(version, wanted[name])})


def _is_enough(version: str, requirement: str) -> bool:
    """One that does not say its version is taken as it is."""
    least = requirement.partition(">=")[2]
    return not least or not version or _numbers(version) >= _numbers(least)


def _numbers(version: str) -> tuple[int, ...]:
    """ "2.4.1+cu121" -> (2, 4, 1)."""
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3])


def _python_of(environment: str | Path) -> str:
    return str(Path(environment, *(("bin", "python") if agent.POSIX else ("Scripts", "python.exe"))))


def _pythons(root: Path) -> list[str]:
    """Every Python worth a try, our own environment first."""
    home = os.path.expanduser("~")
    environments = [root / "env"]
    environments += [Path(os.environ["VIRTUAL_ENV"])] if os.environ.get("VIRTUAL_ENV") else []
    environments += [Path("/venv/main"), Path("/opt/conda"), Path("/opt/miniconda3"), Path("/opt/venv")]
    environments += [Path(home, name) for name in ("miniconda3", "anaconda3", "miniforge3")]
    named = [shutil.which(name) for name in ("python3", "python")]
    tried = [_python_of(environments[0]), sys.executable, *map(_python_of, environments[1:])]
    tried += [python for python in named if python]
    return list(dict.fromkeys(python for python in tried if os.path.exists(python)))


def _importable(root: Path, python: str, modules: list[str]) -> dict[str, str]:
    """Which of the modules this Python can really import, with their versions."""
    try:
        said = subprocess.run(
            [python, "-c", IMPORT_CHECK, *modules],
            capture_output=True, stdin=subprocess.DEVNULL, text=True, errors="replace", timeout=600, check=False,
            cwd=root / ".workers",  # no module of anybody's lies there
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return dict(json.loads(line[len("found:") :]) for line in said.stdout.splitlines() if line.startswith("found:"))


def _kept(torch: str) -> list[str]:
    """What pip may not do with this version of torch: replace it, or bring what is too new for it."""
    if not torch:
        return []
    return [f"torch=={torch}", *(["transformers<5"] if _numbers(torch) < _FIRST_TORCH_OF_TRANSFORMERS_5 else [])]


def _install(root: Path, base: str, found: dict[str, str], missing: list[str], prefer: list[str]) -> str:
    """Our own environment on top of ``base``, with what is missing; what ``base`` has is never replaced.

    ``prefer``: versions (``name==version``) that what is installed should have, if they can be had.
    """
    environment = root / "env"
    python = _python_of(environment)
    with open(root / "env.log", "ab") as log:

        def call(*command: str) -> bool:
            said = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
            return said.returncode == 0

        if base != python:  # else it is on top of something already
            call(base, "-m", "venv", "--system-site-packages", "--without-pip", str(environment))
            if not os.path.exists(python):
                return base
            # An environment on top of another one would see the system's packages only, not that other one's.
            places = "import json, site; print(json.dumps(site.getsitepackages()))"
            theirs = json.loads(subprocess.run([base, "-c", places], capture_output=True, check=True).stdout)
            ours = json.loads(subprocess.run([python, "-c", places], capture_output=True, check=True).stdout)[0]
            Path(ours, "embark-base.pth").write_text("".join(f"{path}\n" for path in theirs), encoding="utf-8")
        keep = root / "env-keep.txt"
        torch = _kept(found.get("torch", ""))
        if not call(python, "-m", "pip", "--version"):
            call(python, "-m", "ensurepip")
        for versions in ([*torch, *prefer], torch) if prefer else (torch,):
            keep.write_text("".join(f"{one}\n" for one in versions), encoding="utf-8")
            if call(python, "-m", "pip", "install", "--disable-pip-version-check", "-c", str(keep), *missing):
                break
    return python
