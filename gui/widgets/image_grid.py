"""A grid of cards over any list model, whatever its length: only what is on the screen is laid out and painted.

The model answers ``UserRole`` with a Face. Qt's own icon view lays out every item whenever the model changes, which
takes longer than a frame from a few thousand items on.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from gui import theme

GAP = 12
SMALLEST_CARD = 128
WIDEST_CARD = 190
PADDING = 9
WORDS_HEIGHT = 43
RADIUS = 12.0
_REST_MS = 50
_CARD_CHARACTERS = 90

_LOOK = """
ImageGrid { background: palette(window); }
QScrollBar::handle:disabled { background: transparent; }
"""

Index = QModelIndex | QPersistentModelIndex


class Face(Protocol):
    """What a card shows. Without a picture it shows its text, large."""

    @property
    def item_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def has_picture(self) -> bool: ...
    @property
    def picture(self) -> QPixmap | None: ...


def paint_picture(painter: QPainter, where: QRect, face: Face, font: QFont, radius: float = 8.0) -> None:
    """The picture of a face in a frame, fitted; its text where there is none; an empty frame while it is fetched."""
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(Qt.GlobalColor.white if face.picture is not None else theme.color("inset"))
    painter.drawRoundedRect(QRectF(where).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    if face.picture is not None:
        room = where.adjusted(4, 4, -4, -4)
        size = face.picture.deviceIndependentSize().toSize()
        if size.width() > room.width() or size.height() > room.height():
            size = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(QPoint(), size)
        place.moveCenter(room.center())
        painter.drawPixmap(place, face.picture)
    elif not face.has_picture:
        _paint_text(painter, QRectF(where).adjusted(7, 4, -7, -4), face.text or face.item_id, font)


def _paint_text(painter: QPainter, room: QRectF, text: str, font: QFont) -> None:
    """As many whole lines as fit, in the middle, with an ellipsis when there is more."""
    how = QTextOption(Qt.AlignmentFlag.AlignCenter)
    how.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    painter.setFont(font)
    painter.setPen(theme.color("text"))
    words = " ".join(text[: _CARD_CHARACTERS * 2].split())
    shown = words if len(words) <= _CARD_CHARACTERS else words[:_CARD_CHARACTERS].rstrip() + "…"
    while len(shown) > 4 and painter.boundingRect(room, shown, how).height() > room.height():
        shown = shown[: len(shown) * 5 // 6].rstrip() + "…"
    painter.drawText(room, shown, how)


def _subject_and_id(metrics: QFontMetrics, face: Face, width: int) -> str:
    """Both shortened to fit, the id less than the subject: it tells items apart."""
    if not face.subject:
        return metrics.elidedText(face.item_id, Qt.TextElideMode.ElideMiddle, width)
    between = " · "
    room = width - metrics.horizontalAdvance(between)
    wanted = min(metrics.horizontalAdvance(face.item_id) + 1, room * 3 // 5)
    subject = metrics.elidedText(face.subject, Qt.TextElideMode.ElideRight, room - wanted)
    left = room - metrics.horizontalAdvance(subject)
    return subject + between + metrics.elidedText(face.item_id, Qt.TextElideMode.ElideMiddle, left)


class ImageGrid(QAbstractItemView):
    """Cards in as many columns as fit. Arrow keys move, a click or Enter chooses.

    ``chosen``: the person moved to this index. ``entered_by_key``: Enter was pressed on it. ``rested``: scrolling has
    come to rest (or what is shown changed); the first and last place that are on the screen.
    """

    chosen = Signal(QModelIndex)
    entered_by_key = Signal(QModelIndex)
    rested = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so that scrolling only moves pixels
        self.setStyleSheet(_LOOK)
        self._quiet = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._at_rest)
        self._at_top = 0
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.clicked.connect(self.chosen)
        self.setAutoScroll(False)  # scrolling is this view's own business: see currentChanged

    def show_current(self, index: QModelIndex) -> None:
        """Mark the card of what was chosen elsewhere, without moving anything; an invalid index marks none."""
        self._quiet = True
        try:
            self.setCurrentIndex(index)
            if not index.isValid():
                self.clearSelection()
        finally:
            self._quiet = False

    # --- layout -------------------------------------------------------------------------------------------------------

    @property
    def columns(self) -> int:
        width = self.viewport().width()
        fewest = -(-(width + GAP) // (WIDEST_CARD + GAP))
        return max(1, min((width + GAP) // (SMALLEST_CARD + GAP), max(fewest, 4)))

    @property
    def card(self) -> QSize:
        width = (self.viewport().width() + GAP) // self.columns - GAP
        return QSize(width, round((width - 2 * PADDING) * 0.7) + 2 * PADDING + WORDS_HEIGHT)

    def _places(self) -> int:
        return self.model().rowCount() if self.model() is not None else 0

    def _rect(self, place: int) -> QRect:
        row, column = divmod(place, self.columns)
        size = self.card
        return QRect(
            column * (size.width() + GAP),
            row * (size.height() + GAP) - self.verticalOffset(),
            size.width(),
            size.height(),
        )

    def _on_screen(self, top: int, bottom: int) -> range:
        """Places whose cards touch this part of the viewport."""
        pitch = self.card.height() + GAP
        first = max(0, (top + self.verticalOffset()) // pitch) * self.columns
        last = ((bottom + self.verticalOffset()) // pitch + 1) * self.columns
        return range(first, min(last, self._places()))

    # --- what QAbstractItemView asks of a view ------------------------------------------------------------------------

    def visualRect(self, index: Index) -> QRect:
        return self._rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        for place in self._on_screen(point.y(), point.y()):
            if self._rect(place).contains(point):
                return self.model().index(place, 0)
        return QModelIndex()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        del hint
        if not index.isValid():
            return
        rect, height, bar = self._rect(index.row()), self.viewport().height(), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= height:
            bar.setValue(bar.value() + min(rect.top(), rect.bottom() - height + 1))

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        del modifiers
        count = self._places()
        if not count:
            return QModelIndex()
        move = QAbstractItemView.CursorAction
        rows = max(1, self.viewport().height() // (self.card.height() + GAP))
        steps = {
            move.MoveLeft: -1,
            move.MovePrevious: -1,
            move.MoveRight: 1,
            move.MoveNext: 1,
            move.MoveUp: -self.columns,
            move.MoveDown: self.columns,
            move.MovePageUp: -self.columns * rows,
            move.MovePageDown: self.columns * rows,
        }
        if action == move.MoveHome or not self.currentIndex().isValid():
            return self.model().index(0, 0)
        if action == move.MoveEnd:
            return self.model().index(count - 1, 0)
        here = self.currentIndex().row()
        there = here + steps.get(action, 0)
        if action == move.MoveUp and there < 0:
            there = here
        return self.model().index(min(count - 1, max(0, there)), 0)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        del index
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        self.selectionModel().select(self.indexAt(rect.center()), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        for index in selection.indexes():
            region = region.united(self.visualRect(index))
        return region

    def updateGeometries(self) -> None:
        size, bar = self.card, self.verticalScrollBar()
        height = -(-self._places() // self.columns) * (size.height() + GAP) - GAP
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setEnabled(bar.maximum() > 0)
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep((size.height() + GAP) // 3)
        super().updateGeometries()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)

    def reset(self) -> None:
        super().reset()
        self.updateGeometries()
        self.verticalScrollBar().setValue(0)
        self._rest.start()

    # --- what happens -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The card in the top left corner stays there."""
        at_top = self._at_top
        super().resizeEvent(event)
        self.updateGeometries()
        self.verticalScrollBar().setValue(self._rect(at_top).top() + self.verticalOffset())
        self._rest.start()

    def _scrolled(self) -> None:
        self._at_top = self._on_screen(0, 0).start
        self._rest.start()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        for index in (current, previous):
            self.update(index)
        if current.isValid() and not self._quiet:
            self.scrollTo(current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = QPersistentModelIndex(self.currentIndex())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and before.isValid():
            self.entered_by_key.emit(self.currentIndex())
            return
        super().keyPressEvent(event)
        if self.currentIndex().isValid() and self.currentIndex() != before:
            self.chosen.emit(self.currentIndex())

    def keyboardSearch(self, search: str) -> None:
        """Letters are for the search field: Qt would ask the model for every item."""
        del search

    def _at_rest(self) -> None:
        places = self._on_screen(0, self.viewport().height())
        self.rested.emit(places.start, places.stop - 1)
        self.viewport().update()  # what was forgotten while it flew by is asked for again

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), theme.color("ground"))
        current = self.currentIndex()
        for place in self._on_screen(event.rect().top(), event.rect().bottom()):
            rect = self._rect(place)
            if event.region().intersects(rect):
                index = self.model().index(place, 0)
                face: Face = index.data(Qt.ItemDataRole.UserRole)
                self._paint_card(painter, rect, face, chosen=index == current)
        painter.end()

    def _paint_card(self, painter: QPainter, rect: QRect, face: Face, *, chosen: bool) -> None:
        frame = QRectF(rect).adjusted(1, 1, -1, -1) if chosen else QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.color("teal"), 2) if chosen else QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("card"))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        inner = rect.adjusted(PADDING, PADDING, -PADDING, -PADDING)
        small = QFont(self.font())
        small.setPixelSize(13)
        paint_picture(painter, inner.adjusted(0, 0, 0, -WORDS_HEIGHT), face, small)
        words = QRect(inner.left(), inner.bottom() - WORDS_HEIGHT + 7, inner.width(), WORDS_HEIGHT - 6)
        bold = QFont(small)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(theme.color("text"))
        title = QFontMetrics(bold).elidedText(face.title, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), title)
        small.setPixelSize(12)
        painter.setFont(small)
        painter.setPen(theme.color("dim"))
        below = _subject_and_id(QFontMetrics(small), face, words.width())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), below)
