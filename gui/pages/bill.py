"""Every machine on every account: of our runs, of nobody, of others; what is not known is never shown as nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from gui.core.run.state import Snapshot
from gui.format import clock, moment, money, per_hour
from gui.text import cloud_name, describe_error, run_name, settled_in_accounts
from gui.widgets.basics import (
    Banner,
    Body,
    Caption,
    Card,
    ElidedLink,
    Heading,
    Line,
    PageHeader,
    Pill,
    QuietButton,
    Strong,
    clear,
    column_of,
    page_column,
    row_of,
    scrolling,
)
from gui.widgets.unowned import UnownedMachines

if TYPE_CHECKING:
    from gui.core.run.runs import Bill, BillLine

PRICE, SO_FAR = 2, 4
"""Columns with figures."""


class BillPage(QWidget):
    opened = Signal(str)  # run id
    ask_wanted = Signal()
    accounts_wanted = Signal()
    destroy_wanted = Signal(str, str)  # cloud, instance id of a machine that no run owns

    def __init__(self) -> None:
        super().__init__()
        self._bills: tuple[Bill, ...] | None = None
        self._runs: dict[str, Snapshot] = {}
        self._header = PageHeader(self.tr("Bill"))
        self._ask = QuietButton(self.tr("Ask again"), self.ask_wanted.emit)
        self._header.add_action(self._ask)
        self.unowned = UnownedMachines()
        self.unowned.destroy_wanted.connect(self.destroy_wanted)
        self._cards = column_of(spacing=16)
        content, column = QWidget(), page_column()
        column.addWidget(self._header)
        column.addWidget(self.unowned)
        column.addLayout(self._cards)
        column.addStretch(1)
        content.setLayout(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(content))
        self.set_asking(True)

    def set_bills(self, bills: tuple[Bill, ...], runs: dict[str, Snapshot]) -> None:
        """What the accounts answered last, and the runs their machines may belong to."""
        self._bills, self._runs = bills, runs
        self.unowned.set(bills)
        clear(self._cards)
        for bill in bills:
            self._cards.addWidget(self._card(bill))

    def set_asking(self, asking: bool, silent_since: datetime | None = None) -> None:
        """Whether the accounts are being asked now, and since when without an answer if that takes long."""
        self._ask.setEnabled(not asking)
        said = self.tr("Every machine that is rented on your accounts, as the clouds themselves say.")
        if silent_since is not None:
            said = self.tr("No answer since {clock}. What stands below is older; whether it still holds is not known.")
            said = said.format(clock=clock(silent_since))
        elif asking:
            said = self.tr("Asking every account...")
        self._header.set(self.tr("Bill"), said)

    def _card(self, bill: Bill) -> Card:
        card = Card(spacing=10)
        name = cloud_name(bill.cloud)
        head = row_of(Heading(name[:1].upper() + name[1:]))
        head.addStretch(1)
        if bill.credit is not None:
            head.addWidget(Strong(self.tr("Credit: {money}").format(money=money(bill.credit))))
            head.addSpacing(12)
        head.addWidget(Caption(self.tr("asked at {clock}").format(clock=clock(bill.asked_at))))
        card.column.addLayout(head)
        if bill.error is not None:
            what, means, todo = describe_error(bill.error)
            unknown = Banner()
            unknown.show_text(
                self.tr("Cannot tell what is billed here"), f"{what} {means} {todo}".strip(), tone="money"
            )
            if settled_in_accounts(bill.error):
                unknown.add_action(QuietButton(self.tr("Go to Accounts"), self.accounts_wanted.emit))
            card.column.addWidget(unknown)
        elif not bill.lines:
            card.column.addWidget(Body(self.tr("Nothing is rented here."), tone="good"))
        if bill.lines:
            card.column.addWidget(self._table(bill))
        return card

    def _table(self, bill: Bill) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        for column, share in enumerate((4, 5, 3, 4, 0)):
            grid.setColumnStretch(column, share)
        heads = (self.tr("Machine"), self.tr("Belongs to"), self.tr("Price"), self.tr("Since"), self.tr("So far"))
        for column, text in enumerate(heads):
            grid.addWidget(Caption(text), 0, column, _side(column))
        for number, line in enumerate(bill.lines):
            grid.addWidget(Line(), 2 * number + 1, 0, 1, len(heads))
            for column, part in enumerate(self._row(line)):
                wraps = isinstance(part, QLabel) and part.wordWrap()  # and then has all its column
                side = Qt.AlignmentFlag.AlignVCenter if wraps else _side(column)
                grid.addWidget(part, 2 * number + 2, column, side)
        return table

    def _row(self, line: BillLine) -> list[QWidget]:
        one = line.instance
        if one.pretend_price:
            price = self.tr("free (pretend {rate})").format(rate=per_hour(one.price_per_hour))
            so_far = self.tr("free")
        else:
            price, so_far = per_hour(one.rate_per_hour), money(line.so_far)
        rate = Body(price)
        rate.setAlignment(_side(PRICE))
        return [
            Strong(f"{one.name} #{one.instance_id}", wrap=True),
            self._owner(line),
            rate,
            Body(moment(one.rented_at)),
            Strong(so_far),
        ]

    def _owner(self, line: BillLine) -> QWidget:
        if not line.ours:
            return Pill(self.tr("not Embark's: never touched"))
        if not line.run_id:
            return Pill(self.tr("no run: see above"), tone="money")
        known = self._runs.get(line.run_id)
        name = run_name(known) if known else line.run_id
        return ElidedLink(name, lambda: self.opened.emit(line.run_id))


def _side(column: int) -> Qt.AlignmentFlag:
    """Figures to the right."""
    right = column in (PRICE, SO_FAR)
    return (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
