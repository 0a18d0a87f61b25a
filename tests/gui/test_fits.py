"""Every page fits into the smallest window there is: nothing is wider than what it is seen through, nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from gui.language import Language
from gui.widgets.basics import Elided
from gui.widgets.flow import Beside
from tests.gui.scenes import mixed_bills
from tests.gui.screenshots import moments, several, window

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
        if not part.isVisible() or not isinstance(part, QLabel | QAbstractButton) or isinstance(part, Elided):
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
