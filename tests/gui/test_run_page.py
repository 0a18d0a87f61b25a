"""The page of a run: drawn from the snapshot alone, commands down, no question as a pop-up."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.core.errors import (
    CloudRefused,
    CloudUnreachable,
    ConnectionLost,
    InstanceLost,
    KeyringMissing,
    MachineDiskFull,
    RunBusy,
)
from gui.core.result.manifest import ReceiptCharge
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.state import Money, Snapshot
from gui.core.units import FREE, MicroUsd
from gui.pages.run import RunPage
from gui.pages.run.outcome import CostCard
from gui.tasks import under_way
from gui.widgets.step_strip import cells
from tests.gui.scenes import NOON, FakeRuns, Story, practice


@pytest.fixture
def runs() -> FakeRuns:
    return FakeRuns()


@pytest.fixture
def page(qtbot: QtBot, dressed: QApplication, runs: FakeRuns) -> RunPage:
    made = RunPage(runs)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1064, 800)
    made.show()
    return made


def words(page: QWidget) -> str:
    """Everything that can be read on the page now."""
    QApplication.processEvents()  # what was just added shows itself
    parts = [one for one in page.findChildren(QWidget) if isinstance(one, QLabel | QPushButton) and one.isVisible()]
    return "\n".join(part.text() for part in parts)


def button(page: QWidget, text: str) -> QPushButton:
    QApplication.processEvents()
    return next(one for one in page.findChildren(QPushButton) if one.text() == text and one.isVisible())


def buttons(page: QWidget) -> list[str]:
    QApplication.processEvents()
    return [one.text() for one in page.findChildren(QPushButton) if one.isVisible()]


def click(qtbot: QtBot, page: QWidget, text: str) -> None:
    qtbot.mouseClick(button(page, text), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not under_way())


def test_a_run_under_way_shows_progress_money_and_machine(page: RunPage) -> None:
    page.show_run(Story().embedding().snapshot)
    said = words(page)
    for part in ("72,342", "of 176,443 items", "$0.83", "expected in all $1.93", "limit $5.00", "$0.41 an hour"):
        assert part in said
    for part in (
        "RTX 4090 · #19905787",
        "GPU memory",
        "20.0 of 24.0 GB",
        "trusted on first use",
        "steady",
        "Embed 41 %",
    ):
        assert part in said
    assert buttons(page) == ["Pause", "Stop...", "Show raw lines"]


def test_practice_says_that_its_price_is_pretend_and_shows_memory_without_a_gpu(page: RunPage) -> None:
    page.show_run(practice().embedding(0.6, 60).snapshot)
    said = words(page)
    assert "Free\npractice" in said
    assert "The price below is pretend: nothing is charged." in said
    assert "Pretend price" in said
    assert "Memory" in said
    assert "GPU memory" not in said
    assert "verified by the cloud" in said


def test_a_renting_shows_no_machine_yet(page: RunPage) -> None:
    page.show_run(Story().data_read().snapshot)
    assert "No machine yet" in words(page)
    page.show_run(Story().planned().snapshot)
    assert "Starting." in words(page)


def test_news_of_another_run_changes_nothing(page: RunPage) -> None:
    page.show_run(Story().embedding().snapshot)
    before = words(page)
    page.on_changed(practice().asking().snapshot)
    assert words(page) == before


def test_what_waits_says_why_and_when(page: RunPage) -> None:
    page.show_run(Story().embedding().waiting(ConnectionLost(during="read")).snapshot)
    assert "The connection to the machine broke. Tried 3 times; again at" in words(page)
    assert "waits until" in words(page)
    assert "Fetch again" in words(page)


# --- commands ---------------------------------------------------------------------------------------------------------


def test_practice_pauses_at_once(qtbot: QtBot, page: RunPage, runs: FakeRuns) -> None:
    page.show_run(practice().embedding(0.6, 60).snapshot)
    click(qtbot, page, "Pause")
    assert runs.told == [("pause", page.run_id)]


def test_pausing_a_rented_machine_says_first_what_it_costs(qtbot: QtBot, page: RunPage, runs: FakeRuns) -> None:
    page.show_run(Story().embedding().snapshot)
    click(qtbot, page, "Pause")
    assert runs.told == []
    assert "RTX 4090 #19905787: it still costs $0.41 an hour while nothing is embedded." in words(page)
    asked = [one for one in page.findChildren(QPushButton) if one.text() == "Pause" and one.isEnabled()]
    qtbot.mouseClick(asked[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not under_way())
    assert runs.told == [("pause", page.run_id)]
    assert "Pause this run?" not in words(page)


def test_stopping_is_asked_in_the_page_and_can_be_taken_back(qtbot: QtBot, page: RunPage, runs: FakeRuns) -> None:
    page.show_run(Story().embedding().snapshot)
    click(qtbot, page, "Stop...")
    assert "What is finished is brought home first." in words(page)
    click(qtbot, page, "Go on")
    assert runs.told == []
    click(qtbot, page, "Stop...")
    click(qtbot, page, "Stop the run")
    assert runs.told == [("stop", page.run_id)]


def test_a_question_goes_when_the_run_has_moved_on(qtbot: QtBot, page: RunPage) -> None:
    page.show_run(Story().embedding().snapshot)
    click(qtbot, page, "Stop...")
    page.on_changed(Story().asking().snapshot)
    assert "Stop this run?" not in words(page)


def test_a_paused_run_can_be_continued_or_stopped(qtbot: QtBot, page: RunPage, runs: FakeRuns) -> None:
    page.show_run(Story().embedding().tell(e.PauseWanted()).tell(e.Paused(), 8).snapshot)
    assert "still costs $0.41 an hour" in words(page)
    assert buttons(page) == ["Stop...", "Continue", "Show raw lines"]
    click(qtbot, page, "Continue")
    assert runs.told == [("go_on", page.run_id)]


def test_a_refused_command_is_said_in_the_page(qtbot: QtBot, page: RunPage, runs: FakeRuns) -> None:
    page.show_run(practice().embedding(0.6, 60).snapshot)
    runs.refuses = RunBusy(run_id=page.run_id)
    click(qtbot, page, "Pause")
    assert "Another Embark on this computer is carrying this run out." in words(page)


# --- destroy ----------------------------------------------------------------------------------------------------------


def test_destroy_is_a_panel_with_the_machines_name_and_what_keeping_costs(
    qtbot: QtBot, page: RunPage, runs: FakeRuns
) -> None:
    page.show_run(Story().asking().snapshot)
    said = words(page)
    assert "The machine is still on: $0.41 an hour, $0.007 a minute" in said
    assert "All 176,443 vectors are in /home/mina/Documents/Embark/2026-01-29" in said
    assert "Nothing on it is needed any more." in said
    assert buttons(page)[:3] == ["Look at the result", "Destroy RTX 4090 #19905787", "Keep it (up to $9.84 a day)"]
    click(qtbot, page, "Destroy RTX 4090 #19905787")
    assert runs.told == [("destroy", page.run_id)]
    assert not button(page, "Destroy RTX 4090 #19905787").isEnabled()


def test_a_machine_that_is_stopped_is_not_said_to_be_connected(page: RunPage) -> None:
    page.show_run(Story().embedding().tell(e.RateChanged(MicroUsd(5_000), at_work=False)).snapshot)
    assert "steady" not in words(page)


def test_a_machine_that_is_not_at_work_says_what_its_disk_costs_and_what_work_would(page: RunPage) -> None:
    story = Story().embedding().tell(e.RateChanged(MicroUsd(5_000), at_work=False)).tell(e.DestroyAsked(3))
    page.show_run(story.snapshot)
    assert "The machine is not at work: $0.005 an hour for its disk, $0.41 an hour when it is" in words(page)


def test_what_would_be_lost_comes_first(page: RunPage) -> None:
    story = Story().embedding().tell(e.StopWanted()).tell(e.StepStarted(Step.RELEASE)).tell(e.DestroyAsked(3))
    page.show_run(story.snapshot)
    said = words(page)
    loss = "3 finished pieces would be lost: only this machine has them. That is up to 1,500 items to embed again."
    assert said.index(loss) < said.index("144 of 353 pieces are on this computer")
    assert "Nothing on it is needed any more." not in said
    assert "Continue on this machine" in buttons(page)


def test_a_practice_machine_is_free_to_keep_and_nobody_need_fear_for_this_computer(page: RunPage) -> None:
    page.show_run(practice().asking().snapshot)
    assert buttons(page)[1:3] == ["Destroy the practice machine", "Keep it (free)"]
    assert "Destroying it deletes that folder and nothing else." in words(page)
    assert "ends the bill" not in words(page)
    assert "wipes" not in words(page)


def test_a_machine_that_is_kept_can_still_be_destroyed(qtbot: QtBot, page: RunPage, runs: FakeRuns) -> None:
    story = Story().asking()
    page.show_run(story.snapshot)
    click(qtbot, page, "Keep it (up to $9.84 a day)")
    page.on_changed(story.tell(e.KeepWanted()).snapshot)
    assert "is kept and costs $0.41 an hour until you destroy it." in words(page)
    click(qtbot, page, "Destroy RTX 4090 #19905787")
    assert [one[0] for one in runs.told] == ["keep", "destroy"]


def test_after_destroy_the_cloud_has_confirmed_it_and_the_receipt_is_there(qtbot: QtBot, page: RunPage) -> None:
    page.show_run(Story().finished().snapshot)
    said = words(page)
    receipt = ("What it cost", "Expected", "Actual", "In all", "spent embedding")
    for part in ("Destroyed, and Vast.ai confirms it.", *receipt):
        assert part in said
    with qtbot.waitSignal(page.result_wanted) as wanted:
        click(qtbot, page, "Look at the result")
    assert wanted.args == ["/home/mina/Documents/Embark/2026-01-29"]


def costs(page: RunPage) -> list[tuple[str, str, str]]:
    """The table of what it cost, row by row."""
    QApplication.processEvents()
    (card,) = page.findChildren(CostCard)
    grid = card._grid
    rows = range(0, grid.rowCount(), 2)
    cells = [[grid.itemAtPosition(row, column) for column in range(3)] for row in rows]
    return [tuple(cell.widget().text() for cell in row if cell) for row in cells if all(row)]  # type: ignore[misc]


def dollars(text: str) -> Decimal:
    return Decimal(text.replace("$", "") or 0)


def test_what_it_cost_adds_up_line_by_line_in_one_number_of_digits(page: RunPage) -> None:
    page.show_run(Story().finished().snapshot)
    (_, *lines, in_all, embedding) = costs(page)
    assert [row[0] for row in (in_all, embedding)] == ["In all", "spent embedding"]
    assert in_all[1:] == ("$1.93", "$1.93")
    for column in (1, 2):
        assert sum(dollars(row[column]) for row in lines) == dollars(in_all[column])
        assert {len(row[column].partition(".")[2]) for row in lines if row[column]} == {2}
    assert "account" not in str(lines)


def test_where_the_provider_billed_something_else_a_line_says_so(page: RunPage) -> None:
    story = Story().finished()
    charges = tuple(
        ReceiptCharge(story.instance, kind, MicroUsd(amount), NOON, NOON, detail)
        for kind, amount, detail in (
            ("machine", 1_784_000, "4.351 hours at $0.410/hour"),
            ("disk", 12_500, "a word of the provider's own"),
        )
    )
    page.show_run(story.tell(e.Billed(MicroUsd(1_796_500), charges)).snapshot)
    rows = costs(page)
    at = [row[0] for row in rows].index("In all")
    assert rows[at][2] == "$1.80"
    assert rows[at - 1] == ("Difference to the provider's account", "", "-$0.13")
    assert sum(dollars(row[2]) for row in rows[1:at]) == dollars("$1.80")
    assert rows[at + 2 :] == [
        ("The provider's own bill", "", "$1.80"),
        ("Machine: 4.351 hours at $0.410 an hour", "", "$1.79"),
        ("Disk: a word of the provider's own", "", "$0.01"),
    ]


# --- what went wrong --------------------------------------------------------------------------------------------------


def test_while_the_bill_is_asked_for_nothing_has_to_be_waited_for(page: RunPage) -> None:
    story = Story().embedding().failed(InstanceLost(cloud="vast", instance_id="19905787"))
    story.tell(e.StepStarted(Step.RELEASE)).tell(e.DestroyIntended(story.instance))
    story.tell(e.Destroyed(story.instance, FREE))
    page.show_run(story.snapshot)
    assert story.snapshot.closing
    said = words(page)
    for part in ("Vast.ai is asked for its bill", "Destroyed, and Vast.ai confirms it.", "nothing is being billed now"):
        assert part in said
    assert "Continue" in buttons(page)
    page.show_run(story.tell(e.Ended(complete=False)).snapshot)
    assert not story.snapshot.closing
    assert "is asked for its bill" not in words(page)


def test_a_failed_run_says_what_it_means_for_money_and_data_and_what_to_do(
    qtbot: QtBot, page: RunPage, runs: FakeRuns
) -> None:
    page.show_run(Story().embedding().failed(InstanceLost(cloud="vast", instance_id="19905787")).lost().snapshot)
    said = words(page)
    assert "Machine #19905787 at Vast.ai is gone, or will never run." in said
    assert "What had come home is safe." in said
    assert "$0.83 was spent, and nothing is being billed now." in said
    with qtbot.waitSignal(page.new_run_wanted):
        click(qtbot, page, "New run")
    click(qtbot, page, "Continue")
    assert runs.told == [("go_on", page.run_id)]


def test_a_run_whose_limit_is_spent_says_so_in_time_and_goes_on_with_a_higher_one(
    qtbot: QtBot, page: RunPage, runs: FakeRuns
) -> None:
    story = Story().embedding(0.5)
    page.show_run(story.snapshot)
    assert "80 % of the limit" not in words(page)
    page.on_changed(story.tell(e.Tick(), 32_000).snapshot)
    assert "Over 80 % of the limit is spent." in words(page)
    story.tell(e.Tick(), 8_000).tell(e.LimitReached(story.snapshot.money.so_far))
    page.on_changed(story.snapshot)
    assert "The whole limit is spent." in words(page)
    page.on_changed(story.lost().snapshot)
    assert "Not complete: its limit is spent." in words(page)
    assert "Continue" not in buttons(page)
    click(qtbot, page, "Continue with up to $13.50 in all")
    assert runs.told == [("go_on", page.run_id, "limit=13500000")]


def test_at_the_limit_the_machine_that_is_asked_about_works_on_only_with_a_higher_one(
    qtbot: QtBot, page: RunPage, runs: FakeRuns
) -> None:
    story = Story().embedding(0.5)
    story.tell(e.Tick(), 40_000).tell(e.LimitReached(story.snapshot.money.so_far))
    page.show_run(story.tell(e.StepStarted(Step.RELEASE)).tell(e.DestroyAsked(2)).snapshot)
    assert "Continue on this machine" not in buttons(page)
    (words_of_it,) = (one for one in buttons(page) if one.startswith("Continue with up to $"))
    click(qtbot, page, words_of_it)
    (told,) = runs.told
    assert told[2].startswith("limit=")


def test_a_run_whose_machine_had_too_small_a_disk_goes_on_with_a_larger_one(
    qtbot: QtBot, page: RunPage, runs: FakeRuns
) -> None:
    story = Story().uploaded().failed(MachineDiskFull(free_bytes=1, needed_bytes=2), Step.UPLOAD)
    page.show_run(story.lost().snapshot)
    (button_words,) = (one for one in buttons(page) if one.startswith("Continue with a disk of"))
    click(qtbot, page, button_words)
    assert runs.told == [("go_on", page.run_id, f"disk_gb={2 * story.snapshot.plan.machine.disk_gb}")]


def test_a_refusal_for_want_of_credit_leads_to_where_it_is_added(qtbot: QtBot, page: RunPage) -> None:
    page.show_run(Story().data_read().failed(CloudRefused(cloud="vast", reason="credit"), Step.RENT).snapshot)
    with qtbot.waitSignal(page.accounts_wanted):
        click(qtbot, page, "Go to Accounts")


def test_while_a_failed_run_brings_home_what_there_is_it_cannot_be_continued_yet(page: RunPage) -> None:
    page.show_run(Story().embedding().failed(InstanceLost(cloud="vast", instance_id="1")).snapshot)
    assert "It cannot go on. What is finished is being brought home." in words(page)
    assert "$0.83 was spent so far, and RTX 4090 #19905787 still costs $0.41 an hour." in words(page)
    assert "Continue" not in buttons(page)


def test_a_stopped_run_says_what_is_on_this_computer(page: RunPage) -> None:
    page.show_run(Story().embedding().tell(e.StopWanted()).lost().snapshot)
    assert "This run was stopped before it was complete." in words(page)
    assert "72,000 of 176,443 items are embedded and on this computer." in words(page)


def test_what_was_made_on_a_machine_that_is_gone_is_not_counted_nor_its_pace_and_its_charts_shown(
    page: RunPage,
) -> None:
    story = Story().embedding()
    story.tell(e.Progress(72_400, story.items, 10.8, 9000.0))
    page.show_run(story.snapshot)
    assert "10.8 a second" in words(page)
    page.on_changed(story.tell(e.DestroyIntended(story.instance)).snapshot)
    assert "10.8 a second" not in words(page), "nothing is embedded any more"
    story.tell(e.Destroyed(story.instance, MicroUsd(830_000)))
    story.tell(e.Rented("vast", "20", "embark-x-2", "RTX 3090", story.price, False, story.at))
    page.on_changed(story.snapshot)
    said = words(page)
    assert "72,000" in said
    assert "72,400" not in said
    assert "GPU memory" not in said, "that was the other machine's"


def test_a_run_that_is_continued_is_no_longer_said_to_have_failed(page: RunPage) -> None:
    story = Story().embedding().failed(InstanceLost(cloud="vast", instance_id="1")).lost()
    page.show_run(story.snapshot)
    page.on_changed(story.tell(e.GoOnWanted()).snapshot)
    assert "is gone, or will never run" not in words(page)


# --- strip and log ----------------------------------------------------------------------------------------------------


def test_the_strip_has_seven_steps_and_no_step_is_told_by_colour_alone() -> None:
    snapshot = Story().embedding().failed(InstanceLost(cloud="vast", instance_id="1")).lost().snapshot
    shown = cells(snapshot, snapshot.at or NOON)
    assert [cell.title for cell in shown] == [
        "Rent", "Connect", "Prepare + upload", "Embed", "Fetch", "Check", "Destroy",
    ]  # fmt: skip
    assert [cell.note for cell in shown][3:] == ["did not work", "left out", "left out", "10 s"]


def test_the_log_is_in_plain_words_newest_first_and_raw_on_demand(qtbot: QtBot, page: RunPage) -> None:
    page.show_run(Story().embedding().snapshot)
    model = page._log._model
    lines = [model.data(model.index(row)) for row in range(model.rowCount())]
    assert str(lines[0]).endswith("Pieces 1 to 144 are home and checked: 72,000 vectors.")
    assert str(lines[-1]).endswith("The run begins.")
    click(qtbot, page, "Show raw lines")
    assert '"kind":"ShardHome"' in str(model.data(model.index(0)))
    click(qtbot, page, "Show plain words")
    assert [model.data(model.index(row)) for row in range(model.rowCount())] == lines


def test_a_growing_log_is_the_same_as_one_that_is_shown_at_once(page: RunPage) -> None:
    story = Story().planned()
    page.show_run(story.snapshot)
    for event in (e.StepStarted(Step.RENT), e.ShardHome(0, 5, 1, "", 0), e.ShardHome(1, 5, 1, "", 0), e.PauseWanted()):
        page.on_changed(story.tell(event).snapshot)
    model = page._log._model
    grown = [model.data(model.index(row)) for row in range(model.rowCount())]
    model.set((), raw=False)
    model.set(story.snapshot.log, raw=False)
    assert grown == [model.data(model.index(row)) for row in range(model.rowCount())]
    assert len(grown) == 4


def test_what_is_tried_all_night_is_one_line_that_counts(page: RunPage) -> None:
    story = Story().rented()
    page.show_run(story.snapshot)
    model = page._log._model
    before = model.rowCount()
    silent, cut = CloudUnreachable(cloud="vast"), ConnectionLost(during="connect")
    for tries in range(1, 9):
        again = e.StepWaiting(Step.CONNECT, type(silent).__name__, silent.record(), tries, 30.0)
        story.tell(e.StepStarted(Step.CONNECT)).tell(again)
        page.on_changed(story.snapshot)
    assert model.rowCount() == before + 2  # that it began, and the trouble
    assert "Connect: tried 8 times, again in 30 s." in str(model.data(model.index(0)))
    page.on_changed(story.tell(e.StepStarted(Step.CONNECT)).waiting(cut, Step.CONNECT).snapshot)
    assert model.rowCount() == before + 3, "another trouble"


def empty_and_odd() -> list[Snapshot]:
    base = Story().embedding().snapshot
    return [
        replace(base, rows_total=0, rows_done=0, points=(), rates=()),
        replace(base, points=tuple(replace(one, utilisation=-1.0, disk_total_bytes=0) for one in base.points)),
        replace(base, money=Money()),
        replace(base, remaining_s=-1.0, rows_per_s=0.0),
        replace(base, at=None, estimate=None),
        replace(base, log=()),
    ]


@pytest.mark.parametrize("number", range(6))
def test_what_is_not_known_breaks_nothing(page: RunPage, number: int) -> None:
    page.show_run(empty_and_odd()[number])
    page.grab()
    assert "{" not in words(page)


def test_how_much_of_the_model_has_come_stands_beside_the_upload(page: RunPage) -> None:
    story = Story().prepared()
    page.show_run(story.tell(e.WeightsProgress(3_100_000_000, 16_300_000_000, 3_100_000_000, 2.1e8)).snapshot)
    assert "3.1 of 16.3 GB, 210 MB/s" in words(page)
    page.show_run(story.tell(e.WeightsThere(16_300_000_000, 16_300_000_000, "c0de")).snapshot)
    assert "16.3 GB" in words(page)
    assert "MB/s" not in words(page)


def test_a_key_that_a_run_waits_for_is_asked_for_in_the_page(qtbot: QtBot, page: RunPage) -> None:
    page.show_run(Story().embedding().waiting(KeyringMissing()).snapshot)
    with qtbot.waitSignal(page.accounts_wanted):
        click(qtbot, page, "Go to Accounts")
