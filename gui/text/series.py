"""Words for time series."""

from __future__ import annotations

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


def fitting(longest: int) -> str:
    """What to do about an output length that does not fit. ``longest`` = the longest that does, 0 = none."""
    if not longest:
        return _shorter()
    todo = translate("text.series", "Use output lengths up to {longest}, or a model that reads longer texts.")
    return todo.format(longest=number(longest))


def _shorter() -> str:
    return translate("text.series", "Use a shorter history, or a model that reads longer texts.")
