"""What a result says about itself: ``manifest.json`` (how it was made) and ``receipt.json`` (what it cost)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gui.core.dataset import DataSpec
from gui.core.files import whole_file
from gui.core.units import FREE, MicroUsd
from remote_worker.prompts import Series
from remote_worker.protocol import Alarmed, Golden, PrecisionReport

MANIFEST_FILE = "manifest.json"
RECEIPT_FILE = "receipt.json"
PROBLEMS_FILE = "problems.csv"
_LARGEST_BYTES = 64 << 20

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Manifest:
    """How the vectors of a result were made, enough to make them again and to find items and pictures again."""

    name: str = ""  # of the run, as the person called it
    run_id: str = ""
    created_at: datetime | None = None
    app_version: str = ""
    # the model
    model: str = ""
    revision: str = ""
    recipe: str = ""
    instruction: str = ""
    precision: str = ""
    max_pixels: int = 0
    made_by: dict[str, Any] = field(default_factory=dict)  # the worker's own words: pooling, versions, device
    golden: Golden | None = None  # items computed a second time, the slow way, before the work began
    precision_report: PrecisionReport | None = None
    alarms: tuple[Alarmed, ...] = ()
    # the data: where it lay, how it became text, what it was
    data: DataSpec = field(default_factory=DataSpec)
    input_sha256: tuple[tuple[str, str], ...] = ()
    series: Series | None = None  # what was made of a time series; its result lies in files of its own
    files_sha256: dict[str, str] = field(default_factory=dict)  # of those files, by name
    # counts; ``write`` fills these in
    items: int = 0  # that were asked for
    vectors: int = 0
    skipped: int = 0  # asked for, without a vector
    left_out: int | None = None  # when the data was read, so never asked for; None: an older Embark did not say
    with_image: int = 0
    dimensions: int = 0
    ids_sha256: str = ""  # of the ids in order, each with a line end

    def public(self) -> Manifest:
        """The same without this computer's folders: what travels inside ``vectors.npz``."""
        named = tuple((Path(path).name, digest) for path, digest in self.input_sha256)
        return replace(self, data=replace(self.data, items=(), images=()), input_sha256=named)


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt: what was expected beside what it was.

    ``what``: setup, upload, embed, fetch, rest, traffic, earlier. Seconds are 0 for what is not billed by time.
    """

    what: str
    estimate_s: float
    actual_s: float
    estimate_micro_usd: MicroUsd
    actual_micro_usd: MicroUsd


@dataclass(frozen=True, slots=True)
class ReceiptCharge:
    """One line of the provider's own bill."""

    instance_id: str
    kind: str  # gui.core.cloud.base.ChargeKind
    amount_micro_usd: MicroUsd
    start: datetime
    end: datetime
    detail: str = ""  # the provider's words


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a run cost in the end. ``lines`` are reckoned here; the total is the provider's where there are ``charges``,
    so that the two need not agree to the last cent."""

    lines: tuple[ReceiptLine, ...] = ()
    charges: tuple[ReceiptCharge, ...] = ()
    estimate_s: float = 0.0
    actual_s: float = 0.0
    estimate_micro_usd: MicroUsd = FREE
    actual_micro_usd: MicroUsd = FREE
    currency: str = "USD"
    pretend: bool = False  # nobody will ever bill it
    cloud: str = ""
    machine: str = ""
    instance_id: str = ""
    rented_at: datetime | None = None
    destroyed_at: datetime | None = None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Raises LocalDiskFull."""
    _write(folder / MANIFEST_FILE, manifest)


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Raises LocalDiskFull."""
    _write(folder / RECEIPT_FILE, receipt)


def read_manifest(folder: Path) -> Manifest | None:
    """None when there is none, or none that can be read: the vectors are of use without it."""
    return _read(folder / MANIFEST_FILE, Manifest)


def read_receipt(folder: Path) -> Receipt | None:
    """None when there is none, or none that can be read."""
    return _read(folder / RECEIPT_FILE, Receipt)


def manifest_text(manifest: Manifest) -> str:
    return msgspec.json.encode(manifest).decode()


def parse_manifest(text: str | bytes) -> Manifest | None:
    return _parsed(text, Manifest)


def _write(path: Path, value: Manifest | Receipt) -> None:
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    with whole_file(path, len(text)) as file:
        file.write(text)


def _read(path: Path, kind: type[Kind]) -> Kind | None:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return None
        return _parsed(path.read_bytes(), kind)
    except OSError:
        return None


def _parsed(text: str | bytes, kind: type[Kind]) -> Kind | None:
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
