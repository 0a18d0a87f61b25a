"""A dialog for files opens where the person has something to look for."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.choose import choose_files, choose_folder


def test_a_dialog_opens_at_home_and_not_where_the_program_lies_and_then_where_the_person_was(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, home, bank = tmp_path / "program", tmp_path / "home", tmp_path / "bank"
    for folder in (program, home, bank):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.chdir(program)
    parent = QWidget()
    qtbot.addWidget(parent)
    QFileDialog(parent).setDirectory(str(program))  # as if no dialog had ever been answered
    first = choose_folder(parent, "", lambda _: None)
    assert first.directory() == QDir(str(home))
    first.setDirectory(str(bank))
    first.reject()
    second = choose_files(parent, "", lambda _: None, ["*"])
    assert second.directory() == QDir(str(bank))
    second.reject()
