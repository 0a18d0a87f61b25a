"""The items of a result as a Qt model: rows that were searched for, each with its face for a card."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

from gui.core.dataset import Item
from gui.core.result.bank import ItemBank
from gui.models.thumbnails import Thumbnails

Index = QModelIndex | QPersistentModelIndex
_TITLE_CHARACTERS = 120
_LOOKED_AT = 2000
_TOOL_TIP_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class ItemFace:
    """What a card shows of one item. ``picture`` is None while it is fetched, and where there is none."""

    row: int  # of the result
    item_id: str
    title: str
    text: str
    subject: str
    has_picture: bool
    picture: QPixmap | None


def title_of(item: Item) -> str:
    """The first line that says something."""
    lines = item.question[:_LOOKED_AT].splitlines()
    return next((line.strip() for line in lines if line.strip()), item.item_id)[:_TITLE_CHARACTERS]


class ItemsModel(QAbstractListModel):
    """``UserRole`` gives the ItemFace; asking for it fetches the picture."""

    def __init__(self, bank: ItemBank, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bank = bank
        self._thumbnails = thumbnails
        self._rows: NDArray[np.intp] = np.arange(len(bank))
        thumbnails.ready.connect(self._picture_came)

    def face(self, row: int) -> ItemFace:
        """Of a row of the result, whether it is shown or not."""
        item = self._bank.items[row]
        has_picture = bool(item.image) and not self._thumbnails.is_broken(row)
        picture = self._thumbnails.get(row) if has_picture else None
        return ItemFace(row, item.item_id, title_of(item), item.question, item.subject, has_picture, picture)

    def show_rows(self, rows: NDArray[np.intp]) -> None:
        """Show these rows of the result, which are in order, and no others."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_at(self, index: Index) -> int:
        """The row of the result that a place in the grid shows."""
        return int(self._rows[index.row()])

    def index_of(self, row: int) -> QModelIndex:
        """Where a row of the result is shown; an invalid index when it is not."""
        place = int(np.searchsorted(self._rows, row))
        return self.index(place) if place < len(self._rows) and self._rows[place] == row else QModelIndex()

    def rows_between(self, first: int, last: int) -> list[int]:
        """The rows of the result at these places, both ends included."""
        found: list[int] = self._rows[max(0, first) : last + 1].tolist()
        return found

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self.row_at(index)
        if role == Qt.ItemDataRole.UserRole:
            return self.face(row)
        item = self._bank.items[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(item)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<p>{html.escape(item.question[:_TOOL_TIP_CHARACTERS])}</p>"  # or Qt would take text for markup
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (title_of(item), item.item_id, item.subject) if part)
        return None

    def _picture_came(self, row: int) -> None:
        index = self.index_of(row)
        if index.isValid():
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.UserRole])
