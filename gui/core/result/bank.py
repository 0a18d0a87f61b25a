"""The items behind a result's rows: text, subject and picture, and the search over them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from gui.core.dataset import Dataset, Item, read
from gui.core.errors import EmbarkError, ImagesUnreadable, ItemsUnreadable
from gui.core.result.result import Result

LARGEST_PICTURE_BYTES = 64 << 20
_ROWS_BETWEEN_LOOKS = 2000


class ItemBank:
    """The items of a result, by row. Without the data set there are still ids.

    ``trouble`` says why the data set could not be read; ``unknown`` counts rows whose id it does not have (any more);
    ``changed`` whether its files are others than the ones that were embedded; ``read_all`` whether there is a data set.
    Safe from any thread.
    """

    def __init__(self, result: Result, dataset: Dataset | None, trouble: EmbarkError | None = None) -> None:
        by_id = {item.item_id: item for item in dataset.items} if dataset is not None else {}
        self._dataset = dataset
        self.items: tuple[Item, ...] = tuple(by_id.get(item_id) or _only(item_id) for item_id in result.item_ids)
        self.trouble = trouble
        self.read_all = dataset is not None
        self.unknown = sum(item_id not in by_id for item_id in result.item_ids)
        known = dict(result.manifest.input_sha256)
        found = dict(dataset.report.input_sha256) if dataset is not None else known
        self.changed = bool(known) and known != found
        self.has_picture: NDArray[np.bool_] = np.array([bool(item.image) for item in self.items], np.bool_)
        counted = Counter(item.subject for item in self.items if item.subject)
        self.subjects: tuple[tuple[str, int], ...] = tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))
        number = {subject: place for place, (subject, _) in enumerate(self.subjects)}
        self._subject = np.array([number.get(item.subject, -1) for item in self.items], np.int32)
        self._number = number
        self._searched = [_searchable(item) for item in self.items]

    @staticmethod
    def read(result: Result) -> ItemBank:
        """Read the data set the result was made of (seconds for a large one). Never fails: see ``trouble``."""
        spec = result.manifest.data
        if not spec.items:
            return ItemBank(result, None, ItemsUnreadable(path="", reason="missing"))
        try:
            return ItemBank(result, read(spec))
        except EmbarkError as trouble:
            return ItemBank(result, None, trouble)

    def __len__(self) -> int:
        return len(self.items)

    def picture(self, row: int) -> bytes:
        """The bytes of the item's picture as it lies there; empty when there is none that can be read."""
        key = self.items[row].image
        if not key or self._dataset is None:
            return b""
        try:
            if self._dataset.image_size_bytes(key) > LARGEST_PICTURE_BYTES:
                return b""
            with self._dataset.open_image(key) as file:
                return file.read(LARGEST_PICTURE_BYTES)
        except (ImagesUnreadable, KeyError, OSError):
            return b""

    def search(
        self,
        words: str = "",
        *,
        subject: str = "",
        with_picture: bool = False,
        wanted: Callable[[], bool] = lambda: True,
    ) -> NDArray[np.intp]:
        """Rows, in order, in which every one of ``words`` occurs somewhere, whatever the case or way of writing Hangul.

        Stops early with an empty answer once ``wanted`` says no: somebody typed on.
        """
        chosen = np.ones(len(self), np.bool_)
        if subject:
            chosen &= self._subject == self._number.get(subject, -2)
        if with_picture:
            chosen &= self.has_picture
        rows = np.flatnonzero(chosen)
        for word in sorted(_folded(words).split(), key=len, reverse=True):
            rows = np.fromiter(self._containing(word, rows, wanted), np.intp)
        return rows if wanted() else np.empty(0, np.intp)

    def _containing(self, word: str, rows: NDArray[np.intp], wanted: Callable[[], bool]) -> Iterator[int]:
        searched = self._searched
        for start in range(0, len(rows), _ROWS_BETWEEN_LOOKS):
            if not wanted():
                return
            yield from [row for row in rows[start : start + _ROWS_BETWEEN_LOOKS].tolist() if word in searched[row]]


def _only(item_id: str) -> Item:
    return Item(item_id, text="", question="", choices=(), subject="", image="", place="")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _searchable(item: Item) -> str:
    return _folded("\n".join((item.item_id, item.subject, item.question, *item.choices)))
