"""Every expected error, as a type with fields; ``gui.text`` words them for people.

    EmbarkError
    ├── PlanError                 a plan that cannot be carried out as it stands
    ├── DataError                 what the person gave us to embed
    │   ├── ItemsUnreadable       a file that is not items, or is cut off
    │   ├── DuplicateIds          one id in two places
    │   ├── SeriesUnreadable      a CSV file that is no time series
    │   ├── ItemsChanged          the files are not what this run began with
    │   └── ImagesUnreadable      a zip that is cut off, a folder that is gone
    ├── CredentialError
    │   ├── KeyringMissing        no usable keyring on this computer
    │   ├── KeyringLocked         the keyring does not answer or refuses
    │   └── KeyUnusable           a private key that cannot be read
    ├── CloudError
    │   ├── CloudUnreachable      (temporary) no answer; never "nothing is there"
    │   ├── OfferGone             somebody else was faster
    │   ├── CloudRefused          the provider said no
    │   ├── PriceChanged          what was rented costs more than what was shown
    │   └── InstanceLost          the instance is not there any more, or will never run
    ├── MachineError
    │   ├── ConnectionLost        (temporary) cut, timed out, refused
    │   ├── HostKeyChanged        not the machine that was rented
    │   ├── LoginRefused          (temporary) the key is not accepted (yet)
    │   ├── MachineDiskFull
    │   ├── MachineUnfit          it is not what was rented, or cannot do this work: given back
    │   ├── PythonMissing
    │   ├── GuardUnproven         nothing on the machine has shown that it can end the bill
    │   ├── PackagesMissing       a Python without what the model needs
    │   ├── TransferCorrupt       (temporary) what arrived is not what was sent
    │   └── AgentFailed           a verb of the agent failed for another reason
    ├── WorkerError
    │   ├── WorkerKilled          the kernel or somebody ended the worker
    │   ├── WorkerFailed          the worker gave up and said why
    │   └── ModelChanged          the model is not the one that made what is home
    ├── BudgetReached             the limit of the plan is spent
    ├── LocalDiskFull
    ├── LocalFileRefused          this computer does not let us use a file or folder
    ├── RunBusy                   another Embark on this computer is carrying this run out
    ├── FolderBusy                another run that has not ended writes into the result folder
    ├── Unexpected                a bug; written down so that the run still heads to release
    └── ResultError
        ├── ResultUnreadable      a result folder that is not one, or is damaged
        ├── ExportRefused         a folder that holds something else already
        └── CheckFailed           the vectors are not what was asked for

An error with ``temporary = True`` is tried again by the run, with a growing pause. Everything that is
not an EmbarkError is a bug and goes to the crash dialog.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar, dataclass_transform


class EmbarkError(Exception):
    """The root. Subclasses are dataclasses whose fields are JSON values, so that a journal can keep them."""

    temporary: ClassVar[bool] = False
    _kinds: ClassVar[dict[str, type[EmbarkError]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        EmbarkError._kinds[cls.__name__] = cls

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.record().items())
        return f"{type(self).__name__}({said})"

    def record(self) -> dict[str, Any]:
        """The fields, for the journal."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    @staticmethod
    def from_record(kind: str, record: dict[str, Any]) -> EmbarkError:
        """Back from the journal. An unknown kind (a newer Embark wrote it) becomes an AgentFailed."""
        known = EmbarkError._kinds.get(kind)
        if known is None:
            return AgentFailed(verb=kind, detail=repr(record))
        return known(**record)


T = TypeVar("T")


@dataclass_transform(kw_only_default=True, eq_default=False)
def _error(kind: type[T]) -> type[T]:
    return dataclass(eq=False, kw_only=True)(kind)


@_error
class PlanError(EmbarkError):
    """``field`` is the dotted key in the plan file; ``problem`` a ``plan.Trouble`` name or a parser's words."""

    field: str
    problem: str
    hint: str = ""


class DataError(EmbarkError):
    pass


@_error
class ItemsUnreadable(DataError):
    """``reason``: missing, folder, empty, not-json, cut-off, not-items, encoding, no-id; or a dataset.FileKind."""

    path: str
    reason: str
    place: str = ""


@_error
class SeriesUnreadable(DataError):
    """``reason``: missing, broken, encoding, too-large, names, columns, date, dates, number."""

    path: str
    reason: str
    line: int = 0  # of the file, the first is 1; 0 = not of one line
    column: str = ""


@_error
class DuplicateIds(DataError):
    """``first`` and ``second`` are "file, item N" of the first pair of ``count``, of which ``alike`` say the same."""

    item_id: str
    first: str
    second: str
    count: int
    alike: int = 0


@_error
class ItemsChanged(DataError):
    """Vectors of the old and the new items must not be mixed."""

    run_id: str


@_error
class ImagesUnreadable(DataError):
    """``reason``: missing, not-zip, cut-off, encrypted."""

    path: str
    reason: str


class CredentialError(EmbarkError):
    pass


@_error
class KeyringMissing(CredentialError):
    detail: str = ""


@_error
class KeyringLocked(CredentialError):
    waited_s: float = 0.0


@_error
class KeyUnusable(CredentialError):
    """``reason``: not-a-key, wrong-passphrase, too-long, unsupported, public-half, exists."""

    path: str
    reason: str


class CloudError(EmbarkError):
    pass


@_error
class CloudUnreachable(CloudError):
    temporary = True
    cloud: str
    detail: str = ""


@_error
class OfferGone(CloudError):
    cloud: str
    offer_id: str


@_error
class CloudRefused(CloudError):
    """``reason``: key, no-key, permission, credit, quota, no-offer, invalid, other.

    ``no-key``: none is stored; ``permission``: the key may not do this; ``quota``: no more today.
    """

    cloud: str
    reason: str
    detail: str = ""


@_error
class InstanceLost(CloudError):
    cloud: str
    instance_id: str
    status: str = ""


@_error
class PriceChanged(CloudError):
    """Micro-dollars an hour."""

    cloud: str
    shown: int
    rented: int


class MachineError(EmbarkError):
    pass


@_error
class ConnectionLost(MachineError):
    """``during`` is the verb that was cut; ``detail`` the library's words, for the log only."""

    temporary = True
    during: str
    detail: str = ""


@_error
class HostKeyChanged(MachineError):
    expected: str
    found: str


@_error
class LoginRefused(MachineError):
    temporary = True
    address: str


@_error
class MachineDiskFull(MachineError):
    free_bytes: int
    needed_bytes: int


@_error
class MachineUnfit(MachineError):
    """Found out before the hours that cost, or a GPU that broke down in them.

    ``reason``: no-gpu, gpu, driver, memory, disk, slow, no-network.

    ``needed`` and ``found`` are bytes (memory, disk), or bytes a second (slow).
    """

    reason: str
    needed: int = 0
    found: int = 0
    detail: str = ""


@_error
class PythonMissing(MachineError):
    tried: list[str]


@_error
class GuardUnproven(MachineError):
    """``proof`` is one of ``remote_worker.protocol.Proof``."""

    proof: str


@_error
class PackagesMissing(MachineError):
    python: str
    missing: list[str]


@_error
class TransferCorrupt(MachineError):
    temporary = True
    name: str


@_error
class AgentFailed(MachineError):
    verb: str
    detail: str


class WorkerError(EmbarkError):
    pass


@_error
class WorkerKilled(WorkerError):
    """``signal`` is 0 when only an exit code is known. Signal 9 unasked is mostly the kernel: memory ran out."""

    signal: int
    exit_code: int = 0


@_error
class WorkerFailed(WorkerError):
    """``reason`` is one of ``remote_worker.protocol.Failure``; the bytes are set for a model that is too large."""

    reason: str
    detail: str = ""
    needed_bytes: int = 0
    free_bytes: int = 0


@_error
class ModelChanged(WorkerError):
    """Vectors of two models, or of two revisions of one, must not be mixed."""

    model: str
    before: str
    now: str
    changes: str = ""  # "pixels: 1843200 → 262144, revision: one → two"


@_error
class BudgetReached(EmbarkError):
    """Micro-dollars."""

    limit: int
    spent: int


@_error
class LocalDiskFull(EmbarkError):
    path: str
    needed_bytes: int = 0


@_error
class LocalFileRefused(EmbarkError):
    """A file or folder of this computer may not be used, or its drive is gone."""

    path: str


@_error
class RunBusy(EmbarkError):
    run_id: str


@_error
class FolderBusy(EmbarkError):
    path: str
    run_id: str


@_error
class Unexpected(EmbarkError):
    """``detail`` is the exception's type; its text may hold anything and stays in the log."""

    detail: str


class ResultError(EmbarkError):
    pass


@_error
class ResultUnreadable(ResultError):
    """``reason``: missing, not-a-result, series, items, damaged."""

    path: str
    reason: str


@_error
class ExportRefused(ResultError):
    """There is something else in the folder."""

    path: str


@_error
class CheckFailed(ResultError):
    """``checks`` are the names of the checks that failed (see ``result.check``)."""

    path: str
    checks: list[str]
