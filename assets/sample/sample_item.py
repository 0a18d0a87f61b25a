"""What one sample item is, before it is written in one of the shapes of the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Drawing = tuple[Callable[..., None], tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class SampleItem:
    """``family`` joins items that ask the same in other words, in the other language or with another picture."""

    language: str
    subject: str
    family: str
    question: str
    choices: tuple[str, ...]
    answer: str
    figure: Drawing | None = None


def figure(function: Callable[..., None], *arguments: Any, **named: Any) -> Drawing:
    return function, arguments, named


def ko(
    subject: str, family: str, question: str, choices: list[str], answer: int | str, drawn: Drawing | None = None
) -> SampleItem:
    return _item("ko", subject, family, question, choices, answer, drawn)


def en(
    subject: str, family: str, question: str, choices: list[str], answer: int | str, drawn: Drawing | None = None
) -> SampleItem:
    return _item("en", subject, family, question, choices, answer, drawn)


def _item(
    language: str,
    subject: str,
    family: str,
    question: str,
    choices: list[str],
    answer: int | str,
    drawn: Drawing | None,
) -> SampleItem:
    """``answer`` is the number of the right choice, from 1, or the answer itself where there is nothing to choose."""
    said = choices[answer - 1] if isinstance(answer, int) else answer
    return SampleItem(language, subject, family, question, tuple(choices), said, drawn)
