"""Files, folders and pages opened by the system; where it has nothing to open them with, what to copy."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from gui.widgets.basics import Heading, PrimaryButton, QuietButton, column_of, row_of


def open_outside(what: Path | str) -> None:
    """A path, or the address of a page."""
    url = QUrl(what) if isinstance(what, str) else QUrl.fromLocalFile(str(what))
    if not QDesktopServices.openUrl(url):
        CopyDialog(str(what)).open()


class CopyDialog(QDialog):
    """The path or address, to be opened by hand. Deletes itself when closed."""

    def __init__(self, what: str) -> None:
        super().__init__(QApplication.activeWindow())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = self.tr("This computer has nothing to open it with")
        self.setWindowTitle(title)
        self.resize(620, 160)
        self.field = QLineEdit(what)
        self.field.setReadOnly(True)
        self.field.selectAll()
        self.field.setAccessibleName(title)
        self._what = what
        copy = PrimaryButton(self.tr("Copy"), self._copy)
        buttons = row_of(copy, QuietButton(self.tr("Close"), self.accept))
        buttons.insertStretch(0, 1)
        self.setLayout(column_of(Heading(title), self.field, buttons, spacing=12, margin=20))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._what)
        self.accept()
