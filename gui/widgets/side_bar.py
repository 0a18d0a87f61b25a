"""The side bar: where one can go, and at its foot, always, what is being billed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from gui import theme
from gui.text import Billing
from gui.widgets.basics import Tone, column_of, row_of, set_tone

WIDTH = 216
PLACES = ("runs", "new_run", "accounts", "bill", "settings")


class NavButton(QPushButton):
    """One place to go."""

    def __init__(self) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)


class BillButton(QPushButton):
    """What is being billed, and the credit that is left; leads to Bill."""

    def __init__(self) -> None:
        super().__init__()
        self._line, self._below, self._credit = QLabel(), QLabel(), QLabel()
        self._line.setObjectName("line")
        set_tone(self._credit, "dim")
        for label in (self._line, self._below, self._credit):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setLayout(column_of(self._line, self._below, self._credit, spacing=2, margin=12))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        width = WIDTH - 24
        return QSize(width, layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def set(self, now: Billing) -> None:
        self._line.setText(now.line)
        self._below.setText(now.below)
        self._below.setVisible(bool(now.below))
        self._credit.setText(now.credit)
        self._credit.setVisible(bool(now.credit))
        tones: dict[str, tuple[Tone, Tone]] = {
            "calm": ("", "good"),
            "running": ("money", "money"),
            "unknown": ("money", "money"),
        }
        frame, words = tones[now.state]
        set_tone(self, frame)
        set_tone(self._line, words)
        self.setAccessibleName(". ".join(part for part in (now.line, now.below, now.credit) if part))
        self.updateGeometry()


class SideBar(QFrame):
    """``chosen`` says where the person wants to go."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        logo, name = QLabel(), QLabel("Embark")
        logo.setPixmap(theme.icon("embark").pixmap(QSize(22, 22)))
        name.setObjectName("name")
        head = row_of(logo, name, spacing=9)
        head.setContentsMargins(10, 0, 0, 14)
        head.addStretch(1)
        self._buttons: dict[str, NavButton] = {}
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 20, 12, 20)
        self._column.setSpacing(2)
        self._column.addLayout(head)
        for place in PLACES:
            self._buttons[place] = NavButton()
            self._group.addButton(self._buttons[place])
            self._column.addWidget(self._buttons[place])
        self._group.buttonClicked.connect(self._on_clicked)
        self._column.addStretch(1)
        self.bill = BillButton()
        self.bill.clicked.connect(lambda: self.chosen.emit("bill"))
        self._column.addWidget(self.bill)

        self.retranslate()

    def retranslate(self) -> None:
        words = (self.tr("Runs"), self.tr("New run"), self.tr("Accounts"), self.tr("Bill"), self.tr("Settings"))
        for button, word in zip(self._buttons.values(), words, strict=True):
            button.setText(word)

    def mark(self, place: str) -> None:
        """Show where one is."""
        self._buttons[place].setChecked(True)

    def _on_clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(next(place for place, one in self._buttons.items() if one is button))
