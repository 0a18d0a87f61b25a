"""The clock that bills are reckoned by."""

from __future__ import annotations

from datetime import UTC, datetime

from gui.core.clock import Clock

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)


class Computer:
    def __init__(self, wall: datetime) -> None:
        self.wall_s = wall.timestamp()
        self.steady_s = 1000.0

    def clock(self) -> Clock:
        return Clock(lambda: self.wall_s, lambda: self.steady_s)

    def wait(self, seconds: float) -> None:
        self.wall_s += seconds
        self.steady_s += seconds


def test_a_clock_that_is_set_while_the_program_runs_changes_nothing() -> None:
    computer = Computer(NOON)
    clock = computer.clock()
    computer.wait(60)
    computer.wall_s += 24 * 3600
    assert (clock() - NOON).total_seconds() == 60


def test_a_provider_that_says_another_time_is_believed() -> None:
    clock = Computer(datetime(2020, 1, 1, tzinfo=UTC)).clock()
    clock.heard(NOON)
    assert clock() == NOON


def test_a_provider_that_is_a_moment_off_changes_nothing() -> None:
    clock = Computer(NOON).clock()
    clock.heard(NOON.replace(second=2))
    assert clock() == NOON


def test_the_real_clock_agrees_with_the_computers() -> None:
    assert abs((Clock()() - datetime.now(UTC)).total_seconds()) < 60
