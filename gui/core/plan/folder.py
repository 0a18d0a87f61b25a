"""Where a plan's result goes: a fresh folder named after the day and the run."""

from __future__ import annotations

import os
import re
import unicodedata
from datetime import date
from pathlib import Path

from gui.core.paths import results_home

_NOT_IN_A_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_LONGEST_BYTES = 120  # file systems allow 255; the rest is for the date, a number and temporary names


def suggest_folder(name: str, home: Path | None = None, today: date | None = None) -> Path:
    """A folder below ``home`` (left out: ``results_home()``) that does not exist, such as ``2026-01-29 Sample items``.

    Looks at the disk; creates nothing.
    """
    day = (today or date.today()).isoformat()  # noqa: DTZ011  the day as the person's wall calendar has it
    title = _as_file_name(name)
    wanted = f"{day} {title}" if title else day
    home = home or results_home()
    folder = home / wanted
    number = 2
    while os.path.exists(folder):
        folder = home / f"{wanted} ({number})"
        number += 1
    return folder


def _as_file_name(name: str) -> str:
    """``name`` as every system takes it: no separators, no control characters, no dot or blank at an end."""
    plain = " ".join(_NOT_IN_A_NAME.sub(" ", unicodedata.normalize("NFC", name)).split())
    return plain.encode()[:_LONGEST_BYTES].decode(errors="ignore").strip(" .")
