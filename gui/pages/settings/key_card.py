"""The SSH key: made here or imported, shown by its public half, removed only after a second question."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from gui.core.errors import CredentialError, EmbarkError, KeyringLocked, KeyringMissing, KeyUnusable
from gui.core.machine.keys import Identity, KeyStore, fingerprint
from gui.tasks import background
from gui.widgets.basics import (
    Banner,
    Body,
    Caption,
    Card,
    Inset,
    LinkButton,
    Mono,
    Pill,
    PrimaryButton,
    QuietButton,
    column_of,
    row_of,
    set_tone,
)


class KeyCard(Card):
    """``changed`` when there is a key where there was none, or the other way round."""

    changed = Signal()

    def __init__(self, keys: KeyStore) -> None:
        super().__init__(self.tr("SSH key"))
        self._keys = keys
        self._public: str | None = None
        self._for_session = False
        self._busy = True
        self._known = True
        self._file: Path | None = None  # being imported
        self._asks_passphrase = False
        self._make: Callable[..., Identity] | None = None  # what is tried, and may be tried again for this session
        self._build()

    def _build(self) -> None:
        self.pill = Pill()
        self.column.removeWidget(self.heading)
        top = row_of(self.heading, self.pill)
        top.addStretch(1)
        self.column.addLayout(top)
        purpose = self.tr("With it Embark logs in to the machines you rent. Practice on this computer needs none.")
        self.banner = Banner()
        for part in (Body(purpose, tone="dim"), self.banner, self._without(), self._passphrase(), self._with()):
            self.column.addWidget(part)
        self._show()

    def _without(self) -> QWidget:
        """While there is no key."""
        self.make = PrimaryButton(self.tr("Create a key"), self._on_create_clicked)
        self.import_file = QuietButton(self.tr("Import a file…"), self._on_import_clicked)
        buttons = row_of(self.make, self.import_file)
        buttons.addStretch(1)
        self._none = QWidget()
        self._none.setLayout(buttons)
        return self._none

    def _passphrase(self) -> QWidget:
        """While a file that is protected is imported."""
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setPlaceholderText(self.tr("Passphrase"))
        self.passphrase.setAccessibleName(self.tr("Passphrase"))
        self.passphrase.returnPressed.connect(self._on_passphrase_given)
        self.open_key = QuietButton(self.tr("Import"), self._on_passphrase_given)
        leave = LinkButton(self.tr("Leave it"), self._on_leave_clicked)
        self._asked = Body()
        self._protected = Inset()
        self._protected.column.addWidget(self._asked)
        self._protected.column.addLayout(row_of(self.passphrase, self.open_key, leave))
        return self._protected

    def _with(self) -> QWidget:
        """While there is a key."""
        self.public = QLineEdit()
        self.public.setReadOnly(True)
        self.public.setAccessibleName(self.tr("Public half"))
        self.fingerprint = Mono()
        self.copy = QuietButton("", self._on_copy_clicked)
        self.remove = LinkButton(self.tr("Remove…"), self._on_remove_clicked)
        actions = row_of(self.copy, self.remove)
        actions.addStretch(1)
        public = Caption(self.tr("Public half: this is what a cloud may know"))
        compare = Caption(self.tr("Fingerprint: compare it with what a cloud shows"))
        self._some = QWidget()
        self._some.setLayout(column_of(public, self.public, compare, self.fingerprint, actions, spacing=6))
        return self._some

    # --- what it is told ----------------------------------------------------------------------------------------------

    def set_busy(self) -> None:
        self._busy = True
        self._show()

    def show_key(
        self, public: str | None, *, known: bool = True, for_session: bool = False, error: CredentialError | None = None
    ) -> None:
        """The public half, if there is a pair.

        Not ``known`` when the keyring does not say whether there is one; ``error`` when one is stored and damaged.
        """
        self._busy = False
        self._known = known
        self._public = public
        self._for_session = for_session
        if error is not None:
            self.banner.show_error(error)
            if isinstance(error, KeyUnusable):
                self.banner.add_action(QuietButton(self.tr("Remove the damaged key…"), self._on_remove_clicked))
        self._show()

    # --- making one ---------------------------------------------------------------------------------------------------

    def _on_create_clicked(self) -> None:
        self._make = self._keys.create
        self._try()

    def _on_import_clicked(self) -> None:
        usual = Path.home() / ".ssh"
        start = str(usual if usual.is_dir() else Path.home())
        chosen, _filter = QFileDialog.getOpenFileName(self, self.tr("The private half of an SSH key"), start)
        if chosen:
            self.import_from(Path(chosen))

    def import_from(self, file: Path) -> None:
        """Take the key over, asking for its passphrase when it has one."""
        self._forget()
        self._file = file
        self._on_passphrase_given()

    def _on_passphrase_given(self) -> None:
        if self._file is not None:
            self._make = functools.partial(self._keys.import_file, self._file, self.passphrase.text())
            self._try()

    def _on_hold_clicked(self) -> None:
        self._try(for_session=True)

    def _try(self, for_session: bool = False) -> None:
        if self._make is not None:
            self.banner.hide()
            self.set_busy()
            made = functools.partial(self._make, for_session=for_session)
            background(made, done=self._on_changed, failed=self._on_failed)

    def _on_changed(self, _value: object) -> None:
        self._forget()
        self.changed.emit()

    def _on_failed(self, error: EmbarkError) -> None:
        self._busy = False
        if isinstance(error, KeyUnusable) and error.reason == "wrong-passphrase":
            if self._asks_passphrase:  # the first time it is a question, not an error
                self.banner.show_error(error)
            self._asks_passphrase = True
            self.passphrase.clear()
        else:
            self.banner.show_error(error)
        if isinstance(error, KeyringMissing | KeyringLocked) and self._make is not None:
            self.banner.add_action(QuietButton(self.tr("Keep the key until Embark closes"), self._on_hold_clicked))
            self.banner.add_action(QuietButton(self.tr("Leave it"), self._on_leave_clicked))
        self._show()
        if self._asks_passphrase:
            self.passphrase.setFocus()
        if isinstance(error, KeyUnusable) and error.reason == "exists":  # another window made one
            self.changed.emit()

    def _on_leave_clicked(self) -> None:
        self.banner.hide()
        self._forget()
        self._show()

    def _forget(self) -> None:
        self._file, self._make, self._asks_passphrase = None, None, False
        self.passphrase.clear()

    # --- a key that is there ------------------------------------------------------------------------------------------

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._public or "")
        self.copy.setText(self.tr("✓ Copied"))

    def _on_remove_clicked(self) -> None:
        self.banner.show_text(
            self.tr("Remove the key for good?"),
            self.tr(
                "No other copy of it is kept. Embark can no longer log in to machines that know only this key, also to "
                "those that are being billed now."
            ),
            tone="money",
        )
        self.banner.add_action(QuietButton(self.tr("Keep it"), self.banner.hide))
        self.banner.add_action(QuietButton(self.tr("Remove it"), self._on_remove_confirmed))

    def _on_remove_confirmed(self) -> None:
        self.banner.hide()
        self.set_busy()
        background(self._keys.remove, done=self._on_changed, failed=self._on_failed)

    def _show(self) -> None:
        has_key = self._public is not None
        self._none.setVisible(not has_key and not self._asks_passphrase)
        self._some.setVisible(has_key)
        self._protected.setVisible(not has_key and self._asks_passphrase)
        if self._file is not None:
            asked = self.tr("{file} is protected by a passphrase. Embark needs it once and does not keep it.")
            self._asked.setText(asked.format(file=self._file.name))
        for button in (self.make, self.import_file, self.copy, self.remove, self.open_key):
            button.setEnabled(not self._busy)
        self.copy.setText(self.tr("Copy the public half"))
        self.public.setText(self._public or "")
        self.public.setCursorPosition(0)
        self.fingerprint.setText(fingerprint(self._public) if self._public else "")
        if has_key:
            self.pill.setText(self.tr("Until Embark closes") if self._for_session else self.tr("✓ In the keyring"))
            set_tone(self.pill, "money" if self._for_session else "good")
        else:
            self.pill.setText(self.tr("None yet") if self._known else self.tr("Cannot tell"))
            set_tone(self.pill, "" if self._known else "money")
        if self._busy:
            self.pill.setText(self.tr("Looking…"))
            set_tone(self.pill, "")
