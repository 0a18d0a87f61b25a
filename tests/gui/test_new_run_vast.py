"""The wizard with Vast.ai: chips, offers by what the run costs, few searches, the price that is agreed to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from gui.core.cloud.base import Cloud
from gui.core.credentials import Credentials
from gui.core.plan import MachineChoice, ModelChoice, Page, Plan
from gui.core.units import GB, MicroUsd, micro_usd
from gui.format import percent, size
from gui.pages.new_run.filters import Filters
from gui.pages.new_run.market import KEPT_S, Market
from gui.pages.new_run.offer_table import OfferTable
from gui.widgets.menu_chip import MenuChip
from tests.fake_vast.faults import Trouble
from tests.fake_vast.server import FakeVast
from tests.fake_vast.world import World
from tests.fakes import LedgerCloud
from tests.gui.test_new_run import Wizard, items_file
from tests.vast.account import open_cloud

pytestmark = pytest.mark.usefixtures("dressed")
VL_8B = ModelChoice("Qwen/Qwen3-VL-Embedding-8B")


@pytest.fixture
def world() -> World:
    world = World()
    for name, base, place, ram, centre in (
        ("RTX 3060", 0.06, "Texas, US", 12288, 0),
        ("RTX 3090", 0.34, "Hanoi, VN", 24576, 0),
        ("RTX 4090", 0.36, "Seoul, KR", 24564, 0),
        ("RTX 4090", 0.45, "Warsaw, PL", 24564, 1),
        ("H200", 2.40, "Oregon, US", 143771, 1),
    ):
        world.add_offer(gpu_name=name, dph_base=base, geolocation=place, gpu_ram=ram, hosting_type=centre)
    return world


@pytest.fixture
def fake(world: World) -> Iterator[FakeVast]:
    with FakeVast(world) as fake:
        yield fake


@pytest.fixture
def clouds(fake: FakeVast, tmp_path: Path) -> Iterator[dict[str, Cloud]]:
    vast = open_cloud(fake)
    yield {"practice": LedgerCloud(tmp_path / "ledger", pretend=True), "vast": vast}
    vast.close()


Open = Callable[..., Wizard]


@pytest.fixture
def rented(qtbot: QtBot, tmp_path: Path, clouds: dict[str, object]) -> Open:
    """A wizard at its Machine page, for a run with a large model at Vast.ai."""

    def opened(model: ModelChoice = VL_8B) -> Wizard:
        wizard = Wizard(qtbot, tmp_path, clouds)
        wizard.add(items_file(tmp_path / "a.json", 9000))
        wizard.change(model=model, machine=replace(wizard.editor.plan.machine, cloud="vast"))
        wizard.go(Page.MACHINE)
        return wizard

    return opened


def table(wizard: Wizard) -> list[list[str]]:
    """What the offers' table says, without the words about the first."""
    model = wizard.page.findChild(OfferTable).model()
    rows = [[str(model.index(row, column).data()) for column in range(10)] for row in range(model.rowCount())]
    return rows[:1] + rows[2:]


def pick(wizard: Wizard, chip: MenuChip, words: str) -> None:
    wizard.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = [one for one in menu.actions() if one.text() == words]
    action.trigger()
    menu.close()
    wizard.settle()


def seen_buttons(wizard: Wizard) -> list[QPushButton]:
    return [one for one in wizard.page.findChildren(QPushButton) if one.isVisible()]


def chips(wizard: Wizard) -> Filters:
    return wizard.page.page.filters  # type: ignore[attr-defined, no-any-return]


# --- where from -------------------------------------------------------------------------------------------------------


def test_without_a_key_vast_cannot_be_chosen_and_the_way_to_accounts_is_there(
    qtbot: QtBot, tmp_path: Path, clouds: dict[str, object]
) -> None:
    vast = clouds.pop("vast")
    wizard = Wizard(qtbot, tmp_path, clouds)
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.MACHINE)
    assert not wizard.button("Vast.ai").isEnabled()
    assert wizard.sees("Vast.ai needs a key first")
    with qtbot.waitSignal(wizard.page.accounts_wanted):
        wizard.click("Go to Accounts")
    wizard.page.hide()
    clouds["vast"] = vast
    wizard.page.show()
    wizard.settle()
    wizard.click("Vast.ai")
    assert wizard.editor.plan.machine.cloud == "vast"
    assert len(table(wizard)) == 5


def test_a_draft_for_vast_whose_key_was_forgotten_says_so(
    qtbot: QtBot, tmp_path: Path, clouds: dict[str, object], fake: FakeVast
) -> None:
    del clouds["vast"]
    wizard = Wizard(qtbot, tmp_path, clouds)
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.MACHINE)
    wizard.change(machine=replace(wizard.editor.plan.machine, cloud="vast"))
    assert wizard.reason == "Vast.ai needs a key first: give it in Accounts."
    assert fake.requests == []


def test_from_practice_to_vast_and_back_keeps_what_was_asked_of_each(rented: Open) -> None:
    wizard = rented()
    pick(wizard, chips(wizard).place, "South Korea")
    wizard.click("This computer (practice)")
    assert wizard.editor.plan.machine.countries == ()
    wizard.click("Vast.ai")
    assert wizard.editor.plan.machine.countries == ("KR",)


# --- the table --------------------------------------------------------------------------------------------------------


def test_offers_that_hold_the_model_come_by_what_the_run_costs_with_the_reason(rented: Open) -> None:
    wizard = rented()
    rows = table(wizard)
    assert [row[1] for row in rows] == ["RTX 4090", "RTX 3090", "RTX 4090", "H200"]
    costs = [float(row[2].strip("$")) for row in rows]
    assert costs == sorted(costs)
    assert rows[0][5:9] == ["24 GB", "Seoul, KR", percent(0.9963, digits=1), "812 Mb/s"]
    assert rows[2][6] == "Warsaw, PL (data centre)"
    words = wizard.page.findChild(OfferTable).model().index(1, 1).data()
    assert words.startswith("Recommended: cheapest in all. It costs more an hour than the RTX 3090, but")
    assert wizard.sees("owner of a rented machine can read what is on it")


def test_the_disk_is_sized_by_model_data_and_environment_and_priced(rented: Open, fake: FakeVast) -> None:
    wizard = rented()
    assert wizard.editor.plan.machine.disk_gb == 40
    assert wizard.sees("16.3 GB for the model")
    searched = [seen.body["allocated_storage"] for seen in fake.requests if seen.endpoint == "search"]
    assert searched[-1] == 40


@pytest.mark.parametrize(
    ("chip", "words", "asked", "found"),
    [
        ("memory", "48 GB or more", {"min_vram_gb": 48}, ["H200"]),
        ("place", "South Korea", {"countries": ("KR",)}, ["RTX 4090"]),
        (
            "price",
            "At most $0.50 an hour",
            {"max_price_per_hour": micro_usd("0.5")},
            ["RTX 4090", "RTX 3090", "RTX 4090"],
        ),
    ],
)
def test_a_chip_with_a_menu_narrows_what_is_shown(
    rented: Open, chip: str, words: str, asked: dict[str, object], found: list[str]
) -> None:
    wizard = rented()
    pick(wizard, getattr(chips(wizard), chip), words)
    assert {name: getattr(wizard.editor.plan.machine, name) for name in asked} == asked
    assert [row[1] for row in table(wizard)] == found
    assert getattr(chips(wizard), chip).text() == f"{words} ▾"
    assert getattr(chips(wizard), chip).isChecked()


def test_chips_that_are_clicked_on_and_off(rented: Open, world: World) -> None:
    unreliable = world.add_offer(gpu_name="RTX 3090", dph_base=0.10, reliability=0.95, reliability2=0.95)
    wizard = rented()
    assert chips(wizard).reliable.isChecked()
    wizard.click(f"{percent(0.99)} reliable")
    assert str(unreliable) in {offer.offer_id for offer, _ in wizard.editor.outlook.rows}  # type: ignore[union-attr]
    wizard.click(f"{percent(0.99)} reliable")
    wizard.click("Only data centres")
    assert {row[6] for row in table(wizard)} == {"Warsaw, PL (data centre)", "Oregon, US (data centre)"}
    wizard.click("Only data centres")
    before = wizard.editor.outlook.chosen[1].total  # type: ignore[union-attr, index]
    wizard.click("May be interrupted (cheaper)")
    assert wizard.sees("can be taken away at any moment")
    outlook = wizard.editor.outlook
    assert outlook is not None
    assert outlook.chosen is not None
    assert outlook.chosen[0].interruptible
    assert outlook.chosen[1].total < before


def test_the_note_about_the_owner_is_one_click_from_data_centres(rented: Open) -> None:
    wizard = rented()
    wizard.click("only data centres")
    assert wizard.editor.plan.machine.data_centres_only
    assert chips(wizard).data_centres.isChecked()
    assert not wizard.sees("The owner of a rented machine can read what is on it."), "another click would undo it"


def test_what_the_model_takes_is_asked_for_without_anybody_saying_so(rented: Open, fake: FakeVast) -> None:
    wizard = rented(ModelChoice("Qwen/Qwen3-Embedding-0.6B"))
    assert chips(wizard).memory.text() == "8 GB or more ▾"
    assert "RTX 3060" in {row[1] for row in table(wizard)}
    wizard.change(model=VL_8B)
    assert chips(wizard).memory.text() == "24 GB or more ▾"
    assert "RTX 3060" not in {row[1] for row in table(wizard)}
    (last,) = [seen for seen in fake.requests if seen.endpoint == "search"][-1:]
    assert last.body["gpu_ram"]["gte"] > 20_000


# --- asking seldom ----------------------------------------------------------------------------------------------------


def test_what_was_asked_a_moment_ago_is_not_asked_again_and_nothing_is_for_a_figure(
    rented: Open, fake: FakeVast
) -> None:
    wizard = rented()
    asked = fake.count("search")
    for text in ("a", "ab", "abc"):
        wizard.change(name=text)
    wizard.click("Only data centres")
    wizard.click("Only data centres")
    wizard.click("Back")
    wizard.click_next()
    assert fake.count("search") == asked + 1
    wizard.click("Look again")
    assert fake.count("search") == asked + 2
    assert wizard.sees("machines fit, looked at")


def test_many_quick_clicks_are_one_search(rented: Open, fake: FakeVast) -> None:
    wizard = rented()
    asked = fake.count("search")
    for gigabytes in range(50, 90):
        plan = wizard.editor.plan
        wizard.editor.change(replace(plan, machine=replace(plan.machine, disk_gb=gigabytes)))
    wizard.settle()
    assert fake.count("search") == asked + 1
    assert all(row[1] for row in table(wizard))


def test_offers_are_old_after_three_minutes(fake: FakeVast, clouds: dict[str, Cloud]) -> None:
    now = [0.0]
    market = Market(clouds, clock=lambda: now[0])
    plan = Plan(machine=MachineChoice("vast"))
    first = market.ask(1, plan, fresh=False)
    now[0] = KEPT_S - 1
    assert market.ask(2, plan, fresh=False) == replace(first, number=2)
    assert fake.count("search") == 1
    now[0] = KEPT_S + 1
    market.ask(3, plan, fresh=False)
    assert fake.count("search") == 2


# --- trouble ----------------------------------------------------------------------------------------------------------


def test_a_silent_provider_is_never_an_empty_table_and_is_asked_again(rented: Open, world: World) -> None:
    wizard = rented()
    world.faults.add("search", Trouble.HTML, 3)
    wizard.click("Look again")
    assert wizard.sees("Vast.ai does not answer")
    assert not wizard.page.next.isEnabled()
    assert not wizard.sees("No machine fits")
    assert wizard.editor._again_timer.isActive()
    wizard.editor._again_timer.timeout.emit()
    wizard.settle()
    assert len(table(wizard)) == 4
    assert wizard.page.next.isEnabled()


def test_a_key_that_counts_no_more_leads_to_accounts(rented: Open, world: World) -> None:
    wizard = rented()
    world.revoke_key()
    wizard.click("Look again")
    assert wizard.sees("does not accept the key")
    with wizard.qtbot.waitSignal(wizard.page.accounts_wanted):
        wizard.click("Go to Accounts")


def test_when_nothing_fits_it_is_said_with_what_to_do(rented: Open) -> None:
    wizard = rented()
    wizard.change(machine=replace(wizard.editor.plan.machine, countries=("JP",)))
    assert wizard.sees("No machine fits")
    assert "Ask for less" in wizard.reason
    assert chips(wizard).place.text() == "Japan ▾"


def test_a_model_that_is_too_large_for_this_computer_can_be_chosen_and_leads_to_renting(
    qtbot: QtBot, tmp_path: Path, clouds: dict[str, object]
) -> None:
    ledger = clouds["practice"]
    assert isinstance(ledger, LedgerCloud)
    offers = ledger.offers
    small = {"vram_bytes": 0, "memory_bytes": 8 * 10**9}
    ledger.offers = lambda needs: [replace(one, **small) for one in offers(needs)]  # type: ignore[method-assign, arg-type]
    wizard = Wizard(qtbot, tmp_path, clouds)
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.MODEL)
    assert wizard.sees(f"without a GPU, and here are {size(8 * GB)}. On a rented")
    wizard.click("Qwen3-VL-Embedding-8B")
    wizard.click_next()
    assert "Rent a machine with RTX 3090, or choose a smaller model" in wizard.reason
    wizard.click("Vast.ai")
    assert wizard.page.next.isEnabled()


# --- model, review, start ---------------------------------------------------------------------------------------------


def test_models_are_priced_on_a_typical_rented_machine(rented: Open) -> None:
    wizard = rented()
    wizard.go(Page.MODEL)
    assert wizard.sees("on a rented RTX")
    assert not wizard.sees("Does not fit")
    assert not wizard.sees("on this computer, free")


def test_start_agrees_to_the_very_machine_and_price_that_are_shown(rented: Open) -> None:
    wizard = rented()
    wizard.go(Page.REVIEW)
    outlook = wizard.editor.outlook
    assert outlook is not None
    assert outlook.chosen is not None
    offer = outlook.chosen[0]
    assert wizard.sees("Embark will rent RTX 4090 in Seoul, KR")
    assert wizard.sees("$0.37 an hour")
    assert wizard.sees("What is sent and downloaded")
    assert wizard.page.next.text() == "Start and spend up to $5.00"
    assert wizard.page.expected_cost() == outlook.chosen[1].total
    wizard.click_next()
    ((plan, _),) = wizard.runs.asked
    assert plan.machine.offer_id == offer.offer_id
    assert plan.machine.shown_price_per_hour == offer.price_per_hour


def test_a_credit_below_the_estimate_is_warned_about_before_the_start(rented: Open, world: World) -> None:
    world.credit = 0.01
    wizard = rented()
    wizard.go(Page.BUDGET)
    warning = "There is only $0.010 of credit at Vast.ai: add some before you start."
    wizard.qtbot.waitUntil(lambda: wizard.sees(warning))
    wizard.go(Page.REVIEW)
    assert wizard.sees("The credit is not enough for this run")
    assert wizard.sees("$0.01")
    wizard.qtbot.waitUntil(lambda: any(one.text() == "Go to Accounts" for one in seen_buttons(wizard)))
    with wizard.qtbot.waitSignal(wizard.page.accounts_wanted):
        wizard.click("Go to Accounts")


def test_credit_that_was_added_meanwhile_is_seen_when_one_comes_back(
    rented: Open, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.pages.new_run.market.CREDIT_KEPT_S", 0.0)
    world.credit = 0.01
    wizard = rented()
    wizard.go(Page.REVIEW)
    wizard.qtbot.waitUntil(lambda: wizard.sees("The credit is not enough for this run"))
    wizard.page.hide()
    world.credit = 10.0
    wizard.page.show()
    wizard.qtbot.waitUntil(lambda: not wizard.sees("The credit is not enough for this run"), timeout=20_000)


def test_practice_agrees_to_no_price(qtbot: QtBot, tmp_path: Path, clouds: dict[str, object], fake: FakeVast) -> None:
    wizard = Wizard(qtbot, tmp_path, clouds)
    wizard.add(items_file(tmp_path / "a.json", 3))
    wizard.go(Page.REVIEW)
    assert wizard.page.expected_cost() is None
    wizard.click_next()
    ((plan, _),) = wizard.runs.asked
    assert (plan.machine.offer_id, plan.machine.shown_price_per_hour) == ("", None)
    assert fake.requests == []


def test_the_key_is_in_no_plan(rented: Open, world: World) -> None:
    wizard = rented()
    wizard.page.hide()
    wizard.settle()
    assert world.api_key not in wizard.paths.draft.read_text()
    assert Credentials().is_held("vast") is False
    assert MicroUsd(0) < (wizard.page.expected_cost() or 0)
    assert [one for one in wizard.page.findChildren(QPushButton) if world.api_key in one.text()] == []
