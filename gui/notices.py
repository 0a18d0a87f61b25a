"""What is worth a notice of the system: decided from a snapshot and the time alone, so that no display is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from gui.core.run.events import DestroyAsked, KeepWanted, Paused, Step, StepWaiting
from gui.core.run.state import Heading, Phase, Snapshot, StepStatus
from gui.format import duration, money, per_hour, percent
from gui.text import describe_error, machine_name, run_name, sentence
from gui.translate import translate

IDLE_AFTER = timedelta(minutes=10)
REMIND_EVERY = timedelta(hours=1)
WARN_AT = 0.8
NOTHING_DONE = 0.02  # of a GPU

Wish = Literal["notice_finished", "notice_needed", "notice_billed", "notice_budget"]


@dataclass(frozen=True, slots=True)
class Notice:
    """``key`` is told once; ``wish`` is the setting that allows it; ``insists``: also while the window is in front."""

    key: str
    wish: Wish
    title: str
    text: str
    insists: bool = False


def notices(snapshot: Snapshot, now: datetime) -> tuple[Notice, ...]:
    """Everything about a run that a person should have been told by ``now``, whether it was or not."""
    return (*_of_the_run(snapshot), *_of_the_limit(snapshot), *_of_an_idle_machine(snapshot, now))


def untold(snapshots: Iterable[Snapshot], now: datetime, told: set[str]) -> list[Notice]:
    """The notices that are due and not in ``told``; from now on they are."""
    due = [notice for one in snapshots for notice in notices(one, now) if notice.key not in told]
    told.update(notice.key for notice in due)
    return due


def _of_the_run(snapshot: Snapshot) -> Iterator[Notice]:
    name, attempt = run_name(snapshot), f"{snapshot.run_id}/{snapshot.attempt}"
    if snapshot.error is not None:
        yield Notice(f"{attempt}/failed", "notice_finished", name, _failed(snapshot))
    if snapshot.ended:
        yield Notice(f"{attempt}/over", "notice_finished", name, sentence(snapshot))
    elif snapshot.phase is Phase.ASKING:
        yield Notice(f"{attempt}/asking", "notice_needed", name, sentence(snapshot))


def _failed(snapshot: Snapshot) -> str:
    assert snapshot.error is not None
    what = describe_error(snapshot.error)[0]
    return what if snapshot.ended else f"{what} {sentence(snapshot)}"


def _of_the_limit(snapshot: Snapshot) -> Iterator[Notice]:
    spent = snapshot.money
    if spent.pretend or snapshot.rental is None or spent.limit <= 0:
        return
    words = {"money": money(spent.so_far), "limit": money(spent.limit), "machine": machine_name(snapshot)}
    if spent.so_far >= spent.limit:
        said = translate("notices", "The limit of {limit} is spent. What is finished is brought home, then it ends.")
        yield Notice(f"{snapshot.run_id}/limit", "notice_budget", run_name(snapshot), said.format(**words), True)
    elif spent.so_far >= WARN_AT * spent.limit or snapshot.budget_warned:
        said = translate("notices", "{percent} of the limit is spent: {money} of {limit}.")
        said = said.format(percent=percent(spent.so_far / spent.limit), **words)
        yield Notice(f"{snapshot.run_id}/budget", "notice_budget", run_name(snapshot), said, True)


def _of_an_idle_machine(snapshot: Snapshot, now: datetime) -> Iterator[Notice]:
    """Billed, and nothing comes of it: after ten minutes, then each hour."""
    rental = snapshot.rental
    if rental is None or rental.pretend_price or snapshot.ended:
        return
    since, said = _idle(snapshot)
    if since is None or now - since < IDLE_AFTER:
        return
    hours = (now - since - IDLE_AFTER) // REMIND_EVERY
    text = said.format(
        machine=machine_name(snapshot),
        time=duration((now - since).total_seconds()),
        rate=per_hour(snapshot.money.per_hour or rental.price_per_hour),
        money=money(snapshot.money.so_far),
    )
    key = f"{snapshot.run_id}/{snapshot.attempt}/idle/{since:%Y%m%d%H%M%S}/{hours}"
    yield Notice(key, "notice_billed", run_name(snapshot), text, True)


def _idle(snapshot: Snapshot) -> tuple[datetime | None, str]:
    """Since when the machine does nothing, and how that is said."""
    match snapshot.phase:
        case Phase.ASKING:
            said = translate("notices", "{machine} has waited for your answer for {time} and costs {rate}.")
            return _last(snapshot, DestroyAsked), said
        case Phase.PAUSED:
            said = translate("notices", "Paused for {time}: {machine} still costs {rate}, {money} so far.")
            return _last(snapshot, Paused), said
        case Phase.KEPT:
            said = translate("notices", "{machine} has been kept for {time} and costs {rate}, {money} so far.")
            return _last(snapshot, KeepWanted), said
    waits = next((step for step, state in snapshot.steps if state.status is StepStatus.WAITING), None)
    if waits is not None:
        said = translate("notices", "{machine} has not been reached for {time} and costs {rate}.")
        if waits is Step.RELEASE:
            said = translate("notices", "Embark has tried to destroy {machine} for {time}. It may still cost {rate}.")
        return _waits_since(snapshot, waits), said
    said = translate("notices", "The GPU of {machine} has done nothing for {time} and costs {rate}.")
    return _unused_since(snapshot), said


def _last(snapshot: Snapshot, kind: type) -> datetime | None:
    return next((one.at for one in reversed(snapshot.log) if isinstance(one.event, kind)), None)


def _waits_since(snapshot: Snapshot, step: Step) -> datetime | None:
    """When the first of the tries in a row went wrong."""
    for one in reversed(snapshot.log):
        if isinstance(one.event, StepWaiting) and one.event.step is step and one.event.tries == 1:
            return one.at
    return None


def _unused_since(snapshot: Snapshot) -> datetime | None:
    """Since when the GPU has rested while it should embed."""
    if snapshot.active is not Step.EMBED or snapshot.heading is not Heading.FINISH:
        return None
    since = None
    for point in reversed(snapshot.points):
        if not 0 <= point.utilisation < NOTHING_DONE:
            break
        since = point.at
    return since
