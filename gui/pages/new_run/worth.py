"""What is worth a look in the items: problems by kind, each of which opens to the items concerned."""

from __future__ import annotations

import functools
import logging
from collections import Counter
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QTableView, QVBoxLayout, QWidget

from gui.core.dataset import Problem, ProblemKind, Report
from gui.core.errors import LocalFileRefused
from gui.format import number
from gui.models.problems import ProblemsModel
from gui.tasks import background
from gui.text.problems import problem_columns, problem_name
from gui.widgets.basics import Body, Caption, Card, Heading, Line, LinkButton, QuietButton, clear, column_of, row_of
from gui.widgets.choose import choose_new_file
from remote_worker.protocol import RowProblem

logger = logging.getLogger(__name__)


class WorthALook(Card):
    """Hidden while there is nothing to say."""

    choice_unwanted = Signal()  # which of two items of one id is kept should be asked again

    def __init__(self) -> None:
        super().__init__(spacing=6)
        self._report: Report | None = None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(5)
        self._save = LinkButton(self.tr("Save as CSV"), self._choose_file)
        self._saved = Caption()
        head = row_of(Heading(self.tr("Worth a look")), self._saved, self._save)
        head.setStretch(0, 1)
        self.column.addLayout(head)
        self.column.addLayout(self._rows)
        self.hide()

    def set(self, report: Report | None) -> None:
        if report is self._report:
            return
        self._report = report
        self._saved.setText("")
        clear(self._rows)
        self.setVisible(report is not None and bool(report.problems))
        if report is None:
            return
        for at, (kind, count) in enumerate(Counter(problem.kind for problem in report.problems).most_common()):
            if at:
                self._rows.addWidget(Line())
            link = LinkButton(number(count), functools.partial(self._open, kind))
            link.setAccessibleName(f"{problem_name(kind)}: {number(count)}")
            row = row_of(Body(problem_name(kind)), link)
            if kind in (ProblemKind.ITEM_DUPLICATE, ProblemKind.ITEM_COPY):
                row.insertWidget(1, LinkButton(self.tr("Change"), self.choice_unwanted.emit))
            row.setStretch(0, 1)
            self._rows.addLayout(row)
        if report.images_unnamed and report.count(ProblemKind.IMAGE_NOT_FOUND):
            self._rows.addWidget(Caption(self._unnamed(report), wrap=True))

    def _unnamed(self, report: Report) -> str:
        """Pictures that are there under names that nobody uses, while others are missing."""
        count = report.images_unnamed
        words = self.tr(
            "Named by no item: %n picture(s), such as {names}. They may be the missing ones under other names.",
            "",
            count,
        )
        return words.format(names=", ".join(report.images_unnamed_some))

    def _open(self, kind: ProblemKind | RowProblem) -> None:
        if self._report is not None:
            concerned = tuple(problem for problem in self._report.problems if problem.kind == kind)
            ProblemsDialog(problem_name(kind), concerned, self).open()

    def _choose_file(self) -> None:
        tables = self.tr("Tables ({patterns})").format(patterns="*.csv")
        choose_new_file(self, self.tr("Save what is worth a look"), self.save, "problems.csv", tables)

    def save(self, file: str) -> None:
        """Write all problems to ``file``."""
        if self._report is not None:
            background(functools.partial(_save, self._report, Path(file)), done=self._was_saved)

    def _was_saved(self, saved: bool) -> None:
        self._saved.setText(self.tr("Saved") if saved else self.tr("Could not be saved there: choose another folder"))


def _save(report: Report, path: Path) -> bool:
    """Whether that folder may be written. Raises LocalDiskFull."""
    try:
        report.save_csv(path, problem_columns)
    except LocalFileRefused as refused:
        logger.warning("the problems could not be saved: %s", refused)
        return False
    return True


class ProblemsDialog(QDialog):
    """The items behind one line. Deletes itself when closed."""

    def __init__(self, title: str, problems: tuple[Problem, ...], parent: QWidget) -> None:
        super().__init__(parent.window())
        self.setWindowTitle(title)
        self.resize(820, 520)
        self.table = QTableView()
        self.table.setModel(ProblemsModel(problems, self))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(30)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, 190)
        header.resizeSection(1, 250)
        header.setStretchLastSection(True)
        close = QuietButton(self.tr("Close"), self.accept)
        foot = row_of(Caption(self.tr("%n item(s)", "", len(problems))), close)
        foot.setStretch(0, 1)
        self.setLayout(column_of(Heading(title), self.table, foot, spacing=12, margin=20))
        self.finished.connect(self.deleteLater)
