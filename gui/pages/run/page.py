"""One run, drawn from its Snapshot alone; commands go to ``Runs`` and come back as the next Snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.core.errors import EmbarkError
from gui.core.run.going_on import going_on
from gui.core.run.state import Heading, Phase, Snapshot
from gui.core.units import utc_now
from gui.format import part_of, per_hour
from gui.pages.run.cards import MachineCard, MoneyCard, ProgressCard
from gui.pages.run.destroy import DestroyedCard, DestroyPanel
from gui.pages.run.happenings import LogCard
from gui.pages.run.outcome import CheckCard, CostCard
from gui.tasks import background
from gui.text import (
    continue_words,
    describe_error,
    is_practice,
    machine_name,
    money_sentence,
    needs_key,
    run_name,
    sentence,
    settled_in_accounts,
)
from gui.widgets.basics import (
    GAP,
    Banner,
    PageHeader,
    PrimaryButton,
    QuietButton,
    page_column,
    scrolling,
)
from gui.widgets.flow import Beside
from gui.widgets.step_strip import StepStrip

if TYPE_CHECKING:
    from gui.core.run.runs import Runs


class RunPage(QWidget):
    """Shows one run at a time; ``show_run`` chooses it, ``on_changed`` brings its news."""

    result_wanted = Signal(str)  # the result's folder
    new_run_wanted = Signal()
    accounts_wanted = Signal()

    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self._runs = runs
        self._snapshot: Snapshot | None = None
        self._asking = False  # whether the person is being asked before a command
        self._said: tuple[str, str, str] | None = None  # what the banner of a failed run says
        self._build()

    def _build(self) -> None:
        self._header = PageHeader()
        self._pause = QuietButton(self.tr("Pause"), self._on_pause_clicked)
        self._stop = QuietButton(self.tr("Stop..."), self._on_stop_clicked)
        self._go_on = PrimaryButton(self.tr("Continue"), self._on_continue_clicked)
        self._look = PrimaryButton(self.tr("Look at the result"), self._on_look_clicked)
        for button in (self._pause, self._stop, self._go_on, self._look):
            self._header.add_action(button)
        self._strip = StepStrip()
        self._ask, self._failed, self._refused = Banner(), Banner(), Banner()
        self._destroy = DestroyPanel()
        self._destroy.destroy_wanted.connect(self._on_destroy_clicked)
        self._destroy.keep_wanted.connect(self._on_keep_clicked)
        self._destroy.continue_wanted.connect(self._on_continue_clicked)
        self._destroyed = DestroyedCard()
        self._progress, self._money, self._machine = ProgressCard(), MoneyCard(), MachineCard()
        self._check, self._cost = CheckCard(), CostCard()
        self._log = LogCard()
        self._live, self._outcome = QWidget(), QWidget()
        self._live.setLayout(Beside((self._progress, 37), (self._money, 31), (self._machine, 32), spacing=GAP))
        self._outcome.setLayout(Beside((self._check, 1), (self._cost, 1), spacing=GAP))
        content, column = QWidget(), page_column()
        parts: list[QWidget] = [self._header, self._strip, self._refused, self._ask, self._failed]
        for part in (*parts, self._destroy, self._destroyed, self._live, self._outcome):
            column.addWidget(part)
        column.addWidget(self._log, 1)
        content.setLayout(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(content))

    @property
    def run_id(self) -> str:
        """The run that is shown; empty before the first."""
        return self._snapshot.run_id if self._snapshot else ""

    def show_run(self, snapshot: Snapshot) -> None:
        """Show this run from now on."""
        self._close_question()
        self._refused.hide()
        self._redraw(snapshot)

    def on_changed(self, snapshot: Snapshot) -> None:
        """News of any run; those of others are none of this page's business."""
        if snapshot.run_id == self.run_id:
            self._redraw(snapshot)

    def _redraw(self, snapshot: Snapshot) -> None:
        before, self._snapshot = self._snapshot, snapshot
        now = snapshot.at or utc_now()
        self._header.set(run_name(snapshot), sentence(snapshot))
        self._strip.set(snapshot, now)
        self._redraw_actions(snapshot)
        if before is None or before.phase is not snapshot.phase or before.run_id != snapshot.run_id:
            self._destroy.ask_again()
        self._redraw_failed(snapshot)
        self._destroy.set(snapshot)
        self._destroyed.set(snapshot)
        self._live.setVisible(snapshot.verified is None)
        self._outcome.setVisible(snapshot.verified is not None)
        if snapshot.verified is None:
            for card in (self._progress, self._money, self._machine):
                card.set(snapshot)
        else:
            self._check.set(snapshot.verified)
            self._cost.set(snapshot, now)
        self._log.set(snapshot.log)

    def _redraw_actions(self, snapshot: Snapshot) -> None:
        under_way = snapshot.phase is Phase.GOING and snapshot.heading is Heading.FINISH and not snapshot.destroy_wanted
        embedding_ahead = snapshot.verified is None
        self._pause.setVisible(under_way and embedding_ahead)
        self._stop.setVisible((under_way and embedding_ahead) or snapshot.phase is Phase.PAUSED)
        self._go_on.setVisible(snapshot.phase is Phase.PAUSED)
        self._look.setVisible(snapshot.complete)
        for button in (self._pause, self._stop, self._go_on):
            button.setEnabled(not self._asking)
        if self._asking and not (under_way or snapshot.phase is Phase.PAUSED):
            self._close_question()

    def _redraw_failed(self, snapshot: Snapshot) -> None:
        """What went wrong, what it means and what can be done; nothing while all is well."""
        stopped = snapshot.phase is Phase.INCOMPLETE or (snapshot.closing and not snapshot.complete)
        error = snapshot.error or _missing_key(snapshot)
        if error is None and not stopped:
            self._said = None
            self._failed.hide()
            return
        if error is not None:
            what, means, todo = describe_error(error)
        else:
            what = self.tr("This run was stopped before it was complete.")
            means = self.tr("{part} items are embedded and on this computer.")
            home = min(snapshot.rows_total, len(snapshot.shards_home) * snapshot.plan.shard_rows)
            means = means.format(part=part_of(home, snapshot.rows_total))
            todo = self.tr("Continue: only what is missing is done.")
        said = " ".join(part for part in (means, money_sentence(snapshot), todo) if part)
        go_on = continue_words(snapshot) if stopped else ""
        if self._said == (what, said, go_on):
            return
        self._said = (what, said, go_on)
        self._failed.show_text(what, said, tone="error")
        if settled_in_accounts(error):
            self._failed.add_action(QuietButton(self.tr("Go to Accounts"), self.accounts_wanted.emit))
        if stopped:
            self._failed.add_action(PrimaryButton(go_on, self._on_continue_clicked))
            self._failed.add_action(QuietButton(self.tr("New run"), self.new_run_wanted.emit))

    # --- commands -----------------------------------------------------------------------------------------------------

    def _tell(self, command: Callable[[str], None]) -> None:
        self._refused.hide()
        self._close_question()
        background(partial(command, self.run_id), failed=self._on_refused)

    def _on_refused(self, error: EmbarkError) -> None:
        self._destroy.ask_again()
        self._refused.show_error(error)

    def _on_pause_clicked(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        if is_practice(snapshot) or snapshot.rental is None:
            self._tell(self._runs.pause)
            return
        said = self.tr("What is done is kept, and so is {machine}: it still costs {rate} while nothing is embedded.")
        said = said.format(machine=machine_name(snapshot), rate=per_hour(snapshot.money.per_hour))
        self._open_question(
            self.tr("Pause this run?"), said, QuietButton(self.tr("Pause"), partial(self._tell, self._runs.pause))
        )

    def _on_stop_clicked(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        said = self.tr("What is finished is brought home first. Then you are asked about the machine.")
        said += " " + self.tr("The run can be continued later: only what is missing is done then.")
        self._open_question(
            self.tr("Stop this run?"), said, QuietButton(self.tr("Stop the run"), partial(self._tell, self._runs.stop))
        )

    def _open_question(self, title: str, text: str, yes: QuietButton) -> None:
        self._asking = True
        self._ask.show_text(title, text)
        self._ask.add_action(yes)
        self._ask.add_action(QuietButton(self.tr("Go on"), self._close_question))
        if self._snapshot:
            self._redraw_actions(self._snapshot)

    def _close_question(self) -> None:
        self._asking = False
        self._ask.hide()
        if self._snapshot:
            self._redraw_actions(self._snapshot)

    def _on_continue_clicked(self) -> None:
        if self._snapshot is None:
            return
        more = going_on(self._snapshot)
        self._destroy.answered()
        self._tell(partial(self._runs.go_on, limit=more.limit, disk_gb=more.disk_gb))

    def _on_destroy_clicked(self) -> None:
        self._destroy.answered()
        self._tell(self._runs.destroy)

    def _on_keep_clicked(self) -> None:
        self._destroy.answered()
        self._tell(self._runs.keep)

    def _on_look_clicked(self) -> None:
        if self._snapshot:
            self.result_wanted.emit(str(self._snapshot.plan.result.folder))


def _missing_key(snapshot: Snapshot) -> EmbarkError | None:
    """What a step waits for that only the person can give."""
    return next((state.error for _, state in snapshot.steps if needs_key(state.error)), None)
