"""Every page fits into the smallest window there is: nothing is wider than what it is seen through, nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from gui.core.plan import Page
from gui.core.settings import Settings
from gui.language import Language
from gui.models.offers import DISK, NAME
from gui.pages.new_run.offer_table import OfferTable
from gui.pages.result import ResultPage
from gui.tasks import under_way
from gui.widgets.basics import Elided, ElidedLink
from gui.widgets.flow import Beside
from gui.widgets.side_bar import SideBar
from tests.credentials.keyrings import MemoryKeyring
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World
from tests.fakes import LedgerCloud
from tests.gui.scenes import mixed_bills
from tests.gui.screenshots import moments, several, window
from tests.gui.test_accounts_page import Accounts
from tests.gui.test_new_run import ORDER, Wizard, items_file
from tests.gui.test_settings_page import Shown
from tests.result.exam import make_exam
from tests.vast.account import open_cloud

SMALLEST = (960, 600)


@pytest.fixture(params=["en", "ko"])
def tongue(request: pytest.FixtureRequest, dressed: QApplication) -> Iterator[str]:
    language = Language()
    assert language.speak(request.param)
    yield request.param
    language.silence()


def does_not_fit(shown: QWidget) -> list[str]:
    """What is wider than its viewport, out of sight to the side, or cut."""
    QApplication.processEvents()
    faults = []
    for area in shown.findChildren(QScrollArea):
        if area.isVisible() and area.widget().width() > area.viewport().width():
            faults.append(f"{area.widget().width()} px of content in {area.viewport().width()} px: {_widest(area)}")
    for part in shown.findChildren(QWidget):
        if (
            not part.isVisible()
            or not isinstance(part, QLabel | QAbstractButton)
            or isinstance(part, Elided | ElidedLink)
        ):
            continue
        may_be_narrow = not part.text() or (isinstance(part, QLabel) and part.wordWrap())
        if not may_be_narrow and part.width() < part.sizeHint().width():
            faults.append(f"cut to {part.width()} of {part.sizeHint().width()} px: {part.text()!r}")
        if QRect(part.mapTo(shown, part.rect().topLeft()), part.size()).right() > shown.width():
            faults.append(f"out of sight: {part.text()!r}")
    return faults


def _widest(area: QScrollArea) -> str:
    return ", ".join(
        f"{type(part).__name__} {part.minimumSizeHint().width()}"
        for part in area.widget().findChildren(QWidget)
        if part.isVisible() and part.minimumSizeHint().width() > area.viewport().width() // 3
    )


@pytest.mark.parametrize("moment", [name for name, _ in moments()])
def test_the_page_of_a_run_fits_into_the_smallest_window(qtbot: QtBot, tongue: str, moment: str) -> None:
    snapshot = dict(moments())[moment]
    shown = window(QApplication.instance(), snapshot)
    qtbot.addWidget(shown, before_close_func=lambda one: setattr(one, "_sure", True))
    shown.resize(*SMALLEST)
    shown.show()
    shown.open_run(snapshot.run_id)
    assert does_not_fit(shown) == []


@pytest.mark.parametrize("place", ["runs", "bill"])
def test_the_lists_of_runs_and_machines_fit_into_the_smallest_window(qtbot: QtBot, tongue: str, place: str) -> None:
    shown = window(QApplication.instance(), *several(), bills=mixed_bills())
    qtbot.addWidget(shown, before_close_func=lambda one: setattr(one, "_sure", True))
    shown.resize(*SMALLEST)
    shown.show()
    shown.go(place)
    assert does_not_fit(shown) == []


def test_cards_that_have_room_stand_side_by_side_and_begin_a_new_line_where_they_have_not(
    qtbot: QtBot, dressed: QApplication
) -> None:
    holder, cards = QWidget(), [QWidget() for _ in range(3)]
    for card in cards:
        card.setMinimumSize(200, 50)
    holder.setLayout(Beside(*((card, share) for card, share in zip(cards, (2, 1, 1), strict=True)), spacing=10))
    qtbot.addWidget(holder)
    holder.show()
    for width, places in (
        (1020, [(0, 500), (510, 250), (770, 250)]),
        (660, [(0, 240), (250, 200), (460, 200)]),
        (500, [(0, 290), (300, 200), (0, 500)]),
        (300, [(0, 300), (0, 300), (0, 300)]),
    ):
        holder.resize(width, 400)
        QApplication.processEvents()
        assert [(card.x(), card.width()) for card in cards] == places
    cards[1].hide()
    holder.resize(500, 400)
    QApplication.processEvents()
    assert [(cards[at].x(), cards[at].width()) for at in (0, 2)] == [(0, 290), (300, 200)]


# --- pages that are made of more than a snapshot ----------------------------------------------------------------------


def shrunk(qtbot: QtBot, page: QWidget) -> QWidget:
    """Beside the side bar of the smallest window."""
    side = SideBar()
    qtbot.addWidget(side)
    page.resize(SMALLEST[0] - side.sizeHint().width(), SMALLEST[1])
    qtbot.waitUntil(lambda: not under_way(), timeout=20_000)
    return page


def test_the_pages_of_a_new_run_fit_into_the_smallest_window(qtbot: QtBot, tongue: str, tmp_path: Path) -> None:
    wizard = Wizard(qtbot, tmp_path, {"practice": LedgerCloud(tmp_path / "ledger", pretend=True)})
    assert does_not_fit(shrunk(qtbot, wizard.page)) == [], "without items"
    wizard.page.use_sample()
    wizard.settle()
    for _ in ORDER:
        assert does_not_fit(wizard.page) == [], wizard.at
        if wizard.at is not ORDER[-1]:
            wizard.click_next()


def test_the_table_of_rented_machines_shows_their_names_whole_in_the_smallest_window(
    qtbot: QtBot, tongue: str, tmp_path: Path
) -> None:
    world = World()
    world.add_offer(gpu_name="RTX 6000 Ada Generation", geolocation="Quebec, CA", gpu_ram=49140, hosting_type=1)
    with FakeVast(world) as fake:
        vast = open_cloud(fake)
        wizard = Wizard(qtbot, tmp_path, {"practice": LedgerCloud(tmp_path / "ledger", pretend=True), "vast": vast})
        wizard.add(items_file(tmp_path / "a.json", 900))
        wizard.change(machine=replace(wizard.editor.plan.machine, cloud="vast"))
        wizard.go(Page.MACHINE)
        assert does_not_fit(shrunk(qtbot, wizard.page)) == []
        table = wizard.page.findChild(OfferTable)
        needed = table.fontMetrics().horizontalAdvance(table.model().index(0, NAME).data())
        assert table.columnWidth(NAME) > needed
        shown = [column for column in range(DISK + 1) if not table.isColumnHidden(column)]
        assert table.columnViewportPosition(shown[-1]) + table.columnWidth(shown[-1]) <= table.viewport().width()
        wizard.page.resize(1700, 1000)
        QApplication.processEvents()
        assert not any(table.isColumnHidden(column) for column in range(DISK)), "with room they are all there"
        vast.close()


def test_accounts_and_settings_fit_into_the_smallest_window(qtbot: QtBot, tongue: str, tmp_path: Path) -> None:
    assert does_not_fit(shrunk(qtbot, Shown(qtbot, tmp_path, MemoryKeyring(), Settings()).page)) == []
    with FakeVast(World(limits={}, credit=4.42)) as fake, pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBARK_VAST_URL", fake.url)
        accounts = Accounts(qtbot, tmp_path, fake, MemoryKeyring())
        assert does_not_fit(shrunk(qtbot, accounts.page)) == []
        accounts.card.key.setText(fake.world.api_key)
        accounts.card.check.click()
        accounts.settle()
        assert does_not_fit(accounts.page) == []
        accounts.clouds.vast.close()


def test_the_page_of_a_result_fits_into_the_smallest_window(qtbot: QtBot, tongue: str, tmp_path: Path) -> None:
    make_exam(tmp_path, 60)
    page = ResultPage()
    qtbot.addWidget(page)
    page.show()
    page.show_result(tmp_path / "result")
    shrunk(qtbot, page)
    for tab in (page.items, page.check):
        page._stack.setCurrentWidget(tab)
        assert does_not_fit(shrunk(qtbot, page)) == []
