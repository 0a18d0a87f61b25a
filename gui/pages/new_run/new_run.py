"""The wizard: five pages, the steps on top, Back and Next below; what is wrong stands beside a grey Next."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from gui.alerts import ask
from gui.core.cloud.base import Cloud
from gui.core.dataset import sample_spec
from gui.core.errors import DuplicateIds, EmbarkError
from gui.core.paths import Paths, results_home
from gui.core.plan import Draft, Page, Plan, Trouble
from gui.core.run.runs import Runs
from gui.core.units import MicroUsd
from gui.format import money
from gui.pages.new_run.budget import BudgetPage
from gui.pages.new_run.editor import PlanEditor
from gui.pages.new_run.items import ItemsPage
from gui.pages.new_run.machine import MachinePage
from gui.pages.new_run.model import ModelPage
from gui.pages.new_run.page import WizardPage
from gui.pages.new_run.review import ReviewPage
from gui.tasks import background
from gui.text import describe_error, describe_trouble
from gui.widgets.basics import (
    Caption,
    Chip,
    LinkButton,
    PageHeader,
    PrimaryButton,
    QuietButton,
    clear,
    column_of,
    page_column,
    row_of,
)


class NewRunPage(QWidget):
    started = Signal(str)  # the id of the run
    accounts_wanted = Signal()

    def __init__(
        self,
        runs: Runs,
        clouds: Mapping[str, Cloud],
        paths: Paths,
        results: Callable[[], Path] = results_home,
    ) -> None:
        """``results`` says where new results go."""
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._runs = runs
        self._clouds = clouds
        self.editor = PlanEditor(Draft(paths.draft), clouds, results, self)
        self.editor.changed.connect(self._redraw)
        self._at = 0
        self._wanted: int | None = None  # the page to go to once it is known whether one may
        self._starting = False
        self._retranslation = QTimer(self, singleShot=True, interval=0)
        self._retranslation.timeout.connect(self._build_anew)
        self._slot = column_of()
        self.setLayout(self._slot)
        self._build()

    def use_sample(self) -> None:
        """Begin with the items that come with Embark, on this computer: only Next and Start are left to click.

        A half-made plan with other items gives way only when the person says so.
        """
        self.editor.recall(self._on_recalled)

    def _on_recalled(self, plan: Plan) -> None:
        if not plan.data.items or plan.data == sample_spec():
            self._begin_sample()
            return
        ask(
            self.tr("You have a half-made plan."),
            self.tr("With the sample items it is replaced. Your files are not touched, your choices are gone."),
            self.tr("Try it with the sample items"),
            self.tr("Keep my plan"),
            self._begin_sample,
        )

    def _begin_sample(self) -> None:
        # Small pieces, so that even a run of seconds shows how they come home one after the other.
        self.editor.begin(Plan(name=self.tr("Sample items"), data=sample_spec(), shard_rows=50))
        self._show(0)

    def expected_cost(self) -> MicroUsd | None:
        """What the run that is being prepared will cost on the machine that is shown; None for a free one."""
        outlook = self.editor.outlook
        if outlook is None or outlook.chosen is None or outlook.chosen[0].pretend_price:
            return None
        return outlook.chosen[1].total

    def look_for_keys(self) -> None:
        """One was given or forgotten; while this page is not shown, there is time for it."""
        if self.isVisible():
            self.editor.open()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus()  # no button is chosen before the keyboard is used
        self.editor.open()
        self._redraw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.editor.rest()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslation.start()

    def _build_anew(self) -> None:
        """In another language: everything that is known stays in the editor."""
        clear(self._slot)
        self._build()
        self._show(self._at)

    def _build(self) -> None:
        items = ItemsPage(self.editor)
        items.sample_wanted.connect(self.use_sample)
        machine = MachinePage(self.editor, self._clouds)
        machine.accounts_wanted.connect(self.accounts_wanted)
        self._review = ReviewPage(self.editor)
        self._review.accounts_wanted.connect(self.accounts_wanted)
        self.pages: tuple[WizardPage, ...] = (
            items,
            ModelPage(self.editor),
            machine,
            BudgetPage(self.editor),
            self._review,
        )
        self.pills = tuple(
            Chip(clicked=functools.partial(self._go, at), checkable=True) for at in range(len(self.pages))
        )
        face = QWidget()
        group = QButtonGroup(face)
        for pill in self.pills:
            group.addButton(pill)
        steps = row_of(*self.pills)
        steps.addStretch(1)
        self._header = PageHeader()
        self._stack = QStackedWidget()
        for page in self.pages:
            self._stack.addWidget(page)
        self.back = QuietButton(self.tr("Back"), self._back)
        self.reason, self._mend = Caption(wrap=True), LinkButton("", self._go_mend)
        self.next = PrimaryButton("", self._next)
        foot = row_of(self.back, self.reason, self._mend, self.next, spacing=12)
        foot.setStretch(1, 1)
        column = page_column()
        column.addLayout(steps)
        column.addWidget(self._header)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)
        face.setLayout(column)
        self._slot.addWidget(face)

    # --- going from page to page ---

    @property
    def page(self) -> WizardPage:
        return self.pages[self._at]

    def _allowed(self, to: int) -> bool:
        """Back always; on only past pages on which nothing is wrong."""
        return to <= self._at or all(not self._reason(page) for page in self.pages[:to])

    def _back(self) -> None:
        self._show(max(0, self._at - 1))

    def _next(self) -> None:
        self._go(self._at + 1)

    def _go(self, to: int) -> None:
        """Go there, or start past the last page, once everything that was asked is answered."""
        self._wanted = to
        self._go_on()
        self._redraw()

    def _go_on(self) -> None:
        to = self._wanted
        if to is None or (to > self._at and not self.editor.settled):
            return
        self._wanted = None
        if not self._allowed(to):
            return
        if to < len(self.pages):
            self._show(to)
        else:
            self._start()

    def _go_mend(self) -> None:
        problems = self.editor.problems()
        if problems:
            self._show([page.page for page in self.pages].index(problems[0].page))

    def _show(self, at: int) -> None:
        self._at, self._wanted = at, None
        self._stack.setCurrentWidget(self.page)
        self.page.entered()
        self._redraw()

    # --- starting ---

    def _start(self) -> None:
        self._starting = True
        plan, dataset = self._agreed(), self.editor.dataset
        background(functools.partial(self._runs.start, plan, dataset), done=self._has_started, failed=self._not_started)

    def _agreed(self) -> Plan:
        """The plan, with the very machine that is shown and the price that is agreed to by the click."""
        plan, outlook = self.editor.plan, self.editor.outlook
        if outlook is None or outlook.chosen is None or outlook.chosen[0].pretend_price:
            return plan
        offer = outlook.chosen[0]
        shown = replace(plan.machine, offer_id=offer.offer_id, shown_price_per_hour=offer.price_per_hour)
        return replace(plan, machine=shown)

    def _has_started(self, run_id: str) -> None:
        self._starting = False
        self.editor.finish()
        self._show(0)
        self.started.emit(run_id)

    def _not_started(self, error: EmbarkError) -> None:
        self._starting = False
        self._redraw()
        self._review.show_failure(error)

    # --- drawing ---

    def _redraw(self) -> None:
        if not self.isVisible():
            return
        if self._wanted is not None and self.editor.settled:
            self._go_on()
        self._header.set(self.page.title(), self.page.sentence())
        self.page.redraw()
        self._draw_pills()
        self._draw_foot()

    def _draw_pills(self) -> None:
        for at, (pill, page) in enumerate(zip(self.pills, self.pages, strict=True)):
            done = at < self._at and not self._reason(page)
            pill.setText(f"{at + 1} {page.name()}" + (" \u2713" if done else ""))
            pill.setChecked(at == self._at)
            pill.setEnabled(not self._starting and self._allowed(at))

    def _draw_foot(self) -> None:
        last = self._at == len(self.pages) - 1
        reason = self._reason(self.page)
        self.back.setVisible(self._at > 0)
        self.back.setEnabled(not self._starting)
        self.next.setText(self._start_words() if last else self._next_words())
        self.next.setEnabled(not reason and not self._starting and self._wanted is None)
        if self._starting:
            reason = self.tr("Starting...")
        elif self._wanted is not None:
            reason = self.tr("One moment...")
        self.reason.setText(reason)
        problems = self.editor.problems()
        elsewhere = last and bool(problems) and bool(reason)
        self._mend.setVisible(elsewhere)
        if elsewhere:
            names = {page.page: page.name() for page in self.pages}
            self._mend.setText(self.tr("Go to {page}").format(page=names[problems[0].page]))

    def _next_words(self) -> str:
        return self.tr("Next: {page}").format(page=self.pages[self._at + 1].name())

    def _start_words(self) -> str:
        outlook = self.editor.outlook
        if outlook and outlook.chosen and not outlook.chosen[0].pretend_price:
            return self.tr("Start and spend up to {money}").format(money=money(self.editor.plan.budget.limit))
        return self.tr("Start (free)")

    def _reason(self, page: WizardPage) -> str:
        """Why one cannot go on from a page, and how to mend it; empty when one can."""
        editor = self.editor
        found = editor.problems() if page.page is Page.REVIEW else editor.problems(page.page)
        if found and found[0].trouble is Trouble.ITEMS_FAILED and isinstance(editor.failure, DuplicateIds):
            return self.tr("Choose which of two items with the same id to keep.")
        if found:
            return describe_trouble(found[0])
        if editor.outlook is None:
            return self.tr("One moment...")
        if page.page in (Page.MACHINE, Page.REVIEW) and editor.offers is None:
            if editor.offers_failure is not None:
                what, _, todo = describe_error(editor.offers_failure)
                return f"{what} {todo}".strip()
            return self.tr("Looking for machines...")
        return ""
