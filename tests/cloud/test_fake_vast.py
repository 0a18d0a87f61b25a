"""The fake Vast.ai is like the real one: codes, bodies, limits, states, money; and the provider's own client agrees."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gui.core.errors import ConnectionLost, HostKeyChanged, LoginRefused
from gui.core.machine import keys, ssh
from gui.core.machine.keys import Identity
from tests.cloud.vast_account import LABEL, Account, open_account
from tests.fake_vast import boots
from tests.fake_vast.containers import Containers, isolated, sshd_program
from tests.fake_vast.faults import Trouble
from tests.fake_vast.ledger import Kind
from tests.fake_vast.offers import priced
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World

VENDOR = Path(__file__).resolve().parents[2] / ".venv-vastai" / "bin" / "python"
CHECK = Path(__file__).resolve().parents[1] / "fake_vast" / "vendor_check.py"
BODY = {"image": "pytorch/pytorch", "disk": 50, "label": LABEL, "runtype": "ssh_direc ssh_proxy"}
HOUR_S = 3600.0
WAIT_S = 20.0


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


# --- machines ---------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["namespace", "plain"])
def account(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Account]:
    if sshd_program() is None or os.geteuid() != 0:
        pytest.skip("needs openssh-server, and to be root")
    if request.param == "namespace" and not isolated():
        pytest.skip("namespaces are not allowed here")
    account = open_account(machines=tmp_path / "machines")
    machines(account).private = request.param == "namespace"
    yield account
    account.close()


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Account]:
    if sshd_program() is None or not isolated():
        pytest.skip("needs openssh-server and namespaces")
    account = open_account(machines=tmp_path / "machines")
    yield account
    account.close()


@pytest.fixture
def me() -> Identity:
    return keys.generate()


def machines(account: Account) -> Containers:
    containers = account.world.machines
    assert isinstance(containers, Containers)
    return containers


def running(account: Account, me: Identity, label: str = LABEL) -> int:
    """Rent a machine that can be logged in to at once; its number."""
    account.world.next_boots = [boots.AT_ONCE]
    account.cloud.rent(account.offer(), label, me.public)
    number = int(account.listed(label).instance_id)
    eventually(lambda: answers(account.world.instances[number].direct_port))
    return number


def answers(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def eventually(happened: Any) -> None:
    until = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.02)


def log_in(account: Account, me: Identity, number: int, expected: str = "") -> ssh.SshMachine:
    return ssh.connect("127.0.0.1", account.world.instances[number].direct_port, "root", me, expected)


def shows(account: Account, me: Identity, number: int) -> str:
    """The key that the machine shows; "" while it is not there."""
    try:
        machine = log_in(account, me, number)
    except ConnectionLost:
        return ""
    machine.close()
    return machine.host_key


def lost(machine: ssh.SshMachine) -> bool:
    try:
        machine.run("probe")
    except ConnectionLost:
        return True
    return False


def say(account: Account, me: Identity, number: int, command: str, tmp_path: Path) -> str:
    """What a shell on the machine says, by the usual client."""
    key = tmp_path / "key"
    key.write_text(me.private_pem)
    key.chmod(0o600)
    port = account.world.instances[number].direct_port
    options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"]
    words = ["ssh", "-F", "/dev/null", "-i", key, "-p", str(port), *(f"-o{one}" for one in options), "root@127.0.0.1"]
    return subprocess.run([*words, command], capture_output=True, text=True, check=False, timeout=30).stdout


def test_a_machine_is_closed_first_then_does_not_know_the_key_then_lets_in(account: Account, me: Identity) -> None:
    account.world.next_boots = [boots.Boot(boots.AT_ONCE.steps, refused_s=20, denied_s=30)]
    account.cloud.rent(account.offer(), LABEL, me.public)
    number = int(account.listed().instance_id)
    for _ in range(2):
        with pytest.raises(ConnectionLost):
            log_in(account, me, number)
        account.world.advance(6)
    account.world.advance(10)
    eventually(lambda: answers(account.world.instances[number].direct_port))
    with pytest.raises(LoginRefused):
        log_in(account, me, number)
    account.world.advance(30)
    log_in(account, me, number).close()


def test_the_key_that_the_provider_vouches_for_is_the_one_that_is_shown(account: Account, me: Identity) -> None:
    number = running(account, me)
    eventually(lambda: "embark-host-key" in machines(account).log(account.world.instances[number]))
    vouched = account.cloud.host_key(account.listed())
    machine = log_in(account, me, number, vouched)
    assert machine.host_key == vouched == machines(account).host_key(number)
    machine.close()
    machines(account).change_host_key(number)
    eventually(lambda: shows(account, me, number) == machines(account).host_key(number))
    with pytest.raises(HostKeyChanged):
        log_in(account, me, number, vouched)


def test_both_ways_lead_to_the_same_machine_and_a_dead_one_leads_nowhere(account: Account, me: Identity) -> None:
    number = running(account, me)
    instance = account.listed()
    assert instance.address is not None
    assert instance.fallback_address is not None
    shown = set()
    for way in (instance.address, instance.fallback_address):
        machine = ssh.connect(way.host, way.port, way.user, me)
        shown.add(machine.host_key)
        machine.close()
    assert len(shown) == 1
    assert not answers(account.world.instances[number].dead_port)


def test_a_key_that_is_attached_later_is_let_in(account: Account, me: Identity) -> None:
    number, other = running(account, me), keys.generate()
    with pytest.raises(LoginRefused):
        log_in(account, other, number)
    account.cloud.authorize(account.listed(), other.public)
    log_in(account, other, number).close()


def test_the_agent_works_there_and_sees_the_gpu_that_was_rented(account: Account, me: Identity) -> None:
    number = running(account, me)
    machine = log_in(account, me, number)
    found = machine.run("probe")
    machine.close()
    assert [(gpu["name"], gpu["vram_bytes"]) for gpu in found["gpus"]] == [("NVIDIA GeForce RTX 4090", 24564 << 20)]


def test_a_connection_can_be_cut_and_made_anew(account: Account, me: Identity) -> None:
    number = running(account, me)
    machine = log_in(account, me, number)
    machines(account).cut(number)
    eventually(lambda: lost(machine))
    machine.close()
    log_in(account, me, number).close()


def test_destroy_ends_everything_on_the_machine(account: Account, me: Identity, tmp_path: Path) -> None:
    number = running(account, me)
    mark = f"sleep 98{time.time_ns() % 10**9}"
    say(account, me, number, f"nohup setsid {mark} >/dev/null 2>&1 &", tmp_path)
    assert mark in processes()
    home = machines(account).disk(number)
    port = account.world.instances[number].direct_port
    account.cloud.destroy(str(number))
    assert not answers(port)
    assert not home.exists()
    eventually(lambda: mark not in processes())


def test_a_stopped_machine_keeps_its_disk_and_comes_back(account: Account, me: Identity, tmp_path: Path) -> None:
    number = running(account, me)
    say(account, me, number, "echo kept > ~/note", tmp_path)
    account.world.stop(number)
    assert not answers(account.world.instances[number].direct_port)
    account.world.start(number)
    account.world.advance(60)
    eventually(lambda: answers(account.world.instances[number].direct_port))
    assert say(account, me, number, "cat ~/note", tmp_path) == "kept\n"


def test_the_instances_key_is_in_pid_1_alone_and_ends_this_instance(
    private: Account, me: Identity, tmp_path: Path
) -> None:
    """What the guard lives on: a session does not see the key, a process that reads PID 1's environment does."""
    number = running(private, me)
    assert say(private, me, number, "echo $CONTAINER_API_KEY$CONTAINER_ID", tmp_path) == "\n"
    environment = dict(
        line.partition("=")[::2]
        for line in say(private, me, number, "tr '\\0' '\\n' < /proc/1/environ", tmp_path).splitlines()
    )
    assert environment["CONTAINER_ID"] == str(number)
    assert environment["CONTAINER_API_KEY"] == private.world.instances[number].api_key
    (machines(private).disk(number) / "end.py").write_text(
        "import urllib.request\n"
        "said = dict(one.split('=', 1) for one in open('/proc/1/environ').read().split('\\0') if '=' in one)\n"
        f"url = '{private.fake.url}/api/v0/instances/%s/' % said['CONTAINER_ID']\n"
        "key = {'Authorization': 'Bearer ' + said['CONTAINER_API_KEY']}\n"
        "urllib.request.urlopen(urllib.request.Request(url, method='DELETE', headers=key))\n"
    )
    say(private, me, number, "python3 end.py", tmp_path)
    assert private.cloud.instances() == ()


def test_each_machine_is_alone_in_its_world(private: Account, me: Identity, tmp_path: Path) -> None:
    first, second = running(private, me), running(private, me, "embark-r2-1")
    say(private, me, first, "echo first > ~/mine; echo first > /workspace/mine", tmp_path)
    assert say(private, me, second, "cat ~/mine /workspace/mine 2>/dev/null; ls -A /workspace", tmp_path) == ""
    assert machines(private).host_key(first) != machines(private).host_key(second)
    seen = say(private, me, first, "cat /proc/[0-9]*/comm | sort | uniq -c | tr -s ' ' | grep sshd", tmp_path)
    assert 1 <= int(seen.split()[0]) <= 4
    assert say(private, me, first, "ls ~/.no_auto_tmux", tmp_path)


def test_nothing_is_left_when_the_world_ends(private: Account, me: Identity) -> None:
    number = running(private, me)
    pid = machines(private).pid(number)
    assert pid
    private.fake.close()
    assert not Path(f"/proc/{pid}").exists()


def processes() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
