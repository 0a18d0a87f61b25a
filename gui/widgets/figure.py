"""A large number with what it counts below it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.widgets.basics import BigNumber, Caption, column_of


class Figure(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._number, self._caption = BigNumber(), Caption(wrap=True)
        column = column_of(self._number, self._caption, spacing=0)
        column.addStretch(1)
        self.setLayout(column)

    def set(self, number: str, caption: str) -> None:
        self._number.set(number)
        self._caption.setText(caption)
        self.setAccessibleName(f"{number} {caption}")
