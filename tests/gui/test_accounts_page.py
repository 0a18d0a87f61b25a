"""The Accounts page: practice says truly whether it is ready; Vast.ai from no key to credit, nothing in the clear."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked as LockedByKeyring
from keyring.errors import NoKeyringError
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from gui import tasks
from gui.core.cloud.clouds import Clouds
from gui.core.cloud.practice import PracticeCloud
from gui.core.credentials import Credentials
from gui.core.machine.keys import KeyStore
from gui.core.paths import Paths
from gui.core.units import MicroUsd, micro_usd
from gui.pages.accounts import AccountsPage
from gui.pages.accounts.practice_card import PracticeCard
from tests.credentials.keyrings import FailingKeyring, MemoryKeyring
from tests.fake_vast.faults import Trouble
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World

# --- this computer ----------------------------------------------------------------------------------------------------


def practice_card(qtbot: QtBot, cloud: PracticeCloud) -> PracticeCard:
    card = PracticeCard(cloud)
    qtbot.addWidget(card)
    card.resize(1000, 500)
    card.show()
    card.look()
    qtbot.waitUntil(lambda: not tasks.under_way(), timeout=60_000)
    return card


def test_practice_is_ready_and_says_what_this_computer_has(qtbot: QtBot, tmp_path: Path) -> None:
    card = practice_card(qtbot, PracticeCloud(tmp_path, Path(sys.executable)))
    assert card.pill.text() == "✓ Ready"
    signs = card.ticks()
    assert [sign for sign, _words in signs] == ["✓", "✓", "✓"]
    assert "core" in signs[2][1]
    assert not card.banner.isVisible()


def test_a_computer_that_cannot_play_a_machine_is_not_called_ready(qtbot: QtBot, tmp_path: Path) -> None:
    card = practice_card(qtbot, PracticeCloud(tmp_path, tmp_path / "no-python-here"))
    assert card.pill.text() == "Not ready"
    assert card.ticks()[2][0] == "✗"
    assert card.banner.isVisible()
    (again,) = (one for one in card.findChildren(QPushButton) if one.isVisible())
    (tmp_path / "no-python-here").symlink_to(sys.executable)
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not tasks.under_way(), timeout=60_000)
    assert card.pill.text() == "✓ Ready"
    assert not card.banner.isVisible()


# --- Vast.ai ----------------------------------------------------------------------------------------------------------


class Accounts:
    """A person in front of the page, and a fake Vast.ai behind it."""

    def __init__(self, qtbot: QtBot, home: Path, fake: FakeVast, keyring: MemoryKeyring) -> None:
        self._qtbot = qtbot
        self.fake = fake
        self.keyring = keyring
        self.paths = Paths(home / "home", home / "logs")
        self.credentials = Credentials(keyring)
        self.clouds = Clouds(self.paths, self.credentials)
        self.clouds.practice = PracticeCloud(self.paths.practice, Path(sys.executable))
        self.keys = KeyStore(self.credentials)
        self.expected: MicroUsd | None = None
        self.told = 0
        self.page = AccountsPage(self.clouds, self.credentials, self.keys, lambda: self.expected)
        self.page.changed.connect(self._tell)
        self.card = self.page.vast
        qtbot.addWidget(self.page)
        self.page.resize(1064, 800)
        self.page.show()
        self.settle()

    def _tell(self) -> None:
        self.told += 1

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: not tasks.under_way(), timeout=60_000)

    def click(self, words: str) -> None:
        def there() -> list[QPushButton]:
            return [one for one in self.card.findChildren(QPushButton) if one.isVisible() and one.text() == words]

        self._qtbot.waitUntil(lambda: len(there()) == 1)
        (button,) = there()
        assert button.isEnabled()
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def give(self, key: str) -> None:
        self.card.key.setText(key)
        self.click("Check and keep")

    def look(self) -> None:
        self.card.look()
        self.settle()

    def sees(self, words: str) -> bool:
        return any(words in one.text() for one in self.card.findChildren(QLabel) if one.isVisible())

    @property
    def signs(self) -> str:
        return "".join(sign for sign, _ in self.card.ticks())

    @property
    def kept(self) -> str | None:
        return self.keyring.entries.get(("Embark/vast", "Embark"))


Open = Callable[..., Accounts]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVast]:
    with FakeVast(World(limits={}, credit=4.42)) as fake:
        monkeypatch.setenv("EMBARK_VAST_URL", fake.url)
        yield fake


@pytest.fixture
def accounts(qtbot: QtBot, tmp_path: Path, fake: FakeVast) -> Iterator[Open]:
    opened: list[Accounts] = []

    def made(keyring: MemoryKeyring | None = None, key: str = "") -> Accounts:
        keyring = keyring or MemoryKeyring()
        if key:
            Credentials(keyring).set("vast", key)
        opened.append(Accounts(qtbot, tmp_path, fake, keyring))
        return opened[-1]

    yield made
    for one in opened:
        one.clouds.vast.close()


def test_without_a_key_the_guide_and_a_field_are_there_and_nothing_is_asked(accounts: Open) -> None:
    shown = accounts()
    assert shown.card.pill.text() == "No key yet"
    assert shown.card.guide.isVisible()
    assert not shown.card.check.isEnabled()
    assert shown.signs == ""
    assert shown.fake.requests == []


def test_a_key_that_works_is_kept_in_the_keyring_and_three_ticks_come_with_it(accounts: Open) -> None:
    shown = accounts()
    shown.give(f"  {shown.fake.world.api_key}\n")
    assert shown.signs == "✓✓✓"
    assert shown.sees("Credit: $4.42")
    assert shown.kept == shown.fake.world.api_key
    public = shown.keys.public()
    assert public is not None
    assert [one.public for one in shown.fake.world.account_keys] == [" ".join(public.split()[:2])]
    assert "vast" in shown.clouds
    assert shown.told == 1
    assert not shown.card.guide.isVisible()


def test_the_key_is_never_shown_again(accounts: Open) -> None:
    shown = accounts()
    assert shown.card.key.echoMode() is QLineEdit.EchoMode.Password
    shown.give(shown.fake.world.api_key)
    texts = [one.text() for kind in (QLabel, QLineEdit, QPushButton) for one in shown.page.findChildren(kind)]
    assert shown.fake.world.api_key not in " ".join(texts)
    assert shown.fake.world.api_key not in "".join(
        one.read_text(errors="replace") for one in shown.paths.data.rglob("*") if one.is_file()
    )


def test_a_wrong_key_is_not_kept_and_the_old_one_stays(accounts: Open) -> None:
    shown = accounts(key="")
    shown.give("wrong" * 8)
    assert shown.sees("Vast.ai does not accept this key")
    assert shown.kept is None
    assert shown.told == 0
    shown.give(shown.fake.world.api_key)
    shown.click("Use another key")
    shown.give("with a blank")
    assert shown.sees("does not accept this key")
    shown.click("Leave it")
    assert shown.kept == shown.fake.world.api_key
    assert shown.signs == "✓✓✓"


@pytest.mark.parametrize("by_button", [False, True])
def test_the_keyboard_stays_in_the_card_whatever_the_answer_is(
    qtbot: QtBot, accounts: Open, fake: FakeVast, by_button: bool
) -> None:
    shown = accounts()
    shown.card.window().activateWindow()
    for key, holder in (("wrong", shown.card.key), (fake.world.api_key, shown.card.again)):
        shown.card.key.setText(key)
        pressed = shown.card.check if by_button else shown.card.key
        pressed.setFocus()
        qtbot.keyClick(pressed, Qt.Key.Key_Space if by_button else Qt.Key.Key_Return)
        now = QApplication.focusWidget()
        assert now is shown.card or shown.card.isAncestorOf(now)
        shown.settle()
        assert QApplication.focusWidget() is holder


@pytest.mark.parametrize("endpoint", ["user", "list"])
def test_a_key_that_allows_too_little_is_told_what_it_must_allow(accounts: Open, endpoint: str) -> None:
    shown = accounts()
    shown.fake.world.faults.add(endpoint, Trouble.NO_PERMISSION, 3)
    shown.give(shown.fake.world.api_key)
    assert shown.sees("This key allows too little")
    assert shown.sees("instance_read")
    assert shown.kept is None


def test_a_restricted_key_that_may_not_add_the_ssh_key_can_rent_all_the_same(accounts: Open) -> None:
    shown = accounts()
    shown.fake.world.faults.add("key-add", Trouble.NO_PERMISSION, 3)
    shown.give(shown.fake.world.api_key)
    assert shown.signs == "✓✓✓"
    assert shown.sees("goes to each machine as it starts")


def test_a_silent_provider_keeps_nothing_and_the_same_key_can_be_tried_again(accounts: Open) -> None:
    shown = accounts()
    key = shown.fake.world.api_key
    shown.fake.world.faults.add("user", Trouble.HTML, 3)
    shown.give(key)
    assert shown.sees("Vast.ai does not answer")
    assert shown.sees("not kept")
    assert not shown.sees("keeps asking"), "only the person does that here"
    assert shown.kept is None
    shown.click("Try again")
    assert shown.signs == "✓✓✓"


def test_no_credit_is_said_and_the_page_of_payments_is_one_click_away(accounts: Open) -> None:
    shown = accounts()
    shown.fake.world.credit = 0.0
    shown.give(shown.fake.world.api_key)
    assert shown.card.pill.text() == "No credit"
    assert shown.sees("nothing can be rented")
    assert shown.card.credit.isVisible()


def test_credit_is_looked_at_again_and_held_against_the_run_that_is_prepared(accounts: Open) -> None:
    shown = accounts()
    shown.give(shown.fake.world.api_key)
    shown.fake.world.credit = 1.5
    shown.expected = micro_usd("2.31")
    shown.look()
    assert shown.sees("Credit: $1.50")
    assert shown.told == 2, "that the key was given, and that the credit is another"
    assert shown.sees("will cost about $2.31, and there is $1.50 of credit")
    assert shown.fake.count("key-add") == 1
    shown.expected = None
    shown.look()
    assert not shown.card.warning.isVisible()


def test_credit_is_asked_each_minute_while_the_page_is_shown_and_not_after(accounts: Open) -> None:
    shown = accounts()
    assert shown.page._timer.isActive()
    assert shown.page._timer.interval() == 60_000
    shown.page._timer.timeout.emit()
    shown.settle()
    shown.page.hide()
    assert not shown.page._timer.isActive()


def test_without_a_keyring_the_key_is_kept_for_this_session_only_after_asking(accounts: Open) -> None:
    shown = accounts(FailingKeyring(NoKeyringError("none")))
    shown.give(shown.fake.world.api_key)
    assert shown.sees("no safe place for keys")
    assert "vast" not in shown.clouds
    shown.click("Keep the key until Embark closes")
    assert shown.card.pill.text() == "✓ Ready, until Embark closes"
    assert shown.signs == "✓✓✓"
    assert "vast" in shown.clouds
    assert not shown.paths.accounts.exists()
    shown.click("Forget the key…")
    shown.click("Forget it")
    assert shown.card.pill.text() == "No key yet"
    assert "vast" not in shown.clouds


def test_a_locked_keyring_is_said_and_never_called_no_key(accounts: Open) -> None:
    keyring = FailingKeyring(LockedByKeyring("asleep"))
    shown = accounts(keyring)
    assert shown.card.pill.text() == "Cannot be used now"
    assert shown.sees("keyring of this computer is locked")


def test_forgetting_is_asked_about_and_says_what_it_means_for_machines(accounts: Open) -> None:
    shown = accounts(key="")
    shown.give(shown.fake.world.api_key)
    shown.click("Forget the key…")
    assert shown.sees("go on and are billed")
    shown.click("Keep it")
    assert shown.kept is not None
    shown.click("Forget the key…")
    shown.click("Forget it")
    assert shown.kept is None
    assert "vast" not in shown.clouds
    assert shown.card.guide.isVisible()
    assert shown.told == 2


def test_a_key_that_is_revoked_meanwhile_is_told_and_another_can_be_given(accounts: Open) -> None:
    shown = accounts()
    shown.give(shown.fake.world.api_key)
    shown.fake.world.revoke_key()
    shown.look()
    assert shown.card.pill.text() == "Cannot be used now"
    assert shown.signs == "✗……"
    shown.click("Use another key")
    shown.give(shown.fake.world.api_key)
    assert shown.signs == "✓✓✓"


class Browser(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


def test_each_step_of_the_guide_opens_the_page_where_it_is_done(accounts: Open) -> None:
    shown, browser = accounts(), Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")
    try:
        for button in shown.card.guide.findChildren(QPushButton):
            button.click()
    finally:
        QDesktopServices.unsetUrlHandler("https")
    pages = ["", "manage-keys/", "billing/"]
    assert browser.opened == [f"https://cloud.vast.ai/{page}" for page in pages]
