"""The account at Vast.ai: its key, its credit, its charges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked as LockedByKeyring

from gui.core.cloud.base import ChargeKind
from gui.core.cloud.vast import VastCloud, hold_key_of_environment
from gui.core.credentials import Credentials
from gui.core.errors import CloudRefused, KeyringLocked
from gui.core.machine import keys
from gui.core.units import GB, MicroUsd, micro_usd
from tests.fake_vast.faults import Trouble
from tests.fake_vast.ledger import Kind
from tests.vast.account import LABEL, NEEDS, PUBLIC_KEY, Account, moment, open_cloud

HOUR_S = 3600.0


def test_credit_is_what_can_be_spent_and_may_be_below_zero(account: Account) -> None:
    assert account.cloud.credit() == micro_usd("5")
    account.rent()
    account.world.advance(30 * HOUR_S)
    assert micro_usd("-0.5") < account.cloud.credit() < 0


def test_charges_come_line_by_line_and_in_sum_are_what_was_billed(account: Account) -> None:
    start = moment(account.world)
    rented = account.rent()
    account.world.advance(2 * HOUR_S)
    account.world.traffic(int(rented.instance_id), down_bytes=100 * GB, up_bytes=20 * GB)
    account.world.add_instance("somebody else's")
    account.world.advance(HOUR_S)
    ours = [one for one in account.cloud.charges(start) if one.instance_id == rented.instance_id]
    assert {one.label for one in ours} == {LABEL}
    ledger = account.world.ledger
    kinds = {
        ChargeKind.MACHINE: Kind.GPU,
        ChargeKind.DISK: Kind.DISK,
        ChargeKind.TRAFFIC_IN: Kind.DOWN,
        ChargeKind.TRAFFIC_OUT: Kind.UP,
    }
    assert {one.kind for one in ours} == set(kinds)
    for one in ours:
        assert one.amount / 1e6 == pytest.approx(ledger.dollars(int(rented.instance_id), kinds[one.kind]), abs=0.001)
    assert any("hours at $" in one.detail for one in ours)


def test_charges_of_many_instances_come_in_pages_and_since_a_moment(account: Account) -> None:
    account.world.credit = 1e6
    for number in range(130):
        account.world.add_instance(f"training {number}")
    account.world.advance(HOUR_S)
    assert len({one.instance_id for one in account.cloud.charges(moment(account.world) - timedelta(days=1))}) == 130
    assert account.fake.count("charges") == 2
    account.world.advance(HOUR_S)
    last = account.cloud.charges(moment(account.world) - timedelta(minutes=30))
    machine = next(one for one in last if one.kind is ChargeKind.MACHINE)
    assert machine.amount == pytest.approx(180_000, abs=2_000)


def test_charges_that_lag_are_simply_not_there_yet(account: Account) -> None:
    account.world.charges_lag_s = HOUR_S
    start = moment(account.world)
    account.rent()
    account.world.advance(HOUR_S - 100)
    assert account.cloud.charges(start) == ()
    account.world.advance(HOUR_S)
    assert account.cloud.charges(start)


def test_a_wrong_key_is_told_as_that_though_the_provider_says_not_found(account: Account) -> None:
    cloud = open_cloud(account.fake, key="wrong" * 8)
    for verb in (cloud.credit, cloud.instances, lambda: cloud.offers(NEEDS)):
        with pytest.raises(CloudRefused) as raised:
            verb()
        assert raised.value.reason == "key"
        assert not raised.value.temporary
    cloud.close()


def test_a_key_that_is_revoked_meanwhile_is_told_and_a_new_one_counts_at_once(account: Account) -> None:
    credentials = Credentials()
    credentials.hold("vast", account.world.api_key)
    cloud = VastCloud(credentials, account.fake.url, clock=account.world.now, sleep=account.world.advance)
    assert cloud.instances() == ()
    account.world.revoke_key()
    with pytest.raises(CloudRefused):
        cloud.instances()
    credentials.hold("vast", account.world.api_key)
    assert cloud.instances() == ()
    cloud.close()


class ForgetfulKeyring(KeyringBackend):
    """Holds one secret, until it is locked."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, secret: str | None) -> None:
        super().__init__()
        self.secret = secret
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise LockedByKeyring("asleep")
        return self.secret

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secret = password


def test_a_keyring_that_locks_itself_does_not_keep_a_machine_from_being_destroyed(account: Account) -> None:
    rented = account.rent()
    keyring = ForgetfulKeyring(account.world.api_key)
    cloud = VastCloud(Credentials(keyring), account.fake.url, clock=account.world.now, sleep=account.world.advance)
    assert len(cloud.instances()) == 1
    keyring.locked = True
    cloud.destroy(rented.instance_id)
    assert cloud.instances() == ()
    cloud.close()


def test_a_keyring_that_was_never_open_is_told_as_locked(account: Account) -> None:
    keyring = ForgetfulKeyring("x" * 40)
    keyring.locked = True
    cloud = VastCloud(Credentials(keyring), account.fake.url)
    with pytest.raises(KeyringLocked):
        cloud.instances()
    assert account.fake.requests == []


def test_without_a_key_nothing_is_asked(account: Account) -> None:
    cloud = VastCloud(Credentials(ForgetfulKeyring(None)), account.fake.url)
    assert not cloud.has_key()
    with pytest.raises(CloudRefused) as raised:
        cloud.instances()
    assert raised.value.reason == "no-key"
    assert account.fake.requests == []


def test_the_key_and_the_server_may_come_from_the_environment(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = Credentials(ForgetfulKeyring(None))
    monkeypatch.delenv("VAST_API_KEY", raising=False)
    assert not hold_key_of_environment(credentials)
    monkeypatch.setenv("VAST_API_KEY", account.world.api_key)
    monkeypatch.setenv("EMBARK_VAST_URL", account.fake.url)
    assert hold_key_of_environment(credentials)
    cloud = VastCloud(credentials)
    assert cloud.credit() == micro_usd("5")
    cloud.close()


def test_the_providers_limits_are_never_reached(account: Account) -> None:
    for number in range(4):
        rented = account.rent(f"embark-r{number}-1")
        account.cloud.instances()
        account.cloud.credit()
        account.cloud.charges(moment(account.world) - timedelta(days=1))
        account.cloud.authorize(rented, PUBLIC_KEY)
        account.cloud.host_key(rented)
        account.cloud.destroy(rented.instance_id)
    assert 429 not in {seen.status for seen in account.fake.requests}


def test_what_others_rent_is_listed_and_not_touched(account: Account) -> None:
    other = account.world.add_instance("my training")
    rented = account.rent()
    account.world.advance(60)
    account.cloud.authorize(account.listed(), keys.generate().public)
    account.cloud.destroy(rented.instance_id)
    (left,) = account.cloud.instances()
    assert (left.instance_id, left.label) == (str(other), "my training")
    touched = [seen for seen in account.fake.requests if str(other) in seen.path]
    assert touched == []


def test_the_epoch_is_no_time_of_renting(account: Account) -> None:
    account.rent()
    assert account.listed().rented_at > datetime(2020, 1, 1, tzinfo=UTC)
    assert isinstance(account.listed().price_per_hour, int)
    assert MicroUsd(0) < account.listed().price_per_hour


def test_our_public_key_is_made_known_once(account: Account) -> None:
    key = keys.generate().public
    for _ in range(2):
        account.cloud.register(key)
    assert [one.public for one in account.world.account_keys] == [" ".join(key.split()[:2])]
    with pytest.raises(ValueError, match="public key"):
        account.cloud.register("-----BEGIN OPENSSH PRIVATE KEY-----")


def test_a_restricted_key_that_may_not_add_ours_says_so_and_rents_all_the_same(account: Account) -> None:
    account.world.faults.add("key-add", Trouble.NO_PERMISSION, 2)
    with pytest.raises(CloudRefused) as raised:
        account.cloud.register(PUBLIC_KEY)
    assert raised.value.reason == "permission"
    assert account.rent().label == LABEL
