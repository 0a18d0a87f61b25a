"""A real Secret Service (gnome-keyring on a D-Bus of its own): stored, read, locked, absent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The daemon goes to the background before it can be asked; one that is asked too early is started a second time.
READY = (
    "until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner"
    " string:org.freedesktop.secrets | grep -q true; do sleep 0.02; done"
)
UNLOCKED = f"printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && {READY}"
LOCKED = f"gnome-keyring-daemon --start --components=secrets >/dev/null && {READY}"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have keyrings of their own")


class Session:
    """A home, and in it as many logins as wanted."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def python(self, script: str, *, first: str = UNLOCKED) -> str:
        """What the script prints, on a new bus on which the daemon was started by ``first``."""
        bus = ["dbus-run-session", "--", "bash", "-c", f'{first} && exec "$0" -c "$1"']
        return self._run([*bus, sys.executable, script])

    def python_without_bus(self, script: str) -> str:
        return self._run([sys.executable, "-c", script])

    def service(self, name: str, program: str) -> None:
        """What the bus starts when somebody asks for ``name``."""
        file = self.home / "dbus-1" / "services" / f"{name}.service"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"[D-BUS Service]\nName={name}\nExec={program}\n")

    def _run(self, command: list[str]) -> str:
        # Nothing of the session that the tests run in: no bus, no display to ask on.
        environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environment |= {"HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.home), "PYTHONPATH": str(ROOT)}
        environment |= {"PYTHONIOENCODING": "utf-8", "EMBARK_HOME": str(self.home / "embark")}
        ended = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def everything_on_disk(self) -> bytes:
        return b"\n".join(path.read_bytes() for path in self.home.rglob("*") if path.is_file())


@pytest.fixture
def session() -> Iterator[Session]:
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(program), f"{program} is missing: python packaging/setup.py --tests installs it"
    with tempfile.TemporaryDirectory(prefix="embark-keyring-") as home:  # a short path: sockets go into it
        yield Session(Path(home))


def test_secrets_come_back_exactly_and_go_when_told(session: Session) -> None:
    told = session.python(
        "from gui.core.credentials import Credentials\n"
        "credentials = Credentials()\n"
        "print(credentials.state().standing, credentials.state().backend)\n"
        "for secret in ('0123456789abcdef', '비밀 — “열려라”', 'one\\ntwo\\n\\tthree\\n', 'x' * 1200):\n"
        "    credentials.set('vast', secret)\n"
        "    print(credentials.get('vast') == secret)\n"
        "print(credentials.get('runpod'))\n"
        "credentials.delete('vast'); credentials.delete('vast')\n"
        "print(credentials.get('vast'))\n"
    )
    assert told.splitlines() == ["usable SecretService Keyring", "True", "True", "True", "True", "None", "None"]


def test_a_key_pair_outlives_the_login_and_is_nowhere_on_the_disk(session: Session) -> None:
    """The private half comes here through a pipe, so that it can be searched for."""
    create = (
        "from gui.core import log; from gui.core.paths import Paths; log.start(Paths.default())\n"
        "import logging; from gui.core.credentials import Credentials; from gui.core.machine.keys import KeyStore\n"
        "identity = KeyStore(Credentials()).create()\n"
        "logging.error('made %r %s', identity, identity.private_pem)\n"
        "print(identity.private_pem + identity.public)\n"
    )
    load = (
        "from gui.core.credentials import Credentials; from gui.core.machine.keys import KeyStore\n"
        "identity = KeyStore(Credentials()).load()\n"
        "print(identity.private_pem + identity.public)\n"
    )
    made = session.python(create)
    assert session.python(load) == made
    *pem, public = made.splitlines()
    body = pem[1:-1]
    on_disk = session.everything_on_disk()
    assert len(body) == 5
    assert public.split()[1].encode() in on_disk, "the log is there, and the public half in it"
    for secret in ("\n".join(pem), "".join(body), *body, "BEGIN OPENSSH"):
        assert secret.encode() not in on_disk
        assert secret.encode("utf-16-le") not in on_disk


ASK = (
    "from gui.core.credentials import Credentials; from gui.core.errors import CredentialError\n"
    "credentials = Credentials(wait_s=0.5)\n"
    "for ask in (lambda: credentials.get('vast'), lambda: credentials.set('vast', 'some-secret')):\n"
    "    try: print(ask())\n"
    "    except CredentialError as error: print(error)\n"
    "print(credentials.state().standing)\n"
)


def test_a_locked_keyring_that_waits_for_a_prompt_is_noticed_and_the_program_can_end(session: Session) -> None:
    session.python("from gui.core.credentials import Credentials; Credentials().set('vast', 'some-secret')")
    # The prompt is shown where nobody looks: it is started, and never answers.
    session.service("org.gnome.keyring.SystemPrompter", '/bin/sh -c "exec sleep 10 >/dev/null 2>&1"')
    told = session.python(ASK, first=LOCKED)
    assert told.splitlines() == ["KeyringLocked(waited_s=0.5)", "KeyringLocked(waited_s=0.5)", "locked"]


def test_a_locked_keyring_that_cannot_even_ask_is_locked_at_once(session: Session) -> None:
    session.python("from gui.core.credentials import Credentials; Credentials().set('vast', 'some-secret')")
    told = session.python(ASK.replace("0.5", "30"), first=LOCKED)
    assert told.splitlines() == ["KeyringLocked(waited_s=0.0)", "KeyringLocked(waited_s=0.0)", "locked"]


def test_what_is_held_for_the_session_touches_neither_keyring_nor_disk(session: Session) -> None:
    told = session.python_without_bus(
        "from gui.core.credentials import Credentials; from gui.core.machine.keys import KeyStore\n"
        "credentials = Credentials(); keys = KeyStore(credentials)\n"
        "identity = keys.create(for_session=True)\n"
        "print(keys.load() == identity, credentials.state().standing)\n"
        "print(identity.private_pem)\n"
    )
    first, *pem = told.splitlines()
    assert first == "True missing"
    on_disk = session.everything_on_disk()
    assert not any(line.encode() in on_disk for line in pem if line)


def test_no_bus_at_all_is_no_keyring(session: Session) -> None:
    told = session.python_without_bus(ASK)
    assert told.splitlines() == ["KeyringMissing(detail='NoKeyringError')"] * 2 + ["missing"]


def test_a_keyring_that_is_started_later_is_found(session: Session) -> None:
    session.service("org.freedesktop.secrets", "/bin/false")
    told = session.python(
        f"import subprocess\nUNLOCKED = {UNLOCKED!r}\n"
        "from gui.core.credentials import Credentials\n"
        "credentials = Credentials()\n"
        "print(credentials.state().standing)\n"
        "subprocess.run(UNLOCKED, shell=True, check=True)\n"
        "print(credentials.state().standing)\n",
        first="true",
    )
    assert told.splitlines() == ["refused", "usable"]
