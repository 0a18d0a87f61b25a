"""What a person chose about the program itself: one frozen value, one JSON file, read and saved whole."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_type_hints

import msgspec

from gui.core.files import whole_file
from gui.core.paths import results_home

logger = logging.getLogger(__name__)

VERSION = 1
_LARGEST_FILE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    language: Literal["", "ko", "en"] = ""  # "": as the system
    theme: Literal["system", "light", "dark"] = "system"
    results_folder: str = ""  # "": results_home()
    notice_finished: bool = True  # a run is over
    notice_needed: bool = True  # a run waits for an answer
    notice_billed: bool = True  # a machine is billed and nothing comes of it
    window_geometry: str = ""  # base64 of what the window system gave
    notice_budget: bool = True  # a run has spent most of its limit

    @property
    def results(self) -> Path:
        """Where new results go."""
        return Path(self.results_folder) if self.results_folder else results_home()


def load(path: Path) -> Settings:
    """The saved settings; the defaults for whatever is absent or makes no sense. Never raises.

    A damaged file is kept beside as ``.damaged``.
    """
    hints = get_type_hints(Settings)
    chosen: dict[str, Any] = {}
    for name, value in _stored(path).items():
        if name not in hints:
            continue
        try:
            chosen[name] = msgspec.convert(value, hints[name])
        except msgspec.ValidationError as error:
            logger.warning("setting %s makes no sense: %s", name, error)
    return Settings(**chosen)


def save(path: Path, settings: Settings) -> None:
    """Replace the file whole; what a newer Embark keeps in it stays. Raises LocalDiskFull,
    LocalFileRefused."""
    stored = _stored(path)
    version = stored.get("version")
    newest = max(VERSION, version) if isinstance(version, int) else VERSION
    content = msgspec.json.format(msgspec.json.encode({**stored, **asdict(settings), "version": newest}), indent=2)
    with whole_file(path, shared=True) as file:
        file.write(content + b"\n")


def _stored(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        logger.warning("the settings cannot be read, the defaults are used: %s", error)
        return {}
    try:
        if len(content) > _LARGEST_FILE_BYTES:
            raise ValueError("far too long")
        # An editor on Windows may have put a byte order mark in front.
        return msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=dict[str, Any])
    except (ValueError, RecursionError) as error:
        logger.warning("the settings are damaged, the defaults are used: %s", error)
    try:
        path.replace(path.with_name(path.name + ".damaged"))
    except OSError as error:
        logger.warning("the damaged settings could not be kept aside: %s", error)
    return {}
