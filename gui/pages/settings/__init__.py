"""The Settings page: language, look, folders, notices, and the SSH key with the keyring it is kept in."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from gui import __version__
from gui.core.credentials import Credentials, KeyringState, Standing
from gui.core.errors import CredentialError
from gui.core.machine.keys import KeyStore
from gui.core.paths import Paths, results_home
from gui.core.settings import Settings
from gui.pages.settings.key_card import KeyCard
from gui.pages.settings.keyring_card import KeyringCard
from gui.tasks import background
from gui.widgets.basics import (
    Body,
    Caption,
    Card,
    Chip,
    LinkButton,
    PageHeader,
    QuietButton,
    clear,
    column_of,
    page_column,
    row_of,
    scrolling,
)
from gui.widgets.flow import Beside
from gui.widgets.opening import open_outside

__all__ = ["SettingsPage"]

WIDEST = 1240


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was found out about the keyring and the key."""

    state: KeyringState
    public: str | None
    for_session: bool
    error: CredentialError | None


class SettingsPage(QWidget):
    """Tells every change at once by ``changed``; the window applies and saves it."""

    changed = Signal(object)  # the new Settings

    def __init__(self, settings: Settings, credentials: Credentials, keys: KeyStore, paths: Paths) -> None:
        super().__init__()
        self._settings = settings
        self._credentials = credentials
        self._keys = keys
        self._paths = paths
        self._looked = False
        self._column = column_of()
        self.setLayout(self._column)
        self._build()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            clear(self._column)
            self._build()
            if self._looked:
                self._look()

    def _build(self) -> None:
        left = column_of(self._look_card(), self._results_card(), self._notices_card(), spacing=16)
        self.key_card = KeyCard(self._keys)
        self.key_card.changed.connect(self._look)
        self.keyring_card = KeyringCard()
        self.keyring_card.asked.connect(self._look)
        right = column_of(self.key_card, self.keyring_card, self._log_card(), spacing=16)
        sides = QWidget(), QWidget()
        for side, cards in zip(sides, (left, right), strict=True):
            cards.addStretch(1)
            side.setLayout(cards)
        content = QWidget()
        column = page_column()
        column.addWidget(PageHeader(self.tr("Settings"), self.tr("Every change holds at once.")))
        column.addLayout(Beside(*((side, 1) for side in sides), spacing=16))
        column.addStretch(1)
        column.addWidget(Caption(self.tr("Embark {version}").format(version=__version__)))
        content.setLayout(column)
        content.setMaximumWidth(WIDEST)
        area = scrolling(content)
        area.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(area)
        self._show_settings()

    def _look_card(self) -> Card:
        card = Card(self.tr("Language and look"), spacing=10)
        as_system = self.tr("As the system")
        self.language = _Choice(self.tr("Language"), {"": as_system, "ko": "한국어", "en": "English"})
        words = {"system": as_system, "light": self.tr("Light"), "dark": self.tr("Dark")}
        self.theme = _Choice(self.tr("Look"), words)
        for choice, field in ((self.language, "language"), (self.theme, "theme")):
            choice.chosen.connect(functools.partial(self._change, field))
            card.column.addWidget(choice)
        return card

    def _results_card(self) -> Card:
        card = Card(self.tr("Results"), spacing=10)
        said = self.tr("Each run gets a folder of its own in here, unless you choose another.")
        self.folder = QLineEdit()
        self.folder.setReadOnly(True)
        self.folder.setAccessibleName(self.tr("Folder for results"))
        self.choose_folder = QuietButton(self.tr("Choose a folder…"), self._on_choose_folder_clicked)
        self.usual_folder = LinkButton(self.tr("Use the usual folder"), self._on_usual_folder_clicked)
        card.column.addWidget(Body(said, tone="dim"))
        card.column.addWidget(self.folder)
        card.column.addLayout(_left(self.choose_folder, self.usual_folder))
        return card

    def _notices_card(self) -> Card:
        card = Card(self.tr("Notices on this computer"), spacing=10)
        self.finished = QCheckBox(self.tr("A run is over"))
        self.needed = QCheckBox(self.tr("A run waits for an answer"))
        self.billed = QCheckBox(self.tr("A machine is billed and nothing comes of it"))
        self.budget = QCheckBox(self.tr("80 % of a run's limit is spent"))
        for box, field in self._notices():
            box.toggled.connect(functools.partial(self._change, field))
            card.column.addWidget(box)
        return card

    def _log_card(self) -> Card:
        card = Card(self.tr("When something goes wrong"), spacing=10)
        said = self.tr("The log says what Embark did, without keys and passwords.")
        self.open_log = QuietButton(self.tr("Open the folder of the log"), self._on_open_log_clicked)
        card.column.addWidget(Body(said, tone="dim"))
        card.column.addLayout(_left(self.open_log))
        return card

    def _notices(self) -> tuple[tuple[QCheckBox, str], ...]:
        return (
            (self.finished, "notice_finished"),
            (self.needed, "notice_needed"),
            (self.billed, "notice_billed"),
            (self.budget, "notice_budget"),
        )

    # --- what the person changes --------------------------------------------------------------------------------------

    def _change(self, field: str, value: Any) -> None:
        changed = replace(self._settings, **{field: value})
        if changed != self._settings:
            self._settings = changed
            self.changed.emit(changed)

    def _on_choose_folder_clicked(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for results"), str(self._settings.results))
        if chosen:
            self.set_folder(Path(chosen))

    def set_folder(self, folder: Path) -> None:
        """New results go there from now on."""
        self._change("results_folder", "" if folder == results_home() else str(folder))
        self._show_settings()

    def _on_usual_folder_clicked(self) -> None:
        self.set_folder(results_home())

    def _on_open_log_clicked(self) -> None:
        open_outside(self._paths.logs)

    def _show_settings(self) -> None:
        self.language.choose(self._settings.language)
        self.theme.choose(self._settings.theme)
        self.folder.setText(str(self._settings.results))
        self.folder.setToolTip(str(self._settings.results))
        self.usual_folder.setVisible(bool(self._settings.results_folder))
        for box, field in self._notices():
            box.setChecked(getattr(self._settings, field))

    # --- the keyring --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._looked:  # not before: a locked keyring asks for its password when it is looked at
            self._looked = True
            self._look()

    def _look(self) -> None:
        self.keyring_card.set_busy()
        self.key_card.set_busy()
        background(functools.partial(_look, self._credentials, self._keys), done=self._on_looked)

    def _on_looked(self, looked: _Looked) -> None:
        self.keyring_card.show_state(looked.state)
        known = looked.state.standing in (Standing.USABLE, Standing.MISSING) and looked.error is None
        self.key_card.show_key(looked.public, known=known, for_session=looked.for_session, error=looked.error)


class _Choice(QWidget):
    """A few words of which one holds; ``words`` are the words by their values."""

    chosen = Signal(str)

    def __init__(self, label: str, words: dict[str, str]) -> None:
        super().__init__()
        self.chips = {value: Chip(word) for value, word in words.items()}
        self._group = QButtonGroup(self)
        for chip in self.chips.values():
            chip.setAccessibleDescription(label)
            self._group.addButton(chip)
        self._group.buttonClicked.connect(self._on_clicked)
        self.setLayout(column_of(Caption(label), _left(*self.chips.values()), spacing=5))

    def choose(self, value: str) -> None:
        self.chips[value].setChecked(True)

    def _on_clicked(self, clicked: QAbstractButton) -> None:
        self.chosen.emit(next(value for value, chip in self.chips.items() if chip is clicked))


def _left(*parts: QWidget) -> QHBoxLayout:
    row = row_of(*parts)
    row.addStretch(1)
    return row


def _look(credentials: Credentials, keys: KeyStore) -> _Looked:
    state = credentials.state()
    public, error = None, None
    if state.standing is Standing.USABLE or keys.is_for_session():
        try:
            public = keys.public()
        except CredentialError as failed:
            error = failed
    return _Looked(state, public, keys.is_for_session(), error)
