"""The log of a run in plain words, newest on top; the raw lines on demand."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QListView

from gui.core.run.events import Recorded, ShardHome, StepStarted, StepWaiting, Uploaded
from gui.format import moment, number, size
from gui.text import log_line
from gui.widgets.basics import Card, Heading, LinkButton, row_of

RAW_LENGTH = 2000


class Happenings(QAbstractListModel):
    """One row an event, newest first; a run of the same small event is one row that counts."""

    def __init__(self) -> None:
        super().__init__()
        self._log: tuple[Recorded, ...] = ()
        self._rows: list[list[Recorded]] = []  # oldest first
        self._raw = False

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self._rows[len(self._rows) - 1 - index.row()]
        if self._raw:
            event = msgspec.json.encode(row[-1].event).decode()
            return f"{row[-1].at.isoformat(timespec='milliseconds')}  {event[:RAW_LENGTH]}"
        return f"{moment(row[-1].at, self._log[-1].at)}   {self._words(row)}"

    def _words(self, row: list[Recorded]) -> str:
        tried = [one for one in row if isinstance(one.event, StepWaiting)]
        if tried or len(row) == 1:
            return log_line((tried or row)[-1])
        first, last = row[0].event, row[-1].event
        if isinstance(first, ShardHome) and isinstance(last, ShardHome):
            rows = sum(one.event.rows for one in row if isinstance(one.event, ShardHome))
            said = self.tr("Pieces {first} to {last} are home and checked: {rows} vectors.")
            return said.format(first=first.shard + 1, last=last.shard + 1, rows=number(rows))
        bytes_ = sum(one.event.size_bytes for one in row if isinstance(one.event, Uploaded))
        said = self.tr("{count} parcels arrived and are checked: {size}.")
        return said.format(count=number(len(row)), size=size(bytes_))

    def set(self, log: tuple[Recorded, ...], *, raw: bool) -> None:
        """Show this log; what is only longer than before is added on top."""
        known = len(self._log)
        grown = raw == self._raw and known and log[:1] == self._log[:1] and len(log) >= known
        if not grown:
            self.beginResetModel()
            self._log, self._raw, self._rows = log, raw, []
            for recorded in log:
                self._add(recorded, raw)
            self.endResetModel()
            return
        for recorded in log[known:]:
            if self._joins(recorded, raw):
                self._rows[-1].append(recorded)
                self.dataChanged.emit(self.index(0), self.index(0))
            else:
                self.beginInsertRows(QModelIndex(), 0, 0)
                self._rows.append([recorded])
                self.endInsertRows()
        self._log = log

    def _add(self, recorded: Recorded, raw: bool) -> None:
        if self._joins(recorded, raw):
            self._rows[-1].append(recorded)
        else:
            self._rows.append([recorded])

    def _joins(self, recorded: Recorded, raw: bool) -> bool:
        if raw or not self._rows:
            return False
        event, last = recorded.event, self._rows[-1][-1].event
        if isinstance(event, ShardHome) and isinstance(last, ShardHome):
            return event.shard == last.shard + 1
        if isinstance(event, StepStarted | StepWaiting):
            return self._is_another_try(event)
        return isinstance(event, Uploaded) and isinstance(last, Uploaded)

    def _is_another_try(self, event: StepStarted | StepWaiting) -> bool:
        """Whether it belongs to the trouble of the last row: a step that was tried again, for the same reason."""
        trouble = next((one.event for one in self._rows[-1] if isinstance(one.event, StepWaiting)), None)
        if trouble is None or event.step is not trouble.step:
            return False
        return isinstance(event, StepStarted) or event.error == trouble.error


class LogList(QListView):
    """Reads like text: nothing is chosen in it."""


class LogCard(Card):
    """What happened."""

    def __init__(self) -> None:
        super().__init__(spacing=10)
        self._raw = False
        self._log: tuple[Recorded, ...] = ()
        self._model = Happenings()
        self._switch = LinkButton("", self._on_switch)
        head = row_of(Heading(self.tr("What happened")))
        head.addStretch(1)
        head.addWidget(self._switch)
        self._list = LogList()
        self._list.setModel(self._model)
        self._list.setWordWrap(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setResizeMode(QListView.ResizeMode.Adjust)
        self._list.setAccessibleName(self.tr("What happened"))
        self._list.setMinimumHeight(120)
        self.column.addLayout(head)
        self.column.addWidget(self._list, 1)
        self._name_switch()

    def set(self, log: tuple[Recorded, ...]) -> None:
        self._log = log
        self._model.set(log, raw=self._raw)

    def _on_switch(self) -> None:
        self._raw = not self._raw
        self._name_switch()
        self.set(self._log)

    def _name_switch(self) -> None:
        self._switch.setText(self.tr("Show plain words") if self._raw else self.tr("Show raw lines"))
