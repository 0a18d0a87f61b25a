"""Finding, or making, a Python on the machine that has what the model needs; without a network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gui.core.paths import WORKER

Setup = Callable[..., dict[str, Any]]


def wheel(folder: Path, name: str, version: str, needs: str = "") -> None:
    """A tiny package that can be installed: a module that knows its version."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + (
        f"Requires-Dist: {needs}\n" if needs else ""
    )
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as made:
        made.writestr(f"{name}.py", f"__version__ = {version!r}\n")
        made.writestr(f"{info}/METADATA", metadata)
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{info}/RECORD", "")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where packages can be installed from."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@pytest.fixture
def setup(tmp_path: Path, shelf: Path) -> Setup:
    def run(*words: str, environment: Path | None = None) -> dict[str, Any]:
        seen = {
            "PATH": os.defpath,
            "HOME": str(tmp_path),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(shelf),
            **({"VIRTUAL_ENV": str(environment)} if environment else {}),
        }
        root = tmp_path / "embark"
        (root / "worker" / "remote_worker").mkdir(parents=True, exist_ok=True)
        for name in ("__init__.py", "environment.py"):
            shutil.copy(WORKER / name, root / "worker" / "remote_worker")
        command = [sys.executable, str(WORKER / "agent.py"), "--root", str(root), "setup", "--worker", "worker", *words]
        said = subprocess.run(command, env=seen, capture_output=True, text=True)
        return dict(json.loads(said.stderr.rpartition("embark-reply:")[2]))

    return run


def asked(python: str, module: str) -> str:
    """Where a Python gets a module from."""
    return subprocess.run(
        [python, "-c", f"import {module}; print({module}.__file__, end='')"], capture_output=True, text=True
    ).stdout


def test_what_is_missing_is_installed_into_an_environment_of_our_own(setup: Setup, shelf: Path, tmp_path: Path) -> None:
    wheel(shelf, "embarktiny", "1.2")
    assert setup("numpy", "embarktiny")["error"] == "PackagesMissing"
    found = setup("numpy", "embarktiny", "--install")
    assert found["versions"]["embarktiny"] == "1.2"
    assert Path(found["python"]).is_relative_to(tmp_path / "embark" / "env")
    assert asked(found["python"], "numpy") == asked(sys.executable, "numpy")
    assert setup("numpy", "embarktiny") == found


def test_a_package_may_have_another_name_than_its_module(setup: Setup, shelf: Path) -> None:
    wheel(shelf, "embarktiny", "1.2")
    (shelf / "embarktiny-1.2-py3-none-any.whl").rename(shelf / "other.zip")
    with (
        zipfile.ZipFile(shelf / "other.zip") as old,
        zipfile.ZipFile(shelf / "embark_other-1.2-py3-none-any.whl", "w") as new,
    ):
        for name in old.namelist():
            text = old.read(name).decode().replace("Name: embarktiny", "Name: embark-other")
            new.writestr(name.replace("embarktiny-", "embark_other-"), text)
    assert setup("embarktiny=embark-other", "--install")["versions"] == {"embarktiny": "1.2"}


@pytest.fixture
def with_torch(tmp_path: Path, shelf: Path) -> Path:
    """An environment as rented machines have it: with a torch that fits their GPU."""
    environment = tmp_path / "conda"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (site,) = environment.glob("lib/*/site-packages")
    own = tmp_path / "own"
    wheel(own, "torch", "2.4.0+cu121")
    with zipfile.ZipFile(own / "torch-2.4.0+cu121-py3-none-any.whl") as made:
        for name in made.namelist():
            (site / name).parent.mkdir(exist_ok=True)
            (site / name).write_bytes(made.read(name))
    return environment


def test_the_torch_that_is_there_is_never_replaced(setup: Setup, shelf: Path, with_torch: Path) -> None:
    wheel(shelf, "torch", "3.0")
    wheel(shelf, "embarktiny", "1.2", needs="torch>=2")
    found = setup("torch", "embarktiny", "--install", environment=with_torch)
    assert found["versions"] == {"torch": "2.4.0+cu121", "embarktiny": "1.2"}
    assert Path(asked(found["python"], "torch")).is_relative_to(with_torch)


def test_a_version_that_is_preferred_is_installed_if_it_can_be_had(setup: Setup, shelf: Path) -> None:
    for version in ("1.2", "1.3"):
        wheel(shelf, "embarktiny", version)
    found = setup("embarktiny", "--install", "--prefer", "embarktiny==1.2")
    assert found["versions"] == {"embarktiny": "1.2"}


def test_a_preferred_version_that_is_nowhere_stands_in_nobodys_way(setup: Setup, shelf: Path) -> None:
    wheel(shelf, "embarktiny", "1.3")
    found = setup("embarktiny", "--install", "--prefer", "embarktiny==1.2")
    assert found["versions"] == {"embarktiny": "1.3"}


def test_a_package_that_would_replace_torch_is_told_as_missing(setup: Setup, shelf: Path, with_torch: Path) -> None:
    wheel(shelf, "torch", "3.0")
    wheel(shelf, "embarktiny", "1.2", needs="torch>=3")
    told = setup("torch", "embarktiny", "--install", environment=with_torch)
    assert told["error"] == "PackagesMissing"
    assert told["fields"] == {"python": str(with_torch / "bin" / "python"), "missing": ["embarktiny"]}


def test_what_cannot_be_installed_is_told_and_can_be_tried_again(setup: Setup, shelf: Path) -> None:
    assert setup("embarktiny", "--install")["fields"]["missing"] == ["embarktiny"]
    wheel(shelf, "embarktiny", "1.2")
    assert setup("embarktiny", "--install")["versions"] == {"embarktiny": "1.2"}


@pytest.mark.parametrize(
    "broken", ["raise OSError('libcudart.so')", "import no_such_module_anywhere", "1 +", "import os; os._exit(3)"]
)
def test_a_package_that_is_there_but_cannot_be_imported_is_missing(setup: Setup, with_torch: Path, broken: str) -> None:
    (site,) = with_torch.glob("lib/*/site-packages")
    (site / "embarkbroken.py").write_text(broken)
    assert setup("json", "embarkbroken", environment=with_torch)["fields"]["missing"] == ["embarkbroken"]


def test_a_file_that_happens_to_lie_about_is_not_taken_for_a_package(setup: Setup, tmp_path: Path) -> None:
    (tmp_path / "embarktiny.py").write_text("")
    (tmp_path / "embark").mkdir(exist_ok=True)
    (tmp_path / "embark" / "embarktiny.py").write_text("")
    assert setup("embarktiny")["error"] == "PackagesMissing"


def test_what_is_too_old_is_installed_anew_beside_it(setup: Setup, shelf: Path, with_torch: Path) -> None:
    (site,) = with_torch.glob("lib/*/site-packages")
    (site / "embarktiny.py").write_text("__version__ = '1.1.9'\n")
    words = ("torch=torch>=2.4", "embarktiny=embarktiny>=1.2")
    assert setup(*words, environment=with_torch)["fields"]["missing"] == ["embarktiny"]
    wheel(shelf, "embarktiny", "1.10")
    found = setup(*words, "--install", environment=with_torch)
    assert found["versions"] == {"torch": "2.4.0+cu121", "embarktiny": "1.10"}
    assert "1.1.9" in (site / "embarktiny.py").read_text()


def test_a_torch_that_is_too_old_is_told_and_not_replaced(setup: Setup, shelf: Path, with_torch: Path) -> None:
    wheel(shelf, "torch", "3.0")
    told = setup("torch=torch>=2.5", "--install", environment=with_torch)
    assert told["fields"]["missing"] == ["torch"]


def test_what_is_too_new_for_the_torch_that_is_there_is_replaced_by_what_is_not(
    setup: Setup, shelf: Path, with_torch: Path
) -> None:
    """Transformers can be imported with a torch that is too old for it, and then has no models."""
    (site,) = with_torch.glob("lib/*/site-packages")
    (site / "transformers.py").write_text("__version__ = '5.23.0'\ndef is_torch_available(): return False\n")
    words = ("torch", "transformers=transformers>=4.57")
    assert setup(*words, environment=with_torch)["fields"]["missing"] == ["transformers"]
    wheel(shelf, "transformers", "5.23.0")
    wheel(shelf, "transformers", "4.57.6")
    found = setup(*words, "--install", environment=with_torch)
    assert found["versions"] == {"torch": "2.4.0+cu121", "transformers": "4.57.6"}


def test_an_environment_is_added_to_and_stays_on_top_of_what_it_was_made_on(
    setup: Setup, shelf: Path, with_torch: Path
) -> None:
    """Another model on the same machine, or a second try after a cut."""
    wheel(shelf, "embarktiny", "1.2")
    wheel(shelf, "embarkmore", "2.0")
    assert "versions" in setup("torch", "embarktiny", "--install", environment=with_torch)
    found = setup("torch", "embarktiny", "embarkmore", "--install", environment=with_torch)
    assert found["versions"] == {"torch": "2.4.0+cu121", "embarktiny": "1.2", "embarkmore": "2.0"}


def test_the_python_with_a_torch_is_built_upon_whatever_others_have(
    setup: Setup, shelf: Path, with_torch: Path
) -> None:
    """The others have numpy, pillow and psutil; that torch fits the machine's GPU."""
    wheel(shelf, "torch", "3.0")
    for name in ("numpy", "psutil", "embarktiny"):
        wheel(shelf, name, "9.0")
    found = setup("numpy", "psutil", "torch", "embarktiny", "--install", environment=with_torch)
    assert found["versions"]["torch"] == "2.4.0+cu121"


def test_two_at_once_make_one_environment(setup: Setup, shelf: Path) -> None:
    wheel(shelf, "embarktiny", "1.2")
    with ThreadPoolExecutor(2) as both:
        one, other = both.map(lambda _: setup("embarktiny", "--install"), range(2))
    assert one == other
    assert one["versions"] == {"embarktiny": "1.2"}
