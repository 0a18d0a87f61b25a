"""Machine: what can be rented, sorted by what this run would cost on it in all."""

from __future__ import annotations

import functools
import math
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QButtonGroup, QWidget

from gui.core.cloud.base import Offer
from gui.core.plan import Outlook, Page, Plan
from gui.core.plan.choices import PRACTICE_CLOUD
from gui.format import duration, money, number, per_hour, size
from gui.models.offers import Row
from gui.pages.new_run.editor import PlanEditor
from gui.pages.new_run.offer_table import OfferTable
from gui.pages.new_run.page import WizardPage, model_title, sentence_case
from gui.text import cloud_name
from gui.widgets.basics import (
    GAP,
    Banner,
    Body,
    Caption,
    Card,
    Chip,
    LinkButton,
    Strong,
    column_of,
    row_of,
    scrolling,
)
from gui.widgets.flow import Flow
from gui.widgets.number_field import WholeField


class MachinePage(WizardPage):
    page = Page.MACHINE

    def __init__(self, editor: PlanEditor, clouds: tuple[str, ...]) -> None:
        super().__init__(editor)
        self._drawn: tuple[Plan, Outlook | None, object, bool] | None = None
        self._group = QButtonGroup(self)
        self._chips = {name: Chip(self._cloud_words(name), functools.partial(self._take, name)) for name in clouds}
        for chip in self._chips.values():
            self._group.addButton(chip)
        self._where = QWidget()
        self._where.setLayout(Flow(*self._chips.values()))
        self._where.setVisible(len(clouds) > 1)
        self._looking = Body(tone="dim")
        self._trouble = Banner()
        self._shown_trouble: object = None
        self._table = OfferTable()
        self._table.chosen.connect(self._chosen)
        self._card = Card(margin=8)
        self._card.column.addWidget(self._table)
        self._again = LinkButton(self.tr("Look again"), editor.ask_offers_again)
        self._disk = WholeField(self.tr("Disk"), 0, 100_000, suffix=self.tr(" GB"))
        self._disk_words = Caption(wrap=True)
        self._disk.valueChanged.connect(self._disk_changed)
        disk = row_of(Strong(self.tr("Disk")), self._disk, self._disk_words, spacing=12)
        disk.setStretch(2, 1)
        self._note = Caption(wrap=True)
        again = row_of(self._looking, self._again)
        again.setStretch(0, 1)
        content = QWidget()
        column = column_of(self._where, self._trouble, self._card, spacing=12)
        column.addLayout(again)
        column.addLayout(disk)
        column.addWidget(self._note)
        column.addStretch(1)
        content.setLayout(column)
        self.setLayout(column_of(scrolling(content), spacing=GAP))

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
            self.editor.ask_offers_again()

    def redraw(self) -> None:
        editor = self.editor
        plan, outlook = editor.plan, editor.outlook
        drawn = (plan, outlook, editor.offers_failure, editor.asking_offers)
        if self._drawn == drawn:
            return
        self._drawn = drawn
        if plan.machine.cloud in self._chips:
            self._chips[plan.machine.cloud].setChecked(True)
        self._say_trouble()
        rows = outlook.rows if outlook else ()
        chosen = outlook.chosen[0].offer_id if outlook and outlook.chosen else ""
        self._table.show_rows(rows, chosen, self._recommendation(rows))
        self._card.setVisible(bool(rows))
        self._looking.setText(self._looking_words(rows))
        self._again.setEnabled(not editor.asking_offers)
        with QSignalBlocker(self._disk):
            self._disk.setValue(math.ceil(plan.machine.disk_gb))
        if outlook:
            words = (
                self.tr("{model} for the model, {data} for your data, the rest for the environment and room")
                if outlook.disk.model_bytes
                else self.tr("{data} for your data, the rest for the environment and room")
            )
            self._disk_words.setText(
                words.format(model=size(outlook.disk.model_bytes), data=size(outlook.disk.data_bytes))
            )
        here = plan.machine.cloud == PRACTICE_CLOUD
        self._note.setText(self._note_words(rows[0][0].name if here and rows else "", here=here))

    def _note_words(self, processor: str, *, here: bool) -> str:
        if not here:
            return self.tr("The owner of a rented machine can read what is on it.")
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

    def _looking_words(self, rows: tuple[Row, ...]) -> str:
        if self.editor.asking_offers:
            return self.tr("Looking for machines...")
        if self.editor.offers_failure is None and not rows:
            return self.tr("No machine fits.")
        return ""

    def _recommendation(self, rows: tuple[Row, ...]) -> str:
        if not rows:
            return ""
        offer, expected = rows[0]
        time, hour = duration(expected.total_s), per_hour(offer.price_per_hour)
        if offer.cloud == PRACTICE_CLOUD:
            return self.tr("Recommended: it is free and done in about {time}.").format(time=time)
        if len(rows) == 1:
            return self.tr("The only one that fits: {time} at {price}.").format(time=time, price=hour)
        cheaper = _cheaper_an_hour(rows)
        if cheaper is not None:
            said = self.tr("Recommended: cheapest in all. It costs more an hour than the {other}, but is done sooner.")
            return said.format(other=cheaper.name)
        saves = money(rows[1][1].total) if rows[1][1].total > expected.total else ""
        if saves:
            said = self.tr("Recommended: cheapest in all, {time} at {price}. The next would cost {next}.")
            return said.format(time=time, price=hour, next=saves)
        return self.tr("Recommended: cheapest in all, {time} at {price}.").format(time=time, price=hour)

    def _cloud_words(self, name: str) -> str:
        return sentence_case(cloud_name(name))

    def _take(self, cloud: str) -> None:
        plan = self.editor.plan
        self.editor.change(replace(plan, machine=replace(plan.machine, cloud=cloud, offer_id="")))

    def _chosen(self, offer_id: str) -> None:
        plan = self.editor.plan
        self.editor.change(replace(plan, machine=replace(plan.machine, offer_id=offer_id)))

    def _disk_changed(self, gb: int) -> None:
        plan = self.editor.plan
        self.editor.change(replace(plan, machine=replace(plan.machine, disk_gb=gb)))


def _cheaper_an_hour(rows: tuple[Row, ...]) -> Offer | None:
    """A slower machine that looks cheaper by the hour, if there is one."""
    first, expected = rows[0]
    for offer, other in rows[1:]:
        if offer.price_per_hour < first.price_per_hour and other.total_s > expected.total_s:
            return offer
    return None
