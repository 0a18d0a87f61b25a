"""Verify, and what a run leaves behind: the vectors, the manifest, the list of problems, the receipt."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import gui
from gui.core.dataset.report import Problem, ProblemKind, write_problems
from gui.core.errors import CheckFailed, ResultUnreadable
from gui.core.plan.choices import SERIES_RECIPE
from gui.core.result import manifest
from gui.core.result import verify as results
from gui.core.result.manifest import Manifest
from gui.core.result.result import write
from gui.core.result.series import check_series, write_series
from gui.core.run import events as e
from remote_worker.protocol import Alarm, RowProblem, ShardEntry

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)


def verify(run: Run) -> None:
    """Join the shards, and hold the result against what was asked for.

    Raises CheckFailed. A shard that is damaged here is written down as lost and comes from the machine again; so is
    one that came damaged (ResultUnreadable), for when the run goes on.
    """
    run.look_at_home()
    if run.snapshot.missing_shards:
        run.redirect()
    folder = run.snapshot.plan.result.folder
    series = run.data().series
    shards = [(run.shards.entries[shard], run.shards.file(shard)) for shard in sorted(run.snapshot.shards_home)]
    try:
        if series is not None:
            write_series(folder, shards, series, _manifest(run))
        else:
            write(folder, shards, _item_ids(run), _manifest(run))
    except ResultUnreadable as damaged:
        for entry, file in shards:
            if str(file) == damaged.path:
                run.note(e.ShardLost(entry.shard))
        raise
    write_problems(folder / manifest.PROBLEMS_FILE, _problems(run, shards), run.world.problem_words)
    report = results.check(folder, _item_ids(run), shards) if series is None else check_series(folder, shards)
    run.note(e.Verified(report))
    if not report.passed:
        failed = [str(line.check) for line in report.lines if not (line.passed or line.warning)]
        raise CheckFailed(path=str(folder), checks=failed)


def _item_ids(run: Run) -> list[str]:
    return [row.item_id for row in run.data().rows]


def _manifest(run: Run) -> Manifest:
    plan, loaded = run.snapshot.plan, run.snapshot.model_loaded or run.snapshot.made_by
    of_items = plan.data.series is None
    return Manifest(
        name=plan.name,
        run_id=run.run_id,
        created_at=run.world.now(),
        app_version=gui.__version__,
        model=plan.model.name,
        revision=loaded.revision if loaded else "",
        recipe=plan.model.recipe if of_items else SERIES_RECIPE,
        instruction=plan.model.instruction,
        precision=plan.model.precision,
        max_pixels=plan.model.max_pixels if of_items else 0,
        made_by=loaded.recipe if loaded else {},
        golden=run.snapshot.golden,
        precision_report=run.snapshot.precision,
        alarms=run.snapshot.alarms,
        data=plan.data,
        left_out=run.data().dataset.report.left_out,
        input_sha256=run.data().dataset.report.input_sha256,
    )


WORKER_PROBLEMS = {
    RowProblem.IMAGE_MISSING: ProblemKind.IMAGE_NOT_FOUND,
    RowProblem.IMAGE_UNREADABLE: ProblemKind.IMAGE_UNREADABLE,
    RowProblem.IMAGE_CUT_OFF: ProblemKind.IMAGE_CUT_OFF,
    RowProblem.IMAGE_TOO_LARGE: ProblemKind.IMAGE_TOO_LARGE,
    RowProblem.EMPTY: ProblemKind.ITEM_BLANK,
    RowProblem.ROW_UNREADABLE: ProblemKind.ITEM_UNREADABLE,
    RowProblem.TOO_LONG: ProblemKind.ITEM_TOO_LONG,
    RowProblem.BAD_VECTOR: ProblemKind.ITEM_BAD_VECTOR,
}
"""What the worker met, in the words of the report."""

ALARMS = {
    Alarm.SAME_VECTOR.value: ProblemKind.ITEM_SAME_VECTOR,
    Alarm.PICTURE_IGNORED.value: ProblemKind.IMAGE_IGNORED,
}
"""What looked wrong, likewise. Of an item without a vector the worker speaks by itself."""


def _problems(run: Run, shards: list[tuple[ShardEntry, Path]]) -> Iterator[Problem]:
    """What was found before the run, then what the worker met; each once."""
    known = run.data().dataset.report.problems
    yield from known
    told = {(problem.kind, problem.item_id) for problem in known}
    for entry, _ in shards:
        for skipped in entry.skipped:
            kind = WORKER_PROBLEMS[RowProblem(skipped.problem)]
            if (kind, skipped.item_id) not in told:
                yield Problem(kind, skipped.item_id, run.data().dataset.items[skipped.row].place, skipped.detail)
    places = run.data().dataset.places({item_id for alarmed in run.snapshot.alarms for item_id in alarmed.item_ids})
    for alarmed in run.snapshot.alarms:
        if alarmed.alarm in ALARMS:
            for item_id in alarmed.item_ids:
                yield Problem(ALARMS[alarmed.alarm], item_id, places.get(item_id, ""))
