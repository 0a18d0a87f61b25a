"""Work beside the model's: in order, never more than one thing ahead, and no error is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from remote_worker.beside import Background, ahead


def counting(last: int) -> Callable[[], int | None]:
    numbers = iter(range(1, last + 1))
    return lambda: next(numbers, None)


def test_everything_comes_in_order() -> None:
    assert list(ahead(counting(50))) == list(range(1, 51))
    assert list(ahead(counting(0))) == []


def test_the_next_is_made_while_one_is_used_and_no_more() -> None:
    made: list[int] = []
    second = threading.Event()
    numbers = counting(9)

    def make() -> int | None:
        number = numbers()
        if number is not None:
            made.append(number)
        if number == 2:
            second.set()
        return number

    things = ahead(make)
    assert next(things) == 1
    assert second.wait(30), "it is made while the first one is used"
    assert made == [1, 2]


def test_what_goes_wrong_ahead_is_raised_when_its_turn_has_come() -> None:
    numbers = counting(3)

    def make() -> int:
        number = numbers()
        if number is None:
            raise ValueError("no fourth")
        return number

    things = ahead(make)
    assert [next(things) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ValueError, match="no fourth"):
        next(things)


def test_nobody_waits_for_one_that_never_comes() -> None:
    things = ahead(lambda: threading.Event().wait() or 1)
    del things


def test_all_is_put_away_in_order_before_it_ends() -> None:
    there: list[int] = []
    with Background(there.append) as keeper:
        for number in range(100):
            keeper.give(number)
    assert there == list(range(100))


@pytest.mark.parametrize("at", [0, 5, 9])
def test_what_cannot_be_put_away_is_said_at_the_next_or_at_the_end(at: int) -> None:
    there: list[int] = []

    def put_away(number: int) -> None:
        if number == at:
            raise OSError("full")
        there.append(number)

    def give_all() -> None:
        with Background(put_away) as keeper:
            for number in range(10):
                keeper.give(number)

    with pytest.raises(OSError, match="full"):
        give_all()
    assert there == list(range(at))


def test_when_something_else_goes_wrong_what_was_given_is_still_put_away() -> None:
    there: list[int] = []

    def give_some() -> None:
        with Background(there.append) as keeper:
            keeper.give(1)
            keeper.give(2)
            raise KeyError("else")

    with pytest.raises(KeyError):
        give_some()
    assert there == [1, 2]
