"""What Vast.ai lists: all of it or an error, each state with its meaning; and the way in."""

from __future__ import annotations

import pytest

from gui.core.cloud.base import Address, InstanceStatus
from gui.core.errors import CloudUnreachable
from gui.core.machine import keys
from tests.fake_vast import boots
from tests.fake_vast.boots import Boot
from tests.fake_vast.faults import Trouble
from tests.vast.account import PUBLIC_KEY, Account, moment, open_cloud

HOUR_S = 3600.0


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
