"""Keyrings to hand to ``Credentials``: one in memory, one that never answers, one that fails as it is told."""

from __future__ import annotations

import threading

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise PasswordDeleteError("No such password!")
        del self.entries[service, username]


class HangingKeyring(MemoryKeyring):
    """Waits, as a locked keyring does on a prompt that nobody sees, until ``unlocked`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = threading.Event()
        self.waiting = 0

    def get_password(self, service: str, username: str) -> str | None:
        self._wait()
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._wait()
        super().set_password(service, username, password)

    def let_go(self) -> None:
        """Unlock, and wait until nobody waits any more."""
        self.unlocked.set()
        for stuck in threading.enumerate():
            if stuck.name == "keyring":
                stuck.join()

    def _wait(self) -> None:
        self.waiting += 1
        self.unlocked.wait()
        self.waiting -= 1


class FailingKeyring(MemoryKeyring):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


class ForgettingKeyring(MemoryKeyring):
    """Takes everything and keeps nothing, as the library's null backend does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass
