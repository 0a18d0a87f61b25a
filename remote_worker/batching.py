"""Which rows go through the model together, and how long the rest will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping

_PACE_S = 30.0
_FORGET = 0.97  # weight of what was measured before, batch by batch
_MOST_PADDED = 1.1
_SMALL_TOKENS = 256


def plan(tokens: Mapping[int, int], budget: int, pads: bool = True) -> list[list[int]]:
    """Keys of ``tokens`` in batches as ``fitting`` cuts them, longest first.

    The longest come first so that a lack of memory shows at once.
    """
    rows = sorted(tokens, key=lambda key: -tokens[key])
    batches: list[list[int]] = []
    first = 0
    while first < len(rows):
        count = fitting((tokens[rows[at]] for at in range(first, len(rows))), budget, pads)
        batches.append(rows[first : first + count])
        first += count
    return batches


def fitting(tokens: Iterable[int], budget: int, pads: bool = True) -> int:
    """How many of these rows, longest first, go through the model together; one always does.

    No batch takes more than ``budget`` tokens. Where rows are padded to the longest, that is counted, and no more than
    a tenth may be padding unless the batch is small anyway.
    """
    count = longest = needed = 0
    for one in tokens:
        longest = longest or one
        needed += one
        taken = longest * (count + 1) if pads else needed
        if count and (taken > budget or (taken > _SMALL_TOKENS and taken > _MOST_PADDED * needed)):
            break
        count += 1
    return count


class Pace:
    """How fast it goes, and how long the work that is left will take.

    Rows differ a thousandfold, so what is left is measured in bytes of text and in pictures; what each costs is
    fitted to the batches so far (least squares, the newest count most).
    """

    def __init__(self, rows_done: int, text_left: int, images_left: int) -> None:
        self.rows_done = rows_done
        self._left = [text_left, images_left]
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), rows_done)])
        self._at = time.monotonic()
        self._tt = self._ti = self._ii = self._ts = self._is = 0.0

    def add(self, rows: int, text: int, images: int) -> None:
        """This much was done since the last call."""
        now = time.monotonic()
        seconds, self._at = now - self._at, now
        self.rows_done += rows
        self._left[0] -= text
        self._left[1] -= images
        self._marks.append((now, self.rows_done))
        while now - self._marks[0][0] > _PACE_S and len(self._marks) > 2:
            self._marks.popleft()
        products = (text * text, text * images, images * images, text * seconds, images * seconds)
        sums = (self._tt, self._ti, self._ii, self._ts, self._is)
        self._tt, self._ti, self._ii, self._ts, self._is = (
            _FORGET * old + new for old, new in zip(sums, products, strict=True)
        )

    @property
    def rows_per_s(self) -> float:
        """Over the last half minute."""
        (began, before), (ended, after) = self._marks[0], self._marks[-1]
        return (after - before) / (ended - began) if ended > began else 0.0

    @property
    def remaining_s(self) -> float:
        """-1 while nothing like what is left was done yet."""
        text_left, images_left = max(0, self._left[0]), max(0, self._left[1])
        if (text_left and not self._tt) or (images_left and not self._ii):
            return -1.0 if text_left or images_left else 0.0
        per_text, per_image = self._costs()
        return text_left * per_text + images_left * per_image

    def _costs(self) -> tuple[float, float]:
        """Seconds per byte of text and per picture; never negative."""
        if not self._ii:
            return (self._ts / self._tt if self._tt else 0.0), 0.0
        if not self._tt:
            return 0.0, self._is / self._ii
        determinant = self._tt * self._ii - self._ti * self._ti
        if determinant > 1e-6 * self._tt * self._ii:
            per_text = (self._ts * self._ii - self._is * self._ti) / determinant
            per_image = (self._is * self._tt - self._ts * self._ti) / determinant
            if per_text >= 0 and per_image >= 0:
                return per_text, per_image
            if per_text < 0:
                return 0.0, self._is / self._ii
            return self._ts / self._tt, 0.0
        # Every batch had the same mixture: the whole cost by either measure is the same.
        return 0.0, self._is / self._ii
