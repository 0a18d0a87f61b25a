"""The card of this computer, which plays a cloud: whether it can, and what it can and cannot do."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from gui.core.cloud.base import Cloud, Needs, Offer
from gui.core.errors import EmbarkError
from gui.format import size
from gui.pages.accounts.card import AccountCard
from gui.tasks import background
from gui.widgets.basics import Banner, Body, Line, QuietButton, Strong, column_of, row_of


class PracticeCard(AccountCard):
    """``look`` asks the cloud for its offer."""

    def __init__(self, practice: Cloud) -> None:
        super().__init__(self.tr("This computer (practice)"))
        self._practice = practice
        self._looking = False
        self.banner = Banner()
        self.sentence.setText(
            self.tr(
                "A whole run, from items to neighbours, played here: the same steps as on a rented machine, for free."
            )
        )
        self.column.addWidget(self.banner)
        self.column.addWidget(Line())
        self.column.addLayout(row_of(self._can(), self._cannot(), spacing=24))

    def _can(self) -> QVBoxLayout:
        return _list(
            self.tr("What it can do"),
            (
                self.tr("Show every step of a run before any money is spent."),
                self.tr("Embed thousands of texts and hundreds of pictures in minutes, with small models."),
                self.tr("Give a real result: checked vectors, in which you can look for neighbours."),
            ),
        )

    def _cannot(self) -> QVBoxLayout:
        return _list(
            self.tr("What it cannot do"),
            (
                self.tr("Understand as well as the large models on a rented GPU."),
                self.tr("See text and picture together: text finds text, pictures find pictures."),
                self.tr("Go on while this computer sleeps or is switched off."),
            ),
        )

    def look(self) -> None:
        if self._looking:
            return
        self._looking = True
        self.banner.hide()
        self._show(None, self.tr("Looking…"), self.tr("Looking at this computer"))
        background(functools.partial(self._practice.offers, Needs()), done=self._on_offers, failed=self._on_failed)

    def _on_offers(self, offers: Sequence[Offer]) -> None:
        self._looking = False
        for offer in offers:
            cores = self.tr("%n core(s)", "", offer.cores)
            has = self.tr("{name}: {cores}, {memory} of memory, {disk} free on the disk")
            memory, disk = size(offer.memory_bytes), size(offer.disk_bytes)
            self._show(True, self.tr("✓ Ready"), has.format(name=offer.name, cores=cores, memory=memory, disk=disk))

    def _on_failed(self, error: EmbarkError) -> None:
        self._looking = False
        self._show(False, self.tr("Not ready"), self.tr("This computer cannot play a machine now"))
        self.banner.show_error(error)
        self.banner.add_action(QuietButton(self.tr("Look again"), self.look))

    def _show(self, ready: bool | None, word: str, computer: str) -> None:
        self.set_ready(ready, word)
        free = (
            self.tr("No account and no key needed"),
            self.tr("Free: prices are shown as a rehearsal, nobody bills them"),
        )
        self.set_ticks([(True, free[0]), (True, free[1]), (ready, computer)])


def _list(heading: str, entries: Sequence[str]) -> QVBoxLayout:
    column = column_of(Strong(heading), *(Body(entry, tone="dim") for entry in entries), spacing=6)
    column.addStretch(1)
    return column
