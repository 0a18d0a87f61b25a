"""Embed and fetch: launch the worker, follow it, bring its shards home while it works and afterwards."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from gui.core.cloud.base import PaidCloud
from gui.core.errors import MachineError, MachineUnfit, ModelChanged, TransferCorrupt, WorkerFailed
from gui.core.machine.machine import Machine
from gui.core.run import events as e
from gui.core.run.shards import entry_of
from gui.core.run.steps import charges, findings, guarding, instances, worker
from gui.core.run.steps.connect import may_try_another
from gui.core.run.steps.upload import JOB
from remote_worker import protocol
from remote_worker.protocol import ShardEntry, WorkerEvent

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

POLL_S = 1.0
HALT_GRACE_S = 20.0


def embed(run: Run) -> None:
    """Launch the worker unless it works already or has made everything, and follow it to the end.

    Raises MachineUnfit, with all home that is finished, when its GPU broke down and another one is worth a try.
    """
    try:
        _follow(run)
    except WorkerFailed as failed:
        if failed.reason != protocol.Failure.GPU_UNUSABLE.value or not _another_may_do(run):
            raise
        bring_home(run, run.machine())
        raise MachineUnfit(reason="gpu", detail=failed.detail) from failed


def _another_may_do(run: Run) -> bool:
    """Once: where a second GPU breaks down it may be the items or the model, and a person should look."""
    lost = [one.event for one in run.snapshot.log if isinstance(one.event, e.OfferLost)]
    is_first = all(one.fields.get("reason") != "gpu" for one in lost)
    return is_first and may_try_another(run) and isinstance(instances.cloud_of(run), PaidCloud)


def _follow(run: Run) -> None:
    machine = run.machine()
    look_for_shards(run, machine)
    if not worker.alive(machine, JOB):
        if run.snapshot.missing_shards <= run.finished_shards.keys():
            return
        _launch(run, machine)
    silent = 0
    asked_at = run.world.now()
    while True:
        lines = machine.read(f"{JOB}/{protocol.EVENTS_FILE}", run.heard_bytes, POLL_S)
        silent = 0 if lines else silent + 1
        done = False
        for line in lines.splitlines(keepends=True):
            run.heard_bytes += len(line)
            done = _heard(run, line) or done
        bring_home(run, machine)
        guarding.watch(run)
        run.check()
        if done:
            return
        if (run.world.now() - asked_at).total_seconds() >= charges.EVERY_S:
            charges.take(run)
            asked_at = run.world.now()
        if silent >= worker.TALKS_TWICE:
            worker.look_after(machine, JOB, run.heard_bytes)
        run.note(e.Tick())


def _launch(run: Run, machine: Machine) -> None:
    probe = run.snapshot.probe
    assert probe is not None, "prepare comes first"
    run.heard_bytes = 0  # its events begin anew, even when the answer is lost
    run.note(e.Launched(worker.launch(machine, JOB, probe.python)))


def _heard(run: Run, line: bytes) -> bool:
    """Take in one line of the worker's; True when it says that everything is made.

    Raises WorkerFailed, ModelChanged.
    """
    event = worker.said(run, line)
    if event is None:
        return False
    match event.kind:
        case "loading":
            run.note(e.ModelLoading())
        case "loaded":
            _loaded(run, event)
        case "golden" | "precision" | "alarm":
            findings.take(run, event)
        case "notice":
            findings.notice(run, event, _time_of(event))
        case "progress":
            run.note(_progress(event))
        case "sample":
            run.note(_sample(event))
        case "shard" if event.shard is not None:
            run.finished_shards[event.shard.shard] = event.shard
        case "failed":
            raise WorkerFailed(
                reason=event.failure,
                detail=event.detail,
                needed_bytes=event.needed_bytes,
                free_bytes=event.free_bytes,
            )
    return event.kind == "done"


def _loaded(run: Run, event: WorkerEvent) -> None:
    now = e.ModelLoaded(event.device, event.model, event.revision, event.dimensions, event.load_s, event.recipe)
    if run.snapshot.model_loaded != now:  # its file is read from the beginning after every start of this program
        run.note(now)
    if run.snapshot.other_model:
        raise _model_changed(run)


def _model_changed(run: Run) -> ModelChanged:
    before, now = run.snapshot.made_by, run.snapshot.model_loaded
    return ModelChanged(
        model=run.snapshot.plan.model.name,
        before=before.revision if before else "",
        now=now.revision if now else "",
        changes=", ".join(before.changes(now)) if before and now else "",
    )


def _progress(event: WorkerEvent) -> e.Progress:
    return e.Progress(event.rows_done, event.rows_total, event.rows_per_s, event.remaining_s, _time_of(event))


def _sample(event: WorkerEvent) -> e.Sample:
    return e.Sample(
        vram_used_bytes=event.vram_used_bytes,
        vram_total_bytes=event.vram_total_bytes,
        memory_used_bytes=event.memory_used_bytes,
        memory_total_bytes=event.memory_total_bytes,
        utilisation=event.utilisation,
        disk_free_bytes=event.disk_free_bytes,
        disk_total_bytes=event.disk_total_bytes,
        measured_at=_time_of(event),
    )


def _time_of(event: WorkerEvent) -> datetime | None:
    try:
        at = datetime.fromisoformat(event.at)
    except ValueError:
        return None
    return at if at.tzinfo else None


def look_for_shards(run: Run, machine: Machine) -> None:
    """What is finished on the machine, by its own index."""
    finished: dict[int, ShardEntry] = {}
    offset = 0
    while lines := machine.read(f"{JOB}/{protocol.SHARD_INDEX}", offset):
        offset += len(lines)
        for line in lines.splitlines():
            try:
                entry = entry_of(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                logger.warning("run %s: not a shard: %r", run.run_id, line[:200])
                continue
            finished[entry.shard] = entry
    run.finished_shards = finished


def bring_home(run: Run, machine: Machine) -> None:
    """Fetch every finished shard that is not home yet. Raises ModelChanged before one of another model comes."""
    coming = sorted(run.finished_shards.keys() - run.snapshot.shards_home)
    known = run.snapshot.made_by is None or run.snapshot.model_loaded is not None
    if coming and (run.snapshot.other_model or not known):
        raise _model_changed(run)
    for shard in coming:
        entry = run.finished_shards[shard]
        _check_entry(run, entry)
        home = run.shards.file(shard)
        machine.get(f"{JOB}/{entry.file}", home, entry.sha256, entry.size_bytes, lambda _: run.check())
        run.shards.add(entry)
        run.note(e.ShardHome(shard, entry.rows, entry.size_bytes, entry.sha256, len(entry.skipped)))


def _check_entry(run: Run, entry: ShardEntry) -> None:
    """The machine's word is not trusted: a shard that this job cannot have is refused."""
    known = {problem.value for problem in protocol.RowProblem}
    possible = (
        0 <= entry.shard < run.snapshot.shards_total
        and 0 <= entry.rows <= run.snapshot.plan.shard_rows
        and all(0 <= one.row < run.snapshot.rows_total and one.problem in known for one in entry.skipped)
    )
    if not possible:
        raise TransferCorrupt(name=entry.file)


def fetch(run: Run) -> None:
    """Bring home what the machine has finished: everything, or the worker's word that all is made was wrong."""
    fetch_finished(run)
    if run.snapshot.missing_shards:
        raise WorkerFailed(reason=protocol.Failure.BUG.value, detail="it said done, and shards are missing")


def fetch_finished(run: Run) -> None:
    machine = run.machine()
    _hear_the_rest(run, machine)
    look_for_shards(run, machine)
    bring_home(run, machine)


def _hear_the_rest(run: Run, machine: Machine) -> None:
    """What was said while nobody listened: which model worked there, and what was found out about its vectors."""
    while lines := machine.read(f"{JOB}/{protocol.EVENTS_FILE}", run.heard_bytes):
        for line in lines.splitlines(keepends=True):
            run.heard_bytes += len(line)
            with suppress(WorkerFailed):  # how it ended is known by now
                _heard(run, line)


def halt(run: Run) -> None:
    """Stop the worker; it finishes what it can in the grace time."""
    run.machine().run("stop", JOB, "--grace", str(HALT_GRACE_S), timeout_s=HALT_GRACE_S + 30)


def halt_and_fetch(run: Run) -> None:
    """For a run that was stopped or failed: end the worker, bring home what it has finished."""
    try:
        halt(run)
    except MachineError as error:
        if error.temporary:
            raise
        logger.warning("run %s: the worker could not be stopped: %s", run.run_id, error)
    if not run.snapshot.other_model:
        fetch_finished(run)
