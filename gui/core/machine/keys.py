"""SSH keys: made in the program, kept in the system keyring only, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Identity:
    """An SSH key pair. The private half never shows in a repr."""

    public: str  # one line: "ssh-ed25519 AAAA... embark"
    private_pem: str = field(repr=False)


def generate() -> Identity:
    """A new ed25519 pair, in memory."""
    raise NotImplementedError
