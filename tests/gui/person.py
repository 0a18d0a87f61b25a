"""Somebody who clicks what can be seen, by its words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from gui.app import App
from gui.core.paths import Paths
from gui.widgets.image_grid import ImageGrid

STEP_MS = 20_000


class Person:
    """Counts the clicks."""

    def __init__(self, app: App, qtbot: QtBot) -> None:
        self.app = app
        self.qtbot = qtbot
        self.clicks = 0

    def sees(self, words: str) -> QAbstractButton | None:
        buttons = self.app.window.findChildren(QAbstractButton)
        return next((one for one in buttons if one.isVisible() and words in one.text()), None)

    def reads(self, words: str) -> bool:
        labels = self.app.window.findChildren(QLabel)
        return any(one.isVisible() and words in one.text() for one in labels)

    def waits_for(self, words: str, timeout_ms: int = STEP_MS) -> None:
        self.qtbot.waitUntil(lambda: self.reads(words), timeout=timeout_ms)

    def grid(self) -> ImageGrid | None:
        views = self.app.window.findChildren(ImageGrid)
        return next((one for one in views if one.isVisible() and one.model().rowCount() > 200), None)

    def click(self, words: str, timeout_ms: int = STEP_MS) -> None:
        def ready() -> bool:
            button = self.sees(words)
            return button is not None and button.isEnabled()

        self.qtbot.waitUntil(ready, timeout=timeout_ms)
        button = self.sees(words)
        assert button is not None
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.clicks += 1

    def pastes(self, words: str, into: str) -> None:
        fields = self.app.window.findChildren(QLineEdit)
        field = next(one for one in fields if one.isVisible() and one.accessibleName() == into)
        field.setText(words)


@contextmanager
def opened(qt: QApplication, home: Path, qtbot: QtBot) -> Iterator[App]:
    """The program in English at 1280x800, with all its state below ``home``."""
    made = App(qt, Paths(home, home / "logs"))
    made.settings = made.settings.__class__(language="en")
    made.language.speak("en")
    made.window.resize(1280, 800)
    made.open()
    qtbot.waitUntil(lambda: made.core is not None, timeout=STEP_MS)
    try:
        yield made
    finally:
        assert made.core is not None
        made.core.runs.close()
        made.crashes.uninstall()
        made.window.hide()
        made.window.deleteLater()
