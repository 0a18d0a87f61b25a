"""The window: side bar, page stack, what is being billed, the close question. Pages say where to go; it goes there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QProcess, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QSystemTrayIcon,
    QWidget,
)

from gui import theme
from gui.alerts import ask, show_error
from gui.core.errors import EmbarkError
from gui.core.run.state import Snapshot
from gui.core.units import utc_now
from gui.live import Live
from gui.notices import Wish, untold
from gui.pages.bill import BillPage
from gui.pages.run import RunPage
from gui.pages.runs import RunsPage
from gui.tasks import background
from gui.text import billing, closing_words, waiting_run
from gui.widgets.side_bar import SideBar

if TYPE_CHECKING:
    from gui.core.run.runs import Bill, Runs
    from gui.core.settings import Settings
    from gui.pages.new_run import NewRunPage
    from gui.pages.result import ResultPage

logger = logging.getLogger(__name__)

BILL_EVERY_MS = 60_000
NEWS_EVERY_MS = 3_000
"""How often what another Embark on this computer wrote down is read: a second window shows no old state."""
LATE_MS = 10_000
"""An account that has not answered by then is said to be silent: what it said before may not hold any more."""
NOTIFIER = "notify-send"
PLACES = {"runs": "runs", "run": "runs", "result": "runs", "new_run": "new_run", "accounts": "accounts"}
"""Which entry of the side bar a page belongs to, where its name differs or is worth saying."""


@dataclass(frozen=True)
class Factories:
    """How the pages that are not always needed are made, when they are first shown."""

    new_run: Callable[[], NewRunPage]
    result: Callable[[], ResultPage]
    accounts: Callable[[], QWidget]
    settings: Callable[[], QWidget]


class Window(QMainWindow):
    """Empty until ``attach`` hands it the runs; closes itself only through ``closing``."""

    closing = Signal()

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live
        self._runs: Runs | None = None
        self._factories: Factories | None = None
        self._settings: Settings | None = None
        self._snapshots: dict[str, Snapshot] = {}
        self._bills: tuple[Bill, ...] | None = None
        self._asked_at: datetime | None = None  # while an answer is awaited
        self._ask_again = False
        self._place = "runs"
        self._folder = Path()  # of the result that is shown
        self._run_id = ""
        self._sure = False  # the person has agreed to close
        self._told: set[str] = set()  # notices, by their keys
        self.setWindowTitle("Embark")
        self.setWindowIcon(theme.icon("embark"))
        self.setMinimumSize(960, 600)
        self.resize(1280, 800)
        self._timer = QTimer(self)
        self._timer.setInterval(BILL_EVERY_MS)
        self._timer.timeout.connect(self._on_minute)
        self._news = QTimer(self, interval=NEWS_EVERY_MS)
        self._news.timeout.connect(self._read_news)
        self._reading = False
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(self._on_late)
        self._tray = self._make_tray()
        self._fill_tray()
        self._build()
        for keys, wish in (
            (QKeySequence.StandardKey.New, partial(self.go, "new_run")),
            (QKeySequence.StandardKey.Preferences, partial(self.go, "settings")),
            (QKeySequence.StandardKey.Quit, self.close),
        ):
            QShortcut(QKeySequence(keys), self, wish)

    def _build(self) -> None:
        self._pages: dict[str, QWidget] = {}
        self._side = SideBar()
        self._side.chosen.connect(self.go)
        self._stack = QStackedWidget()
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        row.addWidget(self._stack, 1)
        self.setCentralWidget(whole)
        self._stack.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.go("runs")
        self._say_billing()

    def retranslate(self) -> None:
        """Speak another language: pages that are drawn from snapshots alone are simply made anew."""
        for place in ("runs", "run", "bill"):
            if (page := self._pages.pop(place, None)) is not None:
                self._stack.removeWidget(page)
                page.deleteLater()
        self._side.retranslate()
        self._fill_tray()
        self._say_billing()
        if self._runs is not None:
            self._page("runs")
        if self._place == "run":
            self.open_run(self._run_id)
        else:
            self.go(self._place)

    # --- the core arrives ---------------------------------------------------------------------------------------------

    def attach(self, runs: Runs, snapshots: tuple[Snapshot, ...], factories: Factories, settings: Settings) -> None:
        """From now on there is something to show and to do."""
        self._runs, self._factories, self._settings = runs, factories, settings
        self._snapshots = {one.run_id: one for one in snapshots}
        untold(snapshots, utc_now(), self._told)  # what was so at the start is there to be seen
        self._live.changed.connect(self.on_changed)
        self._runs_page().set_runs(snapshots)
        self._timer.start()
        self._news.start()
        self.ask_bills()
        self._say_billing()
        self.go(self._place)

    def use_settings(self, settings: Settings) -> None:
        self._settings = settings

    def on_changed(self, snapshot: Snapshot) -> None:
        before = self._snapshots.get(snapshot.run_id)
        self._snapshots[snapshot.run_id] = snapshot
        self._runs_page().on_changed(snapshot)
        if isinstance(page := self._pages.get("run"), RunPage):
            page.on_changed(snapshot)
        self._say_billing()
        if before is None or before.rental != snapshot.rental:
            self.ask_bills()
        self._tell_due((snapshot,))

    def _read_news(self) -> None:
        """Off this thread, and never twice at once: the journal may be busy."""
        if self._runs is not None and not self._reading:
            self._reading = True
            background(self._runs.read_news, done=self._on_news_read, failed=self._on_news_refused)

    def _on_news_read(self, _: None) -> None:
        self._reading = False

    def _on_news_refused(self, error: EmbarkError) -> None:
        self._reading = False
        logger.warning("news of other windows could not be read: %s", error)

    # --- where to go --------------------------------------------------------------------------------------------------

    def go(self, place: str) -> None:
        """Show a page; it is made when it is first shown. Before ``attach`` the wish is kept."""
        self._place = place
        page = self._page(place)
        self._side.mark(PLACES.get(place, place))
        if page is None:
            return
        self._stack.setFocus()  # or a button that nobody chose would begin with a ring
        self._stack.setCurrentWidget(page)
        if place == "bill":
            self.ask_bills()

    def open_run(self, run_id: str) -> None:
        if run_id in self._snapshots:
            page = self._page("run")
            assert isinstance(page, RunPage)
            self._run_id = run_id
            page.show_run(self._snapshots[run_id])
            self.go("run")

    def open_result(self, folder: str) -> None:
        self._folder = Path(folder)
        page = cast("ResultPage", self._page("result"))
        page.show_result(self._folder)
        self.go("result")

    def _on_started(self, run_id: str) -> None:
        if run_id in self._snapshots:
            self.open_run(run_id)
        elif self._runs is not None:  # the journal may be busy: not on this thread
            background(partial(self._runs.snapshot, run_id), done=self._on_begun)

    def _on_begun(self, snapshot: Snapshot) -> None:
        if snapshot.run_id not in self._snapshots:
            self.on_changed(snapshot)
        self.open_run(snapshot.run_id)

    def _on_sample_wanted(self) -> None:
        page = cast("NewRunPage", self._page("new_run"))
        page.use_sample()
        self.go("new_run")

    def _page(self, place: str) -> QWidget | None:
        if place not in self._pages:
            page = self._made(place)
            if page is None:
                return None
            self._pages[place] = page
            self._stack.addWidget(page)
        return self._pages[place]

    def _made(self, place: str) -> QWidget | None:
        if place == "runs":
            return self._make_runs()
        if place == "bill":
            return self._make_bill()
        if self._runs is None or self._factories is None:
            return None
        if place == "run":
            return self._make_run(self._runs)
        if place == "new_run":
            wizard = self._factories.new_run()
            wizard.started.connect(self._on_started)
            wizard.accounts_wanted.connect(partial(self.go, "accounts"))
            return wizard
        makers = {"result": self._factories.result, "accounts": self._factories.accounts}
        return makers.get(place, self._factories.settings)()

    def _runs_page(self) -> RunsPage:
        page = self._pages["runs"]
        assert isinstance(page, RunsPage)
        return page

    def _make_runs(self) -> RunsPage:
        page = RunsPage()
        page.opened.connect(self.open_run)
        page.result_wanted.connect(self.open_result)
        page.sample_wanted.connect(self._on_sample_wanted)
        page.new_run_wanted.connect(partial(self.go, "new_run"))
        page.destroy_wanted.connect(self.destroy_unowned)
        if self._runs is not None:
            page.set_runs(tuple(self._snapshots.values()))
            page.set_bills(self._bills or ())
        return page

    def _make_run(self, runs: Runs) -> RunPage:
        page = RunPage(runs)
        page.result_wanted.connect(self.open_result)
        page.new_run_wanted.connect(partial(self.go, "new_run"))
        page.accounts_wanted.connect(partial(self.go, "accounts"))
        return page

    def _make_bill(self) -> BillPage:
        page = BillPage()
        page.accounts_wanted.connect(partial(self.go, "accounts"))
        page.opened.connect(self.open_run)
        page.ask_wanted.connect(self.ask_bills)
        page.destroy_wanted.connect(self.destroy_unowned)
        if self._bills is not None:
            page.set_bills(self._bills, self._snapshots)
        page.set_asking(self._asked_at is not None, self._silent_since)
        return page

    # --- what is billed -----------------------------------------------------------------------------------------------

    def ask_bills(self) -> None:
        """Ask every account, off this thread; one question at a time, and once more if something happened meanwhile."""
        self._ask_again = self._asked_at is not None
        if self._runs is not None and self._asked_at is None:
            self._asked_at = utc_now()
            self._late.start()
            self._show_asking()
            background(self._runs.bill, done=self._on_bills, failed=self._on_bills_failed)

    def _on_late(self) -> None:
        self._show_asking()
        self._say_billing()

    @property
    def _silent_since(self) -> datetime | None:
        """Since when an answer is awaited that should have come by now."""
        return None if self._late.isActive() else self._asked_at

    def _answered(self) -> None:
        self._asked_at = None
        self._late.stop()
        self._show_asking()
        if self._ask_again:
            self.ask_bills()

    def _show_asking(self) -> None:
        if isinstance(page := self._pages.get("bill"), BillPage):
            page.set_asking(self._asked_at is not None, self._silent_since)

    def _on_bills(self, bills: tuple[Bill, ...]) -> None:
        self._answered()
        known = {line.instance.instance_id for bill in self._bills or () for line in bill.lines}
        self._bills = bills
        self._show_bills()
        lost = [line for bill in bills for line in bill.lines if line.ours and not line.run_id]
        if any(line.instance.instance_id not in known for line in lost):
            self._tell(self.tr("A machine belongs to no run"), billing(bills, ()).line, "notice_billed")

    def _on_bills_failed(self, error: EmbarkError) -> None:
        self._answered()
        self._bills = None
        self._say_billing()
        logger.warning("what is billed could not be asked: %s", error)

    def _show_bills(self) -> None:
        if self._bills is not None:
            self._runs_page().set_bills(self._bills)
            if isinstance(page := self._pages.get("bill"), BillPage):
                page.set_bills(self._bills, self._snapshots)
        self._say_billing()

    def _say_billing(self) -> None:
        now = billing(self._bills, tuple(self._snapshots.values()), self._silent_since)
        self._side.bill.set(now)
        if self._tray is not None:
            self._tray.setToolTip(f"Embark: {now.line}\n{now.below}".strip())

    def destroy_unowned(self, cloud: str, instance_id: str) -> None:
        if self._runs is not None:
            destroy = partial(self._runs.destroy_unowned, cloud, instance_id)
            background(destroy, done=self._on_destroyed, failed=self._on_destroy_failed)

    def _on_destroyed(self, _: None) -> None:
        self.ask_bills()

    def _on_destroy_failed(self, error: EmbarkError) -> None:
        for place in ("runs", "bill"):
            if isinstance(page := self._pages.get(place), RunsPage | BillPage):
                page.unowned.ask_again()
        show_error(error)
        self.ask_bills()

    # --- tray and notices ---------------------------------------------------------------------------------------------

    def _make_tray(self) -> QSystemTrayIcon | None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return None
        tray = QSystemTrayIcon(theme.icon("embark"), self)
        tray.setContextMenu(QMenu(self))
        tray.activated.connect(self.come)
        tray.messageClicked.connect(self.come)
        tray.show()
        return tray

    def _fill_tray(self) -> None:
        """In the language that is spoken now."""
        if self._tray is not None:
            menu = self._tray.contextMenu()
            menu.clear()
            menu.addAction(self.tr("Open Embark"), self.come)
            menu.addAction(self.tr("Close Embark"), self.close)

    def come(self) -> None:
        """To the front."""
        self.showNormal() if self.isMinimized() else self.show()
        self.raise_()
        self.activateWindow()

    def _on_minute(self) -> None:
        self.ask_bills()
        self._tell_due(tuple(self._snapshots.values()))

    def _tell_due(self, snapshots: tuple[Snapshot, ...]) -> None:
        for notice in untold(snapshots, utc_now(), self._told):
            self._tell(notice.title, notice.text, notice.wish, insists=notice.insists)

    def _tell(self, title: str, text: str, wish: Wish, *, insists: bool = False) -> None:
        """A notice of the system, if the person wants such; unless it ``insists`` only while nobody looks here."""
        if self._settings is None or not getattr(self._settings, wish) or (self.isActiveWindow() and not insists):
            return
        QApplication.alert(self)
        if self._tray is not None:
            self._tray.showMessage(title, text, theme.icon("embark"))
        elif program := QStandardPaths.findExecutable(NOTIFIER):  # desktops without a tray still have notices
            QProcess.startDetached(program, ["--app-name=Embark", "--", title, text])

    # --- the end ------------------------------------------------------------------------------------------------------

    def geometry_text(self) -> str:
        return self.saveGeometry().toBase64().toStdString()

    def restore(self, geometry: str) -> None:
        """Where the window was; nonsense is ignored."""
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))

    def closeEvent(self, event: QCloseEvent) -> None:
        runs = tuple(self._snapshots.values())
        words = None if self._sure else closing_words(runs)
        if words is not None:
            event.ignore()
            waits = waiting_run(runs)
            instead = (self.tr("Go to Destroy"), partial(self.open_run, waits)) if waits else None
            ask(*words, self.tr("Close Embark"), self.tr("Stay"), self._on_close_agreed, instead)
            return
        event.accept()
        if self._tray is not None:
            self._tray.hide()
        self.closing.emit()

    def _on_close_agreed(self) -> None:
        self._sure = True
        QTimer.singleShot(0, self.close)
