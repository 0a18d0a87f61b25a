"""What ``make lock`` writes can be installed anywhere and is one set for both environments."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parents[1] / "packaging"


@pytest.fixture
def lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("embark_lock", PACKAGING / "lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_one_build_of_a_version_is_pinned_as_the_version(lock: ModuleType) -> None:
    pins: dict[str, str] = {}
    lock.merge(pins, ["torch==2.13.0+cpu", "numpy==2.4.6"])
    assert lock.text(pins).splitlines()[-2:] == ["numpy==2.4.6", "torch==2.13.0"]


def test_what_is_in_both_environments_is_there_once_however_it_is_spelled(lock: ModuleType) -> None:
    pins: dict[str, str] = {}
    lock.merge(pins, ["typing_extensions==4.16.0"])
    lock.merge(pins, ["typing-extensions==4.16.0", "Zipp==1"])
    assert list(pins.values()) == ["typing_extensions==4.16.0", "Zipp==1"]


@pytest.mark.parametrize("other", ["numpy==2.0.0", "numpy @ file:///somewhere/numpy", "-e ../numpy"])
def test_what_cannot_be_one_set_is_said_and_nothing_is_written(lock: ModuleType, other: str) -> None:
    pins = {"numpy": "numpy==2.4.6"}
    with pytest.raises(SystemExit, match="numpy"):
        lock.merge(pins, [other])


def test_the_project_itself_is_not_in_the_list(lock: ModuleType) -> None:
    here = Path(sys.prefix)
    assert not [line for line in lock.frozen(here) if "embark" in line.lower()]


def test_the_file_is_as_it_was_written(lock: ModuleType) -> None:
    lines = (PACKAGING / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins: dict[str, str] = {}
    lock.merge(pins, [line for line in lines if not line.startswith("#")])
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins.values())
