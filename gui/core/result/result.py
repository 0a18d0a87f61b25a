"""A result folder: written from the shards that came home, opened without loading its vectors."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gui.core.errors import ResultUnreadable
from gui.core.files import whole_file
from gui.core.result.manifest import Manifest, manifest_text, parse_manifest, read_manifest, write_manifest
from gui.core.result.series import is_series
from gui.core.result.vectors import BLOCK_BYTES, Array, add_array, arrays
from remote_worker.protocol import ShardEntry

VECTORS_FILE = "vectors.npz"

Vectors = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Result:
    """A result, opened. Row numbers count the vectors that there are: a skipped item has none."""

    folder: Path
    manifest: Manifest
    item_ids: Sequence[str] = field(repr=False)
    embeddings: Vectors = field(repr=False)
    """[n, dim], read-only, mapped from the disk where the file allows it."""
    has_image: NDArray[np.bool_] = field(repr=False)
    """[n]: whether the picture is in the vector."""

    def __len__(self) -> int:
        return len(self.item_ids)

    @property
    def dimensions(self) -> int:
        return int(self.embeddings.shape[1])

    @property
    def vectors_file(self) -> Path:
        return self.folder / VECTORS_FILE

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row by id; of an id that is there twice, the first."""
        return {
            item_id: row for row, item_id in zip(range(len(self) - 1, -1, -1), reversed(self.item_ids), strict=True)
        }

    def row_of(self, item_id: str) -> int:
        """Raises KeyError."""
        return self.rows[item_id]


def ids_sha256(item_ids: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for item_id in item_ids:
        digest.update(item_id.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


# --- write ------------------------------------------------------------------------------------------------------------


def write(folder: Path, shards: Sequence[tuple[ShardEntry, Path]], item_ids: Sequence[str], manifest: Manifest) -> None:
    """Join the shards into ``vectors.npz``, and write ``manifest.json`` with the counts filled in.

    ``item_ids`` are those of the job, by row number. One shard is in memory at a time.
    Raises LocalDiskFull, ResultUnreadable (a shard that is not what its entry says); nothing half is left then.
    """
    pieces = [_Piece.of(entry, path, len(item_ids)) for entry, path in sorted(shards, key=lambda shard: shard[0].shard)]
    dimensions = next((piece.vectors.shape[1] for piece in pieces), manifest.dimensions)
    for piece in pieces:
        if piece.vectors.shape[1] != dimensions:
            raise ResultUnreadable(path=str(piece.vectors.path), reason="damaged")
    rows = np.concatenate([piece.rows for piece in pieces]) if pieces else np.empty(0, np.int64)
    has_image = np.concatenate([piece.has_image for piece in pieces]) if pieces else np.empty(0, np.bool_)
    manifest = replace(
        manifest,
        items=len(item_ids),
        vectors=len(rows),
        skipped=len(item_ids) - len(rows),
        with_image=int(has_image.sum()),
        dimensions=dimensions,
        ids_sha256=ids_sha256(item_ids[row] for row in rows.tolist()),
    )
    width = max((len(item_ids[row]) for row in rows.tolist()), default=1) or 1
    size_bytes = len(rows) * (dimensions * 4 + width * 4 + 1)
    metadata = np.array(manifest_text(manifest.public()))
    with whole_file(folder / VECTORS_FILE, size_bytes) as file, zipfile.ZipFile(file, "w") as archive:
        add_array(archive, "item_ids", f"<U{width}", rows.shape, _id_blocks(item_ids, rows, width))
        add_array(archive, "embeddings", "<f4", (len(rows), dimensions), (piece.vectors.load() for piece in pieces))
        add_array(archive, "has_image", "|b1", rows.shape, [has_image])
        add_array(archive, "metadata", metadata.dtype, (), [metadata])
    write_manifest(folder, manifest)


def _id_blocks(item_ids: Sequence[str], rows: NDArray[np.int64], width: int) -> Iterator[NDArray[np.str_]]:
    step = max(1, BLOCK_BYTES // (4 * width))
    for start in range(0, len(rows), step):
        yield np.array([item_ids[row] for row in rows[start : start + step].tolist()], f"<U{width}")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One shard, held against its entry; its vectors are loaded when their turn comes."""

    rows: NDArray[np.int64]
    has_image: NDArray[np.bool_]
    vectors: Array

    @staticmethod
    def of(entry: ShardEntry, path: Path, job_rows: int) -> _Piece:
        members = arrays(path)
        damaged = ResultUnreadable(path=str(path), reason="damaged")
        try:
            rows, has_image, vectors = members["rows"], members["has_image"], members["vectors"]
        except KeyError as missing:
            raise damaged from missing
        if (rows.shape, has_image.shape, vectors.shape) != (
            (entry.rows,),
            (entry.rows,),
            (entry.rows, entry.dimensions),
        ):
            raise damaged
        if rows.dtype.kind not in "iu" or has_image.dtype != np.bool_ or vectors.dtype != np.float32:
            raise damaged
        numbers = rows.load().astype(np.int64)
        if entry.rows and (numbers.min() < 0 or numbers.max() >= job_rows):
            raise damaged
        return _Piece(numbers, np.array(has_image.load()), vectors)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A few rows of several shards, as the content of a shard of their own."""

    rows: tuple[int, ...]
    content: bytes


def excerpt(shards: Sequence[tuple[ShardEntry, Path]], job_rows: int, count: int) -> Excerpt:
    """At most ``count`` rows evenly over the shards; rows with a problem are passed over. The same rows every time.

    Raises ResultUnreadable.
    """
    step = max(1, -(-len(shards) // count))
    chosen = list(shards)[::step]
    each = -(-count // max(1, len(chosen)))
    parts: list[tuple[NDArray[np.int64], NDArray[np.bool_], Vectors]] = []
    for entry, path in chosen:
        piece = _Piece.of(entry, path, job_rows)
        odd = {one.row for one in entry.skipped}
        places = [place for place, row in enumerate(piece.rows.tolist()) if row not in odd]
        kept = np.array(places[:: max(1, len(places) // each)][:each], np.intp)
        parts.append((piece.rows[kept], piece.has_image[kept], np.array(piece.vectors.load()[kept])))
    rows, has_image, vectors = (np.concatenate(column)[:count] for column in zip(*parts, strict=True))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        add_array(archive, "rows", "<i8", rows.shape, [rows])
        add_array(archive, "vectors", "<f4", vectors.shape, [vectors])
        add_array(archive, "has_image", "|b1", has_image.shape, [has_image])
    return Excerpt(tuple(rows.tolist()), buffer.getvalue())


# --- open -------------------------------------------------------------------------------------------------------------


def open_result(folder: Path) -> Result:
    """Open a result folder in milliseconds, whatever its size.

    Raises ResultUnreadable: ``missing`` (no such folder), ``not-a-result`` (no vectors in it), ``series`` (open it with
    ``series.open_series``), ``damaged``.
    """
    if not folder.is_dir():
        raise ResultUnreadable(path=str(folder), reason="missing")
    path = folder / VECTORS_FILE
    if not path.is_file():
        raise ResultUnreadable(path=str(folder), reason="series" if is_series(folder) else "not-a-result")
    members = arrays(path)
    damaged = ResultUnreadable(path=str(path), reason="damaged")
    if "item_ids" not in members or "embeddings" not in members:
        raise damaged
    ids, vectors, has_image = members["item_ids"], members["embeddings"], members.get("has_image")
    if vectors.dtype.kind != "f" or len(vectors.shape) != 2 or ids.dtype.kind != "U" or ids.shape != vectors.shape[:1]:
        raise damaged
    if has_image is not None and (has_image.shape != ids.shape or has_image.dtype != np.bool_):
        raise damaged
    try:
        item_ids: list[str] = ids.load().tolist()
    except ValueError as garbage:  # not characters
        raise damaged from garbage
    embeddings = vectors.load()
    return Result(
        folder=folder,
        manifest=read_manifest(folder) or _metadata(members.get("metadata")) or Manifest(),
        item_ids=item_ids,
        embeddings=embeddings if embeddings.dtype == np.float32 else embeddings.astype(np.float32),
        has_image=np.zeros(len(item_ids), np.bool_) if has_image is None else has_image.load(),
    )


def _metadata(member: Array | None) -> Manifest | None:
    """The manifest that travels inside the file, for a file that lost its folder."""
    if member is None or member.dtype.kind != "U" or member.shape != ():
        return None
    text: Any = member.load()[()]
    return parse_manifest(str(text))
