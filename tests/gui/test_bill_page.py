"""Every machine on every account; what is not known is never shown as nothing."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.core.errors import KeyringMissing
from gui.core.run.runs import Bill, BillLine
from gui.core.units import MicroUsd
from gui.pages.bill import BillPage
from gui.widgets.basics import Strong
from tests.gui.scenes import NOON, Story, instance, mixed_bills
from tests.gui.test_run_page import button, buttons, click, words


@pytest.fixture
def page(qtbot: QtBot, dressed: QApplication) -> BillPage:
    made = BillPage()
    qtbot.addWidget(made)
    made.resize(1064, 800)
    made.show()
    return made


def test_before_the_accounts_answered_it_says_that_it_asks(page: BillPage) -> None:
    assert "Asking every account..." in words(page)
    assert "Nothing is rented" not in words(page)


def test_every_machine_is_listed_with_its_owner_price_and_cost(qtbot: QtBot, page: BillPage) -> None:
    page.set_bills(mixed_bills(), {Story().run_id: Story().embedding().snapshot})
    said = words(page)
    for part in ("Vast.ai", "RTX 3090 #19905787", "RTX 3090 #555", "RTX 3090 #777", "$0.14 an hour", "$3.12"):
        assert part in said
    assert "not Embark's: never touched" in said
    assert "no run: see above" in said
    assert [text for text in buttons(page) if text.startswith("Destroy")] == ["Destroy RTX 3090 #555"]
    with qtbot.waitSignal(page.opened) as opened:
        click(qtbot, page, "Exam bank 2026, pictures and text")
    assert opened.args == [Story().run_id]


def test_a_silent_account_cannot_be_told_and_an_empty_one_is_nothing(page: BillPage) -> None:
    page.set_bills(mixed_bills(), {})
    said = words(page)
    assert "Cannot tell what is billed here" in said
    assert "RunPod does not answer." in said
    assert said.count("Nothing is rented here.") == 1


def test_an_account_whose_key_is_gone_leads_to_where_it_is_given(qtbot: QtBot, page: BillPage) -> None:
    page.set_bills((Bill("vast", NOON, error=KeyringMissing()),), {})
    assert "Cannot tell what is billed here" in words(page)
    with qtbot.waitSignal(page.accounts_wanted):
        click(qtbot, page, "Go to Accounts")


def test_the_credit_stands_beside_the_account(page: BillPage) -> None:
    page.set_bills((Bill("vast", NOON, credit=MicroUsd(4_980_000)),), {})
    assert "Credit: $4.98" in words(page)


def test_practice_is_free_whatever_its_pretend_price(page: BillPage) -> None:
    line = BillLine(instance("p1", "practice", pretend=True), Story().run_id, True, MicroUsd(5000))
    page.set_bills((Bill("practice", NOON, (line,)),), {})
    assert "free (pretend $0.14 an hour)" in words(page)
    assert "$0.005" not in words(page)


def test_a_long_name_of_a_machine_is_not_cut(qtbot: QtBot, page: BillPage) -> None:
    line = BillLine(instance("practice-f73e8b", "practice", pretend=True), Story().run_id, True, MicroUsd(5000))
    page.set_bills((Bill("practice", NOON, (line,)),), {})
    qtbot.wait(20)
    (name,) = (one for one in page.findChildren(Strong) if "practice-f73e8b" in one.text())
    assert name.height() >= name.heightForWidth(name.width())


def test_asking_again_waits_for_the_answer(qtbot: QtBot, page: BillPage) -> None:
    page.set_bills(mixed_bills(), {})
    page.set_asking(False)
    with qtbot.waitSignal(page.ask_wanted):
        click(qtbot, page, "Ask again")
    page.set_asking(True)
    assert not button(page, "Ask again").isEnabled()
    assert "Asking every account..." in words(page)
    page.set_asking(False)
    assert button(page, "Ask again").isEnabled()
    assert "Asking every account..." not in words(page)


def test_an_answer_that_does_not_come_makes_what_was_known_old(page: BillPage) -> None:
    page.set_bills(mixed_bills(), {})
    page.set_asking(True, NOON)
    assert "What stands below is older" in words(page)
