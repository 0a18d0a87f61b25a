"""The journal says what is wrong with it, and never more than that."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gui.core.errors import LocalFileRefused
from gui.core.run import events as e
from gui.core.run.journal import Journal

NOW = datetime(2026, 1, 29, tzinfo=UTC)


def test_what_was_appended_is_read_in_order_and_each_run_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "runs.sqlite")
    for run_id in ("a", "b", "a"):
        journal.append(run_id, e.Planned(run_id), NOW)
    assert [one.seq for one in journal.read("a")] == [1, 2]
    assert journal.length("a") == 2
    assert journal.length("c") == 0
    assert journal.lengths() == {"a": 2, "b": 1}
    journal.close()


@pytest.mark.parametrize("what", ["damaged", "newer", "a file in its way", "a folder in its place"])
def test_a_journal_that_cannot_be_used_is_refused_in_words(tmp_path: Path, what: str) -> None:
    path = tmp_path / "home" / "runs.sqlite"
    if what == "a file in its way":
        path.parent.write_text("not a folder")
    elif what == "a folder in its place":
        path.mkdir(parents=True)
    else:
        path.parent.mkdir()
        if what == "damaged":
            path.write_bytes(b"not a journal at all" * 100)
        else:
            connection = sqlite3.connect(path)
            connection.execute("PRAGMA user_version = 99")
            connection.close()
    with pytest.raises(LocalFileRefused):
        Journal(path)


def test_a_journal_without_room_for_its_reserve_is_opened_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    Journal(path).close()
    reserve = path.with_name("runs.sqlite.reserve")
    assert reserve.stat().st_size > 0
    reserve.unlink()
    reserve.symlink_to(tmp_path / "gone" / "nowhere")  # writing it fails
    journal = Journal(path)
    journal.append("a", e.Planned(""), NOW)
    journal.close()


def test_a_journal_that_was_damaged_meanwhile_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    journal = Journal(path)
    journal.append("a", e.Planned(""), NOW)
    foreign = sqlite3.connect(path)
    foreign.execute("UPDATE events SET event = x'7b7d'")
    foreign.commit()
    foreign.close()
    with pytest.raises(LocalFileRefused):
        journal.read("a")
    journal.close()
