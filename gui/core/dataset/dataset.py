"""A data set: items in input order with their text, and the images they use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from gui.core.dataset.report import Report

DEFAULT_TEMPLATE = "문제: {question}{choices}"


class Duplicates(StrEnum):
    """What to do when one id is there twice."""

    ERROR = "error"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class DataSpec:
    """The ``[data]`` part of a plan. Paths are absolute, or globs that end in an absolute path."""

    items: tuple[str, ...] = ()
    images: tuple[str, ...] = ()  # zips or folders
    template: str = DEFAULT_TEMPLATE
    duplicates: Duplicates = Duplicates.ERROR


@dataclass(frozen=True, slots=True)
class Item:
    """One item that will be embedded."""

    item_id: str
    text: str  # as the model reads it: the template, filled
    question: str  # for showing: without the template's words
    choices: tuple[str, ...]
    subject: str
    image: str  # key for Dataset.open_image; "" = text only
    place: str  # "file, item 12"


@dataclass(frozen=True, slots=True)
class Progress:
    """Told while reading, about ten times a second."""

    items: int
    files: int
    files_total: int


class Dataset:
    """Items in input order, their images and the report."""

    spec: DataSpec
    items: tuple[Item, ...]
    report: Report

    def image_size_bytes(self, key: str) -> int:
        """Raises KeyError for an unknown key."""
        raise NotImplementedError

    def open_image(self, key: str) -> BinaryIO:
        """The image's own bytes, straight from the folder or the zip. Safe from any thread.

        Raises KeyError for an unknown key, ImagesUnreadable when the zip or folder broke meanwhile.
        """
        raise NotImplementedError

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """(item_id, text, image key) in input order."""
        raise NotImplementedError


def read(spec: DataSpec, progress: Callable[[Progress], None] | None = None) -> Dataset:
    """Read all items, match the images, and report.

    Raises ItemsUnreadable, DuplicateIds (unless the spec says which to keep), ImagesUnreadable.
    """
    raise NotImplementedError


def sorted_input(paths: list[Path]) -> DataSpec:
    """What a person dropped (files, folders, zips) sorted into items and images, natural order of names."""
    raise NotImplementedError
