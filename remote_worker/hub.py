"""Where a model's files are: a folder on this machine, or fetched from the hub, without pickles."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from remote_worker import weights
from remote_worker.failures import JobFailed
from remote_worker.protocol import Failure, ModelSpec

_ENDS_BYTES = 1 << 20


@dataclass(frozen=True)
class ModelFiles:
    folder: Path
    revision: str  # the hub's commit; "" for a folder
    sha256: str  # of the small files, and of size, beginning and end of the weights


def find_model(spec: ModelSpec, told: weights.Told = lambda _: None) -> ModelFiles:
    """Touches the network only for a hub name. Raises JobFailed (MODEL_MISSING, DISK_FULL, HUB_SILENT, HUB_REFUSES)."""
    # Read by the libraries when they are first imported.
    os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1", TRANSFORMERS_VERBOSITY="error")
    folder = Path(spec.name).expanduser()
    if spec.name and folder.is_dir():
        os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
        return ModelFiles(folder, spec.revision, _digest(folder))
    if folder.is_absolute() or not weights.HUB_NAME.fullmatch(spec.name):
        raise JobFailed(Failure.MODEL_MISSING, f"{spec.name}: there is no such folder, and it is no name of the hub")
    fetched = weights.fetch(spec, told)
    os.environ.update(TRANSFORMERS_OFFLINE="1")  # all is here: nothing more is asked of the hub
    return ModelFiles(fetched, fetched.name, _digest(fetched))


def _digest(folder: Path) -> str:
    """Tells another model in the same folder without reading all its weights."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".safetensors", ".json", ".jinja", ".txt", ".model") or not path.is_file():
            continue
        digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(_ENDS_BYTES))
            if path.stat().st_size > _ENDS_BYTES:
                file.seek(max(_ENDS_BYTES, path.stat().st_size - _ENDS_BYTES))
                digest.update(file.read())
    return digest.hexdigest()
