"""The shards that are home: the files in the result folder, and their index with the hashes beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from gui.core.files import whole_file
from remote_worker import protocol
from remote_worker.protocol import ShardEntry

entry_of = msgspec.json.Decoder(ShardEntry).decode


class Shards:
    """The ``shards`` part of a result folder; laid out as on the machine (``remote_worker.protocol``).

    ``hashes`` are those of the run's own shards: what else lies in the folder is another's.
    """

    def __init__(self, folder: Path, hashes: Mapping[int, str]) -> None:
        self._folder = folder
        self._hashes = hashes
        self._entries: dict[int, ShardEntry] | None = None

    def file(self, shard: int) -> Path:
        return self._folder / protocol.SHARDS_DIR / f"shard-{shard:06d}.npz"

    @property
    def entries(self) -> dict[int, ShardEntry]:
        """The run's own, by number. A line that cannot be read has no shard."""
        if self._entries is None:
            self._entries = {}
            index = self._folder / protocol.SHARD_INDEX
            for line in index.read_bytes().splitlines() if index.exists() else ():
                try:
                    entry = entry_of(line)
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    continue
                if self._hashes.get(entry.shard) == entry.sha256:
                    self._entries[entry.shard] = entry
        return self._entries

    def add(self, entry: ShardEntry) -> None:
        """Write down a shard whose file is home. Raises LocalDiskFull, LocalFileRefused."""
        entry = replace(entry, file=f"{protocol.SHARDS_DIR}/{self.file(entry.shard).name}")
        self.entries[entry.shard] = entry
        with whole_file(self._folder / protocol.SHARD_INDEX) as out:
            for one in sorted(self.entries.values(), key=lambda one: one.shard):
                out.write(protocol.to_line(one))

    def whole(self, shard: int, sha256: str) -> bool:
        """Whether a shard is here with these bytes; another run may have put its own in its place."""
        entry = self.entries.get(shard)
        if entry is None or entry.sha256 != sha256:
            return False
        try:
            with self.file(shard).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False
