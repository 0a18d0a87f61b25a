"""What happened, what it means for money and data, what to do: for every EmbarkError."""

from __future__ import annotations

from gui.core.errors import EmbarkError
from gui.text.translate import translate


def describe_error(error: EmbarkError) -> tuple[str, str, str]:
    """(what happened, what it means, what to do); the last two may be empty."""
    del error
    return translate("Errors", "Something went wrong."), "", ""
