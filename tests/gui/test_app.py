"""The whole program with its real core: it opens, shows every page so that all can be read, and closes clean."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.app import App
from gui.core import settings
from gui.core.paths import Paths
from gui.core.settings import Settings
from gui.pages.new_run import NewRunPage
from gui.tasks import under_way
from gui.widgets.basics import Elided
from tests.gui.scenes import practice
from tests.gui.screenshots import moments


class Program:
    """Opens an App the way ``main`` does, and waits for it."""

    def __init__(self, qtbot: QtBot, qapp: QApplication, paths: Paths) -> None:
        self.qtbot = qtbot
        self.app = App(qapp, paths)
        self.window = self.app.window
        self.window.resize(1280, 800)
        self.app.open()
        qtbot.waitUntil(lambda: self.app.core is not None and not under_way(), timeout=20_000)

    def close(self) -> None:
        self.window._sure = True
        self.window.close()
        self.qtbot.waitUntil(lambda: not under_way(), timeout=20_000)
        self.window._timer.stop()
        self.app.crashes.uninstall()
        self.app.language.silence()
        self.window.deleteLater()


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("EMBARK_RESULTS", str(tmp_path / "results"))
    return Paths(tmp_path / "home", tmp_path / "logs")


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication, paths: Paths, words_compiled: None) -> Iterator[Program]:
    made = Program(qtbot, qapp, paths)
    yield made
    made.close()


def cut_off(page: QWidget) -> list[str]:
    """What cannot be read whole on a page."""
    QApplication.processEvents()
    cut = []
    for part in page.findChildren(QWidget):
        if not isinstance(part, QLabel | QPushButton) or isinstance(part, Elided) or not part.isVisible():
            continue
        if not part.text() or part.property("elides"):
            continue
        if isinstance(part, QLabel) and part.wordWrap():
            small = part.height() < part.heightForWidth(part.width()) - 1
        else:
            small = part.width() < part.minimumSizeHint().width() - 1
        if small:
            cut.append(f"{type(part).__name__} {part.text()!r}: {part.size().toTuple()}")
    return cut


def nameless(page: QWidget) -> list[str]:
    """What the keyboard reaches and a screen reader could not name."""
    widgets = [one for one in page.findChildren(QWidget) if not isinstance(one.parent(), QAbstractSpinBox)]
    reached = [one for one in widgets if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [
        f"{type(one).__name__} in {type(one.parent()).__name__}"
        for one in reached
        if not one.accessibleName() and not (isinstance(one, QAbstractButton) and one.text())
    ]


def test_it_opens_usable_and_closes_with_nothing_left(qtbot: QtBot, program: Program) -> None:
    assert program.window._side.bill.accessibleName().startswith("Nothing is being billed")
    assert program.window._stack.currentWidget() is program.window._runs_page()


def test_settings_take_effect_at_once_and_last(program: Program, paths: Paths) -> None:
    program.window.go("settings")
    page = program.window._stack.currentWidget()
    assert page is not None
    page.changed.emit(Settings(language="ko", theme="dark"))  # type: ignore[attr-defined]
    assert program.app.language.code == "ko"
    assert program.window._side._buttons["runs"].text() == "실행"
    assert settings.load(paths.settings) == Settings(language="ko", theme="dark")
    page.changed.emit(Settings(language="en", theme="light"))  # type: ignore[attr-defined]
    assert program.window._side._buttons["runs"].text() == "Runs"


def test_where_the_window_was_is_saved_when_it_closes(qtbot: QtBot, qapp: QApplication, paths: Paths) -> None:
    program = Program(qtbot, qapp, paths)
    program.close()
    assert json.loads(paths.settings.read_text("utf-8"))["window_geometry"]


def test_a_core_that_does_not_load_is_said_and_the_window_can_still_be_closed(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("not a folder")
    app = App(qapp, Paths(tmp_path / "home", tmp_path / "logs"))
    try:
        app.open()
        qtbot.waitUntil(lambda: not under_way() and len(QApplication.topLevelWidgets()) > 1)
        qtbot.waitUntil(lambda: any(isinstance(one, QDialog) for one in shown()))
        for dialog in shown():
            dialog.close()
        assert not app.window.isVisible()
    finally:
        app.crashes.uninstall()
        app.language.silence()
        for widget in shown():
            widget.close()


def shown() -> list[QWidget]:
    return [one for one in QApplication.topLevelWidgets() if one.isVisible()]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_everything_can_be_read_and_named_at_the_smallest_comfortable_size(
    qtbot: QtBot, program: Program, language: str
) -> None:
    window = program.window
    program.app._on_settings_changed(Settings(language=language, theme="light"))  # type: ignore[arg-type]
    cut = {}
    for place in ("runs", "bill", "accounts", "settings"):
        window.go(place)
        qtbot.waitUntil(lambda: not under_way(), timeout=20_000)
        cut[place] = [*cut_off(window), *nameless(window)]
    for name, snapshot in moments():
        window.on_changed(snapshot)
        window.open_run(snapshot.run_id)
        cut[name] = [*cut_off(window), *nameless(window)]
    window._on_sample_wanted()
    wizard = window._stack.currentWidget()
    assert isinstance(wizard, NewRunPage)
    for number in range(5):
        qtbot.waitUntil(wizard.next.isEnabled, timeout=20_000)
        with contextlib.suppress(TimeoutError):  # pictures come one by one, and each moves what is below it
            qtbot.waitUntil(lambda: not cut_off(window))
        cut[f"wizard {number}"] = [*cut_off(window), *nameless(window)]
        if number < 4:
            wizard.next.click()
    window._snapshots.clear()
    assert {place: parts for place, parts in cut.items() if parts} == {}


def test_what_was_running_is_in_the_list_at_the_next_start(qtbot: QtBot, qapp: QApplication, paths: Paths) -> None:
    from gui.core.run.journal import Journal

    paths.data.mkdir(parents=True)
    journal = Journal(paths.journal)
    story = practice().finished()
    for recorded in story.snapshot.log:
        journal.append(story.run_id, recorded.event, recorded.at)
    journal.close()
    program = Program(qtbot, qapp, paths)
    assert [row._name.text() for row in program.window._runs_page()._rows.values()] == ["Sample items"]
    program.close()
