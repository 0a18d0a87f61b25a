"""A card that is chosen: a radio button with room for words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QRadioButton, QSizePolicy

from gui.widgets.basics import Caption, Card, set_tone


class ChoiceCard(Card):
    """Add words to ``column``. Cards that exclude each other share a QButtonGroup with their ``button``s."""

    chosen = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(margin=14, spacing=5)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # cards side by side are alike
        self.button = QRadioButton(name)
        font = self.button.font()
        font.setBold(True)
        self.button.setFont(font)
        self._praise = Caption(tone="good")
        self._praise.hide()
        self.column.addWidget(self.button)
        self.column.addWidget(self._praise)
        self.button.toggled.connect(self._toggled)
        self.button.clicked.connect(self.chosen)

    def named_width(self) -> int:
        """How wide the card must be for its name to be read whole, px."""
        margins = self.column.contentsMargins()
        return self.button.sizeHint().width() + margins.left() + margins.right() + 2

    def praise(self, text: str) -> None:
        """A word under the name; none when empty."""
        self._praise.setText(text)
        self._praise.setVisible(bool(text))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.button.click()
        super().mouseReleaseEvent(event)

    def _toggled(self, on: bool) -> None:
        set_tone(self, "chosen" if on else "")
