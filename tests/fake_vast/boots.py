"""How instances come up, or do not: scripts of states, with the provider's own words."""

from __future__ import annotations

from dataclasses import dataclass, replace

IMAGE = "vastai/pytorch_@vastai-automatic-tag/ssh"
OCI = (
    "Error response from daemon: failed to create task for container: failed to create shim task: "
    "OCI runtime create failed: runc create failed: unable to start container process"
)


@dataclass(frozen=True, slots=True)
class BootStep:
    after_s: float
    actual: str | None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Boot:
    """``direct``: "works", "dead" (published, but nothing listens there) or "none" (never published)."""

    steps: tuple[BootStep, ...]
    direct: str = "works"
    refused_s: float = 2.0  # after running: the port is closed
    denied_s: float = 3.0  # after that: the key is not there yet

    def scaled(self, factor: float) -> Boot:
        steps = tuple(replace(step, after_s=step.after_s * factor) for step in self.steps)
        return replace(self, steps=steps, refused_s=self.refused_s * factor, denied_s=self.denied_s * factor)


_PROVISIONED = (BootStep(0, None), BootStep(3, "created"))
_PULLING = (
    *_PROVISIONED,
    BootStep(6, "loading", "Pulling from vastai/pytorch"),
    BootStep(10, "loading", "1f5a7bd2: Downloading 412.5MB/3.2GB"),
    BootStep(20, "loading", "1f5a7bd2: Extracting 3.1GB/3.2GB"),
)
_RUNNING = (*_PULLING, BootStep(30, "running", f"success, running {IMAGE}"))

READY = Boot(_RUNNING)
AT_ONCE = Boot((BootStep(0, "running", f"success, running {IMAGE}"),), refused_s=0, denied_s=0)
NEVER_PROVISIONED = Boot(_PROVISIONED[:1])
STUCK = Boot(_PULLING[:4])
OCI_FAILED = Boot((*_PROVISIONED, BootStep(8, "created", OCI)))
NO_IMAGE = Boot(
    (*_PROVISIONED, BootStep(8, "loading", "Error: manifest for vastai/pytorch not found: manifest unknown"))
)
EXITS = Boot((*_RUNNING, BootStep(40, "exited", "container exited with code 1")))
GOES_OFFLINE = Boot((*_RUNNING, BootStep(60, "offline", "")))
OFFLINE_WHILE_LOADING = Boot((*_PULLING, BootStep(25, "offline", "")))
UNKNOWN = Boot((*_RUNNING, BootStep(60, "unknown", "")))
DEAD_DIRECT = Boot(_RUNNING, direct="dead")
NO_DIRECT = Boot(_RUNNING, direct="none")
AGAIN = Boot((BootStep(0, "loading", "starting"), BootStep(5, "running", f"success, running {IMAGE}")))
