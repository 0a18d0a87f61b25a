"""Which clouds can be used: practice always and without the keyring, Vast.ai once its key was given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked as LockedByKeyring
from keyring.errors import NoKeyringError

from gui import cli
from gui.core.cloud.clouds import Clouds
from gui.core.credentials import Credentials
from gui.core.errors import CloudRefused, KeyringLocked
from gui.core.machine.keys import KeyStore
from gui.core.paths import Paths
from gui.core.run.runs import Runs
from gui.core.run.world import World
from tests.credentials.keyrings import FailingKeyring, MemoryKeyring
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World as FakeWorld


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVast]:
    with FakeVast(FakeWorld(limits={})) as fake:
        monkeypatch.setenv("EMBARK_VAST_URL", fake.url)
        monkeypatch.delenv("VAST_API_KEY", raising=False)
        yield fake


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home", tmp_path / "logs")


def billed(paths: Paths, keyring: MemoryKeyring) -> dict[str, object]:
    """What a program that starts now is told by each account: how many machines, or the error."""
    credentials = Credentials(keyring)
    clouds = Clouds(paths, credentials)
    clouds.look()
    runs = Runs(World.of(paths, clouds, KeyStore(credentials)))
    try:
        return {bill.cloud: type(bill.error) if bill.error else len(bill.lines) for bill in runs.bill()}
    finally:
        runs.close()


def test_practice_asks_neither_the_keyring_nor_the_network(paths: Paths, fake: FakeVast) -> None:
    keyring = MemoryKeyring()
    keyring.get_password = None  # type: ignore[assignment]
    clouds = Clouds(paths, Credentials(keyring))
    assert (list(clouds), len(clouds), "vast" in clouds) == (["practice"], 1, False)
    runs = Runs(World.of(paths, clouds, KeyStore(Credentials(keyring))))
    assert [bill.cloud for bill in runs.bill()] == ["practice"]
    runs.close()
    assert fake.requests == []


def test_a_key_that_was_given_is_known_at_the_next_start_and_forgotten_when_told(paths: Paths) -> None:
    credentials = Credentials(MemoryKeyring())
    clouds = Clouds(paths, credentials)
    clouds.add("vast")
    assert list(Clouds(paths, credentials)) == ["practice", "vast"]
    assert "key" not in paths.accounts.read_text().lower()
    clouds.remove("vast")
    assert list(Clouds(paths, credentials)) == ["practice"]


def test_a_key_held_for_this_session_counts_and_leaves_no_trace(paths: Paths) -> None:
    credentials = Credentials(MemoryKeyring())
    clouds = Clouds(paths, credentials)
    credentials.hold("vast", "k" * 64)
    assert list(clouds) == ["practice", "vast"]
    assert list(Clouds(paths, Credentials(MemoryKeyring()))) == ["practice"]


def test_a_cloud_whose_key_is_gone_is_still_found_by_its_name_and_says_what_is_missing(paths: Paths) -> None:
    clouds = Clouds(paths, Credentials(MemoryKeyring()))
    with pytest.raises(CloudRefused) as raised:
        clouds["vast"].instances()
    assert raised.value.reason == "no-key"


def test_damage_never_hides_an_account(paths: Paths) -> None:
    paths.data.mkdir(parents=True)
    paths.accounts.write_bytes(b"\xff{")
    assert list(Clouds(paths, Credentials(MemoryKeyring()))) == ["practice", "vast"]


def test_the_bill_lists_the_account_whenever_its_key_is_in_the_keyring(paths: Paths, fake: FakeVast) -> None:
    fake.world.add_instance("embark-lost-1")
    keyring = MemoryKeyring()
    assert billed(paths, keyring) == {"practice": 0}
    Credentials(keyring).set("vast", fake.world.api_key)
    assert billed(paths, keyring) == {"practice": 0, "vast": 1}
    assert paths.accounts.exists()


def test_a_locked_keyring_is_never_an_empty_bill_and_a_missing_one_is(paths: Paths, fake: FakeVast) -> None:
    locked = billed(paths, FailingKeyring(LockedByKeyring("asleep")))
    assert locked == {"practice": 0, "vast": KeyringLocked}
    assert billed(paths, FailingKeyring(NoKeyringError("none"))) == {"practice": 0}


def test_on_the_command_line_the_key_may_come_from_the_environment(
    tmp_path: Path, fake: FakeVast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, other = fake.world.add_instance("embark-lost-1"), fake.world.add_instance("my training")
    monkeypatch.setenv("EMBARK_HOME", str(tmp_path))
    monkeypatch.setenv("VAST_API_KEY", fake.world.api_key)
    assert cli.main(["bill", "--json"]) == cli.DONE
    said = capsys.readouterr().out
    listed = {line["instance_id"]: line["ours"] for line in json.loads(said)["instances"]}
    assert listed == {str(ours): True, str(other): False}
    assert fake.world.api_key not in said + "".join(one.read_text() for one in tmp_path.rglob("*.log"))
    fake.world.revoke_key()
    assert cli.main(["bill"]) == cli.BILLED
    assert "does not accept the key" in capsys.readouterr().err
