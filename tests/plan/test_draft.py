"""A half-made plan survives; a damaged one is left aside with a line in the log."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import pytest

from gui.core.plan import Draft, Plan, suggest_folder
from tests.plan.making import a_plan


def test_a_draft_is_there_again_after_the_program_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "home" / "draft.toml"
    assert Draft(path).load() is None
    for plan in (a_plan(tmp_path), Plan()):
        Draft(path).save(plan)
        assert Draft(path).load() == plan
    assert [file.name for file in path.parent.iterdir()] == ["draft.toml"]


def test_a_removed_draft_is_gone_and_may_be_removed_again(tmp_path: Path) -> None:
    draft = Draft(tmp_path / "draft.toml")
    draft.save(Plan())
    draft.remove()
    draft.remove()
    assert draft.load() is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[data", b"[data]\nitems = 3", b"new_key = 1"])
def test_a_damaged_draft_is_ignored_with_a_line_in_the_log(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "draft.toml").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert Draft(tmp_path / "draft.toml").load() is None
    assert "draft" in caplog.text


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Sample items", "2026-01-29 Sample items"),
        ("", "2026-01-29"),
        ("../../etc", "2026-01-29 etc"),
        ("국어 / 영어: 3?", "2026-01-29 국어 영어 3"),
        ("a\x00b\n  c. .", "2026-01-29 a b c"),
    ],
)
def test_a_result_goes_into_a_fresh_folder_named_by_day_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, folder: str
) -> None:
    monkeypatch.setenv("EMBARK_RESULTS", str(tmp_path))
    first = suggest_folder(name, today=date(2026, 1, 29))
    assert first == tmp_path / "Embark" / folder
    first.mkdir(parents=True)
    assert suggest_folder(name, today=date(2026, 1, 29)) == tmp_path / "Embark" / f"{folder} (2)"


def test_a_very_long_name_still_makes_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBARK_RESULTS", str(tmp_path))
    suggest_folder("가" * 500).mkdir(parents=True)
