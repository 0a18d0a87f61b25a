"""Where a model's files are: a folder on this machine, or fetched from the hub, without pickles."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from remote_worker.failures import JobFailed, is_disk_full, one_line
from remote_worker.protocol import Failure, ModelSpec

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_WANTED = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja")
_NOT_WANTED = ("onnx/*", "openvino/*", "original/*", "assets/*")
_ENDS_BYTES = 1 << 20
_FULL_BYTES = 64 << 20  # a disk with less free space than this is what made a download fail


@dataclass(frozen=True)
class ModelFiles:
    folder: Path
    revision: str  # the hub's commit; "" for a folder
    sha256: str  # of the small files, and of size, beginning and end of the weights


def find_model(spec: ModelSpec) -> ModelFiles:
    """Touches the network only for a hub name. Raises JobFailed (MODEL_MISSING, DISK_FULL)."""
    # Read by the libraries when they are first imported.
    os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1", TRANSFORMERS_VERBOSITY="error")
    folder = Path(spec.name).expanduser()
    if spec.name and folder.is_dir():
        os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
        return ModelFiles(folder, spec.revision, _digest(folder))
    if folder.is_absolute() or not _HUB_NAME.fullmatch(spec.name):
        raise JobFailed(Failure.MODEL_MISSING, f"{spec.name}: there is no such folder, and it is no name of the hub")
    fetched = _fetched(spec)
    os.environ.update(TRANSFORMERS_OFFLINE="1")  # all is here: nothing more is asked of the hub
    return ModelFiles(fetched, fetched.name, _digest(fetched))


def _fetched(spec: ModelSpec) -> Path:
    from huggingface_hub import constants, snapshot_download  # type: ignore[import-not-found]

    try:
        return Path(
            snapshot_download(
                spec.name,
                revision=spec.revision or None,
                allow_patterns=list(_WANTED),
                ignore_patterns=list(_NOT_WANTED),
            )
        )
    # The hub's library, and the libraries below it, have dozens of exceptions for "it did not work".
    except Exception as failed:
        cache = next(
            one for one in [Path(constants.HF_HUB_CACHE), *Path(constants.HF_HUB_CACHE).parents] if one.exists()
        )
        if is_disk_full(failed) or shutil.disk_usage(cache).free < _FULL_BYTES:
            raise JobFailed(Failure.DISK_FULL, f"{spec.name} does not fit on the disk of this machine") from failed
        detail = f"{spec.name} could not be fetched from the hub: {type(failed).__name__}: {one_line(failed)}"
        raise JobFailed(Failure.MODEL_MISSING, detail) from failed


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
