"""Embed and fetch: launch the worker, follow it, bring its shards home while it works and afterwards."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gui.core.errors import MachineError, TransferCorrupt, WorkerFailed, WorkerKilled
from gui.core.machine import bundle
from gui.core.machine.machine import Machine
from gui.core.run import state as e
from gui.core.run.steps import guarding, rental
from gui.core.run.steps.upload import JOB
from remote_worker import protocol
from remote_worker.protocol import ShardEntry, WorkerEvent

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

POLL_S = 1.0
HALT_GRACE_S = 20.0
CHARGES_EVERY_S = 300.0
NO_DISK_BYTES = 1_000_000


def embed(run: Run) -> None:
    """Launch the worker unless it works already or has made everything, and follow it to the end."""
    machine = run.machine()
    look_for_shards(run, machine)
    status = machine.run("status", JOB)
    if not status["alive"]:
        if run.snapshot.missing_shards <= run.finished_shards.keys():
            return
        assert run.snapshot.probe is not None
        worker = bundle.worker_folder()
        status = machine.run("launch", JOB, "--python", run.snapshot.probe.python, "--worker", worker)
    if not run.snapshot.launched:
        run.note(e.Launched(int(status["pid"])))
    offset, silent = 0, 0
    asked_at = run.world.now()
    while True:
        lines = machine.read(f"{JOB}/{protocol.EVENTS_FILE}", offset, POLL_S)
        offset += len(lines)
        silent = 0 if lines else silent + 1
        done = False
        for line in lines.splitlines():
            done = _heard(run, line) or done
        bring_home(run, machine)
        guarding.watch(run)
        run.check()
        if done:
            return
        if (run.world.now() - asked_at).total_seconds() >= CHARGES_EVERY_S:
            rental.ask_the_provider(run)
            asked_at = run.world.now()
        # The last lines of a worker that ended may still be on their way: look twice before it is called killed.
        if silent >= 2:
            _still_working(machine)
        run.note(e.Tick())


def _still_working(machine: Machine) -> None:
    """Raises WorkerKilled when the worker is gone without having said how it ended."""
    status = machine.run("status", JOB)
    if status["alive"]:
        return
    if int(status["disk_free_bytes"]) < NO_DISK_BYTES:  # too full even to say so
        raise WorkerFailed(reason=protocol.Failure.DISK_FULL.value)
    ended = status.get("exit") or {}
    raise WorkerKilled(signal=int(ended.get("signal", 0)), exit_code=int(ended.get("exit_code", 0)))


def _heard(run: Run, line: bytes) -> bool:
    """Take in one line of the worker's; True when it says that everything is made. Raises WorkerFailed."""
    try:
        event = protocol.parse_event(line)
    except ValueError:
        logger.warning("run %s: not an event: %r", run.run_id, line[:200])
        return False
    match event.kind:
        case "loading":
            run.note(e.ModelLoading())
        case "loaded":
            _loaded(run, event)
        case "progress":
            run.note(e.Progress(event.rows_done, event.rows_total, event.rows_per_s, event.remaining_s))
        case "sample":
            run.note(_sample(event))
        case "shard" if event.shard is not None:
            run.finished_shards[event.shard.shard] = event.shard
        case "failed":
            raise WorkerFailed(reason=event.failure, detail=event.detail)
    return event.kind == "done"


def _loaded(run: Run, event: WorkerEvent) -> None:
    now = e.ModelLoaded(event.device, event.model, event.revision, event.dimensions, event.load_s, event.recipe)
    if run.snapshot.model_loaded != now:  # its file is read from the beginning after every new connection
        run.note(now)


def _sample(event: WorkerEvent) -> e.Sample:
    return e.Sample(
        vram_used_bytes=event.vram_used_bytes,
        vram_total_bytes=event.vram_total_bytes,
        memory_used_bytes=event.memory_used_bytes,
        memory_total_bytes=event.memory_total_bytes,
        utilisation=event.utilisation,
        disk_free_bytes=event.disk_free_bytes,
        disk_total_bytes=event.disk_total_bytes,
    )


def look_for_shards(run: Run, machine: Machine) -> None:
    """What is finished on the machine, by its own index."""
    offset = 0
    while lines := machine.read(f"{JOB}/{protocol.SHARD_INDEX}", offset):
        offset += len(lines)
        for line in lines.splitlines():
            try:
                entry = protocol.parse_shard(line)
            except ValueError:
                logger.warning("run %s: not a shard: %r", run.run_id, line[:200])
                continue
            run.finished_shards[entry.shard] = entry


def bring_home(run: Run, machine: Machine) -> None:
    """Fetch every finished shard that is not home yet."""
    for shard in sorted(run.finished_shards.keys() - run.snapshot.shards_home):
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
    """Bring home what the machine has finished."""
    machine = run.machine()
    look_for_shards(run, machine)
    bring_home(run, machine)


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
    fetch(run)
