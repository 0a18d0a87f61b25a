"""PySide6 6.12.0 took a reference from None at every void call on Python < 3.12 and died of it within seconds."""

import sys

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLabel


def test_a_thousand_void_calls_take_no_reference_from_none(qapp: QApplication) -> None:
    size, label = QSize(), QLabel()
    before = sys.getrefcount(None)
    for number in range(1000):
        size.setWidth(number)
        label.setText("x")
    assert abs(sys.getrefcount(None) - before) < 100
