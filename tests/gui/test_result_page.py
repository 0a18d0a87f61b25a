"""On the Result page a person finds an item, sees its neighbours, walks from one to the next and back."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui import tasks
from gui.core.dataset import DataSpec
from gui.core.result.check import Check, CheckLine, CheckReport
from gui.core.result.manifest import PROBLEMS_FILE, Manifest, Receipt, read_manifest, write_manifest, write_receipt
from gui.core.result.result import VECTORS_FILE
from gui.core.units import MicroUsd
from gui.models.items import ItemFace
from gui.pages.result import ResultPage
from gui.widgets.basics import LinkButton
from remote_worker.protocol import Alarmed, Golden, GoldenRow, PrecisionReport
from tests.result.exam import make_exam, make_items
from tests.result.making import make_result, unit_vectors

Open = Callable[[Path], ResultPage]


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Open]:
    """Opens a result folder in a shown page and waits until everything about it is known."""
    pages: list[ResultPage] = []

    def open_page(folder: Path) -> ResultPage:
        if not pages:
            pages.append(ResultPage())
            qtbot.addWidget(pages[0])
            pages[0].resize(1064, 800)
            pages[0].show()
            pages[0].activateWindow()
        pages[0].show_result(folder)
        settle(qtbot)
        return pages[0]

    yield open_page
    settle(qtbot)


def settle(qtbot: QtBot) -> None:
    """Until nothing is under way, and scrolling has come to rest."""
    for _ in range(2):
        qtbot.waitUntil(lambda: tasks.under_way() == 0, timeout=20_000)
        qtbot.wait(70)
    qtbot.waitUntil(lambda: tasks.under_way() == 0, timeout=20_000)


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 items in both languages, half with a picture; that of number 10 is cut off."""
    folder = tmp_path_factory.mktemp("exam")
    make_exam(folder, 240, broken=(10,))
    return folder


@pytest.fixture
def own_exam(exam: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    make_exam(tmp_path / "own", 60)
    return tmp_path / "own"


def faces(page: ResultPage) -> list[ItemFace]:
    model = page.items.grid.model()
    return [model.index(place, 0).data(Qt.ItemDataRole.UserRole) for place in range(model.rowCount())]


def texts(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def type_search(qtbot: QtBot, page: ResultPage, words: str) -> None:
    page.items.search.setText(words)
    settle(qtbot)


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_result_opens_with_its_first_item_and_twenty_neighbours(opened: Open, exam: Path) -> None:
    page = opened(exam / "result")

    assert page.header.title.text() == "2026 문항 은행, 그림과 글"
    assert page.header.sentence.text().startswith("240 vectors · 64 dimensions · checked")
    assert page.items.count.text() == "240 items"
    assert page.items.trail == (0,)
    assert len(page.items.panel.rows) == 20
    similarities = [row.neighbour.similarity for row in page.items.panel.rows if row.neighbour]
    assert similarities == sorted(similarities, reverse=True)
    assert all(row.neighbour and row.neighbour.face.text for row in page.items.panel.rows)
    assert "그림은 전구 두 개를 직렬로 연결한 회로이다." in texts(page)
    assert "1. 두 배   2. 절반   3. 같다" in texts(page)
    assert page.banner.isHidden()


def test_the_cost_is_said_beside_the_estimate_and_practice_is_free(opened: Open, own_exam: Path) -> None:
    receipt = Receipt(actual_micro_usd=MicroUsd(1_940_000), estimate_micro_usd=MicroUsd(1_960_000))
    write_receipt(own_exam / "result", receipt)
    assert "$1.94 in all (estimate $1.96)" in opened(own_exam / "result").header.sentence.text()

    write_receipt(own_exam / "result", Receipt(actual_micro_usd=MicroUsd(20_000), pretend=True))
    assert "free (practice)" in opened(own_exam / "result").header.sentence.text()


def test_practice_says_what_it_cannot_do_and_other_models_say_nothing(opened: Open, exam: Path, tmp_path: Path) -> None:
    assert "text finds text and pictures find pictures" in texts(opened(exam / "result"))

    manifest = exam / "result" / "manifest.json"
    shutil.copytree(exam / "result", tmp_path / "other")
    text = manifest.read_text(encoding="utf-8").replace('"practice"', '"Qwen/Qwen3-VL-Embedding-8B"')
    (tmp_path / "other" / "manifest.json").write_text(text, encoding="utf-8")

    assert "text finds text" not in texts(opened(tmp_path / "other"))


def test_of_two_folders_opened_one_after_the_other_the_last_is_shown(
    opened: Open, qtbot: QtBot, exam: Path, own_exam: Path
) -> None:
    page = opened(exam / "result")

    page.show_result(own_exam / "result")
    page.show_result(exam / "result")
    page.show_result(own_exam / "result")
    settle(qtbot)

    assert page.items.count.text() == "60 items"
    assert page.header.sentence.text().startswith("60 vectors")


def test_a_result_without_a_single_vector_can_be_looked_at(opened: Open, tmp_path: Path) -> None:
    make_result(tmp_path, unit_vectors(0, 8).reshape(0, 8))

    page = opened(tmp_path)

    assert page.items.count.text() == "0 items"
    assert page.items.panel.isHidden()


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("전구", 40),
        (unicodedata.normalize("NFD", "전구"), 40),
        ("CIRCUIT bulbs", 40),
        ("kor-20171105-00012", 1),
        ("사회", 40),
        ("독서의 즐거움", 40),
        ("회로 삼각형", 0),
    ],
)
def test_words_are_found_anywhere_in_any_case_and_way_of_writing(
    opened: Open, qtbot: QtBot, exam: Path, words: str, hits: int
) -> None:
    page = opened(exam / "result")

    type_search(qtbot, page, words)

    assert page.items.grid.model().rowCount() == hits
    assert page.items.count.text() == f"{hits} of 240 items"


def test_nothing_found_is_said_and_one_click_shows_all_again(opened: Open, qtbot: QtBot, exam: Path) -> None:
    page = opened(exam / "result")
    type_search(qtbot, page, "없는 말")
    assert "No item has “없는 말” in it." in texts(page)

    page.items._show_all.click()
    settle(qtbot)

    assert page.items.count.text() == "240 items"
    assert page.items.grid.isVisible()


def test_subject_and_picture_narrow_the_hits_together(opened: Open, qtbot: QtBot, exam: Path) -> None:
    page = opened(exam / "result")

    page.items.subject.setCurrentIndex(page.items.subject.findData("과학"))
    page.items.with_picture.click()
    settle(qtbot)

    assert {(face.subject, face.has_picture) for face in faces(page)} == {("과학", True)}
    assert page.items.grid.model().rowCount() == 40


def test_typing_on_shows_the_last_word_only(opened: Open, qtbot: QtBot, exam: Path) -> None:
    page = opened(exam / "result")

    for length in range(1, len("circuit") + 1):
        page.items.search.setText("circuit"[:length])
    page.items.search.setText("삼각형")
    settle(qtbot)

    assert {face.subject for face in faces(page)} == {"수학"}


# --- walking ----------------------------------------------------------------------------------------------------------


def test_a_click_on_a_neighbour_walks_there_and_the_trail_leads_back(opened: Open, qtbot: QtBot, exam: Path) -> None:
    page = opened(exam / "result")
    first, second = page.items.panel.keys[3], None

    qtbot.mouseClick(page.items.panel.rows[3], Qt.MouseButton.LeftButton)
    settle(qtbot)
    second = page.items.panel.keys[0]
    qtbot.mouseClick(page.items.panel.rows[0], Qt.MouseButton.LeftButton)
    settle(qtbot)
    assert page.items.trail == (0, first, second)
    assert "Back" in [button.text() for button in page.items.panel.findChildren(type(page.items._show_all))]

    page.items.go_back()
    settle(qtbot)
    assert page.items.trail == (0, first)
    assert second in page.items.panel.keys

    page.items.go_back_to(0)
    settle(qtbot)
    assert page.items.trail == (0,)


def test_a_click_in_the_grid_chooses_and_begins_a_new_trail(opened: Open, qtbot: QtBot, exam: Path) -> None:
    page = opened(exam / "result")
    page.items.walk(page.items.panel.keys[0])
    grid = page.items.grid

    centre = grid.visualRect(grid.model().index(5, 0)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    settle(qtbot)

    assert page.items.trail == (5,)
    assert "SCI-20171105-00005 · 사회" in texts(page)
    assert not page.items.panel.picture.isVisible(), "it has no picture: its text is enough"


def test_the_keyboard_alone_finds_chooses_walks_and_goes_back(opened: Open, qtbot: QtBot, exam: Path) -> None:
    page = opened(exam / "result")
    items = page.items

    QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert items.search.hasFocus()
    QTest.keyClicks(items.search, "circuit")
    settle(qtbot)
    QTest.keyClick(items.search, Qt.Key.Key_Return)
    assert items.grid.hasFocus()
    QTest.keyClick(items.grid, Qt.Key.Key_Right)
    QTest.keyClick(items.grid, Qt.Key.Key_Down)
    settle(qtbot)
    here = 4 + 6 * (1 + items.grid.columns)
    assert items.trail == (here,)

    QTest.keyClick(items.grid, Qt.Key.Key_Return)
    assert items.panel.rows[0].hasFocus()
    QTest.keyClick(items.panel.rows[0], Qt.Key.Key_Down)
    assert items.panel.rows[1].hasFocus()
    there = items.panel.keys[1]
    QTest.keyClick(items.panel.rows[1], Qt.Key.Key_Return)
    settle(qtbot)
    assert items.trail == (here, there)
    assert items.panel.rows[0].hasFocus()

    QTest.keyClick(page, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    settle(qtbot)
    assert items.trail == (here,)

    QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(items.search, Qt.Key.Key_Escape)
    settle(qtbot)
    assert items.count.text() == "240 items"
    QTest.keyClick(items.search, Qt.Key.Key_Down)
    assert items.grid.hasFocus()


def test_holding_an_arrow_key_ends_at_the_item_that_is_marked(opened: Open, qtbot: QtBot, exam: Path) -> None:
    page = opened(exam / "result")

    for _ in range(30):
        QTest.keyClick(page.items.grid, Qt.Key.Key_Right)
    settle(qtbot)

    assert page.items.trail == (30,)
    assert page.items.grid.currentIndex().row() == 30
    neighbours = page._opened.neighbours.of(30)
    assert page.items.panel.keys == [one.row for one in neighbours]


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_every_picture_on_the_screen_comes_however_one_scrolls(opened: Open, qtbot: QtBot, exam: Path) -> None:
    page = opened(exam / "result")
    bar = page.items.grid.verticalScrollBar()

    for value in (*range(0, bar.maximum(), 97), bar.maximum(), 0, bar.maximum() // 2):
        bar.setValue(value)
        qtbot.wait(1)
    settle(qtbot)

    grid = page.items.grid
    places = grid._on_screen(0, grid.viewport().height())
    shown = [face for face in faces(page)[places.start : places.stop] if face.has_picture]
    assert len(shown) >= 6
    assert all(face.picture is not None for face in shown)


def test_a_broken_picture_shows_the_text_instead(opened: Open, qtbot: QtBot, exam: Path) -> None:
    page = opened(exam / "result")
    type_search(qtbot, page, "KOR-20171105-00010")

    (face,) = faces(page)
    page.items.choose(face.row)
    settle(qtbot)

    assert face.picture is None
    assert face.text
    assert not page.items.panel.picture.isVisible()


# --- when something is not as it was ----------------------------------------------------------------------------------


def test_when_the_items_are_gone_ids_and_neighbours_still_work(opened: Open, own_exam: Path) -> None:
    shutil.rmtree(own_exam / "data")

    page = opened(own_exam / "result")

    assert "Only the ids of these items can be shown" in texts(page)
    assert page.items.count.text() == "60 items"
    assert faces(page)[3].title == "SCI-20171105-00003"
    assert len(page.items.panel.keys) == 20


def test_items_that_changed_since_are_said_to_have(opened: Open, own_exam: Path) -> None:
    make_items(own_exam / "data", 55)

    page = opened(own_exam / "result")

    assert "The items have changed since this run" in texts(page)
    assert faces(page)[59].title == "SCI-20171105-00059"


def test_a_folder_that_is_no_result_is_said_in_the_page_and_the_next_one_opens(
    opened: Open, exam: Path, tmp_path: Path
) -> None:
    page = opened(tmp_path)
    assert page.banner.isVisible()
    assert not page.items.isVisible()

    page = opened(exam / "result")
    assert page.banner.isHidden()
    assert page.items.isVisible()


def test_how_right_the_vectors_are_is_told_and_of_which_items(opened: Open, own_exam: Path) -> None:
    row = GoldenRow(3, "SCI-20171105-00003", "longest", 8120, 0.99935)
    manifest = replace(
        read_manifest(own_exam / "result") or Manifest(),
        golden=Golden(True, (row,), "fp32"),
        precision_report=PrecisionReport("bf16", 200, 0, 0.99, 0.995, 0.9993, (10, 150, 199, 200), 10, 0.983, 0.7),
        alarms=(Alarmed("same-vector", 2, 60, ("a", "b")),),
        made_by={"versions": {"torch": "2.10.0"}, "pixels": 262_144},
    )
    write_manifest(own_exam / "result", manifest)
    page = opened(own_exam / "result")
    page._check_chip.click()
    assert "1 item, 0.9993 alike or more (1 = equal)." in texts(page)
    assert "With the vector of another item that reads differently: 2 items (a, b)." in texts(page)
    assert "Of an item's 10 nearest, 98.3 % stay." in texts(page)
    assert "150 of 200 items" in texts(page)
    assert {"2.10.0", "262,144"} <= set(texts(page).splitlines())
    assert "SCI-20171105-00003" not in texts(page.check.findings)
    (show,) = [one for one in page.check.findings.findChildren(QPushButton) if one.isVisible()]
    show.click()
    assert {"SCI-20171105-00003", "long", "0.9993"} <= set(texts(page.check.findings).splitlines())


def test_a_result_that_says_nothing_of_its_vectors_has_no_card_about_them(opened: Open, exam: Path) -> None:
    page = opened(exam / "result")
    page._check_chip.click()
    assert not page.check.findings.isVisible()


def test_the_check_tab_answers_every_question(opened: Open, exam: Path) -> None:
    page = opened(exam / "result")

    page._check_chip.click()

    assert page._check_chip.text() == "Check ✓"
    assert texts(page).count("✓ right") == 9
    assert "240 vectors, as many as there should be." in texts(page)


def test_what_is_unusual_is_not_worded_as_something_to_click(opened: Open, exam: Path) -> None:
    page = opened(exam / "result")
    page._check_chip.click()
    page.check.show_report(CheckReport((CheckLine(Check.DUPLICATES, False, 3, 0, warning=True),), 240, 64, 0))
    QCoreApplication.processEvents()
    assert "! unusual" in texts(page)


def test_what_was_left_out_is_counted_where_it_was_and_listed(opened: Open, own_exam: Path) -> None:
    folder = own_exam / "result"
    manifest = read_manifest(folder)
    assert manifest is not None
    page = opened(folder)
    page._check_chip.click()
    assert "Left out on the machine" in texts(page.check)
    assert "Left out when the data was read" not in texts(page.check)  # an older Embark did not say
    write_manifest(folder, replace(manifest, left_out=40))
    (folder / PROBLEMS_FILE).write_text("kind\n", encoding="utf-8")
    page = opened(folder)
    page._check_chip.click()
    rows = texts(page.check).split("\n")
    assert rows[rows.index("Left out when the data was read") + 1] == "40"
    assert rows[rows.index("Left out on the machine") + 1] == "0"
    assert [one.text() for one in page.check.findChildren(LinkButton) if one.isVisible()] == [
        "What was left out, and why"
    ]


def test_a_changed_bit_is_found_and_said(opened: Open, own_exam: Path) -> None:
    path = own_exam / "result" / VECTORS_FILE
    spoiled = bytearray(path.read_bytes())
    spoiled[len(spoiled) // 2] ^= 64
    path.write_bytes(spoiled)

    page = opened(own_exam / "result")

    assert page._check_chip.text() == "Check !"
    assert "failed" in page.header.sentence.text()


def test_an_item_of_megabytes_and_markup_in_texts_are_shown_as_plain_short_text(
    opened: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    text = "&lt;b>굵게&lt;/b> &lt;img src='file:///etc/hostname'> "  # markup that was meant as text
    items = [{"id": f"<i>{number}</i>", "subject": "&lt;u>&amp;과학", "content": text} for number in range(30)]
    items[0]["content"] += "긴 글 " * 500_000
    (tmp_path / "items.json").write_text(json.dumps(items), encoding="utf-8")
    manifest = Manifest(data=DataSpec(items=(str(tmp_path / "items.json"),)))
    make_result(tmp_path / "result", unit_vectors(30, 8), item_ids=[item["id"] for item in items], manifest=manifest)

    page = opened(tmp_path / "result")

    assert faces(page)[0].title.startswith("<b>굵게</b>")
    shown = [label.text() for label in page.findChildren(QLabel) if label.text().startswith("<b>")]
    assert [len(one) < 10_000 for one in shown] == [True]
    tip = page.items.grid.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in page.findChildren(QLabel))


def test_another_language_changes_the_words_and_keeps_the_place(opened: Open, qtbot: QtBot, exam: Path) -> None:
    class Starred(QTranslator):
        def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
            return f"★ {source}"

        def isEmpty(self) -> bool:
            return False

    page = opened(exam / "result")
    type_search(qtbot, page, "circuit")
    page.items.walk(page.items.panel.keys[2])
    settle(qtbot)
    trail = page.items.trail
    starred = Starred()

    QCoreApplication.installTranslator(starred)
    try:
        settle(qtbot)
        said = texts(page)
    finally:
        QCoreApplication.removeTranslator(starred)
        settle(qtbot)

    for starred_words in ("Similar items", "computed exactly", "240 vectors", "Practice model"):
        assert f"★ {starred_words}" in said
    assert page.items.trail == trail
    assert page.items.search.text() == "circuit"
    assert "Similar items" in texts(page)
