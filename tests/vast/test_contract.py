"""Vast.ai keeps to what every cloud keeps to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gui.core.cloud.base import Cloud, PaidCloud
from gui.core.cloud.vast import VastCloud
from gui.core.credentials import Credentials
from tests.cloud.contract import CloudContract
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World


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
