"""The one way from an English sentence to the language in use; without a window it stays English."""

from __future__ import annotations

from collections.abc import Callable

Translator = Callable[[str, str, str, int], str]


def english(context: str, source: str, comment: str = "", n: int = -1) -> str:
    """The sentence itself, with ``%n`` filled in and ``(s)`` after what is counted kept or dropped."""
    del context, comment
    if n < 0:
        return source
    return source.replace("(s)", "" if n == 1 else "s").replace("%n", f"{n:,}")


_in_use: list[Translator] = [english]


def use_translator(translator: Translator) -> None:
    """Called once by the window."""
    _in_use[0] = translator


def translate(context: str, source: str, comment: str = "", n: int = -1) -> str:
    """``source`` in the language in use. Both strings are spelled out at every call, or they are not found."""
    return _in_use[0](context, source, comment, n)
