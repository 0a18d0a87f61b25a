"""From nothing to an account that can rent, in three steps, each with the web page where it is done."""

from __future__ import annotations

import functools

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

from gui import theme
from gui.widgets.basics import Body, Caption, Inset, QuietButton, Strong, row_of
from gui.widgets.flow import Beside
from gui.widgets.opening import open_outside

SIGN_UP = "https://cloud.vast.ai/"
KEYS = "https://cloud.vast.ai/manage-keys/"
BILLING = "https://cloud.vast.ai/billing/"
PICTURE = QSize(208, 72)
PERMISSIONS = ("user_read", "instance_read", "instance_write", "billing_read", "misc")
"""What an API key must allow: credit; machines; rent and destroy; the bill; the search."""


class Guide(QWidget):
    def __init__(self) -> None:
        super().__init__()
        steps = (self._sign_up(), self._make_key(), self._add_credit())
        self.setLayout(Beside(*((step, 1) for step in steps), spacing=12))

    def _sign_up(self) -> Inset:
        return _step(
            "guide-account",
            self.tr("1  Open an account"),
            self.tr("Free. Vast.ai wants an e-mail address and sends a message to it."),
            self.tr("If you have an account, log in there."),
            QuietButton(self.tr("Open Vast.ai"), functools.partial(open_page, SIGN_UP)),
        )

    def _make_key(self) -> Inset:
        allow = self.tr("Allow {permissions}. With user_write too, it may add your SSH key to the account.")
        return _step(
            "guide-key",
            self.tr("2  Make a key for Embark alone"),
            self.tr(
                "On the page of keys choose New, name it Embark, and allow only what a run needs. Copy it at once."
            ),
            allow.format(permissions=", ".join(PERMISSIONS)),
            QuietButton(self.tr("Open the page of keys"), functools.partial(open_page, KEYS)),
        )

    def _add_credit(self) -> Inset:
        return _step(
            "guide-credit",
            self.tr("3  Add credit"),
            self.tr("Vast.ai is paid in advance: $5 are enough to begin."),
            self.tr("Leave its automatic payment off, and it cannot take more from your card."),
            QuietButton(self.tr("Open the page of payments"), functools.partial(open_page, BILLING)),
        )


def open_page(address: str) -> None:
    """In the person's own browser."""
    open_outside(address)


def _step(picture: str, heading: str, text: str, small: str, button: QuietButton) -> Inset:
    """``picture``: a drawing of what is done there, not of the page itself, which may look otherwise any day."""
    step = Inset(margin=14, spacing=6)
    drawn = QLabel()
    drawn.setPixmap(theme.icon(picture).pixmap(PICTURE))
    for part in (drawn, Strong(heading, wrap=True), Body(text), Caption(small, wrap=True)):
        step.column.addWidget(part)
    step.column.addStretch(1)
    row = row_of(button)
    row.addStretch(1)
    step.column.addLayout(row)
    return step
