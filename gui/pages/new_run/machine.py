"""Machine: where from, what it must be, and what can be rented, sorted by what this run would cost on it in all."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from gui.core.cloud.base import Cloud
from gui.core.errors import CloudRefused, CredentialError
from gui.core.plan import PRACTICE_CLOUD, VAST_CLOUD, MachineChoice, Outlook, Page, Plan
from gui.format import clock, number, size
from gui.models.offers import Row
from gui.pages.new_run.editor import PlanEditor
from gui.pages.new_run.filters import Filters
from gui.pages.new_run.offer_table import OfferTable
from gui.pages.new_run.page import WizardPage, model_title, sentence_case
from gui.pages.new_run.recommended import recommendation
from gui.text import cloud_name
from gui.widgets.basics import (
    GAP,
    Banner,
    Body,
    Caption,
    Card,
    Chip,
    LinkButton,
    QuietButton,
    Strong,
    column_of,
    row_of,
    scrolling,
)
from gui.widgets.flow import Flow
from gui.widgets.number_field import WholeField

CLOUDS = (PRACTICE_CLOUD, VAST_CLOUD)


class MachinePage(WizardPage):
    """``clouds`` are those that can be used now; keys come and go meanwhile."""

    page = Page.MACHINE
    accounts_wanted = Signal()

    def __init__(self, editor: PlanEditor, clouds: Mapping[str, Cloud]) -> None:
        super().__init__(editor)
        self._clouds = clouds
        self._left: dict[str, MachineChoice] = {}  # what was asked of a cloud before another was chosen
        self._drawn: object = None
        self._shown_trouble: object = None
        content = QWidget()
        column = column_of(self._where(), self._filters(), self._offers(), spacing=12)
        column.addStretch(1)
        content.setLayout(column)
        self.setLayout(column_of(scrolling(content), spacing=GAP))

    def _where(self) -> QWidget:
        self._group = QButtonGroup(self)
        self._chips = {name: Chip(self._cloud_words(name), functools.partial(self._take, name)) for name in CLOUDS}
        for chip in self._chips.values():
            self._group.addButton(chip)
        self._no_key = Caption(self.tr("Vast.ai needs a key first:"))
        self._accounts = LinkButton(self.tr("Go to Accounts"), self.accounts_wanted.emit)
        row = row_of(*self._chips.values(), self._no_key, self._accounts)
        row.addStretch(1)
        where = QWidget()
        where.setLayout(row)
        return where

    def _filters(self) -> QWidget:
        self.filters = Filters()
        self.filters.changed.connect(self._asked)
        return self.filters

    def _offers(self) -> QWidget:
        self._looking = Body(tone="dim")
        self._trouble = Banner()
        self._table = OfferTable()
        self._table.chosen.connect(self._chosen)
        self._card = Card(margin=8)
        self._card.column.addWidget(self._table)
        self._again = LinkButton(self.tr("Look again"), self.editor.ask_offers_again)
        self._disk = WholeField(self.tr("Disk"), 0, 100_000, suffix=self.tr(" GB"))
        self._disk_words = Caption(wrap=True)
        self._disk.valueChanged.connect(self._disk_changed)
        disk = row_of(Strong(self.tr("Disk")), self._disk, self._disk_words, spacing=12)
        disk.setStretch(2, 1)
        self._note = Caption(wrap=True)
        self._interruptions = Caption(
            self.tr(
                "A machine that may be interrupted can be taken away at any moment; what has come home stays, and the "
                "rest goes on with another one."
            ),
            wrap=True,
        )
        again = row_of(self._looking, self._again)
        again.setStretch(0, 1)
        offers = QWidget()
        notes = column_of(self._note, self._read_by_owner(), self._interruptions, spacing=4)
        offers.setLayout(column_of(self._trouble, self._card, again, disk, notes, spacing=10))
        return offers

    def _read_by_owner(self) -> QWidget:
        self._secure = LinkButton(self.tr("only data centres"), self.filters.data_centres.click)
        said = Caption(self.tr("The owner of a rented machine can read what is on it. If that matters, choose"))
        self._owner = QWidget()
        self._owner.setLayout(Flow(said, self._secure, spacing=4))
        return self._owner

    def name(self) -> str:
        return self.tr("Machine")

    def title(self) -> str:
        return self.tr("Which machine?")

    def sentence(self) -> str:
        plan, report = self.editor.plan, self.editor.report
        if report is None:
            return self.tr("Sorted by what this run would cost in all.")
        said = self.tr("For {items} items with {pictures} pictures on {model}. Sorted by what this run costs in all.")
        return said.format(
            items=number(report.items),
            pictures=number(report.images_found),
            model=model_title(plan.model.name),
        )

    def entered(self) -> None:
        if self.editor.plan.machine.cloud != PRACTICE_CLOUD:  # prices move
            self.editor.ask_offers()

    # --- drawing ---

    def redraw(self) -> None:
        editor = self.editor
        plan, outlook = editor.plan, editor.outlook
        usable = tuple(self._clouds)
        drawn = (plan, outlook, editor.offers_failure, editor.asking_offers, editor.offers_at, usable)
        if self._drawn == drawn:
            return
        self._drawn = drawn
        self._draw_clouds(plan, usable)
        self._say_trouble()
        rows = outlook.rows if outlook and editor.offers is not None else ()
        chosen = outlook.chosen[0].offer_id if outlook and outlook.chosen else ""
        why = recommendation(outlook.why_first) if outlook and outlook.why_first else ""
        self._table.show_rows(rows, chosen, why)
        self._card.setVisible(bool(rows))
        self._looking.setText(self._looking_words(rows))
        self._again.setEnabled(not editor.asking_offers)
        self._draw_disk(plan, outlook)
        self._draw_note(plan, rows)

    def _draw_clouds(self, plan: Plan, usable: tuple[str, ...]) -> None:
        rented = plan.machine.cloud == VAST_CLOUD
        for name, chip in self._chips.items():
            chip.setEnabled(name in usable)
            chip.setChecked(name == plan.machine.cloud)
        self._chips[PRACTICE_CLOUD].setVisible(PRACTICE_CLOUD in usable)
        for part in (self._no_key, self._accounts):
            part.setVisible(VAST_CLOUD not in usable)
        self.filters.setVisible(rented)
        needed = self.editor.outlook.needed_vram_bytes if self.editor.outlook else 0
        self.filters.show_choice(plan.machine, needed, self.editor.countries)

    def _draw_disk(self, plan: Plan, outlook: Outlook | None) -> None:
        with QSignalBlocker(self._disk):
            self._disk.setValue(math.ceil(plan.machine.disk_gb))
        if outlook is None:
            return
        words = (
            self.tr("{model} for the model, {data} for your data, the rest for the environment and room")
            if outlook.disk.model_bytes
            else self.tr("{data} for your data, the rest for the environment and room")
        )
        self._disk_words.setText(words.format(model=size(outlook.disk.model_bytes), data=size(outlook.disk.data_bytes)))

    def _draw_note(self, plan: Plan, rows: tuple[Row, ...]) -> None:
        here = plan.machine.cloud == PRACTICE_CLOUD
        self._note.setVisible(here)
        self._owner.setVisible(not here and not plan.machine.data_centres_only)
        self._interruptions.setVisible(not here and plan.machine.interruptible)
        self._note.setText(self._here_words(rows[0][0].name if here and rows else ""))

    def _here_words(self, processor: str) -> str:
        if not processor:
            return ""
        return self.tr(
            "This computer ({processor}) plays the rented machine, with the same steps as a real one. The price is "
            "pretended, so that you see how it works: nobody will ever bill it. Your items stay on this computer."
        ).format(processor=processor)

    def _say_trouble(self) -> None:
        failure = self.editor.offers_failure
        if failure is self._shown_trouble:
            return
        self._shown_trouble = failure
        if failure is None:
            self._trouble.hide()
        else:
            self._trouble.show_error(failure)
            if isinstance(failure, CloudRefused | CredentialError):
                self._trouble.add_action(QuietButton(self.tr("Go to Accounts"), self.accounts_wanted.emit))

    def _looking_words(self, rows: tuple[Row, ...]) -> str:
        if self.editor.asking_offers:
            return self.tr("Looking for machines...")
        if self.editor.offers_failure is not None:
            return ""
        if not rows:
            return self.tr("No machine fits.")
        if self.editor.plan.machine.cloud == PRACTICE_CLOUD or self.editor.offers_at is None:
            return ""
        found = self.tr("%n machine(s) fit, looked at {clock}", "", len(rows))
        return found.format(clock=clock(self.editor.offers_at))

    def _cloud_words(self, name: str) -> str:
        return sentence_case(cloud_name(name))

    # --- what is clicked ---

    def _take(self, cloud: str) -> None:
        """Another cloud, with what was asked of it before; the disk stays what it is."""
        plan = self.editor.plan
        self._left[plan.machine.cloud] = plan.machine
        machine = self._left.get(cloud, MachineChoice(cloud))
        self.editor.change(replace(plan, machine=replace(machine, disk_gb=plan.machine.disk_gb, offer_id="")))

    def _asked(self, machine: MachineChoice) -> None:
        self.editor.change(replace(self.editor.plan, machine=replace(machine, offer_id="")))

    def _chosen(self, offer_id: str) -> None:
        plan = self.editor.plan
        self.editor.change(replace(plan, machine=replace(plan.machine, offer_id=offer_id)))

    def _disk_changed(self, gb: int) -> None:
        plan = self.editor.plan
        self.editor.change(replace(plan, machine=replace(plan.machine, disk_gb=gb)))
