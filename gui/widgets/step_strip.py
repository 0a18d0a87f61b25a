"""The way of a run as a strip: each step with its time and, when it waits, why; and the same very small."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui import theme
from gui.core.run.events import Step
from gui.core.run.spend import elapsed_s
from gui.core.run.state import Phase, Snapshot, StepStatus
from gui.format import duration
from gui.text import step_fraction, step_name, step_note, step_title, waiting_reason
from gui.translate import translate
from gui.widgets.basics import Bar, Elided, column_of, set_tone

BEGUN = 0.12
"""How much of a bar is filled when a step is under way and nobody can say how far."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One step as it is shown. ``colour`` is a field of ``theme.Colors``."""

    title: str
    note: str = ""
    fraction: float = 0.0
    colour: str = "teal"
    reason: str = ""  # why it waits or failed
    ahead: bool = False


def cells(snapshot: Snapshot, now: datetime) -> list[Cell]:
    """Seven cells: preparing and uploading go side by side and are one."""
    alone = [_cell(snapshot, step, now) for step in Step if step not in (Step.PREPARE, Step.UPLOAD)]
    return [*alone[:2], _side_by_side(snapshot, now), *alone[2:]]


def _cell(snapshot: Snapshot, step: Step, now: datetime) -> Cell:
    state = snapshot.step(step)
    title, note = step_title(snapshot, step), step_note(snapshot, step, now)
    match state.status:
        case StepStatus.DONE:
            return Cell(title, note, 1.0, "done")
        case StepStatus.FAILED:
            return Cell(title, note, 1.0, "dim", waiting_reason(state))
        case StepStatus.ACTIVE | StepStatus.WAITING:
            reason = waiting_reason(state) if state.status is StepStatus.WAITING else ""
            return Cell(title, note, max(BEGUN, step_fraction(snapshot, step)), "teal", reason)
    return Cell(title, note, ahead=True)


def _side_by_side(snapshot: Snapshot, now: datetime) -> Cell:
    prepare, upload = snapshot.step(Step.PREPARE), snapshot.step(Step.UPLOAD)
    name = translate("widgets.step_strip", "{first} + {second}")
    name = name.format(first=step_name(Step.PREPARE), second=step_name(Step.UPLOAD).lower())
    both = {prepare.status, upload.status}
    if both == {StepStatus.DONE}:
        took_s = max(elapsed_s(prepare, now), elapsed_s(upload, now))
        if prepare.started_at and prepare.ended_at and upload.started_at and upload.ended_at:
            ended_at, started_at = max(prepare.ended_at, upload.ended_at), min(prepare.started_at, upload.started_at)
            took_s = (ended_at - started_at) / timedelta(seconds=1)
        return Cell(name, duration(took_s), 1.0, "done")
    for step, state in ((Step.PREPARE, prepare), (Step.UPLOAD, upload)):
        if state.status in (StepStatus.WAITING, StepStatus.FAILED):
            shown = _cell(snapshot, step, now)
            return Cell(name, shown.note, shown.fraction, shown.colour, shown.reason)
    if StepStatus.ACTIVE in both:
        step = Step.UPLOAD if upload.status is StepStatus.ACTIVE else Step.PREPARE
        shown = _cell(snapshot, step, now)
        return Cell(shown.title, shown.note, shown.fraction)
    return Cell(name, step_note(snapshot, Step.UPLOAD, now), ahead=True)


class StepStrip(QWidget):
    """The strip on the page of a run."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._parts: list[tuple[QWidget, Bar, Elided, Elided]] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def set(self, snapshot: Snapshot, now: datetime) -> None:
        shown = cells(snapshot, now)
        while len(self._parts) < len(shown):
            self._append()
        for (whole, bar, title, note), cell in zip(self._parts, shown, strict=True):
            bar.set(cell.fraction, colour=cell.colour)
            bar.setAccessibleName(cell.title)
            title.setText(cell.title)
            set_tone(title, "dim" if cell.ahead else "")
            note.setText(cell.note)
            whole.setToolTip(cell.reason)
            whole.setAccessibleName(f"{cell.title} {cell.note} {cell.reason}".strip())

    def _append(self) -> None:
        bar, title, note = Bar(height=5), Elided(strong=True), Elided()
        whole = QWidget()
        whole.setLayout(column_of(bar, title, note, spacing=1))
        self._row.addWidget(whole, 1)
        self._parts.append((whole, bar, title, note))


class SmallStrip(QWidget):
    """The strip in a row of the list of runs: seven dashes."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: list[Cell] = []
        self.setFixedHeight(14)
        self.setMaximumWidth(self.sizeHint().width())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(132, 14)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 14)

    def set(self, snapshot: Snapshot, now: datetime) -> None:
        shown = cells(snapshot, now)
        if shown != self._cells:
            self._cells = shown
            finished = snapshot.phase is Phase.FINISHED
            done = next((cell for cell in reversed(shown) if not cell.ahead), shown[0])
            said = "" if finished else f"{done.title} {done.note}".strip()
            self.setToolTip(done.reason or said)
            self.setAccessibleName(said)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if not self._cells:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gap, height = 3, 5
        width = (self.width() - gap * (len(self._cells) - 1)) / len(self._cells)
        for number, cell in enumerate(self._cells):
            left, top = number * (width + gap), (self.height() - height) / 2
            painter.setBrush(theme.color("track"))
            painter.drawRoundedRect(QRectF(left, top, width, height), 2.5, 2.5)
            if cell.fraction > 0:
                painter.setBrush(theme.color(cell.colour))
                painter.drawRoundedRect(QRectF(left, top, max(5.0, width * cell.fraction), height), 2.5, 2.5)
        painter.end()
