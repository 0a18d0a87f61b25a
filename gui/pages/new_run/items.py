"""Items: what should be embedded, what was found in it, and how the model will read it."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.core.dataset import DataSpec, Dropped, Duplicates, Problem, ProblemKind, Progress, Report, SeriesReport, read
from gui.core.errors import DuplicateIds, EmbarkError
from gui.core.plan import Page
from gui.format import number, percent, size
from gui.pages.new_run.editor import PlanEditor
from gui.pages.new_run.page import WizardPage
from gui.pages.new_run.preview import Preview
from gui.pages.new_run.series import SeriesCard
from gui.pages.new_run.unused import UnusedDialog
from gui.pages.new_run.worth import ProblemsDialog, WorthALook
from gui.tasks import background
from gui.widgets.basics import (
    GAP,
    Banner,
    Bar,
    Body,
    Caption,
    Card,
    Chip,
    Elided,
    Heading,
    LinkButton,
    PrimaryButton,
    QuietButton,
    Strong,
    clear,
    column_of,
    row_of,
    scrolling,
)
from gui.widgets.choose import choose_files, choose_folder
from gui.widgets.drop_field import DropField, dropped_paths
from gui.widgets.figure import Figure
from gui.widgets.flow import Beside, Flow

SOURCES_SHOWN = 5
SUBJECTS_SHOWN = 4


class ItemsPage(WizardPage):
    page = Page.ITEMS
    sample_wanted = Signal()

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(editor)
        self.setAcceptDrops(True)
        self._sources = Sources(editor)
        self._sources.sample_wanted.connect(self.sample_wanted)
        self._table = Banner()
        self._shown_table: Dropped | None = None
        self._trouble = Banner()
        self._shown_trouble: EmbarkError | None = None
        self._found = Found()
        self._series = SeriesCard(editor)
        self._worth = WorthALook()
        self._worth.choice_unwanted.connect(self._ask_again)
        self._preview = Preview(editor)
        left = QWidget()
        self._column = column_of(self._sources, spacing=GAP)
        for part in (self._table, self._trouble, self._found, self._series, self._worth):
            self._column.addWidget(part)
        self._column.addStretch(1)
        left.setLayout(self._column)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(scrolling(left), 5)
        row.addWidget(self._preview, 3)

    def name(self) -> str:
        return self.tr("Items")

    def title(self) -> str:
        return self.tr("What should be embedded?")

    def sentence(self) -> str:
        return self.tr("Drop files, folders or zips here. Nothing leaves this computer before you press Start.")

    def redraw(self) -> None:
        editor = self.editor
        self._sources.redraw()
        data = editor.plan.data
        self._column.setStretchFactor(self._sources, 0 if data.items or data.images or data.series else 100)
        self._series.redraw()
        self._say_table(editor.table)
        self._say_trouble(editor.failure)
        self._found.setVisible(editor.progress is not None or editor.report is not None)
        if editor.progress is not None:
            self._found.set_progress(editor.progress)
        elif editor.report is not None:
            self._found.set_report(editor.report)
        self._worth.set(editor.report)
        self._preview.redraw()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.editor.add(paths)

    def _say_table(self, dropped: Dropped | None) -> None:
        """A table beside items: nothing is replaced before the person says so."""
        if dropped is self._shown_table:
            return
        self._shown_table = dropped
        if dropped is None or dropped.table is None:
            self._table.hide()
            return
        words = self.tr("A run is either of items (JSON) or of one table as a time series. Your items are kept.")
        if not dropped.table_is_dated:
            words += " " + self.tr(
                "The rows of this one do not begin with dates: if they are items, save them as JSON."
            )
        heading = self.tr("{file} is a table").format(file=Path(dropped.table.file).name)
        self._table.show_text(heading, words, tone="money")
        self._table.add_action(PrimaryButton(self.tr("Keep the items"), self.editor.keep_items))
        self._table.add_action(QuietButton(self.tr("Begin with the table instead"), self.editor.begin_with_table))

    def _say_trouble(self, trouble: EmbarkError | None) -> None:
        if trouble is self._shown_trouble:
            return
        self._shown_trouble = trouble
        if trouble is None:
            self._trouble.hide()
            return
        self._trouble.show_error(trouble)
        if isinstance(trouble, DuplicateIds):
            count = trouble.count
            cost = self.tr("(%n left out)", "", count)
            first, last = self.tr("Keep the first"), self.tr("Keep the last")
            self._trouble.add_action(PrimaryButton(f"{first} {cost}", self._keep_first))
            self._trouble.add_action(QuietButton(f"{last} {cost}", self._keep_last))
            self._trouble.add_action(LinkButton(self.tr("Show them"), self._show_duplicates))
            return  # "Read again" stands beside the files: here is no room for it
        self._trouble.add_action(QuietButton(self.tr("Read again"), self.editor.read_again))

    def _keep_first(self) -> None:
        self._keep(Duplicates.FIRST)

    def _keep_last(self) -> None:
        self._keep(Duplicates.LAST)

    def _ask_again(self) -> None:
        self._keep(Duplicates.ERROR)

    def _show_duplicates(self) -> None:
        background(functools.partial(_duplicates, self.editor.plan.data), done=self._list_duplicates)

    def _list_duplicates(self, problems: tuple[Problem, ...]) -> None:
        ProblemsDialog(self.tr("Left out if the first is kept"), problems, self).open()

    def _keep(self, which: Duplicates) -> None:
        plan = self.editor.plan
        self.editor.change(replace(plan, data=replace(plan.data, duplicates=which)))


def _duplicates(data: DataSpec) -> tuple[Problem, ...]:
    """What would be left out if the first of two were kept, the items that differ first. Raises EmbarkError."""
    report = read(replace(data, images=(), duplicates=Duplicates.FIRST)).report
    kinds = (ProblemKind.ITEM_DUPLICATE, ProblemKind.ITEM_COPY)
    return tuple(problem for kind in kinds for problem in report.problems if problem.kind is kind)


class Sources(DropField):
    """The files, folders and zips, each with a way to take it out, and the ways to add more."""

    sample_wanted = Signal()

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__()
        self._editor = editor
        self._shown: tuple[DataSpec, bool, bool] | None = None
        self._all = False
        self.dropped.connect(editor.add)
        self._invitation = self._empty_field()
        self._chips = Flow()
        self.column.addWidget(self._invitation)
        self.column.addLayout(self._chips)
        self._unused = LinkButton("", self._show_unused)
        unused = row_of(self._unused)
        unused.addStretch(1)
        self.column.addLayout(unused)

    def _empty_field(self) -> QWidget:
        words = (
            Heading(self.tr("Drop your files, folders or zips here"), wrap=True),
            Caption(
                self.tr("Items: JSON or JSON Lines, in one file or many. Pictures: a zip or a folder, or none."),
                wrap=True,
            ),
            Caption(self.tr("Or a time series: one CSV file with a column of dates."), wrap=True),
        )
        buttons = Flow(
            PrimaryButton(self.tr("Add files..."), self._choose_files),
            QuietButton(self.tr("Add folder..."), self._choose_folder),
            QuietButton(self.tr("Try it with the sample items"), self.sample_wanted.emit),
            centred=True,
        )
        column = column_of(*words, spacing=10)
        for part in words:
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.insertStretch(0, 1)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addStretch(1)
        field = QWidget()
        field.setLayout(column)
        return field

    def redraw(self) -> None:
        spec, unused = self._editor.plan.data, self._editor.unused
        self._unused.setText(self.tr("%n file(s) in this folder are not used", "", len(unused)))
        self._unused.setVisible(bool(unused))
        to_mend = isinstance(self._editor.failure, DuplicateIds)
        if self._shown == (spec, self._all, to_mend):
            return
        self._shown = (spec, self._all, to_mend)
        empty = not spec.items and not spec.images and spec.series is None
        self._invitation.setVisible(empty)
        clear(self._chips)
        sources = (*spec.items, *spec.images, *([spec.series.file] if spec.series else ()))
        shown = sources if self._all or len(sources) <= SOURCES_SHOWN + 1 else sources[:SOURCES_SHOWN]
        for source in shown:
            self._chips.addWidget(self._chip(source))
        if len(shown) < len(sources):
            self._chips.addWidget(LinkButton(self.tr("and %n more", "", len(sources) - len(shown)), self._show_all))
        if not empty:
            links = [
                LinkButton(self.tr("Add files..."), self._choose_files),
                LinkButton(self.tr("Add folder..."), self._choose_folder),
            ]
            if to_mend:
                links.append(LinkButton(self.tr("Read again"), self._editor.read_again))
            more = QWidget()
            more.setLayout(row_of(*links))
            self._chips.addWidget(more)
        self._chips.invalidate()
        self.updateGeometry()

    def _chip(self, source: str) -> Chip:
        name = Path(source).name or source
        chip = Chip(f"{name}  \u2715", checkable=False)
        chip.setToolTip(self.tr("{path}: click to take it out").format(path=source))
        chip.setAccessibleName(self.tr("Take out {name}").format(name=name))
        chip.setProperty("source", source)
        chip.clicked.connect(self._take_out)
        return chip

    def _take_out(self) -> None:
        source = self.sender().property("source")
        plan = self._editor.plan
        items = tuple(one for one in plan.data.items if one != source)
        images = tuple(one for one in plan.data.images if one != source)
        self._editor.use_items(replace(plan.data, items=items, images=images, duplicates=Duplicates.ERROR, series=None))

    def _show_all(self) -> None:
        self._all = True
        self.redraw()

    def _show_unused(self) -> None:
        UnusedDialog(self._editor.unused, self).open()

    def _choose_files(self) -> None:
        filters = [
            self.tr("Items and pictures ({patterns})").format(patterns="*.json *.jsonl *.ndjson *.zip *.csv"),
            self.tr("All files ({patterns})").format(patterns="*"),
        ]
        choose_files(self, self.tr("Files with items or pictures"), self._files_chosen, filters)

    def _choose_folder(self) -> None:
        choose_folder(self, self.tr("Folder with items or pictures"), self._folder_chosen)

    def _folder_chosen(self, folder: str) -> None:
        self._editor.add([Path(folder)])

    def _files_chosen(self, files: list[str]) -> None:
        self._editor.add([Path(file) for file in files])


class Found(Card):
    """What was found, growing while it is read."""

    def __init__(self) -> None:
        super().__init__(spacing=12)
        self._figures = (Figure(), Figure(), Figure())
        figures = Beside(*((figure, 1) for figure in self._figures), spacing=20)
        self._reading, self._reading_bar = Body(tone="dim"), Bar(self.tr("Reading"))
        self._heading = Strong()
        self._bars = QVBoxLayout()
        self._bars.setSpacing(5)
        self._more = LinkButton("", self._show_all)
        more = row_of(self._more)
        more.addStretch(1)
        self._report: Report | None = None
        self.column.addLayout(figures)
        for part in (self._reading, self._reading_bar, self._heading):
            self.column.addWidget(part)
        self.column.addLayout(self._bars)
        self.column.addLayout(more)

    def set_progress(self, progress: Progress) -> None:
        self._report = None
        items, pictures, upload = self._figures
        items.set(number(progress.items), self.tr("items so far"))
        pictures.set(number(progress.matched) if progress.matched else "\u2026", self.tr("matched with pictures"))
        upload.set("\u2026", self.tr("to upload"))
        files = self.tr("Reading file {part} of {whole}")
        at = min(progress.files + 1, progress.files_total)
        self._reading.setText(
            self.tr("Looking for the pictures")
            if progress.matched
            else files.format(part=number(at), whole=number(progress.files_total))
        )
        whole = progress.files_total
        done = progress.matched / max(1, progress.items) if progress.matched else progress.files / max(1, whole)
        self._reading_bar.set(done)
        self._show_reading(True)

    def set_report(self, report: Report) -> None:
        if report is self._report:
            return
        self._report = report
        items, pictures, upload = self._figures
        if report.series is not None:
            self._set_series(report, report.series)
            return
        items.set(number(report.items), self.tr("items in %n file(s)", "", report.files))
        if report.images_claimed:
            found = self.tr("of {claimed} pictures found ({percent})")
            share = percent(report.images_found / report.images_claimed, digits=1).replace(" ", "\u00a0")
            pictures.set(
                number(report.images_found), found.format(claimed=number(report.images_claimed), percent=share)
            )
        else:
            pictures.set(number(report.images_found), self.tr("pictures: no item says it has one"))
        upload.set(size(report.upload_bytes), self.tr("to upload: only what is used"))
        self._show_reading(False)
        self._draw_bars(report, SUBJECTS_SHOWN)

    def _set_series(self, report: Report, series: SeriesReport) -> None:
        prompts, variables, upload = self._figures
        prompts.set(number(report.items), self.tr("prompts, two for each window, variable and length"))
        variables.set(number(len(series.variables)), self.tr("variables in %n row(s)", "", series.rows))
        upload.set(size(report.upload_bytes), self.tr("to upload: the table alone"))
        self._show_reading(False)
        clear(self._bars)
        self._more.hide()
        self._heading.setText(self.tr("Windows, by output length"))
        most = max((count for _, count in series.windows), default=0)
        for length, count in series.windows:
            bar = Bar(number(length))
            bar.set(count / max(1, most), colour="done")
            self._bars.addLayout(_bar_row(number(length), bar, number(count)))

    def _show_reading(self, reading: bool) -> None:
        for part in (self._reading, self._reading_bar):
            part.setVisible(reading)
        self._heading.setVisible(not reading)
        if reading:
            clear(self._bars)
            self._more.hide()

    def _draw_bars(self, report: Report, most: int) -> None:
        """Where pictures are missing, the subject that misses most comes first; else the largest."""
        clear(self._bars)
        subjects = report.subjects
        by_pictures = report.images_claimed > 0
        self._heading.setText(self.tr("Pictures found, by subject") if by_pictures else self.tr("Items, by subject"))
        self._heading.setVisible(bool(subjects))
        if by_pictures:
            subjects = tuple(sorted(subjects, key=lambda one: one.images_found - one.images_claimed))
        for one in subjects[:most]:
            bar = Bar(one.subject)
            if not by_pictures:
                bar.set(one.items / max(1, max(each.items for each in report.subjects)), colour="done")
                said = self.tr("%n item(s)", "", one.items)
            elif not one.images_claimed:
                bar.set(0)
                said = self.tr("no pictures")
            else:
                bar.set(one.images_found / one.images_claimed)
                missing = one.images_claimed - one.images_found
                said = self.tr("%n missing", "", missing) if missing else self.tr("all {n}").format(n=one.images_found)
            self._bars.addLayout(_bar_row(one.subject or self.tr("No subject"), bar, said))
        self._more.setText(self.tr("All %n subject(s)", "", len(subjects)))
        self._more.setVisible(len(subjects) > most)

    def _show_all(self) -> None:
        if self._report is not None:
            self._draw_bars(self._report, len(self._report.subjects))


def _bar_row(name: str, bar: Bar, said: str) -> QHBoxLayout:
    subject, count = Elided(name), Caption(said)
    subject.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    subject.setFixedWidth(130)
    subject.setToolTip(name)
    count.setFixedWidth(96)
    row = row_of(subject, bar, count, spacing=12)
    row.setStretch(1, 1)
    return row
