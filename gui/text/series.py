"""Words for time series."""

from __future__ import annotations

from pathlib import Path

from gui.core.errors import SeriesUnreadable
from gui.format import number
from gui.translate import translate
from remote_worker.prompts import TooLong


def prompt_too_long(detail: str) -> tuple[str, str]:
    """What happened and what to do, of the detail of a PROMPT_TOO_LONG."""
    try:
        one = TooLong.parse(detail)
    except ValueError:
        return translate("text.series", "A prompt is longer than the model can read."), _shorter()
    what = translate(
        "text.series",
        "With output length {length} a prompt has {tokens} tokens, and the model reads {limit}. Nothing was cut.",
    )
    what = what.format(length=number(one.output_length), tokens=number(one.tokens), limit=number(one.limit))
    return what, fitting(one.fits)


def no_series(error: SeriesUnreadable) -> tuple[str, str]:
    """(what is wrong with the file, what to do)."""
    what = {
        "missing": translate("text.series", "{file} is not there."),
        "encoding": translate("text.series", "The text of {file} cannot be read: it is neither UTF-8 nor CP949."),
        "too-large": translate("text.series", "{file} is larger than a table of numbers can be."),
        "names": translate(
            "text.series", "The first line of {file} must name a column of dates and others, each once."
        ),
        "columns": translate("text.series", "Line {line} of {file} has more or fewer columns than the first."),
        "date": translate("text.series", "Line {line} of {file} does not begin with a date that is understood."),
        "dates": translate("text.series", "The dates in {file} must go on in equal steps."),
        "number": translate("text.series", "Line {line} of {file} holds no number in the column {column}."),
    }.get(error.reason, translate("text.series", "{file} cannot be read as a table."))
    todo = translate("text.series", "Mend the file, or choose another.")
    if error.reason in ("names", "columns", "date", "number"):
        todo += " " + translate("text.series", "A table is read as a time series with dates. Items must be JSON.")
    return what.format(file=Path(error.path).name or error.path, line=number(error.line), column=error.column), todo


def fitting(longest: int) -> str:
    """What to do about an output length that does not fit. ``longest`` = the longest that does, 0 = none."""
    if not longest:
        return _shorter()
    todo = translate("text.series", "Use output lengths up to {longest}, or a model that reads longer texts.")
    return todo.format(longest=number(longest))


def _shorter() -> str:
    return translate("text.series", "Use a shorter history, or a model that reads longer texts.")
