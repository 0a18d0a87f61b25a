"""The Check tab: each question that was asked about the vectors, its answer, and how the result was made."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.core.result.check import Check, CheckLine, CheckReport
from gui.core.result.manifest import PROBLEMS_FILE, Manifest, Receipt
from gui.core.result.result import Result
from gui.core.result.series import SeriesResult
from gui.format import date, duration, money, number
from gui.pages.result.findings_card import FindingsCard
from gui.text import check_name
from gui.widgets.basics import (
    GAP,
    Body,
    Caption,
    Card,
    LinkButton,
    Pill,
    Rows,
    Strong,
    Tone,
    clear,
    column_of,
    row_of,
    scrolling,
    two_columns,
)
from gui.widgets.opening import open_outside


class CheckTab(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._report: CheckReport | None = None
        self._result: Result | SeriesResult | None = None
        self._receipt: Receipt | None = None
        self._questions, self._made, self._cost = Card(" "), Card(" "), Card(" ")
        self._sentence = Caption(wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(2, 1)
        self._questions.column.addWidget(self._sentence)
        self._questions.column.addLayout(self._grid)
        self._made_rows, self._cost_rows = Rows(), Rows()
        self._list = LinkButton("", self._open_list)
        self._list.hide()
        to_list = row_of(self._list)
        to_list.addStretch(1)
        self._made.column.addWidget(self._made_rows)
        self._made.column.addLayout(to_list)
        self._cost.column.addWidget(self._cost_rows)
        self.findings = FindingsCard()
        left = column_of(self._questions, self.findings, spacing=GAP)
        right = column_of(self._made, self._cost, spacing=GAP)
        self.setLayout(column_of(scrolling(two_columns(left, right, 58))))
        self.retranslate()

    def retranslate(self) -> None:
        self._questions.heading.setText(self.tr("Is everything there, and is it right?"))
        self._made.heading.setText(self.tr("How it was made"))
        self._cost.heading.setText(self.tr("What it cost"))
        self.findings.show_manifest(self._result.manifest if self._result is not None else Manifest())
        if self._result is not None:
            self._show_made(self._result.manifest)
        self._show_cost()
        self._show_questions()

    def show_result(self, result: Result | SeriesResult, receipt: Receipt | None) -> None:
        self._result, self._receipt, self._report = result, receipt, None
        self.retranslate()

    def show_report(self, report: CheckReport) -> None:
        self._report = report
        self._show_questions()

    def _show_questions(self) -> None:
        clear(self._grid)
        report = self._report
        if report is None:
            self._sentence.setText(self.tr("Every vector is being looked at."))
            return
        if report.passed:
            self._sentence.setText(self.tr("The vectors were looked at when this page opened. They are fit to use."))
        else:
            self._sentence.setText(self.tr("Something is wrong with these vectors. Do not use them as they are."))
        for at, line in enumerate(report.lines):
            self._grid.addWidget(self._answer(line), at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(Strong(check_name(line.check)), at, 1, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(Body(self._said(line), tone="" if not line.passed else "dim"), at, 2)

    def _answer(self, line: CheckLine) -> Pill:
        tone: Tone = "good" if line.passed else "money" if line.warning else "danger"
        words = self.tr("✓ right") if line.passed else self.tr("! unusual") if line.warning else self.tr("✗ wrong")
        pill = Pill(words, tone=tone)
        pill.setMinimumWidth(60)
        pill.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return pill

    def _said(self, line: CheckLine) -> str:
        """The answer in a sentence."""
        found, expected = number(line.found), number(line.expected)
        right, wrong = {
            Check.COUNT: (
                self.tr("{found} vectors, as many as there should be."),
                self.tr("{found} vectors instead of {expected}."),
            ),
            Check.IDS: (
                self.tr("No id is there twice."),
                self.tr("{found} ids are there twice, or nobody knows them."),
            ),
            Check.ORDER: (
                self.tr("The vectors stand in the order of your items."),
                self.tr("The order is another one than that of your items."),
            ),
            Check.DIMENSION: (
                self.tr("{found} numbers each."),
                self.tr("{found} numbers each instead of {expected}."),
            ),
            Check.FINITE: (
                self.tr("Every number is a number."),
                self.tr("{found} vectors have something in them that is no number."),
            ),
            Check.NORMS: (
                self.tr("Every vector has length 1."),
                self.tr("{found} vectors are longer or shorter than 1."),
            ),
            Check.CONSTANT: (self.tr("They differ, as they should."), self.tr("All {found} vectors are the same.")),
            Check.DUPLICATES: (
                self.tr("No two items have the same vector."),
                self.tr(
                    "{found} vectors are equal to an earlier one. That is right where items are word for word alike."
                ),
            ),
            Check.HASHES: (
                self.tr("The files are, byte by byte, what was written."),
                self.tr("{found} files are not what was written."),
            ),
        }[line.check]
        return (right if line.passed else wrong).format(found=found, expected=expected)

    def _show_made(self, manifest: Manifest) -> None:
        lines = [
            (self.tr("Model"), manifest.model),
            (self.tr("Revision"), manifest.revision[:12]),
            (self.tr("Recipe"), manifest.recipe),
            (self.tr("Precision"), str(manifest.made_by.get("precision", manifest.precision))),
            (self.tr("Pixels a picture, at most"), number(pixels) if (pixels := _whole(manifest, "pixels")) else ""),
            *_versions(manifest),
            *self._counts(manifest),
            *self._left_out(manifest),
            (self.tr("Made"), date(manifest.created_at) if manifest.created_at else ""),
        ]
        self._made_rows.set([(name, value) for name, value in lines if value])
        self._list.setText(self.tr("What was left out, and why"))
        self._list.setVisible(self._result is not None and (self._result.folder / PROBLEMS_FILE).is_file())

    def _counts(self, manifest: Manifest) -> list[tuple[str, str]]:
        if manifest.data.series is not None:
            return [(self.tr("Prompts"), number(manifest.items))]
        with_picture = (self.tr("With a picture in the vector"), number(manifest.with_image))
        return [(self.tr("Items"), number(manifest.items)), with_picture]

    def _left_out(self, manifest: Manifest) -> list[tuple[str, str]]:
        on_machine = (self.tr("Left out on the machine"), number(manifest.skipped))
        if manifest.left_out is None or manifest.data.series is not None:
            return [on_machine]
        return [(self.tr("Left out when the data was read"), number(manifest.left_out)), on_machine]

    def _open_list(self) -> None:
        if self._result is not None:
            open_outside(self._result.folder / PROBLEMS_FILE)

    def _show_cost(self) -> None:
        receipt = self._receipt
        self._cost.setVisible(receipt is not None)
        if receipt is None:
            return
        pretend = self.tr("{money} (pretend)") if receipt.pretend else "{money}"
        self._cost_rows.set(
            [
                (self.tr("In all"), pretend.format(money=money(receipt.actual_micro_usd))),
                (self.tr("Estimate"), pretend.format(money=money(receipt.estimate_micro_usd))),
                (self.tr("Time"), duration(receipt.actual_s)),
                (self.tr("Machine"), receipt.machine),
            ]
        )


def _whole(manifest: Manifest, key: str) -> int:
    value = manifest.made_by.get(key)
    return value if isinstance(value, int) else 0


def _versions(manifest: Manifest) -> list[tuple[str, str]]:
    """The libraries that made the vectors, as the worker named them."""
    versions = manifest.made_by.get("versions")
    told = versions if isinstance(versions, dict) else {}
    return [(name, str(told[name])) for name in ("torch", "transformers", "tokenizers") if told.get(name)]
