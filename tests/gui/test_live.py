"""From the runs' threads to the window: the newest of each run, woken once."""

import threading
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from gui.core.run.state import Snapshot
from gui.live import Live
from tests.gui.scenes import Story, practice


def test_many_posts_become_few_deliveries_and_the_last_of_each_run_is_among_them(qtbot: QtBot) -> None:
    live, heard = Live(), list[Snapshot]()
    live.changed.connect(heard.append)
    base = practice().planned().snapshot

    def post(run_id: str) -> None:
        for number in range(5000):
            live.post(replace(base, run_id=run_id, rows_done=number))

    threads = [threading.Thread(target=post, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = lambda name: [one.rows_done for one in heard if one.run_id == name][-1:]  # noqa: E731
    qtbot.waitUntil(lambda: last("a") == last("b") == [4999])
    assert len(heard) < 1000


def test_a_later_post_wakes_the_window_again(qtbot: QtBot) -> None:
    live, heard = Live(), list[int]()
    live.changed.connect(lambda snapshot: heard.append(snapshot.rows_done))
    base = practice().planned().snapshot
    for number in (1, 2):
        live.post(replace(base, rows_done=number))
        qtbot.waitUntil(lambda number=number: heard[-1:] == [number])
    assert heard == [1, 2]


def test_the_time_and_the_money_of_a_run_that_waits_in_silence_go_on(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.live.QUIET_S", 0.0)
    live, heard = Live(), list[Snapshot]()
    live.changed.connect(heard.append)
    over, rented = practice().finished().snapshot, Story().rented().snapshot
    for one in (over, rented):
        live.post(one)
    qtbot.waitUntil(lambda: len(heard) == 2)
    qtbot.waitUntil(lambda: heard[-1].money.so_far > rented.money.so_far)
    assert {one.run_id for one in heard[2:]} == {rented.run_id}, "one that is over stays as it was"
    live.post(rented)
    qtbot.waitUntil(lambda: heard[-1] == rented, timeout=5000)
