"""Fields for numbers: room before the digits, and no change by a wheel that only wants to scroll the page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox

LEFT = 10
WIDTH = 150


class WholeField(QSpinBox):
    def __init__(self, name: str, lowest: int, highest: int, *, suffix: str = "", step: int = 1) -> None:
        super().__init__()
        _prepare(self, name)
        self.setRange(lowest, highest)
        self.setSuffix(suffix)
        self.setSingleStep(step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DecimalField(QDoubleSpinBox):
    def __init__(self, name: str, highest: float, *, decimals: int, prefix: str = "", suffix: str = "") -> None:
        super().__init__()
        _prepare(self, name)
        self.setDecimals(decimals)
        self.setRange(0, highest)
        self.setPrefix(prefix)
        self.setSuffix(suffix)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _prepare(field: QAbstractSpinBox, name: str) -> None:
    field.lineEdit().setTextMargins(LEFT, 0, 0, 0)  # a style sheet's padding does not reach into a spin box
    field.setFixedWidth(WIDTH)
    field.setAccessibleName(name)
    field.setKeyboardTracking(False)
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
