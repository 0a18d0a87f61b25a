"""Prepare and upload: is the machine fit, and what goes to it: worker, job, items as rows, the images they use."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from gui.core.dataset import Dataset
from gui.core.errors import ItemsChanged, MachineDiskFull
from gui.core.files import refusals
from gui.core.machine import bundle, transfer
from gui.core.machine.line import shaped
from gui.core.machine.machine import Parcel
from gui.core.plan import Plan
from gui.core.run import events as e
from gui.core.run.steps import guarding
from remote_worker import protocol
from remote_worker.protocol import JobSpec, ModelSpec, Row

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

DISK_MARGIN_BYTES = 200_000_000
"""What a machine needs beside the data: the worker, its shards until they are home, room to breathe."""

JOB = "job"
"""The job's folder on the machine."""


@dataclass(frozen=True)
class Prepared:
    """A data set with the names that its images have on the machine."""

    dataset: Dataset
    rows: tuple[Row, ...]  # in input order
    image_keys: dict[str, str]  # name on the machine -> key in the data set
    sha256: str  # of the rows and the images' sizes: what must not change while a run lasts


def prepared(dataset: Dataset) -> Prepared:
    """Name the images and take the fingerprint. Reads no image."""
    names: dict[str, str] = {}
    digest = hashlib.sha256()
    rows = []
    for item in dataset.items:
        name = ""
        if item.image:
            if item.image not in names:
                names[item.image] = f"{len(names):08d}{PurePosixPath(item.image).suffix.lower()[:8]}"
                digest.update(f"{item.image}\0{dataset.image_size_bytes(item.image)}\0".encode())
            name = names[item.image]
        row = Row(item.item_id, item.text, name)
        digest.update(protocol.to_line(row))
        rows.append(row)
    return Prepared(dataset, tuple(rows), {name: key for key, name in names.items()}, digest.hexdigest())


def read_data(run: Run, dataset: Dataset | None) -> Prepared:
    """The data set of a run. Raises DataError; ItemsChanged when it is not what the run began with."""
    data = prepared(dataset or run.world.read_dataset(run.snapshot.plan.data))
    known = run.snapshot.rows_sha256
    if known and known != data.sha256:
        raise ItemsChanged(run_id=run.run_id)
    return data


def note_data(run: Run, data: Prepared) -> None:
    """Write down, once, what the run is about."""
    if run.snapshot.rows_sha256:
        return
    report = data.dataset.report
    shards = job_of(run.run_id, run.snapshot.plan, len(data.rows), ()).shard_count
    run.note(e.DataRead(len(data.rows), len(data.image_keys), shards, data.sha256, len(report.problems)))


def job_of(run_id: str, plan: Plan, rows: int, done_shards: Iterable[int], revision: str = "") -> JobSpec:
    """``revision`` is of the model that made the shards that are done: the others must be of the same."""
    model = ModelSpec(
        name=plan.model.name,
        recipe=plan.model.recipe,
        instruction=plan.model.instruction,
        precision=plan.model.precision,
        dimensions=plan.model.dimensions,
        max_pixels=plan.model.max_pixels,
        revision=revision,
    )
    return JobSpec(run_id, model, rows, plan.shard_rows, tuple(sorted(done_shards)))


def _member(data: Prepared, name: str) -> transfer.Member:
    key = data.image_keys[name]
    return transfer.Member(name, data.dataset.image_size_bytes(key), lambda: data.dataset.open_image(key))


def parcels(data: Prepared, job: JobSpec, scratch: Path) -> list[Parcel]:
    """All that goes to the machine, smallest first. Images only of rows in shards that are still to be made.

    Writes the rows to ``scratch`` (raises OSError when that is full).
    """
    rows_file = scratch / protocol.ITEMS_FILE
    with rows_file.open("wb") as out:
        for row in data.rows:
            out.write(protocol.to_line(row))
    done = set(job.done_shards)
    wanted = [row.image for number, row in enumerate(data.rows) if row.image and number // job.shard_rows not in done]
    members = [_member(data, name) for name in dict.fromkeys(wanted)]
    return [
        transfer.bytes_parcel(f"{JOB}/{protocol.JOB_FILE}", protocol.to_line(job)),
        transfer.file_parcel(rows_file, f"{JOB}/{protocol.ITEMS_FILE}"),
        *transfer.parcels_of(f"{JOB}/{protocol.IMAGES_DIR}", members),
    ]


class _Gpu(msgspec.Struct):
    name: str = ""
    vram_bytes: int = 0


class _Probe(msgspec.Struct):
    cores: int
    memory_bytes: int
    disk_free_bytes: int
    gpus: list[_Gpu] = []


class _Setup(msgspec.Struct):
    python: str


def prepare(run: Run) -> None:
    """Is the machine fit: disk, Python, packages? And the worker goes over."""
    machine = run.machine()
    found = shaped(_Probe, machine.run("probe"), "probe")
    needed_bytes = run.data().dataset.report.upload_bytes - run.snapshot.upload_bytes + DISK_MARGIN_BYTES
    if found.disk_free_bytes < needed_bytes:
        raise MachineDiskFull(free_bytes=found.disk_free_bytes, needed_bytes=needed_bytes)
    machine.put(bundle.worker_parcel())
    guarding.guard(run)
    modules = protocol.modules_for(run.snapshot.plan.model.name)
    options = ("--install",) if run.world.clouds[run.snapshot.plan.machine.cloud].may_install else ()
    made = shaped(_Setup, machine.run("setup", *modules, *options, timeout_s=1800), "setup")
    gpu = next(iter(found.gpus), _Gpu())
    run.note(
        e.MachineProbed(
            python=made.python,
            cores=found.cores,
            memory_bytes=found.memory_bytes,
            disk_free_bytes=found.disk_free_bytes,
            gpu=gpu.name,
            vram_bytes=gpu.vram_bytes,
        )
    )


def upload(run: Run) -> None:
    """Items, images and the job; what the machine has already is not sent again."""
    data = run.data()
    scratch = run.world.paths.run_folder(run.run_id)
    before = run.snapshot.made_by
    revision = before.revision if before else ""
    job = job_of(run.run_id, run.snapshot.plan, len(data.rows), run.snapshot.shards_before, revision)
    with refusals(scratch):
        cargo = parcels(data, job, scratch)
    total_bytes = sum(parcel.size_bytes for parcel in cargo)
    if run.snapshot.upload_total_bytes != total_bytes:
        run.note(e.UploadPlanned(len(cargo), total_bytes))
    for parcel in cargo:
        if parcel.key in run.snapshot.uploaded:
            continue
        base_bytes, sent_bytes = run.snapshot.uploaded_bytes, 0

        def sent(more_bytes: int, base_bytes: int = base_bytes) -> None:
            nonlocal sent_bytes
            sent_bytes += more_bytes
            run.note(e.UploadProgress(base_bytes + sent_bytes))
            run.check()

        run.machine(e.Step.UPLOAD).put(parcel, sent)
        run.note(e.Uploaded(parcel.key, parcel.size_bytes))


def tidy(run: Run) -> None:
    """Take away what was only prepared for the upload, if that can be done."""
    try:
        (run.world.paths.run_folder(run.run_id) / protocol.ITEMS_FILE).unlink(missing_ok=True)
    except OSError as refused:
        logger.warning("run %s: %s", run.run_id, refused)
