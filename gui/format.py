"""Money, bytes, counts and times as people read them, without Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from gui.core.units import GB, MicroUsd, utc_now
from gui.translate import translate

_MB = 10**6
_KB = 10**3


def number(count: int) -> str:
    """``176,443``"""
    return f"{count:,}"


def percent(part: float, *, digits: int = 0) -> str:
    """0.411 as ``41 %``. Rounded down: nothing is "100 %" before it is whole."""
    scale = 10**digits
    shown = math.floor(part * 100 * scale + 1e-9) / scale
    return translate("format", "{number} %").format(number=f"{shown:.{digits}f}")


def money(amount: MicroUsd) -> str:
    """``$0.84``. Rounded up; amounts below ten cents keep what can be told apart."""
    digits = money_digits(amount)
    return _dollars(math.ceil(amount / _step(digits)), digits)


def money_digits(amount: MicroUsd) -> int:
    """How many digits behind the point ``money`` shows of it."""
    if amount >= 100_000 or amount <= 0:
        return 2
    return 3 if amount >= 1000 else 4


def money_column(amounts: Sequence[MicroUsd], digits: int) -> tuple[list[str], str]:
    """The lines of a table and their sum: the sum rounded up as everywhere, the lines so that what is shown adds up
    to it. Those that lose most by being cut are the ones rounded up."""
    step = _step(digits)
    whole = math.ceil(sum(amounts) / step)
    shown = [amount // step for amount in amounts]
    by_rest = sorted(range(len(amounts)), key=lambda at: amounts[at] % step, reverse=True)
    for at in by_rest[: whole - sum(shown)]:
        shown[at] += 1
    return [_dollars(one, digits) for one in shown], _dollars(whole, digits)


def _step(digits: int) -> int:
    return int(10 ** (6 - digits))


def _dollars(steps: int, digits: int) -> str:
    return f"{'-' if steps < 0 else ''}${abs(steps) / 10**digits:,.{digits}f}"


def price(amount: MicroUsd) -> str:
    """A price in a table, three digits so that columns line up: ``$0.410``."""
    return f"${math.ceil(amount / 1000) / 1000:,.3f}"


def per_hour(amount: MicroUsd) -> str:
    """``$0.14 an hour``"""
    return translate("format", "{money} an hour").format(money=money(amount))


def size(bytes_: int) -> str:
    """``2.1 GB``, by thousands."""
    if bytes_ >= GB:
        shown = bytes_ / GB
        return translate("format", "{number} GB").format(number=f"{shown:,.1f}" if shown < 100 else f"{shown:,.0f}")
    if bytes_ >= _MB:
        return translate("format", "{number} MB").format(number=f"{bytes_ / _MB:,.0f}")
    if bytes_ >= _KB:
        return translate("format", "{number} KB").format(number=f"{bytes_ / _KB:,.0f}")
    return translate("format", "{number} bytes").format(number=bytes_)


def gpu_memory(bytes_: int) -> str:
    """A GPU's memory as its makers count it: ``24 GB`` for 24,564 MiB."""
    return translate("format", "{number} GB").format(number=f"{round(bytes_ / 2**30):,}")


def line_speed(bytes_per_s: float) -> str:
    """``810 Mb/s``, ``2.0 Gb/s``: as lines are sold, in bits."""
    megabits = bytes_per_s * 8 / 1e6
    if megabits >= 1000:
        return f"{megabits / 1000:,.1f} Gb/s"
    return f"{megabits:,.0f} Mb/s"


def part_of_size(used_bytes: int, total_bytes: int) -> str:
    """``19.8 of 24.0 GB``"""
    used, total = used_bytes / GB, total_bytes / GB
    digits = 1 if total < 100 else 0
    return translate("format", "{used} of {total} GB").format(used=f"{used:,.{digits}f}", total=f"{total:,.{digits}f}")


def part_of(part: int, whole: int) -> str:
    """``72,415 of 176,443``"""
    return translate("format", "{part} of {whole}").format(part=number(part), whole=number(whole))


def duration(seconds: float) -> str:
    """``24 s``, ``6 min 12 s``, ``1 h 52 min``, ``2 days 3 h``"""
    whole = max(0, round(seconds)) or math.ceil(max(0.0, seconds))
    if whole < 60:
        return translate("format", "{s} s").format(s=whole)
    if whole < 600 and whole % 60:
        return translate("format", "{min} min {s} s").format(min=whole // 60, s=whole % 60)
    minutes = round(whole / 60)
    if minutes < 60:
        return translate("format", "{min} min").format(min=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        if not minutes:
            return translate("format", "{h} h").format(h=hours)
        return translate("format", "{h} h {min} min").format(h=hours, min=minutes)
    return translate("format", "{days} days {h} h").format(days=hours // 24, h=hours % 24)


def rate(rows_per_s: float) -> str:
    """``10.8 a second``"""
    shown = f"{rows_per_s:,.1f}" if rows_per_s < 100 else f"{rows_per_s:,.0f}"
    return translate("format", "{number} a second").format(number=shown)


def clock(at: datetime, *, seconds: bool = False) -> str:
    """``14:02``, in this computer's time zone."""
    return f"{at.astimezone():%H:%M:%S}" if seconds else f"{at.astimezone():%H:%M}"


def date(at: datetime) -> str:
    """``29 Jan 2026``"""
    here = at.astimezone()
    months = (
        translate("format", "Jan"),
        translate("format", "Feb"),
        translate("format", "Mar"),
        translate("format", "Apr"),
        translate("format", "May"),
        translate("format", "Jun"),
        translate("format", "Jul"),
        translate("format", "Aug"),
        translate("format", "Sep"),
        translate("format", "Oct"),
        translate("format", "Nov"),
        translate("format", "Dec"),
    )
    return translate("format", "{day} {month} {year}").format(
        day=here.day, month=months[here.month - 1], year=here.year
    )


def moment(at: datetime, now: datetime | None = None) -> str:
    """``14:02`` today, else ``29 Jan 2026, 14:02``"""
    today = (now or utc_now()).astimezone().date()
    if at.astimezone().date() == today:
        return clock(at)
    return translate("format", "{date}, {clock}").format(date=date(at), clock=clock(at))
