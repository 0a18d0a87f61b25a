"""The receipt: its lines add up to the meter, and every machine and byte of the run is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gui.core.plan import EstimateLine
from gui.core.result.manifest import ReceiptCharge
from gui.core.run import events as e
from gui.core.run.events import AnyEvent
from gui.core.run.receipt import EARLIER, REST, TRAFFIC, lines_of, receipt_of
from gui.core.units import MicroUsd, micro_usd
from tests.gui.scenes import PRICE, Story

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)


def amounts(story: Story) -> dict[str, MicroUsd]:
    return {line.what: line.actual_micro_usd for line in lines_of(story.snapshot, story.at)}


def replaced(event: type[AnyEvent], story: Story, **fields: object) -> Story:
    """The same story with other words in its events of a kind."""
    again = Story()
    for one in story.snapshot.log:
        told = one.event
        if isinstance(told, event):
            told = type(told)(**{**{name: getattr(told, name) for name in told.__struct_fields__}, **fields})
        again.at = one.at
        again.tell(told, 0)
    return again


def test_the_lines_add_up_to_what_the_meter_says() -> None:
    story = Story().finished()
    lines = amounts(story)
    assert list(lines) == [*EstimateLine, REST]
    assert sum(lines.values()) == pytest.approx(story.snapshot.money.so_far, abs=len(lines))


def test_while_the_machine_is_on_the_lines_grow_with_the_meter() -> None:
    story = Story().embedding()
    assert receipt_of(story.snapshot) is None
    assert sum(amounts(story).values()) == pytest.approx(story.snapshot.money.so_far, abs=5)
    story.tell(e.Tick(), 3600)
    assert sum(amounts(story).values()) == pytest.approx(story.snapshot.money.so_far, abs=5)


def test_what_bytes_cost_is_a_line_of_its_own() -> None:
    lines = amounts(replaced(e.Destroyed, Story().finished(), traffic=micro_usd("0.12")))
    assert lines[TRAFFIC] == micro_usd("0.12")


def test_a_machine_that_was_given_back_is_on_the_receipt_too() -> None:
    story = Story().rented()
    story.tell(e.DestroyIntended(story.instance), 600)
    story.tell(e.Destroyed(story.instance, micro_usd("0.07")), 2)
    assert EARLIER not in amounts(story), "it is the only one so far"
    story.tell(e.Rented(story.cloud, "2", "embark-x-2", story.machine, PRICE, False, story.at), 5)
    assert amounts(story)[EARLIER] == micro_usd("0.07")
    assert sum(amounts(story).values()) == pytest.approx(story.snapshot.money.so_far, abs=5)


def test_the_providers_own_lines_stand_beside_and_give_the_total() -> None:
    story = Story().finished()
    line = ReceiptCharge("19905787", "machine", micro_usd("1.99"), NOON, NOON + timedelta(hours=5), "4.85 hours")
    billed = e.Billed(micro_usd("1.99"), (line,))
    receipt = receipt_of(story.tell(billed).snapshot)
    assert receipt is not None
    assert receipt.charges == (line,)
    assert receipt.actual_micro_usd == micro_usd("1.99")
    assert receipt.estimate_micro_usd == pytest.approx(sum(one.estimate_micro_usd for one in receipt.lines), abs=5)


def test_while_a_run_is_paused_or_waits_for_an_answer_nothing_is_spent_embedding() -> None:
    for stopping in (e.PauseWanted(), e.StopWanted()):
        story = Story().embedding().tell(stopping)
        story.tell(e.Paused() if isinstance(stopping, e.PauseWanted) else e.DestroyAsked(0))
        spent = story.snapshot.money.embedding
        assert spent > 0
        assert story.tell(e.Tick(), 3600).snapshot.money.embedding == spent
        assert story.tell(e.GoOnWanted()).snapshot.money.embedding == spent, "what was embedded before counts"


def test_only_a_run_that_goes_on_is_expected_to_cost_more() -> None:
    story = Story().embedding()
    assert story.snapshot.money.expected > story.snapshot.money.so_far
    story.tell(e.StopWanted())
    assert story.snapshot.money.expected == story.snapshot.money.so_far
