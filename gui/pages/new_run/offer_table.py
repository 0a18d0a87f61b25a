"""The table of offers: one click, or the arrow keys, choose a row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
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
from gui.models.offers import (
    CHOSEN_ROLE,
    DISK,
    DOWNLOAD,
    HOUR,
    NAME,
    PLACE,
    RELIABLE,
    WORDS_ROW,
    Index,
    OffersModel,
    Row,
)

ROW_HEIGHT = 40
MOST_ROWS = 8
AROUND = 34
"""Room that a cell leaves beside its words, px."""
GIVE_WAY = (DOWNLOAD, RELIABLE, HOUR, PLACE)
"""Columns, the one that is missed least first."""


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
        self._unused: tuple[int, ...] = ()
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
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._clicked)

    def show_rows(self, rows: tuple[Row, ...], chosen: str, words: str) -> None:
        """``words`` say why the first row is recommended."""
        self._offers.show_rows(rows, chosen, words)
        rented = any(offer.place for offer, _ in rows)
        self._unused = (DISK,) if rented else (DOWNLOAD,)  # disks there are all as large as was asked for
        self._fit()
        self.clearSpans()
        if rows:
            self.setSpan(WORDS_ROW, 1, 1, self._offers.columnCount() - 1)
            self.setRowHeight(WORDS_ROW, 32)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where the room ends the columns that matter least give way, rather than the name of the machine."""
        for column in range(self._offers.columnCount()):
            self.setColumnHidden(column, column in self._unused)
        bold = self.font()
        bold.setBold(True)  # as the chosen one is
        rows = (row for row in range(self._offers.rowCount()) if row != WORDS_ROW)
        names = [str(self._offers.index(row, NAME).data()) for row in rows]
        name = max((QFontMetrics(bold).horizontalAdvance(one) for one in names), default=0) + AROUND
        others = [at for at in range(self._offers.columnCount()) if at != NAME and at not in self._unused]
        header = self.horizontalHeader()
        taken = {at: max(self.sizeHintForColumn(at), header.sectionSizeHint(at)) for at in others}
        for column in GIVE_WAY:
            if name + sum(taken.values()) > self.viewport().width() and column in taken:
                del taken[column]
                self.setColumnHidden(column, True)

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
