"""Finished pieces of the result on the disk: each whole or not there, and all of one job, model and recipe."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from remote_worker.failures import JobFailed
from remote_worker.lines import LineFile
from remote_worker.patience import Patience
from remote_worker.protocol import (
    SHARD_INDEX,
    SHARDS_DIR,
    Failure,
    JobSpec,
    ShardEntry,
    differences,
    parse_shard,
    to_line,
)

if TYPE_CHECKING:
    from remote_worker.window import FinishedShard

_FINGERPRINT = "recipe.json"
_HASH_BLOCK = 1 << 20


class ShardStore:
    """The shards of one job folder.

    Making one only looks: whole shards are found and hashed. Raises JobFailed(JOB_CHANGED) when what lies there
    belongs to another job. ``open`` makes it ready for writing.
    """

    def __init__(self, folder: Path, job: JobSpec, items_sha256: str, patiently: Patience) -> None:
        self._folder = folder
        self._job = job
        self._patiently = patiently
        self._asked = {
            "model": dataclasses.asdict(job.model),
            "rows": job.rows,
            "shard_rows": job.shard_rows,
            "items_sha256": items_sha256,
        }
        self._index: LineFile | None = None
        index = folder / SHARD_INDEX
        self._index_text = index.read_bytes() if index.exists() else b""
        self._listed = self._read_index()
        self._fingerprint = self._read_fingerprint()
        self._refuse_if_changed("asked", self._asked)
        self.kept = {entry.shard: entry for entry in self._listed if self._is_whole(entry)}

    def missing(self) -> list[int]:
        """Numbers of the shards that are to be made, in order."""
        have = self.kept.keys() | set(self._job.done_shards)
        return [shard for shard in range(self._job.shard_count) if shard not in have]

    def open(self, recipe: dict[str, Any]) -> None:
        """Clears away what a killed worker left half done. Raises JobFailed(JOB_CHANGED) before touching anything."""
        self._patiently(lambda: self._open(recipe))

    def _open(self, recipe: dict[str, Any]) -> None:
        made_by = json.loads(json.dumps(recipe))
        self._refuse_if_changed("recipe", made_by)
        shards = self._folder / SHARDS_DIR
        shards.mkdir(exist_ok=True)
        for part in shards.glob("*.part"):
            part.unlink()
        if self._fingerprint is None:
            text = json.dumps({"asked": self._asked, "recipe": made_by}, ensure_ascii=False, indent=1)
            _write(shards / _FINGERPRINT, text.encode())
        index = b"".join(to_line(entry) for entry in self.kept.values())
        if index != self._index_text:
            _write(self._folder / SHARD_INDEX, index)
        self._index = LineFile(self._folder / SHARD_INDEX, durable=True)

    def _refuse_if_changed(self, part: str, now: dict[str, Any]) -> None:
        """Shards of two models, recipes or versions of their libraries never lie in one folder."""
        if self._fingerprint is None:
            return
        before = self._fingerprint.get(part)
        if before != now:
            what = differences(before, now) if isinstance(before, dict) else ("?",)
            raise JobFailed(Failure.JOB_CHANGED, ", ".join(what))

    def write(self, finished: FinishedShard) -> ShardEntry:
        """Raises OSError."""
        return self.adopt(*self._patiently(lambda: write_part(self._folder, finished, ".part")))

    def adopt(self, part: Path, entry: ShardEntry) -> ShardEntry:
        """Takes in what ``write_part`` wrote, here or in another process. Raises OSError."""
        index = self._index
        assert index is not None, "open() comes first"
        part.replace(self._folder / entry.file)
        _settle_names(part.parent)
        self._patiently(lambda: index.append(to_line(entry)))
        self.kept[entry.shard] = entry
        return entry

    def close(self) -> None:
        if self._index is not None:
            self._index.close()

    def __enter__(self) -> ShardStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read_index(self) -> list[ShardEntry]:
        """What the index lists, as far as it can be read."""
        entries = []
        for line in self._index_text.split(b"\n")[:-1]:
            try:
                entries.append(parse_shard(line))
            except (ValueError, TypeError, AttributeError, RecursionError):
                continue  # a damaged line lists nothing: its shard is made again
        return entries

    def _read_fingerprint(self) -> dict[str, Any] | None:
        try:
            fingerprint = json.loads((self._folder / SHARDS_DIR / _FINGERPRINT).read_bytes())
        except FileNotFoundError:
            fingerprint = {} if self._listed else None
        except ValueError:
            fingerprint = {}  # unreadable: nobody can tell what the shards are
        return fingerprint if fingerprint is None or isinstance(fingerprint, dict) else {}

    def _is_whole(self, entry: ShardEntry) -> bool:
        if entry.shard not in range(self._job.shard_count) or entry.file != _file_name(entry.shard):
            return False
        try:
            with (self._folder / entry.file).open("rb") as file:
                digest = hashlib.sha256()
                while block := file.read(_HASH_BLOCK):
                    digest.update(block)
        except OSError:
            return False
        return digest.hexdigest() == entry.sha256


def write_part(folder: Path, finished: FinishedShard, suffix: str) -> tuple[Path, ShardEntry]:
    """A shard on the disk under a name that does not count yet. ``suffix`` ends in ``.part``. Raises OSError."""
    import numpy as np

    buffer = io.BytesIO()
    # Plain arrays, so nothing is pickled; an older numpy would take ``allow_pickle`` for the name of one more.
    np.savez(buffer, rows=finished.rows, vectors=finished.vectors, has_image=finished.has_image)
    content = buffer.getvalue()
    name = _file_name(finished.shard)
    part = folder / (name + suffix)
    _write_part(part, content)
    entry = ShardEntry(
        shard=finished.shard,
        file=name,
        rows=len(finished.rows),
        dimensions=finished.vectors.shape[1],
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        skipped=finished.skipped,
    )
    return part, entry


def _write(path: Path, content: bytes) -> None:
    """Whole and on the disk, or not there."""
    part = path.with_name(path.name + ".part")
    _write_part(part, content)
    try:
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _settle_names(path.parent)


def _write_part(part: Path, content: bytes) -> None:
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _settle_names(folder: Path) -> None:
    """New names, too, outlive a power cut."""
    if os.name == "posix":
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _file_name(shard: int) -> str:
    return f"{SHARDS_DIR}/{shard:05d}.npz"
