"""Money, bytes, counts and times as people read them."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from gui import format as f
from gui.core.units import MicroUsd


@pytest.mark.parametrize(
    ("micro", "said"),
    [
        (0, "$0.00"),
        (840_000, "$0.84"),
        (840_001, "$0.85"),
        (1_234_567_890, "$1,234.57"),
        (99_999, "$0.100"),
        (4_000, "$0.004"),
        (1, "$0.0001"),
    ],
)
def test_money_is_rounded_up_and_small_amounts_stay_apart_from_nothing(micro: int, said: str) -> None:
    assert f.money(MicroUsd(micro)) == said


@pytest.mark.parametrize(
    ("micro", "digits", "said", "whole"),
    [
        ((54_000, 200, 1_870_000, 4_600, 600), 2, ["$0.05", "$0.00", "$1.87", "$0.01", "$0.00"], "$1.93"),
        ((5_001, 5_000, 5_000), 2, ["$0.01", "$0.01", "$0.00"], "$0.02"),
        ((20_000, -5_000), 2, ["$0.02", "$0.00"], "$0.02"),
        ((20_000, -14_000), 2, ["$0.02", "-$0.01"], "$0.01"),
        ((400, 120, 60), 4, ["$0.0004", "$0.0001", "$0.0001"], "$0.0006"),
        ((), 2, [], "$0.00"),
        ((0, 0), 2, ["$0.00", "$0.00"], "$0.00"),
    ],
)
def test_the_lines_of_a_table_add_up_to_its_sum(
    micro: tuple[int, ...], digits: int, said: list[str], whole: str
) -> None:
    assert f.money_column([MicroUsd(one) for one in micro], digits) == (said, whole)


@pytest.mark.parametrize("seed", range(50))
def test_whatever_the_amounts_the_shown_lines_add_up_and_the_sum_is_never_below_the_true_one(seed: int) -> None:
    chance = random.Random(seed)
    micro = [chance.randint(-(10 ** chance.randint(1, 6)), 10 ** chance.randint(1, 9)) for _ in range(seed % 12)]
    digits = chance.randint(2, 4)
    lines, whole = f.money_column([MicroUsd(one) for one in micro], digits)
    shown = [Decimal(one.replace("$", "").replace(",", "")) for one in lines]
    in_all = Decimal(whole.replace("$", "").replace(",", ""))
    assert sum(shown) == in_all
    assert 0 <= in_all * 10**6 - sum(micro) < 10 ** (6 - digits)
    assert all(abs(line * 10**6 - one) < 10 ** (6 - digits) for line, one in zip(shown, micro, strict=True))


def test_a_column_of_prices_lines_up() -> None:
    assert [f.price(MicroUsd(one)) for one in (410_000, 2_450_000, 137_100)] == ["$0.410", "$2.450", "$0.138"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.2, "1 s"),
        (59.6, "1 min"),
        (372, "6 min 12 s"),
        (600, "10 min"),
        (3599, "1 h"),
        (6720, "1 h 52 min"),
        (7200, "2 h"),
        (49 * 3600, "2 days 1 h"),
        (-5, "0 s"),
    ],
)
def test_lengths_of_time_say_no_more_than_matters(seconds: float, said: str) -> None:
    assert f.duration(seconds) == said


def test_nothing_is_a_hundred_percent_before_it_is_whole() -> None:
    assert f.percent(0.9999) == "99 %"
    assert f.percent(1.0) == "100 %"
    assert f.percent(0.911, digits=1) == "91.1 %"


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "0 bytes"), (999, "999 bytes"), (3_400, "3 KB"), (2_100_000_000, "2.1 GB")]
)
def test_bytes_count_by_thousands(amount: int, said: str) -> None:
    assert f.size(amount) == said


def test_part_of_a_size_shares_one_unit() -> None:
    assert f.part_of_size(19_800_000_000, 24_000_000_000) == "19.8 of 24.0 GB"


def test_today_needs_no_date() -> None:
    now = datetime(2026, 1, 29, 12, 0, tzinfo=UTC)
    assert f.moment(now, now) == f.clock(now)
    assert f.moment(now - timedelta(days=2), now) == f"27 Jan 2026, {f.clock(now - timedelta(days=2))}"
