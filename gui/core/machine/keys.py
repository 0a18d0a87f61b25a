"""SSH keys: made in the program, kept in the system keyring only, never overwritten."""

from __future__ import annotations

import hashlib
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from gui.core.credentials import Credentials
from gui.core.errors import KeyringLocked, KeyringMissing, KeyUnusable
from gui.core.log import remember_secret

SECRET_NAME = "ssh-key"

_COMMENT = "embark"
_LARGEST_KEY_FILE_BYTES = 64_000
_PUBLIC_OPENINGS = ("ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-")


@dataclass(frozen=True, slots=True)
class Identity:
    """An SSH key pair; the private half never shows in a repr. Two are equal when their public halves are."""

    public: str  # one line: "ssh-ed25519 AAAA... embark"
    private_pem: str = field(repr=False, compare=False)  # the same key is written differently each time


def generate() -> Identity:
    """A new ed25519 pair, in memory."""
    return _identity(Ed25519PrivateKey.generate())


def fingerprint(public: str) -> str:
    """Of a public half in one line, as ssh-keygen and the clouds write it: "SHA256:..."."""
    digest = hashlib.sha256(b64decode(public.split()[1])).digest()
    return "SHA256:" + b64encode(digest).decode("ascii").rstrip("=")


class KeyStore:
    """The one key pair with which Embark logs in to machines.

    All methods ask the keyring, so they may take its deadline and raise KeyringMissing and KeyringLocked. With
    ``for_session`` a new pair is kept in memory only, until Embark closes: only after the person said so.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._making = threading.Lock()

    def load(self) -> Identity | None:
        """The pair, or None while there is none. Raises KeyUnusable("not-a-key") when what is stored is damaged."""
        stored = self._credentials.get(SECRET_NAME)
        if stored is None:
            return None
        return Identity(_public(_parse(stored, "", f"Embark/{SECRET_NAME}")), stored)

    def public(self) -> str | None:
        """The half that may be shown and copied, in one line."""
        identity = self.load()
        return identity.public if identity else None

    def is_for_session(self) -> bool:
        """Whether the pair will be gone when Embark closes."""
        return self._credentials.is_held(SECRET_NAME)

    def create(self, for_session: bool = False) -> Identity:
        """Make a pair. Raises KeyUnusable("exists")."""
        return self._add(generate, f"Embark/{SECRET_NAME}", for_session)

    def import_file(self, path: Path, passphrase: str = "", for_session: bool = False) -> Identity:
        """Take over an ed25519 key from a file, which stays as it is and where it is.

        Raises KeyUnusable: exists, unreadable, not-a-key, public-half, wrong-passphrase (also when one is needed),
        unsupported (RSA and other kinds, PuTTY's format).
        """
        return self._add(lambda: _identity(_parse(_read(path), passphrase, str(path))), str(path), for_session)

    def remove(self) -> None:
        """Forget the pair. Machines that know it can not be logged in to any more."""
        self._credentials.delete(SECRET_NAME)

    def _add(self, make: Callable[[], Identity], path: str, for_session: bool) -> Identity:
        with self._making:
            if self._exists(for_session):
                raise KeyUnusable(path=path, reason="exists")
            identity = make()
            if for_session:
                self._credentials.hold(SECRET_NAME, identity.private_pem)
            else:
                self._credentials.set(SECRET_NAME, identity.private_pem)
            return identity

    def _exists(self, for_session: bool) -> bool:
        try:
            return self._credentials.get(SECRET_NAME) is not None
        except (KeyringMissing, KeyringLocked):
            if for_session:  # what the keyring may hold is not touched
                return False
            raise


def _identity(key: Ed25519PrivateKey) -> Identity:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode("ascii")
    remember_secret(private)
    return Identity(_public(key), private)


def _public(key: Ed25519PrivateKey) -> str:
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return f"{line.decode('ascii')} {_COMMENT}"


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_KEY_FILE_BYTES + 1)
    except OSError as error:
        raise KeyUnusable(path=str(path), reason="unreadable") from error
    if len(content) > _LARGEST_KEY_FILE_BYTES:
        raise KeyUnusable(path=str(path), reason="not-a-key")
    # Notepad saves what was pasted into it with a byte order mark, or as UTF-16.
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return content.decode(encoding, "replace")


def _parse(text: str, passphrase: str, path: str) -> Ed25519PrivateKey:
    text = text.strip()
    opening = text.partition("\n")[0]
    if opening.startswith(_PUBLIC_OPENINGS) or "PUBLIC KEY" in opening:
        raise KeyUnusable(path=path, reason="public-half")
    if opening.startswith("PuTTY-User-Key-File"):
        raise KeyUnusable(path=path, reason="unsupported")
    key = _loaded(text, passphrase, path)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(path=path, reason="unsupported")
    return key


def _loaded(text: str, passphrase: str, path: str) -> object:
    load = load_ssh_private_key if "OPENSSH" in text.partition("\n")[0] else load_pem_private_key
    pem = (text + "\n").encode("utf-8", "replace")
    # The library's own words stay out of the chain: they may quote what they could not read.
    try:
        return load(pem, None)
    except TypeError:
        pass  # it is encrypted
    except UnsupportedAlgorithm:
        raise KeyUnusable(path=path, reason="unsupported") from None
    except ValueError:
        raise KeyUnusable(path=path, reason="not-a-key") from None
    try:
        return load(pem, passphrase.encode("utf-8", "surrogatepass"))
    except UnsupportedAlgorithm:
        raise KeyUnusable(path=path, reason="unsupported") from None
    except (TypeError, ValueError):
        raise KeyUnusable(path=path, reason="wrong-passphrase") from None
