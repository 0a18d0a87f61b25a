"""The card of Vast.ai: the guide, the key (given once, shown never), the credit as it is now."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from gui.core.cloud.clouds import Clouds
from gui.core.cloud.vast import NAME
from gui.core.credentials import LONGEST_SECRET, Credentials
from gui.core.errors import CloudRefused, CloudUnreachable, EmbarkError, KeyringLocked, KeyringMissing
from gui.core.machine.keys import KeyStore
from gui.core.units import MicroUsd, utc_now
from gui.format import clock, money
from gui.pages.accounts import guide
from gui.pages.accounts.card import AccountCard
from gui.pages.accounts.guide import Guide
from gui.pages.accounts.vast_account import SshKey, Standing, forget, give, look
from gui.tasks import background
from gui.text import cloud_name
from gui.widgets.basics import (
    Banner,
    Caption,
    LinkButton,
    PrimaryButton,
    QuietButton,
    column_of,
    row_of,
)


class VastCard(AccountCard):
    """``look`` asks how the account stands; ``changed`` when a key was given or forgotten, or the credit is another."""

    changed = Signal()

    def __init__(
        self, clouds: Clouds, credentials: Credentials, keys: KeyStore, expected: Callable[[], MicroUsd | None]
    ) -> None:
        super().__init__(cloud_name(NAME))
        self._clouds = clouds
        self._credentials = credentials
        self._keys = keys
        self._expected = expected
        self._standing: Standing | None = None
        self._busy = False
        self._asks_key = False  # though there is one
        self.sentence.setText(
            self.tr("GPUs of many owners all over the world, rented by the second and paid in advance.")
        )
        self.banner = Banner()  # what was just tried and did not work, or is asked
        self.warning = Banner()  # what stands in the way of renting
        self.guide = Guide()
        for part in (self.warning, self.guide, self.banner, self._field(), self._actions()):
            self.column.addWidget(part)
        self._draw()

    def _field(self) -> QWidget:
        """While a key is wanted."""
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setMaxLength(LONGEST_SECRET)
        self.key.setPlaceholderText(self.tr("Paste the key here"))
        self.key.setAccessibleName(self.tr("API key of Vast.ai"))
        self.key.returnPressed.connect(self._on_given)
        self.key.textChanged.connect(self._draw)
        self.check = PrimaryButton(self.tr("Check and keep"), self._on_given)
        self.leave = LinkButton(self.tr("Leave it"), self._on_left)
        row = row_of(self.key, self.check, self.leave)
        row.setStretch(0, 1)
        kept = Caption(
            self.tr("It goes into the keyring of this computer and is never shown again. Nothing is rented by this."),
            wrap=True,
        )
        self._wanted = QWidget()
        self._wanted.setLayout(column_of(row, kept, spacing=4))
        return self._wanted

    def _actions(self) -> QWidget:
        """While there is a key."""
        self.again = QuietButton(self.tr("Check again"), self.look)
        self.credit = QuietButton(self.tr("Add credit"), functools.partial(guide.open_page, guide.BILLING))
        self.other = LinkButton(self.tr("Use another key"), self._on_other_clicked)
        self.forget = LinkButton(self.tr("Forget the key…"), self._on_forget_clicked)
        self._asked_at = Caption()
        row = row_of(self.again, self.credit, self.other, self.forget)
        row.addStretch(1)
        row.addWidget(self._asked_at)
        self._with_key = QWidget()
        self._with_key.setLayout(row)
        return self._with_key

    # --- looking ------------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask the account how it stands; nothing while something is under way."""
        if self._busy:
            return
        self._busy = True
        ssh = self._standing.ssh if self._standing else SshKey.UNKNOWN
        asked = functools.partial(look, self._clouds, self._credentials, self._keys, ssh)
        background(asked, done=self._on_looked, failed=self._on_not_looked)
        self._draw()

    def _on_looked(self, standing: Standing) -> None:
        self._busy = False
        before, self._standing = self._standing, standing
        self._asked_at.setText(self.tr("asked at {clock}").format(clock=clock(utc_now())))
        self._draw()
        was, now = before.credit if before else None, standing.credit
        if None not in (was, now) and was != now:
            self.changed.emit()

    def _on_not_looked(self, error: EmbarkError) -> None:
        self._on_looked(Standing(NAME in self._clouds, error=error))

    # --- a key is given -----------------------------------------------------------------------------------------------

    def _on_given(self) -> None:
        self._give(for_session=False)

    def _on_hold_clicked(self) -> None:
        self._give(for_session=True)

    def _give(self, *, for_session: bool) -> None:
        key = self.key.text().strip()
        if self._busy or not key:
            return
        self._busy = True
        self.banner.hide()
        given = functools.partial(give, self._clouds, self._credentials, self._keys, key, for_session)
        background(given, done=self._on_kept, failed=self._on_not_kept)
        self._draw()

    def _on_kept(self, standing: Standing) -> None:
        self._asks_key = False
        self.key.clear()
        self._on_looked(standing)
        self.changed.emit()

    def _on_not_kept(self, error: EmbarkError) -> None:
        self._busy = False
        reason = error.reason if isinstance(error, CloudRefused) else ""
        if reason == "key":
            self.banner.show_text(
                self.tr("Vast.ai does not accept this key"),
                self.tr("It was not kept. Copy it again from the page of keys, whole and without blanks."),
                tone="error",
            )
            self.banner.add_action(self._page_of_keys())
        elif reason == "permission":
            self.banner.show_text(
                self.tr("This key allows too little"),
                self.tr("It was not kept. Make a new one that allows {permissions}.").format(
                    permissions=", ".join(guide.PERMISSIONS)
                ),
                tone="error",
            )
            self.banner.add_action(self._page_of_keys())
        elif isinstance(error, CloudUnreachable):
            self.banner.show_text(
                self.tr("Vast.ai does not answer"),
                self.tr("The key was not checked and not kept. Check the network of this computer, then try again."),
                tone="error",
            )
        else:
            self.banner.show_error(error)
        if isinstance(error, KeyringMissing | KeyringLocked):
            self.banner.add_action(QuietButton(self.tr("Keep the key until Embark closes"), self._on_hold_clicked))
        if isinstance(error, CloudUnreachable | KeyringLocked):
            self.banner.add_action(QuietButton(self.tr("Try again"), self._on_given))
        self._draw()

    def _page_of_keys(self) -> QuietButton:
        return QuietButton(self.tr("Open the page of keys"), functools.partial(guide.open_page, guide.KEYS))

    def _on_other_clicked(self) -> None:
        self._asks_key = True
        self._draw()
        self.key.setFocus()

    def _on_left(self) -> None:
        self._asks_key = False
        self.key.clear()
        self.banner.hide()
        self._draw()

    # --- a key is forgotten -------------------------------------------------------------------------------------------

    def _on_forget_clicked(self) -> None:
        self.banner.show_text(
            self.tr("Forget the key on this computer?"),
            self.tr(
                "Machines that are rented go on and are billed, and Embark can then neither see nor destroy them. At "
                "Vast.ai the key still counts: delete it there too."
            ),
            tone="money",
        )
        self.banner.add_action(QuietButton(self.tr("Keep it"), self.banner.hide))
        self.banner.add_action(QuietButton(self.tr("Forget it"), self._on_forget_confirmed))

    def _on_forget_confirmed(self) -> None:
        if self._busy:
            return
        self._busy = True
        self.banner.hide()
        forgotten = functools.partial(forget, self._clouds, self._credentials)
        background(forgotten, done=self._on_forgotten, failed=self._on_not_forgotten)
        self._draw()

    def _on_forgotten(self, _: None) -> None:
        self._on_looked(Standing(False))
        self.changed.emit()

    def _on_not_forgotten(self, error: EmbarkError) -> None:
        self._busy = False
        self.banner.show_error(error)
        self._draw()

    # --- drawing ------------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        held = QApplication.focusWidget()
        self._draw_standing()
        if held is not None and (held is self or self.isAncestorOf(held)):
            self._hold_focus(held)

    def _hold_focus(self, held: QWidget) -> None:
        """What had the keyboard was put out of use: the card keeps it, or Tab would begin anew at the side bar."""
        if held is not self and held is QApplication.focusWidget():
            return
        usable = (part for part in (self.key, self.again) if part.isVisible() and part.isEnabled())
        next(usable, self).setFocus()

    def _draw_standing(self) -> None:
        standing = self._standing
        has_key = standing is not None and standing.has_key
        without = standing is not None and not standing.has_key
        self.guide.setVisible(without or self._asks_key)
        self._wanted.setVisible(without or self._asks_key)
        self.leave.setVisible(has_key)
        self._with_key.setVisible(has_key and not self._asks_key)
        self.key.setEnabled(not self._busy)
        self.check.setEnabled(not self._busy and bool(self.key.text().strip()))
        for button in (self.again, self.forget, self.other):
            button.setEnabled(not self._busy)
        if standing is None or (self._busy and not has_key):
            self.set_ready(None, self.tr("Looking…"))
        self.set_ticks(self._tick_words(standing) if standing and has_key else [])
        if standing is not None and not (self._busy and not has_key):
            self.set_ready(*self._pill_words(standing))
        self._warn(standing)

    def _pill_words(self, standing: Standing) -> tuple[bool | None, str]:
        if not standing.has_key:
            return None, self.tr("No key yet")
        if standing.error is not None:
            return False, self.tr("Cannot be used now")
        if standing.credit is not None and standing.credit <= 0:
            return False, self.tr("No credit")
        return True, self.tr("✓ Ready, until Embark closes") if standing.for_session else self.tr("✓ Ready")

    def _tick_words(self, standing: Standing) -> list[tuple[bool | None, str]]:
        return [self._key_words(standing), self._credit_words(standing), self._ssh_words(standing)]

    def _key_words(self, standing: Standing) -> tuple[bool | None, str]:
        if isinstance(standing.error, CloudRefused):
            return False, self.tr("The key is here, but Vast.ai does not let it in")
        if standing.error is not None:
            return None, self.tr("Whether the key works is not known now")
        if standing.for_session:
            return True, self.tr("The key works; it is kept until Embark closes")
        return True, self.tr("The key works; it is in the keyring")

    def _credit_words(self, standing: Standing) -> tuple[bool | None, str]:
        if standing.credit is None:
            return None, self.tr("Credit: not known now")
        if standing.credit <= 0:
            return False, self.tr("No credit: nothing can be rented")
        return True, self.tr("Credit: {money}").format(money=money(standing.credit))

    def _ssh_words(self, standing: Standing) -> tuple[bool | None, str]:
        return {
            SshKey.UNKNOWN: (None, self.tr("Whether your SSH key is known there is not known now")),
            SshKey.KNOWN: (True, self.tr("Your SSH key is known there")),
            SshKey.WITH_EACH: (
                True,
                self.tr("Your SSH key goes to each machine as it starts; this key may not add it to the account"),
            ),
            SshKey.MISSING: (False, self.tr("There is no SSH key to log in with")),
        }[standing.ssh]

    def _warn(self, standing: Standing | None) -> None:
        """What stands in the way of renting, or of the run that is being prepared."""
        expected = self._expected()
        if standing is None or not standing.has_key:
            self.warning.hide()
        elif standing.error is not None:
            self.warning.show_error(standing.error)
        elif standing.ssh_error is not None:
            self.warning.show_error(standing.ssh_error)
        elif standing.credit is not None and expected is not None and standing.credit < expected:
            said = self.tr("The run that you are preparing will cost about {cost}, and there is {credit} of credit.")
            self.warning.show_text(
                self.tr("The credit is not enough for your run"),
                said.format(cost=money(expected), credit=money(standing.credit)),
                tone="money",
            )
        else:
            self.warning.hide()
