"""The window's tests run without a display, in English, in the light theme, and leave nothing running behind."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from gui import theme
from gui.core.paths import ASSETS
from gui.language import Language
from gui.tasks import under_way


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Any warning of Qt fails a test, except what the platform without a display says of itself."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("plugin does not support", extend=True))


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """No thread of a test outlives it, and no answer is still on its way."""
    before = set(threading.enumerate())
    yield
    app = QApplication.instance()
    for _ in range(2000):
        if app is None or not under_way():
            break
        app.processEvents()
        threading.Event().wait(0.005)
    assert not under_way(), "work off the window's thread has not come back"
    left = [one for one in threading.enumerate() if one not in before and not one.name.startswith("background")]
    for one in left:
        one.join(5)  # the test's own server may just be sending its last answer
    left = [one for one in left if one.is_alive()]
    assert not left, f"threads left: {left}"


@pytest.fixture
def dressed(qapp: QApplication, words_compiled: None) -> Iterator[QApplication]:
    """The application in the light theme, speaking English."""
    if qapp.styleSheet() != theme.style_sheet(theme.LIGHT):  # dressing anew takes a while
        theme.apply(qapp, theme.Mode.LIGHT)
    language = Language()
    language.speak("en")
    yield qapp
    language.silence()


@pytest.fixture(scope="session")
def words_compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The .qm files are as new as the .ts files; ``make test`` sees to that too."""
    lrelease = Path(sys.executable).with_name("pyside6-lrelease")
    with FileLock(tmp_path_factory.getbasetemp().parent / "words.lock"):
        for source in (ASSETS / "i18n").glob("*.ts"):
            compiled = source.with_suffix(".qm")
            if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
                made = compiled.with_suffix(".new")
                subprocess.run([lrelease, "-silent", source, "-qm", made], check=True)
                made.replace(compiled)  # an open window reads the old one as it goes


@pytest.fixture
def korean(qapp: QApplication, words_compiled: None) -> Iterator[Language]:
    """The window speaks Korean for one test."""
    language = Language()
    assert language.speak("ko")
    yield language
    language.silence()
