"""The wizard: nothing but clicks from the sample to Start; what is wrong stands beside a grey Next; nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QTableView,
)
from pytestqt.qtbot import QtBot

from gui import tasks, theme
from gui.core.cloud.practice import PracticeCloud
from gui.core.dataset import Dataset, DataSpec, Duplicates, ProblemKind, sample_spec
from gui.core.errors import CloudUnreachable, DuplicateIds, EmbarkError, ItemsUnreadable, LocalDiskFull
from gui.core.paths import Paths
from gui.core.plan import (
    Budget,
    Draft,
    MachineChoice,
    ModelChoice,
    Page,
    Plan,
    PlanProblem,
    ResultChoice,
    Trouble,
    problems,
)
from gui.core.units import MicroUsd
from gui.language import Language
from gui.pages.new_run import NewRunPage
from gui.pages.new_run.offer_table import OfferTable
from gui.pages.new_run.worth import ProblemsDialog
from gui.text import describe_trouble
from gui.widgets.basics import PrimaryButton
from tests.fakes import LedgerCloud

ORDER = [*Page]


class Started:
    """Stands for the runs: remembers what it was asked to start."""

    def __init__(self) -> None:
        self.asked: list[tuple[Plan, Dataset | None]] = []
        self.fault: EmbarkError | None = None

    def start(self, plan: Plan, dataset: Dataset | None = None) -> str:
        if self.fault:
            raise self.fault
        self.asked.append((plan, dataset))
        return "run-1"


class Wizard:
    """A person in front of the wizard."""

    def __init__(self, qtbot: QtBot, home: Path, clouds: dict[str, object]) -> None:
        self.qtbot = qtbot
        self.runs = Started()
        self.paths = Paths(home / "data", home / "logs")
        self.page = NewRunPage(self.runs, clouds, self.paths, lambda: home / "results")  # type: ignore[arg-type]
        self.editor = self.page.editor
        qtbot.addWidget(self.page)
        self.page.resize(1064, 800)
        self.page.show()
        self.settle()

    def settle(self) -> None:
        """Until everything that was asked is answered and drawn."""

        def is_settled() -> bool:
            return self.editor.settled and tasks.under_way() == 0

        self.qtbot.waitUntil(is_settled, timeout=20_000)

    def add(self, *paths: Path) -> None:
        self.editor.add(list(paths))
        self.settle()

    def change(self, **parts: object) -> None:
        self.editor.change(replace(self.editor.plan, **parts))  # type: ignore[arg-type]
        self.settle()

    def button(self, text: str) -> QAbstractButton:
        (found,) = [one for one in self.page.findChildren(QAbstractButton) if one.text() == text and one.isVisible()]
        return found

    def click(self, text: str) -> None:
        self.qtbot.mouseClick(self.button(text), Qt.MouseButton.LeftButton)
        self.settle()

    def click_next(self) -> None:
        self.qtbot.mouseClick(self.page.next, Qt.MouseButton.LeftButton)
        self.settle()

    def go(self, page: Page) -> None:
        self.qtbot.mouseClick(self.page.pills[ORDER.index(page)], Qt.MouseButton.LeftButton)
        self.settle()

    @property
    def at(self) -> Page:
        return self.page.page.page

    def sees(self, text: str) -> bool:
        return any(text in label.text() for label in self.page.findChildren(QLabel) if label.isVisible())

    @property
    def reason(self) -> str:
        return self.page.reason.text()


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, theme.Mode.LIGHT)
    language = Language()
    language.speak("en")
    yield
    language.silence()
    qapp.setStyleSheet("")


@pytest.fixture
def open_wizard(qtbot: QtBot, tmp_path: Path) -> Callable[..., Wizard]:
    def opened(**clouds: object) -> Wizard:
        return Wizard(qtbot, tmp_path, clouds or {"practice": LedgerCloud(tmp_path / "ledger", pretend=True)})

    return opened


def items_file(path: Path, count: int, first: int = 0, **more: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    items = [
        {
            "id": f"Q-{n:04}",
            "subject": f"Subject {n % 3}",
            "content": {"question": f"Question {n}?", "choices": ["a", "b"]},
        }
        | more
        for n in range(first, first + count)
    ]
    path.write_text(json.dumps(items), encoding="utf-8")
    return path


# --- the way through --------------------------------------------------------------------------------------------------


def test_from_the_sample_to_start_are_five_clicks_and_no_typing(qtbot: QtBot, tmp_path: Path) -> None:
    wizard = Wizard(qtbot, tmp_path, {"practice": PracticeCloud(tmp_path / "practice")})
    wizard.page.use_sample()
    wizard.settle()
    visited = [wizard.at]
    for _ in range(4):
        wizard.click_next()
        visited.append(wizard.at)
    assert visited == ORDER
    assert wizard.page.next.text() == "Start (free)"
    with qtbot.waitSignal(wizard.page.started) as started:
        wizard.click_next()
    assert started.args == ["run-1"]
    ((plan, dataset),) = wizard.runs.asked
    assert dataset is not None
    assert (plan.name, dataset.report.items > 200, plan.machine.cloud) == ("Sample items", True, "practice")
    assert problems(plan, dataset.report, None) == ()
    assert plan.result.folder.is_relative_to(tmp_path / "results")


def test_a_click_on_next_before_everything_is_read_goes_on_as_soon_as_it_is(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.editor.change(replace(wizard.editor.plan, name="changed"))
    assert not wizard.editor.settled
    wizard.click_next()
    assert wizard.at is Page.MODEL


def test_back_loses_nothing_and_later_pages_open_only_when_nothing_is_wrong(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    assert [pill.isEnabled() for pill in wizard.page.pills] == [True, False, False, False, False]
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.REVIEW)
    assert wizard.at is Page.REVIEW
    plan = wizard.editor.plan
    for page in reversed(ORDER[:-1]):
        wizard.click("Back")
        assert wizard.at is page
    wizard.click_next()
    assert wizard.editor.plan == plan
    wizard.change(budget=Budget(MicroUsd(0)))
    assert [pill.isEnabled() for pill in wizard.page.pills] == [True, True, True, True, False]


def test_a_run_that_cannot_start_is_said_and_can_be_started_again(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.REVIEW)
    wizard.runs.fault = LocalDiskFull(path=str(tmp_path))
    wizard.click_next()
    assert wizard.at is Page.REVIEW
    assert wizard.sees("full")
    wizard.runs.fault = None
    wizard.click_next()
    assert len(wizard.runs.asked) == 1


def test_the_review_can_be_read_aloud_and_a_rented_machine_says_what_it_spends(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard(vast=LedgerCloud(tmp_path / "ledger", name="vast"))
    wizard.change(machine=replace(wizard.editor.plan.machine, cloud="vast"))
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.REVIEW)
    assert wizard.sees("Embark will rent RTX 4090 in Hanoi, VN for about")
    assert wizard.sees("3 items")
    assert wizard.sees("never more than $5.00")
    assert wizard.page.next.text() == "Start and spend up to $5.00"


# --- what stands in the way -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "changes", "trouble", "detail"),
    [
        (Page.ITEMS, {"data": DataSpec()}, Trouble.NO_ITEMS, ""),
        (Page.MODEL, {"model": ModelChoice("/no/model")}, Trouble.MODEL_FOLDER_MISSING, "/no/model"),
        (Page.MODEL, {"model": ModelChoice("!")}, Trouble.MODEL_UNKNOWN, ""),
        (Page.MODEL, {"model": ModelChoice(precision="int4")}, Trouble.PRECISION_UNKNOWN, "bf16, fp16, fp32"),
        (Page.MODEL, {"model": ModelChoice(dimensions=7)}, Trouble.DIMENSIONS_WRONG, "1792"),
        (Page.MACHINE, {"machine": MachineChoice("gone")}, Trouble.CLOUD_UNKNOWN, "practice"),
        (Page.MACHINE, {"machine": MachineChoice(gpus=("none",))}, Trouble.NO_OFFER, ""),
        (Page.BUDGET, {"budget": Budget(MicroUsd(0))}, Trouble.LIMIT_NOT_POSITIVE, ""),
        (Page.BUDGET, {"budget": Budget(lease_minutes=1)}, Trouble.LEASE_TOO_SHORT, "10"),
    ],
)
def test_each_trouble_makes_next_grey_and_says_why(
    open_wizard: Callable[..., Wizard],
    tmp_path: Path,
    page: Page,
    changes: dict[str, object],
    trouble: Trouble,
    detail: str,
) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(page)
    wizard.change(**changes)
    assert not wizard.page.next.isEnabled()
    assert wizard.reason == describe_trouble(PlanProblem(page, trouble, detail))


def test_a_disk_too_small_and_a_folder_with_a_result_are_said(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.MACHINE)
    wizard.change(machine=MachineChoice(disk_gb=0))
    assert not wizard.page.next.isEnabled()
    assert "disk is too small" in wizard.reason
    wizard.change(machine=MachineChoice(disk_gb=1))
    wizard.click_next()
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "vectors.npz").touch()
    wizard.change(result=ResultChoice(tmp_path / "old"))
    assert "There is a result in" in wizard.reason
    assert not wizard.page.next.isEnabled()


def test_the_review_leads_to_the_page_where_it_can_be_mended(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.REVIEW)
    wizard.change(budget=Budget(MicroUsd(0)))
    assert not wizard.page.next.isEnabled()
    wizard.click("Go to Budget")
    assert wizard.at is Page.BUDGET


def test_a_limit_below_the_estimate_is_raised_by_one_click(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard(vast=LedgerCloud(tmp_path / "ledger", name="vast"))
    wizard.change(machine=replace(wizard.editor.plan.machine, cloud="vast"))
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.BUDGET)
    wizard.change(budget=Budget(MicroUsd(1000)))
    assert not wizard.page.next.isEnabled()
    assert "below what the run will cost" in wizard.reason
    wizard.click("Set to $0.50")
    assert wizard.page.next.isEnabled()
    assert wizard.editor.plan.budget.limit == 500_000


# --- items ------------------------------------------------------------------------------------------------------------


def test_what_was_found_is_said_in_numbers_and_sources_come_out_one_by_one(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 30), items_file(tmp_path / "b.json", 12, first=30))
    assert wizard.sees("42")
    assert wizard.sees("items in 2 files")
    assert wizard.sees("Question 0?")
    wizard.click("a.json  \u2715")
    assert wizard.editor.plan.data.items == (str(tmp_path / "b.json"),)
    assert wizard.sees("items in 1 file")
    wizard.click("b.json  \u2715")
    assert wizard.editor.report is None
    assert wizard.sees("Drop your files, folders or zips here")


def test_dropped_files_are_read(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard()
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(items_file(tmp_path / "some" / "a.json", 5).parent))])
    event = QDropEvent(
        QPointF(QPoint(50, 50)),
        Qt.DropAction.CopyAction,
        dropped,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    wizard.page.page.dropEvent(event)
    wizard.settle()
    assert wizard.editor.report is not None
    assert wizard.editor.report.items == 5
    assert wizard.editor.plan.name == "a"


def test_two_items_of_one_id_are_resolved_by_one_choice(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 5), items_file(tmp_path / "b.json", 5, first=4))
    assert isinstance(wizard.editor.failure, DuplicateIds)
    assert wizard.sees("Q-0004")
    assert wizard.sees("a.json")
    assert wizard.sees("b.json")
    assert not wizard.page.next.isEnabled()
    wizard.click("Keep the first (1 left out)")
    assert wizard.editor.report is not None
    assert wizard.editor.report.count(ProblemKind.ITEM_COPY) == 1
    assert wizard.page.next.isEnabled()
    wizard.add(items_file(tmp_path / "c.json", 3, first=90))
    assert wizard.editor.plan.data.duplicates is Duplicates.ERROR  # the answer was about other files


def test_a_file_that_is_cut_off_is_said_and_read_again_when_mended(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    file = items_file(tmp_path / "a.json", 5)
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    wizard.add(file)
    assert isinstance(wizard.editor.failure, ItemsUnreadable)
    assert wizard.sees("a.json is cut off")
    assert not wizard.page.next.isEnabled()
    file.write_text(whole)
    wizard.click("Read again")
    assert wizard.page.next.isEnabled()
    assert not wizard.sees("cut off")


def test_only_the_newest_reading_counts(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard()
    large, small = items_file(tmp_path / "large.json", 20_000), items_file(tmp_path / "small.json", 3)
    plan = wizard.editor.plan
    wizard.editor.change(replace(plan, data=DataSpec(items=(str(large),))))
    wizard.editor.change(replace(plan, data=DataSpec(items=(str(small),))))
    wizard.settle()
    assert wizard.editor.report is not None
    assert wizard.editor.report.items == 3


def test_what_is_worth_a_look_opens_to_the_items_and_is_saved_as_a_table(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.new("RGB", (40, 30), "red").save(pictures / "there.png")
    wizard.add(
        items_file(tmp_path / "a.json", 4, has_image=True, image="there.png"),
        items_file(tmp_path / "b.json", 7, first=10, has_image=True, image="lost.png"),
        pictures,
    )
    assert wizard.sees("of 11 pictures found (36.3\u00a0%)")
    wizard.click("7")
    (dialog,) = wizard.page.findChildren(ProblemsDialog)
    table = dialog.findChild(QTableView).model()
    assert table.rowCount() == 7
    assert table.index(0, 0).data() == "Q-0010"
    assert table.index(0, 2).data() == "lost.png"
    dialog.accept()
    wizard.page.page._worth.save(str(tmp_path / "worth.csv"))  # type: ignore[attr-defined]
    wizard.settle()
    assert (tmp_path / "worth.csv").read_text(encoding="utf-8-sig").count("image-not-found,") == 7
    wizard.page.page._worth.save(str(tmp_path / "b.json" / "worth.csv"))  # type: ignore[attr-defined]
    wizard.settle()
    assert wizard.sees("Could not be saved there")


def test_who_begins_a_run_of_their_own_finds_their_own_files_on_the_coloured_button(
    open_wizard: Callable[..., Wizard],
) -> None:
    wizard = open_wizard()
    coloured = [one.text() for one in wizard.page.findChildren(PrimaryButton) if one.isVisible()]
    assert coloured == ["Add files...", "Next: Model"]


def test_the_template_is_tried_on_the_items_while_it_is_typed(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    assert wizard.sees("문제: Question 0?")
    wizard.click("Change how items become text")
    field = wizard.page.findChild(QPlainTextEdit)
    field.setPlainText("{subject}: {question}")
    assert wizard.sees("Subject 0: Question 0?")
    field.setPlainText("{subjekt}")
    assert not wizard.button("Use this text").isEnabled()
    assert wizard.sees("{subjekt}")
    field.setPlainText("{subject}: {question}")
    wizard.click("Use this text")
    assert wizard.editor.plan.data.template == "{subject}: {question}"
    assert wizard.editor.dataset is not None
    assert wizard.editor.dataset.items[0].text == "Subject 0: Question 0?"


# --- model and machine ------------------------------------------------------------------------------------------------


def test_a_model_is_chosen_by_its_card_and_what_does_not_fit_says_so(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard(practice=PracticeCloud(tmp_path / "practice"))
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.click_next()
    assert wizard.sees("words do not find pictures")
    assert wizard.sees("Recommended")
    wizard.click("Qwen3-Embedding-0.6B")
    assert wizard.editor.plan.model.name == "Qwen/Qwen3-Embedding-0.6B"
    assert wizard.sees("Downloads 1.2 GB first")
    wizard.click("The practice model")
    assert wizard.editor.plan.model == ModelChoice()


def test_a_model_folder_is_priced_like_any_other(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.click_next()
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text('{"hidden_size": 384}')
    wizard.page.page._folder_card.choose(str(tmp_path / "model"))  # type: ignore[attr-defined]
    wizard.settle()
    assert wizard.editor.plan.model.name == str(tmp_path / "model")
    assert wizard.page.next.isEnabled()


def test_a_folder_that_is_not_chosen_after_all_leaves_the_model_as_it_was(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.click_next()
    wizard.click("A model in a folder on this computer")
    dialog = wizard.page.findChild(QFileDialog)
    dialog.reject()
    wizard.settle()
    assert wizard.button("The practice model").isChecked()
    assert wizard.editor.plan.model == ModelChoice()


def test_a_machine_is_chosen_by_a_click_or_by_the_keys(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard(vast=LedgerCloud(tmp_path / "ledger", name="vast"))
    wizard.change(machine=replace(wizard.editor.plan.machine, cloud="vast"))
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.MACHINE)
    table = wizard.page.findChild(OfferTable)
    assert table.model().index(1, 1).data().startswith("Recommended: cheapest in all")
    place = table.visualRect(table.model().index(2, 1)).center()
    wizard.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    wizard.settle()
    assert wizard.editor.plan.machine.offer_id == "b"
    wizard.qtbot.keyClick(table, Qt.Key.Key_Up)
    wizard.settle()
    assert wizard.editor.plan.machine.offer_id == "a"
    assert wizard.sees("owner of a rented machine can read")


def test_a_cloud_that_does_not_answer_is_never_an_empty_table(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    cloud = LedgerCloud(tmp_path / "ledger", faults={"offers": [CloudUnreachable(cloud="practice")] * 2})
    wizard = open_wizard(practice=cloud)
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.MACHINE)
    assert not wizard.page.next.isEnabled()
    assert "does not answer" in wizard.reason
    cloud.faults.clear()
    wizard.click("Look again")
    assert wizard.page.next.isEnabled()


# --- the draft --------------------------------------------------------------------------------------------------------


def test_a_half_made_plan_survives_closing_the_program(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.change(budget=Budget(MicroUsd(7_000_000), 90))
    plan = wizard.editor.plan
    wizard.page.hide()
    wizard.settle()
    again = open_wizard()
    assert again.editor.plan == plan
    assert again.editor.report is not None
    assert again.editor.report.items == 3


def test_the_sample_replaces_a_half_made_plan_only_when_one_says_so(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "own.json", 3))
    mine = wizard.editor.plan
    for answer, kept in (("Keep my plan", True), ("Try it with the sample items", False)):
        wizard.page.use_sample()
        (box,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]
        next(button for button in box.buttons() if button.text() == answer).click()
        wizard.settle()
        assert (wizard.editor.plan == mine) is kept
    assert wizard.editor.plan.data == sample_spec()


def test_the_draft_is_gone_when_the_run_starts(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.REVIEW)
    wizard.page.editor.save_now()
    wizard.click_next()
    assert len(wizard.runs.asked) == 1
    assert Draft(wizard.paths.draft).load() is None
    assert wizard.at is Page.ITEMS
    assert wizard.editor.plan.data == DataSpec()


def test_a_damaged_draft_opens_an_empty_wizard(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "draft.toml").write_bytes(b"\xff[")
    assert open_wizard().editor.plan.data == DataSpec()


def test_another_language_keeps_the_page_and_the_plan(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.BUDGET)
    plan = wizard.editor.plan
    QApplication.sendEvent(wizard.page, QEvent(QEvent.Type.LanguageChange))
    before = wizard.page.next
    wizard.qtbot.waitUntil(lambda: wizard.page.next is not before)
    wizard.settle()
    assert (wizard.at, wizard.editor.plan) == (Page.BUDGET, plan)
    wizard.click_next()
    assert wizard.at is Page.REVIEW


def test_closing_in_the_middle_of_reading_ends_the_reading_quietly(
    open_wizard: Callable[..., Wizard], tmp_path: Path
) -> None:
    wizard = open_wizard()
    large = items_file(tmp_path / "large.json", 20_000)
    wizard.editor.change(replace(wizard.editor.plan, data=DataSpec(items=(str(large),))))
    wizard.page.close()
    wizard.page.deleteLater()
    QApplication.sendPostedEvents(wizard.page, QEvent.Type.DeferredDelete)
    wizard.qtbot.waitUntil(lambda: tasks.under_way() == 0, timeout=20_000)


def test_many_quick_changes_end_at_the_last_one(open_wizard: Callable[..., Wizard], tmp_path: Path) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 3))
    for limit in range(1, 60):
        plan = wizard.editor.plan
        wizard.editor.change(
            replace(plan, budget=Budget(MicroUsd(limit * 1_000_000)), machine=MachineChoice(disk_gb=limit))
        )
    wizard.settle()
    wizard.page.editor.save_now()
    wizard.settle()
    assert wizard.editor.outlook is not None
    assert wizard.editor.problems(Page.MACHINE) == (PlanProblem(Page.MACHINE, Trouble.NO_OFFER),)  # 59 of 50 GB
    kept = Draft(wizard.paths.draft).load()
    assert kept is not None
    assert kept.budget.limit == 59_000_000


# --- how the model reads ----------------------------------------------------------------------------------------------


@pytest.fixture
def reading(open_wizard: Callable[..., Wizard], tmp_path: Path) -> Wizard:
    """At the Model page, a model that sees chosen, everything about its reading shown."""
    clouds = {name: LedgerCloud(tmp_path / name, name, pretend=name == "practice") for name in ("practice", "vast")}
    wizard = open_wizard(**clouds)
    picture = tmp_path / "0.png"
    Image.new("RGB", (700, 500)).save(picture)
    wizard.add(items_file(tmp_path / "a.json", 300, image="0.png"), picture)
    model = ModelChoice("Qwen/Qwen3-VL-Embedding-8B")
    wizard.change(model=model, machine=MachineChoice("vast", disk_gb=60))
    wizard.go(Page.MODEL)
    wizard.click("More: how the model reads your items")
    return wizard


def test_each_size_of_pictures_has_its_tokens_time_and_price_or_is_said_to_change_nothing(reading: Wizard) -> None:
    assert reading.sees("Small (0.3 megapixels): 256 tokens each on average, about ")
    assert reading.sees("Medium (1 megapixel): 352 tokens each on average, about ")
    assert reading.sees("Large (1.8 megapixels): changes nothing, all your pictures are smaller anyway.")
    assert reading.sees("$")


def test_pictures_whose_size_is_not_known_yet_are_counted_as_large_and_said(reading: Wizard, tmp_path: Path) -> None:
    assert not reading.sees("is not known yet")
    Image.new("RGB", (700, 500)).save(tmp_path / "1.tif")
    reading.add(items_file(tmp_path / "b.json", 100, first=300, image="1.tif"))
    assert reading.sees("Large (1.8 megapixels): 714 tokens each on average, about ")  # 300 of 352, 100 of 1,800
    assert reading.sees("The size of 100 pictures is not known yet: counted as the largest allowed.")


def test_a_report_on_the_precision_is_asked_for_with_its_price_beside_it(reading: Wizard) -> None:
    assert reading.sees("Takes about ")
    reading.click("Say what it changes")
    assert reading.editor.plan.model.precision_report
    reading.change(model=ModelChoice("Qwen/Qwen3-VL-Embedding-8B", precision="fp32"))
    assert reading.sees("there is nothing to compare")


def test_a_precision_in_which_the_model_overflows_is_refused_before_anything_is_rented(reading: Wizard) -> None:
    reading.change(model=ModelChoice("Qwen/Qwen3-Embedding-8B", precision="fp16"))
    assert "fp16" in reading.reason
    assert "bf16, fp32" in reading.reason
