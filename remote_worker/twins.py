"""Rows that are the same to the model, text and picture: embedded once."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from remote_worker.items import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_BYTES = 128 << 20
_BLOCK = 1 << 20


class Twins:
    """Which of some rows are the same."""

    def __init__(self, identities: Mapping[int, bytes]) -> None:
        by_identity: dict[bytes, list[int]] = {}
        for row, one in identities.items():
            by_identity.setdefault(one, []).append(row)
        self._rows = {rows[0]: rows for rows in by_identity.values()}

    @property
    def first(self) -> list[int]:
        """One of each."""
        return list(self._rows)

    def all_of(self, row: int) -> list[int]:
        """The first of its kind, and those like it."""
        return self._rows[row]

    def part(self, row: int) -> list[int]:
        """From now on each is the first, and only one, of its kind; returns those that were behind this one."""
        others = self._rows[row][1:]
        self._rows.update((one, [one]) for one in (row, *others))
        return others


class Known:
    """Vectors of the rows embedded last, by identity, as many as are worth their memory."""

    def __init__(self) -> None:
        self._vectors: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._bytes = 0

    def get(self, identity: bytes) -> NDArray[np.float32] | None:
        vector = self._vectors.get(identity)
        if vector is not None:
            self._vectors.move_to_end(identity)
        return vector

    def put(self, identity: bytes | None, vector: NDArray[np.float32]) -> None:
        if identity is None or identity in self._vectors:
            return
        self._vectors[identity] = vector.copy()  # not a view that would keep its whole batch
        self._bytes += vector.nbytes
        while self._bytes > _MOST_BYTES:
            self._bytes -= self._vectors.popitem(last=False)[1].nbytes


def identity(sources: Iterable[Source]) -> dict[int, bytes]:
    """By row: what two rows have in common when text and the bytes of the picture are the same."""
    pictures: dict[Path, bytes] = {}
    found = {}
    for source in sources:
        digest = hashlib.blake2b(source.text.encode(), digest_size=16)
        if source.image is not None:
            if source.image not in pictures:
                pictures[source.image] = _of_file(source.image)
            digest.update(b"\0picture\0" + pictures[source.image])
        found[source.row] = digest.digest()
    return found


def _of_file(path: Path) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError:
        return str(path).encode()  # whoever opens it next says what is wrong with it
    return digest.digest()
