"""An account on a fake Vast.ai, empty, with five dollars."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gui.core.cloud.vast import VastCloud
from tests.fake_vast.world import World
from tests.vast.account import Account, open_account


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
