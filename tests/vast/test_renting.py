"""Renting at Vast.ai: once for each intention, whatever becomes of the answer."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gui.core.cloud import vast_ssh
from gui.core.cloud.base import InstanceStatus
from gui.core.errors import CloudRefused, CloudUnreachable, OfferGone
from gui.core.units import micro_usd
from tests.fake_vast.faults import Trouble
from tests.fake_vast.server import FakeVast
from tests.vast.account import LABEL, PUBLIC_KEY, Account, moment, open_cloud


def test_renting_asks_for_what_ends_no_worse_than_not_renting(account: Account) -> None:
    rented = account.rent()
    (creation,) = account.world.ledger.created(LABEL)
    assert rented.instance_id == str(creation.instance_id)
    asked = account.world.instances[creation.instance_id].asked
    assert asked["cancel_unavail"] is True
    assert asked["runtype"] == "ssh_direc ssh_proxy"
    assert asked["disk"] == 50
    assert "price" not in asked
    assert PUBLIC_KEY.split()[1] in asked["onstart"]
    assert rented.status is InstanceStatus.STARTING
    assert rented.rented_at == account.listed().rented_at


def test_the_key_is_on_the_account_before_the_machine_is_rented(account: Account) -> None:
    account.rent()
    order = [seen.endpoint for seen in account.fake.requests if seen.endpoint in ("key-add", "create")]
    assert order == ["key-add", "create"]
    (instance,) = account.world.instances.values()
    assert [key.public for key in instance.keys] == [" ".join(PUBLIC_KEY.split()[:2])]
    account.rent("embark-r2-1")
    assert account.fake.count("key-add") == 1


@pytest.mark.parametrize("how", ["taken", "cannot start", "unknown", "nonsense"])
def test_an_offer_that_is_gone_is_told_as_that(account: Account, how: str) -> None:
    offer = account.offer()
    if how == "taken":
        account.world.take(int(offer.offer_id))
    elif how == "cannot start":
        account.world.cannot_start.add(int(offer.offer_id))
    else:
        offer = replace(offer, offer_id="1" if how == "unknown" else "../users/current")
    with pytest.raises(OfferGone) as raised:
        account.cloud.rent(offer, LABEL, PUBLIC_KEY)
    assert raised.value.offer_id == offer.offer_id
    assert account.world.instances == {}


def test_without_credit_nothing_is_rented_and_it_is_told_why(account: Account) -> None:
    offer = account.offer()
    account.world.credit = 0.0
    with pytest.raises(CloudRefused) as raised:
        account.cloud.rent(offer, LABEL, PUBLIC_KEY)
    assert raised.value.reason == "credit"
    assert "billing page" in raised.value.detail


@pytest.mark.parametrize("bad_bid", [True, False], ids=["a bid too low", "any error"])
def test_a_refusal_that_rented_all_the_same_is_destroyed_at_once(account: Account, bad_bid: bool) -> None:
    offer = account.offer()
    if bad_bid:
        offer = replace(offer, interruptible=True, bid_per_hour=micro_usd("0.01"))
    else:
        account.world.created_anyway = True
    with pytest.raises(OfferGone):
        account.cloud.rent(offer, LABEL, PUBLIC_KEY)
    assert len(account.world.ledger.created(LABEL)) == 1
    assert account.world.instances == {}


def test_a_refusal_that_rented_is_not_forgotten_while_it_is_still_listed(account: Account) -> None:
    offer = account.offer()
    account.world.created_anyway = True
    account.world.deaf_destroys = 1
    with pytest.raises(CloudUnreachable):
        account.cloud.rent(offer, LABEL, PUBLIC_KEY)
    account.cloud.destroy(account.listed().instance_id)
    assert account.cloud.instances() == ()


LOST = [Trouble.LOSE_ANSWER, Trouble.HALF, Trouble.GATEWAY_TIMEOUT, Trouble.DELAY]


@pytest.mark.parametrize("trouble", LOST)
def test_a_lost_answer_is_told_as_lost_and_the_machine_is_found_by_its_label(trouble: Trouble) -> None:
    with FakeVast() as fake:
        account = Account(fake.world, fake, open_cloud(fake, silence_s=0.3))
        offer = account.offer()
        fake.world.faults.add("create", trouble, seconds=1.0)
        before = moment(fake.world)
        with pytest.raises(CloudUnreachable):
            account.cloud.rent(offer, LABEL, PUBLIC_KEY)
        account.cloud.close()
        restarted = Account(fake.world, fake, open_cloud(fake))
        found = restarted.listed()
        restarted.cloud.close()
        assert len(fake.world.ledger.created(LABEL)) == 1
        assert fake.count("create") == 1
        assert timedelta(0) <= found.rented_at - before < timedelta(seconds=10)


@pytest.mark.parametrize(
    "trouble", [Trouble.CUT, Trouble.BAD_GATEWAY, Trouble.HTML, Trouble.FORBIDDEN_PAGE, Trouble.TOO_FREQUENT]
)
def test_a_create_is_never_repeated_by_itself(account: Account, trouble: Trouble) -> None:
    offer = account.offer()
    account.world.faults.add("create", trouble, times=5)
    with pytest.raises(CloudUnreachable):
        account.cloud.rent(offer, LABEL, PUBLIC_KEY)
    assert account.fake.count("create") == 1
    assert account.cloud.instances() == ()


@pytest.mark.parametrize(
    "public_key",
    ["", "ssh-ed25519", "ssh-ed25519 AAAA'; reboot; '", "$(reboot) AAAA", "ssh-rsa `reboot`", "-----BEGIN KEY-----"],
)
def test_what_is_no_public_key_never_reaches_the_start_script(account: Account, public_key: str) -> None:
    with pytest.raises(CloudRefused) as raised:
        account.cloud.rent(account.offer(), LABEL, public_key)
    assert raised.value.reason == "key"
    assert account.fake.count("create") == 0


def test_the_start_script_fits_and_does_what_it_says_twice_over(tmp_path: Path) -> None:
    script = vast_ssh.onstart(vast_ssh.public_part(PUBLIC_KEY))
    assert len(script) <= 4096
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "ssh_host_ed25519_key"], check=True)
    script = script.replace("/etc/ssh/", f"{tmp_path}/")
    home = tmp_path / "home"
    home.mkdir()
    for _ in range(2):
        ended = subprocess.run(
            ["bash", "-eu", "-c", script], env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert (home / ".no_auto_tmux").exists()
    assert (home / ".ssh" / "authorized_keys").read_text().count(PUBLIC_KEY.split()[1]) == 1
    assert vast_ssh.host_key(ended.stdout).startswith("SHA256:")


def test_the_longest_usual_key_fits_into_the_start_script() -> None:
    assert vast_ssh.onstart(f"ssh-rsa {'A' * 1400}")
    with pytest.raises(ValueError, match="too long"):
        vast_ssh.onstart(f"ssh-rsa {'A' * 4096}")
