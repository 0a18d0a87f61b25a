"""The whole way of a person who has never seen a terminal: clicks only, from the first page to the neighbours."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.app import App
from gui.core.cloud.practice import PracticeCloud
from gui.core.result.neighbours import Neighbours
from gui.core.result.result import open_result
from tests.gui.person import STEP_MS, Person, opened

RUN_MS = 150_000
LONGEST_GAP_S = 0.1  # of the processor, so that other work beside it does not count


class Heartbeat:
    """Measures the most that the event loop computed without coming round, in processor seconds, and what it did."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self.doing = ""
        self._beat = self._cpu = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._over = threading.Event()
        self._main = threading.get_ident()
        self._suspect = ""
        self._watcher = threading.Thread(target=self._watch)

    def start(self) -> None:
        self._beat, self._cpu = time.monotonic(), time.thread_time()
        self._timer.start(5)
        self._watcher.start()

    def stop(self) -> None:
        self._timer.stop()
        self._over.set()
        self._watcher.join()

    def _on_beat(self) -> None:
        spent_s = time.thread_time() - self._cpu
        if spent_s > self.longest_s:
            self.longest_s, self.doing = spent_s, self._suspect
        self._beat, self._cpu, self._suspect = time.monotonic(), time.thread_time(), ""

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            if time.monotonic() - self._beat > LONGEST_GAP_S / 2 and not self._suspect:
                frame = sys._current_frames().get(self._main)
                self._suspect = "".join(traceback.format_stack(frame)[-6:])


@pytest.fixture
def app(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[App]:
    monkeypatch.setenv("EMBARK_RESULTS", str(tmp_path))
    with opened(qapp, tmp_path / "home", qtbot) as made:
        yield made


@pytest.mark.alone
def test_from_the_first_page_to_the_neighbours_in_under_twelve_clicks(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    person, heart = Person(app, qtbot), Heartbeat()
    person.click("Try it with the sample items")
    person.click("Next")
    person.click("Next")
    person.click("Next")
    person.click("Next")
    qtbot.waitUntil(lambda: person.sees("Start (free)") is not None, timeout=STEP_MS)
    heart.start()
    person.click("Start (free)")
    person.click("Destroy the practice machine", timeout_ms=RUN_MS)
    ledger = PracticeCloud(tmp_path / "home" / "practice").ledger
    qtbot.waitUntil(lambda: [entry.event for entry in ledger()] == ["rented", "destroyed"], timeout=STEP_MS)
    heart.stop()
    person.click("Look at the result")
    qtbot.waitUntil(lambda: person.grid() is not None, timeout=STEP_MS)
    grid = person.grid()
    assert grid is not None
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.visualRect(grid.model().index(1, 0)).center())
    person.clicks += 1
    assert person.clicks < 12
    result = open_result(next(tmp_path.glob("Embark/*/vectors.npz")).parent)
    near = Neighbours(result).of("EN-0003", 3)
    assert "KO-0001" in [one.item_id for one in near], "the same triangle, asked in the other language"
    assert heart.longest_s <= LONGEST_GAP_S, f"{heart.longest_s:.3f} s in\n{heart.doing}"
