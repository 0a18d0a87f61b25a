"""What is made of a time series: how long the windows are, which of them, and under which mask they are read."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from gui.core.dataset import Borders, SeriesReport, SeriesSpec, Split, Wording
from gui.core.dataset.gpt2_numbers import CONTEXT_TOKENS
from gui.core.plan import find_model
from gui.format import number
from gui.pages.new_run.editor import PlanEditor
from gui.widgets.basics import GAP, Caption, Card, Strong
from gui.widgets.number_field import WholeField
from remote_worker.prompts import Mask

LONGEST = 100_000
FIELD_WIDTH = 210


class SeriesCard(Card):
    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(self.tr("The windows of the series"), spacing=10)
        self._editor = editor
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(2, 1)
        self._fits = Caption(wrap=True)
        self.column.addLayout(self._grid)
        self.column.addWidget(self._fits)
        self.history = WholeField(self.tr("History"), 1, LONGEST)
        self.lengths = QLineEdit()
        self.split, self.borders = QComboBox(), QComboBox()
        self.stride = WholeField(self.tr("Step between windows"), 1, LONGEST)
        self.wording, self.seeing = QComboBox(), QComboBox()
        self._fill()
        self._row(self.tr("History"), self.history, self.tr("So many values the model is told."))
        self._row(self.tr("Output lengths"), self.lengths, self.tr("So many values follow. Each has its own result."))
        self._row(self.tr("Part of the file"), self.split, self.tr("Each part is a run of its own."))
        self._row(self.tr("Parts"), self.borders, self.tr("Where one part ends and the next begins."))
        self._row(self.tr("Step between windows"), self.stride, self.tr("1 takes every window there is."))
        self._row(self.tr("Wording"), self.wording, self.tr("What the prompts call the numbers."))
        self._row(
            self.tr("Mask"),
            self.seeing,
            self.tr("Numbers and words do not see each other. TimeKD takes their places from the last variable."),
        )
        for spin in (self.history, self.stride):
            spin.valueChanged.connect(self._changed)
        for box in (self.split, self.borders, self.wording, self.seeing):
            box.activated.connect(self._changed)
        self.lengths.editingFinished.connect(self._changed)

    def _fill(self) -> None:
        for split, words in (
            (Split.TRAIN, self.tr("Training")),
            (Split.VAL, self.tr("Validation")),
            (Split.TEST, self.tr("Test")),
            (Split.ALL, self.tr("The whole file")),
        ):
            self.split.addItem(words, split)
        for borders, words in (
            (Borders.SHARES, self.tr("70, 10 and 20 percent")),
            (Borders.ETT_HOURS, self.tr("ETT by the hour")),
            (Borders.ETT_QUARTERS, self.tr("ETT by 15 minutes")),
        ):
            self.borders.addItem(words, borders)
        for wording, words in ((Wording.VALUES, self.tr("values")), (Wording.RATES, self.tr("exchange rates"))):
            self.wording.addItem(words, wording)
        for mask, words in (
            (Mask.TIMEKD, self.tr("As TimeKD's tool")),
            (Mask.CAUSAL, self.tr("Each prompt by itself")),
            (Mask.BOTH_WAYS, self.tr("Later values too")),
        ):
            self.seeing.addItem(words, mask)

    def _row(self, name: str, field: QWidget, words: str) -> None:
        at = self._grid.rowCount()
        field.setFixedWidth(FIELD_WIDTH)
        field.setAccessibleName(name)
        field.setAccessibleDescription(words)
        for column, part in enumerate((Strong(name), field, Caption(words, wrap=True))):
            self._grid.addWidget(part, at, column)

    def redraw(self) -> None:
        spec = self._editor.plan.data.series
        self.setVisible(spec is not None)
        if spec is None:
            return
        for spin, value in ((self.history, spec.history), (self.stride, spec.stride)):
            with QSignalBlocker(spin):
                spin.setValue(value)
        if not self.lengths.hasFocus():
            self.lengths.setText(", ".join(map(str, spec.output_lengths)))
        for box, chosen in (
            (self.split, spec.split),
            (self.borders, spec.borders),
            (self.wording, spec.wording),
            (self.seeing, spec.mask),
        ):
            box.setCurrentIndex(box.findData(chosen))
        report = self._editor.report
        self._fits.setText(self._said(report.series) if report is not None and report.series is not None else "")
        self._fits.setVisible(bool(self._fits.text()))

    def _said(self, found: SeriesReport) -> str:
        """Whether the model can read every prompt whole."""
        model = find_model(self._editor.plan.model.name)
        if model is None or not model.is_gpt2:
            return self.tr("The machine looks whether the model can read every prompt whole, before it embeds any.")
        if not found.gpt2_tokens:
            return ""
        length, tokens = max(found.gpt2_tokens, key=lambda one: one[1])
        said = self.tr(
            "The longest prompt, with output length {length}, has {tokens} of the {limit} tokens it may have."
        )
        if tokens > CONTEXT_TOKENS:
            said = self.tr(
                "The longest prompt, with output length {length}, has {tokens} tokens; {limit} are possible."
            )
        return said.format(length=number(length), tokens=number(tokens), limit=number(CONTEXT_TOKENS))

    def _changed(self) -> None:
        plan = self._editor.plan
        before = plan.data.series
        if before is None:
            return
        series = SeriesSpec(
            file=before.file,
            history=self.history.value(),
            output_lengths=_lengths(self.lengths.text()) or before.output_lengths,
            split=Split(self.split.currentData()),
            borders=Borders(self.borders.currentData()),
            stride=self.stride.value(),
            wording=Wording(self.wording.currentData()),
            mask=Mask(self.seeing.currentData()),
        )
        self.lengths.setText(", ".join(map(str, series.output_lengths)))
        self._editor.change(replace(plan, data=replace(plan.data, series=series)))


def _lengths(text: str) -> tuple[int, ...]:
    """The numbers in it, ascending; none when something else is in it."""
    parts = text.replace(",", " ").split()
    if not parts or not all(part.isdecimal() and 1 <= int(part) <= LONGEST for part in parts):
        return ()
    return tuple(sorted({int(part) for part in parts}))
