"""What came out of a run: the check, and what it cost beside what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.core.cloud.base import ChargeKind
from gui.core.plan import EstimateLine
from gui.core.result.check import CheckLine, CheckReport
from gui.core.run.receipt import EARLIER, REST, TRAFFIC, charges_of, lines_of
from gui.core.run.state import Snapshot
from gui.core.units import FREE, MicroUsd
from gui.format import duration, money, number, percent
from gui.text import check_found, check_name
from gui.widgets.basics import Caption, Card, Line, Rows, Strong, Tone, clear


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
        for line in lines_of(snapshot, now):
            name = names[line.what]
            if line.actual_s or line.estimate_s:
                name = self.tr("{what}, {time}").format(what=name, time=duration(line.actual_s))
            expected = money(line.estimate_micro_usd) if line.estimate_micro_usd else ""
            rows.append(_Row(name, expected, money(line.actual_micro_usd)))
        estimate, so_far = snapshot.estimate, snapshot.money.so_far
        in_all = self.tr("In all") if snapshot.rental is None else self.tr("In all so far")
        rows.append(_Row(in_all, money(estimate.total if estimate else FREE), money(so_far), total=True))
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
        rows = []
        for charge in charges_of(snapshot):
            kind = kinds.get(charge.kind, charge.kind)
            name = self.tr("{what}: {detail}").format(what=kind, detail=charge.detail) if charge.detail else kind
            rows.append(_Row(name, "", money(charge.amount_micro_usd)))
        if rows:
            billed = MicroUsd(sum(charge.amount_micro_usd for charge in charges_of(snapshot)))
            rows.insert(0, _Row(self.tr("The provider's own bill"), "", money(billed), total=True))
        return rows

    def _fill(self, rows: list[_Row]) -> None:
        clear(self._grid)
        for number_, row in enumerate(rows):
            for column, text in enumerate((row.name, row.expected, row.actual)):
                label = Strong(text) if row.total else Caption(text)
                if column:
                    label.setAlignment(Qt.AlignmentFlag.AlignRight)
                self._grid.addWidget(label, 2 * number_, column)
            if number_ < len(rows) - 1:
                self._grid.addWidget(Line(), 2 * number_ + 1, 0, 1, 3)
