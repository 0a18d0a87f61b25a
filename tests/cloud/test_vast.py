"""The Vast.ai cloud, on a fake that does what the provider does: rented once, listed whole, told in our words."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked as LockedByKeyring

from gui.core.cloud import vast_ssh
from gui.core.cloud.base import Address, ChargeKind, Cloud, InstanceStatus, Needs, PaidCloud
from gui.core.cloud.vast import VastCloud, hold_key_of_environment
from gui.core.credentials import Credentials
from gui.core.errors import CloudRefused, CloudUnreachable, KeyringLocked, OfferGone
from gui.core.machine import keys
from gui.core.units import GB, MicroUsd, micro_usd
from tests.cloud.contract import CloudContract
from tests.cloud.vast_account import LABEL, NEEDS, PUBLIC_KEY, Account, moment, open_account, open_cloud
from tests.fake_vast import boots
from tests.fake_vast.boots import Boot
from tests.fake_vast.faults import Trouble
from tests.fake_vast.ledger import Kind
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World

HOUR_S = 3600.0


@pytest.fixture
def account() -> Iterator[Account]:
    account = open_account()
    yield account
    account.close()


@pytest.fixture
def world(account: Account) -> World:
    return account.world


@pytest.fixture
def cloud(account: Account) -> VastCloud:
    return account.cloud


class TestContract(CloudContract):
    @pytest.fixture
    def account(self) -> Iterator[Callable[[], Cloud]]:
        world = World()
        world.offers_last = True
        world.add_offer()
        world.add_offer(gpu_name="RTX 3090")
        with FakeVast(world) as fake:

            def open_() -> Cloud:
                credentials = Credentials()
                credentials.hold("vast", world.api_key)
                return VastCloud(credentials, fake.url, clock=world.now, sleep=world.advance)

            yield open_


def test_it_is_a_cloud_that_costs_money(cloud: VastCloud) -> None:
    assert isinstance(cloud, PaidCloud)
    assert (cloud.needs_key, cloud.may_install) == (True, True)


# --- offers -----------------------------------------------------------------------------------------------------------


def test_an_offer_is_told_in_our_units(account: Account) -> None:
    offer = account.offer(
        gpu_name="RTX_4090", num_gpus=2, gpu_ram=24564, dph_base=0.36, storage_cost=0.144, inet_down=800, inet_up=80,
        inet_down_cost=0.002, inet_up_cost=0.003, cpu_ram=64000, gpu_frac=0.5, cpu_cores_effective=12.8, host_id=7,
        machine_id=8, cuda_max_good=12.8, geolocation="Hanoi, VN",
    )  # fmt: skip
    assert (offer.name, offer.gpu_count, offer.vram_bytes) == ("RTX 4090", 2, 24564 << 20)
    assert (offer.cores, offer.memory_bytes, offer.disk_bytes) == (12, 32000 << 20, 50 * GB)
    assert (offer.download_bytes_per_s, offer.upload_bytes_per_s) == (100e6, 10e6)
    assert offer.disk_per_hour == micro_usd("0.01")
    assert offer.price_per_hour == micro_usd("0.37")
    assert (offer.traffic_in_per_gb, offer.traffic_out_per_gb) == (micro_usd("0.002"), micro_usd("0.003"))
    assert (offer.place, offer.host_id, offer.machine_id, offer.cuda) == ("Hanoi, VN", "7", "8", 12.8)
    assert not offer.pretend_price
    assert not offer.interruptible


def test_the_price_is_that_of_the_disk_that_is_needed(account: Account, cloud: VastCloud) -> None:
    account.world.add_offer(dph_base=0.36, storage_cost=0.72)
    prices = [cloud.offers(Needs(disk_bytes=size))[0].price_per_hour for size in (0, 8 * GB, 50 * GB, 50 * GB + 1)]
    assert prices == [micro_usd(price) for price in ("0.368", "0.368", "0.41", "0.411")]


@pytest.mark.parametrize(
    ("needs", "fits", "does_not"),
    [
        (Needs(gpus=("RTX 4090", "RTX 3090")), {"gpu_name": "RTX 3090"}, {"gpu_name": "RTX 3090 Ti"}),
        (Needs(min_vram_bytes=24 * GB), {"gpu_ram": 24564}, {"gpu_ram": 22527}),
        (Needs(disk_bytes=100 * GB), {"disk_space": 100.5}, {"disk_space": 99.5}),
        (Needs(max_price_per_hour=micro_usd("0.30")), {"dph_base": 0.25}, {"dph_base": 0.35}),
        (Needs(min_reliability=0.99), {"reliability": 0.991}, {"reliability": 0.989}),
        (Needs(min_cuda=12.4), {"cuda_max_good": 12.8}, {"cuda_max_good": 12.2}),
        (Needs(min_download_bytes_per_s=50e6), {"inet_down": 401.0}, {"inet_down": 399.0}),
        (Needs(countries=("VN", "KR")), {"geolocation": "Seoul, KR"}, {"geolocation": "Texas, US"}),
        (Needs(), {}, {"verification": "unverified"}),
        (Needs(), {}, {"rentable": False}),
        (Needs(), {}, {"rented": True}),
        (Needs(), {}, {"external": True}),
        (Needs(), {}, {"gpu_arch": "amd"}),
        (Needs(), {}, {"cpu_arch": "arm64"}),
        (Needs(), {}, {"direct_port_count": 0}),
        (Needs(), {}, {"duration": HOUR_S}),
    ],
)
def test_only_what_is_needed_is_offered(
    world: World, cloud: VastCloud, needs: Needs, fits: dict[str, object], does_not: dict[str, object]
) -> None:
    wanted = world.add_offer(**fits)
    world.add_offer(**does_not)
    assert [one.offer_id for one in cloud.offers(needs)] == [str(wanted)]


def test_the_cheapest_are_offered_when_there_are_many(world: World, cloud: VastCloud) -> None:
    for number in range(100, 0, -1):
        world.add_offer(dph_base=number / 100)
    prices = [one.price_per_hour for one in cloud.offers(Needs())]
    assert len(prices) == 64
    assert prices == sorted(prices)
    assert prices[0] < micro_usd("0.02")


def test_an_interruptible_offer_is_priced_by_its_bid(world: World, cloud: VastCloud) -> None:
    world.add_offer(dph_base=0.36, min_bid=0.12, storage_cost=0.144)
    (offer,) = cloud.offers(replace(NEEDS, interruptible=True))
    assert offer.interruptible
    assert (offer.bid_per_hour, offer.price_per_hour) == (micro_usd("0.12"), micro_usd("0.13"))
    cloud.rent(offer, LABEL, PUBLIC_KEY)
    assert next(iter(world.instances.values())).asked["price"] == 0.12
    (instance,) = cloud.instances()
    assert (instance.interruptible, instance.price_per_hour) == (True, micro_usd("0.13"))


def test_an_offer_with_holes_is_shown_and_one_that_makes_no_sense_is_not(world: World, cloud: VastCloud) -> None:
    holes = dict.fromkeys(
        ("reliability2", "inet_up", "inet_up_cost", "geolocation", "host_id", "cpu_ram", "gpu_frac", "min_bid"), None
    )
    wanted = world.add_offer(**holes)
    world.add_offer(gpu_ram="plenty", cpu_cores_effective=None)
    world.add_offer(dph_base=-5.0)
    (offer,) = cloud.offers(Needs())
    assert (offer.offer_id, offer.place) == (str(wanted), "?")


def test_no_more_than_ten_searches_a_minute_are_made(world: World, cloud: VastCloud, account: Account) -> None:
    """The provider counts; a refusal would show as 429."""
    for _ in range(25):
        cloud.offers(Needs())
    assert {seen.status for seen in account.fake.requests} == {200}


def test_the_days_searches_are_used_up(world: World, cloud: VastCloud, account: Account) -> None:
    world.searches_left = 0
    with pytest.raises(CloudRefused) as raised:
        cloud.offers(Needs())
    assert raised.value.reason == "quota"
    assert account.fake.count("search") == 1


# --- renting ----------------------------------------------------------------------------------------------------------


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


# --- what is listed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("boot", "seconds", "status", "words"),
    [
        (boots.READY, 0, InstanceStatus.STARTING, ""),
        (boots.READY, 4, InstanceStatus.STARTING, "created"),
        (boots.READY, 12, InstanceStatus.STARTING, "412.5MB/3.2GB"),
        (boots.READY, 40, InstanceStatus.RUNNING, "success"),
        (boots.NEVER_PROVISIONED, HOUR_S, InstanceStatus.STARTING, ""),
        (boots.STUCK, HOUR_S, InstanceStatus.STARTING, "412.5MB/3.2GB"),
        (boots.OCI_FAILED, 20, InstanceStatus.LOST, "OCI runtime create failed"),
        (boots.NO_IMAGE, 20, InstanceStatus.LOST, "manifest unknown"),
        (boots.EXITS, 50, InstanceStatus.LOST, "exited with code 1"),
        (boots.GOES_OFFLINE, 70, InstanceStatus.LOST, ""),
        (boots.OFFLINE_WHILE_LOADING, 70, InstanceStatus.LOST, ""),
        (boots.UNKNOWN, 70, InstanceStatus.LOST, ""),
    ],
)
def test_every_state_has_its_meaning_and_the_providers_words(
    account: Account, boot: Boot, seconds: float, status: InstanceStatus, words: str
) -> None:
    account.world.next_boots = [boot]
    account.rent()
    account.world.advance(seconds)
    instance = account.listed()
    assert instance.status is status
    assert words in instance.detail
    assert (instance.address is not None) == (status is InstanceStatus.RUNNING)


@pytest.mark.parametrize("how", ["outbid", "out of credit", "stopped by hand", "contract over"])
def test_a_machine_that_was_stopped_is_told_as_stopped_and_still_costs_its_disk(account: Account, how: str) -> None:
    rented = account.rent(duration=24 * HOUR_S)
    account.world.advance(60)
    number = int(rented.instance_id)
    if how == "outbid":
        account.world.outbid(number)
    elif how == "out of credit":
        account.world.advance(20 * HOUR_S)
    elif how == "stopped by hand":
        account.world.stop(number)
    else:
        account.world.credit = 100.0
        account.world.advance(24 * HOUR_S)
    instance = account.listed()
    assert instance.status is InstanceStatus.STOPPED
    assert instance.price_per_hour == instance.disk_per_hour == rented.disk_per_hour > 0
    assert account.world.billing() == {number}


@pytest.mark.parametrize(
    ("boot", "direct", "fallback"),
    [
        (boots.READY, True, True),
        (boots.DEAD_DIRECT, True, True),  # nothing tells it from one that works
        (boots.NO_DIRECT, False, False),
    ],
)
def test_the_direct_way_comes_first_and_the_proxy_after_it(
    account: Account, boot: Boot, direct: bool, fallback: bool
) -> None:
    account.world.next_boots = [boot]
    rented = account.rent()
    account.world.advance(60)
    row, instance = account.world.instances[int(rented.instance_id)], account.listed()
    proxy = Address(row.proxy_host, row.proxy_port, "root")
    assert instance.address is not None
    assert (instance.address != proxy) == direct
    assert instance.fallback_address == (proxy if fallback else None)


def test_the_list_is_whole_however_long_it_is(account: Account) -> None:
    for number in range(60):
        account.world.add_instance(f"training {number}")
    account.rent()
    instances = account.cloud.instances()
    assert len({one.instance_id for one in instances}) == 61
    assert sum(one.label.startswith("embark-") for one in instances) == 1
    assert account.fake.count("list") == 3
    assert account.fake.count("old-list") == 0


@pytest.mark.parametrize("trouble", [Trouble.BAD_GATEWAY, Trouble.HTML, Trouble.CUT, Trouble.NO_JSON, Trouble.HALF])
@pytest.mark.parametrize("page", [0, 2], ids=["first page", "last page"])
def test_a_list_that_cannot_be_had_whole_is_an_error_and_never_empty(
    account: Account, trouble: Trouble, page: int
) -> None:
    for number in range(60):
        account.world.add_instance(f"training {number}")
    for _ in range(page):
        account.world.faults.add("list", Trouble.DELAY)  # uses up a page, and does no harm
    account.world.faults.add("list", trouble, times=3)
    with pytest.raises(CloudUnreachable):
        account.cloud.instances()
    assert len(account.cloud.instances()) == 60


@pytest.mark.parametrize("trouble", [Trouble.BAD_GATEWAY, Trouble.TOO_FREQUENT, Trouble.CUT])
def test_a_hiccup_does_not_spoil_the_list(account: Account, trouble: Trouble) -> None:
    account.rent()
    account.world.faults.add("list", trouble)
    assert account.listed()


@pytest.mark.parametrize(
    "odd", [{"label": None}, {"label": 7}, {"gpu_name": ["?"]}, {"dph_total": "much"}, {"geolocation": 5}]
)
def test_an_instance_that_makes_no_sense_is_listed_all_the_same(account: Account, odd: dict[str, object]) -> None:
    """It may be billed: it must be seen, and it must be possible to destroy it."""
    fields = {name: value for name, value in odd.items() if name != "label"}
    number = account.world.add_instance(odd.get("label", "mine"), **fields)  # type: ignore[arg-type]
    account.world.instances[number].offer.update(fields)
    account.rent()
    assert {one.instance_id for one in account.cloud.instances()} >= {str(number)}
    assert account.listed()
    account.cloud.destroy(str(number))
    assert len(account.cloud.instances()) == 1


def test_the_time_of_renting_survives_the_program(account: Account) -> None:
    rented = account.rent()
    account.world.advance(5 * HOUR_S)
    restarted = open_cloud(account.fake)
    (listed,) = restarted.instances()
    restarted.close()
    assert listed.rented_at == rented.rented_at


def test_others_began_when_the_provider_says_or_when_they_were_first_seen(account: Account) -> None:
    account.world.add_instance("running elsewhere")
    began = moment(account.world)
    account.world.advance(HOUR_S)
    assert account.cloud.instances()[0].rented_at == began


# --- getting in -------------------------------------------------------------------------------------------------------


def test_another_key_is_let_in_once(account: Account) -> None:
    account.rent()
    account.world.advance(60)
    instance, other = account.listed(), keys.generate().public
    for _ in range(3):
        account.cloud.authorize(instance, other)
        account.cloud.authorize(instance, PUBLIC_KEY)
    assert account.fake.count("instance-key-add") == 1
    (row,) = account.world.instances.values()
    assert " ".join(other.split()[:2]) in {key.public for key in row.keys}


def test_letting_a_key_into_what_is_gone_is_no_error(account: Account) -> None:
    rented = account.rent()
    account.cloud.destroy(rented.instance_id)
    account.cloud.authorize(rented, PUBLIC_KEY)


PRINTED = "SHA256:" + "Ab1+" * 10 + "xyz"


def test_the_host_key_is_read_from_the_log_and_known_from_then_on(account: Account) -> None:
    rented = account.rent()
    account.world.log_delay = 3
    account.world.advance(60)
    row = account.world.instances[int(rented.instance_id)]
    row.said = f"hello\nembark-host-key 256 {PRINTED} no comment (ED25519)\n"
    assert account.listed().host_key == ""
    assert account.cloud.host_key(rented) == PRINTED
    assert account.listed().host_key == PRINTED
    assert account.cloud.host_key(rented) == PRINTED
    assert account.fake.count("logs") == 1


@pytest.mark.parametrize("how", ["never there", "no logs", "not printed", "damaged", "destroyed", "unreachable"])
def test_a_host_key_that_cannot_be_had_is_empty_and_no_error(account: Account, how: str) -> None:
    rented = account.rent()
    row = account.world.instances[int(rented.instance_id)]
    row.said = f"embark-host-key 256 {PRINTED} (ED25519)"
    match how:
        case "never there":
            account.world.log_delay = 100
        case "no logs":
            account.world.logs_work = False
        case "not printed":
            row.said = f"bash: ssh-keygen: command not found\n256 {PRINTED} elsewhere"
        case "damaged":
            row.said = f"embark-host-key 256 {PRINTED[:-5]}\nembark-host-key 256 {PRINTED}longer"
        case "destroyed":
            account.cloud.destroy(rented.instance_id)
        case "unreachable":
            account.world.faults.add("logs", Trouble.BAD_GATEWAY, times=3)
    assert account.cloud.host_key(rented) == ""


# --- destroying -------------------------------------------------------------------------------------------------------


def test_only_the_list_says_that_it_is_gone(account: Account) -> None:
    rented = account.rent()
    account.world.linger = 2
    account.cloud.destroy(rented.instance_id)
    seen = [len(account.cloud.instances()) for _ in range(3)]
    assert seen == [1, 1, 0]
    assert account.world.billing() == set()


def test_a_destroy_that_did_nothing_shows_and_can_be_asked_for_again(account: Account) -> None:
    rented = account.rent()
    account.world.deaf_destroys = 1
    account.cloud.destroy(rented.instance_id)
    assert account.listed()
    account.cloud.destroy(rented.instance_id)
    assert account.cloud.instances() == ()


@pytest.mark.parametrize(
    "trouble", [Trouble.TOO_FREQUENT, Trouble.CUT, Trouble.BAD_GATEWAY, Trouble.LOSE_ANSWER, Trouble.HTML]
)
def test_a_destroy_that_was_not_answered_may_be_asked_for_again(account: Account, trouble: Trouble) -> None:
    rented = account.rent()
    account.world.faults.add("destroy", trouble)
    with pytest.raises(CloudUnreachable):
        account.cloud.destroy(rented.instance_id)
    account.cloud.destroy(rented.instance_id)
    assert account.cloud.instances() == ()


def test_destroying_what_is_gone_is_no_error_and_with_a_wrong_key_it_is_one(account: Account) -> None:
    rented = account.rent()
    account.world.revoke_key()
    with pytest.raises(CloudRefused) as raised:
        account.cloud.destroy(rented.instance_id)
    assert raised.value.reason == "key"
    assert account.world.instances
    restarted = open_cloud(account.fake)
    for _ in range(2):
        restarted.destroy(rented.instance_id)
    restarted.close()
    assert account.world.instances == {}


@pytest.mark.parametrize("instance_id", ["", "../5", "5/../6", "0x5", "all"])
def test_what_is_no_number_is_never_put_into_an_address(account: Account, instance_id: str) -> None:
    account.cloud.destroy(instance_id)
    assert account.fake.requests == []


# --- the account ------------------------------------------------------------------------------------------------------


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


# --- keys and troubles ------------------------------------------------------------------------------------------------


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
