"""The system's dialogs for files and folders, without holding up the window; each goes when it is answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDir, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def choose_folder(parent: QWidget, title: str, chosen: Callable[[str], object]) -> QFileDialog:
    dialog = _dialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.fileSelected.connect(chosen)
    dialog.open()
    return dialog


def choose_files(parent: QWidget, title: str, chosen: Callable[[list[str]], object], filters: list[str]) -> QFileDialog:
    """``filters`` such as ``"Items (*.json *.zip)"``."""
    dialog = _dialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters(filters)
    dialog.filesSelected.connect(chosen)
    dialog.open()
    return dialog


def choose_new_file(
    parent: QWidget, title: str, chosen: Callable[[str], object], name: str, filter_: str
) -> QFileDialog:
    """Where to save; ``name`` is suggested, and its ending added when it is left out."""
    dialog = _dialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(name.rpartition(".")[2])
    dialog.setNameFilter(filter_)
    dialog.selectFile(name)
    dialog.fileSelected.connect(chosen)
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str) -> QFileDialog:
    """Where the person looked last; at first at home, not in the folder that the program was started from."""
    dialog = QFileDialog(parent, title)
    if dialog.directory() == QDir.current():
        dialog.setDirectory(QDir.home())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
