"""The Accounts page: practice says truly whether it is ready, and nothing on the page leads nowhere."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gui import tasks
from gui.core.cloud.practice import PracticeCloud
from gui.pages.accounts import AccountCard, AccountsPage


def shown(qtbot: QtBot, cloud: PracticeCloud) -> AccountsPage:
    page = AccountsPage(cloud)
    qtbot.addWidget(page)
    page.resize(1064, 800)
    page.show()
    qtbot.waitUntil(lambda: not tasks.under_way(), timeout=60_000)
    return page


def test_practice_is_ready_and_says_what_this_computer_has(qtbot: QtBot, tmp_path: Path) -> None:
    page = shown(qtbot, PracticeCloud(tmp_path, Path(sys.executable)))
    assert page.card.pill.text() == "✓ Ready"
    signs = page.card.ticks()
    assert [sign for sign, _words in signs] == ["✓", "✓", "✓"]
    assert "core" in signs[2][1]
    assert not page.banner.isVisible()


def test_only_what_can_be_used_now_has_a_card_and_nothing_is_a_dead_end(qtbot: QtBot, tmp_path: Path) -> None:
    page = shown(qtbot, PracticeCloud(tmp_path, Path(sys.executable)))
    assert len(page.findChildren(AccountCard)) == 1
    assert not [one.text() for one in page.findChildren(QPushButton) if one.isVisible() and not one.isEnabled()]


def test_a_computer_that_cannot_play_a_machine_is_not_called_ready(qtbot: QtBot, tmp_path: Path) -> None:
    page = shown(qtbot, PracticeCloud(tmp_path, tmp_path / "no-python-here"))
    assert page.card.pill.text() == "Not ready"
    assert page.card.ticks()[2][0] == "✗"
    assert page.banner.isVisible()
    (again,) = (one for one in page.findChildren(QPushButton) if one.isVisible())
    (tmp_path / "no-python-here").symlink_to(sys.executable)
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not tasks.under_way(), timeout=60_000)
    assert page.card.pill.text() == "✓ Ready"
    assert not page.banner.isVisible()
