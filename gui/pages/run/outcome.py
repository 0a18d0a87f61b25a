"""What came out of a run: the check, and what it cost beside what was expected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.core.cloud.base import ChargeKind
from gui.core.plan import EstimateLine
from gui.core.result.check import CheckLine, CheckReport
from gui.core.run.receipt import EARLIER, REST, TRAFFIC, charges_of, lines_of
from gui.core.run.state import Snapshot
from gui.core.units import MicroUsd
from gui.format import duration, money_column, money_digits, number, percent
from gui.text import check_found, check_name
from gui.widgets.basics import Caption, Card, Line, Rows, Strong, Tone, clear

HOURS_AT = re.compile(r"([\d.,]+) hours at \$([\d.,]+)/hour")


class CheckCard(Card):
    """Each question the check asked, with its answer."""

    def __init__(self) -> None:
        super().__init__(self.tr("Check"))
        self._rows = Rows()
        self.column.addWidget(self._rows)
        self.column.addStretch(1)

    def set(self, report: CheckReport) -> None:
        rows = [self._row(line) for line in report.lines]
        with_image = self.tr("{pictures} / {texts}").format(
            pictures=number(report.with_image), texts=number(report.items - report.with_image)
        )
        rows.append((self.tr("With picture / text only"), with_image, ""))
        self._rows.set(rows)

    def _row(self, line: CheckLine) -> tuple[str, str, Tone]:
        mark = "✓" if line.passed else "!" if line.warning else "✕"
        tone: Tone = "danger" if mark == "✕" else ""
        return check_name(line.check), f"{check_found(line)} {mark}", tone


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    expected: str
    actual: str
    total: bool = False


class CostCard(Card):
    """Expected beside actual, then the provider's own lines; a pretend price says so."""

    def __init__(self) -> None:
        super().__init__(self.tr("What it cost"))
        self._note = Caption(self.tr("Practice: the price is pretend, nothing was charged."), wrap=True)
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self._shown: list[_Row] = []
        self.column.addWidget(self._note)
        self.column.addWidget(self._table)
        self.column.addStretch(1)

    def set(self, snapshot: Snapshot, now: datetime) -> None:
        self._note.setVisible(snapshot.money.pretend)
        rows = [*self._lines(snapshot, now), *self._charges(snapshot)]
        if rows != self._shown:
            self._shown = rows
            self._fill(rows)

    def _lines(self, snapshot: Snapshot, now: datetime) -> list[_Row]:
        names: dict[str, str] = {
            EstimateLine.SETUP: self.tr("Getting ready"),
            EstimateLine.UPLOAD: self.tr("Upload"),
            EstimateLine.EMBED: self.tr("Embedding"),
            EstimateLine.FETCH: self.tr("Bringing the rest home"),
            REST: self.tr("Check, and waiting for you"),
            TRAFFIC: self.tr("Traffic"),
            EARLIER: self.tr("Earlier machines of this run"),
        }
        rows = [_Row("", self.tr("Expected"), self.tr("Actual"))]
        lines, so_far = lines_of(snapshot, now), snapshot.money.so_far
        digits = self._digits(snapshot)
        actual = [line.actual_micro_usd for line in lines]
        difference = MicroUsd(so_far - sum(actual))
        of_provider = bool(charges_of(snapshot)) or snapshot.money.provider is not None
        if of_provider and abs(difference) >= 10 ** (6 - digits):
            actual.append(difference)
        elif lines:  # what was rounded line by line, and what a rate that changed makes
            at = max(range(len(actual)), key=actual.__getitem__)
            actual[at] = MicroUsd(actual[at] + difference)
        expected, expected_in_all = money_column([line.estimate_micro_usd for line in lines], digits)
        came, in_all = money_column(actual, digits)
        for line, expects, costs in zip(lines, expected, came, strict=False):
            name = names[line.what]
            if line.actual_s or line.estimate_s:
                name = self.tr("{what}, {time}").format(what=name, time=duration(line.actual_s))
            rows.append(_Row(name, expects if line.estimate_micro_usd else "", costs))
        if len(came) > len(lines):
            rows.append(_Row(self.tr("Difference to the provider's account"), "", came[-1]))
        name = self.tr("In all") if snapshot.rental is None else self.tr("In all so far")
        rows.append(_Row(name, expected_in_all, in_all, total=True))
        if so_far:
            share = percent(min(1.0, snapshot.money.embedding / so_far))
            rows.append(_Row(self.tr("spent embedding"), "", share))
        return rows

    def _charges(self, snapshot: Snapshot) -> list[_Row]:
        """What the provider itself billed, in its own lines."""
        kinds: dict[str, str] = {
            ChargeKind.MACHINE: self.tr("Machine"),
            ChargeKind.DISK: self.tr("Disk"),
            ChargeKind.TRAFFIC_IN: self.tr("Traffic to the machine"),
            ChargeKind.TRAFFIC_OUT: self.tr("Traffic from the machine"),
        }
        charges = charges_of(snapshot)
        if not charges:
            return []
        amounts, billed = money_column([one.amount_micro_usd for one in charges], self._digits(snapshot))
        rows = [_Row(self.tr("The provider's own bill"), "", billed, total=True)]
        for charge, amount in zip(charges, amounts, strict=True):
            name = kinds.get(charge.kind, charge.kind)
            if charge.detail:
                name = self.tr("{what}: {detail}").format(what=name, detail=self._detail(charge.detail))
            rows.append(_Row(name, "", amount))
        return rows

    def _detail(self, detail: str) -> str:
        """The provider's words, in ours where we know their shape."""
        known = HOURS_AT.fullmatch(detail)
        if known is None:
            return detail
        return self.tr("{hours} hours at ${price} an hour").format(hours=known[1], price=known[2])

    def _digits(self, snapshot: Snapshot) -> int:
        """Behind the point, for all money of the table."""
        estimate = snapshot.estimate.total if snapshot.estimate else snapshot.money.so_far
        return max(money_digits(estimate), money_digits(snapshot.money.so_far))

    def _fill(self, rows: list[_Row]) -> None:
        clear(self._grid)
        for number_, row in enumerate(rows):
            for column, text in enumerate((row.name, row.expected, row.actual)):
                label = Strong(text, wrap=not column) if row.total else Caption(text, wrap=not column)
                if column:
                    label.setAlignment(Qt.AlignmentFlag.AlignRight)
                self._grid.addWidget(label, 2 * number_, column)
            if number_ < len(rows) - 1:
                self._grid.addWidget(Line(), 2 * number_ + 1, 0, 1, 3)
