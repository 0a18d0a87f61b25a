"""The Result page: a result folder, opened: its items with their neighbours, and its check."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from gui.core.errors import EmbarkError
from gui.core.result.bank import ItemBank
from gui.core.result.check import CheckReport
from gui.core.result.manifest import Receipt, read_receipt
from gui.core.result.neighbours import Neighbours
from gui.core.result.result import Result, open_result
from gui.core.result.series import SeriesResult, is_series, open_series
from gui.core.result.verify import check_folder
from gui.format import money, number
from gui.pages.result.check_tab import CheckTab
from gui.pages.result.items_tab import ItemsTab
from gui.pages.result.series_tab import SeriesTab
from gui.tasks import background
from gui.text import describe_error
from gui.widgets.basics import Banner, Chip, PageHeader, QuietButton, page_column, row_of
from gui.widgets.opening import open_outside

__all__ = ["ResultPage"]


@dataclass(frozen=True, slots=True)
class _Opened:
    """What the page shows. ``visit`` tells answers to an earlier folder from those to this one."""

    visit: int
    result: Result
    neighbours: Neighbours
    receipt: Receipt | None
    bank: ItemBank | None = None  # while the items are being read


@dataclass(frozen=True, slots=True)
class _OpenedSeries:
    """The same, of a time series."""

    visit: int
    result: SeriesResult
    receipt: Receipt | None


class ResultPage(QWidget):
    """``show_result`` opens a folder; all else follows from what is in it."""

    def __init__(self) -> None:
        super().__init__()
        self._visit = 0
        self._folder = Path()
        self._opened: _Opened | None = None
        self._series: _OpenedSeries | None = None
        self._report: CheckReport | None = None
        self._error: EmbarkError | None = None
        self.header = PageHeader()
        self._open_folder = QuietButton("", self._show_folder)
        self.header.add_action(self._open_folder)
        self.banner = Banner()
        self.items, self.check, self.series = ItemsTab(), CheckTab(), SeriesTab()
        self._tabs = QButtonGroup(self)
        self._items_chip, self._check_chip, self._series_chip = Chip(), Chip(), Chip()
        self._stack = QStackedWidget()
        tabs = ((self._items_chip, self.items), (self._check_chip, self.check), (self._series_chip, self.series))
        for place, (chip, tab) in enumerate(tabs):
            self._tabs.addButton(chip, place)
            self._stack.addWidget(tab)
        self._tabs.idClicked.connect(self._stack.setCurrentIndex)
        self._items_chip.setChecked(True)
        self._chips = QWidget()
        chips = row_of(self._series_chip, self._items_chip, self._check_chip)
        chips.addStretch(1)
        self._chips.setLayout(chips)
        column = page_column()
        column.setSpacing(12)
        for part in (self.header, self._chips, self.banner):
            column.addWidget(part)
        column.addWidget(self._stack, 1)
        self.setLayout(column)
        QShortcut(QKeySequence.StandardKey.Find, self, self._find)
        QShortcut(QKeySequence.StandardKey.Back, self, self.items.go_back)
        self._show_parts()
        self._retranslate()

    def show_result(self, folder: Path) -> None:
        """Open a result folder. Returns at once; what cannot be opened is said in the page."""
        self._visit += 1
        self._folder = folder
        self._opened = self._series = self._report = self._error = None
        self.banner.hide()
        self._show_parts()
        self._say()
        background(
            functools.partial(_open, self._visit, folder),
            done=self._show,
            failed=functools.partial(self._failed, self._visit),
        )

    # --- what came back from the other thread -------------------------------------------------------------------------

    def _show(self, opened: _Opened | _OpenedSeries) -> None:
        if opened.visit != self._visit:
            return
        if isinstance(opened, _OpenedSeries):
            self._show_series(opened)
            return
        self._opened = opened
        self.check.show_result(opened.result, opened.receipt)
        self._say()
        background(functools.partial(_read_bank, opened), done=self._bank_read)

    def _show_series(self, opened: _OpenedSeries) -> None:
        self._series = opened
        self.check.show_result(opened.result, opened.receipt)
        self.series.show_result(opened.result)
        self._series_chip.setChecked(True)
        self._stack.setCurrentWidget(self.series)
        self._show_parts()
        self._say()
        background(
            functools.partial(_check, opened),
            done=self._checked,
            failed=functools.partial(self._failed, opened.visit),
        )

    def _bank_read(self, opened: _Opened) -> None:
        if opened.visit != self._visit or opened.bank is None:
            return
        self._opened = opened
        self._items_chip.setChecked(True)
        self._stack.setCurrentIndex(0)
        self.items.show_result(opened.result, opened.bank, opened.neighbours)
        self._show_parts()
        self.items.grid.setFocus()
        self._say()
        background(functools.partial(_prepare, opened), done=self._prepared)

    def _prepared(self, opened: _Opened) -> None:
        if opened.visit == self._visit:
            background(
                functools.partial(_check, opened),
                done=self._checked,
                failed=functools.partial(self._failed, opened.visit),
            )

    def _checked(self, answer: tuple[int, CheckReport]) -> None:
        visit, report = answer
        if visit == self._visit:
            self._report = report
            self.check.show_report(report)
            self._say()

    def _failed(self, visit: int, error: EmbarkError) -> None:
        if visit == self._visit:
            self._error = error
            self._say()

    # --- words --------------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._open_folder.setText(self.tr("Open folder"))
        self._items_chip.setText(self.tr("Items"))
        self._series_chip.setText(self.tr("Files"))
        self.series.retranslate()
        self.items.retranslate()
        self.check.retranslate()
        self._say()

    def _show_parts(self) -> None:
        for part in (self._chips, self._stack):
            part.setVisible(self._series is not None or (self._opened is not None and self._opened.bank is not None))
        self._items_chip.setVisible(self._series is None)
        self._series_chip.setVisible(self._series is not None)

    def _say(self) -> None:
        """Header, chips and banner, from what is known so far."""
        opened = self._opened or self._series
        title = (opened.result.manifest.name if opened is not None else "") or self._folder.name
        if opened is None:
            self.header.set(title, "" if self._error is not None else self.tr("Opening the result"))
        else:
            said = [
                self.tr("{number} vectors").format(number=number(len(opened.result))),
                self.tr("{number} dimensions").format(number=number(opened.result.dimensions)),
                self._checked_words(),
                self._cost_words(opened.receipt),
            ]
            self.header.set(title, " · ".join(part for part in said if part))
        mark = "" if self._report is None else " ✓" if self._report.passed else " !"
        self._check_chip.setText(self.tr("Check") + mark)
        self._say_trouble()

    def _checked_words(self) -> str:
        if self._opened is not None and self._opened.bank is None:
            return self.tr("reading the items")
        if self._report is None:
            return self.tr("being checked")
        if self._report.passed:
            return self.tr("checked")
        wrong = sum(not line.passed and not line.warning for line in self._report.lines)
        return self.tr("%n check(s) failed", "", wrong)

    def _cost_words(self, receipt: Receipt | None) -> str:
        if receipt is None:
            return ""
        if receipt.pretend:
            return self.tr("free (practice)")
        return self.tr("{money} in all (estimate {estimate})").format(
            money=money(receipt.actual_micro_usd), estimate=money(receipt.estimate_micro_usd)
        )

    def _say_trouble(self) -> None:
        bank = self._opened.bank if self._opened is not None else None
        if self._error is not None:
            self.banner.show_error(self._error)
        elif bank is not None and bank.trouble is not None:
            what, _, _ = describe_error(bank.trouble)
            words = self.tr(
                "Vectors and neighbours are here and work. Texts and pictures show again when the files do."
            )
            self.banner.show_text(self.tr("Only the ids of these items can be shown"), f"{what} {words}", tone="money")
        elif bank is not None and bank.read_all and (bank.unknown or bank.changed):
            words = self.tr("What you see is what the files say now. The vectors are of what they said then.")
            if bank.unknown:
                missing = self.tr("%n item(s) can no longer be found.", "", bank.unknown)
                words = f"{missing} {words}"
            self.banner.show_text(self.tr("The items have changed since this run"), words, tone="money")
        else:
            self.banner.hide()

    # --- what the person does -----------------------------------------------------------------------------------------

    def _find(self) -> None:
        if self._series is not None:
            return
        self._items_chip.setChecked(True)
        self._stack.setCurrentIndex(0)
        self.items.focus_search()

    def _show_folder(self) -> None:
        open_outside(self._folder)


def _open(visit: int, folder: Path) -> _Opened | _OpenedSeries:
    if is_series(folder):
        return _OpenedSeries(visit, open_series(folder), read_receipt(folder))
    result = open_result(folder)
    return _Opened(visit, result, Neighbours(result), read_receipt(folder))


def _read_bank(opened: _Opened) -> _Opened:
    return replace(opened, bank=ItemBank.read(opened.result))


def _prepare(opened: _Opened) -> _Opened:
    opened.neighbours.prepare()
    return opened


def _check(opened: _Opened | _OpenedSeries) -> tuple[int, CheckReport]:
    return opened.visit, check_folder(opened.result if isinstance(opened, _Opened) else opened.result.folder)
