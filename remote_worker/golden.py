"""The golden check before the paid hours: a few of the person's own rows, as the run computes them and the slow way."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from remote_worker.alarms import SAME
from remote_worker.embedding import embed
from remote_worker.encoder import Encoder
from remote_worker.failures import JobFailed, is_out_of_memory
from remote_worker.images import PictureProblem, read_picture
from remote_worker.items import Items, Source, spread
from remote_worker.protocol import (
    HOME_FILE,
    Alarm,
    Chosen,
    Failure,
    Golden,
    GoldenRow,
    JobSpec,
    RowProblem,
)
from remote_worker.reference import HasReference, Reference
from remote_worker.window import FinishedShard
from remote_worker.workbench import NOTHING, Spent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AGREE = 0.999  # cosine of two vectors of one row that are computed in one precision
STATES_AGREE = {"fp32": 0.99999, "fp16": 0.9999, "bf16": AGREE}  # those of all prompts lie close together: see _agree
ROUNDED = 0.98  # and in any: below this it is not the rounding
HOME_MEDIAN, HOME_LOWEST = 0.999, 0.99  # where both round, as another machine does: a single row may show it more
_FURTHER = 3  # times as far from each other as one of them is from what is exact
_MOST_ROWS, _FEWEST_ROWS, _SHARE = 20, 6, 20
_ROWS_OF_ONE_WAY = 4  # of a model whose quick way is its slow one, too
_MOST_HOME_ROWS = 16
_FEWEST_PICTURES, _FEWEST_BAD = 3, 3
_SECONDS = 60.0
_SHORT_TOKENS = 256  # a shorter row takes as long

Emit = Callable[..., None]
"""``Reporter.emit``."""


def check(
    encoder: Encoder,
    job: JobSpec,
    items: Items,
    rows: Sequence[int],
    folder: Path,
    emit: Emit,
    stop: Callable[[], None],
) -> None:
    """Say in a ``golden`` event how the quick way and the slow one agree on a few of ``rows``, which are to be made.

    Rows that are home already, if the job brings some along, are held against what another machine made of them.
    Raises JobFailed (VECTORS_DISAGREE, VECTORS_NOT_FINITE, PICTURES_IGNORED), and what ``stop`` raises.
    """
    began = time.monotonic()
    home = read_home(folder, job, encoder.loaded.dimensions)
    chosen = choose(items, rows, _MOST_ROWS if isinstance(encoder, HasReference) else _ROWS_OF_ONE_WAY)
    made = as_the_run_does(encoder, job, items, [*chosen, *home], emit, stop)
    _mind_the_numbers(items, made)
    compared = _compared(encoder, items, chosen, made, stop)
    at_home = _at_home(items, home, made)
    golden = dataclasses.replace(compared, home=at_home, seconds=round(time.monotonic() - began, 3))
    wrong = [
        *_below(golden.rows, golden.threshold),
        *_astray(at_home, _within_rounding(HOME_MEDIAN, compared.usual_in_full)),
    ]
    if 0 <= golden.lowest_in_full < ROUNDED:
        wrong = wrong or sorted(golden.rows, key=lambda one: one.cosine)[:1]
    golden = dataclasses.replace(golden, agreed=not wrong)
    emit("golden", golden=golden)
    if wrong:
        named = ", ".join(f"{one.item_id} ({one.cosine:.4f})" for one in wrong[:5])
        raise JobFailed(Failure.VECTORS_DISAGREE, named)
    _see(encoder, items, made, emit)


def choose(items: Items, rows: Sequence[int], most: int = _MOST_ROWS) -> dict[int, Chosen]:
    """At most twenty rows, of a small job fewer: the odd ones first, then evenly over all."""
    count = min(len(rows), most, max(_FEWEST_ROWS, len(rows) // _SHARE))
    kinds = {**items.notable(rows), Chosen.SPREAD: spread(rows, count)}
    chosen: dict[int, Chosen] = {}
    for turn in itertools.zip_longest(*kinds.values()):
        for kind, row in zip(kinds, turn, strict=True):
            if row is not None and len(chosen) < count:
                chosen.setdefault(row, kind)
    return chosen


@dataclasses.dataclass(frozen=True)
class Made:
    """One row as the run computes it; without a picture also because that could not be used."""

    vector: NDArray[np.float32]  # of length 1, also where the run keeps states as they are
    with_image: bool


def as_the_run_does(
    encoder: Encoder, job: JobSpec, items: Items, rows: Iterable[int], emit: Emit, stop: Callable[[], None]
) -> dict[int, Made]:
    """These rows by the very code that makes the shards; those that have no vector are missing."""
    desk = _Desk(sorted(set(rows)), emit, stop)
    embed(encoder, dataclasses.replace(job, shard_rows=1), items, desk)
    return desk.made


class _Desk:
    """Hands out rows as shards of one row each, all at once."""

    rows_per_s = float("inf")

    def __init__(self, rows: list[int], emit: Emit, stop: Callable[[], None]) -> None:
        self._rows, self._emit, self._stop = rows, emit, stop
        self.made: dict[int, Made] = {}

    def take(self, rows: float) -> list[int]:
        del rows
        taken, self._rows = self._rows, []
        return taken

    def settled(self, rows: list[int], spent: Spent = NOTHING) -> None: ...

    def keep(self, finished: FinishedShard) -> None:
        import numpy as np

        for row, vector, with_image in zip(finished.rows, _units(finished.vectors), finished.has_image, strict=True):
            self.made[int(row)] = Made(vector, bool(with_image))
        for problem in finished.skipped:
            if problem.problem == RowProblem.BAD_VECTOR.value:  # the slow way will tell whether it is the row's fault
                self.made[problem.row] = Made(np.full(finished.vectors.shape[1], np.nan, np.float32), True)

    def alarm(self, alarm: Alarm, rows: int, looked_at: int, item_ids: tuple[str, ...]) -> None:
        self._emit("alarm", alarm=alarm.value, alarm_rows=rows, looked_at=looked_at, item_ids=item_ids)

    def check(self) -> None:
        self._stop()


@dataclasses.dataclass(frozen=True)
class Reading:
    """A row to be read the slow way."""

    source: Source  # without the picture that could not be used
    tokens: int

    @property
    def row(self) -> int:
        return self.source.row


def readings(encoder: Encoder, items: Items, made: dict[int, Made], rows: Iterable[int]) -> list[Reading]:
    """The rows that were made, shortest first."""
    found = []
    for row in rows:
        sources, _ = items.read(row, row + 1, encoder.with_images)
        if row not in made or not sources:
            continue
        (source,) = sources
        if not made[row].with_image:
            source = dataclasses.replace(source, image=None, size=None)
        (prepared,) = encoder.prepare([source.text], [source.size])
        found.append(Reading(source, prepared.tokens))
    return sorted(found, key=lambda one: one.tokens)


def slowly(encoder: Encoder, one: Reading, reference: Reference | None = None) -> NDArray[np.float32] | None:
    """By ``reference``, the encoder's own unless it is given.

    None for a row that cannot be read the slow way, or gives no vector there either.
    """
    import numpy as np

    source, vector = one.source, None
    try:
        picture = read_picture(source.image, encoder.picture_edge) if source.image else None
        if reference is None and isinstance(encoder, HasReference):
            reference = encoder.reference
        if reference is not None:
            vector = reference.vector(source.text, picture, source.masked)
        else:
            prepared = encoder.prepare([source.text], [picture.size if picture else None])
            vector = encoder.encode(prepared, [encoder.prepare_image(picture) if picture else None])[0]
    except PictureProblem:  # of a row without a vector: it was made without its picture, if at all
        return None
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        return None
    return vector if vector is not None and np.isfinite(vector).all() else None


@contextlib.contextmanager
def in_full(encoder: Encoder) -> Iterator[Reference | None]:
    """What computes in fp32 while inside; None where that cannot be done, or the run does so anyway."""
    if precision_of(encoder) == "fp32" or not isinstance(encoder, HasReference):
        yield None
        return
    with contextlib.ExitStack() as inside:
        try:
            full = inside.enter_context(encoder.reference.full_precision())
        except (ValueError, RuntimeError, MemoryError) as refused:
            if not isinstance(refused, ValueError) and not is_out_of_memory(refused):
                raise
            inside.close()
            yield None
            return
        yield full


def precision_of(encoder: Encoder) -> str:
    return str(encoder.loaded.recipe.get("precision", "fp32"))


class TimeLeft:
    """Says before each row whether there is time for it, by what the rows before it took."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._began = seconds, time.monotonic()
        self._per_token = 0.0
        self._is_warm = False

    def allows(self, tokens: int) -> bool:
        return time.monotonic() - self._began + max(tokens, _SHORT_TOKENS) * self._per_token < self._seconds

    @contextlib.contextmanager
    def measured(self, tokens: int) -> Iterator[None]:
        began = time.monotonic()
        yield
        if self._is_warm:  # the first row also takes what everything takes when it is done for the first time
            took_s = time.monotonic() - began
            self._per_token = max(self._per_token / 2, took_s / max(tokens, _SHORT_TOKENS))
        self._is_warm = True


def _compared(
    encoder: Encoder, items: Items, chosen: dict[int, Chosen], made: dict[int, Made], stop: Callable[[], None]
) -> Golden:
    rows = readings(encoder, items, made, chosen)
    left, agree = TimeLeft(_SECONDS), _agree(encoder)
    cosines: dict[int, float] = {}
    exact: dict[int, NDArray[np.float32] | None] = {}  # of the doubtful rows, in full precision
    with in_full(encoder) as full:
        for one in rows:
            stop()
            if not left.allows(one.tokens):
                continue
            with left.measured(one.tokens):
                vector = slowly(encoder, one, full)
            if vector is not None:
                cosines[one.row] = cosine_of(made[one.row].vector, vector)
            if full and (vector is None or cosines[one.row] < agree):
                exact[one.row] = vector
    lowest, usual = (min(cosines.values()), median(cosines.values())) if full and cosines else (-1.0, 1.0)
    rounded = 1.0  # how near the slow way comes to full precision where the quick one does not
    for one in [one for one in rows if one.row in exact]:
        stop()
        vector, in_full_precision = slowly(encoder, one), exact[one.row]
        if vector is None:
            continue
        cosines[one.row] = cosine_of(made[one.row].vector, vector)
        if in_full_precision is not None:
            rounded = min(rounded, cosine_of(vector, in_full_precision))
    return Golden(
        agreed=True,
        rows=tuple(
            GoldenRow(one.row, one.source.item_id, chosen[one.row].value, one.tokens, round(cosines[one.row], 7))
            for one in rows
            if one.row in cosines
        ),
        precision="fp32" if full else precision_of(encoder),
        threshold=_within_rounding(agree, rounded) if full else _unmeasured(encoder, agree, cosines),
        doubtful=len(exact),
        lowest_in_full=round(lowest, 7),
        usual_in_full=round(usual, 7),
        left_out=len(chosen) - len(cosines),
    )


def _unmeasured(encoder: Encoder, agree: float, cosines: dict[int, float]) -> float:
    """Without full precision: most rows must agree as usual, a single one may show more of the rounding."""
    rounds = precision_of(encoder) != "fp32" and encoder.loaded.recipe.get("normalised", True)
    return HOME_LOWEST if rounds and cosines and median(cosines.values()) >= agree else agree


def _within_rounding(agree: float, rounded: float) -> float:
    """What two ways in one precision must agree to, where one of them comes as near as ``rounded`` to full precision.

    Each rounds for itself, so that they may lie further from each other than from what is exact.
    """
    return min(agree, max(ROUNDED, 1 - _FURTHER * (1 - rounded)))


def _agree(encoder: Encoder) -> float:
    """A model's own states lie in a narrow cone, where a wrong one may come near 0.999: held as tight as rounding
    allows.
    """
    is_state = not encoder.loaded.recipe.get("normalised", True)
    return STATES_AGREE.get(precision_of(encoder), AGREE) if is_state else AGREE


def cosine_of(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """-1 when one of them is no vector."""
    import numpy as np

    cosine = float(np.dot(one.astype(np.float64), other.astype(np.float64)))
    return min(1.0, cosine) if np.isfinite(cosine) else -1.0


def _units(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of length 1; what has no length is no number."""
    import numpy as np

    with np.errstate(all="ignore"):
        units: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units


def _mind_the_numbers(items: Items, made: dict[int, Made]) -> None:
    """One row without a vector may be odd; when all are, it is the model. Raises JobFailed(VECTORS_NOT_FINITE)."""
    import numpy as np

    bad = [row for row, one in made.items() if not np.isfinite(one.vector).all()]
    if _FEWEST_BAD <= len(made) == len(bad):
        sources = [source for row in bad[:5] for source in items.read(row, row + 1, with_images=False)[0]]
        named = ", ".join(source.item_id for source in sources)
        raise JobFailed(Failure.VECTORS_NOT_FINITE, f"{named} ({len(bad)}/{len(made)})")


def _below(rows: Iterable[GoldenRow], limit: float) -> list[GoldenRow]:
    return sorted((one for one in rows if one.cosine < limit), key=lambda one: one.cosine)


def read_home(folder: Path, job: JobSpec, dimensions: int) -> dict[int, Made]:
    """Vectors that another machine made. Raises JobFailed (JOB_UNREADABLE, VECTORS_DISAGREE)."""
    import numpy as np

    path = folder / HOME_FILE
    if not path.exists():
        return {}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as shard:
            rows, vectors, has_image = (shard[name][:_MOST_HOME_ROWS] for name in ("rows", "vectors", "has_image"))
        if vectors.ndim != 2 or vectors.dtype != np.float32 or not all(0 <= row < job.rows for row in rows):
            raise ValueError("not vectors of these items")
        together = zip(rows, _units(vectors), has_image, strict=True)
        home = {int(row): Made(vector, bool(seen)) for row, vector, seen in together}
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as unreadable:
        raise JobFailed(Failure.JOB_UNREADABLE, f"{HOME_FILE}: {unreadable}") from unreadable
    if home and vectors.shape[1] != dimensions:
        raise JobFailed(Failure.VECTORS_DISAGREE, f"{vectors.shape[1]} / {dimensions}")
    return home


def _at_home(items: Items, home: dict[int, Made], made: dict[int, Made]) -> tuple[GoldenRow, ...]:
    """Those that could be made here as they were made there."""
    compared = []
    for row, there in home.items():
        here = made.get(row)
        if here is None or here.with_image != there.with_image:
            continue
        sources, _ = items.read(row, row + 1, with_images=False)
        item_id = sources[0].item_id if sources else str(row)
        compared.append(GoldenRow(row, item_id, "home", 0, round(cosine_of(here.vector, there.vector), 7)))
    return tuple(compared)


def _astray(home: Sequence[GoldenRow], usual: float) -> list[GoldenRow]:
    cosines = [one.cosine for one in home]
    if home and (median(cosines) < usual or min(cosines) < HOME_LOWEST):
        return _below(home, usual)
    return []


def _see(encoder: Encoder, items: Items, made: dict[int, Made], emit: Emit) -> None:
    """Do the pictures that were just read change anything? Raises JobFailed(PICTURES_IGNORED) when none does."""
    looked_at, blind = 0, list[str]()
    for row, one in made.items():
        sources, _ = items.read(row, row + 1, encoder.with_images)
        if not one.with_image or not sources or not sources[0].text.strip():
            continue
        looked_at += 1
        (without,) = encoder.encode(encoder.prepare([sources[0].text], [None]), [None])
        if cosine_of(one.vector, without) > SAME:
            blind.append(sources[0].item_id)
    if blind:
        fields = {"alarm_rows": len(blind), "looked_at": looked_at, "item_ids": tuple(blind)}
        emit("alarm", alarm=Alarm.PICTURE_IGNORED.value, **fields)
    if _FEWEST_PICTURES <= looked_at == len(blind):
        raise JobFailed(Failure.PICTURES_IGNORED, f"{', '.join(blind[:5])} ({len(blind)}/{looked_at})")
