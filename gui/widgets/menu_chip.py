"""A chip that opens a menu: one of a few values, coloured while it is not the usual one."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from gui.widgets.basics import Chip


class MenuChip(Chip):
    picked = Signal(object)  # the value

    def __init__(self) -> None:
        super().__init__(clicked=self._open)
        self._entries: tuple[tuple[str, object], ...] = ()
        self._value: object = None
        self._on = False

    def show_value(self, text: str, value: object, entries: Sequence[tuple[str, object]], *, on: bool) -> None:
        """``text`` on the chip, which is coloured while ``on``; ``entries`` are (words, value)."""
        self._entries, self._value, self._on = tuple(entries), value, on
        self.setText(f"{text} ▾")
        self.setAccessibleName(text)
        self.setChecked(on)

    def _open(self) -> None:
        self.setChecked(self._on)  # the click chose nothing yet
        menu = QMenu(self)
        group = QActionGroup(menu)
        for words, value in self._entries:
            action = QAction(words, menu)
            action.setCheckable(True)
            action.setChecked(value == self._value)
            action.triggered.connect(functools.partial(self._pick, value))
            group.addAction(action)
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _pick(self, value: object) -> None:
        if value != self._value:
            self.picked.emit(value)
