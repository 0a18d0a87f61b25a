"""The three cards of a run under way: progress, money, machine."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QWidget

from gui.core.run.state import Point, Snapshot, StepStatus
from gui.core.units import GB
from gui.format import clock, duration, moment, number, part_of_size, percent, rate, size
from gui.text import is_practice, step_name
from gui.widgets.basics import (
    Bar,
    BigNumber,
    Caption,
    Card,
    Heading,
    Rows,
    SmallStrong,
    Strong,
    Tone,
    column_of,
    row_of,
)
from gui.widgets.live_chart import LiveChart
from gui.widgets.spend_meter import SpendMeter


class ProgressCard(Card):
    """Items done, how fast, when it will be over."""

    def __init__(self) -> None:
        super().__init__(spacing=4)
        self._number = BigNumber()
        self._bar = Bar(self.tr("Items done"))
        self._pace, self._until = Caption(), SmallStrong()
        self._chart = LiveChart(self.tr("Items a second"), rate, height=80)
        self._below = Caption()
        self._pieces = Rows()
        words = row_of(self._pace, self._until)
        words.setStretch(0, 1)
        self.column.addLayout(column_of(Caption(self.tr("Progress")), self._number, self._bar, words, spacing=4))
        self.column.addSpacing(6)
        self.column.addLayout(column_of(self._chart, self._below, self._pieces, spacing=4))
        self.column.addStretch(1)

    def set(self, snapshot: Snapshot) -> None:
        done, whole = snapshot.rows_done, snapshot.rows_total
        self._number.set(number(done), self.tr("of {whole} items").format(whole=number(whole)) if whole else "")
        self._bar.set(done / whole if whole else 0.0)
        self._pace.setText(self._pace_words(snapshot))
        self._until.setText(self._until_words(snapshot))
        self._chart.set([(point.at.timestamp(), point.rows_per_s) for point in snapshot.rates])
        self._chart.setVisible(len(snapshot.rates) > 1)
        self._below.setVisible(len(snapshot.rates) > 1)
        if len(snapshot.rates) > 1:
            span_s = (snapshot.rates[-1].at - snapshot.rates[0].at) / timedelta(seconds=1)
            self._below.setText(self.tr("items a second, last {time}").format(time=duration(span_s)))
        self._pieces.set(self._lines(snapshot))

    def _pace_words(self, snapshot: Snapshot) -> str:
        if not snapshot.goes_on or not snapshot.rows_per_s:
            return ""
        if snapshot.remaining_s < 0:
            return rate(snapshot.rows_per_s)
        said = self.tr("{rate} · {time} left")
        return said.format(rate=rate(snapshot.rows_per_s), time=duration(snapshot.remaining_s))

    def _until_words(self, snapshot: Snapshot) -> str:
        if snapshot.ended_at is not None:
            return self.tr("over since {moment}").format(moment=moment(snapshot.ended_at))
        if not snapshot.goes_on or snapshot.remaining_s < 0 or snapshot.at is None:
            return ""
        over_at = snapshot.at + timedelta(seconds=snapshot.remaining_s)
        return self.tr("done {clock}").format(clock=moment(over_at, snapshot.at))

    def _lines(self, snapshot: Snapshot) -> list[tuple[str, str, Tone]]:
        lines: list[tuple[str, str, Tone]] = []
        if snapshot.upload_total_bytes and snapshot.rental is not None:
            sent, whole = snapshot.upload_bytes, snapshot.upload_total_bytes
            said = (
                size(whole)
                if sent >= whole
                else self.tr("{part} of {whole}").format(part=size(sent), whole=size(whole))
            )
            lines.append((self.tr("Uploaded"), said, ""))
        if snapshot.weights_total_bytes and snapshot.rental is not None:
            lines.append((self.tr("Model"), self._model_words(snapshot), ""))
        if snapshot.shards_total:
            said = self.tr("{part} of {whole}").format(
                part=number(len(snapshot.shards_home)), whole=number(snapshot.shards_total)
            )
            lines.append((self.tr("Pieces on this computer"), said, ""))
        if snapshot.skipped:
            lines.append((self.tr("Left out or without picture"), number(snapshot.skipped), ""))
        return lines

    def _model_words(self, snapshot: Snapshot) -> str:
        """How much of it is on the machine, and how fast it comes."""
        there, whole = snapshot.weights_bytes, snapshot.weights_total_bytes
        if there >= whole:
            return size(whole)
        part = part_of_size(there, whole)
        if whole < GB:
            part = self.tr("{part} of {whole}").format(part=size(there), whole=size(whole))
        if not snapshot.weights_per_s:
            return part
        return self.tr("{part}, {speed}/s").format(part=part, speed=size(round(snapshot.weights_per_s)))


class MoneyCard(Card):
    """What the run costs."""

    def __init__(self) -> None:
        super().__init__(spacing=4)
        self._meter = SpendMeter()
        self.column.addWidget(Caption(self.tr("Money")))
        self.column.addWidget(self._meter)

    def set(self, snapshot: Snapshot) -> None:
        self._meter.set(snapshot.money)


class MachineCard(Card):
    """What the machine is, what it is doing, and whether it is spoken to."""

    def __init__(self) -> None:
        super().__init__(spacing=4)
        self._name = Heading(wrap=True)
        self._memory_name, self._memory = Caption(), Strong()
        self._memory_chart = LiveChart(self.tr("Memory"), lambda used: size(round(used)), height=38)
        self._work = Strong()
        self._work_chart = LiveChart(self.tr("At work"), percent, height=38)
        self._disk, self._disk_bar = Strong(), Bar(self.tr("Disk"))
        self._rows = Rows()
        self.column.addWidget(Caption(self.tr("Machine")))
        self.column.addWidget(self._name)
        self.column.addSpacing(4)
        work_name, disk_name = Caption(self.tr("At work")), Caption(self.tr("Disk"))
        self._live: list[QWidget] = []
        for name, value, shape in (
            (self._memory_name, self._memory, self._memory_chart),
            (work_name, self._work, self._work_chart),
            (disk_name, self._disk, self._disk_bar),
        ):
            line = row_of(name)
            line.addStretch(1)
            line.addWidget(value)
            self.column.addLayout(column_of(line, shape, spacing=2))
            self._live += [name, value, shape]
        self.column.addSpacing(4)
        self.column.addWidget(self._rows)
        self.column.addStretch(1)

    def set(self, snapshot: Snapshot) -> None:
        rental, probe = snapshot.rental, snapshot.probe
        self.setVisible(not (snapshot.ended or snapshot.closing))
        if rental is None:
            self._name.setText(self.tr("No machine yet"))
        elif is_practice(snapshot):
            self._name.setText(self.tr("This computer · {name}").format(name=rental.name))
        else:
            self._name.setText(f"{rental.name} · #{rental.instance_id}")
        points = snapshot.points if rental else ()
        for part in self._live:
            part.setVisible(bool(points))
        if points:
            self._set_live(points)
        lines: list[tuple[str, str, Tone]] = []
        if rental and probe:
            lines.append((self.tr("Cores"), number(probe.cores), ""))
        if rental:
            lines.append((self.tr("Connection"), self._connection(snapshot), ""))
            if snapshot.vouched_host_key is not None:
                trust = (
                    self.tr("verified by the cloud") if snapshot.vouched_host_key else self.tr("trusted on first use")
                )
                lines.append((self.tr("Machine's key"), trust, ""))
        self._rows.set(lines)

    def _set_live(self, points: tuple[Point, ...]) -> None:
        now = points[-1]
        gpu = now.vram_total_bytes > 0
        used, whole = (
            (now.vram_used_bytes, now.vram_total_bytes) if gpu else (now.memory_used_bytes, now.memory_total_bytes)
        )
        self._memory_name.setText(self.tr("GPU memory") if gpu else self.tr("Memory"))
        self._memory.setText(part_of_size(used, whole))
        memory = [
            (point.at.timestamp(), float(point.vram_used_bytes if gpu else point.memory_used_bytes)) for point in points
        ]
        self._memory_chart.set(memory, top=float(whole) or None)
        self._work.setText(percent(now.utilisation) if now.utilisation >= 0 else self.tr("not known"))
        work = [(point.at.timestamp(), point.utilisation) for point in points if point.utilisation >= 0]
        self._work_chart.set(work, top=1.0)
        disk = now.disk_total_bytes
        self._disk.setText(part_of_size(disk - now.disk_free_bytes, disk))
        self._disk_bar.set((disk - now.disk_free_bytes) / disk if disk else 0.0)

    def _connection(self, snapshot: Snapshot) -> str:
        for step, state in snapshot.steps:
            if state.status is StepStatus.WAITING and state.retry_at is not None:
                said = self.tr("{step} again {clock}")
                return said.format(step=step_name(step), clock=clock(state.retry_at, seconds=True))
        if snapshot.vouched_host_key is None:
            return self.tr("not yet")
        rental = snapshot.rental
        if rental and rental.rate_per_hour < rental.price_per_hour:
            return self.tr("none: it is not at work")
        return self.tr("steady")
