"""Short work off the window's thread: where answers, errors and bugs arrive."""

import functools
import threading
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from gui import alerts
from gui.core.errors import CloudUnreachable, EmbarkError
from gui.tasks import background, under_way


class Page(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []
        self.threads: list[threading.Thread] = []

    def take(self, value: object) -> None:
        self.got.append(value)
        self.threads.append(threading.current_thread())


def settled(qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not under_way())


def test_the_value_arrives_on_the_windows_thread_and_the_work_ran_on_another(qtbot: QtBot) -> None:
    page = Page()
    background(threading.current_thread, done=page.take)
    settled(qtbot)
    assert page.threads == [threading.main_thread()]
    assert page.got[0] is not threading.main_thread()


def test_an_expected_error_arrives_at_failed(qtbot: QtBot) -> None:
    page = Page()

    def work() -> None:
        raise CloudUnreachable(cloud="vast")

    background(work, done=page.take, failed=page.take)
    settled(qtbot)
    assert [type(one) for one in page.got] == [CloudUnreachable]


def test_an_error_nobody_takes_is_shown(qtbot: QtBot) -> None:
    def work() -> None:
        raise CloudUnreachable(cloud="vast")

    background(work)
    settled(qtbot)
    boxes = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]
    assert [box.text() for box in boxes] == ["Vast.ai does not answer."]
    for box in boxes:
        box.close()


def test_a_bug_goes_to_the_excepthook_and_never_to_failed(qtbot: QtBot) -> None:
    page = Page()
    with qtbot.capture_exceptions() as caught:
        background(lambda: 1 / 0, failed=page.take)
        settled(qtbot)
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]
    assert page.got == []


def test_a_page_that_was_deleted_meanwhile_is_left_alone(qtbot: QtBot) -> None:
    page, go = Page(), threading.Event()
    other = Page()
    background(go.wait, done=page.take)
    background(go.wait, done=functools.partial(other.take))
    page.deleteLater()
    qtbot.waitSignal(page.destroyed)
    qtbot.wait(1)
    go.set()
    settled(qtbot)
    assert page.got == []
    assert other.got == [True]


def test_a_failure_nobody_may_hear_is_not_shown_after_all(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[EmbarkError] = []
    monkeypatch.setattr(alerts, "show_error", shown.append)
    page, go = Page(), threading.Event()

    def work() -> None:
        go.wait()
        raise CloudUnreachable(cloud="vast")

    background(work, failed=page.take)
    page.deleteLater()
    qtbot.wait(1)
    go.set()
    settled(qtbot)
    assert page.got == shown == []
