"""The small parts every page is made of; how they look is in ``assets/style.qss``, by class name and ``tone``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.core.errors import EmbarkError
from gui.text import describe_error
from gui.widgets.flow import Flow

Tone = Literal["", "good", "teal", "money", "danger", "chosen", "dim", "error"]
MARGIN = 32
GAP = 16


def set_tone(widget: QWidget, tone: Tone) -> None:
    """Change how a widget is coloured, while it is shown."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


# --- words ------------------------------------------------------------------------------------------------------------


class _Label(QLabel):
    def __init__(self, text: str = "", *, tone: Tone = "", wrap: bool = False) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        set_tone(self, tone)


class Title(_Label):
    """The name of a page."""


class Sentence(_Label):
    """The sentence below a title; wraps."""

    def __init__(self, text: str = "", *, tone: Tone = "", wrap: bool = True) -> None:
        super().__init__(text, tone=tone, wrap=wrap)


class Heading(_Label):
    """The name of a card."""


class Body(_Label):
    """Running text; wraps."""

    def __init__(self, text: str = "", *, tone: Tone = "", wrap: bool = True) -> None:
        super().__init__(text, tone=tone, wrap=wrap)


class Strong(_Label):
    pass


class SmallStrong(_Label):
    pass


class Caption(_Label):
    """Small and dim."""


class Elided(_Label):
    """One line that ends in "…" where it has no room; never makes its neighbours move."""

    def __init__(self, text: str = "", *, tone: Tone = "", strong: bool = False) -> None:
        super().__init__(text, tone=tone)
        self.setProperty("strong", strong)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            painter, self.rect(), int(self.alignment()), self.palette(), self.isEnabled(), text, self.foregroundRole()
        )
        painter.end()


class Mono(_Label):
    """A fingerprint, a path, a raw line."""


class Pill(_Label):
    """A word with a shape, never only a colour."""

    def __init__(self, text: str = "", *, tone: Tone = "") -> None:
        super().__init__(text, tone=tone)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)


class BigNumber(QWidget):
    """The one large number of a card, with what it is a part of, or its unit, small behind it."""

    def __init__(self, number: str = "", unit: str = "") -> None:
        super().__init__()
        self._number, self._unit = QLabel(number), QLabel(unit)
        self._number.setObjectName("number")
        self._unit.setObjectName("unit")
        self._unit.setContentsMargins(0, 0, 0, 4)  # the two stand on one line
        row = row_of(self._number, self._unit, spacing=8)
        row.setAlignment(self._number, Qt.AlignmentFlag.AlignBottom)
        row.setAlignment(self._unit, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        self.setLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def set(self, number: str, unit: str = "") -> None:
        self._number.setText(number)
        self._unit.setText(unit)
        self.setAccessibleName(f"{number} {unit}".strip())


# --- buttons ----------------------------------------------------------------------------------------------------------


class _Button(QPushButton):
    """Takes the focus by keyboard only, so that the ring shows where it helps."""

    def __init__(self, text: str = "", clicked: Callable[[], object] | None = None) -> None:
        super().__init__(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        if clicked is not None:
            self.clicked.connect(lambda: clicked())  # without Qt's "checked"


class PrimaryButton(_Button):
    """The one thing to do next."""


class QuietButton(_Button):
    pass


class DangerButton(_Button):
    """Destroy, and nothing else."""


class LinkButton(_Button):
    """Looks like a link in running text."""


class ElidedLink(LinkButton):
    """A link that ends in "…" where it has no room; the whole of it is in its tooltip."""

    def __init__(self, text: str, clicked: Callable[[], object]) -> None:
        super().__init__(text, clicked)
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        hidden = metrics.horizontalAdvance(self._whole) - metrics.horizontalAdvance(self.text())
        return super().sizeHint() + QSize(hidden + 2, 0)  # widths of words are rounded

    def minimumSizeHint(self) -> QSize:
        return QSize(60, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        around = super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self.text())
        room = self.width() - around
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room))


class Chip(_Button):
    """A round choice; checkable unless told otherwise."""

    def __init__(self, text: str = "", clicked: Callable[[], object] | None = None, *, checkable: bool = True) -> None:
        super().__init__(text, clicked)
        self.setCheckable(checkable)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


# --- layouts and frames -----------------------------------------------------------------------------------------------


def column_of(*parts: QWidget | QLayout, spacing: int = 8, margin: int = 0) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(spacing)
    _add(column, parts)
    return column


def row_of(*parts: QWidget | QLayout, spacing: int = 8, margin: int = 0) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(margin, margin, margin, margin)
    row.setSpacing(spacing)
    _add(row, parts)
    return row


def two_columns(left: QVBoxLayout, right: QVBoxLayout, left_share: int) -> QWidget:
    """Side by side, each from the top down; ``left_share`` percent of the width are the left one's."""
    columns = row_of(left, right, spacing=GAP)
    for at, (column, share) in enumerate(((left, left_share), (right, 100 - left_share))):
        column.addStretch(1)
        columns.setStretch(at, share)
    content = QWidget()
    content.setLayout(columns)
    return content


def _add(box: QVBoxLayout | QHBoxLayout, parts: tuple[QWidget | QLayout, ...]) -> None:
    for part in parts:
        if isinstance(part, QWidget):
            box.addWidget(part)
        else:
            box.addLayout(part)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (entry := layout.takeAt(0)) is not None:
        if (widget := entry.widget()) is not None:
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := entry.layout()) is not None:
            clear(inner)
            inner.deleteLater()


def page_column() -> QVBoxLayout:
    """The layout every page has: its margins and the gap between cards."""
    column = QVBoxLayout()
    column.setContentsMargins(MARGIN, 26, MARGIN, 26)
    column.setSpacing(GAP)
    return column


def scrolling(content: QWidget) -> QScrollArea:
    """``content`` in a frame that scrolls up and down only."""
    area = QScrollArea()
    content.setObjectName("content")
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


class PageHeader(QWidget):
    """Title and sentence on the left, actions on the right."""

    def __init__(self, title: str = "", sentence: str = "") -> None:
        super().__init__()
        self.title = Title(title, wrap=True)
        self.sentence = Sentence(sentence)
        self._actions = row_of()
        words = column_of(self.title, self.sentence, spacing=3)
        words.addStretch(1)
        row = row_of(words, spacing=GAP)
        row.setStretch(0, 1)
        right = column_of(self._actions)
        right.addStretch(1)
        row.addLayout(right)
        self.setLayout(row)
        self.set(title, sentence)

    def set(self, title: str, sentence: str = "") -> None:
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))

    def add_action(self, widget: QWidget) -> None:
        self._actions.addWidget(widget)


class Card(QFrame):
    """White, with round corners. Add to ``column``."""

    def __init__(self, heading: str = "", *, tone: Tone = "", margin: int = 20, spacing: int = 8) -> None:
        super().__init__()
        self.column = column_of(spacing=spacing, margin=margin)
        self.setLayout(self.column)
        self.heading = Heading(heading)
        if heading:
            self.column.addWidget(self.heading)
        set_tone(self, tone)


class Inset(QFrame):
    """A quiet field inside a card. Add to ``column``."""

    def __init__(self, *, margin: int = 12, spacing: int = 6) -> None:
        super().__init__()
        self.column = column_of(spacing=spacing, margin=margin)
        self.setLayout(self.column)


class Line(QFrame):
    """A hair line between rows."""


class Rows(QWidget):
    """Names on the left, values on the right, hair lines between."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(0, 1)
        self._labels: list[tuple[_Label, _Label, Line]] = []

    def set(self, rows: list[tuple[str, str]] | list[tuple[str, str, Tone]]) -> None:
        """Show these (name, value[, tone]); labels are reused, so that a live card does not flicker."""
        while len(self._labels) < len(rows):
            self._append()
        for number, (name, value, line) in enumerate(self._labels):
            shown = number < len(rows)
            for part in (name, value):
                part.setVisible(shown)
            line.setVisible(shown and number < len(rows) - 1)
            if shown:
                entry = rows[number]
                tone: Tone = entry[2] if len(entry) == 3 else ""
                name.setText(entry[0])
                value.setText(entry[1])
                set_tone(name, "dim" if tone == "dim" else "")
                set_tone(value, tone)

    def _append(self) -> None:
        at = 2 * len(self._labels)
        name, value, line = _Label(wrap=True), Strong(), Line()
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(name, at, 0)
        self._grid.addWidget(value, at, 1)
        self._grid.addWidget(line, at + 1, 0, 1, 2)
        self._labels.append((name, value, line))


class Bar(QProgressBar):
    """A thin bar for a part of a whole, with a mark where something is expected."""

    STEPS = 10_000

    def __init__(self, name: str = "", *, height: int = 8) -> None:
        super().__init__()
        self.setRange(0, self.STEPS)
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self._bar_height = height
        self._mark: float | None = None
        self._colour = "teal"
        self.setFixedHeight(height + 6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set(self, fraction: float, *, mark: float | None = None, colour: str = "teal") -> None:
        """``fraction`` and ``mark`` count from 0 to 1; ``colour`` is a field of ``theme.Colors``."""
        self._mark = mark
        self._colour = colour
        self.setValue(round(min(1.0, max(0.0, fraction)) * self.STEPS))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, self._bar_height + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, self._bar_height + 6)  # Qt's own, of 120 px, would keep a page with seven bars from shrinking

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self._bar_height / 2
        whole = QRectF(0, (self.height() - self._bar_height) / 2, self.width(), self._bar_height)
        painter.setBrush(theme.color("track"))
        painter.drawRoundedRect(whole, radius, radius)
        if self.value() > 0:
            width = max(self._bar_height, whole.width() * self.value() / self.STEPS)
            painter.setBrush(theme.color(self._colour))
            painter.drawRoundedRect(QRectF(0, whole.y(), width, self._bar_height), radius, radius)
        if self._mark is not None:
            at = min(1.0, max(0.0, self._mark)) * (whole.width() - 2)
            painter.setBrush(theme.color("money_text"))
            painter.drawRect(QRectF(at, 0, 2, self.height()))
        painter.end()


class Banner(QFrame):
    """Something to know, in the page: a heading, a sentence, buttons. Hidden until it has something to say."""

    def __init__(self) -> None:
        super().__init__()
        self._heading = Heading(wrap=True)
        self._text = Body()
        self._buttons = Flow()
        column = column_of(self._heading, self._text, self._buttons, margin=16, spacing=6)
        self.setLayout(column)
        self.hide()

    def show_text(self, heading: str, text: str = "", *, tone: Tone = "teal") -> None:
        """Say this; buttons of what was said before go."""
        clear(self._buttons)
        self._heading.setText(heading)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        set_tone(self, tone)
        self.setAccessibleName(heading)
        self.show()

    def show_error(self, error: EmbarkError) -> None:
        """What happened, what it means, what to do."""
        what, means, todo = describe_error(error)
        self.show_text(what, " ".join(part for part in (means, todo) if part), tone="error")

    def add_action(self, button: QPushButton) -> None:
        self._buttons.addWidget(button)
