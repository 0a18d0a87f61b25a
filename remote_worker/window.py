"""A few shards at once: rows to batches, batches to vectors, and what goes wrong with a row said of that row."""

from __future__ import annotations

import dataclasses
import gc
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remote_worker.batching import plan
from remote_worker.encoder import Encoder, Prepared
from remote_worker.failures import JobFailed, is_out_of_memory
from remote_worker.images import PictureProblem, read_picture
from remote_worker.items import Items, Source
from remote_worker.protocol import Failure, JobSpec, RowProblem, SkippedRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_READERS = 8
_READ_AHEAD_BATCHES = 2
_HOPELESS_ROWS = 32  # so many rows one after the other without one good vector: it is not the rows


@dataclass(frozen=True)
class FinishedShard:
    """What ``ShardStore.write`` takes."""

    shard: int
    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    has_image: NDArray[np.bool_]
    skipped: tuple[SkippedRow, ...]


class Streak:
    """Counts rows given up one after the other: a long row of them is not the rows' fault."""

    def __init__(self) -> None:
        self._length = 0

    def good(self) -> None:
        self._length = 0

    def bad(self, failure: Failure, detail: str) -> None:
        """Raises JobFailed when there were too many."""
        self._length += 1
        if self._length >= _HOPELESS_ROWS:
            raise JobFailed(failure, detail)


class PictureReader:
    """Reads pictures ahead, in threads, as the encoder wants them."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._threads = ThreadPoolExecutor(min(_MOST_READERS, os.cpu_count() or 1), "pictures")
        self._reading: dict[int, Future[Any]] = {}

    def want(self, row: int, path: Path) -> None:
        if row not in self._reading:
            self._reading[row] = self._threads.submit(self._read, path)

    def take(self, row: int) -> Any:
        """Raises PictureProblem."""
        return self._reading[row].result()

    def forget(self, row: int) -> None:
        self._reading.pop(row, None)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _read(self, path: Path) -> Any:
        return self._encoder.prepare_image(read_picture(path, self._encoder.picture_edge))


class Window:
    """The rows of ``shards``, embedded in the order that suits the model and handed out in input order."""

    def __init__(
        self,
        shards: list[int],
        job: JobSpec,
        items: Items,
        encoder: Encoder,
        pictures: PictureReader,
        streak: Streak,
    ) -> None:
        self._job, self._encoder, self._pictures, self._streak = job, encoder, pictures, streak
        self._sources: dict[int, Source] = {}
        self._prepared: dict[int, Prepared] = {}
        self._vectors: dict[int, NDArray[np.float32]] = {}
        self._problems: dict[int, list[SkippedRow]] = {shard: [] for shard in shards}
        self._pending = {shard: len(range(*job.shard_range(shard))) for shard in shards}
        for shard in shards:
            sources, problems = items.read(*job.shard_range(shard), encoder.with_images)
            self._sources.update((source.row, source) for source in sources)
            self._problems[shard] += problems
        self._prepare(list(self._sources))

    def embed(self, check: Callable[[], None]) -> Iterator[list[int]]:
        """Row numbers as they are settled: embedded, or given up. ``check`` is called between batches.

        Raises JobFailed (OUT_OF_MEMORY, MODEL_UNUSABLE) when nothing at all succeeds any more.
        """
        rows = [row for shard in self._pending for row in range(*self._job.shard_range(shard))]
        yield self._settled([row for row in rows if row not in self._sources])
        queue = self._planned(self._sources)
        while queue:
            check()
            for batch in queue[:_READ_AHEAD_BATCHES]:
                for row in batch:
                    if (path := self._sources[row].image) is not None:
                        self._pictures.want(row, path)
            batch = queue.pop(0)
            dropped = self._drop_bad_pictures(batch)
            batch = [row for row in batch if row not in dropped]
            vectors = self._encoded(batch)
            if vectors is not None:
                yield self._settled(dropped + self._take(batch, vectors))
                continue
            if len(batch) > 1:
                longest = max(self._prepared[row].tokens for row in batch)
                self._encoder.budget_tokens = max(1, longest * len(batch) // 2)
                again = batch
            else:
                again = self._too_large(batch[0])
                dropped += [row for row in batch if row not in again]
            queue = self._planned([*again, *(row for later in queue for row in later)])
            yield self._settled(dropped)

    def finished(self) -> Iterator[FinishedShard]:
        """Each shard once, as soon as all its rows are settled."""
        import numpy as np

        for shard in [shard for shard, pending in self._pending.items() if not pending]:
            del self._pending[shard]
            rows = [row for row in range(*self._job.shard_range(shard)) if row in self._vectors]
            dimensions = self._encoder.loaded.dimensions
            vectors = [self._vectors.pop(row) for row in rows]
            yield FinishedShard(
                shard,
                np.array(rows, np.int64),
                np.stack(vectors) if vectors else np.zeros((0, dimensions), np.float32),
                np.array([self._sources[row].image is not None for row in rows], np.bool_),
                tuple(sorted(self._problems[shard], key=lambda problem: problem.row)),
            )

    def _prepare(self, rows: list[int]) -> None:
        sources = [self._sources[row] for row in rows]
        prepared = self._encoder.prepare([one.text for one in sources], [one.size for one in sources])
        for source, one in zip(sources, prepared, strict=True):
            self._prepared[source.row] = one

    def _planned(self, rows: Any) -> list[list[int]]:
        return plan({row: self._prepared[row].tokens for row in rows}, self._encoder.budget_tokens)

    def _encoded(self, batch: list[int]) -> NDArray[np.float32] | None:
        """Vectors of the batch; None when the memory does not suffice."""
        import numpy as np

        if not batch:
            return np.zeros((0, self._encoder.loaded.dimensions), np.float32)
        images = [self._pictures.take(row) if self._sources[row].image is not None else None for row in batch]
        try:
            return self._encoder.encode([self._prepared[row] for row in batch], images)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        # Only out here is the exception gone, and with it the frames that held the memory.
        gc.collect()
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_initialized():
            torch.cuda.empty_cache()
        return None

    def _take(self, batch: list[int], vectors: NDArray[np.float32]) -> list[int]:
        import numpy as np

        good = np.isfinite(vectors).all(axis=1) & (np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3)
        for row, vector, is_good in zip(batch, vectors, good, strict=True):
            if is_good:
                self._streak.good()
                self._vectors[row] = vector
                if cut := self._prepared[row].cut:
                    self._note(self._sources[row].problem(RowProblem.TOO_LONG, cut, kept=True))
            else:
                self._note(self._sources[row].problem(RowProblem.BAD_VECTOR, "not a finite unit vector", kept=False))
                self._streak.bad(Failure.MODEL_UNUSABLE, "the model gives no finite vectors")
        return batch

    def _drop_bad_pictures(self, batch: list[int]) -> list[int]:
        """Takes away the pictures that cannot be used; returns the rows of which nothing is left."""
        dropped = []
        for row in batch:
            if self._sources[row].image is None:
                continue
            try:
                self._pictures.take(row)
            except PictureProblem as broken:
                if not self._without_picture(row, broken.problem, broken.detail):
                    dropped.append(row)
        return dropped

    def _without_picture(self, row: int, problem: RowProblem, detail: str) -> bool:
        """Makes it a row of its text alone; False when it has none."""
        source = self._sources[row]
        has_text = bool(source.text.strip())
        self._note(source.problem(problem, detail, kept=has_text))
        self._sources[row] = dataclasses.replace(source, image=None, size=None)
        if has_text:
            self._prepare([row])
        return has_text

    def _too_large(self, row: int) -> list[int]:
        """A row that does not fit into memory even alone: without its picture it may."""
        self._streak.bad(Failure.OUT_OF_MEMORY, "not even single rows fit into memory")
        detail = "does not fit into memory"
        if self._sources[row].image is not None:
            return [row] if self._without_picture(row, RowProblem.IMAGE_TOO_LARGE, detail) else []
        self._note(self._sources[row].problem(RowProblem.TOO_LONG, detail, kept=False))
        return []

    def _note(self, problem: SkippedRow) -> None:
        self._problems[problem.row // self._job.shard_rows].append(problem)

    def _settled(self, rows: list[int]) -> list[int]:
        for row in rows:
            self._pictures.forget(row)
            self._prepared.pop(row, None)
            self._pending[row // self._job.shard_rows] -= 1
        return rows
