"""All runs of this computer, newest first; two large choices while there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui import theme
from gui.core.run.state import Phase, Snapshot
from gui.core.units import utc_now
from gui.format import moment, money, number
from gui.text import run_name, sentence
from gui.widgets.basics import (
    GAP,
    Body,
    Caption,
    Card,
    Elided,
    LinkButton,
    PageHeader,
    PrimaryButton,
    QuietButton,
    Strong,
    clear,
    column_of,
    page_column,
    row_of,
    scrolling,
)
from gui.widgets.step_strip import SmallStrip
from gui.widgets.unowned import UnownedMachines

if TYPE_CHECKING:
    from gui.core.run.runs import Bill

AT_ONCE = 12
"""Rows that are made at once; more on demand, so that a long list opens as fast as a short one."""


class ChoiceTitle(QLabel):
    """The name of a large choice."""


class RunsPage(QWidget):
    """Knows runs by ``set_runs`` and ``on_changed`` only; until the first of them it shows nothing."""

    opened = Signal(str)  # run id
    result_wanted = Signal(str)  # the result's folder
    sample_wanted = Signal()
    new_run_wanted = Signal()
    destroy_wanted = Signal(str, str)  # cloud, instance id of a machine that no run owns

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[str, Snapshot] = {}
        self._rows: dict[str, RunRow] = {}
        self._older: list[Snapshot] = []  # without a row yet
        self._header = PageHeader(self.tr("Runs"))
        self._new = PrimaryButton(self.tr("New run"), self.new_run_wanted.emit)
        self._header.add_action(self._new)
        self.unowned = UnownedMachines()
        self.unowned.destroy_wanted.connect(self.destroy_wanted)
        self._first = self._first_choices()
        self._list = column_of(spacing=10)
        self._more = LinkButton(self.tr("Show older runs"), self._show_older)
        content, column = QWidget(), page_column()
        for part in (self._header, self.unowned, self._first):
            column.addWidget(part)
        column.addLayout(self._list)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        content.setLayout(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(content))
        for part in (self._first, self._more, self._new):
            part.hide()

    def _first_choices(self) -> QWidget:
        sample, own = Card(margin=32, spacing=12), Card(margin=32, spacing=12)
        for card, icon, title, text, button in (
            (
                sample,
                "sample",
                self.tr("Try it with the sample items"),
                self.tr(
                    "About 250 exam items in Korean and English, two thirds with a picture. Everything stays on this "
                    "computer: free, no account, about 2 minutes."
                ),
                PrimaryButton(self.tr("Try it with the sample items"), self.sample_wanted.emit),
            ),
            (
                own,
                "items",
                self.tr("Begin with your own items"),
                self.tr(
                    "Choose your files and pictures, a model and a machine. You see what it will cost before "
                    "anything starts."
                ),
                QuietButton(self.tr("New run"), self.new_run_wanted.emit),
            ),
        ):
            picture = QLabel()
            picture.setPixmap(theme.icon(icon).pixmap(QSize(56, 56)))
            card.column.addWidget(picture)
            card.column.addWidget(ChoiceTitle(title))
            card.column.addWidget(Body(text, tone="dim"))
            card.column.addStretch(1)
            card.column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            card.setMinimumHeight(300)
        both = QWidget()
        row = row_of(sample, own, spacing=GAP)
        row.setStretch(0, 1)
        row.setStretch(1, 1)
        both.setLayout(row)
        return both

    def set_runs(self, runs: tuple[Snapshot, ...]) -> None:
        """All runs there are."""
        self._runs = {one.run_id: one for one in runs}
        self._rows.clear()
        clear(self._list)
        self._older = sorted(runs, key=lambda one: one.created_at or utc_now())  # the newest is the last
        self._show_older()
        self._say()

    def on_changed(self, snapshot: Snapshot) -> None:
        new = snapshot.run_id not in self._runs
        self._runs[snapshot.run_id] = snapshot
        if new:
            self._list.insertWidget(0, self._row(snapshot))
            self._say()
        elif snapshot.run_id in self._rows:
            self._rows[snapshot.run_id].set(snapshot)

    def set_bills(self, bills: tuple[Bill, ...]) -> None:
        self.unowned.set(bills)

    def _show_older(self) -> None:
        for _ in range(min(AT_ONCE, len(self._older))):
            self._list.addWidget(self._row(self._runs[self._older.pop().run_id]))
        self._more.setVisible(bool(self._older))

    def _row(self, snapshot: Snapshot) -> RunRow:
        row = RunRow(snapshot.run_id)
        row.opened.connect(self.opened)
        row.result_wanted.connect(self.result_wanted)
        row.set(snapshot)
        self._rows[snapshot.run_id] = row
        return row

    def _say(self) -> None:
        first = not self._runs
        self._first.setVisible(first)
        self._new.setVisible(not first)
        asks = self.tr("Nothing has run yet. What would you like to do?")
        self._header.set(self.tr("Runs"), asks if first else "")


class RunRow(Card):
    """One run: name, date, strip, items, cost, what is wanted, and the one thing to do next."""

    opened = Signal(str)
    result_wanted = Signal(str)

    def __init__(self, run_id: str) -> None:
        super().__init__(margin=14)
        self._run_id = run_id
        self._snapshot: Snapshot | None = None
        self._name, self._when = Elided(strong=True), Caption()
        self._name.setMinimumWidth(160)
        self._said = Elided(tone="dim")
        self._strip = SmallStrip()
        self._items, self._cost = Strong(), Strong()
        self._items_below, self._cost_below = Caption(), Caption()
        self._look = QuietButton(self.tr("Look at the result"), self._on_look_clicked)
        self._action = QuietButton("", self._on_action_clicked)
        facts = row_of(column_of(self._name, self._when, spacing=1), self._strip, spacing=16)
        facts.setStretch(0, 1)
        for value, below in ((self._items, self._items_below), (self._cost, self._cost_below)):
            for label in (value, below):
                label.setFixedWidth(72)
                label.setAlignment(Qt.AlignmentFlag.AlignRight)
            facts.addLayout(column_of(value, below, spacing=1))
        for button in (self._look, self._action):
            button.setFixedWidth(190)
        buttons = column_of(self._look, self._action, spacing=6)
        buttons.insertStretch(0, 1)
        buttons.addStretch(1)
        row = row_of(column_of(facts, self._said, spacing=4), buttons, spacing=20)
        row.setStretch(0, 1)
        self.column.addLayout(row)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._name.setText(run_name(snapshot))
        when = moment(snapshot.created_at) if snapshot.created_at else ""
        said = sentence(snapshot)
        self._when.setText(when)
        self._said.setText(said)
        for part in (self._name, self._said):
            part.setToolTip(said)
        self._strip.set(snapshot, snapshot.at or utc_now())
        self._items.setText(number(snapshot.rows_total) if snapshot.rows_total else "-")
        self._items_below.setText(self.tr("items"))
        if snapshot.money.pretend:
            self._cost.setText(self.tr("free"))
            self._cost_below.setText(self.tr("practice"))
        else:
            self._cost.setText(money(snapshot.money.so_far))
            self._cost_below.setText(self.tr("so far") if snapshot.billed else self.tr("in all"))
        self._look.setVisible(snapshot.complete and snapshot.phase is not Phase.FINISHED)
        self._look.setAccessibleName(f"{self._look.text()}: {run_name(snapshot)}")
        self._action.setText(self._action_words(snapshot))
        self._action.setAccessibleName(f"{self._action.text()}: {run_name(snapshot)}")
        self.setAccessibleName(f"{run_name(snapshot)}. {said}")

    def _action_words(self, snapshot: Snapshot) -> str:
        return {
            Phase.GOING: self.tr("Watch"),
            Phase.PAUSED: self.tr("Continue..."),
            Phase.ASKING: self.tr("Destroy the machine..."),
            Phase.KEPT: self.tr("Destroy the machine..."),
            Phase.FINISHED: self.tr("Look at the result"),
            Phase.INCOMPLETE: self.tr("Continue..."),
        }[snapshot.phase]

    def _on_action_clicked(self) -> None:
        if self._snapshot is not None and self._snapshot.phase is Phase.FINISHED:
            self._on_look_clicked()
        else:
            self.opened.emit(self._run_id)

    def _on_look_clicked(self) -> None:
        if self._snapshot is not None:
            self.result_wanted.emit(str(self._snapshot.plan.result.folder))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit(self._run_id)
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self._run_id)
        else:
            super().keyPressEvent(event)
