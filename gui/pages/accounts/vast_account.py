"""What the Vast.ai card asks off the window's thread: is there a key, does it work, what credit is there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from gui.core.cloud.clouds import Clouds
from gui.core.cloud.vast import NAME, SECRET_NAME, VastCloud
from gui.core.credentials import Credentials
from gui.core.errors import CloudRefused, CredentialError, EmbarkError, KeyringLocked, KeyringMissing
from gui.core.machine.keys import Identity, KeyStore
from gui.core.units import MicroUsd


class SshKey(StrEnum):
    """How our SSH key gets into the machines that are rented."""

    UNKNOWN = "unknown"
    KNOWN = "known"  # the account lists it
    WITH_EACH = "with-each"  # the API key may not add it to the account: each machine gets it as it starts
    MISSING = "missing"  # there is none, and none can be made


@dataclass(frozen=True, slots=True)
class Standing:
    """How the account stands. ``error`` is why it cannot be used, ``ssh_error`` why there is no SSH key."""

    has_key: bool
    for_session: bool = False
    credit: MicroUsd | None = None
    error: EmbarkError | None = None
    ssh: SshKey = SshKey.UNKNOWN
    ssh_error: EmbarkError | None = None


def look(clouds: Clouds, credentials: Credentials, keys: KeyStore, ssh: SshKey) -> Standing:
    """``ssh`` is what is known from before: an SSH key that is known need not be made known again."""
    for_session = credentials.is_held(SECRET_NAME)
    try:
        clouds.look()
        if NAME not in clouds:
            return Standing(False)
        credit = clouds.vast.credit()
    except EmbarkError as error:
        without = isinstance(error, CloudRefused) and error.reason == "no-key"
        return Standing(not without, for_session, error=None if without else error)
    if ssh in (SshKey.KNOWN, SshKey.WITH_EACH):
        return Standing(True, for_session, credit, ssh=ssh)
    try:
        return Standing(True, for_session, credit, ssh=_register(clouds.vast, keys, for_session))
    except CredentialError as closed:
        return Standing(True, for_session, credit, ssh=SshKey.MISSING, ssh_error=closed)
    except EmbarkError as failed:
        return Standing(True, for_session, credit, ssh_error=failed)


def give(clouds: Clouds, credentials: Credentials, keys: KeyStore, key: str, for_session: bool) -> Standing:
    """Try a key, and keep it if it works: in the keyring, or ``for_session`` in memory.

    Raises CloudRefused or CloudUnreachable when it does not work, CredentialError when it cannot be kept: then the old
    one stays.
    """
    _try(key)
    if for_session:
        credentials.hold(SECRET_NAME, key)
    else:
        credentials.set(SECRET_NAME, key)
        clouds.add(NAME)
    return look(clouds, credentials, keys, SshKey.UNKNOWN)


def forget(clouds: Clouds, credentials: Credentials) -> None:
    """Out of the keyring and out of memory. Raises CredentialError while the keyring is locked."""
    with suppress(KeyringMissing):  # then it was in memory only
        credentials.delete(SECRET_NAME)
    clouds.remove(NAME)


def _try(key: str) -> None:
    """Ask with this key for what every run needs."""
    alone = Credentials()
    alone.hold(SECRET_NAME, key)
    cloud = VastCloud(alone)
    try:
        cloud.credit()
        cloud.instances()
    finally:
        cloud.close()


def _register(cloud: VastCloud, keys: KeyStore, for_session: bool) -> SshKey:
    try:
        cloud.register(_pair(keys, for_session).public)
    except CloudRefused as refused:
        if refused.reason != "permission":
            raise
        return SshKey.WITH_EACH
    return SshKey.KNOWN


def _pair(keys: KeyStore, for_session: bool) -> Identity:
    """The person's own pair, made if there is none. Without a keyring it lives as long as the API key does."""
    try:
        return keys.load() or keys.create()
    except (KeyringMissing, KeyringLocked):
        if not for_session:
            raise
        return keys.create(for_session=True)
