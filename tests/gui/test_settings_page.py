"""The Settings page: every change is told at once, and the key is handled without a file and without a surprise."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from keyring.backends import fail
from keyring.errors import InitError
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui import tasks
from gui.core.credentials import Credentials
from gui.core.machine.keys import KeyStore, fingerprint
from gui.core.paths import Paths, results_home
from gui.core.settings import Settings
from gui.pages.settings import SettingsPage
from tests.credentials.keyrings import FailingKeyring, HangingKeyring, MemoryKeyring


class Shown:
    """A page on the screen, with what it was made of."""

    def __init__(self, qtbot: QtBot, home: Path, keyring: MemoryKeyring | fail.Keyring, settings: Settings) -> None:
        self._qtbot = qtbot
        self.credentials = Credentials(keyring, wait_s=0.2 if isinstance(keyring, HangingKeyring) else 30)
        self.keys = KeyStore(self.credentials)
        self.page = SettingsPage(settings, self.credentials, self.keys, Paths(home, home / "logs"))
        self.told: list[Settings] = []
        self.page.changed.connect(self.told.append)
        qtbot.addWidget(self.page)
        self.page.resize(1064, 800)
        self.page.show()
        self.settle()

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: not tasks.under_way(), timeout=20_000)

    def click(self, button: QWidget) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def button(self, words: str) -> QPushButton:
        def there() -> list[QPushButton]:
            return [one for one in self.page.findChildren(QPushButton) if one.isVisible() and one.text() == words]

        self._qtbot.waitUntil(lambda: len(there()) == 1)
        return there()[0]


Show = Callable[..., Shown]


@pytest.fixture
def show(qtbot: QtBot, tmp_path: Path) -> Iterator[Show]:
    keyrings = []

    def made(keyring: MemoryKeyring | fail.Keyring | None = None, settings: Settings = Settings()) -> Shown:  # noqa: B008
        keyrings.append(keyring or MemoryKeyring())
        return Shown(qtbot, tmp_path, keyrings[-1], settings)

    yield made
    for keyring in keyrings:
        if isinstance(keyring, HangingKeyring):
            keyring.let_go()


def key_file(folder: Path, passphrase: str = "", kind: str = "ed25519") -> Path:
    path = folder / f"id_{kind}"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-a", "1", "-f", str(path)], check=True)
    return path


# --- settings ---------------------------------------------------------------------------------------------------------


def test_it_opens_with_what_holds_and_tells_nothing(show: Show) -> None:
    shown = show(settings=Settings("ko", "dark", "/results", notice_needed=False))
    assert shown.page.language.chips["ko"].isChecked()
    assert shown.page.theme.chips["dark"].isChecked()
    assert shown.page.folder.text() == str(Path("/results"))
    assert [box.isChecked() for box in (shown.page.finished, shown.page.needed, shown.page.billed)] == [
        True,
        False,
        True,
    ]
    assert shown.told == []


def test_each_change_is_told_at_once_and_keeps_the_others(show: Show) -> None:
    shown = show(settings=Settings(window_geometry="kept"))
    shown.click(shown.page.language.chips["ko"])
    shown.click(shown.page.theme.chips["dark"])
    shown.page.billed.click()
    expected = Settings("ko", window_geometry="kept")
    assert shown.told == [
        expected,
        replace(expected, theme="dark"),
        replace(expected, theme="dark", notice_billed=False),
    ]


def test_what_holds_already_is_not_told_again(show: Show) -> None:
    shown = show()
    shown.click(shown.page.language.chips[""])
    assert shown.told == []


def test_results_go_to_a_chosen_folder_and_back(show: Show, tmp_path: Path) -> None:
    shown = show()
    assert shown.page.folder.text() == str(results_home())
    assert not shown.page.usual_folder.isVisible()
    shown.page.set_folder(tmp_path / "결과")
    assert shown.page.folder.text() == str(tmp_path / "결과")
    shown.click(shown.page.usual_folder)
    assert [one.results_folder for one in shown.told] == [str(tmp_path / "결과"), ""]
    assert shown.page.folder.text() == str(results_home())


def test_everything_can_be_reached_by_keyboard(show: Show, qtbot: QtBot) -> None:
    shown = show()
    buttons = [one for one in shown.page.findChildren(QPushButton) if one.isVisible()]
    assert all(one.text() for one in buttons)
    # Of a few words of which one holds, the one that holds is reached by tab, the others from it by arrow keys.
    by_arrows = [one for one in buttons if one.group() and not one.isChecked()]
    assert all(one.focusPolicy() & Qt.FocusPolicy.TabFocus for one in buttons if one not in by_arrows)
    chips = shown.page.language.chips
    chips[""].setFocus()
    qtbot.keyClick(chips[""], Qt.Key.Key_Right)
    qtbot.keyClick(chips["ko"], Qt.Key.Key_Space)
    assert shown.told == [Settings("ko")]


class _Whisper(QTranslator):
    """Another language: everything is whispered."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"({source})"

    def isEmpty(self) -> bool:
        return False


def test_another_language_is_spoken_at_once_and_nothing_is_lost(show: Show, qtbot: QtBot, qapp: QApplication) -> None:
    shown = show()
    shown.click(shown.page.key_card.make)
    shown.click(shown.page.theme.chips["dark"])
    whisper = _Whisper()
    qapp.installTranslator(whisper)
    try:
        qtbot.waitUntil(lambda: shown.page.choose_folder.text() == "(Choose a folder…)")
        shown.settle()
        assert shown.page.key_card.pill.text() == "(✓ In the keyring)"
        assert shown.page.key_card.public.text() == shown.keys.public()
        assert shown.page.theme.chips["dark"].isChecked()
        assert shown.page.language.chips["ko"].text() == "한국어"
    finally:
        qapp.removeTranslator(whisper)
    qtbot.waitUntil(lambda: shown.page.choose_folder.text() == "Choose a folder…")
    shown.settle()
    assert len(shown.told) == 1


# --- the keyring ------------------------------------------------------------------------------------------------------


def test_the_keyring_is_left_alone_until_the_page_is_seen(qtbot: QtBot, tmp_path: Path) -> None:
    keyring = HangingKeyring()
    credentials = Credentials(keyring, wait_s=0.1)
    page = SettingsPage(Settings(), credentials, KeyStore(credentials), Paths(tmp_path, tmp_path))
    qtbot.addWidget(page)
    assert tasks.under_way() == 0
    assert keyring.waiting == 0


@pytest.mark.parametrize(
    ("keyring", "pill", "key"),
    [
        (MemoryKeyring, "✓ Ready", "None yet"),
        (fail.Keyring, "None found", "None yet"),
        (HangingKeyring, "Locked", "Cannot tell"),
        (functools.partial(FailingKeyring, InitError("no")), "Says no", "Cannot tell"),
    ],
)
def test_the_keyring_is_said_in_plain_words_with_what_to_do(
    show: Show, keyring: Callable[[], MemoryKeyring], pill: str, key: str
) -> None:
    shown = show(keyring())
    card = shown.page.keyring_card
    assert card.pill.text() == pill
    assert bool(card.todo.text()) is (pill != "✓ Ready")
    assert shown.page.key_card.pill.text() == key
    assert card.again.isEnabled()


def test_a_keyring_that_is_unlocked_meanwhile_is_found_by_looking_again(show: Show) -> None:
    keyring = HangingKeyring()
    shown = show(keyring)
    assert shown.page.keyring_card.pill.text() == "Locked"
    keyring.unlocked.set()
    while shown.page.keyring_card.pill.text() == "Locked":  # 0.2 s may be too short for a busy computer
        shown.click(shown.page.keyring_card.again)
    assert shown.page.keyring_card.pill.text() == "✓ Ready"
    assert shown.page.key_card.pill.text() == "None yet"


# --- the key ----------------------------------------------------------------------------------------------------------


def test_a_key_is_created_shown_and_copied(show: Show) -> None:
    keyring = MemoryKeyring()
    shown = show(keyring)
    card = shown.page.key_card
    shown.click(card.make)
    public = shown.keys.public()
    assert public is not None
    assert card.public.text() == public
    assert card.fingerprint.text() == fingerprint(public)
    assert card.pill.text() == "✓ In the keyring"
    assert not card.make.isVisible()
    shown.click(card.copy)
    assert QGuiApplication.clipboard().text() == public
    assert card.copy.text() == "✓ Copied"


def test_the_key_of_last_time_is_shown(show: Show) -> None:
    keyring = MemoryKeyring()
    made = KeyStore(Credentials(keyring)).create()
    assert show(keyring).page.key_card.public.text() == made.public


def test_the_private_half_is_in_no_widget(show: Show) -> None:
    keyring = MemoryKeyring()
    shown = show(keyring)
    shown.click(shown.page.key_card.make)
    (private,) = keyring.entries.values()
    texts = [one.text() for one in shown.page.findChildren(QLineEdit)]
    texts += [one.property("text") or "" for one in shown.page.findChildren(QWidget)]
    for line in private.splitlines()[1:-1]:
        assert not any(line in text for text in texts)


def test_a_file_is_imported(show: Show, tmp_path: Path) -> None:
    shown = show()
    file = key_file(tmp_path)
    shown.page.key_card.import_from(file)
    shown.settle()
    assert shown.page.key_card.public.text().split()[1] == file.with_suffix(".pub").read_text().split()[1]


def test_a_protected_file_asks_for_its_passphrase_and_says_when_it_is_wrong(show: Show, tmp_path: Path) -> None:
    shown = show()
    card = shown.page.key_card
    card.import_from(key_file(tmp_path, "열려라 참깨"))
    shown.settle()
    assert card.passphrase.isVisible()
    assert card.passphrase.echoMode() is QLineEdit.EchoMode.Password
    assert not card.banner.isVisible(), "being asked is no error"
    card.passphrase.setText("닫혀라 참깨")
    shown.click(card.open_key)
    assert card.banner.isVisible()
    assert card.passphrase.isVisible()
    assert card.passphrase.text() == ""
    card.passphrase.setText("열려라 참깨")
    shown.click(card.open_key)
    assert card.pill.text() == "✓ In the keyring"
    assert not card.banner.isVisible()
    assert not card.passphrase.isVisible()
    assert card.passphrase.text() == ""


def test_leaving_a_protected_file_goes_back_to_the_beginning(show: Show, tmp_path: Path) -> None:
    shown = show()
    card = shown.page.key_card
    card.import_from(key_file(tmp_path, "sesame"))
    shown.settle()
    shown.click(shown.button("Leave it"))
    assert card.make.isVisible()
    assert not card.passphrase.isVisible()


def test_a_file_that_is_no_key_is_said_and_another_can_be_chosen(show: Show, tmp_path: Path) -> None:
    shown = show()
    card = shown.page.key_card
    garbage = tmp_path / "notes.txt"
    garbage.write_text("nothing")
    card.import_from(garbage)
    shown.settle()
    assert card.banner.isVisible()
    assert card.import_file.isEnabled()
    card.import_from(key_file(tmp_path))
    shown.settle()
    assert not card.banner.isVisible()
    assert card.pill.text() == "✓ In the keyring"


@pytest.mark.parametrize("keyring", [fail.Keyring, HangingKeyring], ids=["missing", "locked"])
def test_without_a_keyring_the_person_is_asked_each_time(show: Show, keyring: Callable[[], MemoryKeyring]) -> None:
    shown = show(keyring())
    card = shown.page.key_card
    shown.click(card.make)
    assert card.banner.isVisible()
    assert not shown.keys.is_for_session(), "not before the person says so"
    shown.click(shown.button("Leave it"))
    assert card.make.isVisible()
    shown.click(card.make)
    shown.click(shown.button("Keep the key until Embark closes"))
    assert card.pill.text() == "Until Embark closes"
    assert card.public.text() == shown.keys.public()


def test_an_imported_key_is_held_for_the_session_with_the_passphrase_given_once(show: Show, tmp_path: Path) -> None:
    shown = show(fail.Keyring())
    card = shown.page.key_card
    file = key_file(tmp_path, "sesame")
    card.import_from(file)
    shown.settle()
    shown.click(shown.button("Keep the key until Embark closes"))
    card.passphrase.setText("sesame")
    shown.click(card.open_key)
    shown.click(shown.button("Keep the key until Embark closes"))
    assert card.pill.text() == "Until Embark closes"


def test_a_key_goes_only_after_a_second_question(show: Show) -> None:
    shown = show()
    card = shown.page.key_card
    shown.click(card.make)
    before = card.public.text()
    shown.click(card.remove)
    shown.click(shown.button("Keep it"))
    assert shown.keys.public() == before
    shown.click(card.remove)
    shown.click(shown.button("Remove it"))
    assert shown.keys.public() is None
    assert card.make.isVisible()


def test_a_key_that_another_window_made_is_shown_and_not_overwritten(show: Show) -> None:
    keyring = MemoryKeyring()
    shown = show(keyring)
    other = KeyStore(Credentials(keyring)).create()
    shown.click(shown.page.key_card.make)
    assert shown.page.key_card.public.text() == other.public
    assert "already" in shown.page.key_card.banner.accessibleName()


def test_a_damaged_key_can_be_removed(show: Show) -> None:
    keyring = MemoryKeyring()
    KeyStore(Credentials(keyring)).create()
    (entry,) = keyring.entries
    keyring.entries[entry] = "damaged"
    shown = show(keyring)
    assert shown.page.key_card.banner.isVisible()
    shown.click(shown.button("Remove the damaged key…"))
    shown.click(shown.button("Remove it"))
    assert not keyring.entries
    shown.click(shown.page.key_card.make)
    assert shown.page.key_card.pill.text() == "✓ In the keyring"


def test_a_page_that_is_gone_before_the_keyring_answers_does_no_harm(qtbot: QtBot, tmp_path: Path) -> None:
    keyring = HangingKeyring()
    credentials = Credentials(keyring, wait_s=0.2)
    page = SettingsPage(Settings(), credentials, KeyStore(credentials), Paths(tmp_path, tmp_path))
    page.show()
    page.deleteLater()
    qtbot.waitUntil(lambda: not tasks.under_way(), timeout=20_000)
    keyring.let_go()
