"""The app's half of the guard: what it says to the machine, when, and what it makes of the answers."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gui.core.errors import AgentFailed, ConnectionLost
from gui.core.machine import bundle
from gui.core.machine.machine import Machine, OnBytes, Parcel
from gui.core.run.lease import GuardState, Lease, money_until
from gui.core.units import MicroUsd
from remote_worker.protocol import GuardCause, GuardPhase, Proof, parse_shards, shards_text
from tests.guard.box import JOB, Box, Rental
from tests.machine.servers import eventually

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
REPORT = {"alive": True, "phase": "watching", "proof": "proven", "lease_left_s": 600.0}


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def goes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Told(Machine):
    """A machine that keeps what it is told and answers as it likes."""

    def __init__(self, reply: Any = REPORT) -> None:
        self.told: list[tuple[str, ...]] = []
        self.put_there: list[str] = []
        self.reply = reply

    def run(self, verb: str, *arguments: str, timeout_s: float = 60.0) -> dict[str, Any]:
        self.told.append((verb, *arguments))
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def put(self, parcel: Parcel, on_bytes: OnBytes | None = None) -> None:
        self.put_there.append(parcel.name)

    def value(self, name: str) -> str:
        words = self.told[-1]
        return words[words.index(name) + 1]


def lease(clock: Callable[[], datetime], cloud: str = "vast", url: str = "", seconds: float = 600.0) -> Lease:
    return Lease(JOB, seconds, cloud, clock, url=url)


def test_a_newer_program_brings_its_own_worker_before_it_renews_what_an_older_one_began(clock: Clock) -> None:
    machine, held = Told(), lease(clock)
    for _ in range(3):
        held.keep(machine, ())
        clock.goes(1000)
    assert machine.put_there == [bundle.worker_folder()]


def test_a_lease_is_started_proven_renewed_and_read_back(rental: Rental, box: Box, clock: Clock) -> None:
    held = lease(clock, url=rental.url)
    assert held.state is None
    box.finish(0, 1, 2)
    state = held.start(box, {0}, NOON + timedelta(seconds=300))
    assert state.ends_the_bill
    assert not state.ending
    assert (state.report.phase, state.report.proof, state.report.unfetched) == (GuardPhase.WATCHING, Proof.PROVEN, 2)
    assert NOON + timedelta(seconds=240) < state.ends_at <= NOON + timedelta(seconds=300)
    state = held.renew(box, {0, 1, 2})
    assert state.report.unfetched == 0
    assert NOON + timedelta(seconds=540) < state.ends_at <= NOON + timedelta(seconds=600)
    assert held.state == state
    box.kill(box.guards())
    assert not held.look(box).ends_the_bill
    assert held.renew(box, {0, 1, 2}).report.restarted
    assert rental.asked(box) == ["running"]


def test_what_could_not_be_proven_does_not_end_the_bill(rental: Rental, box: Box, clock: Clock) -> None:
    box.key = ""
    state = lease(clock, url=rental.url).start(box, ())
    assert state.report.alive
    assert state.report.proof is Proof.NO_KEY
    assert not state.ends_the_bill


def test_what_the_guard_did_is_told(rental: Rental, box: Box, clock: Clock) -> None:
    rental.boxes.immortal = True
    held = lease(clock, url=rental.url, seconds=0.3)
    held.start(box, ())
    assert eventually(lambda: held.look(box).ending)
    assert held.state is not None
    assert held.state.report.cause is GuardCause.LEASE
    assert eventually(lambda: rental.destroyed(box))


@pytest.mark.parametrize("cloud", ["own", "practice", "runpod"])
def test_a_cloud_whose_machines_cannot_end_their_bill_has_a_guard_of_the_worker(
    box: Box, clock: Clock, cloud: str
) -> None:
    state = lease(clock, cloud).start(box, ())
    assert (state.report.alive, state.report.proof) == (True, Proof.NO_CLOUD)
    assert not state.ends_the_bill


def test_it_is_renewed_when_it_is_time_and_not_before(clock: Clock) -> None:
    machine, held = Told(), lease(clock)
    held.start(machine, ())
    for _ in range(59):
        clock.goes(1)
        held.keep(machine, ())
    assert [words[0] for words in machine.told] == ["guard"]
    clock.goes(1)
    held.keep(machine, {3, 4, 5, 9})
    assert machine.told[-1][:2] == ("renew", "600.0")
    assert machine.value("--home") == "3-5,9"


def test_a_short_lease_is_renewed_more_often(clock: Clock) -> None:
    machine, held = Told(), lease(clock, seconds=60)
    held.start(machine, ())
    clock.goes(6)
    held.keep(machine, ())
    assert len(machine.told) == 2


def test_a_look_is_no_renewal(clock: Clock) -> None:
    machine, held = Told(), lease(clock)
    held.start(machine, ())
    clock.goes(61)
    held.look(machine)
    held.keep(machine, ())
    assert [words[0] for words in machine.told] == ["guard", "guard-status", "renew"]


@pytest.mark.parametrize("jump_s", [-86400, 86400])
def test_a_clock_that_jumps_renews_at_once(clock: Clock, jump_s: float) -> None:
    machine, held = Told(), lease(clock)
    held.start(machine, ())
    clock.goes(jump_s)
    held.keep(machine, ())
    assert [words[0] for words in machine.told] == ["guard", "renew"]


def test_a_renewal_that_failed_is_tried_again_at_once(clock: Clock) -> None:
    machine, held = Told(), lease(clock)
    started = held.start(machine, ())
    clock.goes(60)
    machine.reply = ConnectionLost(during="renew")
    with pytest.raises(ConnectionLost):
        held.keep(machine, ())
    assert held.state is started
    machine.reply = REPORT
    clock.goes(1)
    assert held.keep(machine, ()).at == clock.at


def test_money_travels_as_a_length_of_time_and_can_be_lifted(clock: Clock) -> None:
    machine, held = Told(), lease(clock)
    held.start(machine, (), clock.at + timedelta(seconds=90))
    assert machine.value("--money") == "90.0"
    held.renew(machine, (), clock.at - timedelta(seconds=5))
    assert machine.value("--money") == "0.0"
    held.renew(machine, ())
    assert "--money" not in machine.told[-1]


def test_when_the_money_runs_out() -> None:
    assert money_until(MicroUsd(1_000_000), MicroUsd(500_000), NOON) == NOON + timedelta(hours=2)
    assert money_until(MicroUsd(-1), MicroUsd(500_000), NOON) == NOON
    assert money_until(MicroUsd(1), MicroUsd(0), NOON) is None
    last = money_until(MicroUsd(10**15), MicroUsd(1), NOON)
    assert last is not None
    assert last > NOON + timedelta(days=365)


@pytest.mark.parametrize(
    "nonsense",
    [
        {}, {**REPORT, "alive": "yes"}, {**REPORT, "proof": "sure"}, {**REPORT, "phase": 3},
        {**REPORT, "lease_left_s": float("nan")}, {**REPORT, "lease_left_s": float("inf")},
        {**REPORT, "lease_left_s": -1}, {**REPORT, "money_left_s": float("inf")}, {**REPORT, "unfetched": -1},
        {**REPORT, "tries": None},
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_none(clock: Clock, nonsense: dict[str, Any]) -> None:
    held = lease(clock)
    with pytest.raises(AgentFailed):
        held.start(Told(nonsense), ())
    assert held.state is None


def test_what_a_newer_machine_says_besides_is_ignored(clock: Clock) -> None:
    state = lease(clock).start(Told({**REPORT, "mood": "good"}), ())
    assert isinstance(state, GuardState)


def test_shards_in_few_characters_are_the_same_shards() -> None:
    chance = random.Random(5)
    for size in (0, 1, 2, 50, 400):
        shards = frozenset(chance.sample(range(500), size))
        assert parse_shards(shards_text(shards)) == shards
    assert shards_text(range(354)) == "0-353"
    shortened = parse_shards(shards_text(range(0, 10_000, 2), longest=100))
    assert shortened == frozenset(range(0, 2 * len(shortened), 2))
    assert len(shortened) > 20
    for nonsense in ("x", "1-", "3--4", ",", "0-99999999999"):
        with pytest.raises(ValueError, match=r".*"):
            parse_shards(nonsense)
