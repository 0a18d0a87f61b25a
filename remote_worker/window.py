"""A few shards at once: rows to batches, batches to vectors, and what goes wrong with a row said of that row."""

from __future__ import annotations

import dataclasses
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remote_worker.batching import fitting
from remote_worker.encoder import Encoder, Flight, Prepared
from remote_worker.failures import JobFailed, give_back_memory, is_out_of_memory
from remote_worker.images import PictureProblem, PictureReader
from remote_worker.items import Items, Source
from remote_worker.protocol import Failure, JobSpec, RowProblem, SkippedRow
from remote_worker.twins import Twins, identity
from remote_worker.workbench import Workbench

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_READ_AHEAD_BATCHES = 3
_HOPELESS_ROWS = 32  # so many rows one after the other without one good vector: it is not the rows


@dataclass(frozen=True)
class FinishedShard:
    """What ``ShardStore.write`` takes."""

    shard: int
    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    has_image: NDArray[np.bool_]
    skipped: tuple[SkippedRow, ...]
    read: NDArray[np.int64] | None = None  # rows with the same number read the same to the model; None = not known


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
        bench: Workbench | None = None,
    ) -> None:
        """Reads and tokenises; ``bench``: what it shares with the windows before it."""
        self._job, self._encoder, self._pictures, self._streak = job, encoder, pictures, streak
        self._bench = bench or Workbench(encoder)
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
        self._identities = identity(self._sources.values())
        self._twins = Twins(self._identities)
        self._queue = self._longest_first(self._twins.first)
        self._aside: list[int] = []  # what there is no time for
        self._hurries = False
        self._began, self._tokens_done = 0.0, 0
        self._read_ahead()

    @property
    def unfinished(self) -> bool:
        return bool(self._pending)

    def embed(self, check: Callable[[], float | None]) -> Iterator[list[int]]:
        """Row numbers as they are settled: embedded, or given up. ``check`` is called between batches.

        It says how many seconds are left, None = as many as it takes. With few, only shards that can still be finished
        are, those first that need the least. Raises JobFailed (OUT_OF_MEMORY, VECTORS_NOT_FINITE) when nothing at all
        succeeds any more.
        """
        rows = [row for shard in self._pending for row in range(*self._job.shard_range(shard))]
        yield self._settled([row for row in rows if row not in self._sources])
        yield self._known()
        self._began = time.monotonic()
        under_way: tuple[list[int], Flight] | None = None
        while self._queue or self._aside or under_way:
            if (left_s := check()) is not None and not self._narrowed(left_s):
                if under_way is not None:
                    yield self._take(*under_way)
                return
            self._read_ahead()
            batch = [self._queue.popleft() for _ in range(self._count())]
            dropped = self._drop_bad_pictures(batch)
            batch = [row for row in batch if row not in dropped]
            flight = self._launched(batch) if batch else None
            # The device has its next batch before this one's vectors are waited for.
            if under_way is not None:
                yield self._take(*under_way)
            under_way = (batch, flight) if flight is not None else None
            if under_way is not None and under_way[1].landed():
                yield self._take(*under_way)
                under_way = None
            if batch and flight is None:
                dropped += self._give_way(batch)
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

    def _longest_first(self, rows: Iterable[int]) -> deque[int]:
        return deque(sorted(rows, key=lambda row: -self._prepared[row].tokens))

    def _narrowed(self, left_s: float) -> bool:
        """Leaves in the queue what the nearest shard needs, and the rest aside; False when there is no time for it."""
        if self._hurries and self._queue:
            return True
        self._hurries = True
        waiting = [*self._queue, *self._aside]
        needs: dict[int, list[int]] = {}
        for row in waiting:
            for shard in {twin // self._job.shard_rows for twin in self._twins.all_of(row)}:
                needs.setdefault(shard, []).append(row)
        tokens = {shard: sum(self._prepared[row].tokens for row in rows) for shard, rows in needs.items()}
        nearest = min(tokens, key=lambda shard: tokens[shard], default=None)
        per_s = self._tokens_done / max(1e-6, time.monotonic() - self._began)
        chosen = set(needs[nearest]) if nearest is not None and tokens[nearest] <= left_s * per_s else set()
        self._queue = self._longest_first(chosen)
        self._aside = [row for row in waiting if row not in chosen]
        return bool(chosen)

    def _count(self) -> int:
        """Rows of the next batch."""
        if not self._queue:
            return 0
        bench = self._bench
        return fitting((self._prepared[row].tokens for row in self._queue), bench.tuner.budget, bench.pads)

    def _read_ahead(self) -> None:
        most = _READ_AHEAD_BATCHES * self._bench.tuner.budget
        for row in self._queue:
            if (path := self._sources[row].image) is not None:
                self._pictures.want(row, path)
            most -= self._prepared[row].tokens
            if most < 0:
                break

    def _known(self) -> list[int]:
        """Settles what was embedded in an earlier window."""
        found = []
        for row in list(self._queue):
            vector = self._bench.known.get(self._identities[row])
            if vector is not None:
                found += self._keep(row, vector)
        gone = set(found)
        self._queue = deque(row for row in self._queue if row not in gone)
        return self._settled(found)

    def _launched(self, batch: list[int]) -> Flight | None:
        """The batch on its way; None when the memory does not suffice."""
        images = [self._pictures.take(row) if self._sources[row].image is not None else None for row in batch]
        try:
            return self._bench.launch([self._prepared[row] for row in batch], images)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        give_back_memory()
        return None

    def _give_way(self, batch: list[int]) -> list[int]:
        """After a batch that did not fit: its rows again, in smaller ones. Returns the rows that are given up."""
        dropped: list[int] = []
        if len(batch) > 1:
            self._bench.too_large([self._prepared[row] for row in batch])
        else:
            dropped = self._too_large(batch[0])
        self._again([row for row in batch if row not in dropped])
        return dropped

    def _again(self, rows: list[int]) -> None:
        self._queue = self._longest_first([*rows, *self._queue])

    def _take(self, batch: list[int], flight: Flight) -> list[int]:
        import numpy as np

        vectors = flight.vectors()
        self._bench.landed([self._prepared[row] for row in batch], flight)
        good = np.isfinite(vectors).all(axis=1) & (np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3)
        settled = []
        for row, vector, is_good in zip(batch, vectors, good, strict=True):
            if is_good:
                self._streak.good()
                self._bench.known.put(self._identities.get(row), vector)
                settled += self._keep(row, vector)
            else:
                for twin in self._twins.all_of(row):
                    problem = self._sources[twin].problem(RowProblem.BAD_VECTOR, "not a finite unit vector", kept=False)
                    self._note(problem)
                    settled.append(twin)
                self._streak.bad(Failure.VECTORS_NOT_FINITE, self._sources[row].item_id)
        return self._settled(settled)

    def _keep(self, row: int, vector: NDArray[np.float32]) -> list[int]:
        """The vector of a row, and of all that are the same; returns them."""
        rows = self._twins.all_of(row)
        for twin in rows:
            self._vectors[twin] = vector
            if cut := self._prepared[row].cut:
                self._note(self._sources[twin].problem(RowProblem.TOO_LONG, cut, kept=True))
        return rows

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
        self._part(row)
        source = self._sources[row]
        has_text = bool(source.text.strip())
        self._note(source.problem(problem, detail, kept=has_text))
        self._sources[row] = dataclasses.replace(source, image=None, size=None)
        if has_text:
            self._prepare([row])
        return has_text

    def _too_large(self, row: int) -> list[int]:
        """A row that does not fit into memory even alone; without its picture it may. Returns it if it is given up."""
        self._streak.bad(Failure.OUT_OF_MEMORY, "not even single rows fit into memory")
        detail = "does not fit into memory"
        if self._sources[row].image is not None:
            return [] if self._without_picture(row, RowProblem.IMAGE_TOO_LARGE, detail) else [row]
        self._part(row)
        self._note(self._sources[row].problem(RowProblem.TOO_LONG, detail, kept=False))
        return [row]

    def _part(self, row: int) -> None:
        """Something is wrong with it: those that are the same are each looked at on their own."""
        self._identities.pop(row, None)
        self._again(self._twins.part(row))

    def _note(self, problem: SkippedRow) -> None:
        self._problems[problem.row // self._job.shard_rows].append(problem)

    def _settled(self, rows: list[int]) -> list[int]:
        for row in rows:
            self._pictures.forget(row)
            prepared = self._prepared.pop(row, None)
            self._tokens_done += prepared.tokens if prepared else 0
            self._pending[row // self._job.shard_rows] -= 1
        return rows
