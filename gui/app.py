"""Builds each long-living object once and hands it on: the window at once, the core as soon as it is loaded."""

from __future__ import annotations

import functools
import logging
import signal
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from gui import __version__, theme
from gui.alerts import Crashes, show_error
from gui.core import log, settings
from gui.core.errors import LocalDiskFull, LocalFileRefused
from gui.core.paths import Paths
from gui.core.run.state import Snapshot
from gui.core.settings import Settings
from gui.core.units import MicroUsd
from gui.language import Language
from gui.live import Live
from gui.tasks import background
from gui.window import Factories, Window

if TYPE_CHECKING:
    from gui.core.cloud.clouds import Clouds
    from gui.core.credentials import Credentials
    from gui.core.machine.keys import KeyStore
    from gui.core.run.runs import Runs
    from gui.pages.new_run import NewRunPage
    from gui.pages.result import ResultPage

logger = logging.getLogger(__name__)


def main() -> int:
    """Open the window; returns when it is closed."""
    paths = Paths.default()
    log.start(paths)
    # No message handler for Qt: it would be Python that Qt calls on any thread, under its locks (see gui.language).
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in a terminal; runs are taken up at the next start
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Embark")
    qt.setApplicationVersion(__version__)
    qt.setDesktopFileName("embark")
    qt.setQuitOnLastWindowClosed(False)
    app = App(qt, paths)
    app.open()
    try:
        return qt.exec()
    finally:
        app.crashes.uninstall()
        log.stop()


@dataclass(frozen=True)
class Core:
    """What takes a moment to load, and is made off the window's thread."""

    runs: Runs
    snapshots: tuple[Snapshot, ...]
    clouds: Clouds
    credentials: Credentials
    keys: KeyStore


def open_core(paths: Paths, live: Live) -> Core:
    """Load the core and every run of the journal. Raises LocalDiskFull, LocalFileRefused."""
    from gui.core.cloud.clouds import Clouds
    from gui.core.credentials import Credentials
    from gui.core.machine.keys import KeyStore
    from gui.core.run.runs import Runs
    from gui.core.run.world import World
    from gui.text.problems import problem_columns

    credentials = Credentials()
    keys = KeyStore(credentials)
    clouds = Clouds(paths, credentials)
    runs = Runs(World.of(paths, clouds, keys, problem_columns))
    runs.subscribe(live.post)
    return Core(runs, runs.all(), clouds, credentials, keys)


class App(QObject):
    """The objects of one program, wired."""

    def __init__(self, qt: QApplication, paths: Paths) -> None:
        super().__init__()
        self._qt = qt
        self._paths = paths
        self.settings = settings.load(paths.settings)
        self.crashes = Crashes()
        self.crashes.install()
        self.language = Language()
        self.language.speak(self.settings.language)
        theme.apply(qt, theme.Mode(self.settings.theme))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_look_changed)
        self.live = Live()
        self.core: Core | None = None
        self._wizard: NewRunPage | None = None
        self.window = Window(self.live)
        self.window.restore(self.settings.window_geometry)
        self.window.closing.connect(self._on_closing)

    def open(self) -> None:
        self.window.show()
        background(functools.partial(open_core, self._paths, self.live), done=self._on_core)

    def _on_core(self, core: Core) -> None:
        self.core = core
        factories = Factories(self._new_run, self._result, self._accounts, self._settings_page)
        self.window.attach(core.runs, core.snapshots, factories, self.settings)
        background(core.runs.reattach)

    # --- pages that are made when they are first shown ----------------------------------------------------------------

    def _new_run(self) -> NewRunPage:
        from gui.pages.new_run import NewRunPage

        assert self.core is not None
        self._wizard = NewRunPage(self.core.runs, self.core.clouds, self._paths, lambda: self.settings.results)
        return self._wizard

    def _result(self) -> ResultPage:
        from gui.pages.result import ResultPage

        return ResultPage()

    def _accounts(self) -> QWidget:
        from gui.pages.accounts import AccountsPage

        assert self.core is not None
        page = AccountsPage(self.core.clouds, self.core.credentials, self.core.keys, self._expected_cost)
        page.changed.connect(self._on_keys_changed)
        return page

    def _on_keys_changed(self) -> None:
        if self.core is not None:
            background(self.core.runs.hurry)
        self.window.ask_bills()
        if self._wizard is not None:
            self._wizard.look_for_keys()

    def _expected_cost(self) -> MicroUsd | None:
        return self._wizard.expected_cost() if self._wizard else None

    def _settings_page(self) -> QWidget:
        from gui.pages.settings import SettingsPage

        assert self.core is not None
        page = SettingsPage(self.settings, self.core.credentials, self.core.keys, self._paths)
        page.changed.connect(self._on_settings_changed)
        return page

    # --- settings -----------------------------------------------------------------------------------------------------

    def _on_settings_changed(self, changed: Settings) -> None:
        before, self.settings = self.settings, changed
        self.window.use_settings(changed)
        if changed.theme != before.theme:
            theme.apply(self._qt, theme.Mode(changed.theme))
        if changed.language != before.language and self.language.speak(changed.language):
            self.window.retranslate()
        self._save()

    def _on_system_look_changed(self) -> None:
        if self.settings.theme == "system":
            theme.apply(self._qt)

    def _save(self) -> None:
        try:
            settings.save(self._paths.settings, self.settings)
        except (LocalDiskFull, LocalFileRefused) as refused:
            show_error(refused)

    # --- the end ------------------------------------------------------------------------------------------------------

    def _on_closing(self) -> None:
        """Detach from the runs off this thread, then leave; nothing that fails on the way keeps the program alive."""
        geometry = self.window.geometry_text()
        self.window.hide()
        self._qt.setQuitOnLastWindowClosed(True)  # a crash dialog from here on would be the last window
        if self.core is None:
            self._qt.quit()
        else:
            background(self.core.runs.close, done=self._on_closed, failed=self._on_closed)
        self.settings = replace(self.settings, window_geometry=geometry)
        self._save()

    def _on_closed(self, _: object) -> None:
        self._qt.quit()
