"""All set-up on a fresh machine: system packages, two environments with locked versions, translations.

    python packaging/setup.py            what `make run` and `make test` need
    python packaging/setup.py --tests    also what only the tests need

The window lives in ``.venv`` and has no torch; the worker lives in ``.venv-worker``, as it does on a rented machine.
Standard library only: it runs before anything is installed. What is done already is not done again.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
APT_RUN = [
    "libgl1",
    "libegl1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libfontconfig1",
    "libglib2.0-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-image0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "libxcb-randr0",
    "fonts-inter",
    "fonts-nanum",
    "fonts-dejavu-core",
]
APT_TESTS = [
    "xvfb",
    "xauth",
    "xdotool",
    "gnome-keyring",
    "dbus",
    "openssh-server",
    "imagemagick",
]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tests", action="store_true")
    tests = options.parse_args().tests
    if sys.version_info < (3, 11):  # noqa: UP036  an old Python must be able to say so
        sys.exit(f"Embark needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    venvs = [] if makes_environments() else [f"python3.{sys.version_info.minor}-venv"]
    system_packages(venvs + APT_RUN + (APT_TESTS if tests else []))
    app = ["-e", f"{ROOT}[dev]" if tests else str(ROOT)]  # editable: assets and the worker lie beside the code
    environment(ROOT / ".venv", [app], stamp=[ROOT / "pyproject.toml"], tests=tests)
    worker = [["-r", str(ROOT / "remote_worker" / name)] for name in ("requirements.txt", "requirements-practice.txt")]
    # Its own list of dependencies asks for much that the model does not need.
    worker.append(["--no-deps", "efficientnet-lite-pytorch"])
    if tests:
        worker.insert(0, ["-r", str(ROOT / "tests" / "worker" / "requirements.txt")])
    worker = [[part for group in worker[:-1] for part in group], worker[-1]]
    lists = [
        *sorted((ROOT / "remote_worker").glob("requirements*.txt")),
        ROOT / "tests" / "worker" / "requirements.txt",
    ]
    environment(ROOT / ".venv-worker", worker, stamp=lists, tests=tests)
    if tests:
        vendor = ROOT / "tests" / "fake_vast" / "vendor.txt"
        environment(ROOT / ".venv-vastai", [["--no-deps", "-r", str(vendor)]], stamp=[vendor], tests=tests)
    translations()


def makes_environments() -> bool:
    """Debian and Ubuntu keep ``ensurepip`` in a package of its own."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None


def system_packages(names: list[str]) -> None:
    """Debian and Ubuntu, as root; elsewhere Qt's wheels bring what they need, or the person is told."""
    if not shutil.which("dpkg-query"):
        return
    known = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    missing = [name for name in names if f"{name} installed" not in known.splitlines()]
    if not missing:
        return
    if os.geteuid() != 0:
        print(f"These system packages are missing; please ask for them:\n  sudo apt-get install {' '.join(missing)}")
        return
    print(f"Installing system packages: {' '.join(missing)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    if subprocess.run([*install, *missing], check=False, env=quiet, stdout=subprocess.DEVNULL).returncode:
        for name in missing:  # one that this release does not have must not keep the others away
            subprocess.run([*install, name], check=False, env=quiet, stdout=subprocess.DEVNULL)


def python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment(folder: Path, installs: list[list[str]], stamp: list[Path], *, tests: bool) -> None:
    """A virtual environment with these installs, made anew only when what it is made of changed.

    One that was made for tests has all that is needed to run.
    """
    digest = hashlib.sha256(repr((sys.version_info[:3], str(ROOT))).encode())
    for source in [CONSTRAINTS, *stamp]:
        digest.update(source.read_bytes())
    done = folder / ".embark-setup"
    known = done.read_text().split() if done.is_file() and python_of(folder).exists() else []
    if known[:1] == [digest.hexdigest()] and ("tests" in known or not tests):
        return
    print(f"Installing into {folder.name} (the first time this downloads a few hundred megabytes)", flush=True)
    if not python_of(folder).exists():
        if not makes_environments():
            sys.exit(f"{sys.executable} cannot make environments: its part named ensurepip is not installed.")
        venv.create(folder, with_pip=True, clear=folder.exists())
    pip = [str(python_of(folder)), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", str(CONSTRAINTS)]
    for install in installs:
        if subprocess.run([*pip, *install], check=False, cwd=ROOT).returncode:
            sys.exit(f"Not all of {folder.name} could be installed; above is why. Begin again with the same command.")
    done.write_text(f"{digest.hexdigest()} {'tests' if tests else 'run'}")


def translations() -> None:
    """``assets/i18n/*.ts`` to the ``.qm`` files that Qt reads."""
    for source in sorted((ROOT / "assets" / "i18n").glob("*.ts")):
        compiled = source.with_suffix(".qm")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            lrelease = [
                str(python_of(ROOT / ".venv").parent / "pyside6-lrelease"),
                "-silent",
                str(source),
                "-qm",
                str(compiled),
            ]
            subprocess.run(lrelease, check=True)


if __name__ == "__main__":
    main()
