"""Whatever the provider sends, it is read, left out, or told as not understood: nothing else comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from gui.core.cloud import vast_ssh
from gui.core.cloud import vast_wire as wire
from gui.core.cloud.base import Needs
from gui.core.errors import CloudUnreachable
from tests.fake_vast.offers import Row, offer_row, priced
from tests.fake_vast.rows import charge_rows, instance_row
from tests.fake_vast.world import World

NONSENSE: list[Any] = [
    None, "", "x", "nan", "inf", "-inf", "1e999", "0x10", "5", "\x00\n", "a" * 5000, True, -1, 0, 1e308, -1e308, 2**63,
    10**30, [], {}, [None], [[1, 2, 3]], {"22/tcp": []}, {"22/tcp": [{}]}, {"22/tcp": [None]},
    {"22/tcp": [{"HostPort": "99999"}]}, {"22/tcp": [{"HostPort": "22"}]}, [["EMBARK_RENTED_AT", "2026-01-01"]],
    [["EMBARK_RENTED_AT", 5]], {"EMBARK_RENTED_AT": "2026-01-01T00:00:00+00:00"},
]  # fmt: skip


def spoiled(row: Row) -> Iterator[Any]:
    """The row with each field replaced by each nonsense in turn, without each field, and the nonsense alone."""
    for name in row:
        yield {other: value for other, value in row.items() if other != name}
        for value in NONSENSE:
            yield {**row, name: value}
    yield from NONSENSE


@pytest.fixture
def world() -> World:
    world = World()
    world.add_instance("embark-r1-1")
    world.advance(3600)
    return world


def test_an_instance_with_a_number_is_always_listed(world: World) -> None:
    (instance,) = world.instances.values()
    for row in spoiled(instance_row(instance, world.now())):
        with suppress(CloudUnreachable):
            read = wire.instance(row)
            assert read.instance_id.lstrip("-").isdecimal()
            assert read.price_per_hour >= 0 or row["dph_total"] < 0
            continue
        assert not isinstance(row, dict) or row.get("id") is not instance.instance_id


@pytest.mark.parametrize("needs", [Needs(), Needs(interruptible=True)], ids=["on demand", "interruptible"])
def test_an_offer_is_read_or_left_out(needs: Needs) -> None:
    for row in spoiled(priced(offer_row(5), 20, bid=needs.interruptible)):
        assert len(wire.offers([row], needs)) <= 1


def test_a_charge_is_read_or_left_out(world: World) -> None:
    (row,) = charge_rows(world.ledger, {}, 0, world.now())
    for other in spoiled(row):
        assert len(wire.charges([other])) <= 2
    for item in spoiled(row["items"][0]):
        assert len(wire.charges([{**row, "items": [item]}])) <= 1


@pytest.mark.parametrize("content", [*NONSENSE, "[" * 100_000, '{"public_key": "ssh-ed25519 AAAA"}', [{"key": 5}]])
def test_keys_that_make_no_sense_are_no_keys(content: Any) -> None:
    assert vast_ssh.keys(content) == set()


@pytest.mark.parametrize("name", ["key", "public_key", "ssh_key"])
def test_keys_are_found_by_each_of_their_names_with_and_without_a_comment(name: str) -> None:
    assert vast_ssh.keys([{name: "ssh-ed25519 AAAA someone"}, {name: " ssh-rsa BBBB==\n"}, {name: "?"}]) == {
        "ssh-ed25519 AAAA",
        "ssh-rsa BBBB==",
    }
