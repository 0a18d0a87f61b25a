"""What came out of a run: the check, and what it cost beside what was expected."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.core.plan import EstimateLine
from gui.core.result.check import Check, CheckLine, CheckReport
from gui.core.run.events import Destroyed, Rented, Step
from gui.core.run.state import Snapshot
from gui.core.units import FREE, MicroUsd, cost
from gui.format import duration, money, number, part_of, percent
from gui.text import check_name
from gui.widgets.basics import Caption, Card, Line, Rows, Strong, Tone, clear

REST = "rest"
MILESTONES = (
    (EstimateLine.SETUP, Step.PREPARE),
    (EstimateLine.UPLOAD, Step.UPLOAD),
    (EstimateLine.EMBED, Step.EMBED),
    (EstimateLine.FETCH, Step.FETCH),
)
"""Each line of the receipt ends when this step does."""


class CheckCard(Card):
    """Each question the check asked, with its answer."""

    def __init__(self) -> None:
        super().__init__(self.tr("Check"))
        self._rows = Rows()
        self.column.addWidget(self._rows)
        self.column.addStretch(1)

    def set(self, report: CheckReport) -> None:
        rows: list[tuple[str, str, Tone]] = [self._row(line, report) for line in report.lines]
        with_image = self.tr("{pictures} / {texts}").format(
            pictures=number(report.with_image), texts=number(report.items - report.with_image)
        )
        rows.append((self.tr("With picture / text only"), with_image, ""))
        self._rows.set(rows)

    def _row(self, line: CheckLine, report: CheckReport) -> tuple[str, str, Tone]:
        if line.check is Check.COUNT:
            said = part_of(line.found, line.expected)
        elif line.check is Check.DIMENSION:
            said = str(report.dimensions)
        elif line.check in (Check.FINITE, Check.DUPLICATES):
            said = number(line.found)
        else:
            said = self.tr("all") if line.passed else number(line.found)
        mark, tone = ("✓", "") if line.passed else ("!", "") if line.warning else ("✕", "danger")
        return check_name(line.check), f"{said} {mark}", tone  # type: ignore[return-value]


class CostCard(Card):
    """Expected beside actual; a pretend price says so."""

    def __init__(self) -> None:
        super().__init__(self.tr("What it cost"))
        self._note = Caption(self.tr("Practice: the price is pretend, nothing was charged."), wrap=True)
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self._shown: list[tuple[str, str, str]] = []
        self.column.addWidget(self._note)
        self.column.addWidget(self._table)
        self.column.addStretch(1)

    def set(self, snapshot: Snapshot, now: datetime) -> None:
        self._note.setVisible(snapshot.money.pretend)
        rows = self._lines(snapshot, now)
        if rows != self._shown:
            self._shown = rows
            self._fill(rows)

    def _lines(self, snapshot: Snapshot, now: datetime) -> list[tuple[str, str, str]]:
        names: dict[str, str] = {
            EstimateLine.SETUP: self.tr("Getting ready"),
            EstimateLine.UPLOAD: self.tr("Upload"),
            EstimateLine.EMBED: self.tr("Embedding"),
            EstimateLine.FETCH: self.tr("Bringing the rest home"),
            REST: self.tr("Check, and waiting for you"),
        }
        estimate = snapshot.estimate
        expected: dict[str, MicroUsd] = dict(estimate.costs) if estimate else {}
        rows = [("", self.tr("Expected"), self.tr("Actual"))]
        for line, (actual_s, actual) in actual_lines(snapshot, now).items():
            name = self.tr("{what}, {time}").format(what=names[line], time=duration(actual_s))
            rows.append((name, money(expected[line]) if line in expected else "", money(actual)))
        over = snapshot.rental is None
        in_all = self.tr("In all") if over else self.tr("In all so far")
        rows.append((in_all, money(estimate.total if estimate else FREE), money(snapshot.money.so_far)))
        if snapshot.money.so_far:
            share = percent(min(1.0, snapshot.money.embedding / snapshot.money.so_far))
            rows.append((self.tr("spent embedding"), "", share))
        return rows

    def _fill(self, rows: list[tuple[str, str, str]]) -> None:
        clear(self._grid)
        for number_, row in enumerate(rows):
            total = number_ == len(rows) - (2 if not rows[-1][1] else 1)
            for column, text in enumerate(row):
                label = Strong(text) if total else Caption(text)
                if column:
                    label.setAlignment(Qt.AlignmentFlag.AlignRight)
                self._grid.addWidget(label, 2 * number_, column)
            if number_ < len(rows) - 1:
                self._grid.addWidget(Line(), 2 * number_ + 1, 0, 1, 3)


def actual_lines(snapshot: Snapshot, now: datetime) -> dict[str, tuple[float, MicroUsd]]:
    """What each part took and cost on the machine of the last attempt, by ``EstimateLine``, and ``REST``.

    As in the estimate, what runs beside something longer counts only for what it takes longer: lines add up.
    """
    rented = next((one.event for one in reversed(snapshot.log) if isinstance(one.event, Rented)), None)
    if rented is None:
        return {}
    gone = next((one.at for one in reversed(snapshot.log) if isinstance(one.event, Destroyed)), None)
    reached, over = rented.rented_at, gone if gone and gone > rented.rented_at else now
    took: dict[str, float] = {}
    for line, step in MILESTONES:
        state = snapshot.step(step)
        ended_at = min(over, state.ended_at or (over if state.started_at else reached))
        took[line] = max(0.0, (ended_at - reached).total_seconds())
        reached = max(reached, ended_at)
    took[REST] = max(0.0, (over - reached).total_seconds())
    return {line: (seconds, cost(rented.price_per_hour, seconds)) for line, seconds in took.items()}
