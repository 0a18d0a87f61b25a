"""The grid's cost is that of what is on the screen, whatever the length of the model."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.widgets.image_grid import ImageGrid


@dataclass(frozen=True)
class _Face:
    item_id: str
    title: str
    text: str = "글"
    subject: str = ""
    has_picture: bool = False
    picture: QPixmap | None = None


class _Numbers(QAbstractListModel):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.asked: list[int] = []

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return self.count

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.UserRole:
            self.asked.append(index.row())
            return _Face(f"id-{index.row()}", f"title {index.row()}")
        return None


@pytest.fixture
def grid(qtbot: QtBot) -> ImageGrid:
    made = ImageGrid()
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.show()
    return made


def shown(qtbot: QtBot, grid: ImageGrid, count: int) -> _Numbers:
    model = _Numbers(count)
    model.setParent(grid)
    grid.setModel(model)
    qtbot.wait(80)
    return model


def test_only_cards_on_the_screen_are_asked_for(qtbot: QtBot, grid: ImageGrid) -> None:
    model = shown(qtbot, grid, 1_000_000)
    assert set(model.asked) <= set(range(24))

    model.asked.clear()
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    qtbot.wait(80)

    assert model.asked
    assert min(model.asked) > 1_000_000 - 24
    assert 999_999 in model.asked


def test_every_card_is_where_a_click_finds_it(qtbot: QtBot, grid: ImageGrid) -> None:
    model = shown(qtbot, grid, 500)
    grid.verticalScrollBar().setValue(777)

    for place in grid._on_screen(0, grid.viewport().height()):
        index = model.index(place)
        assert grid.indexAt(grid.visualRect(index).center()) == index


def test_arrow_keys_home_and_end_stay_inside_and_on_the_screen(qtbot: QtBot, grid: ImageGrid) -> None:
    shown(qtbot, grid, 203)
    moves = [Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_Down]
    grid.setCurrentIndex(grid.model().index(0, 0))
    places = []

    for key in [*moves, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_Left]:
        QTest.keyClick(grid, key)
        places.append(grid.currentIndex().row())
        assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))

    columns = grid.columns
    assert places[:3] == [1, 1, 1 + columns]
    assert places[4:7] == [202, 202, 202]
    assert places[8:] == [0, 0]


def test_a_narrower_window_keeps_the_top_card_in_view(qtbot: QtBot, grid: ImageGrid) -> None:
    shown(qtbot, grid, 900)
    grid.verticalScrollBar().setValue(4000)
    top = grid._on_screen(0, 0).start

    grid.resize(330, 500)
    qtbot.wait(80)

    assert grid.columns == 2
    assert grid.viewport().rect().intersects(grid.visualRect(grid.model().index(top, 0)))


def test_an_empty_model_is_no_trouble(qtbot: QtBot, grid: ImageGrid) -> None:
    shown(qtbot, grid, 0)

    QTest.keyClick(grid, Qt.Key.Key_Down)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton)

    assert not grid.currentIndex().isValid()
