"""What is in the repository speaks of the product alone, in modules that can be read in one sitting."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST_MODULE = 500
LONGEST_TEST = 700
LONGER = {"remote_worker/agent.py": 770}
"""The agent is one file, since it is sent and started before anything else is on the machine."""

SAMPLE = re.compile(r"assets/sample/.*\.json")

# Spelled so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:work|root)" + r"/\w")
REGISTRIES = re.compile("index-" + r"url|find-" + r"links|\bpypi\b|arti" + "factory|trusted-" + "host", re.IGNORECASE)
UNFINISHED = re.compile("TO" + "DO|FIX" + r"ME|\bXX" + r"X\b|\bHA" + r"CK\b")
PRIVATE_KEYS = re.compile("-----BEGIN [A-Z ]*PRIVATE " + r"KEY-----\s*\n[A-Za-z0-9+/]{40}")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """Name and content of every tracked file that is text. Not the sample: its encodings are part of it."""
    found = []
    for path in tracked():
        content = path.read_bytes()
        name = path.relative_to(ROOT).as_posix()
        if b"\0" not in content[:8000] and not SAMPLE.match(name):
            found.append((name, content.decode("utf-8")))
    return found


def matches(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{content.count(chr(10), 0, hit.start()) + 1}: {hit.group()}"
        for name, content in texts()
        for hit in pattern.finditer(content)
    ]


def longest(name: str) -> int:
    return LONGER.get(name, LONGEST_TEST if name.startswith("tests/") else LONGEST_MODULE)


def test_every_module_can_be_read_in_one_sitting() -> None:
    lengths = {name: content.count("\n") for name, content in texts() if name.endswith(".py")}
    assert {name: lines for name, lines in lengths.items() if lines > longest(name)} == {}


def test_nothing_speaks_of_one_machine() -> None:
    assert matches(MACHINE_PATHS) == []


def test_nothing_speaks_of_where_packages_come_from() -> None:
    assert matches(REGISTRIES) == []


def test_nothing_is_left_unfinished() -> None:
    assert matches(UNFINISHED) == []


def test_no_key_is_in_a_file() -> None:
    assert matches(PRIVATE_KEYS) == []


def test_every_text_file_is_utf_8_with_plain_line_ends() -> None:
    for name, content in texts():
        assert "\r" not in content, name
        assert content.endswith("\n") or not content, name


def test_the_version_is_said_once_more_and_the_same() -> None:
    version = re.compile(r'^(?:__version__|version) = "([^"]+)"', re.MULTILINE)
    said = {
        version.findall((ROOT / name).read_text(encoding="utf-8"))[0] for name in ("pyproject.toml", "gui/__init__.py")
    }
    assert len(said) == 1
    assert f"[{said.pop()}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_licence_is_there() -> None:
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
