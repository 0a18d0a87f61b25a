"""A card that is chosen: a radio button with room for words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QRadioButton, QSizePolicy

from gui.widgets.basics import Card, Pill, row_of, set_tone


class ChoiceCard(Card):
    """Add words to ``column``. Cards that exclude each other share a QButtonGroup with their ``button``s."""

    chosen = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(margin=16, spacing=5)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # cards side by side are alike
        self.button = QRadioButton(name)
        font = self.button.font()
        font.setBold(True)
        self.button.setFont(font)
        self.pill = Pill()
        self.pill.hide()
        head = row_of(self.button, self.pill, spacing=4)
        head.setStretch(0, 1)
        self.column.addLayout(head)
        self.button.toggled.connect(self._toggled)
        self.button.clicked.connect(self.chosen)

    def set_pill(self, text: str) -> None:
        """A word in the corner; none when empty."""
        self.pill.setText(text)
        self.pill.setVisible(bool(text))
        set_tone(self.pill, "teal")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.button.click()
        super().mouseReleaseEvent(event)

    def _toggled(self, on: bool) -> None:
        set_tone(self, "chosen" if on else "")
