"""How long the prompts of a series are: whether every one can be read whole, and which are shortest and longest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from remote_worker.failures import JobFailed
from remote_worker.prompts import Kind, Place, Series, Table, TooLong
from remote_worker.protocol import Failure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from remote_worker.series import SeriesEncoder
    from remote_worker.series_items import SeriesItems

_TRIED = 256  # prompts that are counted to learn how the sum of the parts differs from the whole
_AT_ONCE = 2000


def check_lengths(encoder: SeriesEncoder, items: SeriesItems, stop: Callable[[], None]) -> None:
    """Raises JobFailed(PROMPT_TOO_LONG) with the longest output length that fits, and what ``stop`` raises.

    The tokens of a prompt are about those of its numbers and a constant. The constant is learned from the longest
    prompts, and whatever comes near the limit by that measure is counted itself.
    """
    import numpy as np

    series, limit = items.series, encoder.max_tokens
    sums = _sums(items.table, lambda values: encoder.count([f", {value}" for value in values]))
    starts, behind = _windows(series)
    ends = starts + series.history + behind
    about = sums[:, ends] - sums[:, starts]  # [variables, windows]
    order = np.argsort(-about, axis=None)
    tried = np.unique(np.concatenate([order[:_TRIED], order[:: max(1, len(order) // _TRIED)]]))
    constant = _counted(encoder, items, behind, tried) - about.flat[tried]
    most = int(constant.max())
    near = np.flatnonzero(about.ravel() + most + (most - int(constant.min())) > limit)
    for first in range(0, len(near), _AT_ONCE):
        stop()
        some = near[first : first + _AT_ONCE]
        tokens = _counted(encoder, items, behind, some)
        if (tokens > limit).any():
            worst = int(some[tokens.argmax()])
            room = limit - most
            fits = _longest_that_fits(sums, starts + series.history, starts, room, int(behind.max()))
            place = Place(worst % len(starts), worst // len(starts), int(behind[worst % len(starts)]), Kind.TRUTH)
            raise too_long(place, int(tokens.max()), limit, fits)


def shortest_and_longest(series: Series, table: Table) -> tuple[Place, Place]:
    """By their characters: a prompt of a history, and one with the truth behind it."""
    import numpy as np

    sums = _sums(table, lambda values: np.array([len(str(value)) for value in values], np.int64))
    starts, behind = _windows(series)
    histories = sums[:, starts + series.history] - sums[:, starts]
    whole = sums[:, starts + series.history + behind] - sums[:, starts]
    (variable, window), (other, later) = (
        np.unravel_index(at, histories.shape) for at in (histories.argmin(), whole.argmax())
    )
    shortest = Place(int(window), int(variable), series.output_lengths[0], Kind.HISTORY)
    return shortest, Place(int(later), int(other), int(behind[later]), Kind.TRUTH)


def too_long(place: Place, tokens: int, limit: int, fits: int) -> JobFailed:
    return JobFailed(Failure.PROMPT_TOO_LONG, str(TooLong(place.output_length, tokens, limit, fits)))


def _windows(series: Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row that each window begins with, and its longest output length: none of its prompts is longer than that's."""
    import numpy as np

    starts = np.arange(series.windows(series.output_lengths[0]), dtype=np.int64) * series.stride
    behind = np.zeros(len(starts), np.int64)
    for length in series.output_lengths:
        behind[: series.windows(length)] = length
    return starts, behind


def _sums(table: Table, measure: Callable[[list[int]], NDArray[np.int64]]) -> NDArray[np.int64]:
    """What the numbers before each row of the table measure [variables, rows + 1], each by itself."""
    import numpy as np

    columns = np.array([np.frombuffer(column, np.int64) for column in table.columns])
    values, place = np.unique(columns, return_inverse=True)
    measured = measure(values.tolist())[place.reshape(columns.shape)]
    return np.concatenate([np.zeros((len(columns), 1), np.int64), measured.cumsum(axis=1)], axis=1)


def _counted(
    encoder: SeriesEncoder, items: SeriesItems, behind: NDArray[np.int64], which: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Tokens of the longest prompt of each (variable, window) in ``which``."""
    series = items.series
    texts = []
    for one in which.tolist():
        variable, window = divmod(one, len(behind))
        place = Place(window, variable, int(behind[window]), Kind.TRUTH)
        texts.append(series.prompt(items.table, place))
    return encoder.count(texts)


def _longest_that_fits(
    sums: NDArray[np.int64], ends: NDArray[np.int64], starts: NDArray[np.int64], room: int, most: int
) -> int:
    """The longest output length that leaves every window within ``room``; 0 = none."""
    import numpy as np

    low, high = 0, most
    while low < high:
        length = (low + high + 1) // 2
        last = np.minimum(ends + length, sums.shape[1] - 1)
        if (sums[:, last] - sums[:, starts]).max() <= room:
            low = length
        else:
            high = length - 1
    return low
