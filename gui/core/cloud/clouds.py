"""The clouds of this version, and which of them can be used: practice always, a paid one once its key was given.

Which keys were given is kept, by the clouds' names alone, in a file: the keyring may want a password of its own before
it answers, and whoever only practises must never be asked for that.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping

import msgspec

from gui.core.clock import Clock
from gui.core.cloud.base import Cloud
from gui.core.cloud.practice import PracticeCloud
from gui.core.cloud.vast import NAME, SECRET_NAME, VastCloud
from gui.core.credentials import Credentials
from gui.core.errors import CredentialError, KeyringMissing
from gui.core.files import whole_file
from gui.core.paths import Paths

logger = logging.getLogger(__name__)

LARGEST_FILE_BYTES = 10_000


class Clouds(Mapping[str, Cloud]):
    """Clouds by name. Iterating gives those that can be used now; a name also finds one whose key is gone, so that a
    run that rented there says what is wrong.

    ``in``, ``iter`` and ``len`` never ask the keyring, and may be used in the window's thread. ``clock`` is what their
    bills are reckoned by.
    """

    def __init__(self, paths: Paths, credentials: Credentials) -> None:
        self.practice = PracticeCloud(paths.practice)
        self.clock = Clock()
        self.vast = VastCloud(credentials, now=self.clock, heard=self.clock.heard)
        self._all: dict[str, Cloud] = {self.practice.name: self.practice, self.vast.name: self.vast}
        self._credentials = credentials
        self._file = paths.accounts
        self._given = _read(self._file)

    def __getitem__(self, name: str) -> Cloud:
        return self._all[name]

    def __contains__(self, name: object) -> bool:
        return name in tuple(self)

    def __iter__(self) -> Iterator[str]:
        yield self.practice.name
        if self.vast.name in self._given or self._credentials.is_held(SECRET_NAME):
            yield self.vast.name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def add(self, name: str) -> None:
        """The keyring holds its key. Touches the disk; raises LocalDiskFull, LocalFileRefused."""
        self._write(self._given | {name})

    def remove(self, name: str) -> None:
        """Its key was forgotten. Touches the disk; raises LocalDiskFull, LocalFileRefused."""
        self._write(self._given - {name})
        self._all[name].close()

    def look(self) -> None:
        """Find keys that the keyring holds though this folder does not know of them. Asks the keyring.

        While the keyring is locked there may be one: better a cloud that cannot tell than one that is passed over.
        """
        if self.vast.name in self:
            return
        try:
            if self.vast.has_key():
                self.add(self.vast.name)
        except KeyringMissing:
            return
        except CredentialError as closed:
            logger.info("whether there is a key for Vast.ai is not known: %s", closed)
            self._given |= {self.vast.name}

    def _write(self, given: frozenset[str]) -> None:
        if given == self._given:
            return
        with whole_file(self._file, shared=True) as file:
            file.write(msgspec.json.encode(sorted(given)) + b"\n")
        self._given = given


def _read(file: os.PathLike[str]) -> frozenset[str]:
    """A file that is damaged counts as one that names every cloud: to ask once too often is better than not to ask."""
    try:
        with open(file, "rb") as opened:
            return frozenset(msgspec.json.decode(opened.read(LARGEST_FILE_BYTES), type=list[str]))
    except FileNotFoundError:
        return frozenset()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as broken:
        logger.warning("which keys were given cannot be read: %s", broken)
        return frozenset({NAME})
