"""One item large, the way that led to it, and its neighbours as rows that lead on."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.widgets.basics import Body, Caption, Card, Heading, Line, LinkButton, clear, column_of, row_of, scrolling
from gui.widgets.image_grid import Face, paint_picture

ROW_HEIGHT = 60
SMALLEST_PICTURE, LARGEST_PICTURE = 150, 340
_LATE_MS = 120
_TRAIL_SHOWN = 4


@dataclass(frozen=True, slots=True)
class NeighbourFace:
    """One row of the list; ``key`` is what ``walked`` says when it is clicked."""

    key: int
    face: Face
    similarity: float


class NeighbourRow(QAbstractButton):
    """Rank, picture, title, id and similarity; a click or Enter walks there."""

    walked = Signal(int)

    def __init__(self, rank: int) -> None:
        super().__init__()
        self.rank = rank
        self.neighbour: NeighbourFace | None = None
        self.setFixedHeight(ROW_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._walk)

    def show_neighbour(self, neighbour: NeighbourFace) -> None:
        self.neighbour = neighbour
        face = neighbour.face
        self.setAccessibleName(f"{self.rank}. {face.title}, {face.item_id}, {neighbour.similarity:.3f}")
        self.setToolTip(f"<p>{html.escape(face.text[:400])}</p>")  # or Qt would take text for markup
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, ROW_HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def _walk(self) -> None:
        if self.neighbour is not None:
            self.walked.emit(self.neighbour.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self.neighbour is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        room = self.rect()
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(theme.color("teal"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("soft") if self.isDown() else theme.color("inset"))
            painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 8, 8)
        self._paint_words(painter, room.adjusted(6, 0, -6, 0), self.neighbour)
        painter.end()

    def _paint_words(self, painter: QPainter, room: QRect, neighbour: NeighbourFace) -> None:
        left, middle = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter
        small, bold, number = QFont(self.font()), QFont(self.font()), QFont(self.font())
        small.setPixelSize(12)
        bold.setPixelSize(13)
        bold.setWeight(QFont.Weight.DemiBold)
        number.setPixelSize(14)
        number.setWeight(QFont.Weight.Bold)
        painter.setFont(small)
        painter.setPen(theme.color("dim"))
        painter.drawText(room, int(left | middle), f"{self.rank}")
        picture = QRect(room.left() + 24, room.top() + 6, 74, room.height() - 12)
        tiny = QFont(small)
        tiny.setPixelSize(10)
        paint_picture(painter, picture, neighbour.face, tiny, radius=6)
        similarity = f"{neighbour.similarity:.3f}"
        taken = QFontMetrics(number).horizontalAdvance(similarity)
        painter.setFont(number)
        painter.setPen(theme.color("text"))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | middle), similarity)
        words = QRect(picture.right() + 13, room.top(), room.right() - taken - 12 - picture.right() - 13, room.height())
        painter.setFont(bold)
        title = QFontMetrics(bold).elidedText(neighbour.face.title, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words.adjusted(0, 11, 0, 0), int(left | Qt.AlignmentFlag.AlignTop), title)
        painter.setFont(small)
        painter.setPen(theme.color("dim"))
        below = " · ".join(part for part in (neighbour.face.item_id, neighbour.face.subject) if part)
        below = QFontMetrics(small).elidedText(below, Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(words.adjusted(0, 0, 0, -11), int(left | Qt.AlignmentFlag.AlignBottom), below)


class Picture(QWidget):
    """A picture as large as there is room, on paper. What was there stays until the next one comes, or is late."""

    def __init__(self) -> None:
        super().__init__()
        self._pixmap: QPixmap | None = None
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_LATE_MS)
        self._late.timeout.connect(lambda: self.show_picture(None))
        self.setFixedHeight(SMALLEST_PICTURE)

    def wait(self) -> None:
        """Another picture is on its way."""
        self._late.start()

    def show_picture(self, pixmap: QPixmap | None) -> None:
        self._late.stop()
        self._pixmap = pixmap
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("inset") if self._pixmap is None else Qt.GlobalColor.white)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        if self._pixmap is not None:
            room = self.rect().adjusted(8, 8, -8, -8)
            size = self._pixmap.deviceIndependentSize().toSize()
            if size.width() > room.width() or size.height() > room.height():
                size = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(room.topLeft(), size)
            place.moveCenter(room.center())
            painter.drawPixmap(place, self._pixmap)
        painter.end()


class NeighbourPanel(Card):
    """The page fills it in. ``walked`` says the key of the neighbour or of the step of the trail that was clicked."""

    walked = Signal(int)
    went_back = Signal(int)  # to this step of the trail

    def __init__(self) -> None:
        super().__init__(margin=0)
        self._trail = row_of(spacing=4)
        self._caption = Caption(wrap=True)
        self.picture = Picture()
        self._question, self._choices = Body(), Body(tone="dim")
        for label in (self._caption, self._question, self._choices):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._heading, self._how = Heading(self.tr("Similar items")), Caption()
        self._note = Caption(wrap=True)
        self._rows: list[NeighbourRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        heading = row_of(self._heading)
        heading.addStretch(1)
        heading.addWidget(self._how)
        heading.setContentsMargins(0, 8, 0, 0)
        content = QWidget()
        column = column_of(
            self._trail, self._caption, self.picture, self._question, self._choices, heading, self._note, self._list,
            spacing=8, margin=20,
        )  # fmt: skip
        column.setContentsMargins(20, 16, 12, 16)
        column.addStretch(1)
        content.setLayout(column)
        self.area = scrolling(content)
        self.area.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget#content { background: transparent; }")
        self.column.addWidget(self.area)
        self.show_note("")

    def show_item(self, caption: str, question: str, choices: str, *, has_picture: bool) -> None:
        """The item itself; neighbours and picture come when they are there."""
        self._caption.setText(caption)
        self._question.setText(question)
        self._question.setVisible(bool(question))
        self._choices.setText(choices)
        self._choices.setVisible(bool(choices))
        self.picture.setVisible(has_picture)
        self.area.verticalScrollBar().setValue(0)
        if any(row.hasFocus() for row in self._rows):
            self.focus_first()  # the way goes on from the top

    def show_trail(self, names: Sequence[str]) -> None:
        """How the person came here; the last is where they are."""
        clear(self._trail)
        if len(names) < 2:
            return
        back = LinkButton(self.tr("Back"), lambda: self.went_back.emit(len(names) - 2))
        self._trail.addWidget(back)
        first = max(0, len(names) - _TRAIL_SHOWN)
        for step in range(first, len(names)):
            self._trail.addWidget(Caption("…  ›" if step == first > 0 else "›"))
            self._trail.addWidget(self._step(names[step], step, here=step == len(names) - 1))
        self._trail.addStretch(1)

    def show_neighbours(self, neighbours: Sequence[NeighbourFace], how: str) -> None:
        """``how`` says how they were found, in a word or two."""
        self._how.setText(how)
        while len(self._rows) < len(neighbours):
            self._append_row()
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(neighbours))
            if number < len(neighbours):
                row.show_neighbour(neighbours[number])
            else:
                row.neighbour = None

    def show_face(self, key: int, face: Face) -> None:
        """A neighbour's picture came."""
        for row in self._rows:
            if row.neighbour is not None and row.neighbour.key == key:
                row.show_neighbour(NeighbourFace(key, face, row.neighbour.similarity))

    def show_note(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))

    @property
    def keys(self) -> list[int]:
        """Of the neighbours that are shown."""
        return [row.neighbour.key for row in self._rows if row.neighbour is not None]

    @property
    def rows(self) -> list[NeighbourRow]:
        """Those that show a neighbour."""
        return [row for row in self._rows if row.neighbour is not None]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.picture.setFixedHeight(min(LARGEST_PICTURE, max(SMALLEST_PICTURE, self.height() // 4)))

    def focus_first(self) -> None:
        if self.rows:
            self.rows[0].setFocus(Qt.FocusReason.TabFocusReason)

    def retranslate(self) -> None:
        self._heading.setText(self.tr("Similar items"))

    def _step(self, name: str, step: int, *, here: bool) -> QLabel | LinkButton:
        short = QFontMetrics(self.font()).elidedText(name, Qt.TextElideMode.ElideMiddle, 84)
        if here:
            return Caption(short)
        link = LinkButton(short, lambda: self.went_back.emit(step))
        link.setToolTip(f"<p>{html.escape(name)}</p>")
        return link

    def _append_row(self) -> None:
        row = NeighbourRow(len(self._rows) + 1)
        row.walked.connect(self.walked)
        if self._rows:
            self._list.addWidget(Line())
        self._list.addWidget(row)
        self._rows.append(row)
