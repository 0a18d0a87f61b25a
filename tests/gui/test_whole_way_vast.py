"""The whole way on a rented machine, clicks only: from the Account page to the receipt and a closed bill."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.core.result.manifest import read_receipt
from gui.core.result.result import open_result
from tests.fake_vast.boots import READY
from tests.fake_vast.containers import Containers, can_be_logged_in_to, isolated
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World
from tests.gui.person import STEP_MS, Person, opened

WORKER_PROGRAMS = Path(__file__).resolve().parents[2] / ".venv-worker" / "bin"
RUN_MS = 150_000
END_MS = 60_000


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(clock=time.time)
    world.boot = READY.scaled(0.1)
    containers = Containers(tmp_path / "machines", path=[WORKER_PROGRAMS], private=isolated())
    with FakeVast(world, containers) as fake:
        monkeypatch.setenv("EMBARK_VAST_URL", fake.url)
        monkeypatch.setenv("EMBARK_RESULTS", str(tmp_path))
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")  # nobody's own keyring
        yield world


def keep_the_key(person: Person) -> None:
    person.click("Check and keep")
    person.click("Keep the key until Embark closes")


def plan_with_the_sample(person: Person) -> None:
    """As far as the button that costs money."""
    person.click("New run")
    person.click("Try it with the sample items")
    person.click("Next")
    person.click("Next")
    person.click("Vast.ai")
    person.click("Next: Budget")
    person.click("Next")
    person.waits_for("Embark will rent RTX 4090")


@pytest.mark.timeout(400)
@pytest.mark.skipif(not can_be_logged_in_to(), reason="needs openssh-server, and to be root")
@pytest.mark.skipif(not WORKER_PROGRAMS.exists(), reason="needs the worker's environment")
def test_from_the_account_page_to_the_receipt(qapp: QApplication, tmp_path: Path, qtbot: QtBot, world: World) -> None:
    gone, taken = world.add_offer(dph_base=0.25), world.add_offer(dph_base=0.3)
    training = world.add_instance("somebody's training")
    with opened(qapp, tmp_path / "home", qtbot) as app:
        person = Person(app, qtbot)
        person.click("Accounts")
        person.waits_for("Make a key for Embark alone")
        person.pastes("not-a-key", "API key of Vast.ai")
        person.click("Check and keep")
        person.waits_for("does not accept this key")
        person.pastes(world.api_key, "API key of Vast.ai")
        keep_the_key(person)
        person.waits_for("Credit: $")
        person.waits_for("Vast.ai credit: $")
        person.waits_for("1 machine that Embark did not rent")
        plan_with_the_sample(person)
        world.take(gone)
        person.click("Start and spend up to $5.00")
        person.waits_for("Somebody else was faster with RTX 4090.")
        person.waits_for("1 machine, $0.3")
        (creation,) = world.ledger.creations[1:]
        assert creation.offer_id == taken
        person.click(f"Destroy RTX 4090 #{creation.instance_id}", timeout_ms=RUN_MS)
        person.waits_for("Destroyed, and Vast.ai confirms it.", timeout_ms=END_MS)
        person.waits_for("The provider's own bill")
        assert world.billing() == {training}
        person.click("Look at the result")
        qtbot.waitUntil(lambda: person.grid() is not None, timeout=STEP_MS)
        folder = next(tmp_path.glob("Embark/*/vectors.npz")).parent
        assert len(open_result(folder)) == 246
        receipt = read_receipt(folder)
        assert receipt is not None
        assert receipt.charges
        assert receipt.actual_micro_usd == pytest.approx(world.ledger.dollars(creation.instance_id) * 1e6, abs=1000)
        assert not any(world.api_key.encode() in path.read_bytes() for path in (tmp_path / "home").rglob("*.*"))


@pytest.mark.timeout(200)
def test_a_machine_dearer_than_shown_is_a_question_and_can_be_given_back(
    qapp: QApplication, tmp_path: Path, qtbot: QtBot, world: World
) -> None:
    offer = world.add_offer(dph_base=0.3)
    world.offers_last = True
    with opened(qapp, tmp_path / "home", qtbot) as app:
        person = Person(app, qtbot)
        person.click("Accounts")
        person.waits_for("Make a key for Embark alone")
        person.pastes(world.api_key, "API key of Vast.ai")
        keep_the_key(person)
        plan_with_the_sample(person)
        world.offers[offer]["dph_base"] = 0.5
        person.click("Start and spend up to $5.00")
        person.waits_for("as it was shown")
        (creation,) = world.ledger.creations
        assert world.billing() == {creation.instance_id}
        person.click(f"Destroy RTX 4090 #{creation.instance_id}")
        person.waits_for("Destroyed, and Vast.ai confirms it.")
        assert world.billing() == set()
        person.click("Continue")  # while the bill is still asked for
        qtbot.waitUntil(lambda: len(world.ledger.creations) == 2, timeout=STEP_MS)
        again = world.ledger.creations[-1]
        assert world.billing() == {again.instance_id}
        person.click(f"Destroy RTX 4090 #{again.instance_id}")
        person.waits_for("Destroyed, and Vast.ai confirms it.")
        assert world.billing() == set()
