"""The walk of a run over its steps, from wherever its journal says. Where it leads is decided by the heading alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from gui.core.errors import EmbarkError, InstanceLost, MachineUnfit
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.state import Heading, Phase, StepStatus
from gui.core.run.steps import embed, guarding, outcome, upload
from gui.core.run.steps.connect import connect, give_back, may_try_another
from gui.core.run.steps.prepare import prepare
from gui.core.run.steps.release import release
from gui.core.run.steps.rent import rent, settle

if TYPE_CHECKING:
    from gui.core.run.run import Run

BRING_HOME_TRIES = 5


class Redirected(BaseException):
    """The run is heading elsewhere now: leave the step at once. Never leaves this package."""


class Detached(BaseException):
    """The program closes: leave everything as it is. Never leaves this package."""


def walk(run: Run) -> None:
    """Go where the run is heading. Returns when it has ended; raises Redirected, Detached."""
    of_no_use, run.of_no_use = run.of_no_use, None
    if run.snapshot.heading is Heading.PAUSE:
        _pause(run)
    if run.snapshot.heading is Heading.FINISH:
        _embed_everything(run, of_no_use)
        _step(run, Step.VERIFY, outcome.verify)
    else:
        _bring_home(run)
    _step(run, Step.RELEASE, _end_the_bill, forever=True)
    upload.tidy(run)
    run.note(e.Ended(complete=run.snapshot.complete))


def is_of_no_use(run: Run, why: EmbarkError) -> bool:
    """Whether it is the machine that failed, and another one is to take its place: it was rented for less because it
    may be taken away, or it is not what was rented."""
    rented = run.snapshot.rental
    if rented is None or run.snapshot.heading is not Heading.FINISH or not may_try_another(run):
        return False
    return rented.interruptible if isinstance(why, InstanceLost) else isinstance(why, MachineUnfit)


def _step(run: Run, step: Step, act: Callable[[Run], None], *, forever: bool = False) -> None:
    if run.snapshot.step(step).status is not StepStatus.DONE:
        run.carry(step, act, forever=forever)


def _embed_everything(run: Run, of_no_use: EmbarkError | None) -> None:
    """Until every shard is home. A run whose shards all are needs no machine."""
    if of_no_use is not None:
        run.carry(Step.CONNECT, partial(give_back, why=of_no_use))
    if run.snapshot.rows_sha256 and not run.snapshot.missing_shards:
        return
    _step(run, Step.RENT, rent)
    _step(run, Step.CONNECT, connect)
    _side_by_side(run)
    _step(run, Step.EMBED, embed.embed)
    _step(run, Step.FETCH, embed.fetch)


def _side_by_side(run: Run) -> None:
    """Prepare beside upload, each on its own connection; the lease is renewed however long the upload takes."""
    if run.snapshot.step(Step.UPLOAD).status is StepStatus.DONE:
        _step(run, Step.PREPARE, prepare)
        return
    with ThreadPoolExecutor(1, thread_name_prefix=f"upload {run.run_id}") as pool:
        uploading = pool.submit(run.carry, Step.UPLOAD, upload.upload)
        try:
            _step(run, Step.PREPARE, prepare)
            guarding.watch_until_done(run, uploading)
        finally:
            uploading.result()
    run.drop(Step.UPLOAD)


def _pause(run: Run) -> NoReturn:
    if run.snapshot.phase is not Phase.PAUSED:
        if run.snapshot.holds_shards:
            run.carry(Step.FETCH, embed.halt_and_fetch)
        run.note(e.Paused())
    while True:
        guarding.watch(run)
        run.wait(1.0)


def _bring_home(run: Run) -> None:
    """Stopped or failed: fetch what there is, as far as that can be done."""
    given_up = run.snapshot.step(Step.FETCH).status is StepStatus.FAILED or run.snapshot.destroy_intended
    if run.snapshot.holds_shards and not given_up:
        try:
            run.carry(Step.FETCH, embed.halt_and_fetch, tries=BRING_HOME_TRIES)
        except Redirected:
            run.check()  # the fetch failed for good, which is no reason to keep the machine


def _end_the_bill(run: Run) -> None:
    settle(run)
    release(run)
