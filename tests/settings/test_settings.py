"""The settings file: whole or not at all, forgiving to read, and kind to a newer Embark."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from gui.core import settings
from gui.core.errors import LocalDiskFull
from gui.core.paths import results_home
from gui.core.settings import Settings, load, save

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "설정" / "settings.json"


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def test_the_first_start_has_the_defaults(path: Path) -> None:
    assert load(path) == Settings()
    assert not path.exists()


def test_what_is_saved_is_read_back(path: Path) -> None:
    chosen = Settings("ko", "dark", "/결과/Embark", False, False, False, "AdnQywADAAA=")
    save(path, chosen)
    assert load(path) == chosen
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_settings_are_changed_by_replacing_them() -> None:
    chosen = Settings()
    with pytest.raises(FrozenInstanceError):
        chosen.language = "ko"  # type: ignore[misc]
    assert replace(chosen, language="ko").language == "ko"


def test_results_go_to_the_documents_until_a_folder_is_chosen(tmp_path: Path) -> None:
    assert Settings().results == results_home()
    assert Settings(results_folder=str(tmp_path)).results == tmp_path


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"language": "ko"',
        b"[]",
        b'"text"',
        b"null",
        b"\x00" * 100,
        b'{"language": "\xff"}',
        b"[" * 100_000,
        b'{"language":' + b'"k' + b"o" * 1_000_001 + b'"}',
    ],
)
def test_a_damaged_file_gives_the_defaults_and_is_kept_aside(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    write(path, content)
    with caplog.at_level(logging.WARNING):
        assert load(path) == Settings()
    assert path.with_name("settings.json.damaged").read_bytes() == content
    assert not path.exists()
    assert "damaged" in caplog.text
    save(path, Settings("ko"))
    assert load(path) == Settings("ko")


@pytest.mark.parametrize("value", ['"xx"', "7", "null", "[]", "{}", "true"])
def test_one_value_that_makes_no_sense_costs_only_itself(path: Path, value: str) -> None:
    write(path, f'{{"version": 1, "language": {value}, "theme": "dark"}}'.encode())
    assert load(path) == Settings(theme="dark")


def test_a_yes_that_is_not_a_yes_is_not_taken_for_one(path: Path) -> None:
    write(path, b'{"notice_finished": 0, "notice_needed": "false", "notice_billed": false}')
    assert load(path) == Settings(notice_billed=False)


def test_a_byte_order_mark_of_an_editor_does_no_harm(path: Path) -> None:
    write(path, b'\xef\xbb\xbf{"language": "ko"}')
    assert load(path).language == "ko"


def test_what_a_newer_embark_wrote_stays(path: Path) -> None:
    newer = {"version": 9, "language": "en", "density": "compact", "clouds": {"vast": {"team": 3}}}
    write(path, json.dumps(newer).encode())
    chosen = load(path)
    assert chosen.language == "en"
    save(path, replace(chosen, language="ko"))
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert stored["version"] == 9
    assert stored["density"] == "compact"
    assert stored["clouds"] == {"vast": {"team": 3}}
    assert stored["language"] == "ko"


def test_the_file_says_its_version(path: Path) -> None:
    save(path, Settings())
    assert json.loads(path.read_text(encoding="utf-8"))["version"] == settings.VERSION


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="a file-size limit, as POSIX has them")
def test_a_full_disk_leaves_the_old_file_whole(path: Path) -> None:
    """Written under a limit of 0 bytes a file, in a process of its own."""
    save(path, Settings("ko"))
    script = (
        "import pathlib, resource, signal, sys\n"
        "from gui.core.errors import EmbarkError\n"
        "from gui.core.settings import Settings, save\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "try: save(pathlib.Path(sys.argv[1]), Settings('en'))\n"
        "except EmbarkError: sys.exit(7)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == 7
    assert load(path) == Settings("ko")
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_has_a_name(path: Path) -> None:
    path.parent.mkdir()
    path.with_name(f"settings.json.{os.getpid()}.part").symlink_to("/dev/full")
    with pytest.raises(LocalDiskFull) as full:
        save(path, Settings("en"))
    assert full.value.path == str(path)
    assert list(path.parent.iterdir()) == []


def test_a_save_that_is_killed_at_any_moment_leaves_old_or_new(path: Path) -> None:
    save(path, Settings("ko"))
    script = (
        "import itertools, pathlib, sys\n"
        "from gui.core.settings import Settings, save\n"
        "print('ready', flush=True)\n"
        "for language in itertools.cycle(('ko', 'en')): save(pathlib.Path(sys.argv[1]), Settings(language))\n"
    )
    for _turn in range(3):
        saver = subprocess.Popen([sys.executable, "-c", script, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
        assert saver.stdout is not None
        with saver.stdout:
            saver.stdout.readline()
            seen = {load(path).language for _look in range(200)}
            saver.kill()
            saver.wait()
        assert seen | {load(path).language} <= {"ko", "en"}
        assert not path.with_name("settings.json.damaged").exists()


def test_a_folder_in_the_way_gives_the_defaults(path: Path) -> None:
    path.mkdir(parents=True)
    assert load(path) == Settings()
