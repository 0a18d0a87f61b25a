"""Money, lengths of time and instants: one type for each, text only at the edge.

Money is whole micro-dollars, bytes are ``int`` in names that end in ``_bytes``, lengths of time are
``float`` seconds in names that end in ``_s``, instants are aware UTC ``datetime``.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import NewType

MicroUsd = NewType("MicroUsd", int)
"""Millionths of a US dollar. Always rounded up: an estimate never flatters."""

FREE = MicroUsd(0)
HALF_DOLLAR = MicroUsd(500_000)
GB = 10**9


def micro_usd(dollars: str | float | Decimal) -> MicroUsd:
    """Dollars as people write them (``"0.41"``) to micro-dollars.

    Raises ValueError when the text is not a finite number.
    """
    try:
        amount = Decimal(str(dollars))
    except InvalidOperation as broken:
        raise ValueError(f"not an amount of dollars: {dollars!r}") from broken
    if not amount.is_finite():
        raise ValueError(f"not an amount of dollars: {dollars!r}")
    return MicroUsd(int((amount * 1_000_000).to_integral_value(rounding=ROUND_CEILING)))


def cost(per_hour: MicroUsd, seconds: float) -> MicroUsd:
    """What ``seconds`` at ``per_hour`` cost, rounded up."""
    return MicroUsd(math.ceil(per_hour * max(0.0, seconds) / 3600))


def half_dollars(amount: float) -> MicroUsd:
    """Up to the next half dollar; of nothing one."""
    return MicroUsd(max(1, math.ceil(amount / HALF_DOLLAR)) * HALF_DOLLAR)


def utc_now() -> datetime:
    return datetime.now(UTC)
