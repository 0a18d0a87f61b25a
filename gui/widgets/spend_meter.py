"""Money of a run: so far, to come, the limit; a pretend price is never shown as money."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.core.run.state import Money
from gui.core.units import FREE, MicroUsd
from gui.format import money, per_hour, percent
from gui.widgets.basics import Bar, BigNumber, Caption, Rows, Strong, Tone, column_of, row_of

NEAR = 0.8
"""Of the limit: from here on it is said in words."""


class SpendMeter(QWidget):
    """One large figure, a bar to the limit with a mark where the run is expected to end, and the lines below it."""

    def __init__(self) -> None:
        super().__init__()
        self._number = BigNumber()
        self._note = Caption(wrap=True)
        self._bar = Bar(self.tr("Money spent of the limit"))
        self._expected, self._limit = Strong(), Caption()
        between = row_of(self._expected)
        between.addStretch(1)
        between.addWidget(self._limit)
        self._rows = Rows()
        column = column_of(self._number, self._bar, between, self._note, self._rows, spacing=6)
        column.insertSpacing(4, 6)
        column.addStretch(1)
        self.setLayout(column)

    def set(self, now: Money) -> None:
        if now.pretend:
            self._number.set(self.tr("Free"), self.tr("practice"))
            self._note.setText(self.tr("The price below is pretend: nothing is charged."))
        else:
            self._number.set(money(now.so_far))
            self._note.setText(
                self.tr("The whole limit is spent.")
                if now.so_far >= now.limit
                else self.tr("Over 80 % of the limit is spent. At the limit the run ends and comes home.")
            )
        near = now.limit > FREE and now.so_far >= NEAR * now.limit and now.per_hour > FREE
        self._note.setVisible(now.pretend or near)
        whole = now.limit or now.expected
        colour = "teal" if now.pretend or not now.per_hour else "money"
        mark = now.expected / whole if whole and now.expected > now.so_far else None
        self._bar.set(now.so_far / whole if whole else 0.0, mark=mark, colour=colour)
        self._expected.setText(self.tr("expected in all {money}").format(money=money(now.expected)))
        self._limit.setText(self.tr("limit {money}").format(money=money(now.limit)))
        self._limit.setVisible(now.limit > FREE)
        self._rows.set(self._lines(now))

    def _lines(self, now: Money) -> list[tuple[str, str, Tone]]:
        lines: list[tuple[str, str, Tone]] = []
        if now.pretend:
            lines.append((self.tr("Pretend money so far"), money(now.so_far), ""))
        running = per_hour(now.per_hour) if now.per_hour else self.tr("nothing now")
        name = self.tr("Pretend price") if now.pretend else self.tr("Costs")
        lines.append((name, running, "money" if now.per_hour and not now.pretend else ""))
        lines.append((self.tr("Left to the limit"), money(MicroUsd(max(0, now.limit - now.so_far))), ""))
        if now.so_far:
            lines.append((self.tr("Spent embedding"), percent(min(1.0, now.embedding / now.so_far)), ""))
        return lines
