"""The log says everything except secrets, and never stops the program."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from _pytest.logging import LogCaptureHandler, _FileHandler

from gui.core import log
from gui.core.credentials import Credentials
from gui.core.machine.keys import generate
from gui.core.paths import Paths
from tests.credentials.keyrings import MemoryKeyring

ROOT = Path(__file__).resolve().parents[2]
logger = logging.getLogger("tests.log")
LONG = "lorem " * 3_200
FILE_BYTES = 100_000


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log of a program that has just started."""
    root = logging.getLogger()
    level = root.level
    monkeypatch.setattr(log, "FILE_BYTES", FILE_BYTES)
    monkeypatch.setattr(log, "_secrets", log._Secrets())  # other tests have left hundreds behind
    log.start(Paths(tmp_path, tmp_path / "logs"))
    yield tmp_path / "logs" / "embark.log"
    log.stop()
    root.setLevel(level)


@pytest.fixture(autouse=True)
def pytest_does_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own handlers would raise for an entry that cannot be made, which no program's do."""
    for handler in (LogCaptureHandler, _FileHandler):
        monkeypatch.setattr(handler, "emit", lambda handler, record: None)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_an_entry_is_one_line_in_utc(written: Path) -> None:
    logger.warning("rented %s", "한국어 — “…”")
    (line,) = text(written).splitlines()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING MainThread tests\.log: rented 한국어 — “…”", line
    )


SECRETS = {
    "an API key": "k" + "5e1f" * 10,
    "Korean": "비밀번호는-열려라참깨",
    "quotes and tabs": 'it\'s "so"\tsecret\\really',
    "several lines": "first-secret-line-0001\nsecond-secret-line-0002\n",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_a_remembered_secret_shows_in_no_spelling(written: Path, secret: str) -> None:
    log.remember_secret(secret)
    logger.warning("message %s" % secret)  # noqa: UP031 - a careless caller
    logger.warning("argument %s %r %s", secret, secret, {"inside": [secret]})
    logger.warning("bytes %r", secret.encode())
    logger.warning("json %s %s", json.dumps(secret), json.dumps({"k": secret}, ensure_ascii=False))
    logger.warning("basic %s", b64encode(secret.encode()).decode())
    try:
        raise ValueError(f"cannot use {secret}")
    except ValueError as error:
        logger.exception("it failed: %s", error)
        try:
            raise KeyError(secret) from error
        except KeyError:
            logger.warning("again", exc_info=True, stack_info=True)
    content = text(written)
    assert content.count("again") == 2  # the entry and its own line in the stack
    raw = secret.encode()
    for spelling in (secret, repr(secret)[1:-1], repr(raw)[2:-1], json.dumps(secret)[1:-1], b64encode(raw).decode()):
        assert spelling.strip() not in content
    for line in secret.splitlines():
        assert line not in content


def test_what_goes_through_the_keyring_is_remembered_by_itself(written: Path) -> None:
    keyring = MemoryKeyring()
    keyring.entries["Embark/read", "Embark"] = "was-there-before"
    credentials = Credentials(keyring)
    credentials.set("stored", "stored-just-now")
    credentials.hold("held", "held-for-a-while")
    credentials.get("read")
    identity = generate()
    for secret in ("was-there-before", "stored-just-now", "held-for-a-while", *identity.private_pem.splitlines()[1:-1]):
        logger.warning("oops %s", secret)
        assert secret not in text(written)
    logger.warning("public: %s", identity.public)
    assert identity.public in text(written), "the public half may be seen"


LOOKALIKES = {
    "an OpenSSH key": generate().private_pem,
    "an OpenSSH key in a repr": repr(generate().private_pem),
    "a key that is cut off": "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAtoken0000\nMIIEpAIBAAKCAQEA",
    "PKCS 8": "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----",
    "a bearer": "Authorization: Bearer 0123abcd-MC4CAQAwBQYDK2VwBCIEIA",
    "headers": "{'Authorization': 'Basic MC4CAQAwBQYDK2VwBCIEIA=='}",
    "raw headers": "[(b'authorization', b'Bearer MC4CAQAwBQYDK2VwBCIEIA')]",
    "a query": "GET https://host/api/v0/instances/?owner=me&api_key=MC4CAQAwBQYDK2VwBCIEIA HTTP/1.1",
    "the environment": "VAST_API_KEY=MC4CAQAwBQYDK2VwBCIEIA HOME=/root",
    "JSON": '{"apiKey": "MC4CAQAwBQYDK2VwBCIEIA", "passphrase": "two words MC4CAQAwBQYDK2VwBCIEIA"}',
    "JSON in JSON": json.dumps(json.dumps({"password": "MC4CAQAwBQYDK2VwBCIEIA"})),
    "a hub token": "token hf_MC4CAQAwBQYDK2VwBCIEIA",
    "an Amazon key": "AKIAIOSFODNN7EXAMPLE",
    "a web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.MC4CAQAwBQYDK2VwBCIEIA",
}


@pytest.mark.parametrize("lookalike", LOOKALIKES.values(), ids=LOOKALIKES.keys())
def test_what_looks_like_a_secret_is_masked_though_nobody_named_it(lookalike: str) -> None:
    shown = log.masked(f"before {lookalike}")
    assert shown.startswith("before ")
    assert log.MASK in shown
    assert not re.search(r"MC4C|MIIE|b3Blb|AKIA|AAAA|cut", shown)


@pytest.mark.parametrize(
    "harmless",
    [
        "parcel data/items-0001 sha256=0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "176,443 items, 12,000,000 tokens, tokenizer.json",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE+4n8gYgHvoMxkf193+ePj5wIKyMi4+zIc+es3Q8E03 embark",
        "the key is not accepted",
        "C:\\Users\\누리\\Documents\\Embark",
    ],
)
def test_what_a_person_needs_to_read_stays(harmless: str) -> None:
    assert log.masked(harmless) == harmless


def test_a_very_short_text_is_not_taken_for_a_secret() -> None:
    log.remember_secret("item")
    log.remember_secret("   \n")
    assert log.masked("an item") == "an item"


def test_nothing_can_forge_an_entry_or_move_the_cursor(written: Path) -> None:
    logger.warning("from the machine: %s", "fine\n2026-01-01T00:00:00.000Z INFO forged\r\x1b[2J\x00\x85\u2028end")
    lines = text(written).split("\n")
    assert [line[:4] for line in lines if line] == [lines[0][:4], "    "]
    assert "\\x0d\\x1b[2J\\x00\\x85\\x2028end" in lines[1]


def test_a_huge_entry_is_cut_and_says_so(written: Path) -> None:
    logger.warning("lorem " * 200_000)
    logger.warning("next")
    assert written.stat().st_size < 30_000
    assert "more characters]" in text(written)


def test_the_file_rotates_and_the_whole_stays_small(written: Path) -> None:
    for number in range(40):
        logger.warning("%d %s", number, LONG)
    names = sorted(path.name for path in written.parent.iterdir())
    assert names == ["embark.log", *(f"embark.log.{number}" for number in range(1, 5))]
    assert all(path.stat().st_size <= FILE_BYTES for path in written.parent.iterdir())
    assert "39 lorem" in text(written)


def test_what_cannot_be_said_does_not_stop_the_program(written: Path, capfd: pytest.CaptureFixture[str]) -> None:
    class Nasty:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    class Endless:
        def __repr__(self) -> str:
            return repr(self)

    logger.warning("%d", "not a number")
    logger.warning("%s %s", "one")
    logger.warning("%r", Nasty())
    logger.warning("%r", Endless())
    logger.warning("half a character: \ud800")
    content = text(written)
    assert "[4 entries could not be written]\n20" in content
    assert "half a character: \\ud800" in content
    logger.warning("and on")
    assert text(written).count("could not be written") == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_does_not_stop_the_program(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "embark.log").symlink_to("/dev/full")
    log.start(Paths(tmp_path, tmp_path / "logs"))
    logger.warning("nobody will read this")
    logger.warning("nor this")
    log.stop()
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_cannot_be_made_does_not_stop_the_program(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in the way").write_text("a file")
    log.start(Paths(tmp_path, tmp_path / "in the way" / "logs"))
    logger.error("nowhere to go")
    log.stop()
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_vanishes_does_not_stop_the_program(written: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logger.warning("first")
    for path in written.parent.iterdir():
        path.unlink()
    written.parent.rmdir()
    for _number in range(100):
        logger.warning(LONG)
    assert capfd.readouterr() == ("", "")


def test_a_file_that_cannot_be_renamed_is_written_on(written: Path) -> None:
    """As on Windows, while a second Embark has it open."""
    (written.parent / "embark.log.1").mkdir()
    (written.parent / "embark.log.1" / "in the way").touch()
    for number in range(60):
        logger.warning("%d %s", number, LONG)
    assert "59 lorem" in text(written)


def test_starting_again_moves_the_log(written: Path, tmp_path: Path) -> None:
    logger.warning("here")
    log.start(Paths(tmp_path, tmp_path / "elsewhere"))
    logger.warning("there")
    assert "there" not in text(written)
    assert text(tmp_path / "elsewhere" / "embark.log").count("\n") == 1


@pytest.mark.parametrize("encoding", ["cp949", "ascii"])
def test_no_code_page_matters_and_the_screen_stays_empty(tmp_path: Path, encoding: str) -> None:
    script = (
        "import logging, pathlib, sys\n"
        "from gui.core import log; from gui.core.paths import Paths\n"
        "log.start(Paths.default())\n"
        "logging.getLogger('x').error('em dash \\u2014, \\ud55c\\uad6d\\uc5b4, \\U0001f511, caf\\xe9')\n"
        "sys.stderr = sys.stdout = None\n"
        "logging.getLogger('x').error('no streams, as in a windowed program on Windows')\n"
    )
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C", "EMBARK_HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout + ended.stderr == b""
    content = text(tmp_path / "logs" / "embark.log")
    assert "em dash —, 한국어, \U0001f511, café" in content
    assert "no streams" in content


class _Door(paramiko.ServerInterface):
    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


def test_paramiko_at_its_most_talkative_shows_no_secret(written: Path) -> None:
    logging.getLogger("paramiko").setLevel(logging.DEBUG)
    identity, host = generate(), generate()
    ours, theirs = socket.socketpair()
    server, client = paramiko.Transport(theirs), paramiko.Transport(ours)
    server.add_server_key(paramiko.Ed25519Key.from_private_key(io.StringIO(host.private_pem)))
    accepted = threading.Event()
    server.start_server(event=accepted, server=_Door())
    client.set_hexdump(True)
    key = paramiko.Ed25519Key.from_private_key(io.StringIO(identity.private_pem))
    client.connect(username="root", pkey=key)
    client.open_session(timeout=10).close()
    client.close()
    server.close()
    content = text(written)
    assert "DEBUG" in content
    assert "Authentication (publickey) successful" in content
    for secret in (*identity.private_pem.splitlines()[1:-1], *host.private_pem.splitlines()[1:-1]):
        assert secret not in content
