"""Upload: what goes to the machine: job, items as rows, the images they use."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, overload

from gui.core.dataset import Dataset, SeriesDataset
from gui.core.errors import ItemsChanged
from gui.core.files import refusals
from gui.core.machine import transfer
from gui.core.machine.machine import Parcel
from gui.core.plan import Plan
from gui.core.plan.choices import SERIES_RECIPE
from gui.core.plan.cost import REPORT_ROWS
from gui.core.result.result import Excerpt, excerpt
from gui.core.run import events as e
from gui.core.run.steps import instances
from remote_worker import protocol
from remote_worker.prompts import SERIES_FILE, Series
from remote_worker.protocol import JobSpec, ModelSpec, Row

if TYPE_CHECKING:
    from gui.core.run.run import Run

logger = logging.getLogger(__name__)

HOME_ROWS = 16
JOB = "job"
"""The job's folder on the machine."""


@dataclass(frozen=True)
class Prepared:
    """A data set with the names that its images have on the machine."""

    dataset: Dataset
    rows: Sequence[Row]  # in input order
    image_keys: dict[str, str]  # name on the machine -> key in the data set
    sha256: str  # of the rows and the images' sizes: what must not change while a run lasts

    @property
    def series(self) -> Series | None:
        return self.dataset.data.series if isinstance(self.dataset, SeriesDataset) else None


def prepared(dataset: Dataset) -> Prepared:
    """Name the images and take the fingerprint. Reads no image."""
    if isinstance(dataset, SeriesDataset):
        series, table = dataset.data.series, dataset.data.table
        fingerprint = hashlib.sha256(protocol.to_line(series) + table.sha256.encode()).hexdigest()
        return Prepared(dataset, _SeriesRows(series), {}, fingerprint)
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


class _SeriesRows(Sequence[Row]):
    """Rows of a time series, named but not worded: the machine makes the prompts."""

    def __init__(self, series: Series) -> None:
        self._series = series

    def __len__(self) -> int:
        return self._series.rows

    @overload
    def __getitem__(self, row: int) -> Row: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, row: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(row, slice):
            return tuple(self[one] for one in range(*row.indices(len(self))))
        return Row(self._series.item_id(self._series.place(row)), "")


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
    shards = job_of(run.run_id, run.snapshot.plan, data, ()).shard_count
    run.note(e.DataRead(len(data.rows), report.images_found, shards, data.sha256, len(report.problems)))


def job_of(
    run_id: str, plan: Plan, data: Prepared, done_shards: Iterable[int], revision: str = "", needs_gpu: bool = False
) -> JobSpec:
    """``revision`` is of the model that made the shards that are done: the others must be of the same."""
    done = tuple(sorted(done_shards))
    asked = REPORT_ROWS if plan.model.precision_report else 0
    model = model_spec(plan, revision)
    return JobSpec(
        run_id, model, len(data.rows), plan.shard_rows, done, data.series, precision_rows=asked, needs_gpu=needs_gpu
    )


def model_spec(plan: Plan, revision: str = "") -> ModelSpec:
    if plan.data.series is not None:
        return ModelSpec(plan.model.name, SERIES_RECIPE, precision=plan.model.precision, revision=revision)
    return ModelSpec(
        name=plan.model.name,
        recipe=plan.model.recipe,
        instruction=plan.model.instruction,
        precision=plan.model.precision,
        dimensions=plan.model.dimensions,
        max_pixels=plan.model.max_pixels,
        revision=revision,
    )


def _member(data: Prepared, name: str) -> transfer.Member:
    key = data.image_keys[name]
    return transfer.Member(name, data.dataset.image_size_bytes(key), lambda: data.dataset.open_image(key))


def parcels(data: Prepared, job: JobSpec, scratch: Path, home: Excerpt | None = None) -> list[Parcel]:
    """All that goes to the machine, smallest first. Images only of rows in shards that are still to be made.

    ``home``: a few vectors that another machine made, for this one to be held against. Writes the rows to ``scratch``
    (raises OSError when that is full).
    """
    table = data.dataset.data.table if isinstance(data.dataset, SeriesDataset) else None
    rows_file = scratch / (protocol.ITEMS_FILE if table is None else SERIES_FILE)
    with rows_file.open("wb") as out:
        out.writelines(map(protocol.to_line, data.rows) if table is None else table.lines())
    done = set(job.done_shards)
    compared = set(home.rows) if home else set[int]()
    wanted = [
        row.image
        for number, row in enumerate(data.rows if table is None else ())
        if row.image and (number // job.shard_rows not in done or number in compared)
    ]
    members = [_member(data, name) for name in dict.fromkeys(wanted)]
    return [
        transfer.bytes_parcel(f"{JOB}/{protocol.JOB_FILE}", protocol.to_line(job)),
        *([transfer.bytes_parcel(f"{JOB}/{protocol.HOME_FILE}", home.content)] if home else []),
        transfer.file_parcel(rows_file, f"{JOB}/{rows_file.name}"),
        *transfer.parcels_of(f"{JOB}/{protocol.IMAGES_DIR}", members),
    ]


def upload(run: Run) -> None:
    """Items, images and the job; what the machine has already is not sent again."""
    data = run.data()
    scratch = run.world.paths.run_folder(run.run_id)
    before = run.snapshot.made_by
    revision = before.revision if before else ""
    needs_gpu = instances.needs_gpu(run)
    job = job_of(run.run_id, run.snapshot.plan, data, run.snapshot.shards_before, revision, needs_gpu)
    with refusals(scratch):
        cargo = parcels(data, job, scratch, _home(run))
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


def _home(run: Run) -> Excerpt | None:
    """What this machine's own vectors must agree with, where an earlier one made some."""
    shards = [(run.shards.entries[shard], run.shards.file(shard)) for shard in sorted(run.snapshot.shards_before)]
    return excerpt(shards, run.snapshot.rows_total, HOME_ROWS) if shards else None


def tidy(run: Run) -> None:
    """Take away what was only prepared for the upload, if that can be done."""
    try:
        for name in (protocol.ITEMS_FILE, SERIES_FILE):
            (run.world.paths.run_folder(run.run_id) / name).unlink(missing_ok=True)
    except OSError as refused:
        logger.warning("run %s: %s", run.run_id, refused)
