"""Which rows go through the model together, and how long the rest will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping

_PACE_S = 30.0
_FORGET = 0.97  # weight of what was measured before, batch by batch
_NOTHING_YET = (0.0,) * 7
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

    Rows differ a thousandfold, so what is left is measured by what it costs: FLOPs, as soon as the model tells those of
    what was done, and seconds before. Rows that were not read yet are known by their bytes of text and their pictures;
    what those cost is fitted to the batches so far (least squares, the newest count most).
    """

    def __init__(self, rows_done: int, text_left: int, images_left: int) -> None:
        self.rows_done = rows_done
        self._left = [text_left, images_left]
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), rows_done)])
        self._at = time.monotonic()
        self._by_flops = False
        self._sums: tuple[float, ...] = _NOTHING_YET

    def add(self, rows: int, text: int, images: int, flops: float = 0.0) -> None:
        """This much was done since the last call."""
        now = time.monotonic()
        seconds, self._at = now - self._at, now
        self.rows_done += rows
        self._left[0] -= text
        self._left[1] -= images
        self._marks.append((now, self.rows_done))
        while now - self._marks[0][0] > _PACE_S and len(self._marks) > 2:
            self._marks.popleft()
        if flops and not self._by_flops:
            self._by_flops = True
            self._sums = _NOTHING_YET
        cost = flops if self._by_flops else seconds
        products = (text * text, text * images, images * images, text * cost, images * cost, cost, seconds)
        self._sums = tuple(_FORGET * old + new for old, new in zip(self._sums, products, strict=True))

    def again(self, text: int, images: int) -> None:
        """This much was done for nothing."""
        self._left[0] += text
        self._left[1] += images

    @property
    def rows_per_s(self) -> float:
        """Over the last half minute."""
        (began, before), (ended, after) = self._marks[0], self._marks[-1]
        return (after - before) / (ended - began) if ended > began else 0.0

    @property
    def remaining_s(self) -> float:
        """-1 while nothing like what is left was done yet."""
        text_left, images_left = max(0, self._left[0]), max(0, self._left[1])
        texts, _, images, *_, cost, seconds = self._sums
        if (text_left and not texts) or (images_left and not images):
            return -1.0 if text_left or images_left else 0.0
        per_text, per_image = self._costs()
        left = text_left * per_text + images_left * per_image
        return left * seconds / cost if left else 0.0

    def _costs(self) -> tuple[float, float]:
        """Of a byte of text and of a picture; never negative."""
        tt, ti, ii, tc, ic, _, _ = self._sums
        if not ii:
            return (tc / tt if tt else 0.0), 0.0
        if not tt:
            return 0.0, ic / ii
        determinant = tt * ii - ti * ti
        if determinant > 1e-6 * tt * ii:
            per_text = (tc * ii - ic * ti) / determinant
            per_image = (ic * tt - tc * ti) / determinant
            if per_text >= 0 and per_image >= 0:
                return per_text, per_image
            if per_text < 0:
                return 0.0, ic / ii
            return tc / tt, 0.0
        # Every batch had the same mixture: the whole cost by either measure is the same.
        return 0.0, ic / ii
