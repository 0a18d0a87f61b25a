"""What the system cannot open can be copied and opened by hand."""

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gui.widgets.opening import CopyDialog, open_outside


class Desktop(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


def dialogs() -> list[CopyDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, CopyDialog) and one.isVisible()]


def test_a_folder_that_nothing_can_open_is_shown_to_be_copied(dressed: QApplication, qtbot: QtBot) -> None:
    open_outside("nobody-knows-this:/some/folder")
    (shown,) = dialogs()
    assert shown.field.text() == "nobody-knows-this:/some/folder"
    next(one for one in shown.findChildren(QPushButton) if one.text() == "Copy").click()
    assert QGuiApplication.clipboard().text() == "nobody-knows-this:/some/folder"
    qtbot.waitUntil(lambda: not dialogs())


def test_what_the_system_opens_needs_no_word(dressed: QApplication, tmp_path: Path) -> None:
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, "open")
    try:
        open_outside(tmp_path)
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert desktop.opened == [QUrl.fromLocalFile(str(tmp_path)).toString()]
    assert not dialogs()
