"""What the worker found out about its vectors, or wants to be known, written down once however often it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from gui.core.run import events as e
from remote_worker.protocol import Alarm, Alarmed, Golden, Notice, WorkerEvent

if TYPE_CHECKING:
    from gui.core.run.run import Run

MOST_ROWS = 64
MOST_NAMED = 20
LONGEST_ID = 200
MOST_NOTICES = 200
LONGEST_DETAIL = 300
"""A machine is not trusted: its reports are cut to what a true one can be."""


def take(run: Run, event: WorkerEvent) -> None:
    snapshot = run.snapshot
    if event.golden is not None and (golden := _cut(event.golden)) != snapshot.golden:
        run.note(e.GoldenChecked(golden))
    if event.precision is not None:
        report = replace(event.precision, counts=event.precision.counts[:MOST_ROWS])
        if report != snapshot.precision:
            run.note(e.PrecisionReported(report))
    if event.alarm in {str(alarm.value) for alarm in Alarm}:
        known = next((one.rows for one in snapshot.alarms if one.alarm == event.alarm), 0)
        if event.alarm_rows > known:
            named = tuple(item_id[:LONGEST_ID] for item_id in event.item_ids[:MOST_NAMED])
            run.note(e.AlarmRaised(Alarmed(event.alarm, event.alarm_rows, event.looked_at, named)))


def notice(run: Run, event: WorkerEvent, at: datetime | None) -> None:
    """``at``: when it was said, by the machine's clock."""
    before = run.snapshot.noticed_at
    known = event.notice in {str(one.value) for one in Notice}
    if known and at is not None and (before is None or at > before) and run.snapshot.notices < MOST_NOTICES:
        run.note(e.WorkerNoticed(event.notice, event.detail[:LONGEST_DETAIL], at))


def _cut(golden: Golden) -> Golden:
    rows, home = (
        tuple(replace(row, item_id=row.item_id[:LONGEST_ID]) for row in rows[:MOST_ROWS])
        for rows in (golden.rows, golden.home)
    )
    return replace(golden, rows=rows, home=home)
