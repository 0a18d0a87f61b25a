"""Offers as a Qt table, the cheapest run first; under the first stands in words why it is recommended."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from gui import theme
from gui.core.cloud.base import Offer
from gui.core.plan import PRACTICE_CLOUD, Estimate
from gui.format import duration, gpu_memory, line_speed, money, number, percent, price, size

Index = QModelIndex | QPersistentModelIndex
Row = tuple[Offer, Estimate]
WORDS_ROW = 1
CHOSEN_ROLE = Qt.ItemDataRole.UserRole
_CHOICE, NAME, _COST, _TIME, HOUR, _MEMORY, PLACE, RELIABLE, DOWNLOAD, DISK = range(10)
_RIGHT = (_COST, _TIME, HOUR, RELIABLE, DOWNLOAD, DISK)


class OffersModel(QAbstractTableModel):
    """Row 1 is no offer but the words about row 0."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._chosen = ""
        self._words = ""

    def show_rows(self, rows: tuple[Row, ...], chosen: str, words: str) -> None:
        """``chosen`` is an offer id."""
        self.beginResetModel()
        self._rows, self._chosen, self._words = rows, chosen, words
        self.endResetModel()

    def offer(self, row: int) -> Offer | None:
        """The offer in a row of the table; the words belong to the first."""
        at = 0 if row <= WORDS_ROW else row - 1
        return self._rows[at][0] if 0 <= at < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or not self._rows else len(self._rows) + 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else DISK + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        words = index.row() == WORDS_ROW
        offer, expected = self._rows[0 if words else max(0, index.row() - (index.row() > WORDS_ROW))]
        if role == Qt.ItemDataRole.DisplayRole:
            if words:
                return self._words if index.column() == NAME else None
            return self._cell(offer, expected, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() in _RIGHT and not words else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and words:
            return theme.color("good")
        if role == CHOSEN_ROLE:
            return offer.offer_id == self._chosen
        if role == Qt.ItemDataRole.FontRole and not words and offer.offer_id == self._chosen:
            font = QFont()
            font.setBold(index.column() in (NAME, _COST))
            return font
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            "",
            self.tr("Machine"),
            self.tr("This run costs"),
            self.tr("Takes"),
            self.tr("An hour"),
            self.tr("Memory"),
            self.tr("Where"),
            self.tr("Reliable"),
            self.tr("Download"),
            self.tr("Disk"),
        )[section]

    def _cell(self, offer: Offer, expected: Estimate, column: int) -> str:
        match column:
            case 0:
                return "\u25cf" if offer.offer_id == self._chosen else "\u25cb"
            case 1:
                if offer.cloud == PRACTICE_CLOUD:
                    return self.tr("This computer")
                return f"{offer.gpu_count} \u00d7 {offer.name}" if offer.gpu_count > 1 else offer.name
            case 2:
                return self._pretend(offer, money(expected.total))
            case 3:
                return duration(expected.total_s)
            case 4:
                return self._pretend(offer, price(offer.price_per_hour))
            case 5:
                if offer.vram_bytes:
                    each = gpu_memory(offer.vram_bytes)
                    return f"{offer.gpu_count} \u00d7 {each}" if offer.gpu_count > 1 else each
                return self.tr("{memory}, {cores} cores").format(
                    memory=size(offer.memory_bytes), cores=number(offer.cores)
                )
            case 6:
                if offer.data_centre:
                    return self.tr("{place} (data centre)").format(place=offer.place)
                return offer.place or self.tr("here")
            case 7:
                return percent(offer.reliability, digits=1) if offer.place else "\u2013"
            case 8:
                return line_speed(offer.download_bytes_per_s) if offer.place else "\u2013"
            case _:
                return size(offer.disk_bytes)

    def _pretend(self, offer: Offer, said: str) -> str:
        return self.tr("{money} (pretend)").format(money=said) if offer.pretend_price else said
