"""What can be wrong with one item or picture, and what becomes of it."""

from __future__ import annotations

import re

from gui.core.dataset import LEFT_OUT, Problem, ProblemKind
from gui.translate import translate
from remote_worker.protocol import RowProblem

_ITEM = re.compile(r"(?P<file>.+), item (?P<item>\d+)", re.DOTALL)
_CUT = re.compile(r"line (?P<line>\d+), last whole item (?P<item>\d+)(?P<id>.*)", re.DOTALL)
_LINE = re.compile(r"line (?P<line>\d+)(?P<column>.*)", re.DOTALL)


def place_name(place: str) -> str:
    """A place in a file, as the core writes it down, in the language in use."""
    for form, words in (
        (_ITEM, translate("text.problems", "{file}, item {item}")),
        (_CUT, translate("text.problems", "line {line}, last whole item {item}{id}")),
        (_LINE, translate("text.problems", "line {line}{column}")),
    ):
        if said := form.fullmatch(place):
            return words.format(**said.groupdict())
    return place


def problem_detail(problem: Problem) -> str:
    """What the item names: a picture, or the place of the item that was taken instead of it."""
    if problem.kind is ProblemKind.ITEM_UNREADABLE:
        return _trouble(problem.detail)
    if problem.kind is ProblemKind.ITEM_COPY:
        same = translate("text.problems", "{place}, word for word the same")
        return same.format(place=place_name(problem.detail))
    return place_name(problem.detail) if problem.kind is ProblemKind.ITEM_DUPLICATE else problem.detail


def problem_columns(problem: Problem | None) -> tuple[str, ...]:
    """A problem for people: what, what becomes of the item, where, more. Of None, what these columns are called."""
    if problem is None:
        return (
            translate("text.problems", "What is wrong"),
            translate("text.problems", "What becomes of the item"),
            translate("text.problems", "Where"),
            translate("text.problems", "More"),
        )
    what = problem_name(problem.kind).partition(":")[0]
    return what, problem_effect(problem.kind), place_name(problem.place), problem_detail(problem)


def problem_effect(kind: ProblemKind) -> str:
    """What becomes of the item."""
    if kind in LEFT_OUT:
        return translate("text.problems", "Left out")
    embedded = translate("text.problems", "Embedded")
    return {
        ProblemKind.IMAGE_TRANSPARENT: embedded,
        ProblemKind.IMAGE_AMBIGUOUS: embedded,
        ProblemKind.ITEM_SAME_VECTOR: embedded,
        ProblemKind.IMAGE_IGNORED: embedded,
        ProblemKind.ITEM_TOO_LONG: translate("text.problems", "Embedded without its end"),
        ProblemKind.IMAGE_UNSAFE_NAME: translate("text.problems", "No item is concerned"),
    }.get(kind, translate("text.problems", "Text only"))


def _trouble(detail: str) -> str:
    """Why something is not an item, as the core writes it down."""
    return {
        "no id": translate("text.problems", "has no id"),
        "id too long": translate("text.problems", "the id is too long"),
        "not JSON": translate("text.problems", "is not JSON"),
        "not an object": translate("text.problems", "is no item: names and values are missing"),
        "nested too deeply": translate("text.problems", "is nested too deeply"),
    }.get(detail, detail)


def problem_name(kind: ProblemKind | RowProblem) -> str:
    """What was found: what is done about it."""
    names = {
        ProblemKind.IMAGE_NOT_FOUND: translate("text.problems", "Picture is nowhere to be found: embedded as text"),
        ProblemKind.IMAGE_NOT_NAMED: translate("text.problems", "Says it has a picture, names none: embedded as text"),
        ProblemKind.IMAGE_CUT_OFF: translate("text.problems", "Picture cut off: embedded as text"),
        ProblemKind.IMAGE_UNREADABLE: translate("text.problems", "Picture cannot be read: embedded as text"),
        ProblemKind.IMAGE_TOO_LARGE: translate("text.problems", "Picture far too large: embedded as text"),
        ProblemKind.IMAGE_TRANSPARENT: translate("text.problems", "Transparent picture: put on white"),
        ProblemKind.IMAGE_AMBIGUOUS: translate("text.problems", "Two pictures of one name: the first is used"),
        ProblemKind.IMAGE_UNSAFE_NAME: translate("text.problems", "Picture with an unsafe name: never opened"),
        ProblemKind.ITEM_BLANK: translate("text.problems", "Empty item: left out"),
        ProblemKind.ITEM_UNREADABLE: translate("text.problems", "Not an item, or without an id: left out"),
        ProblemKind.ITEM_DUPLICATE: translate("text.problems", "Id was there twice: left out, as you chose"),
        ProblemKind.ITEM_COPY: translate("text.problems", "The same item was there twice: left out"),
        ProblemKind.ITEM_TOO_LONG: translate("text.problems", "Longer than the model can read: cut"),
        ProblemKind.ITEM_BAD_VECTOR: translate("text.problems", "The model gave no usable vector: left out"),
        ProblemKind.ITEM_SAME_VECTOR: translate("text.problems", "Same vector as another item that reads differently"),
        ProblemKind.IMAGE_IGNORED: translate("text.problems", "The picture changes nothing in the vector"),
        RowProblem.IMAGE_MISSING: translate("text.problems", "Picture is nowhere to be found: embedded as text"),
        RowProblem.IMAGE_CUT_OFF: translate("text.problems", "Picture cut off: embedded as text"),
        RowProblem.IMAGE_UNREADABLE: translate("text.problems", "Picture cannot be read: embedded as text"),
        RowProblem.IMAGE_TOO_LARGE: translate("text.problems", "Picture far too large: embedded as text"),
        RowProblem.EMPTY: translate("text.problems", "Empty item: left out"),
        RowProblem.ROW_UNREADABLE: translate("text.problems", "Not an item, or without an id: left out"),
        RowProblem.TOO_LONG: translate("text.problems", "Longer than the model can read: cut"),
        RowProblem.BAD_VECTOR: translate("text.problems", "The model gave no usable vector: left out"),
    }
    return names.get(kind, str(kind.value))
