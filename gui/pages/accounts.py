"""The Accounts page: a card a cloud that can be used now, with what is ready and what it can do."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gui.core.cloud.base import Cloud, Needs, Offer
from gui.core.errors import EmbarkError
from gui.format import size
from gui.tasks import background
from gui.widgets.basics import (
    Banner,
    Body,
    Card,
    Line,
    PageHeader,
    Pill,
    QuietButton,
    Strong,
    clear,
    column_of,
    page_column,
    row_of,
    scrolling,
    set_tone,
)

WIDEST = 1240


class AccountCard(Card):
    """One cloud: its name, whether it can be used, ticks, and below them whatever that cloud needs (``column``)."""

    def __init__(self, name: str) -> None:
        super().__init__(name, spacing=10)
        self.pill = Pill()
        self.sentence = Body(tone="dim")
        self._ticks = QGridLayout()
        self._ticks.setHorizontalSpacing(12)
        self._ticks.setVerticalSpacing(6)
        self._ticks.setColumnStretch(1, 1)
        self._rows: list[tuple[Strong, Body]] = []
        self.column.removeWidget(self.heading)
        top = row_of(self.heading, self.pill)
        top.addStretch(1)
        self.column.addLayout(top)
        self.column.addWidget(self.sentence)
        self.column.addLayout(self._ticks)

    def set_ready(self, ready: bool | None, word: str) -> None:
        """``None``: it is being found out."""
        self.pill.setText(word)
        set_tone(self.pill, "" if ready is None else "good" if ready else "money")

    def set_ticks(self, ticks: Sequence[tuple[bool | None, str]]) -> None:
        """What works (True), does not (False), is not known (None), each in words."""
        while len(self._rows) < len(ticks):
            sign, text = Strong(), Body()
            sign.setMinimumWidth(14)
            place = len(self._rows)
            self._ticks.addWidget(sign, place, 0, Qt.AlignmentFlag.AlignTop)
            self._ticks.addWidget(text, place, 1)
            self._rows.append((sign, text))
        for (sign, text), (works, words) in zip(self._rows, ticks, strict=True):
            sign.setText("…" if works is None else "✓" if works else "✗")
            set_tone(sign, "dim" if works is None else "good" if works else "money")
            text.setText(words)

    def ticks(self) -> list[tuple[str, str]]:
        """What is shown: sign and words."""
        return [(sign.text(), words.text()) for sign, words in self._rows]


class AccountsPage(QWidget):
    """``practice`` is the cloud that this computer plays; it is asked for its offer whenever the page comes up."""

    def __init__(self, practice: Cloud) -> None:
        super().__init__()
        self._practice = practice
        self._looking = False
        self._column = column_of()
        self.setLayout(self._column)
        self._build()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            clear(self._column)
            self._build()
            if self.isVisible():
                self._look()

    def _build(self) -> None:
        self.banner = Banner()
        self.card = AccountCard(self.tr("This computer (practice)"))
        self.card.sentence.setText(
            self.tr(
                "A whole run, from items to neighbours, played here: the same steps as on a rented machine, for free."
            )
        )
        self.card.column.addWidget(self.banner)
        self.card.column.addWidget(Line())
        self.card.column.addLayout(row_of(self._can(), self._cannot(), spacing=24))
        content = QWidget()
        column = page_column()
        header = PageHeader(self.tr("Accounts"), self.tr("Where machines come from, and whether Embark can use them."))
        column.addWidget(header)
        column.addWidget(self.card)
        column.addStretch(1)
        content.setLayout(column)
        content.setMaximumWidth(WIDEST)
        area = scrolling(content)
        area.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(area)

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

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def _look(self) -> None:
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
        self.banner.add_action(QuietButton(self.tr("Look again"), self._look))

    def _show(self, ready: bool | None, word: str, computer: str) -> None:
        self.card.set_ready(ready, word)
        free = (
            self.tr("No account and no key needed"),
            self.tr("Free: prices are shown as a rehearsal, nobody bills them"),
        )
        self.card.set_ticks([(True, free[0]), (True, free[1]), (ready, computer)])


def _list(heading: str, entries: Sequence[str]) -> QVBoxLayout:
    column = column_of(Strong(heading), *(Body(entry, tone="dim") for entry in entries), spacing=6)
    column.addStretch(1)
    return column
