"""The system's dialogs for files and folders, without holding up the window; each goes when it is answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def choose_folder(parent: QWidget, title: str, chosen: Callable[[str], object], start: str = "") -> QFileDialog:
    dialog = _dialog(parent, title, start)
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


def _dialog(parent: QWidget, title: str, start: str = "") -> QFileDialog:
    dialog = QFileDialog(parent, title, start)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
