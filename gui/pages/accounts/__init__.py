"""The Accounts page: a card a cloud, with what is ready and what is still to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from gui.core.cloud.clouds import Clouds
from gui.core.credentials import Credentials
from gui.core.machine.keys import KeyStore
from gui.core.units import MicroUsd
from gui.pages.accounts.practice_card import PracticeCard
from gui.pages.accounts.vast_card import VastCard
from gui.widgets.basics import PageHeader, clear, column_of, page_column, scrolling

__all__ = ["AccountsPage"]

CREDIT_EVERY_MS = 60_000
WIDEST = 1240


class AccountsPage(QWidget):
    """``expected`` says what the run that is being prepared will cost at Vast.ai; None when none is."""

    changed = Signal()  # a key was given or forgotten

    def __init__(
        self, clouds: Clouds, credentials: Credentials, keys: KeyStore, expected: Callable[[], MicroUsd | None]
    ) -> None:
        super().__init__()
        self._clouds = clouds
        self._credentials = credentials
        self._keys = keys
        self._expected = expected
        self._timer = QTimer(self)
        self._timer.setInterval(CREDIT_EVERY_MS)
        self._timer.timeout.connect(self._refresh)
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
        self.vast = VastCard(self._clouds, self._credentials, self._keys, self._expected)
        self.vast.changed.connect(self.changed)
        self.practice = PracticeCard(self._clouds.practice)
        content = QWidget()
        column = page_column()
        header = PageHeader(self.tr("Accounts"), self.tr("Where machines come from, and whether Embark can use them."))
        for part in (header, self.vast, self.practice):
            column.addWidget(part)
        column.addStretch(1)
        content.setLayout(column)
        content.setMaximumWidth(WIDEST)
        area = scrolling(content)
        area.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(area)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _refresh(self) -> None:
        self.vast.look()

    def _look(self) -> None:
        self.vast.look()
        self.practice.look()
