"""A time series in the window: a CSV file is dropped, windows are chosen, prompts shown; at the end files written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui import tasks
from gui.core.dataset import SeriesSpec, Split
from gui.core.errors import SeriesUnreadable
from gui.core.paths import Paths
from gui.core.plan import GPT2, SERIES_SHARD_ROWS, ModelChoice, Page, Plan, Trouble
from gui.language import Language
from gui.pages.new_run import NewRunPage
from gui.pages.new_run.model import ModelCard
from gui.pages.new_run.reading import More
from gui.pages.new_run.series import SeriesCard
from gui.pages.result import ResultPage
from gui.text import describe_error
from gui.widgets.basics import LinkButton
from gui.widgets.item_card import ItemCard
from remote_worker.prompts import Mask
from tests.dataset.making import write_items, write_series
from tests.fakes import LedgerCloud
from tests.result.series_making import SERIES, make_series


class NoRuns:
    def start(self, plan: Plan, dataset: object = None) -> str:
        raise AssertionError("nobody pressed Start")


class Wizard:
    def __init__(self, qtbot: QtBot, home: Path) -> None:
        self.qtbot = qtbot
        clouds = {"practice": LedgerCloud(home / "ledger", pretend=True)}
        self.page = NewRunPage(NoRuns(), clouds, Paths(home / "d", home / "l"), lambda: home / "results")  # type: ignore[arg-type]
        self.editor = self.page.editor
        qtbot.addWidget(self.page)
        self.page.resize(1064, 800)
        self.page.show()
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.editor.settled and tasks.under_way() == 0, timeout=20_000)

    def drop(self, *paths: Path) -> None:
        self.editor.add([*paths])
        self.settle()

    def go(self, page: Page) -> None:
        self.page.pills[[*Page].index(page)].click()
        self.settle()

    @property
    def card(self) -> SeriesCard:
        return self.page.findChild(SeriesCard)

    @property
    def series(self) -> SeriesSpec:
        assert self.editor.plan.data.series is not None
        return self.editor.plan.data.series


@pytest.fixture
def wizard(qtbot: QtBot, tmp_path: Path, dressed: QApplication) -> Iterator[Wizard]:
    made = Wizard(qtbot, tmp_path)
    yield made
    made.settle()


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_dropped_csv_file_is_a_time_series_for_gpt2(wizard: Wizard, tmp_path: Path) -> None:
    wizard.drop(write_series(tmp_path, rows=1000, variables=3))
    plan = wizard.editor.plan
    assert (plan.model.name, plan.shard_rows, plan.name) == (GPT2.name, SERIES_SHARD_ROWS, "weather")
    assert plan.model.precision == "fp32"
    assert wizard.card.isVisible()
    said = texts(wizard.page)
    assert "variables in 1,000 rows" in said
    assert "of the 1,024 tokens it may have" in said
    assert not wizard.editor.problems(Page.ITEMS)


def test_three_prompts_are_shown_as_the_model_reads_them(wizard: Wizard, tmp_path: Path) -> None:
    wizard.drop(write_series(tmp_path, rows=1000))
    cards = [texts(card) for card in wizard.page.findChildren(ItemCard) if card.isVisible()]
    assert len(cards) == 3
    assert "Forecast the values for the next <24> minutes" in cards[0]
    assert "The values for the next <24> minutes are <" in cards[1]
    assert "Change how items become text" not in texts(wizard.page)


def test_what_is_chosen_of_the_windows_is_in_the_plan(wizard: Wizard, tmp_path: Path) -> None:
    wizard.drop(write_series(tmp_path, rows=1000))
    card = wizard.card
    card.history.setValue(48)
    card.lengths.setText("12; 6".replace(";", ","))
    card.lengths.editingFinished.emit()
    card.split.setCurrentIndex(card.split.findData(Split.TEST))
    card.split.activated.emit(0)
    card.seeing.setCurrentIndex(card.seeing.findData(Mask.BOTH_WAYS))
    card.seeing.activated.emit(0)
    wizard.settle()
    assert (wizard.series.history, wizard.series.output_lengths) == (48, (6, 12))
    assert (wizard.series.split, wizard.series.mask) == (Split.TEST, Mask.BOTH_WAYS)
    assert isinstance(wizard.series.mask, Mask)
    card.lengths.setText("twelve")
    card.lengths.editingFinished.emit()
    assert card.lengths.text() == "6, 12"


def test_lengths_that_gpt2_cannot_read_stand_beside_a_grey_next(wizard: Wizard, tmp_path: Path) -> None:
    wizard.drop(write_series(tmp_path, rows=2000, largest=20_000))
    assert [one.trouble for one in wizard.editor.problems(Page.ITEMS)] == [Trouble.SERIES_TOO_LONG]
    assert not wizard.page.next.isEnabled()
    assert "Use output lengths up to" in wizard.page.reason.text()
    wizard.editor.read_series(replace(wizard.series, output_lengths=(24,)))
    wizard.settle()
    assert wizard.page.next.isEnabled()


def test_a_file_that_is_no_series_says_why(wizard: Wizard, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("date,a\n2020-01-01,1\nyesterday,2\n")
    wizard.drop(tmp_path / "x.csv")
    assert "Line 3 of x.csv does not begin with a date" in texts(wizard.page)


def test_where_a_file_is_wrong_is_said_in_korean(korean: Language) -> None:
    error = SeriesUnreadable(path="x.csv", reason="number", line=1003, column="p (mbar)")
    assert describe_error(error)[0] == "x.csv 1,003번째 줄의 p (mbar) 열에 숫자가 없어요."


def test_items_dropped_afterwards_take_its_place_and_the_other_way_round(wizard: Wizard, tmp_path: Path) -> None:
    series = write_series(tmp_path, rows=1000)
    items = write_items(tmp_path, [{"id": "1", "question": "Why?"}])
    wizard.drop(series)
    wizard.drop(items)
    assert wizard.editor.plan.data.series is None
    assert not wizard.card.isVisible()
    wizard.drop(series)
    assert wizard.editor.plan.data.series is None  # until the person says so
    wizard.editor.begin_with_table()
    wizard.settle()
    assert wizard.editor.plan.data.items == ()
    assert wizard.series.file == str(series)


def test_the_model_page_shows_what_reads_a_series(wizard: Wizard, tmp_path: Path) -> None:
    wizard.drop(write_series(tmp_path, rows=1000))
    wizard.go(Page.MODEL)
    shown = [card.model.name for card in wizard.page.findChildren(ModelCard) if card.isVisible()]
    assert GPT2.name in shown
    assert not any("VL" in name or name == "practice" for name in shown)
    assert "time series are embedded with" in texts(wizard.page)


def test_more_offers_what_a_series_heeds_and_nothing_else(wizard: Wizard, tmp_path: Path) -> None:
    wizard.drop(write_series(tmp_path, rows=1000))
    wizard.go(Page.MODEL)
    link = next(one for one in wizard.page.findChildren(LinkButton) if one.text().startswith("More"))
    assert "prompts" in link.text()
    link.click()
    more = wizard.page.findChild(More)
    assert more.precision.isVisible()
    assert more.report.isVisible()
    assert not any(field.isVisible() for field in (more.recipe, more.instruction, more.dimensions, more.pixels))
    assert "the state of its last token" in texts(more)
    assert not any(word in texts(more) for word in ("Recipe", "Instruction", "Numbers an item", "Pictures", "items"))
    wizard.drop(write_items(tmp_path, [{"id": "1", "question": "Why?"}]))
    assert more.recipe.isVisible()
    assert "Recipe" in texts(more)


def test_what_was_chosen_for_items_does_not_come_along(wizard: Wizard, tmp_path: Path) -> None:
    for_items = ModelChoice("Qwen/Qwen3-Embedding-0.6B", "query", "Find it.", "fp32", 64, 1_000_000, True)
    wizard.editor.change(replace(wizard.editor.plan, model=for_items))
    wizard.drop(write_series(tmp_path, rows=1000))
    heeded = ModelChoice("Qwen/Qwen3-Embedding-0.6B", precision="fp32", precision_report=True)
    assert wizard.editor.plan.model == heeded
    wizard.editor.begin(replace(wizard.editor.plan, model=for_items))
    wizard.settle()
    assert wizard.editor.plan.model == heeded


def test_the_review_speaks_of_prompts_and_of_no_pictures(wizard: Wizard, tmp_path: Path) -> None:
    wizard.drop(write_series(tmp_path, rows=1000))
    wizard.go(Page.REVIEW)
    said = texts(wizard.page)
    assert f"{wizard.editor.report.items:,} prompts" in said  # type: ignore[union-attr]
    assert "Pictures" not in said


@pytest.fixture
def result(qtbot: QtBot, tmp_path: Path, dressed: QApplication) -> ResultPage:
    page = ResultPage()
    qtbot.addWidget(page)
    page.resize(1064, 800)
    page.show()
    page.show_result(make_series(tmp_path / "result", tmp_path))
    qtbot.waitUntil(lambda: tasks.under_way() == 0, timeout=20_000)
    return page


def test_the_result_page_tells_of_each_output_length(result: ResultPage) -> None:
    said = texts(result)
    for length in (2, 5, 9):
        assert f"Length {length}" in said
        assert f"{SERIES.windows(length)} windows x 3 variables x 12" in said
    assert "checked" in said
    assert not result.items.isVisible()


def test_hdf5_files_are_written_where_the_person_says(result: ResultPage, qtbot: QtBot, tmp_path: Path) -> None:
    result.series.seed.setValue(9)
    result.series._begin(str(tmp_path / "out"))
    qtbot.waitUntil(lambda: tasks.under_way() == 0, timeout=20_000)
    files = len(list((tmp_path / "out").rglob("*.h5")))
    assert f"{files} files written" in texts(result)
    result.series.seed.setValue(10)
    result.series._begin(str(tmp_path / "out"))
    qtbot.waitUntil(lambda: tasks.under_way() == 0, timeout=20_000)
    assert "There is something else in out" in texts(result)


def test_an_export_can_be_stopped(result: ResultPage, qtbot: QtBot, tmp_path: Path) -> None:
    result.series._begin(str(tmp_path / "out"))
    result.series._end()
    qtbot.waitUntil(lambda: tasks.under_way() == 0, timeout=20_000)
    assert result.series.write.isVisible()
    assert "files written" not in texts(result)


def test_an_ordinary_result_afterwards_is_shown_as_ever(result: ResultPage, qtbot: QtBot, tmp_path: Path) -> None:
    from tests.result.exam import make_exam

    make_exam(tmp_path / "exam", 6)
    result.show_result(tmp_path / "exam" / "result")
    qtbot.waitUntil(result.items.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: tasks.under_way() == 0, timeout=20_000)
    assert not result.series.isVisible()
