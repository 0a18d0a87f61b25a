"""The result of a time series: what lies in the folder, and the HDF5 files that can be made of it."""

from __future__ import annotations

import contextlib
import functools
import threading
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from gui.core.errors import EmbarkError
from gui.core.result.hdf5 import DEFAULT_SEED, FILE_BYTES, export_hdf5, series_bytes
from gui.core.result.series import SeriesResult, file_name
from gui.format import number, size
from gui.tasks import background
from gui.widgets.basics import (
    GAP,
    Banner,
    Bar,
    Body,
    Caption,
    Card,
    PrimaryButton,
    QuietButton,
    Rows,
    column_of,
    row_of,
    scrolling,
    two_columns,
)
from gui.widgets.choose import choose_folder
from gui.widgets.number_field import WholeField
from remote_worker.prompts import KINDS

TELL_EVERY_MS = 200
LARGEST_SEED = 2**31 - 1


class SeriesTab(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._result: SeriesResult | None = None
        self._export: _Export | None = None
        self._made: tuple[Path, int] | None = None
        self.banner = Banner()
        self._arrays, self._hdf5 = Card(" "), Card(" ")
        self._words, self._rows, self._how = Body(), Rows(), Caption(wrap=True)
        for part in (self._words, self._rows, self._how):
            self._arrays.column.addWidget(part)
        self._why, self._what, self._said = Body(), Caption(wrap=True), Body()
        self._seed_name = Caption()
        self.seed = WholeField("", 0, LARGEST_SEED)
        self.seed.setValue(DEFAULT_SEED)
        self.write, self._stop = PrimaryButton("", self._choose), QuietButton("", self._end)
        self._bar = Bar()
        seed = row_of(self._seed_name, self.seed, spacing=12)
        seed.addStretch(1)
        buttons = row_of(self.write, self._stop)
        buttons.addStretch(1)
        self._hdf5.column.addWidget(self._why)
        self._hdf5.column.addWidget(self._what)
        self._hdf5.column.addLayout(seed)
        self._hdf5.column.addLayout(buttons)
        self._hdf5.column.addWidget(self._bar)
        self._hdf5.column.addWidget(self._said)
        left, right = column_of(self._arrays), column_of(self.banner, self._hdf5, spacing=GAP)
        self.setLayout(column_of(scrolling(two_columns(left, right, 55))))
        self._timer = QTimer(self, interval=TELL_EVERY_MS)
        self._timer.timeout.connect(self._show_progress)
        self.retranslate()

    def retranslate(self) -> None:
        self._arrays.heading.setText(self.tr("One result for each output length"))
        self._words.setText(
            self.tr("Plain arrays, windows by variables by numbers, that every program for numbers can open.")
        )
        self._hdf5.heading.setText(self.tr("Files for TimeKD's training"))
        self._why.setText(
            self.tr(
                "One HDF5 file a window, as its own tool writes them. Both prompts are joined by a layer of chance "
                "numbers; the same seed always gives the same layer."
            )
        )
        self._seed_name.setText(self.tr("Seed"))
        self.seed.setAccessibleName(self.tr("Seed"))
        self.write.setText(self.tr("Write HDF5 files..."))
        self._stop.setText(self.tr("Stop"))
        self._bar.setAccessibleName(self.tr("Written"))
        self._draw()

    def show_result(self, result: SeriesResult) -> None:
        self._end()
        self._result, self._made = result, None
        self.banner.hide()
        self._draw()

    def _draw(self) -> None:
        result = self._result
        if result is None:
            return
        counts = {length: result.series.windows(length) for length in result.output_lengths}
        said = self.tr("{windows} windows x {variables} variables x {numbers}")
        self._rows.set(
            [
                (
                    self.tr("Length {length}").format(length=number(length)),
                    said.format(
                        windows=number(windows),
                        variables=number(len(result.series.variables)),
                        numbers=number(result.manifest.dimensions),
                    ),
                )
                for length, windows in counts.items()
            ]
        )
        files = ", ".join(file_name(next(iter(counts), 0), kind) for kind in KINDS)
        said_of_files = self.tr("For each length two files, such as {files}.").format(files=files)
        truth = self.tr(
            "A history prompt ends in words, and under the mask words see no numbers: its vector tells how long the "
            "prompt is, and little else. As TimeKD's tool masks, that is so for the last variable alone."
        )
        self._how.setText(f"{said_of_files}\n\n{truth}")
        whole = sum(counts.values())
        words = self.tr("%n file(s), about {size}", "", whole)
        self._what.setText(words.format(size=size(whole * (series_bytes(result) + FILE_BYTES))))
        writing = self._export is not None
        for part in (self._bar, self._stop):
            part.setVisible(writing)
        self.write.setVisible(not writing)
        self.seed.setEnabled(not writing)
        self._said.setVisible(writing or self._made is not None)
        if self._made is not None:
            folder, made = self._made
            self._said.setText(self.tr("%n file(s) written to {folder}", "", made).format(folder=folder))

    def _choose(self) -> None:
        choose_folder(self, self.tr("An empty folder for the HDF5 files"), self._begin)

    def _begin(self, folder: str) -> None:
        if self._result is None or self._export is not None:
            return
        self._made = None
        self.banner.hide()
        self._export = _Export(self._result, Path(folder), self.seed.value())
        self.destroyed.connect(self._export.stop)
        self._timer.start()
        self._show_progress()
        self._draw()
        background(self._export.carry_out, done=self._written, failed=functools.partial(self._failed, self._export))

    def _end(self) -> None:
        if self._export is not None:
            self._export.stop()
            self._over()

    def _over(self) -> None:
        self._timer.stop()
        self._export = None
        self._draw()

    def _written(self, export: _Export) -> None:
        if export is self._export:
            self._made = (export.folder, export.done)
            self._over()

    def _failed(self, export: _Export, error: EmbarkError) -> None:
        if export is self._export:
            self.banner.show_error(error)
            self._over()

    def _show_progress(self) -> None:
        if self._export is not None:
            done, whole = self._export.done, self._export.whole
            self._bar.set(done / max(1, whole))
            self._said.setText(self.tr("{part} of {whole} files").format(part=number(done), whole=number(whole)))


class _Stopped(Exception):
    """The export is not wanted any more."""


class _Export:
    """One export. ``done`` is written by its thread and looked at by the window's."""

    def __init__(self, result: SeriesResult, folder: Path, seed: int) -> None:
        self._result, self.folder, self._seed = result, folder, seed
        self._unwanted = threading.Event()
        self.done = 0
        self.whole = sum(result.series.windows(length) for length in result.output_lengths)

    def stop(self) -> None:
        self._unwanted.set()

    def carry_out(self) -> _Export:
        with contextlib.suppress(_Stopped):
            export_hdf5(self._result, self.folder, self._seed, self._tell)
        return self

    def _tell(self, done: int, _: int) -> None:
        if self._unwanted.is_set():
            raise _Stopped
        self.done = done
