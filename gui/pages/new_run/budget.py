"""Budget: how much it may cost, how long the machine may live alone, what happens at the end, where results go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QButtonGroup,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from gui.core.plan import PRACTICE_CLOUD, AtTheEnd, Outlook, Page, Plan
from gui.core.units import MicroUsd, cost, half_dollars, micro_usd
from gui.format import duration, money, size
from gui.pages.new_run.editor import PlanEditor
from gui.pages.new_run.page import WizardPage
from gui.text import cloud_name
from gui.widgets.basics import GAP, Body, Caption, Card, LinkButton, QuietButton, column_of, row_of, scrolling
from gui.widgets.choose import choose_folder
from gui.widgets.flow import Beside
from gui.widgets.number_field import DecimalField, WholeField


class BudgetPage(WizardPage):
    page = Page.BUDGET

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(editor)
        self._drawn: tuple[Plan, Outlook | None, MicroUsd | None] | None = None
        content = QWidget()
        cards = (self._limit_card(), self._lease_card(), self._end_card(), self._result_card())
        column = column_of(spacing=0)
        column.addLayout(Beside(*((card, 1) for card in cards), spacing=GAP, most=2))
        column.addStretch(1)
        content.setLayout(column)
        self.setLayout(column_of(scrolling(content), spacing=GAP))

    def name(self) -> str:
        return self.tr("Budget")

    def title(self) -> str:
        return self.tr("How much may it cost?")

    def sentence(self) -> str:
        return self.tr("What the run may cost, what happens when nobody watches, and where the result goes.")

    def entered(self) -> None:
        if self.editor.plan.machine.cloud != PRACTICE_CLOUD:  # the credit is spent meanwhile
            self.editor.ask_offers()

    def _limit_card(self) -> Card:
        card = Card(self.tr("Limit"))
        self._limit = DecimalField(self.tr("Limit in dollars"), 1_000_000, decimals=2, prefix="$")
        self._limit_words, self._credit_words = Body(), Body(tone="money")
        self._limit.valueChanged.connect(self._limit_changed)
        self._raise = LinkButton("", self._raise_limit)
        line = row_of(self._limit, self._raise)
        line.addStretch(1)
        card.column.addLayout(line)
        card.column.addWidget(self._limit_words)
        card.column.addWidget(self._credit_words)
        card.column.addStretch(1)
        return card

    def _lease_card(self) -> Card:
        card = Card(self.tr("If this computer is closed or offline"))
        name = self.tr("How long the machine may go on without this computer")
        self._lease = WholeField(name, 0, 10_000, suffix=self.tr(" minutes"), step=10)
        self._lease_words = Body()
        self._lease.valueChanged.connect(self._lease_changed)
        card.column.addWidget(Body(self.tr("the machine may go on for")))
        card.column.addWidget(self._lease)
        card.column.addWidget(self._lease_words)
        card.column.addStretch(1)
        return card

    def _end_card(self) -> Card:
        card = Card(self.tr("At the end"))
        self._ask = QRadioButton(self.tr("Ask me before the machine is destroyed"))
        self._by_itself = QRadioButton(self.tr("Destroy it as soon as everything is home and checked"))
        self._ends = QButtonGroup(self)
        words = (
            Caption(self.tr("A rented one is billed until you answer."), wrap=True),
            Caption(self.tr("If a check fails, you are asked all the same."), wrap=True),
        )
        for button, said in zip((self._ask, self._by_itself), words, strict=True):
            self._ends.addButton(button)
            said.setContentsMargins(29, 0, 0, 0)
            card.column.addLayout(column_of(button, said, spacing=0))
        self._ends.buttonClicked.connect(self._end_changed)
        card.column.addStretch(1)
        return card

    def _result_card(self) -> Card:
        card = Card(self.tr("Name and result"))
        self._name, self._folder = QLineEdit(), QLineEdit()
        self._name.setAccessibleName(self.tr("Name of the run"))
        self._name.setPlaceholderText(self.tr("Name of the run"))
        self._name.setMaxLength(120)
        self._name.editingFinished.connect(self._name_changed)
        self._folder.setAccessibleName(self.tr("Folder of the result"))
        self._folder.editingFinished.connect(self._folder_typed)
        choose = QuietButton(self.tr("Choose..."), self._choose_folder)
        self._result_words = Caption(wrap=True)
        line = row_of(self._folder, choose)
        line.setStretch(0, 1)
        card.column.addWidget(self._name)
        card.column.addLayout(line)
        card.column.addWidget(self._result_words)
        card.column.addStretch(1)
        return card

    # --- drawing ---

    def redraw(self) -> None:
        plan, outlook = self.editor.plan, self.editor.outlook
        if self._drawn == (plan, outlook, self.editor.credit):
            return
        self._drawn = (plan, outlook, self.editor.credit)
        with QSignalBlocker(self._limit), QSignalBlocker(self._lease):
            self._limit.setValue(plan.budget.limit / 1e6)
            self._lease.setValue(plan.budget.lease_minutes)
        (self._by_itself if plan.result.destroy is AtTheEnd.WHEN_VERIFIED else self._ask).setChecked(True)
        if not self._name.hasFocus():
            self._name.setText(plan.name)
        if not self._folder.hasFocus():
            self._folder.setText(str(plan.result.folder) if plan.result.folder != Path() else "")
        self._folder.setToolTip(self._folder.text())
        self._say(plan, outlook)

    def _say(self, plan: Plan, outlook: Outlook | None) -> None:
        chosen = outlook.chosen if outlook else None
        self._raise.hide()
        self._result_words.setText("")
        self._credit_words.hide()
        if chosen is None or outlook is None:
            self._limit_words.setText("")
            self._lease_words.setText("")
            return
        offer, expected = chosen
        if offer.pretend_price:
            said = self.tr(
                "Practice is free. So that you see how a limit works, this computer counts a pretend price: "
                "the run will come to about {money}."
            )
        else:
            said = self.tr("The run is estimated at {money}. With a limit of {limit} it has room for a slow machine.")
        self._limit_words.setText(said.format(money=money(expected.total), limit=money(plan.budget.limit)))
        self._say_credit(expected.total)
        if plan.budget.limit < expected.total:
            self._raise.setText(self.tr("Set to {money}").format(money=money(_with_room(expected.total))))
            self._raise.show()
        alone_s = plan.budget.lease_minutes * 60.0
        most = money(cost(offer.price_per_hour, alone_s))
        if offer.pretend_price:
            said = self.tr("On this computer the work goes on by itself while Embark is closed, and nothing is billed.")
        else:
            said = self.tr("Then it ends its own bill. While nobody watches, that can cost {money} at most.")
        self._lease_words.setText(said.format(time=duration(alone_s), money=most))
        said = self.tr("{size} for the vectors, beside them a list of problems and the receipt.")
        self._result_words.setText(said.format(size=size(outlook.vectors_bytes)))

    def _say_credit(self, expected: MicroUsd) -> None:
        credit = self.editor.credit
        if credit is not None and credit < expected:
            said = self.tr("There is only {credit} of credit at {cloud}: add some before you start.")
            cloud = cloud_name(self.editor.plan.machine.cloud)
            self._credit_words.setText(said.format(credit=money(credit), cloud=cloud))
            self._credit_words.show()

    # --- changes ---

    def _limit_changed(self, dollars: float) -> None:
        self._set_limit(micro_usd(f"{dollars:.2f}"))

    def _raise_limit(self) -> None:
        outlook = self.editor.outlook
        if outlook and outlook.chosen:
            self._set_limit(_with_room(outlook.chosen[1].total))

    def _set_limit(self, limit: MicroUsd) -> None:
        plan = self.editor.plan
        self.editor.change(replace(plan, budget=replace(plan.budget, limit=limit)))

    def _lease_changed(self, minutes: int) -> None:
        plan = self.editor.plan
        self.editor.change(replace(plan, budget=replace(plan.budget, lease_minutes=minutes)))

    def _end_changed(self) -> None:
        plan = self.editor.plan
        destroy = AtTheEnd.WHEN_VERIFIED if self._by_itself.isChecked() else AtTheEnd.ASK
        self.editor.change(replace(plan, result=replace(plan.result, destroy=destroy)))

    def _name_changed(self) -> None:
        self.editor.change(replace(self.editor.plan, name=self._name.text().strip()))

    def _folder_typed(self) -> None:
        text = self._folder.text().strip()
        if text != str(self.editor.plan.result.folder):
            # A name alone is a folder among the other results, not in the folder that the program was started from.
            self._set_folder(self.editor.results_home / Path(text).expanduser() if text else Path())
            self._folder.setText(str(self.editor.plan.result.folder) if text else "")

    def _choose_folder(self) -> None:
        choose_folder(self, self.tr("Folder for the result"), self.put_into)

    def put_into(self, folder: str) -> None:
        """The result goes below this folder, into one of its own."""
        self._set_folder(Path(folder) / (self.editor.plan.result.folder.name or self.editor.plan.name))

    def _set_folder(self, folder: Path) -> None:
        plan = self.editor.plan
        self.editor.change(replace(plan, result=replace(plan.result, folder=folder)))


def _with_room(amount: MicroUsd) -> MicroUsd:
    """Half as much again, up to the next half dollar."""
    return half_dollars(1.5 * amount)
