"""What the one door to the keyring promises, whatever stands behind it."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from keyring.backends import fail
from keyring.errors import InitError
from keyring.errors import KeyringLocked as LockedByKeyring

from gui.core.credentials import LONGEST_SECRET, Credentials, KeyringState, Standing
from gui.core.errors import CredentialError, KeyringLocked, KeyringMissing, KeyUnusable
from tests.credentials.keyrings import FailingKeyring, ForgettingKeyring, HangingKeyring, MemoryKeyring

ROOT = Path(__file__).resolve().parents[2]


def test_a_secret_comes_back_exactly_and_goes_when_told() -> None:
    credentials = Credentials(MemoryKeyring())
    secret = "첫째 줄\nsecond line\ttab “…” \U0001f511\n"
    credentials.set("vast", secret)
    assert credentials.get("vast") == secret
    credentials.delete("vast")
    assert credentials.get("vast") is None


def test_what_was_never_stored_is_none_and_can_be_deleted() -> None:
    credentials = Credentials(MemoryKeyring())
    assert credentials.get("vast") is None
    credentials.delete("vast")


def test_each_secret_has_a_service_of_its_own() -> None:
    keyring = MemoryKeyring()
    credentials = Credentials(keyring)
    credentials.set("vast", "one-secret")
    credentials.set("ssh-key", "another-secret")
    assert sorted(service for service, _account in keyring.entries) == ["Embark/ssh-key", "Embark/vast"]


@pytest.mark.parametrize("secret", ["x" * (LONGEST_SECRET + 1), "\U0001f511" * (LONGEST_SECRET // 2 + 1)])
def test_a_secret_that_windows_could_not_hold_is_refused_everywhere(secret: str) -> None:
    keyring = MemoryKeyring()
    with pytest.raises(KeyUnusable) as refused:
        Credentials(keyring).set("vast", secret)
    assert refused.value.reason == "too-long"
    assert not keyring.entries


def test_the_longest_secret_is_taken() -> None:
    credentials = Credentials(MemoryKeyring())
    credentials.set("vast", "x" * LONGEST_SECRET)
    assert credentials.get("vast") == "x" * LONGEST_SECRET


def test_a_keyring_that_does_not_answer_is_locked_after_the_deadline() -> None:
    keyring = HangingKeyring()
    credentials = Credentials(keyring, wait_s=0.05)
    for call in (
        lambda: credentials.get("vast"),
        lambda: credentials.set("vast", "some-secret"),
        lambda: credentials.delete("vast"),
    ):
        with pytest.raises(KeyringLocked) as locked:
            call()
        assert locked.value.waited_s == 0.05
    assert credentials.state() == KeyringState(Standing.LOCKED, "")
    assert keyring.waiting == 1, "at most one call is ever stuck"
    keyring.let_go()


def test_a_keyring_that_is_unlocked_later_is_used_again() -> None:
    keyring = HangingKeyring()
    keyring.entries["Embark/vast", "Embark"] = "kept-before"
    credentials = Credentials(keyring, wait_s=0.05)
    with pytest.raises(KeyringLocked):
        credentials.get("vast")
    keyring.unlocked.set()
    patient = Credentials(keyring, wait_s=10)
    assert patient.get("vast") == "kept-before"
    assert patient.state().standing is Standing.USABLE


def test_what_was_given_up_is_not_done_when_the_keyring_is_unlocked_later() -> None:
    keyring = HangingKeyring()
    keyring.entries["Embark/kept", "Embark"] = "kept-before"
    credentials = Credentials(keyring, wait_s=0.05)
    with pytest.raises(KeyringLocked):
        credentials.set("new", "some-secret")
    other = Credentials(keyring, wait_s=0.05)
    with pytest.raises(KeyringLocked):
        other.delete("kept")
    keyring.let_go()
    assert keyring.entries == {("Embark/kept", "Embark"): "kept-before"}


def test_a_program_whose_keyring_hangs_can_still_end() -> None:
    script = (
        "from tests.credentials.keyrings import HangingKeyring\n"
        "from gui.core.credentials import Credentials\n"
        "print(Credentials(HangingKeyring(), wait_s=0.05).state().standing)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "locked\n"


def test_no_keyring_is_said_so() -> None:
    credentials = Credentials(fail.Keyring())
    with pytest.raises(KeyringMissing):
        credentials.get("vast")
    with pytest.raises(KeyringMissing):
        credentials.set("vast", "some-secret")
    assert credentials.state() == KeyringState(Standing.MISSING, "")


@pytest.mark.parametrize(
    ("error", "standing"),
    [
        (LockedByKeyring("dismissed"), Standing.LOCKED),
        (InitError("no collection"), Standing.REFUSED),
        (OSError("(1783, 'CredWrite', 'The stub received bad data')"), Standing.REFUSED),
    ],
)
def test_a_keyring_that_says_no_is_typed_whatever_its_library_raises(error: Exception, standing: Standing) -> None:
    credentials = Credentials(FailingKeyring(error))
    with pytest.raises(KeyringLocked) as refused:
        credentials.set("vast", "some-secret")
    assert refused.value.waited_s == 0
    assert credentials.state().standing is standing


def test_a_keyring_that_keeps_nothing_is_noticed_at_once() -> None:
    with pytest.raises(KeyringLocked):
        Credentials(ForgettingKeyring()).set("vast", "some-secret")


def test_what_a_keyring_says_while_failing_is_not_passed_on() -> None:
    secret = "hunter2" * 2
    credentials = Credentials(FailingKeyring(OSError(f"could not store {secret}")))
    with pytest.raises(CredentialError) as refused:
        credentials.set("vast", secret)
    assert secret not in "".join(traceback.format_exception(refused.value))


def test_a_secret_can_be_held_until_the_program_ends_and_only_when_told() -> None:
    credentials = Credentials(fail.Keyring())
    with pytest.raises(KeyringMissing):
        credentials.set("vast", "some-secret")
    assert not credentials.is_held("vast"), "never by itself"
    credentials.hold("vast", "some-secret")
    assert credentials.is_held("vast")
    assert credentials.get("vast") == "some-secret"
    assert Credentials(MemoryKeyring()).get("vast") is None


def test_what_is_held_goes_over_into_a_keyring_that_works_and_is_gone_when_deleted() -> None:
    keyring = MemoryKeyring()
    credentials = Credentials(keyring)
    credentials.hold("vast", "some-secret")
    assert not keyring.entries
    credentials.set("vast", "some-secret")
    assert not credentials.is_held("vast")
    credentials.hold("runpod", "some-secret")
    credentials.delete("runpod")
    assert credentials.get("runpod") is None


def test_a_file_based_keyring_that_is_plugged_into_the_library_is_not_used(tmp_path: Path) -> None:
    """As keyrings.alt does: a person's configuration makes it the library's choice; Embark has none then."""
    if sys.platform != "linux":
        pytest.skip("elsewhere the system's keyring is always there")
    (tmp_path / "plaintext.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class PlaintextKeyring(KeyringBackend):\n"
        "    priority = 9\n"
        "    def get_password(self, service, username): return None\n"
        "    def set_password(self, service, username, password): open('secrets.txt', 'w').write(password)\n"
    )
    script = (
        "import keyring; from gui.core.credentials import Credentials\n"
        "print(keyring.get_keyring().name, Credentials().state().standing)\n"
        "try: Credentials().set('vast', 'hunter2-hunter2')\n"
        "except Exception as error: print(type(error).__name__)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
    environment |= {
        "PYTHON_KEYRING_BACKEND": "plaintext.PlaintextKeyring",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert told.stdout == "plaintext PlaintextKeyring missing\nKeyringMissing\n"
    assert not (tmp_path / "secrets.txt").exists()
