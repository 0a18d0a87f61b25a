"""The end of a bill at Vast.ai: only the list says that it is gone."""

from __future__ import annotations

import pytest

from gui.core.cloud.base import InstanceStatus
from gui.core.errors import CloudRefused, CloudUnreachable
from tests.fake_vast.faults import Trouble
from tests.vast.account import Account, open_cloud


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


def test_one_that_was_stopped_can_be_started_again_for_nothing_is_lost_before_it_is_destroyed(account: Account) -> None:
    rented = account.rent()
    account.world.stop(int(rented.instance_id))
    assert account.listed().status is InstanceStatus.STOPPED
    account.cloud.start(account.listed())
    account.world.advance(60)
    assert account.listed().status is InstanceStatus.RUNNING
