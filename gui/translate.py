"""The one way from an English sentence to the language in use, for what has no Qt: ``gui.text`` and ``gui.format``.

Without a window it stays English; the window hands Qt's translator to ``use_translator`` at its start. A context is
the dotted name of the module below ``gui``; both strings are spelled out at every call, and ``n`` is a plain name:
otherwise lupdate does not find them.
"""

from __future__ import annotations

from collections.abc import Callable

Translator = Callable[[str, str, str, int], str]


def english(context: str, source: str, comment: str = "", n: int = -1) -> str:
    """The sentence itself, with ``%n`` filled in and the ``(s)`` of what is counted kept or dropped."""
    del context, comment
    if n < 0:
        return source
    return source.replace("(s)", "" if n == 1 else "s").replace("%n", f"{n:,}")


_in_use: list[Translator] = [english]


def use_translator(translator: Translator) -> None:
    """From now on speak through ``translator``."""
    _in_use[0] = translator


def translate(context: str, source: str, comment: str = "", n: int = -1) -> str:
    """``source`` in the language in use."""
    return _in_use[0](context, source, comment, n)
