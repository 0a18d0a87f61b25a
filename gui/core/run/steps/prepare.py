"""Prepare: is the machine what was rented, and what it needs before the hours that cost: worker, packages, model.

A machine that turns out to be of no use is found out as early as can be, and raises MachineUnfit: it goes back, and the
next offer is taken.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from gui.core.errors import MachineDiskFull, MachineUnfit, WorkerFailed
from gui.core.machine import bundle, transfer
from gui.core.machine.line import shaped
from gui.core.machine.machine import Machine
from gui.core.plan import PRACTICE_MODEL, find_model
from gui.core.plan.choices import MEGABIT_BYTES
from gui.core.plan.models import is_folder_name
from gui.core.run import events as e
from gui.core.run.steps import guarding, instances, worker
from gui.core.run.steps.upload import model_spec
from gui.core.units import GB
from remote_worker import protocol
from remote_worker.protocol import Failure, WorkerEvent

if TYPE_CHECKING:
    from gui.core.run.run import Run

FOLDER = "preparation"
"""On the machine: the order and what is said of it."""
POLL_S = 1.0
LONGEST_SETUP_S = 1800.0
LONGEST_TRY_S = 600.0
"""For torch to be read from a slow disk and one small thing to be computed; a GPU that hangs never answers."""
DISK_MARGIN_BYTES = 200_000_000
"""What a machine needs beside data and model: the worker, its shards until they are home, room to breathe."""
AS_MUCH = 0.95
"""Of the memory or disk that was asked for: a card, or a file system, keeps a little for itself."""
SLOWEST_SHARE = 0.25
"""Of the download speed that was asked for."""
MEASURED_S = 15.0
LONGEST_DOWNLOAD_S = 20 * 60.0
"""A slow line that brings the model within this is no reason to begin again elsewhere."""

ALIKE = ("transformers", "tokenizers", "safetensors")
"""Libraries of which two machines of one run should have the same version. torch is the machine's own."""
VERSION = re.compile(r"[0-9][0-9A-Za-z.]{0,30}")
"""Nothing else of what one machine said reaches the next."""

UNFIT = {Failure.GPU_UNUSABLE: "gpu", Failure.DRIVER_OLD: "driver", Failure.HUB_SILENT: "no-network"}
"""Failures that another machine need not have."""


class _Gpu(msgspec.Struct):
    name: str = ""
    vram_bytes: int = 0


class _Probe(msgspec.Struct):
    cores: int
    memory_bytes: int
    disk_free_bytes: int
    disk_total_bytes: int
    gpus: list[_Gpu] = []


class _Setup(msgspec.Struct):
    python: str


def prepare(run: Run) -> None:
    """Raises MachineUnfit, MachineDiskFull, GuardUnproven, PackagesMissing, WorkerFailed."""
    machine = run.machine()
    found = shaped(_Probe, machine.run("probe"), "probe")
    _mind_the_disk(run, found)
    if instances.needs_gpu(run):
        _mind_the_gpu(run, found.gpus)
    machine.put(bundle.worker_parcel())
    guarding.guard(run)
    python = _set_up(run, machine)
    gpu = next(iter(found.gpus), _Gpu())
    run.note(
        e.MachineProbed(
            python=python,
            cores=found.cores,
            memory_bytes=found.memory_bytes,
            disk_free_bytes=found.disk_free_bytes,
            gpu=gpu.name,
            vram_bytes=gpu.vram_bytes,
        )
    )
    if instances.needs_gpu(run) or _comes_from_the_hub(run):
        _try_and_fetch(run, machine, python, found)


def _set_up(run: Run, machine: Machine) -> str:
    """A Python that has what the model needs; while it is made the meter runs on, and the lease is kept."""
    words = ["--worker", bundle.worker_folder(), *protocol.modules_for(run.snapshot.plan.model.name)]
    if instances.cloud_of(run).may_install:
        words += ["--install", *_as_before(run)]
    with ThreadPoolExecutor(1, thread_name_prefix=f"setup {run.run_id}") as pool:
        working = pool.submit(machine.run, "setup", *words, timeout_s=LONGEST_SETUP_S)
        guarding.watch_until_done(run, working)  # who leaves it has closed the connection, which ends the work
    return shaped(_Setup, working.result(), "setup").python


def _as_before(run: Run) -> list[str]:
    """What must be installed anyway comes in the version that made the vectors that are home.

    What the machine has of its own stays: whether its vectors agree with those, its golden check will tell.
    """
    before = run.snapshot.made_by
    versions = before.recipe.get("versions") if before else None
    told = versions if isinstance(versions, dict) else {}
    pinned = [f"{name}=={told[name]}" for name in ALIKE if VERSION.fullmatch(str(told.get(name, "")))]
    return [word for one in pinned for word in ("--prefer", one)]


def _comes_from_the_hub(run: Run) -> bool:
    name = run.snapshot.plan.model.name
    return name != PRACTICE_MODEL and not is_folder_name(name)


# --- what can be seen at once -----------------------------------------------------------------------------------------


def _mind_the_disk(run: Run, found: _Probe) -> None:
    """Room for what is still to come. A disk as large as was asked for, and still too small, is the plan's fault."""
    plan, snapshot = run.snapshot.plan, run.snapshot
    needed = run.data().dataset.report.upload_bytes - snapshot.upload_bytes + DISK_MARGIN_BYTES
    if instances.is_rented(run) and snapshot.guarded is None:  # nothing of the model has come yet
        model = find_model(plan.model.name)
        needed += model.weights_bytes if model and model.from_hub else 0
    if found.disk_free_bytes >= needed:
        return
    if instances.is_rented(run) and found.disk_total_bytes < AS_MUCH * plan.machine.disk_gb * GB:
        raise MachineUnfit(reason="disk", needed=needed, found=found.disk_free_bytes)
    raise MachineDiskFull(free_bytes=found.disk_free_bytes, needed_bytes=needed)


def _mind_the_gpu(run: Run, gpus: list[_Gpu]) -> None:
    if not gpus:
        raise MachineUnfit(reason="no-gpu")
    choice = run.snapshot.plan.model
    model = find_model(choice.name)
    needed, found = model.memory_for(choice.precision) if model else 0, sum(one.vram_bytes for one in gpus)
    if found < needed * AS_MUCH:
        raise MachineUnfit(reason="memory", needed=needed, found=found)


# --- what has to be tried ---------------------------------------------------------------------------------------------


def _try_and_fetch(run: Run, machine: Machine, python: str, found: _Probe) -> None:
    """Have the machine compute something on its GPU, then fetch the model, and follow it: it goes on by itself."""
    before = run.snapshot.made_by
    order = protocol.Preparation(
        model_spec(run.snapshot.plan, before.revision if before else ""), instances.needs_gpu(run)
    )
    machine.put(transfer.bytes_parcel(f"{FOLDER}/{protocol.PREPARATION_FILE}", protocol.to_line(order)))
    worker.launch(machine, FOLDER, python, "prepare")
    heard, silent, since, kinds = 0, 0, run.world.now(), set[str]()
    while True:
        lines = machine.read(f"{FOLDER}/{protocol.EVENTS_FILE}", heard, POLL_S)
        heard, silent = heard + len(lines), 0 if lines else silent + 1
        for line in lines.splitlines():
            event = worker.said(run, line)
            if event is not None:
                kinds.add(event.kind)
                if _heard(run, event, since, found):
                    return
        tried_s = (run.world.now() - since).total_seconds()
        if kinds <= {"started"} and instances.needs_gpu(run) and tried_s > LONGEST_TRY_S:
            raise MachineUnfit(reason="gpu", detail=f"it has not answered for {LONGEST_TRY_S / 60:.0f} min")
        guarding.watch(run)
        run.check()
        if silent >= worker.TALKS_TWICE:
            worker.look_after(machine, FOLDER, heard)
        run.note(e.Tick())


def _heard(run: Run, event: WorkerEvent, since: datetime, found: _Probe) -> bool:
    """True when all is there. Raises MachineUnfit, MachineDiskFull, WorkerFailed."""
    match event.kind:
        case "weights":
            now = e.WeightsProgress(event.done_bytes, event.total_bytes, event.came_bytes, event.bytes_per_s)
            run.note(now)
            _mind_the_size(run, now.total_bytes, found)
            if run.world.now() - since >= timedelta(seconds=MEASURED_S):
                _mind_the_speed(run, now)
        case "failed":
            _give_up(run, event)
        case "done":
            if run.snapshot.weights_total_bytes:
                snapshot = run.snapshot
                run.note(e.WeightsThere(snapshot.weights_total_bytes, snapshot.weights_came_bytes, event.revision))
            return True
    return False


def _mind_the_size(run: Run, files_bytes: int, found: _Probe) -> None:
    """A model that nobody knew: larger than all the memory there is, it would come for nothing."""
    vram_bytes = sum(one.vram_bytes for one in found.gpus)
    halves = vram_bytes > 0 and run.snapshot.plan.model.precision != "fp32"
    needed = files_bytes // 2 if halves else files_bytes  # at least: files in fp32 are loaded as half as much
    if needed > vram_bytes + found.memory_bytes:
        free = vram_bytes + found.memory_bytes
        raise WorkerFailed(reason=Failure.MODEL_TOO_LARGE.value, needed_bytes=needed, free_bytes=free)


def _mind_the_speed(run: Run, now: e.WeightsProgress) -> None:
    """A line much slower than what was asked for, on which the model would take longer than a new beginning."""
    slowest = run.snapshot.plan.machine.min_download_mbit * MEGABIT_BYTES * SLOWEST_SHARE
    left_s = (now.total_bytes - now.done_bytes) / max(1.0, now.bytes_per_s)
    if instances.is_rented(run) and now.bytes_per_s < slowest and left_s > LONGEST_DOWNLOAD_S:
        raise MachineUnfit(reason="slow", needed=int(slowest), found=int(now.bytes_per_s))


def _give_up(run: Run, event: WorkerEvent) -> None:
    if event.failure == Failure.DISK_FULL.value and event.needed_bytes:
        raise MachineDiskFull(free_bytes=event.free_bytes, needed_bytes=event.needed_bytes)
    reason = next((reason for failure, reason in UNFIT.items() if failure.value == event.failure), "")
    if reason and instances.is_rented(run):
        raise MachineUnfit(reason=reason, detail=event.detail)
    raise WorkerFailed(reason=event.failure, detail=event.detail)
