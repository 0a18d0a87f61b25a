"""Machines of ours that no run owns: above all else, with what they cost and Destroy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.format import moment, money, per_hour
from gui.text import cloud_name
from gui.widgets.basics import GAP, Body, Card, DangerButton, Heading, clear, column_of, row_of

if TYPE_CHECKING:
    from gui.core.run.runs import Bill, BillLine


class UnownedMachines(QWidget):
    """A card for each; hidden when there is none."""

    destroy_wanted = Signal(str, str)  # cloud, instance id

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[BillLine] = []
        self._column = column_of(spacing=GAP)
        self.setLayout(self._column)
        self.hide()

    def set(self, bills: tuple[Bill, ...]) -> None:
        lines = [line for bill in bills for line in bill.lines if line.ours and not line.run_id]
        if [line.instance for line in lines] == [line.instance for line in self._shown]:
            return
        self._shown = lines
        clear(self._column)
        for line in lines:
            self._column.addWidget(self._card(line))
        self.setVisible(bool(lines))

    def _card(self, line: BillLine) -> Card:
        one = line.instance
        name = f"{one.name} #{one.instance_id}"
        card = Card(tone="danger", spacing=6)
        if one.pretend_price:
            title = self.tr("A practice machine belongs to no run (free)")
            text = self.tr(
                "{machine} is a folder on this computer. Destroying it deletes that folder and nothing else."
            )
        else:
            title = self.tr("A machine belongs to no run and is being billed: {rate}")
            text = self.tr(
                "{machine} at {cloud} has cost {money} since {moment}. "
                "Destroying it ends the bill and wipes its disk for good."
            )
        words = {
            "machine": name,
            "cloud": cloud_name(one.cloud),
            "money": money(line.so_far),
            "moment": moment(one.rented_at),
            "rate": per_hour(one.rate_per_hour),
        }
        button = DangerButton(self.tr("Destroy {machine}").format(machine=name))

        def on_clicked() -> None:
            button.setEnabled(False)
            button.setText(self.tr("Destroying {machine}...").format(machine=name))
            self.destroy_wanted.emit(one.cloud, one.instance_id)

        button.clicked.connect(on_clicked)
        buttons = row_of(button)
        buttons.addStretch(1)
        card.column.addWidget(Heading(title.format(**words), wrap=True))
        card.column.addWidget(Body(text.format(**words)))
        card.column.addSpacing(6)
        card.column.addLayout(buttons)
        return card

    def ask_again(self) -> None:
        """A destruction did not work: offer it again."""
        shown, self._shown = self._shown, []
        clear(self._column)
        for line in shown:
            self._column.addWidget(self._card(line))
        self._shown = shown
