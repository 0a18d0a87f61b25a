"""A VastCloud on a fake Vast.ai whose time flies: every pause of the program moves the world's clock instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gui.core.cloud.base import Instance, Needs, Offer
from gui.core.cloud.vast import VastCloud
from gui.core.credentials import Credentials
from gui.core.machine import keys
from gui.core.units import GB
from tests.fake_vast.containers import Containers
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World

LABEL = "embark-r1-1"
NEEDS = Needs(min_vram_bytes=24 * GB, disk_bytes=50 * GB)
PUBLIC_KEY = keys.generate().public


@dataclass
class Account:
    world: World
    fake: FakeVast
    cloud: VastCloud

    def offer(self, **fields: object) -> Offer:
        """Put an offer up, and find it."""
        offer_id = self.world.add_offer(**fields)
        return next(one for one in self.cloud.offers(NEEDS) if one.offer_id == str(offer_id))

    def rent(self, label: str = LABEL, **fields: object) -> Instance:
        return self.cloud.rent(self.offer(**fields), label, PUBLIC_KEY)

    def listed(self, label: str = LABEL) -> Instance:
        """The one instance of this label."""
        (found,) = [one for one in self.cloud.instances() if one.label == label]
        return found

    def close(self) -> None:
        self.cloud.close()
        self.fake.close()


def open_cloud(fake: FakeVast, key: str = "", silence_s: float = 5.0) -> VastCloud:
    """A program that was just started."""
    world, credentials = fake.world, Credentials()
    credentials.hold("vast", key or world.api_key)
    return VastCloud(
        credentials, fake.url, clock=world.now, sleep=world.advance, now=lambda: moment(world), silence_s=silence_s
    )


def open_account(world: World | None = None, machines: Path | None = None) -> Account:
    world = world or World()
    fake = FakeVast(world, Containers(machines) if machines else None)
    return Account(world, fake, open_cloud(fake))


def moment(world: World) -> datetime:
    return datetime.fromtimestamp(world.now(), UTC)
