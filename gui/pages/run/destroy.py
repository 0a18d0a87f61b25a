"""The question about Destroy: in the page, with what would be lost first, and what keeping costs."""

from __future__ import annotations

from PySide6.QtCore import Signal

from gui.core.run.events import Destroyed
from gui.core.run.state import Phase, Snapshot
from gui.core.units import MicroUsd
from gui.format import money, number, per_hour
from gui.text import cloud_name, continue_words, is_practice, machine_name
from gui.widgets.basics import Body, Card, DangerButton, Heading, QuietButton, Strong
from gui.widgets.flow import Flow


class DestroyPanel(Card):
    """Shown while a run asks about its machine, while the machine is kept, and once it is gone."""

    destroy_wanted = Signal()
    keep_wanted = Signal()
    continue_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(tone="danger", spacing=6)
        self._title = Heading(wrap=True)
        self._loss = Strong(wrap=True)
        self._text, self._end = Body(), Body()
        self._destroy = DangerButton("", self.destroy_wanted.emit)
        self._keep = QuietButton("", self.keep_wanted.emit)
        self._continue = QuietButton("", self.continue_wanted.emit)
        for part in (self._title, self._loss, self._text, self._end):
            self.column.addWidget(part)
        self.column.addSpacing(8)
        self.column.addLayout(Flow(self._destroy, self._keep, self._continue, spacing=12))

    def set(self, snapshot: Snapshot) -> None:
        """Hidden when there is nothing to decide."""
        asked = snapshot.phase in (Phase.ASKING, Phase.KEPT) and snapshot.rental is not None
        self.setVisible(asked)
        if not asked:
            return
        rental = snapshot.rental
        assert rental is not None
        self._title.setText(self._title_words(snapshot))
        self._loss.setText(self._loss_words(snapshot))
        self._loss.setVisible(bool(snapshot.unfetched))
        self._text.setText(self._saved_words(snapshot))
        self._end.setText(self._end_words(snapshot))
        self._keep.setVisible(snapshot.phase is Phase.ASKING)
        self._continue.setVisible(not snapshot.complete)
        here = self.tr("Continue on this machine")
        self._continue.setText(continue_words(snapshot) if snapshot.limit_is_spent else here)
        if rental.pretend_price:
            self._destroy.setText(self.tr("Destroy the practice machine"))
            self._keep.setText(self.tr("Keep it (free)"))
        else:
            self._destroy.setText(self.tr("Destroy {machine}").format(machine=machine_name(snapshot)))
            a_day = money(MicroUsd(rental.price_per_hour * 24))
            self._keep.setText(self.tr("Keep it (up to {money} a day)").format(money=a_day))

    def answered(self) -> None:
        """An answer is under way: no second one until the run has changed."""
        for button in (self._destroy, self._keep, self._continue):
            button.setEnabled(False)

    def ask_again(self) -> None:
        for button in (self._destroy, self._keep, self._continue):
            button.setEnabled(True)

    def _title_words(self, snapshot: Snapshot) -> str:
        rental = snapshot.rental
        assert rental is not None
        if rental.pretend_price:
            return self.tr("The practice machine is still there (free)")
        said = self.tr("The machine is still on: {rate}, {money} a minute")
        if rental.rate_per_hour < rental.price_per_hour:
            said = self.tr("The machine is not at work: {disk} for its disk, {rate} when it is")
        a_minute = MicroUsd(-(-rental.price_per_hour // 60))
        rate, disk = per_hour(rental.price_per_hour), per_hour(rental.rate_per_hour)
        return said.format(rate=rate, disk=disk, money=money(a_minute))

    def _loss_words(self, snapshot: Snapshot) -> str:
        said = self.tr("%n finished piece(s) would be lost: only this machine has them.", "", snapshot.unfetched)
        items = min(snapshot.rows_total, snapshot.unfetched * snapshot.plan.shard_rows)
        return said + " " + self.tr("That is up to {items} items to embed again.").format(items=number(items))

    def _saved_words(self, snapshot: Snapshot) -> str:
        folder = str(snapshot.plan.result.folder)
        if snapshot.complete:
            said = self.tr("All {items} vectors are in {folder}, every piece with the same fingerprint here as there.")
            return said.format(items=number(snapshot.verified.items if snapshot.verified else 0), folder=folder)
        if not snapshot.shards_home:
            return self.tr("No finished piece is on this computer yet.")
        said = self.tr("{done} of {whole} pieces are on this computer, in {folder}.")
        return said.format(done=number(len(snapshot.shards_home)), whole=number(snapshot.shards_total), folder=folder)

    def _end_words(self, snapshot: Snapshot) -> str:
        rental = snapshot.rental
        assert rental is not None
        if rental.pretend_price:
            said = self.tr(
                "The practice machine's disk is a folder on this computer. "
                "Destroying it deletes that folder and nothing else."
            )
        else:
            said = self.tr("Destroying {machine} ends the bill and wipes its disk for good.")
            said = said.format(machine=machine_name(snapshot))
        return said + " " + self.tr("Nothing on it is needed any more.") if snapshot.complete else said


class DestroyedCard(Card):
    """The word of the cloud that the machine is gone."""

    def __init__(self) -> None:
        super().__init__(tone="chosen", margin=14)
        self._words = Heading(wrap=True)
        self.column.addWidget(self._words)

    def set(self, snapshot: Snapshot) -> None:
        over = snapshot.ended or snapshot.closing
        gone = over and any(isinstance(one.event, Destroyed) for one in snapshot.log[-8:])
        self.setVisible(gone)
        if gone and is_practice(snapshot):
            self._words.setText(self.tr("The practice machine is destroyed. Nothing is being billed."))
        elif gone:
            said = self.tr("Destroyed, and {cloud} confirms it. Nothing is being billed.")
            self._words.setText(said.format(cloud=cloud_name(snapshot.plan.machine.cloud)))
