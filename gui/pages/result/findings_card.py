"""How right the vectors are: the golden check, what the precision changes, and alarms, as the manifest keeps them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.core.result.manifest import Manifest
from gui.format import number, part_of
from gui.text import alarm_sentence, alike, golden_sentence, precision_sentence
from gui.widgets.basics import Body, Caption, Card, Elided, LinkButton, Pill, Rows, Strong, clear, row_of
from remote_worker.protocol import PRECISION_STEPS, Alarmed, Chosen, Golden, GoldenRow, PrecisionReport


class FindingsCard(Card):
    def __init__(self) -> None:
        super().__init__(" ")
        self._manifest = Manifest()
        self._alarms = QGridLayout()
        self._alarms.setColumnStretch(1, 1)
        self._golden = Body()
        self._show_rows = LinkButton("", self._toggle)
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._rows.hide()
        self._precision, self._steps = Body(), Rows()
        links = row_of(self._show_rows)
        links.addStretch(1)
        self.column.addLayout(self._alarms)
        self.column.addWidget(self._golden)
        self.column.addLayout(links)
        for part in (self._rows, self._precision, self._steps):
            self.column.addWidget(part)

    def show_manifest(self, manifest: Manifest) -> None:
        """Hidden for a result that says nothing of it."""
        if manifest is not self._manifest:
            self._rows.hide()
        self._manifest = manifest
        self.heading.setText(self.tr("Are the vectors right?"))
        self.setVisible(bool(manifest.golden or manifest.precision_report or manifest.alarms))
        self._show_alarms(manifest.alarms)
        self._show_golden(manifest.golden)
        self._show_precision(manifest.precision_report)

    def _show_alarms(self, alarms: tuple[Alarmed, ...]) -> None:
        clear(self._alarms)
        for at, alarmed in enumerate(alarms):
            pill = Pill(self.tr("look"), tone="money")
            pill.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._alarms.addWidget(pill, at, 0, Qt.AlignmentFlag.AlignTop)
            self._alarms.addWidget(Body(alarm_sentence(alarmed)), at, 1)

    def _show_golden(self, golden: Golden | None) -> None:
        clear(self._grid)
        rows = (*golden.rows, *golden.home) if golden else ()
        self._golden.setVisible(golden is not None)
        self._show_rows.setVisible(bool(rows))
        self._say_link()
        if golden is None:
            return
        self._golden.setText(golden_sentence(golden))
        item = self.tr("Item") if self._manifest.data.series is None else self.tr("Prompt")
        heads = (item, self.tr("Taken as"), self.tr("Length"), self.tr("Alike"))
        for column, head in enumerate(heads):
            self._grid.addWidget(Caption(head), 0, column)
        for at, row in enumerate(rows, start=1):
            length = self.tr("%n token(s)", "", row.tokens) if row.tokens else ""
            cells = (row.item_id, self._taken_as(row), length, alike(row.cosine))
            for column, cell in enumerate(cells):
                part = Elided(cell) if column == 0 else Strong(cell) if column == 3 else Caption(cell)
                self._grid.addWidget(part, at, column)

    def _taken_as(self, row: GoldenRow) -> str:
        return {
            Chosen.IMPORT.value: self.tr("begins with “import”"),
            Chosen.SHORTEST.value: self.tr("short"),
            Chosen.LONGEST.value: self.tr("long"),
            Chosen.KOREAN.value: self.tr("Korean"),
            Chosen.PICTURE.value: self.tr("with picture"),
            Chosen.FIRST.value: self.tr("in the first window"),
            Chosen.LAST.value: self.tr("in the last window"),
            Chosen.SPREAD.value: self.tr("any"),
        }.get(row.why, self.tr("of the machine before"))

    def _show_precision(self, report: PrecisionReport | None) -> None:
        self._precision.setVisible(report is not None)
        self._steps.setVisible(report is not None and not report.why_not)
        if report is None:
            return
        self._precision.setText(precision_sentence(report))
        at_least = self.tr("{alike} alike or more")
        items = self.tr("{part} items") if self._manifest.data.series is None else self.tr("{part} prompts")
        self._steps.set(
            [
                (at_least.format(alike=f"{step:g}"), items.format(part=part_of(count, report.rows)))
                for step, count in zip(PRECISION_STEPS, report.counts, strict=False)
            ]
        )

    def _toggle(self) -> None:
        self._rows.setVisible(self._rows.isHidden())
        self._say_link()

    def _say_link(self) -> None:
        golden = self._manifest.golden
        count = len(golden.rows) + len(golden.home) if golden else 0
        shown = self.tr("Show all {count}") if self._rows.isHidden() else self.tr("Hide them")
        self._show_rows.setText(shown.format(count=number(count)))
