"""The list of runs: two large choices, or one row a run with the one thing to do next."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gui.core.errors import InstanceLost
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.state import Snapshot
from gui.core.units import MicroUsd
from gui.pages.runs import AT_ONCE, RunRow, RunsPage
from gui.widgets.basics import Elided
from tests.gui.scenes import NOON, FakeRuns, Story, instance, mixed_bills, practice
from tests.gui.test_run_page import buttons, click, words


@pytest.fixture
def page(qtbot: QtBot, dressed: QApplication) -> RunsPage:
    made = RunsPage()
    qtbot.addWidget(made)
    made.resize(1064, 800)
    made.show()
    return made


def test_nothing_is_claimed_before_the_runs_are_known(page: RunsPage) -> None:
    assert buttons(page) == []


def test_the_first_time_there_are_two_choices(qtbot: QtBot, page: RunsPage) -> None:
    page.set_runs(())
    assert "free, no account, about 2 minutes" in words(page)
    with qtbot.waitSignal(page.sample_wanted):
        click(qtbot, page, "Try it with the sample items")
    with qtbot.waitSignal(page.new_run_wanted):
        click(qtbot, page, "New run")


NEXT: dict[str, Snapshot] = {
    "Watch": Story().embedding().snapshot,
    "Continue...": Story().embedding().tell(e.PauseWanted()).tell(e.Paused()).snapshot,
    "Look at the result": Story().finished().snapshot,
}


@pytest.mark.parametrize("action", NEXT)
def test_each_run_has_the_one_thing_to_do_next(qtbot: QtBot, page: RunsPage, action: str) -> None:
    page.set_runs((NEXT[action],))
    assert buttons(page) == ["New run", action]
    signal = page.result_wanted if action == "Look at the result" else page.opened
    with qtbot.waitSignal(signal):
        click(qtbot, page, action)


@pytest.mark.parametrize("kept", [False, True])
def test_a_finished_run_whose_machine_is_there_shows_its_result_and_says_what_would_be_destroyed(
    qtbot: QtBot, page: RunsPage, kept: bool
) -> None:
    story = Story().asking()
    page.set_runs((story.tell(e.KeepWanted()).snapshot if kept else story.snapshot,))
    assert buttons(page) == ["New run", "Look at the result", "Destroy the machine..."]
    with qtbot.waitSignal(page.result_wanted):
        click(qtbot, page, "Look at the result")
    with qtbot.waitSignal(page.opened):
        click(qtbot, page, "Destroy the machine...")


def test_a_machine_whose_run_has_no_result_offers_none(page: RunsPage) -> None:
    stopped = Story().embedding().tell(e.StopWanted()).tell(e.StepStarted(Step.RELEASE)).tell(e.DestroyAsked(0))
    page.set_runs((stopped.snapshot,))
    assert buttons(page) == ["New run", "Destroy the machine..."]


def test_a_row_says_what_the_run_is_doing_and_all_of_it_in_its_tooltip(page: RunsPage) -> None:
    page.set_runs((Story().asking().snapshot,))
    said = "Everything is on this computer and checked. One thing is left: the machine."
    assert said in words(page)
    (line,) = [one for one in page.findChildren(Elided) if one.text() == said]
    assert line.toolTip() == said


def test_a_row_shows_name_items_and_cost_and_practice_is_free(page: RunsPage) -> None:
    failed = Story("20260128-0").embedding().failed(InstanceLost(cloud="vast", instance_id="1")).lost()
    page.set_runs((practice().asking().snapshot, failed.snapshot))
    said = words(page)
    for part in ("Sample items", "240", "free", "practice", "Exam bank 2026", "176,443", "$0.83", "in all"):
        assert part in said


def test_a_row_opens_its_run_by_mouse_and_by_keyboard(qtbot: QtBot, page: RunsPage) -> None:
    page.set_runs((Story().finished().snapshot,))
    row = page.findChild(RunRow)
    with qtbot.waitSignal(page.opened) as opened:
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert opened.args == [Story().run_id]
    with qtbot.waitSignal(page.opened):
        qtbot.keyClick(row, Qt.Key.Key_Return)


def test_news_reach_the_row_and_a_new_run_comes_on_top(page: RunsPage) -> None:
    page.set_runs((Story("20260101-0", at=NOON.replace(month=1, day=1)).finished().snapshot,))
    story = practice("20260129-9").planned()
    page.on_changed(story.snapshot)
    QApplication.processEvents()
    rows = sorted(page.findChildren(RunRow), key=lambda row: row.y())
    assert [row._run_id for row in rows] == ["20260129-9", "20260101-0"]
    page.on_changed(practice("20260129-9").asking().snapshot)
    assert "Destroy the machine..." in words(page)


def test_hundreds_of_runs_open_as_fast_as_a_few(qtbot: QtBot, page: RunsPage) -> None:
    page.set_runs(tuple(Story(f"20260101-{number:04}").planned().snapshot for number in range(AT_ONCE + 5)))
    assert len(page.findChildren(RunRow)) == AT_ONCE
    click(qtbot, page, "Show older runs")
    QApplication.processEvents()
    assert len(page._rows) == AT_ONCE + 5


def test_a_machine_of_no_run_stands_above_all_with_what_it_costs(qtbot: QtBot, page: RunsPage) -> None:
    page.set_runs(())
    page.set_bills(mixed_bills())
    said = words(page)
    assert "A machine belongs to no run and is being billed: $0.14 an hour" in said
    assert "RTX 3090 #555 at Vast.ai has cost $3.12 since" in said
    assert said.index("belongs to no run") < said.index("Try it with the sample items")
    assert [text for text in buttons(page) if "Destroy" in text] == ["Destroy RTX 3090 #555"], "never somebody else's"
    with qtbot.waitSignal(page.destroy_wanted) as wanted:
        click(qtbot, page, "Destroy RTX 3090 #555")
    assert wanted.args == ["vast", "555"]
    assert not next(one for one in page.unowned.findChildren(QPushButton)).isEnabled()


def test_a_lost_practice_machine_is_not_shown_as_money(page: RunsPage) -> None:
    from gui.core.run.runs import Bill, BillLine

    line = BillLine(instance("p1", "practice", pretend=True), "", True, MicroUsd(5000))
    page.set_runs(())
    page.set_bills((Bill("practice", NOON, (line,)),))
    said = words(page)
    assert "A practice machine belongs to no run (free)" in said
    assert "$" not in said
    assert FakeRuns().bill()[0].lines == ()
