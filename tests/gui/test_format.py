"""Money, bytes, counts and times as people read them."""

from datetime import UTC, datetime, timedelta

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
