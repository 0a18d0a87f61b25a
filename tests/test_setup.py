"""What setting up says when it cannot; what it does when it can is what every other test runs in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[1] / "packaging" / "setup.py"
WITHOUT_ENSUREPIP = "import runpy, sys; sys.modules['ensurepip'] = None; runpy.run_path('{}', run_name='__main__')"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The program in a folder of its own, with what it looks at first."""
    (tmp_path / "packaging").mkdir()
    for name in ("pyproject.toml", "packaging/constraints.txt", "packaging/setup.py"):
        shutil.copy(SETUP.parents[1] / name, tmp_path / name)
    return tmp_path / "packaging" / "setup.py"


def fails(*words: str, **environment: str) -> str:
    """What is said. There is no apt here that could be asked for anything."""
    environment["PATH"] = ""
    said = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    return said.stderr


def test_a_python_that_cannot_make_environments_is_named(copied: Path) -> None:
    """As Debian's is without its package."""
    assert "ensurepip is not installed" in fails("-c", WITHOUT_ENSUREPIP.format(copied.as_posix()))


def test_without_a_connection_it_says_what_to_do(copied: Path) -> None:
    said = fails(str(copied), PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull)
    assert "Begin again with the same command." in said
