"""The plan being made, and what is known about it: items read, offers asked for, problems looked for, draft kept.

Everything that takes time happens off the window's thread; an answer to an older question is dropped. The pages
change the plan with ``change`` and draw themselves from this object when ``changed`` says so.
"""

from __future__ import annotations

import functools
import gc
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from gui.core.cloud.base import Cloud, Offer
from gui.core.dataset import (
    Dataset,
    DataSpec,
    Dropped,
    Duplicates,
    Progress,
    Report,
    SeriesSpec,
    Unused,
    read,
    sorted_input,
)
from gui.core.errors import EmbarkError
from gui.core.plan import (
    GPT2,
    PRACTICE_CLOUD,
    SERIES_SHARD_ROWS,
    Draft,
    MachineChoice,
    ModelChoice,
    Outlook,
    Page,
    Plan,
    PlanProblem,
    find_model,
    look_ahead,
)
from gui.core.plan.choices import SHARD_ROWS
from gui.core.units import MicroUsd
from gui.pages.new_run.market import Answer, Market
from gui.tasks import background

logger = logging.getLogger(__name__)

SAVE_AFTER_MS = 400
TELL_EVERY_MS = 100
ASK_AFTER_MS = 350  # when the last chip was clicked, or the last figure typed
ASK_AGAIN_MS = 20_000  # of a cloud that did not answer


class PlanEditor(QObject):
    changed = Signal()

    def __init__(
        self, draft: Draft, clouds: Mapping[str, Cloud], results_home: Callable[[], Path], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._draft = draft
        self._clouds = clouds
        self._market = Market(clouds)
        self._results_home = results_home
        self.plan = Plan()
        self.dataset: Dataset | None = None
        self.failure: EmbarkError | None = None  # of the last reading
        self._table: Dropped | None = None
        self._unused: tuple[Unused, ...] = ()
        self.offers: tuple[Offer, ...] | None = None
        self.offers_failure: EmbarkError | None = None
        self.offers_at: datetime | None = None  # when the cloud said so
        self.credit: MicroUsd | None = None  # at the cloud that was asked; None = not known, or none is needed
        self.countries: frozenset[str] = frozenset()  # of every offer that was ever seen
        self.outlook: Outlook | None = None
        self._opened = False
        self._reading: _Reading | None = None
        self._offers_asked = 0
        self._offers_known = 0
        self._clouds_asked: set[str] = set()  # whose answer is on its way
        self._fresh = False
        self._usable: tuple[str, ...] = ()
        self._ask_timer = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._ask_timer.timeout.connect(self._ask_now)
        self._again_timer = QTimer(self, singleShot=True, interval=ASK_AGAIN_MS)
        self._again_timer.timeout.connect(self.ask_offers)
        self._version = 0  # of the question that the outlook answers
        self._outlook_version = -1
        self._looking = False
        self._suggested = _Suggested()
        self._saving = False
        self._discard = False  # the draft, once it is saved
        self._save_timer = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._save_timer.timeout.connect(self._save)
        self._tell_timer = QTimer(self, interval=TELL_EVERY_MS)
        self._tell_timer.timeout.connect(self.changed)

    # --- what is known ---

    @property
    def report(self) -> Report | None:
        return self.dataset.report if self.dataset else None

    @property
    def results_home(self) -> Path:
        """The folder in which results go, each into one of its own, unless another is chosen."""
        return self._results_home()

    @property
    def table(self) -> Dropped | None:
        """The table that was added to items or pictures and waits for an answer: it would take their place."""
        return self._table if self.plan.data.items or self.plan.data.images else None

    @property
    def unused(self) -> tuple[Unused, ...]:
        """What lies in the folders that were added and is not used."""
        sources = [Path(one) for one in (*self.plan.data.items, *self.plan.data.images)]
        folders = {one.folder for one in self._unused}
        held = {folder for folder in folders if any(source.is_relative_to(folder) for source in sources)}
        return tuple(one for one in self._unused if one.folder in held)

    @property
    def progress(self) -> Progress | None:
        """How far the reading is; None when nothing is being read."""
        return self._reading.progress if self._reading else None

    @property
    def settled(self) -> bool:
        """Whether everything that was asked is answered."""
        return (
            self._opened
            and self._reading is None
            and not self._looking
            and self._outlook_version == self._version
            and self._offers_known == self._offers_asked
        )

    @property
    def asking_offers(self) -> bool:
        return self._offers_known != self._offers_asked

    def problems(self, page: Page | None = None) -> tuple[PlanProblem, ...]:
        """What was found when it was last looked, of one page or of all."""
        if self.outlook is None:
            return ()
        return self.outlook.problems if page is None else self.outlook.of(page)

    # --- what the pages do ---

    def open(self) -> None:
        """Begin with the draft, if there is one. From the second time on, see whether keys and credit came or went."""
        if not self._opened:
            background(self._draft.load, done=self._loaded)
            return
        if tuple(self._clouds) != self._usable or self.plan.machine.cloud != PRACTICE_CLOUD:
            self._ask_offers(self.plan)
            self._look()

    def recall(self, done: Callable[[Plan], None]) -> None:
        """Tell the plan at hand: the draft, as long as nothing was opened."""
        if self._opened:
            done(self.plan)
        else:
            background(lambda: self._draft.load() or Plan(), done=done)

    def begin(self, plan: Plan) -> None:
        """Begin anew with this plan."""
        self._opened = True
        if plan.data.series is not None:
            plan = replace(plan, model=plan.model.for_series())  # nobody could take out what no page shows
        self.plan, self.outlook, self._suggested = plan, None, _Suggested()
        self._table, self._unused = None, ()
        self._ask_offers(plan)
        self._read(plan.data)
        self._look()
        if plan != Plan():
            self._save_timer.start()
        self.changed.emit()

    def change(self, plan: Plan) -> None:
        """The plan is now this one."""
        if plan == self.plan:
            return
        before, self.plan = self.plan, plan
        if before.machine.cloud != plan.machine.cloud:
            self.offers, self.offers_failure, self.credit = None, None, None
        if _asked(before) != _asked(plan):
            self._ask_offers(plan)
        if before.data != plan.data:
            self._read(plan.data)
        self._save_timer.start()
        self._look()
        self.changed.emit()

    def add(self, paths: list[Path]) -> None:
        """Add files, folders and zips to the items and pictures."""
        background(functools.partial(sorted_input, paths), done=self._sorted)

    def read_again(self) -> None:
        self._read(self.plan.data)
        self._look()
        self.changed.emit()

    def ask_offers_again(self) -> None:
        """What is on offer now, whatever was known a moment ago."""
        self._fresh = True
        self.ask_offers()

    def ask_offers(self) -> None:
        """What is on offer, if that has not just been asked."""
        self._ask_offers(self.plan)
        self.changed.emit()

    def rest(self) -> None:
        """Nobody looks any more: keep the draft, and do not ask a silent cloud again."""
        self._again_timer.stop()
        self.save_now()

    def save_now(self) -> None:
        """Keep the draft now, if it was changed since it was last kept."""
        if self._save_timer.isActive():
            self._save_timer.stop()
            self._save()

    def finish(self) -> None:
        """The run has started: the draft is not needed any more."""
        self._save_timer.stop()
        self._discard = self._saving
        if not self._saving:
            background(self._draft.remove)
        self.begin(Plan())

    # --- the draft ---

    def _loaded(self, plan: Plan | None) -> None:
        if not self._opened:
            self.begin(plan or Plan())

    def _save(self) -> None:
        if self._saving:
            self._save_timer.start()
            return
        self._saving = True
        background(functools.partial(self._draft.save, self.plan), done=self._saved, failed=self._not_saved)

    def _saved(self, _: None) -> None:
        self._saving = False
        if self._discard:
            self._discard = False
            background(self._draft.remove)

    def _not_saved(self, error: EmbarkError) -> None:
        self._saving = False
        logger.warning("the draft could not be kept: %s", error)

    # --- the items ---

    def _sorted(self, dropped: Dropped) -> None:
        self._unused = tuple(dict.fromkeys((*self._unused, *dropped.unused)))
        found, data = dropped.data, self.plan.data
        if dropped.table is not None:
            if not (data.items or data.images or found.items or found.images):
                self.read_series(dropped.table)
                return
            self._table = dropped
            if not (found.items or found.images):
                self.changed.emit()
                return
        data = replace(data, series=None) if found != DataSpec() else data
        items = tuple(dict.fromkeys((*data.items, *found.items)))
        images = tuple(dict.fromkeys((*data.images, *found.images)))
        if (items, images) == (data.items, data.images) and data == self.plan.data:
            self.read_again()  # the files may have been mended
            return
        # Which of two to keep was an answer about other files.
        self.use_items(replace(data, items=items, images=images, duplicates=Duplicates.ERROR))

    def use_items(self, data: DataSpec) -> None:
        """These are the items and pictures. What was chosen for a time series goes with it."""
        if self.plan.data.series is None:
            self.change(replace(self.plan, data=data))
            return
        model = ModelChoice() if self.plan.model.name == GPT2.name else self.plan.model
        self.change(replace(self.plan, data=data, model=model, shard_rows=SHARD_ROWS))

    def keep_items(self) -> None:
        """The table that was added does not take the place of the items."""
        self._table = None
        self.changed.emit()

    def begin_with_table(self) -> None:
        """It does."""
        if self._table is not None and self._table.table is not None:
            series, self._table = self._table.table, None
            self.read_series(series)

    def read_series(self, series: SeriesSpec) -> None:
        """A time series instead of items, read by the model that is made for it unless another text model is chosen."""
        if series == self.plan.data.series:
            self.read_again()
            return
        model = find_model(self.plan.model.name)
        is_reader = model is not None and not model.pictures
        choice = self.plan.model.for_series() if is_reader else ModelChoice(GPT2.name, precision=GPT2.precision)
        self.change(replace(self.plan, data=DataSpec(series=series), model=choice, shard_rows=SERIES_SHARD_ROWS))

    def _read(self, spec: DataSpec) -> None:
        self._stop_reading()
        self.dataset, self.failure = None, None
        if not spec.items and spec.series is None:
            return
        self._reading = _Reading(spec)
        self.destroyed.connect(self._reading.stop)
        self._tell_timer.start()
        background(self._reading.carry_out, done=self._has_read)

    def _has_read(self, reading: _Reading) -> None:
        if reading is not self._reading:
            return
        self._stop_reading()
        self.dataset, self.failure = reading.dataset, reading.failure
        self._look()
        self.changed.emit()

    def _stop_reading(self) -> None:
        self._tell_timer.stop()
        if self._reading is not None:
            self._reading.stop()
            self._reading = None

    # --- the offers ---

    def _ask_offers(self, plan: Plan) -> None:
        self._again_timer.stop()
        self._offers_asked += 1
        if plan.machine.cloud == PRACTICE_CLOUD:
            self._ask_now()
        else:
            self._ask_timer.start()

    def _ask_now(self) -> None:
        """One question at a time to each cloud: it may let us wait for our turn."""
        cloud = self.plan.machine.cloud
        if cloud in self._clouds_asked:
            return
        self._clouds_asked.add(cloud)
        asked = functools.partial(self._market.ask, self._offers_asked, self.plan, self._fresh)
        self._fresh = False
        background(asked, done=functools.partial(self._has_offers, cloud))

    def _has_offers(self, cloud: str, answer: Answer) -> None:
        self._clouds_asked.discard(cloud)
        if answer.number != self._offers_asked:
            if cloud == self.plan.machine.cloud and not self._ask_timer.isActive():
                self._ask_now()
            return
        self._offers_known = answer.number
        self.offers, self.offers_failure = answer.offers, answer.failure
        self.credit, self.offers_at = answer.credit, answer.asked_at
        if answer.failure is not None and answer.failure.temporary:
            self._again_timer.start()
        self.countries |= {offer.country for offer in answer.offers or () if offer.country}
        self._look()
        self.changed.emit()

    # --- what follows from all that ---

    def _look(self) -> None:
        self._version += 1
        if not self._looking:
            self._look_now()

    def _look_now(self) -> None:
        self._looking = True
        home, self._usable = self._results_home(), tuple(self._clouds)
        question = (self.plan, self.report, self.offers, self.failure, self._usable, home)
        background(functools.partial(_look, self._version, *question), done=self._looked)

    def _looked(self, answer: tuple[int, Outlook]) -> None:
        self._looking = False
        self._outlook_version, self.outlook = answer
        if self._outlook_version != self._version:
            self._look_now()
        else:
            self.change(self._suggested.into(self.plan, self.outlook))
        self.changed.emit()


class _Suggested:
    """What was filled in without being asked: replaced while nobody has changed it."""

    def __init__(self) -> None:
        self._name = ""
        self._disk_gb = MachineChoice().disk_gb
        self._folder = Path()

    def into(self, plan: Plan, outlook: Outlook) -> Plan:
        """The plan with the name, the disk and the folder that fit it now."""
        name, machine, result = plan.name, plan.machine, plan.result
        wanted = _name_for(plan.data)
        if name == self._name:
            name = wanted
        self._name = wanted
        if machine.disk_gb == self._disk_gb:
            machine = replace(machine, disk_gb=outlook.suggested_disk_gb)
        if result.folder == self._folder:
            result = replace(result, folder=outlook.suggested_folder)
        self._disk_gb, self._folder = outlook.suggested_disk_gb, outlook.suggested_folder
        return replace(plan, name=name, machine=machine, result=result)


def _name_for(data: DataSpec) -> str:
    """A run is called after its one file of items, or after the folder of several."""
    if data.series is not None:
        return Path(data.series.file).stem
    if not data.items:
        return ""
    first = Path(data.items[0])
    return first.stem if len(data.items) == 1 else first.parent.name


class _Stopped(Exception):
    """The reading is not wanted any more."""


class _Reading:
    """One reading of the items. ``progress`` is written by its thread and looked at by the window's."""

    def __init__(self, spec: DataSpec) -> None:
        self._spec = spec
        self._unwanted = threading.Event()
        self.progress = Progress(items=0, files=0, files_total=0)
        self.dataset: Dataset | None = None
        self.failure: EmbarkError | None = None

    def stop(self) -> None:
        self._unwanted.set()

    def carry_out(self) -> _Reading:
        # A hundred thousand items make the garbage collector stop every thread for half a second, time and again,
        # to find nothing: items hold no cycles. Afterwards they are kept out of its sight.
        gc.disable()
        try:
            self.dataset = read(self._spec, self._tell)
            gc.freeze()
        except EmbarkError as failure:
            self.failure = failure
        except _Stopped:
            pass
        finally:
            gc.enable()
        return self

    def _tell(self, progress: Progress) -> None:
        if self._unwanted.is_set():
            raise _Stopped
        self.progress = progress


def _asked(plan: Plan) -> object:
    """What the offers depend on."""
    here = plan.machine.cloud == PRACTICE_CLOUD
    return plan.machine.cloud, plan.machine.needs(), "" if here else plan.model.name


def _look(version: int, *question: object) -> tuple[int, Outlook]:
    return version, look_ahead(*question)  # type: ignore[arg-type]
