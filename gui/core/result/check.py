"""The answers of a check, one line a question. Plain types: the journal keeps them; ``verify`` finds them out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    COUNT = "count"  # every item has a vector, or is listed as skipped
    IDS = "ids"  # each id once, and none that was not asked for
    ORDER = "order"  # in input order
    DIMENSION = "dimension"
    FINITE = "finite"  # no NaN, no infinity
    NORMS = "norms"  # length 1 within 1e-3
    CONSTANT = "constant"  # not all vectors alike
    DUPLICATES = "duplicates"  # equal vectors for different items (a warning)
    HASHES = "hashes"  # every shard has the hash that was written on the machine, and the file its own sums


@dataclass(frozen=True, slots=True)
class CheckLine:
    check: Check
    passed: bool
    found: int  # rows that are wrong; for COUNT, DIMENSION: what was found; for HASHES: files
    expected: int = 0
    warning: bool = False  # failing it does not make the result unusable


@dataclass(frozen=True, slots=True)
class CheckReport:
    lines: tuple[CheckLine, ...]
    items: int
    dimensions: int
    with_image: int

    @property
    def passed(self) -> bool:
        return all(line.passed or line.warning for line in self.lines)
