"""Silently wrong vectors, noticed while the work goes on: no number, the same for different rows, blind to pictures."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

from remote_worker.encoder import Encoder
from remote_worker.failures import JobFailed
from remote_worker.items import Items, Source
from remote_worker.protocol import Alarm, Failure, RowProblem
from remote_worker.window import FinishedShard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAME = 1 - 1e-6  # a cosine above this is the same vector
_STOP_ROWS = 8  # fewer may be odd rows, whatever their share
_STOP_SHARE = 0.05
_STOP_PICTURES = 4
_KEPT = 256  # earlier vectors that every new one is held against
_KEPT_OF_A_SHARD = 32
_MOST_HASHES = 500_000  # 75 MB
_MOST_NAMED = 20
_FAILURES = {
    Alarm.NOT_FINITE: Failure.VECTORS_NOT_FINITE,
    Alarm.SAME_VECTOR: Failure.VECTORS_ALIKE,
    Alarm.PICTURE_IGNORED: Failure.PICTURES_IGNORED,
}


Tell = Callable[[Alarm, int, int, tuple[str, ...]], None]
"""``Desk.alarm``."""


class Alarms:
    """Looks at every finished shard. Says an alarm the first time, and whenever its rows have doubled."""

    def __init__(self, encoder: Encoder, items: Items, tell: Tell) -> None:
        self._encoder, self._items, self._tell = encoder, items, tell
        self._named: dict[Alarm, list[str]] = {alarm: [] for alarm in Alarm}
        self._rows = dict.fromkeys(Alarm, 0)
        self._looked_at = dict.fromkeys(Alarm, 0)
        self._by_hash: dict[bytes, int] = {}  # of a vector, what the first row with it reads, or that row
        self._kept_rows: list[int] = []
        self._kept: list[NDArray[np.float32]] = []
        self._pictures = 0

    def look(self, finished: FinishedShard) -> None:
        """Raises JobFailed (VECTORS_NOT_FINITE, VECTORS_ALIKE, PICTURES_IGNORED) when it is more than an odd row."""
        bad = [one for one in finished.skipped if one.problem == RowProblem.BAD_VECTOR.value]
        self._looked_at[Alarm.NOT_FINITE] += len(finished.rows) + len(bad)
        for one in bad:
            self._found(Alarm.NOT_FINITE, one.item_id)
        self._judge(Alarm.NOT_FINITE)
        self._look_alike(finished)
        self._look_blind(finished)

    def _look_alike(self, finished: FinishedShard) -> None:
        self._looked_at[Alarm.SAME_VECTOR] += len(finished.rows)
        suspects = self._equal(finished)
        if finished.read is None:
            suspects = self._that_read_otherwise(self._nearly_equal(finished) | suspects)
        for row in sorted(suspects):
            source = self._source(row)
            self._found(Alarm.SAME_VECTOR, source.item_id if source else str(row))
        self._judge(Alarm.SAME_VECTOR)

    def _equal(self, finished: FinishedShard) -> dict[int, int]:
        """Rows with the very vector of an earlier one that reads otherwise, or may, and that one."""
        suspects: dict[int, int] = {}
        read = finished.rows if finished.read is None else finished.read
        for row, vector, what in zip(finished.rows.tolist(), finished.vectors, read.tolist(), strict=True):
            digest = hashlib.blake2b(vector.tobytes(), digest_size=16).digest()
            known = self._by_hash.get(digest)
            if known is None and len(self._by_hash) < _MOST_HASHES:
                self._by_hash[digest] = what
            elif known is not None and known != what:
                suspects[row] = known
        return suspects

    def _nearly_equal(self, finished: FinishedShard) -> dict[int, int]:
        """Of unit vectors alone: states of prompts that share all but a few numbers are nearly equal, and right."""
        import numpy as np

        suspects: dict[int, int] = {}
        self._keep(finished)
        if self._kept:
            rows = np.array(self._kept_rows)
            close = finished.vectors @ np.stack(self._kept).T > SAME
            # Of each pair the later row is the suspect, and none is its own.
            close &= rows[None, :] < finished.rows[:, None]
            for at in np.flatnonzero(close.any(axis=1)).tolist():
                suspects[int(finished.rows[at])] = int(rows[close[at].argmax()])
        return suspects

    def _that_read_otherwise(self, suspects: dict[int, int]) -> dict[int, int]:
        return {row: other for row, other in suspects.items() if not self._read_the_same(row, other)}

    def _keep(self, finished: FinishedShard) -> None:
        step = max(1, -(-len(finished.rows) // _KEPT_OF_A_SHARD))
        self._kept_rows = [*self._kept_rows, *finished.rows[::step].tolist()][-_KEPT:]
        self._kept = [*self._kept, *finished.vectors[::step]][-_KEPT:]

    def _read_the_same(self, row: int, other_row: int) -> bool:
        """Whether two rows are one and the same for the model, however they are written."""
        one, other = self._source(row), self._source(other_row)
        if one is None:  # it cannot be said what it reads by now
            return True
        if other is None or (one.image is None) != (other.image is None):
            return False
        if (
            one.image
            and other.image
            and one.image != other.image
            and one.image.read_bytes() != other.image.read_bytes()
        ):
            return False
        if one.text == other.text:
            return True
        mine, theirs = (_plain(self._encoder.prepare([it.text], [it.size])[0].content) for it in (one, other))
        return bool(mine == theirs)

    def _look_blind(self, finished: FinishedShard) -> None:
        """The first picture and every one at which their number has doubled: is the vector another without it?"""
        if not self._encoder.with_images:
            return
        for row, vector, seen in zip(finished.rows.tolist(), finished.vectors, finished.has_image, strict=True):
            source = self._source(row) if seen and not self._pictures & (self._pictures + 1) else None
            self._pictures += bool(seen)
            if source is None or source.image is None or not source.text.strip():
                continue
            self._looked_at[Alarm.PICTURE_IGNORED] += 1
            (without,) = self._encoder.encode(self._encoder.prepare([source.text], [None]), [None])
            if float(vector @ without) > SAME:
                self._found(Alarm.PICTURE_IGNORED, source.item_id)
        self._judge(Alarm.PICTURE_IGNORED)

    def _source(self, row: int) -> Source | None:
        sources, _ = self._items.read(row, row + 1, self._encoder.with_images)
        return sources[0] if sources else None

    def _found(self, alarm: Alarm, item_id: str) -> None:
        self._rows[alarm] += 1
        if len(self._named[alarm]) < _MOST_NAMED:
            self._named[alarm].append(item_id)
        if not self._rows[alarm] & (self._rows[alarm] - 1):
            self._say(alarm)

    def _say(self, alarm: Alarm) -> None:
        rows, looked_at, named = self._rows[alarm], self._looked_at[alarm], tuple(self._named[alarm])
        self._tell(alarm, rows, looked_at, named)

    def _judge(self, alarm: Alarm) -> None:
        rows, looked_at = self._rows[alarm], self._looked_at[alarm]
        blind = alarm is Alarm.PICTURE_IGNORED
        hopeless = looked_at >= _STOP_PICTURES and 2 * rows > looked_at
        if hopeless if blind else rows >= _STOP_ROWS and rows > _STOP_SHARE * looked_at:
            self._say(alarm)
            raise JobFailed(_FAILURES[alarm], f"{', '.join(self._named[alarm][:5])} ({rows}/{looked_at})")


def _plain(content: object) -> object:
    """Text as a tokenizer that folds letters and blanks would see it; anything else as it is."""
    if isinstance(content, str):
        return " ".join(unicodedata.normalize("NFKC", content).casefold().split())
    return content
