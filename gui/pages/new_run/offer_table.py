"""The table of offers: one click, or the arrow keys, choose a row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from gui import theme
from gui.core.cloud.base import Offer
from gui.models.offers import CHOSEN_ROLE, DISK, DOWNLOAD, WORDS_ROW, Index, OffersModel, Row

ROW_HEIGHT = 40
MOST_ROWS = 8


class _Rows(QStyledItemDelegate):
    """The chosen row is coloured, and rows end in a hair line: a style sheet cannot do both with the words' row."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        if index.data(CHOSEN_ROLE):
            painter.fillRect(rect, theme.color("soft"))
        if index.row() != 0:  # under the first stand the words about it
            painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, theme.color("line"))
        super().paint(painter, option, index)


class OfferTable(QTableView):
    """As high as its rows, up to ``MOST_ROWS``; then it scrolls."""

    chosen = Signal(str)  # an offer id

    def __init__(self) -> None:
        super().__init__()
        self._offers = OffersModel(self)
        self.setModel(self._offers)
        self.setItemDelegate(_Rows(self))
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(self.tr("Machines"))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(10)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._clicked)

    def show_rows(self, rows: tuple[Row, ...], chosen: str, words: str) -> None:
        """``words`` say why the first row is recommended."""
        self._offers.show_rows(rows, chosen, words)
        rented = any(offer.place for offer, _ in rows)
        self.setColumnHidden(DOWNLOAD, not rented)
        self.setColumnHidden(DISK, rented)  # there they are all as large as was asked for
        self.clearSpans()
        if rows:
            self.setSpan(WORDS_ROW, 1, 1, self._offers.columnCount() - 1)
            self.setRowHeight(WORDS_ROW, 32)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        rows = min(self._offers.rowCount(), MOST_ROWS)
        height = self.horizontalHeader().sizeHint().height() + sum(self.rowHeight(row) for row in range(rows))
        return QSize(400, height + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        return QSize(300, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Return):
            self._clicked(self.currentIndex())

    def _clicked(self, index: QModelIndex) -> None:
        offer: Offer | None = self._offers.offer(index.row()) if index.isValid() else None
        if offer is not None:
            self.chosen.emit(offer.offer_id)
