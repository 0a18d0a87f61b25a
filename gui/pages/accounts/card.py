"""What every cloud's card has: its name, whether it can be used, and ticks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from gui.widgets.basics import Body, Card, Pill, Strong, row_of, set_tone


class AccountCard(Card):
    """One cloud: its name, whether it can be used, ticks, and below them whatever that cloud needs (``column``)."""

    def __init__(self, name: str) -> None:
        super().__init__(name, spacing=10)
        self.pill = Pill()
        self.sentence = Body(tone="dim")
        self._ticks = QGridLayout()
        self._ticks.setHorizontalSpacing(12)
        self._ticks.setVerticalSpacing(6)
        self._ticks.setColumnStretch(1, 1)
        self._rows: list[tuple[Strong, Body]] = []
        self.column.removeWidget(self.heading)
        top = row_of(self.heading, self.pill)
        top.addStretch(1)
        self.column.addLayout(top)
        self.column.addWidget(self.sentence)
        self.column.addLayout(self._ticks)

    def set_ready(self, ready: bool | None, word: str) -> None:
        """``None``: it is being found out, or not begun."""
        self.pill.setText(word)
        set_tone(self.pill, "" if ready is None else "good" if ready else "money")

    def set_ticks(self, ticks: Sequence[tuple[bool | None, str]]) -> None:
        """What works (True), does not (False), is not known (None), each in words."""
        while len(self._rows) < len(ticks):
            sign, text = Strong(), Body()
            sign.setMinimumWidth(14)
            place = len(self._rows)
            self._ticks.addWidget(sign, place, 0, Qt.AlignmentFlag.AlignTop)
            self._ticks.addWidget(text, place, 1)
            self._rows.append((sign, text))
        for at, (sign, text) in enumerate(self._rows):
            for part in (sign, text):
                part.setVisible(at < len(ticks))
        for (sign, text), (works, words) in zip(self._rows, ticks, strict=False):
            sign.setText("…" if works is None else "✓" if works else "✗")
            set_tone(sign, "dim" if works is None else "good" if works else "money")
            text.setText(words)

    def ticks(self) -> list[tuple[str, str]]:
        """What is shown: sign and words."""
        return [(sign.text(), words.text()) for sign, words in self._rows if not words.isHidden()]
