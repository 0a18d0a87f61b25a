"""Errors to people: a plain dialog for the expected ones, a crash dialog with a report for bugs."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

import PySide6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui import __version__
from gui.core.errors import EmbarkError
from gui.core.log import masked
from gui.text import describe_error

logger = logging.getLogger(__name__)


def show_error(error: EmbarkError) -> None:
    """What happened, what it means and what to do, over the window in use. Returns at once."""
    what, means, todo = describe_error(error)
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Embark", what, parent=QApplication.activeWindow())
    box.setInformativeText("\n\n".join(part for part in (means, todo) if part))
    _shown.add(box)  # without a window to belong to, nobody else would hold it
    box.finished.connect(partial(_forget, box))
    box.open()


def ask(
    title: str,
    text: str,
    yes: str,
    no: str,
    agreed: Callable[[], None],
    instead: tuple[str, Callable[[], None]] | None = None,
) -> None:
    """A question over the window in use; ``no`` is what Enter and Escape say, ``instead`` a third way out. Returns at
    once."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Embark", title, parent=QApplication.activeWindow())
    box.setInformativeText(text)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    if instead is not None:
        box.addButton(instead[0], QMessageBox.ButtonRole.ActionRole).clicked.connect(lambda: instead[1]())
    box.setDefaultButton(refuse)
    box.setEscapeButton(refuse)
    accept.clicked.connect(agreed)
    _shown.add(box)
    box.finished.connect(partial(_forget, box))
    box.open()


_shown: set[QMessageBox] = set()


def _forget(box: QMessageBox, _: int) -> None:
    _shown.discard(box)
    box.deleteLater()


class Crashes(QObject):
    """Catches what nobody expected, on every thread: into the log, and once at a time to the person."""

    _caught = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._dialog: CrashDialog | None = None
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, thread: str = ""
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QGuiApplication.quit()
            return
        logger.critical("not expected%s", f" in {thread}" if thread else "", exc_info=(kind, error, trace))
        self._caught.emit(report(error, thread))

    def _on_thread_exception(self, hook: threading.ExceptHookArgs) -> None:
        if hook.exc_value is not None and not issubclass(hook.exc_type, SystemExit):
            thread = hook.thread.name if hook.thread else "?"
            self._on_exception(hook.exc_type, hook.exc_value, hook.exc_traceback, thread)

    @Slot(str)
    def _show(self, text: str) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            return  # the log has it; a second dialog would only hide the first
        self._dialog = CrashDialog(text, QApplication.activeWindow())
        self._dialog.open()


def report(error: BaseException, thread: str = "") -> str:
    """What a bug report needs, without secrets and without the name of the person's home folder."""
    trace = "".join(traceback.format_exception(error))
    lines = [
        f"Embark {__version__}",
        f"{platform.platform()}, Python {platform.python_version()}, PySide6 {PySide6.__version__}",
        f"Thread: {thread or 'window'}",
        "",
        trace,
    ]
    return masked("\n".join(lines)).replace(str(Path.home()), "~")


class CrashDialog(QDialog):
    """Says that a bug was met, and gives the report away at a click."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Embark")
        self.resize(640, 420)
        said = QLabel(
            self.tr(
                "Embark made a mistake. Runs that are under way go on, and what is billed is on the Bill page. "
                "The report below holds no keys and no passwords; please copy it and send it to the makers."
            )
        )
        said.setWordWrap(True)
        self.report = QPlainTextEdit(text)
        self.report.setReadOnly(True)
        self.report.setAccessibleName(self.tr("Report"))
        buttons = QDialogButtonBox()
        self.copy = QPushButton(self.tr("Copy the report"))
        self.copy.clicked.connect(self._on_copy_clicked)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.accept)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.AcceptRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(14)
        for part in (said, self.report, buttons):
            column.addWidget(part)

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        self.copy.setText(self.tr("Copied"))
