"""The only door to the system's keyring: secrets are there, or in memory for as long as Embark is open, or nowhere."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked as LockedByKeyring
from keyring.errors import NoKeyringError

from gui.core.errors import CredentialError, KeyringLocked, KeyringMissing, KeyUnusable
from gui.core.log import remember_secret

logger = logging.getLogger(__name__)

LONGEST_SECRET = 1_200
"""UTF-16 units. Windows takes 1,280; the same everywhere, so that a secret that fits here fits there."""

_ACCOUNT = "Embark"
_Answer = TypeVar("_Answer")
_Backend = TypeVar("_Backend", bound=KeyringBackend)
_Call = Callable[[KeyringBackend, threading.Event], _Answer]
"""Asks the keyring. The event is set once nobody waits for the answer any more: nothing may be changed after that."""


class Standing(StrEnum):
    USABLE = "usable"
    MISSING = "missing"  # this computer has none
    LOCKED = "locked"  # it wants its own password first, or does not answer
    REFUSED = "refused"  # it answers, and says no


@dataclass(frozen=True, slots=True)
class KeyringState:
    standing: Standing
    backend: str  # what the system calls its keyring; empty when there is none


class Credentials:
    """Secrets by name ("vast", "ssh-key").

    ``backend`` is the system's own keyring unless one is given; the file-based keyrings that a person can plug into
    the library are never used. A keyring that wants a password nobody is asked for hangs: every call has ``wait_s``
    seconds, and the calls of one ``Credentials`` wait for each other, so that at most one is stuck.

    Every method raises KeyringMissing, KeyringLocked. All may take ``wait_s``: never call them in the window's thread.
    """

    def __init__(self, backend: KeyringBackend | None = None, wait_s: float = 10.0) -> None:
        self._backend = backend
        self._wait_s = wait_s
        self._turn = threading.Lock()
        self._held: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """The secret, or None when there is none of this name. What is held for this session comes first."""
        if name in self._held:
            return self._held[name]
        secret = self._ask(lambda keyring, _late: keyring.get_password(_service(name), _ACCOUNT))
        if secret is not None:
            remember_secret(secret)
        return secret

    def set(self, name: str, secret: str) -> None:
        """Store, and read back: a secret that went nowhere is worse than an error. Raises KeyUnusable("too-long")."""
        remember_secret(secret)
        if len(secret.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_SECRET:
            raise KeyUnusable(path=_service(name), reason="too-long")
        if not self._ask(lambda keyring, late: _store(keyring, late, _service(name), secret)):
            logger.warning("the keyring took %s and gave back something else", _service(name))
            raise KeyringLocked(waited_s=0.0)
        self._held.pop(name, None)

    def delete(self, name: str) -> None:
        """Forget the secret, here and in the keyring. One that is not there is fine."""
        self._held.pop(name, None)
        self._ask(lambda keyring, late: _remove(keyring, late, _service(name)))

    def hold(self, name: str, secret: str) -> None:
        """Keep a secret in memory, and only there, until Embark closes.

        For a computer without a usable keyring, after asking the person, each time; and for a key that came in an
        environment variable. It never asks the keyring, and never raises.
        """
        remember_secret(secret)
        self._held[name] = secret

    def is_held(self, name: str) -> bool:
        """Whether this secret will be gone when Embark closes."""
        return name in self._held

    def state(self) -> KeyringState:
        """How the keyring stands now, found out by reading from it. Raises nothing."""
        seen: list[KeyringBackend] = []

        def probe(keyring: KeyringBackend, _late: threading.Event) -> None:
            seen.append(keyring)
            keyring.get_password(_service("probe"), _ACCOUNT)

        standing = Standing.USABLE
        try:
            self._within_deadline(probe)
        except Exception as error:  # noqa: BLE001 - each platform's keyring raises errors of its own
            standing = _standing(error)
        return KeyringState(standing, seen[0].name if seen and standing is not Standing.MISSING else "")

    def _ask(self, call: _Call[_Answer]) -> _Answer:
        try:
            return self._within_deadline(call)
        except Exception as error:  # noqa: BLE001 - each platform's keyring raises errors of its own
            # Its words go to the log, where secrets are masked, and not into a chain that a report would show.
            raise self._typed(error) from None

    def _typed(self, error: Exception) -> CredentialError:
        standing = _standing(error)
        logger.warning("the keyring is %s: %s: %s", standing, type(error).__name__, error)
        if standing is Standing.MISSING:
            return KeyringMissing(detail=type(error).__name__)
        return KeyringLocked(waited_s=self._wait_s if isinstance(error, TimeoutError) else 0.0)

    def _within_deadline(self, call: _Call[_Answer]) -> _Answer:
        """Raises TimeoutError, or whatever the keyring raises."""
        deadline = time.monotonic() + self._wait_s
        if not self._turn.acquire(timeout=self._wait_s):
            raise TimeoutError("an earlier call still waits")
        answer: Future[_Answer] = Future()
        late = threading.Event()

        def work() -> None:
            try:
                answer.set_result(call(self._backend or _system_keyring(), late))
            except Exception as error:  # noqa: BLE001 - handed to the caller
                answer.set_exception(error)
            finally:
                self._turn.release()

        # Not a pool: its threads are waited for when the program ends, and this one may never come back.
        threading.Thread(target=work, name="keyring", daemon=True).start()
        try:
            return answer.result(timeout=max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            late.set()
            raise


def _service(name: str) -> str:
    # One service a secret: Windows moves entries about when one service has several accounts.
    return f"Embark/{name}"


def _system_keyring() -> KeyringBackend:
    """Looked up anew each time, so that a keyring that was started meanwhile is found. Raises NoKeyringError."""
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        vault = _viable(WinVaultKeyring)
        vault.persist = "local machine"  # the library's default may roam to other computers
        return vault
    elif sys.platform == "darwin":  # noqa: RET505 - so that the type checker sees three platforms, not dead code
        from keyring.backends.macOS import Keyring as Keychain

        return _viable(Keychain)
    else:
        from keyring.backends.SecretService import Keyring as SecretService

        return _viable(SecretService)


def _viable(backend: type[_Backend]) -> _Backend:
    if not backend.viable:
        raise NoKeyringError(f"not on this computer: {backend.name}")
    return backend()


def _standing(error: Exception) -> Standing:
    if isinstance(error, NoKeyringError):
        return Standing.MISSING
    if isinstance(error, LockedByKeyring | TimeoutError):
        return Standing.LOCKED
    return Standing.REFUSED


def _store(keyring: KeyringBackend, late: threading.Event, service: str, secret: str) -> bool:
    keyring.get_password(service, _ACCOUNT)  # a locked keyring hangs here, where nothing is changed yet
    if late.is_set():
        return False
    keyring.set_password(service, _ACCOUNT, secret)
    return keyring.get_password(service, _ACCOUNT) == secret


def _remove(keyring: KeyringBackend, late: threading.Event, service: str) -> None:
    if keyring.get_password(service, _ACCOUNT) is not None and not late.is_set():
        keyring.delete_password(service, _ACCOUNT)
