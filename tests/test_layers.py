"""The house stands as CONTRIBUTING.md draws it: layers, one door each, and a core that needs neither Qt nor torch."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
IMPORT_ALL = """
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Absent())
names = [{package!r}]
package = importlib.import_module({package!r})
names += [module.name for module in pkgutil.walk_packages(package.__path__, {package!r} + ".")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names))
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def import_all(package: str, absent: set[str]) -> tuple[int, set[str]]:
    """Import every module of a package in a new process: how many, and what came with them."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_ALL.format(package=package, absent=absent)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    count, modules = ended.stdout.splitlines()
    return int(count), set(modules.split())


def test_the_layers_hold() -> None:
    checked = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-logo",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    assert " 0 broken" in checked.stdout


def test_the_core_needs_neither_qt_nor_torch() -> None:
    count, modules = import_all("gui.core", absent=set())
    assert count > 30
    assert not modules & {"PySide6", "shiboken6", "torch", "transformers", "accelerate"}


def test_the_command_line_needs_no_qt() -> None:
    _count, modules = import_all("gui.text", absent={"PySide6", "shiboken6"})
    assert "PySide6" not in modules
    subprocess.run(
        [sys.executable, "-c", "import gui.cli, sys; assert 'PySide6' not in sys.modules"], cwd=ROOT, check=True
    )


def test_the_window_works_where_torch_is_not_installed() -> None:
    count, modules = import_all("gui", absent={"torch", "transformers", "accelerate", "safetensors", "tokenizers"})
    assert count > 80
    assert "PySide6" in modules
    assert "torch" not in modules


@pytest.mark.parametrize("package", ["torch", "transformers"])
def test_torch_is_not_installed_beside_the_window(package: str) -> None:
    assert importlib.util.find_spec(package) is None


def test_what_goes_to_the_machine_needs_nothing_but_python() -> None:
    """The agent and the protocol run before anything is installed there."""
    script = (
        "import sys\n"
        "import remote_worker.agent, remote_worker.protocol\n"
        "foreign = {name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names\n"
        "sys.exit(foreign != {'remote_worker', '__main__'})"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"]
    )
    assert ended.returncode == 0
