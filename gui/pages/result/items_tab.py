"""The Items tab: search, the grid, and the chosen item with its neighbours."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.core.plan import PRACTICE_MODEL
from gui.core.result.bank import ItemBank
from gui.core.result.neighbours import Neighbour, Neighbours
from gui.core.result.result import Result
from gui.format import number, part_of
from gui.models.items import ItemFace, ItemsModel, title_of
from gui.models.thumbnails import Thumbnails, decode
from gui.pages.result.newest import Newest
from gui.widgets.basics import GAP, Body, Caption, Chip, LinkButton, column_of, row_of
from gui.widgets.image_grid import ImageGrid
from gui.widgets.neighbour_panel import LARGEST_PICTURE, NeighbourFace, NeighbourPanel

NEIGHBOURS = 20
_THUMBNAIL = QSize(184, 124)
_LARGEST = QSize(720, LARGEST_PICTURE)
_LONGEST_TRAIL = 200
_SUBJECT_CHARACTERS = 13
_SUBJECTS_SHOWN = 300
_LONGEST_TEXT = 6000

Hits = tuple[ItemBank, NDArray[np.intp]]
Found = tuple[Neighbours, int, tuple[Neighbour, ...], float]
LargePicture = tuple[ItemBank, int, QImage]


class ItemsTab(QWidget):
    """Shows one result at a time; everything slow happens on another thread."""

    def __init__(self) -> None:
        super().__init__()
        self._result: Result | None = None
        self._bank: ItemBank | None = None
        self._neighbours: Neighbours | None = None
        self._thumbnails: Thumbnails | None = None
        self._model: ItemsModel | None = None
        self._trail: list[int] = []
        self._searching, self._walking, self._looking = Newest(self), Newest(self), Newest(self)
        self._searching.answered.connect(self._show_hits)
        self._walking.answered.connect(self._show_neighbours)
        self._looking.answered.connect(self._show_picture)
        self._build()
        self.retranslate()

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._into_grid)
        for key, action in ((Qt.Key.Key_Down, self._into_grid), (Qt.Key.Key_Escape, self.search.clear)):
            QShortcut(key, self.search, action).setContext(Qt.ShortcutContext.WidgetShortcut)
        self.subject = QComboBox()
        self.subject.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.subject.setMinimumContentsLength(_SUBJECT_CHARACTERS)
        self.subject.currentIndexChanged.connect(self._search)
        self.with_picture = Chip()
        self.with_picture.toggled.connect(self._search)
        self.count = Caption()
        self.grid = ImageGrid()
        self.grid.chosen.connect(self._chosen_in_grid)
        self.grid.entered_by_key.connect(self._entered)
        self.grid.rested.connect(self._grid_rests)
        self._nothing = Body()
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._show_all = LinkButton("", self.clear_search)
        empty = QWidget()
        column = column_of(self._nothing, self._show_all)
        column.setAlignment(self._show_all, Qt.AlignmentFlag.AlignHCenter)
        column.insertStretch(0, 1)
        column.addStretch(2)
        empty.setLayout(column)
        self.hits = QStackedWidget()
        self.hits.addWidget(self.grid)
        self.hits.addWidget(empty)
        filters = row_of(self.search, self.subject, self.with_picture)
        filters.setStretch(0, 1)
        self.panel = NeighbourPanel()
        self.panel.walked.connect(self.walk)
        self.panel.went_back.connect(self.go_back_to)
        self.panel.setMinimumWidth(340)
        self.panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(filters)
        left.addWidget(self.count)
        left.addWidget(self.hits, 1)
        whole = row_of(left, self.panel, spacing=GAP)
        whole.setStretch(0, 58)
        whole.setStretch(1, 42)
        self.setLayout(whole)

    def retranslate(self) -> None:
        self.search.setPlaceholderText(self.tr("Find items: text, id, subject"))
        self.search.setAccessibleName(self.tr("Find items"))
        self.subject.setAccessibleName(self.tr("Subject"))
        self.with_picture.setText(self.tr("With picture"))
        self.grid.setAccessibleName(self.tr("Items"))
        self._show_all.setText(self.tr("Show all items"))
        self.panel.retranslate()
        if self.subject.count():
            self.subject.setItemText(0, self.tr("All subjects"))
        if self._result is not None and self._model is not None:
            self._say_count(self._model.rowCount())
            self._say_practice()
            if self._trail:
                self._go(self._trail)

    # --- a result -----------------------------------------------------------------------------------------------------

    def show_result(self, result: Result, bank: ItemBank, neighbours: Neighbours) -> None:
        old = (self._model, self._thumbnails)
        self._result, self._bank, self._neighbours, self._trail = result, bank, neighbours, []
        self._thumbnails = Thumbnails(bank.picture, _THUMBNAIL * self.devicePixelRatioF(), self)
        self._thumbnails.ready.connect(self._picture_came)
        self._model = ItemsModel(bank, self._thumbnails, self)
        self.grid.setModel(self._model)
        for stale in old:
            if stale is not None:
                stale.deleteLater()
        self._fill_subjects(bank)
        self.clear_search()
        self.with_picture.setVisible(bool(bank.has_picture.any()))
        self._say_practice()
        self._say_count(len(bank))
        self.panel.show_neighbours([], "")
        self.panel.setVisible(len(result) > 0)
        if len(result):
            self.choose(0)

    def _fill_subjects(self, bank: ItemBank) -> None:
        self.subject.blockSignals(True)
        self.subject.clear()
        self.subject.addItem(self.tr("All subjects"), "")
        for subject, count in bank.subjects[:_SUBJECTS_SHOWN]:
            self.subject.addItem(f"{subject} ({number(count)})", subject)
        self.subject.blockSignals(False)
        self.subject.setVisible(bool(bank.subjects))

    def _say_practice(self) -> None:
        practice = self._result is not None and self._result.manifest.model == PRACTICE_MODEL
        words = self.tr("Practice model: text finds text and pictures find pictures. It cannot match one to the other.")
        self.panel.show_note(words if practice else "")

    # --- search -------------------------------------------------------------------------------------------------------

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def clear_search(self) -> None:
        self.search.clear()
        self.subject.setCurrentIndex(0)
        self.with_picture.setChecked(False)

    def _search(self) -> None:
        if self._bank is None:
            return
        self._searching.ask(
            functools.partial(
                _search,
                self._bank,
                self.search.text(),
                self.subject.currentData() or "",
                self.with_picture.isChecked(),
                lambda: not self._searching.overtaken,
            )
        )

    def _show_hits(self, hits: Hits) -> None:
        bank, rows = hits
        if self._model is None or bank is not self._bank:
            return
        self._model.show_rows(rows)
        self._say_count(len(rows))
        self.hits.setCurrentIndex(0 if len(rows) or not len(bank) else 1)
        if self._trail:
            self.grid.show_current(self._model.index_of(self._trail[-1]))

    def _say_count(self, count: int) -> None:
        whole = len(self._result) if self._result is not None else 0
        if count == whole:
            words = self.tr("1 item") if count == 1 else self.tr("{count} items")
            self.count.setText(words.format(count=number(count)))
        else:
            self.count.setText(self.tr("{part} items").format(part=part_of(count, whole)))
        words = self.search.text().strip()
        self._nothing.setText(
            self.tr("No item has “{words}” in it.").format(words=words)
            if words
            else self.tr("No item fits this choice.")
        )

    def _into_grid(self) -> None:
        if self._model is not None and self._model.rowCount():
            self.grid.setFocus(Qt.FocusReason.TabFocusReason)
            first = self._model.index(0)
            self.grid.setCurrentIndex(first)
            self._chosen_in_grid(first)

    # --- choosing and walking -----------------------------------------------------------------------------------------

    def _chosen_in_grid(self, index: QModelIndex) -> None:
        if self._model is not None and index.isValid():
            self.choose(self._model.row_at(index))

    def _entered(self, index: QModelIndex) -> None:
        self._chosen_in_grid(index)
        self.panel.focus_first()

    def choose(self, row: int) -> None:
        """Show this item, and begin a new trail with it."""
        if self._trail != [row]:
            self._go([row])

    def walk(self, row: int) -> None:
        """Go on from the item that is shown to one of its neighbours."""
        self._go([*self._trail, row][-_LONGEST_TRAIL:])

    def go_back_to(self, step: int) -> None:
        self._go(self._trail[: step + 1])

    def go_back(self) -> None:
        if len(self._trail) > 1:
            self.go_back_to(len(self._trail) - 2)

    @property
    def trail(self) -> Sequence[int]:
        """Rows, from the item that was chosen to the one that is shown."""
        return tuple(self._trail)

    def _go(self, trail: list[int]) -> None:
        if self._neighbours is None or self._model is None:
            return
        self._trail = trail
        self._show_item(trail[-1])
        self.grid.show_current(self._model.index_of(trail[-1]))
        self._walking.ask(functools.partial(_nearest, self._neighbours, trail[-1]))

    def _show_item(self, row: int) -> None:
        if self._bank is None or self._model is None:
            return
        item = self._bank.items[row]
        has_picture = self._face(row).has_picture
        caption = " · ".join(part for part in (item.item_id, item.subject) if part)
        choices = "   ".join(f"{place}. {choice}" for place, choice in enumerate(item.choices, start=1))
        self.panel.show_item(caption, _shortened(item.question), _shortened(choices), has_picture=has_picture)
        self.panel.show_trail([self._bank.items[step].item_id for step in self._trail])
        if has_picture:
            self.panel.picture.wait()
            self.panel.picture.setAccessibleName(self.tr("Picture of {title}").format(title=title_of(item)))
            box = _LARGEST * self.devicePixelRatioF()
            self._looking.ask(functools.partial(_look, self._bank, row, box))

    def _show_picture(self, picture: LargePicture) -> None:
        bank, row, image = picture
        if bank is not self._bank or not self._trail or row != self._trail[-1]:
            return
        if image.isNull():
            self.panel.picture.hide()
            return
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self.panel.picture.show_picture(pixmap)

    def _show_neighbours(self, found: Found) -> None:
        asked, row, nearest, seconds = found
        if asked is not self._neighbours or not self._trail or row != self._trail[-1]:
            return
        faces = [NeighbourFace(one.row, self._face(one.row), one.similarity) for one in nearest]
        how = self.tr("computed exactly") if asked.exact else self.tr("the likeliest compared exactly")
        spent = self.tr("{number} ms").format(number=max(1, round(seconds * 1000)))
        self.panel.show_neighbours(faces, f"{how} · {spent}")

    def _face(self, row: int) -> ItemFace:
        assert self._model is not None
        return self._model.face(row)

    # --- pictures -----------------------------------------------------------------------------------------------------

    def _grid_rests(self, first: int, last: int) -> None:
        if self._model is not None and self._thumbnails is not None:
            self._thumbnails.want_only([*self._model.rows_between(first, last), *self.panel.keys])

    def _picture_came(self, row: int) -> None:
        if row in self.panel.keys:
            self.panel.show_face(row, self._face(row))


def _shortened(text: str) -> str:
    """A label of megabytes would stop the window."""
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"


def _search(bank: ItemBank, words: str, subject: str, with_picture: bool, wanted: Callable[[], bool]) -> Hits:
    return bank, bank.search(words, subject=subject, with_picture=with_picture, wanted=wanted)


def _nearest(neighbours: Neighbours, row: int) -> Found:
    began = time.perf_counter()
    found = neighbours.of(row, NEIGHBOURS)
    return neighbours, row, found, time.perf_counter() - began


def _look(bank: ItemBank, row: int, box: QSize) -> LargePicture:
    return bank, row, decode(bank.picture(row), box)
