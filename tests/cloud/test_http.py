"""Calls to a provider are bounded in time, size and frequency; its key goes to it alone, and shows nowhere."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from gui.core.cloud import http
from gui.core.cloud.http import Answer, HttpClient
from gui.core.errors import CloudRefused, CloudUnreachable
from tests.fake_vast.faults import Trouble
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World

USER = "/api/v0/users/current/"
LIMITS = {"user": (1, 0.0), "keys": (1, 0.0), "slow": (1, 10.0), "burst": (3, 60.0)}
KEY = "k3y" * 20


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


@pytest.fixture
def world() -> World:
    world = World(limits={})
    world.api_key = KEY
    return world


@pytest.fixture
def fake(world: World) -> Iterator[FakeVast]:
    with FakeVast(world) as fake:
        yield fake


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(fake: FakeVast, clock: Clock) -> Iterator[HttpClient]:
    client = HttpClient("vast", fake.url, lambda: KEY, LIMITS, clock=clock, sleep=clock.sleep, silence_s=0.5)
    yield client
    client.close()


def get_user(client: HttpClient) -> Answer:
    return client.ask("GET", USER, endpoint="user")


def test_an_answer_is_json(client: HttpClient) -> None:
    answer = get_user(client)
    assert answer.ok
    assert answer.content["credit"] == 5.0


def test_what_time_the_provider_says_it_is_is_heard(fake: FakeVast, world: World) -> None:
    heard: list[datetime] = []
    client = HttpClient("vast", fake.url, lambda: KEY, LIMITS, heard=heard.append)
    get_user(client)
    assert [said.timestamp() for said in heard] == [int(world.now())]
    client.close()


@pytest.mark.parametrize("headers", [{}, {"Date": "soon"}, {"Date": "Thu, 29 Jan 2026 12:00:00 GMT", "Age": "3600"}])
def test_a_time_that_is_none_or_lay_in_a_cache_is_not_believed(headers: dict[str, str]) -> None:
    assert http._time_of(headers) is None
    assert http._time_of({"Date": "Thu, 29 Jan 2026 12:00:00 GMT"}) == datetime(2026, 1, 29, 12, tzinfo=UTC)


SPOILED = [one for one in Trouble if one not in (Trouble.DELAY, Trouble.NO_PERMISSION)]


@pytest.mark.parametrize("trouble", SPOILED)
def test_what_is_no_clear_answer_is_unreachable(
    client: HttpClient, world: World, fake: FakeVast, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "ANSWER_S", 0.3)
    world.faults.add("user", trouble, url=f"{fake.url}{USER}")
    with pytest.raises(CloudUnreachable) as raised:
        client.send("GET", USER, endpoint="user")
    assert raised.value.temporary
    assert len(raised.value.detail) < 400
    assert "<" not in raised.value.detail
    assert get_user(client).ok


def test_silence_is_unreachable(client: HttpClient, world: World) -> None:
    world.faults.add("user", Trouble.DELAY, seconds=2.0)
    with pytest.raises(CloudUnreachable):
        client.send("GET", USER, endpoint="user")


def test_nobody_there_is_unreachable(fake: FakeVast) -> None:
    url = fake.url
    fake.close()
    client = HttpClient("vast", url, lambda: KEY, LIMITS, sleep=lambda _: None)
    with pytest.raises(CloudUnreachable):
        get_user(client)
    client.close()


def test_what_may_be_asked_twice_is_tried_three_times(
    client: HttpClient, world: World, fake: FakeVast, clock: Clock
) -> None:
    world.faults.add("user", Trouble.BAD_GATEWAY, times=2)
    assert get_user(client).ok
    assert clock.slept == [1.0, 4.0]
    world.faults.add("user", Trouble.CUT, times=3)
    with pytest.raises(CloudUnreachable):
        get_user(client)
    assert fake.count("user") == 6


def test_what_is_sent_is_sent_once(client: HttpClient, world: World, fake: FakeVast, clock: Clock) -> None:
    world.faults.add("key-add", Trouble.LOSE_ANSWER)
    with pytest.raises(CloudUnreachable):
        client.send("POST", "/api/v0/ssh/", endpoint="keys", body={"ssh_key": "ssh-ed25519 AAAA"})
    assert fake.count("key-add") == 1
    assert clock.slept == []


def test_an_endpoint_is_called_no_more_often_than_allowed(client: HttpClient, clock: Clock) -> None:
    for _ in range(3):
        client.send("GET", USER, endpoint="slow")
    assert clock.slept == [10.0, 10.0]
    clock.now_s += 9.0
    client.send("GET", USER, endpoint="slow")
    assert clock.slept[2:] == [1.0]


def test_a_few_calls_may_come_at_once_where_the_provider_counts_by_the_minute(client: HttpClient, clock: Clock) -> None:
    for _ in range(4):
        client.send("GET", USER, endpoint="burst")
    assert clock.slept == [60.0]


def test_threads_take_turns_at_an_endpoint(client: HttpClient, clock: Clock) -> None:
    """Each is told how long to wait from the same moment: the clock stands still here."""
    waits: list[float] = []
    turns = http._Turns({"slow": (1, 10.0)}, lambda: 0.0, waits.append)
    threads = [threading.Thread(target=turns.wait, args=["slow"]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [10.0, 20.0, 30.0]


@pytest.mark.parametrize(
    ("status", "reason"), [(400, "invalid"), (401, "key"), (402, "credit"), (403, "permission"), (418, "other")]
)
def test_a_refusal_has_a_reason_and_the_providers_words(status: int, reason: str) -> None:
    refused = Answer("vast", status, {"error": "some_code", "msg": "Some\nwords."}).refused()
    assert (refused.cloud, refused.reason, refused.detail) == ("vast", reason, f"{status} some_code Some words.")


def test_an_answer_of_another_shape_is_not_understood() -> None:
    with pytest.raises(CloudUnreachable):
        Answer("vast", 200, ["what?"]).into(dict[str, int])


# --- the key ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("same_host", [True, False], ids=["another port", "another host"])
def test_the_key_does_not_follow_a_redirect(client: HttpClient, world: World, same_host: bool) -> None:
    with FakeVast(World()) as other:
        url = other.url if same_host else other.url.replace("127.0.0.1", "localhost")
        world.faults.add("user", Trouble.REDIRECT, url=f"{url}{USER}")
        with pytest.raises(CloudUnreachable):
            client.send("GET", USER, endpoint="user")
        assert other.requests == []


def test_the_key_does_not_go_to_where_a_result_lies(client: HttpClient, fake: FakeVast) -> None:
    """The object store answers 400 to whoever shows a key."""
    status, _ = client.fetch(f"{fake.url}/vast.ai/instance_logs/1")
    assert status == 404


def test_a_result_in_the_clear_on_another_host_is_not_fetched(client: HttpClient) -> None:
    with FakeVast(World()) as other:
        for url in (f"{other.url}/vast.ai/instance_logs/1", "file:///etc/hostname", "ftp://example.org/x"):
            with pytest.raises(CloudUnreachable):
                client.fetch(url)
        assert other.requests == []


@pytest.mark.parametrize("url", ["http://console.vast.ai", "ftp://127.0.0.1", "console.vast.ai", ""])
def test_the_key_is_never_sent_in_the_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        HttpClient("vast", url, lambda: KEY, LIMITS)


@pytest.mark.parametrize("key", ["", " \n", "two words", "line\nbreak", "열쇠", "k\x00y"])
def test_what_cannot_be_a_key_is_refused_unsent(fake: FakeVast, key: str) -> None:
    client = HttpClient("vast", fake.url, lambda: key, LIMITS)
    with pytest.raises(CloudRefused) as raised:
        get_user(client)
    client.close()
    assert raised.value.reason == "key"
    assert not key.strip() or key not in shown(raised.value)
    assert fake.requests == []


def test_a_key_that_was_pasted_with_a_line_end_works(fake: FakeVast) -> None:
    client = HttpClient("vast", fake.url, lambda: f" {KEY}\r\n", LIMITS)
    assert get_user(client).ok
    client.close()


@pytest.mark.parametrize("trouble", [*SPOILED, Trouble.DELAY])
def test_the_key_shows_neither_in_errors_nor_in_the_log(
    client: HttpClient,
    world: World,
    trouble: Trouble,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "ANSWER_S", 0.3)
    caplog.set_level(logging.DEBUG)
    world.faults.add("user", trouble, seconds=2.0, url="http://127.0.0.1:9/")
    with pytest.raises(CloudUnreachable) as raised:
        client.send("GET", USER, endpoint="user")
    assert KEY not in shown(raised.value)
    assert KEY not in caplog.text
    assert raised.value.__cause__ is None


def shown(error: BaseException) -> str:
    """Everything that a report could show of an error."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format()) + repr(error)
