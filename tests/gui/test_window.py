"""The window: goes where pages say, always says what is billed, asks before it closes over something that goes on."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.core.errors import CloudUnreachable, InstanceLost
from gui.core.run import events as e
from gui.core.run.runs import Bill
from gui.core.run.state import Snapshot
from gui.core.settings import Settings
from gui.language import Language
from gui.live import Live
from gui.pages.run import RunPage
from gui.tasks import under_way
from gui.widgets.side_bar import NavButton
from gui.window import Factories, Window
from tests.gui.scenes import NOON, FakeRuns, Story, mixed_bills, practice
from tests.gui.test_run_page import click, words


class Wizard(QWidget):
    started = Signal(str)
    accounts_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sampled = 0

    def use_sample(self) -> None:
        self.sampled += 1


class Result(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def show_result(self, folder: object) -> None:
        self.shown.append(str(folder))


Open = Callable[..., tuple[Window, FakeRuns]]


@pytest.fixture
def opened(qtbot: QtBot, dressed: QApplication) -> Iterator[Open]:
    windows: list[Window] = []

    def make(*snapshots: Snapshot, bills: tuple[Bill, ...] = (Bill("practice", NOON),)) -> tuple[Window, FakeRuns]:
        runs, window = FakeRuns(*snapshots), Window(Live())
        runs.bills = bills
        windows.append(window)
        qtbot.addWidget(window, before_close_func=lambda one: setattr(one, "_sure", True))
        window.show()
        factories = Factories(Wizard, Result, QWidget, QWidget)  # type: ignore[arg-type]
        window.attach(runs, snapshots, factories, Settings())  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: not under_way())
        return window, runs

    yield make
    for window in windows:
        window._timer.stop()


def nav(window: Window, text: str) -> NavButton:
    return next(one for one in window.findChildren(NavButton) if one.text() == text)


def foot(window: Window) -> str:
    return window._side.bill.accessibleName()


def test_before_the_core_is_loaded_a_wish_is_kept(qtbot: QtBot, dressed: QApplication) -> None:
    window = Window(Live())
    qtbot.addWidget(window)
    window.show()
    assert "Asking what is being billed..." in foot(window)
    window.go("new_run")
    runs = FakeRuns()
    window.attach(runs, (), Factories(Wizard, Result, QWidget, QWidget), Settings())  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not under_way())
    assert isinstance(window._stack.currentWidget(), Wizard)
    window._timer.stop()


def test_the_side_bar_leads_to_every_page_and_pages_are_made_once(qtbot: QtBot, opened: Open) -> None:
    window, _ = opened()
    seen = []
    for text in ("New run", "Accounts", "Bill", "Settings", "Runs", "New run"):
        qtbot.mouseClick(nav(window, text), Qt.MouseButton.LeftButton)
        assert nav(window, text).isChecked()
        seen.append(window._stack.currentWidget())
    assert len(set(seen)) == 5
    assert seen[0] is seen[-1]


def test_from_the_list_into_a_run_to_its_result(qtbot: QtBot, opened: Open) -> None:
    window, _ = opened(Story().finished().snapshot, practice().asking().snapshot)
    click(qtbot, window, "Destroy the machine...")
    assert isinstance(window._stack.currentWidget(), RunPage)
    assert "The practice machine is still there (free)" in words(window)
    assert nav(window, "Runs").isChecked()
    qtbot.mouseClick(nav(window, "Runs"), Qt.MouseButton.LeftButton)
    click(qtbot, window, "Look at the result")
    page = window._stack.currentWidget()
    assert isinstance(page, Result)
    assert page.shown == ["/home/mina/Documents/Embark/2026-01-29"]


def test_the_sample_is_two_clicks_from_the_start(qtbot: QtBot, opened: Open) -> None:
    window, runs = opened()
    click(qtbot, window, "Try it with the sample items")
    page = window._stack.currentWidget()
    assert isinstance(page, Wizard)
    assert page.sampled == 1
    story = practice().planned()
    runs.snapshots[story.run_id] = story.snapshot
    page.started.emit(story.run_id)
    qtbot.waitUntil(lambda: not under_way())
    assert isinstance(window._stack.currentWidget(), RunPage)
    assert "Sample items" in words(window)


def test_news_from_a_runs_thread_reach_the_page(qtbot: QtBot, opened: Open) -> None:
    story = practice().prepared()
    window, _ = opened(story.snapshot)
    window.open_run(story.run_id)
    window._live.post(practice().embedding(0.6, 60).snapshot)
    qtbot.waitUntil(lambda: "of 240 items" in words(window))
    assert "144" in words(window)


# --- what is billed ---------------------------------------------------------------------------------------------------


def test_the_foot_of_the_side_bar_says_what_is_billed_and_leads_to_bill(qtbot: QtBot, opened: Open) -> None:
    window, _ = opened(bills=mixed_bills())
    assert foot(window).startswith("2 machines, $0.28 an hour. $3.96 so far")
    assert "Cannot tell: RunPod does not answer" in foot(window)
    qtbot.mouseClick(window._side.bill, Qt.MouseButton.LeftButton)
    assert nav(window, "Bill").isChecked()


def test_a_run_that_rents_is_billed_at_once_and_the_accounts_are_asked(qtbot: QtBot, opened: Open) -> None:
    window, runs = opened(Story().data_read().snapshot)
    assert foot(window).startswith("Nothing is being billed")
    window._live.post(Story().rented().snapshot)
    qtbot.waitUntil(lambda: foot(window).startswith("1 machine, $0.41 an hour"))
    runs.bills = (Bill("vast", NOON, error=CloudUnreachable(cloud="vast")),)
    window._live.post(Story().finished().snapshot)
    qtbot.waitUntil(lambda: foot(window).startswith("Cannot tell: Vast.ai does not answer"))
    qtbot.waitUntil(lambda: not under_way())


def test_an_account_that_does_not_answer_for_long_is_unknown_and_never_nothing(
    qtbot: QtBot, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.window.LATE_MS", 0)
    window, runs = opened()
    assert foot(window).startswith("Nothing is being billed")
    answers, bill = threading.Event(), runs.bill
    monkeypatch.setattr(runs, "bill", lambda: answers.wait(60) and bill())
    window.go("bill")
    qtbot.waitUntil(lambda: foot(window).startswith("Cannot tell: no answer (since "))
    answers.set()
    qtbot.waitUntil(lambda: foot(window).startswith("Nothing is being billed"))


def test_what_happens_while_the_accounts_are_asked_is_asked_about_once_more(
    qtbot: QtBot, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, runs = opened()
    answers, asked = threading.Event(), list[int]()
    monkeypatch.setattr(runs, "bill", lambda: asked.append(1) or (answers.wait(60) and runs.bills))
    for _ in range(3):
        window.ask_bills()
    answers.set()
    qtbot.waitUntil(lambda: not under_way() and len(asked) == 2)


def test_a_lost_machine_is_destroyed_from_the_window_and_then_gone(qtbot: QtBot, opened: Open) -> None:
    window, runs = opened(bills=mixed_bills())
    click(qtbot, window, "Destroy RTX 3090 #555")
    qtbot.waitUntil(lambda: not under_way() and "#555" not in words(window))
    assert runs.told == [("destroy_unowned", "vast", "555")]


def test_a_destruction_that_failed_is_said_and_offered_again(qtbot: QtBot, opened: Open) -> None:
    window, runs = opened(bills=mixed_bills())
    runs.refuses = CloudUnreachable(cloud="vast")
    click(qtbot, window, "Destroy RTX 3090 #555")
    qtbot.waitUntil(lambda: not under_way() and bool(boxes()))
    assert boxes()[0].text() == "Vast.ai does not answer."
    boxes()[0].close()
    assert "Destroy RTX 3090 #555" in words(window)


def test_news_of_runs_that_another_window_carries_out_are_read_again_and_again(qtbot: QtBot, opened: Open) -> None:
    window, runs = opened(Story().embedding().snapshot)
    window._news.setInterval(5)
    qtbot.waitUntil(lambda: runs.news_read >= 3)
    window._news.stop()


# --- the end ----------------------------------------------------------------------------------------------------------


def boxes() -> list[QMessageBox]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]


def test_it_closes_without_a_question_when_nothing_goes_on(qtbot: QtBot, opened: Open) -> None:
    window, _ = opened(Story().finished().snapshot)
    with qtbot.waitSignal(window.closing):
        window.close()
    assert boxes() == []


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        (Story().embedding().snapshot, "costs $0.41 an hour while Embark is closed"),
        (Story().asking().snapshot, "is not needed any more and costs $0.41 an hour"),
        (practice().embedding(0.6, 60).snapshot, "everything else waits for the next start."),
    ],
)
def test_it_asks_in_plain_words_before_it_closes_over_something_that_goes_on(
    qtbot: QtBot, opened: Open, snapshot: Snapshot, said: str
) -> None:
    window, _ = opened(snapshot)
    window.close()
    assert window.isVisible()
    assert said in boxes()[0].informativeText()
    choices = {one.text(): one for one in boxes()[0].findChildren(QPushButton)}
    choices["Stay"].click()
    assert window.isVisible()
    window.close()
    choices = {one.text(): one for one in boxes()[0].findChildren(QPushButton)}
    with qtbot.waitSignal(window.closing):
        choices["Close Embark"].click()


def test_over_a_machine_that_only_waits_the_question_has_a_way_to_destroy_and_stays_open(opened: Open) -> None:
    window, _ = opened(Story().asking().snapshot)
    window.close()
    {one.text(): one for one in boxes()[0].findChildren(QPushButton)}["Go to Destroy"].click()
    assert boxes() == []
    assert window.isVisible()
    assert "Destroy RTX 4090 #19905787" in words(window)


def test_over_a_run_that_works_the_question_offers_no_destroy(opened: Open) -> None:
    window, _ = opened(Story().embedding().snapshot)
    window.close()
    assert [one.text() for one in boxes()[0].findChildren(QPushButton) if one.isVisible()] == ["Close Embark", "Stay"]
    boxes()[0].close()


def test_another_language_at_run_time_stays_on_the_same_page(qtbot: QtBot, opened: Open) -> None:
    window, _ = opened(Story().embedding().snapshot)
    window.open_run(Story().run_id)
    korean = Language()
    korean.speak("ko")
    window.retranslate()
    QApplication.processEvents()
    assert isinstance(window._stack.currentWidget(), RunPage)
    assert "일시 중지" in words(window)
    assert "실행" in words(window)
    korean.silence()
    window.retranslate()
    assert "Pause" in words(window)


def test_where_the_window_was_is_remembered_and_nonsense_is_ignored(qtbot: QtBot, opened: Open) -> None:
    window, _ = opened()
    window.resize(960, 650)
    said = window.geometry_text()
    other, _ = opened()
    other.restore("nonsense \u00e9")
    other.restore(said)
    assert (other.width(), other.height()) == (960, 650)


@pytest.mark.skipif(os.name != "posix", reason="Windows and macOS have a tray")
def test_without_a_tray_the_desktop_itself_is_asked_to_tell_what_matters(
    qtbot: QtBot, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, program = tmp_path / "heard", tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\necho "$3: $4" >> {heard}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    story = Story().embedding()
    window, _ = opened(story.snapshot)
    window._tray = None
    window.hide()
    for snapshot, words_said in (
        (story.tell(e.BudgetWarned()).snapshot, "of the limit is spent"),
        (Story().asking().snapshot, "has waited for your answer"),
        (
            Story().embedding().failed(InstanceLost(cloud="vast", instance_id="1")).snapshot,
            "is gone, or will never run",
        ),
        (Story().finished().snapshot, "Finished: all"),
    ):
        window.on_changed(snapshot)
        qtbot.waitUntil(lambda said=words_said: heard.exists() and said in heard.read_text())
    assert "Exam bank 2026, pictures and text: " in heard.read_text()
    lines = len(heard.read_text().splitlines())
    window.on_changed(Story().finished().snapshot)
    qtbot.wait(100)
    assert len(heard.read_text().splitlines()) == lines, "each thing once"
