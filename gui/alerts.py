"""Errors to people: a plain dialog for the expected ones, a crash dialog with a report for bugs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from gui.core.errors import EmbarkError
from gui.text import describe_error


def show_error(error: EmbarkError) -> None:
    """What happened, what it means and what to do, over the window in use. Returns at once."""
    what, means, todo = describe_error(error)
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Embark", what, parent=QApplication.activeWindow())
    box.setInformativeText("\n\n".join(part for part in (means, todo) if part))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
