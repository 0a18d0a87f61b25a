"""Threads of one run: who wakes whom, and in which order subscribers hear of it."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import replace

import pytest

from gui.core.errors import CloudUnreachable
from gui.core.plan import to_toml
from gui.core.run import events as e
from gui.core.run.journal import Journal
from gui.core.run.run import Run
from gui.core.run.state import Snapshot
from tests.fakes import Stage
from tests.run.carrying import END_S


def test_a_pause_between_tries_lasts_however_busy_the_run_is(stage: Stage) -> None:
    woken: list[bool] = []
    waiting = threading.Event()

    def wait(condition: threading.Condition, seconds: float) -> None:
        waiting.set()
        woken.append(condition.wait(0.05))

    journal = Journal(stage.world().paths.journal)
    journal.append("r", e.Planned(to_toml(stage.plan())), stage.now())
    stage.cloud.faults["offers"] = [CloudUnreachable(cloud="practice") for _ in range(3)]
    run = Run("r", journal, replace(stage.world(), wait=wait))
    run.start()
    assert waiting.wait(END_S)
    while len(woken) < 5:
        run.note(e.UploadProgress(1))  # as the upload beside it would
    run.start(e.StopWanted())
    run.join(END_S)
    journal.close()
    assert woken.count(True) <= 1, "the person's word alone wakes it"


def test_the_last_thing_a_subscriber_hears_is_how_it_is(stage: Stage) -> None:
    heard: list[int] = []

    def hear(snapshot: Snapshot) -> None:
        time.sleep(random.random() / 1000)
        heard.append(snapshot.log[-1].seq)

    journal = Journal(stage.world().paths.journal)
    journal.append("r", e.Planned(to_toml(stage.plan())), stage.now())
    run = Run("r", journal, stage.world(), hear)

    def note(name: str) -> None:
        for number in range(40):
            run.note(e.Uploaded(f"{name}{number}", 1))

    lanes = [threading.Thread(target=note, args=(name,)) for name in "ab"]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    journal.close()
    assert heard == sorted(heard)
    assert heard[-1] == run.snapshot.log[-1].seq


def test_a_subscriber_may_answer(stage: Stage) -> None:
    """As a face that was told beforehand what to say."""
    journal = Journal(stage.world().paths.journal)
    journal.append("r", e.Planned(to_toml(stage.plan())), stage.now())

    def answer(snapshot: Snapshot) -> None:
        if snapshot.rows_sha256 and not snapshot.ended:
            run.start(e.StopWanted())

    run = Run("r", journal, stage.world(), answer)
    run.start()
    run.join(END_S)
    journal.close()
    assert run.snapshot.ended


@pytest.mark.parametrize("opened", range(3))
def test_programs_that_open_the_journal_for_the_first_time_at_once(stage: Stage, opened: int) -> None:
    path = stage.world().paths.journal
    ready = threading.Barrier(8)
    journals: list[Journal] = []

    def open_() -> None:
        ready.wait()
        journals.append(Journal(path))

    threads = [threading.Thread(target=open_) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(journals) == 8
    for journal in journals:
        journal.close()
