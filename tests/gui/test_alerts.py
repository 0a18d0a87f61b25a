"""What nobody expected reaches the log and the person, once, and without secrets."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.alerts import CrashDialog, Crashes, report

SECRET = "sk-proj-0123456789abcdefghijklmn"


@pytest.fixture
def crashes(qtbot: QtBot) -> Iterator[Crashes]:
    before = sys.excepthook, threading.excepthook
    made = Crashes()
    made.install()
    yield made
    made.uninstall()
    sys.excepthook, threading.excepthook = before
    for dialog in dialogs():
        dialog.close()


def dialogs() -> list[CrashDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, CrashDialog) and one.isVisible()]


def broken(text: str) -> Exception:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def throw(text: str) -> None:
    error = broken(text)
    sys.excepthook(type(error), error, error.__traceback__)


def test_the_report_says_where_and_with_what_and_holds_no_secret() -> None:
    said = report(broken(f"api_key={SECRET} in {Path.home()}/items.json"))
    assert "Embark 0." in said
    assert "test_alerts.py" in said
    assert SECRET not in said
    assert str(Path.home()) not in said


def test_a_bug_opens_one_dialog_however_many_follow(
    qtbot: QtBot, crashes: Crashes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        throw("first")
        throw("second")
        qtbot.waitUntil(lambda: bool(dialogs()))
        qtbot.wait(10)
    assert len(dialogs()) == 1
    assert "first" in dialogs()[0].report.toPlainText()
    assert len(caplog.records) == 2


def test_a_bug_on_another_thread_is_shown_on_the_windows(qtbot: QtBot, crashes: Crashes) -> None:
    def work() -> None:
        raise ValueError("elsewhere")

    thread = threading.Thread(target=work, name="run 7")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(dialogs()))
    text = dialogs()[0].report.toPlainText()
    assert "elsewhere" in text
    assert "run 7" in text


def test_the_report_is_copied_at_a_click(qtbot: QtBot) -> None:
    dialog = CrashDialog("what happened")
    qtbot.addWidget(dialog)
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "what happened"
