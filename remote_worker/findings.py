"""What the worker found out about its own vectors, in the words of both sides: standard library only."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass
from typing import Any, TypeVar


class Alarm(str, enum.Enum):
    """What looks like a silently wrong vector while the work goes on; see ``alarms``."""

    NOT_FINITE = "not-finite"  # NaN or infinity in it, or not of length 1; of a time series: of no length
    SAME_VECTOR = "same-vector"  # as another row's that the model reads differently
    PICTURE_IGNORED = "picture-ignored"  # the row has the same vector without its picture


class Chosen(str, enum.Enum):
    """Why a row was taken for the golden check."""

    IMPORT = "import"  # its text begins with this word, which made models overflow
    SHORTEST = "shortest"
    LONGEST = "longest"
    KOREAN = "korean"
    PICTURE = "picture"
    FIRST = "first"  # of a time series: in its first window, or its last one
    LAST = "last"
    SPREAD = "spread"  # evenly over all rows


@dataclass(frozen=True)
class GoldenRow:
    """One row computed twice. ``cosine`` is that of its two vectors; -1 when one of them is no vector."""

    row: int
    item_id: str
    why: str  # Chosen
    tokens: int
    cosine: float


@dataclass(frozen=True)
class Golden:
    """The golden check: a few of the person's rows as the run computes them, held against the slow way.

    ``agreed`` decides: every row at ``threshold`` or above by the slow way in ``precision``. Rows below it there are
    computed once more in the precision of the run itself (``doubtful``), so that rounding alone fails nobody. Where the
    slow way shows that this precision is too coarse for the usual ``threshold``, that is lower.
    """

    agreed: bool
    rows: tuple[GoldenRow, ...] = ()
    precision: str = ""  # that the slow way computed in
    threshold: float = 0.0
    doubtful: int = 0  # rows of ``rows`` whose cosine is that of the run's own precision
    lowest_in_full: float = -1.0  # of all rows in fp32; -1 = fp32 did not fit
    usual_in_full: float = 1.0  # the median of them
    left_out: int = 0  # rows that were chosen and not compared: no time left, or nothing to compare
    home: tuple[GoldenRow, ...] = ()  # rows that are home already, against the vectors of the machine before
    seconds: float = 0.0


@dataclass(frozen=True)
class Alarmed:
    """What an alarm was about: ``rows`` of ``looked_at`` rows, and the ids of the first of them."""

    alarm: str  # Alarm
    rows: int
    looked_at: int
    item_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrecisionReport:
    """What the precision of a run changes: its vectors of a sample against those in full precision (fp32).

    Cosines are of the two vectors of a row. The overlap is the share of a row's ten nearest within the sample that
    are its ten nearest by the other vectors too, 0..1.
    """

    precision: str
    rows: int = 0
    left_out: int = 0  # of the sample: no time left, or not computed
    lowest: float = 0.0
    low: float = 0.0  # one row in twenty lies below
    median: float = 0.0
    counts: tuple[int, ...] = ()  # rows at or above each of PRECISION_STEPS
    neighbours: int = 0  # how many nearest were compared: ten, fewer in a small sample
    overlap: float = 0.0  # mean
    lowest_overlap: float = 0.0
    seconds: float = 0.0
    why_not: str = ""  # no report: "full" the run itself is in fp32, "memory", "time", "few"


PRECISION_STEPS = (0.9999, 0.999, 0.99, 0.9)


def differences(before: dict[str, Any], now: dict[str, Any]) -> tuple[str, ...]:
    """What two accounts of how vectors are made do not share, in few words: "transformers: 5.22.0 → 5.23.0"."""
    told = list[str]()
    for key in sorted(before.keys() | now.keys()):
        old, new = before.get(key), now.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            told += differences(old, new)
        elif old != new:
            told.append(f"{key}: {_short(old)} → {_short(new)}")
    return tuple(told)


def _short(value: Any) -> str:
    text = "–" if value in (None, "") else " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"


Kind = TypeVar("Kind")


def made(kind: type[Kind], plain: Any) -> Kind:
    """``plain`` as ``kind``; fields that a newer version added are ignored. Raises ValueError when it does not fit."""
    if not isinstance(plain, dict):
        raise ValueError(f"{kind.__name__}: not an object")
    known = {one.name for one in dataclasses.fields(kind)}  # type: ignore[arg-type]
    try:
        return kind(**{name: content for name, content in plain.items() if name in known})
    except TypeError as misfit:
        raise ValueError(f"{kind.__name__}: {misfit}") from misfit


def golden_of(plain: Any) -> Golden:
    """Raises ValueError when it does not fit."""
    golden = made(Golden, plain)
    rows, home = (tuple(made(GoldenRow, row) for row in listed) for listed in (golden.rows, golden.home))
    return dataclasses.replace(golden, rows=rows, home=home)


def precision_of(plain: Any) -> PrecisionReport:
    """Raises ValueError when it does not fit."""
    report = made(PrecisionReport, plain)
    return dataclasses.replace(report, counts=tuple(report.counts))
