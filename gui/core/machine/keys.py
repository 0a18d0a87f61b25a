"""SSH keys: made in the program, kept in the system keyring only, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

COMMENT = "embark"


@dataclass(frozen=True, slots=True)
class Identity:
    """An SSH key pair. The private half never shows in a repr."""

    public: str  # one line: "ssh-ed25519 AAAA... embark"
    private_pem: str = field(repr=False)


def generate() -> Identity:
    """A new ed25519 pair, in memory."""
    return _identity(Ed25519PrivateKey.generate())


def _identity(key: Ed25519PrivateKey) -> Identity:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return Identity(f"{public.decode('ascii')} {COMMENT}", private.decode("ascii"))
