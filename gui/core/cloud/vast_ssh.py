"""How one gets into a Vast.ai machine: our key, the start script that lets it in, and the machine's own key."""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST_SCRIPT = 4096
HOST_KEY_MARK = "embark-host-key"


def public_part(line: str) -> str:
    """Kind and key of a public key's line, without its comment. Raises ValueError."""
    found = re.match(r"\s*((?:ssh|ecdsa|sk)-[A-Za-z0-9@.-]+)\s+([A-Za-z0-9+/]+=*)(?:\s|$)", line)
    if not found:
        raise ValueError("not a public key")
    return f"{found[1]} {found[2]}"


def onstart(public_key: str) -> str:
    """What the machine runs when it starts: no tmux on login, our key, and its own key for all who read the log.

    ``public_key`` is a ``public_part``, in which nothing means anything to a shell.
    """
    script = f"""\
touch ~/.no_auto_tmux
mkdir -p ~/.ssh && chmod 700 ~/.ssh && touch ~/.ssh/authorized_keys && chmod 600 ~/.ssh/authorized_keys
grep -qF '{public_key}' ~/.ssh/authorized_keys || echo '{public_key} embark' >> ~/.ssh/authorized_keys
for i in $(seq 60); do [ -s /etc/ssh/ssh_host_ed25519_key.pub ] && break; sleep 1; done
ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | sed 's/^/{HOST_KEY_MARK} /'
"""
    if len(script) > LONGEST_SCRIPT:
        raise ValueError("a public key that is too long")
    return script


def host_key(log: str) -> str:
    """The fingerprint that the start script printed last, "SHA256:..."; "" when there is none."""
    found = re.findall(rf"{HOST_KEY_MARK} \d+ (SHA256:[A-Za-z0-9+/]{{43}})(?=\s)", log + "\n")
    return str(found[-1]) if found else ""


def keys(content: Any) -> set[str]:
    """The public keys in a list of keys, which may be JSON within JSON, and names its field in two ways."""
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except (ValueError, RecursionError):
            return set()
    found = set()
    for one in content if isinstance(content, list) else []:
        line = (one.get("public_key") or one.get("key") or one.get("ssh_key")) if isinstance(one, dict) else one
        try:
            found.add(public_part(str(line)))
        except ValueError:
            continue
    return found
