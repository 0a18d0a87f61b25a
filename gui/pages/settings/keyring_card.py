"""How the keyring of this computer stands, and what to do when it cannot be used."""

from __future__ import annotations

from PySide6.QtCore import Signal

from gui.core.credentials import KeyringState, Standing
from gui.widgets.basics import Body, Caption, Card, Pill, QuietButton, Tone, row_of, set_tone


class KeyringCard(Card):
    """``asked`` when the person wants it looked at again."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("Keyring"))
        purpose = self.tr("Keys and passwords are kept in the keyring of this computer, and never in a file of Embark.")
        self.pill = Pill()
        self.todo = Body()
        self.backend = Caption()
        self.again = QuietButton(self.tr("Look again"), self.asked.emit)
        self.column.removeWidget(self.heading)
        top = row_of(self.heading, self.pill)
        bottom = row_of(self.again, self.backend)
        for row in (top, bottom):
            row.addStretch(1)
        self.column.addLayout(top)
        self.column.addWidget(Body(purpose, tone="dim"))
        self.column.addWidget(self.todo)
        self.column.addLayout(bottom)
        self.set_busy()

    def set_busy(self) -> None:
        """It is being looked at; a locked keyring may take a while to say nothing."""
        self._show(self.tr("Looking…"), "", "")
        self.again.setEnabled(False)

    def show_state(self, state: KeyringState) -> None:
        word, todo = self._words(state.standing)
        self._show(word, "good" if state.standing is Standing.USABLE else "money", todo)
        self.backend.setText(state.backend)
        self.again.setEnabled(True)

    def _show(self, word: str, tone: Tone, todo: str) -> None:
        self.pill.setText(word)
        set_tone(self.pill, tone)
        self.todo.setText(todo)
        self.todo.setVisible(bool(todo))

    def _words(self, standing: Standing) -> tuple[str, str]:
        """Its state in a word or two, and what to do about it."""
        return {
            Standing.USABLE: (self.tr("✓ Ready"), ""),
            Standing.MISSING: (
                self.tr("None found"),
                self.tr(
                    "Without one, Embark keeps a key only until it is closed, and asks you first. To keep keys, set up "
                    "GNOME Keyring or KWallet and log in to this computer anew."
                ),
            ),
            Standing.LOCKED: (
                self.tr("Locked"),
                self.tr(
                    "It wants its password first. Look for its window, or open the program for passwords and keys of "
                    "this computer and unlock it there; then look again."
                ),
            ),
            Standing.REFUSED: (
                self.tr("Says no"),
                self.tr(
                    "It answers, but gives Embark nothing. Open the program for passwords and keys of this computer, "
                    "see whether it works, then look again."
                ),
            ),
        }[standing]
