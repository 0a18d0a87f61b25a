"""The fake Vast.ai is like the real one in codes, bodies, limits, states and money; its provider's client agrees."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.fake_vast import boots
from tests.fake_vast.faults import Trouble
from tests.fake_vast.ledger import Kind
from tests.fake_vast.offers import priced
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World
from tests.vast.account import LABEL

VENDOR = Path(__file__).resolve().parents[2] / ".venv-vastai" / "bin" / "python"
CHECK = Path(__file__).resolve().parents[1] / "fake_vast" / "vendor_check.py"
BODY = {"image": "pytorch/pytorch", "disk": 50, "label": LABEL, "runtype": "ssh_direc ssh_proxy"}
HOUR_S = 3600.0


@dataclass
class Caller:
    """Calls a fake as any program would."""

    fake: FakeVast
    client: httpx2.Client

    def __call__(self, method: str, path: str, body: Any = None, *, key: str | None = "") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key or self.fake.world.api_key}"} if key is not None else {}
        answer = self.client.request(method, self.fake.url + path, json=body, headers=headers)
        return answer.status_code, answer.json() if "json" in answer.headers["Content-Type"] else answer.text

    def create(self, offer_id: int, **other: Any) -> tuple[int, Any]:
        return self("PUT", f"/api/v0/asks/{offer_id}/", {**BODY, **other})


@pytest.fixture
def world() -> World:
    return World(limits={})


@pytest.fixture
def call(world: World) -> Iterator[Caller]:
    with FakeVast(world) as fake, httpx2.Client(verify=False) as client:
        yield Caller(fake, client)


# --- codes and bodies -------------------------------------------------------------------------------------------------


def test_no_header_a_wrong_key_and_the_right_one(call: Caller) -> None:
    user = "/api/v0/users/current/"
    assert call("GET", user, key=None) == (
        403,
        {"success": False, "error": "auth_error", "msg": "This action requires login."},
    )
    assert call("GET", user, key="wrong") == (
        404,
        {"success": False, "error": "auth_error", "msg": "Invalid user key"},
    )
    status, body = call("GET", user)
    assert (status, body["credit"]) == (200, 5.0)


def test_the_old_list_is_gone_and_the_new_one_has_pages(call: Caller, world: World) -> None:
    for number in range(30):
        world.add_instance(f"training {number}")
    status, body = call("GET", "/api/v0/instances/")
    assert (status, body["error"]) == (410, "deprecated_endpoint")
    status, first = call("GET", "/api/v1/instances/?limit=1000")
    assert (len(first["instances"]), first["total_instances"]) == (25, 30)
    _, second = call("GET", f"/api/v1/instances/?after_token={first['next_token']}")
    assert (len(second["instances"]), second["next_token"]) == (5, None)
    assert not {one["id"] for one in first["instances"]} & {one["id"] for one in second["instances"]}


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ('select_filters={"label":{"eq":"training 3"}}', 200, ""),
        ('select_filters={"dph_total":{"gt":1}}', 400, "invalid_request"),
        ("after_token=nonsense", 400, "invalid_token"),
        ("select_filters=nonsense", 400, "invalid_request"),
    ],
)
def test_the_list_filters_by_what_is_stored(call: Caller, world: World, query: str, status: int, error: str) -> None:
    for number in range(5):
        world.add_instance(f"training {number}")
    found, body = call("GET", f"/api/v1/instances/?{query}")
    assert (found, body.get("error", "")) == (status, error)
    assert error or [one["label"] for one in body["instances"]] == ["training 3"]


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"image": ""}, "invalid_args"),
        ({"disk": 7.9}, "invalid_args"),
        ({"onstart": "x" * 4097}, "invalid_args"),
        ({"label": "x" * 257}, "invalid_args"),
        ({"runtype": "telnet"}, "invalid_args"),
        ({"price": 0}, "invalid_price"),
    ],
)
def test_a_create_that_makes_no_sense_is_refused(call: Caller, world: World, other: dict[str, Any], error: str) -> None:
    status, body = call.create(world.add_offer(), **other)
    assert (status, body["error"]) == (400, error)
    assert world.instances == {}


def test_an_offer_can_be_rented_once(call: Caller, world: World) -> None:
    offer_id = world.add_offer()
    status, body = call.create(offer_id)
    assert (status, body["success"]) == (200, True)
    status, body = call.create(offer_id)
    assert status == 404
    assert "no_such_ask" in body["msg"]
    assert len(world.ledger.created(LABEL)) == 1


def test_one_that_cannot_start_is_cancelled_or_kept_stopped_and_billed(call: Caller, world: World) -> None:
    offers = [world.add_offer() for _ in range(2)]
    world.cannot_start.update(offers)
    status, body = call.create(offers[0], cancel_unavail=True)
    assert (status, body["error"]) == (410, "no_such_ask")
    assert world.instances == {}
    status, body = call.create(offers[1], cancel_unavail=False)
    assert status == 200
    assert world.billing() == {body["new_contract"]}


def test_a_bid_too_low_is_refused_and_there_all_the_same(call: Caller, world: World) -> None:
    status, body = call.create(world.add_offer(min_bid=0.2), price=0.1)
    assert (status, body["success"]) == (400, False)
    assert world.instances[body["new_contract"]].actual == "stopped"


def test_an_instances_own_key_stops_and_ends_that_instance_and_nothing_else(call: Caller, world: World) -> None:
    first, second = (call.create(world.add_offer())[1] for _ in range(2))
    key, own, other = first["instance_api_key"], first["new_contract"], second["new_contract"]
    for method, path, body in (
        ("GET", "/api/v0/users/current/", None),
        ("GET", "/api/v1/instances/", None),
        ("PUT", f"/api/v0/asks/{world.add_offer()}/", BODY),
        ("DELETE", f"/api/v0/instances/{other}/", {}),
        ("PUT", f"/api/v0/instances/{other}/", {"state": "stopped"}),
    ):
        assert call(method, path, body, key=key)[0] == 403
    assert call("PUT", f"/api/v0/instances/{own}/", {"state": "stopped"}, key=key)[0] == 200
    assert world.instances[own].actual == "stopped"
    assert call("DELETE", f"/api/v0/instances/{own}/", {}, key=key)[0] == 200
    assert set(world.instances) == {other}
    assert call("DELETE", f"/api/v0/instances/{own}/", {}, key=key)[0] == 404


def test_the_keys_of_an_instance_come_as_json_in_a_string(call: Caller, world: World) -> None:
    call("POST", "/api/v0/ssh/", {"ssh_key": "ssh-ed25519 AAAA first"})
    number = call.create(world.add_offer())[1]["new_contract"]
    call("POST", "/api/v0/ssh/", {"ssh_key": "ssh-ed25519 BBBB later"})
    call("POST", f"/api/v0/instances/{number}/ssh/", {"ssh_key": "ssh-ed25519 CCCC attached"})
    _, body = call("GET", f"/api/v0/instances/{number}/ssh/")
    assert isinstance(body["ssh_keys"], str)
    public = [one["public_key"].split()[1] for one in json.loads(body["ssh_keys"])]
    assert public == ["AAAA", "CCCC"], "the account's keys count for later instances only"


def test_a_log_lies_elsewhere_and_is_there_after_a_while(call: Caller, world: World) -> None:
    number = call.create(world.add_offer())[1]["new_contract"]
    world.instances[number].said = "one\ntwo\nanother one\n"
    world.log_delay = 2
    _, body = call("PUT", f"/api/v0/instances/request_logs/{number}/", {"tail": "100", "filter": "one"})
    path = body["result_url"].removeprefix(call.fake.url)
    assert [call("GET", path, key=None)[0] for _ in range(3)] == [404, 404, 200]
    assert call("GET", path, key=None)[1] == "one\nanother one\n"
    assert call("GET", path)[0] == 400


@pytest.mark.parametrize("path", ["/", "/api/v0/nothing/", "/api/v0/instances/abc/"])
def test_an_unknown_address_is_a_web_page(call: Caller, path: str) -> None:
    status, body = call("GET", path)
    assert status == 404
    assert body.startswith("<html>")


# --- limits -----------------------------------------------------------------------------------------------------------


def test_too_frequent_is_429_in_plain_text_without_an_advice() -> None:
    with FakeVast(World()) as fake, httpx2.Client(verify=False) as client:
        call = Caller(fake, client)
        assert call("GET", "/api/v1/instances/")[0] == 200
        assert call("GET", "/api/v1/instances/") == (429, "API requests too frequent endpoint threshold=1.0")
        fake.world.advance(1.0)
        assert call("GET", "/api/v1/instances/")[0] == 200


def test_a_create_too_early_makes_the_next_one_wait_longer() -> None:
    with FakeVast(World()) as fake, httpx2.Client(verify=False) as client:
        call = Caller(fake, client)
        answers = []
        for pause_s in (0.0, 2.0, 5.0, 8.0):
            fake.world.advance(pause_s)
            answers.append(call.create(fake.world.add_offer())[0])
        assert answers == [200, 429, 429, 429]
        fake.world.advance(12.0)
        assert call.create(fake.world.add_offer())[0] == 200


def test_searches_are_counted_by_the_minute_and_by_the_day() -> None:
    with FakeVast(World()) as fake, httpx2.Client(verify=False) as client:
        call = Caller(fake, client)
        assert [call("POST", "/api/v0/bundles/", {})[0] for _ in range(11)] == [200] * 10 + [429]
        fake.world.advance(60)
        fake.world.searches_left = 0
        status, body = call("POST", "/api/v0/bundles/", {})
        assert (status, body["error"]) == (429, "search_quota_exceeded")


# --- money ------------------------------------------------------------------------------------------------------------


def test_the_gpu_costs_while_it_runs_and_the_disk_always(call: Caller, world: World) -> None:
    number = call.create(world.add_offer(dph_base=0.36, storage_cost=0.144))[1]["new_contract"]
    world.advance(30 + HOUR_S)
    assert world.ledger.dollars(number, Kind.GPU) == pytest.approx(0.36)
    assert world.ledger.dollars(number, Kind.DISK) == pytest.approx(0.01 * (HOUR_S + 30) / HOUR_S)
    world.stop(number)
    world.advance(HOUR_S)
    assert world.ledger.dollars(number, Kind.GPU) == pytest.approx(0.36)
    assert world.ledger.dollars(number, Kind.DISK) == pytest.approx(0.01 * (2 * HOUR_S + 30) / HOUR_S)
    world.destroy(number)
    before = world.credit
    world.advance(HOUR_S)
    assert world.credit == before
    assert world.credit + world.ledger.dollars() == pytest.approx(5.0)


def test_an_instance_whose_host_is_silent_costs_nothing(call: Caller, world: World) -> None:
    world.next_boots = [boots.GOES_OFFLINE]
    number = call.create(world.add_offer())[1]["new_contract"]
    world.advance(10 * HOUR_S)
    assert world.ledger.dollars(number, Kind.GPU) == pytest.approx(0.36 * 30 / HOUR_S)
    assert world.billing() == set()


def test_one_that_never_runs_costs_its_disk(call: Caller, world: World) -> None:
    world.next_boots = [boots.STUCK]
    number = call.create(world.add_offer())[1]["new_contract"]
    world.advance(HOUR_S)
    assert world.ledger.dollars(number, Kind.GPU) == 0
    assert world.billing() == {number}


def test_traffic_costs_by_the_byte_in_any_state(call: Caller, world: World) -> None:
    number = call.create(world.add_offer(inet_down_cost=0.002, inet_up_cost=0.003))[1]["new_contract"]
    world.stop(number)
    world.traffic(number, down_bytes=10**11, up_bytes=10**10)
    assert world.credit == pytest.approx(5.0 - 0.2 - 0.03)


def test_when_the_credit_is_used_up_everything_is_stopped_at_that_moment(call: Caller, world: World) -> None:
    world.credit = 0.5
    number = call.create(world.add_offer(dph_base=0.36, storage_cost=0.144))[1]["new_contract"]
    world.advance(10 * HOUR_S)
    instance = world.instances[number]
    assert {instance.actual, instance.intended, instance.current, instance.following} == {"stopped"}
    assert world.ledger.dollars(number, Kind.GPU) == pytest.approx(0.486, abs=0.001)
    assert world.credit == pytest.approx(-0.01 * (10 - 0.486 / 0.36), abs=0.001)
    status, body = call("PUT", f"/api/v0/instances/{number}/", {"state": "running"})
    assert (status, body["error"]) == (400, "missing_billing")


def test_a_contract_that_is_over_is_stopped_and_deleted_two_days_later(call: Caller, world: World) -> None:
    number = call.create(world.add_offer(duration=HOUR_S))[1]["new_contract"]
    world.advance(HOUR_S + 1)
    assert world.instances[number].actual == "stopped"
    world.advance(48 * HOUR_S)
    assert world.instances == {}


def test_the_price_in_a_search_is_that_of_the_disk() -> None:
    row = priced({"dph_base": 0.3, "storage_cost": 0.72}, 100, bid=False)
    assert row["dph_total"] == pytest.approx(0.4)


def test_the_bill_knows_who_was_billed_when(call: Caller, world: World) -> None:
    first = call.create(world.add_offer())[1]["new_contract"]
    world.advance(HOUR_S)
    world.destroy(first)
    between = world.now()
    world.advance(HOUR_S)
    second = call.create(world.add_offer())[1]["new_contract"]
    world.advance(HOUR_S)
    assert world.ledger.billed_after(between) == {second}
    assert [one.instance_id for one in world.ledger.created(LABEL)] == [first, second]


def test_what_is_destroyed_and_still_listed_is_still_billed(call: Caller, world: World) -> None:
    number = call.create(world.add_offer())[1]["new_contract"]
    world.linger = 2
    assert call("DELETE", f"/api/v0/instances/{number}/", {})[0] == 200
    world.advance(60)
    assert world.billing() == {number}
    totals = [call("GET", "/api/v1/instances/")[1]["total_instances"] for _ in range(3)]
    assert totals == [1, 1, 0]
    assert world.billing() == set()


# --- the provider's own client ----------------------------------------------------------------------------------------


def vendor(fake: FakeVast, what: str) -> dict[str, Any]:
    if not VENDOR.exists():
        pytest.skip("the provider's client is not installed")
    environment = {"VAST_URL": fake.url, "VAST_API_KEY": fake.world.api_key, "PATH": os.environ["PATH"], "HOME": "/"}
    ended = subprocess.run(
        [VENDOR, CHECK, what], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout))


def test_the_providers_own_client_finds_everything_as_it_expects(call: Caller, world: World) -> None:
    world.boot = boots.AT_ONCE
    cheap, dear = world.add_offer(dph_base=0.3, storage_cost=0.72), world.add_offer(dph_base=0.4, storage_cost=0.72)
    other = world.add_offer(gpu_name="RTX 3090", min_bid=0.1)
    world.add_instance("my training")
    seen = vendor(call.fake, "whole")
    number = world.ledger.created("mine")[0].instance_id
    assert seen == {
        "credit": 5.0,
        "offers": [[cheap, pytest.approx(0.35)], [dear, pytest.approx(0.45)]],
        "offers by the newer call": [other],
        "bids": [0.1],
        "keys": [True],
        "created": [True, 64],
        "one": [number, "mine", "running", {"A": "B", "-p 80:80": "1"}, "ssh_direc ssh_proxy"],
        "list": 2,
        "list by the other client": 2,
        "ssh": "ssh",
        "attached": True,
        "log": "\n",
        "contracts": [True],
        "stopped": [True, "stopped"],
        "started": True,
        "charges": [],
        "gone offer": [404, "invalid_args"],
        "small disk": [400, "invalid_args"],
        "old list": [410, "deprecated_endpoint"],
        "wrong key": [404, "auth_error"],
        "instance key on the account": [403, "not_authorized"],
        "instance key on another": [403, "not_authorized"],
        "instance key on itself": True,
        "destroyed": [None, [404, "no_such_instance"]],
    }


def test_the_providers_own_client_rents_twice_when_an_answer_is_lost(call: Caller, world: World) -> None:
    """Why Embark goes around it."""
    world.boot = boots.AT_ONCE
    world.offers_last = True
    world.add_offer()
    world.faults.add("create", Trouble.LOSE_ANSWER)
    assert vendor(call.fake, "lost") == {"list": 2}
    assert len(world.ledger.created("mine")) == 2
