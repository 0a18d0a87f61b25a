"""What is worth a notice of the system follows from a snapshot and the time: each thing once, money above all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gui.core.errors import ConnectionLost, InstanceLost
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.state import Point, Snapshot
from gui.core.settings import Settings
from gui.core.units import MicroUsd
from gui.notices import Notice, notices, untold
from tests.gui.scenes import Story, practice

MINUTE = timedelta(minutes=1)


def told(story: Story, minutes: float = 0) -> tuple[Notice, ...]:
    return notices(story.snapshot, story.at + minutes * MINUTE)


def spent(snapshot: Snapshot, so_far: int, limit: int = 5_000_000) -> Snapshot:
    return replace(snapshot, money=replace(snapshot.money, so_far=MicroUsd(so_far), limit=MicroUsd(limit)))


def test_a_run_that_goes_well_says_nothing_until_it_is_over() -> None:
    assert told(Story().data_read()) == ()
    assert told(Story().prepared()) == ()
    assert told(Story().embedding()) == ()
    (notice,) = told(Story().finished())
    assert notice.wish == "notice_finished"
    assert notice.title == "Exam bank 2026, pictures and text"
    assert "Finished" in notice.text
    assert "Nothing is being billed" in notice.text


def test_a_question_is_told_at_once_and_again_when_nobody_answers_while_the_machine_is_billed() -> None:
    story = Story().asking()
    assert [one.wish for one in told(story)] == ["notice_needed"]
    assert [one.wish for one in told(story, 9)] == ["notice_needed"]
    asked, idle = told(story, 11)
    assert (asked.insists, idle.insists) == (False, True)
    assert "RTX 4090 #19905787 has waited for your answer for 11 min and costs $0.41 an hour" in idle.text
    assert idle.wish == "notice_billed"


def test_an_idle_machine_is_told_after_ten_minutes_and_then_each_hour() -> None:
    story, already = Story().asking(), set[str]()
    times = [n for n in range(200) if untold((story.snapshot,), story.at + n * MINUTE, already)]
    assert times == [0, 10, 70, 130, 190]


def test_a_machine_that_was_paused_or_kept_is_idle_too() -> None:
    paused = Story().embedding().tell(e.PauseWanted()).tell(e.Paused(), 8)
    (notice,) = told(paused, 15)
    assert "Paused for 15 min" in notice.text
    assert "so far" in notice.text
    kept = Story().asking().tell(e.KeepWanted(), 30)
    assert "has been kept for 20 min" in told(kept, 20)[-1].text


def test_a_machine_that_is_not_reached_is_told_from_the_first_try_that_went_wrong() -> None:
    story = Story().embedding()
    lost = ConnectionLost(during="read")
    for tries in range(1, 13):
        story.tell(e.StepWaiting(Step.EMBED, type(lost).__name__, lost.record(), tries, 60.0), 60)
        if tries < 12:
            story.tell(e.StepStarted(Step.EMBED), 0)
    (notice,) = told(story)
    assert "has not been reached for 11 min" in notice.text


def test_a_destroy_that_is_not_confirmed_is_told_as_that() -> None:
    story = Story().asking().tell(e.DestroyWanted()).tell(e.DestroyIntended("19905787"), 0)
    story.tell(e.StepWaiting(Step.RELEASE, "CloudUnreachable", {"cloud": "vast", "detail": ""}, 1, 60.0), 0)
    assert "tried to destroy RTX 4090 #19905787 for 12 min" in told(story, 12)[-1].text


def test_a_gpu_that_does_nothing_is_told_and_one_that_works_is_not() -> None:
    story = Story().embedding()
    last = story.snapshot.points[-1]

    def point(minute: int, used: float) -> Point:
        return replace(last, at=story.at + minute * MINUTE, utilisation=used)

    idle = replace(story.snapshot, points=tuple(point(minute, 0.0) for minute in range(13)))
    (notice,) = notices(idle, story.at + 12 * MINUTE)
    assert "has done nothing for 12 min" in notice.text
    busy = replace(idle, points=(*idle.points, point(12, 0.4)))
    assert notices(busy, story.at + 12 * MINUTE) == ()
    unknown = replace(idle, points=tuple(replace(one, utilisation=-1.0) for one in idle.points))
    assert notices(unknown, story.at + 12 * MINUTE) == ()


@pytest.mark.parametrize(("so_far", "words"), [(3_990_000, ""), (4_000_000, "80"), (5_000_000, "is spent. What is")])
def test_four_fifths_and_the_whole_of_the_limit_are_told_even_while_the_window_is_in_front(
    so_far: int, words: str
) -> None:
    found = notices(spent(Story().embedding().snapshot, so_far), Story().at)
    assert len(found) == bool(words)
    for notice in found:
        assert words in notice.text
        assert (notice.wish, notice.insists) == ("notice_budget", True)


def test_a_failure_is_told_when_it_happens_and_its_end_when_nothing_is_billed_any_more() -> None:
    story = Story().embedding().failed(InstanceLost(cloud="vast", instance_id="19905787"))
    (failed,) = told(story)
    assert "is gone, or will never run" in failed.text
    story.lost()
    over = [one for one in told(story) if one.key != failed.key]
    assert len(over) == 1
    assert "Nothing is being billed" in over[0].text


def test_practice_is_never_told_as_money() -> None:
    story = practice().asking()
    assert [one.wish for one in told(story, 500)] == ["notice_needed"]
    assert notices(spent(practice().embedding().snapshot, 9_000_000), story.at) == ()


def test_each_notice_is_told_once_and_obeys_a_setting_that_exists() -> None:
    story, already = Story().asking(), set[str]()
    assert len(untold((story.snapshot,), story.at, already)) == 1
    assert untold((story.snapshot,), story.at, already) == []
    for one in (*told(story, 20), *told(Story().finished())):
        assert getattr(Settings(), one.wish) is True
