"""The pictures of README.md, taken of the program as it is: ``make pictures``.

No test by its name, so that only being asked for draws them anew. A practice run with the sample is clicked through, in
English and in the light theme, as the README tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.app import App
from gui.core.paths import ASSETS
from gui.core.run.state import Phase, Snapshot
from gui.tasks import under_way
from tests.gui.person import STEP_MS, Person, opened

FOLDER = ASSETS / "pictures"
RUN_MS = 150_000


@pytest.fixture
def app(dressed: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[App]:
    with TemporaryDirectory(prefix="mina-") as person:  # nearly as short as a person's own folder: it is in a picture
        monkeypatch.setenv("EMBARK_RESULTS", f"{person}/Documents")
        with opened(dressed, tmp_path / "home", qtbot) as made:
            yield made


def run(app: App) -> Snapshot | None:
    assert app.core is not None
    return next(iter(app.core.runs.all()), None)


def take(app: App, qtbot: QtBot, name: str) -> None:
    """The window into one file, every pixel as it is; WebP needs a third of what PNG does."""
    qtbot.waitUntil(lambda: not under_way(), timeout=STEP_MS)
    qtbot.wait(100)
    assert app.window.grab().save(str(FOLDER / f"{name}.webp"), quality=100)


def test_the_first_run_in_pictures(app: App, qtbot: QtBot) -> None:
    person = Person(app, qtbot)
    person.click("Try it with the sample items")
    person.waits_for("Worth a look")
    take(app, qtbot, "items")
    for _ in range(4):
        person.click("Next")
    person.click("Start (free)")
    qtbot.waitUntil(lambda: (now := run(app)) is not None and len(now.shards_home) >= 2, timeout=RUN_MS)
    take(app, qtbot, "run")
    person.waits_for("The practice machine is still there", RUN_MS)
    take(app, qtbot, "destroy")
    person.click("Destroy the practice machine")
    qtbot.waitUntil(lambda: (now := run(app)) is not None and now.phase is Phase.FINISHED, timeout=STEP_MS)
    person.click("Look at the result")
    qtbot.waitUntil(lambda: person.grid() is not None, timeout=STEP_MS)
    grid = person.grid()
    assert grid is not None
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.visualRect(grid.model().index(0, 0)).center())
    qtbot.mouseMove(app.window, QPoint(1, 1))
    take(app, qtbot, "result")
