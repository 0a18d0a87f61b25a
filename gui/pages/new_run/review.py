"""Review: the run as one paragraph that can be read aloud, the estimate line by line, and the button."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.core.cloud.base import Offer
from gui.core.dataset import Report
from gui.core.errors import EmbarkError
from gui.core.plan import AtTheEnd, Estimate, EstimateLine, Outlook, Page, Plan
from gui.core.plan.choices import PRACTICE_CLOUD
from gui.core.units import MicroUsd, utc_now
from gui.format import duration, moment, money, money_column, money_digits, number, per_hour
from gui.pages.new_run.editor import PlanEditor
from gui.pages.new_run.page import WizardPage, model_title
from gui.widgets.basics import GAP, Banner, Body, Caption, Card, QuietButton, Rows, Tone, column_of, scrolling


class Paragraph(Body):
    """Words to be read aloud: a little larger."""


class ReviewPage(WizardPage):
    page = Page.REVIEW
    accounts_wanted = Signal()

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(editor)
        self._drawn: tuple[Plan, Outlook | None, MicroUsd | None] | None = None
        self._paragraph = Paragraph()
        self._lines, self._until, self._pretend = Rows(), Caption(wrap=True), Caption(wrap=True)
        self._rows = Rows()
        self._trouble, self._credit = Banner(), Banner()
        words = Card(self.tr("In words"), spacing=12)
        words.column.addWidget(self._paragraph)
        words.column.addStretch(1)
        estimate = Card(self.tr("Estimate"), spacing=10)
        for part in (self._lines, self._until, self._pretend):
            estimate.column.addWidget(part)
        estimate.column.addStretch(1)
        chosen = Card(self.tr("What was chosen"), spacing=10)
        chosen.column.addWidget(self._rows)
        left = column_of(words, chosen, spacing=GAP)
        left.addStretch(1)
        right = column_of(estimate, spacing=GAP)
        right.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(GAP)
        both.addLayout(left, 5)
        both.addLayout(right, 4)
        content = QWidget()
        column = column_of(self._trouble, self._credit, both, spacing=GAP)
        column.addStretch(1)
        content.setLayout(column)
        self.setLayout(column_of(scrolling(content)))

    def name(self) -> str:
        return self.tr("Review")

    def title(self) -> str:
        return self.tr("Is this what you want?")

    def sentence(self) -> str:
        return self.tr("Nothing has been rented, sent or billed yet.")

    def entered(self) -> None:
        self._trouble.hide()
        if self.editor.plan.machine.cloud != PRACTICE_CLOUD:  # prices move, and the credit is spent meanwhile
            self.editor.ask_offers()

    def show_failure(self, error: EmbarkError) -> None:
        """Starting did not work."""
        self._trouble.show_error(error)

    def redraw(self) -> None:
        plan, outlook, report = self.editor.plan, self.editor.outlook, self.editor.report
        if self._drawn == (plan, outlook, self.editor.credit):
            return
        self._drawn = (plan, outlook, self.editor.credit)
        self._warn()
        if outlook is None or outlook.chosen is None or report is None:
            self._paragraph.setText(self.tr("Not everything is known yet."))
            self._lines.set([])
            self._until.setText("")
            self._rows.set([])
            return
        offer, expected = outlook.chosen
        self._paragraph.setText(self._in_words(plan, report, offer, expected))
        self._lines.set(self._estimate_lines(report, expected))
        done_at = utc_now() + timedelta(seconds=expected.total_s)
        self._until.setText(self.tr("Started now, it is done about {time}.").format(time=moment(done_at)))
        self._pretend.setText(
            self.tr("The money is pretended: nobody will ever bill it.")
            if expected.pretend
            else self.tr("What it really takes depends on the machine. The receipt afterwards shows both side by side.")
        )
        self._rows.set(self._chosen_rows(plan, report, offer))

    def _warn(self) -> None:
        """Of a credit that the run would use up."""
        outlook, credit = self.editor.outlook, self.editor.credit
        if credit is None or outlook is None or outlook.chosen is None or credit >= outlook.chosen[1].total:
            self._credit.hide()
            return
        said = self.tr(
            "The run will cost about {money}, and there is {credit} of credit. At zero the provider stops the machine, "
            "and may delete what is on it."
        )
        self._credit.show_text(
            self.tr("The credit is not enough for this run"),
            said.format(money=money(outlook.chosen[1].total), credit=money(credit)),
            tone="money",
        )
        self._credit.add_action(QuietButton(self.tr("Go to Accounts"), self.accounts_wanted.emit))

    def _in_words(self, plan: Plan, report: Report, offer: Offer, expected: Estimate) -> str:
        pictures = self.tr("%n of them with a picture", "", report.images_found) if report.images_found else ""
        of_series = report.series is not None
        items = self.tr("%n prompt(s)", "", report.items) if of_series else self.tr("%n item(s)", "", report.items)
        what = self.tr("{items}, {pictures}").format(items=items, pictures=pictures) if pictures else items
        parts = {
            "what": what,
            "model": model_title(plan.model.name),
            "machine": offer.name,
            "place": offer.place,
            "time": duration(expected.total_s),
            "money": money(expected.total),
            "limit": money(plan.budget.limit),
        }
        if offer.cloud == PRACTICE_CLOUD:
            said = self.tr(
                "Embark will embed {what}, with {model}, on this computer. It takes about {time} and costs nothing: "
                "this computer plays the rented machine, and nothing leaves it."
            )
        else:
            said = self.tr(
                "Embark will rent {machine} in {place} for about {time} and embed {what}, with {model}. "
                "It will pay about {money}, never more than {limit}."
            )
        return " ".join((said.format(**parts), self._end_words(plan, offer)))

    def _end_words(self, plan: Plan, offer: Offer) -> str:
        here = offer.cloud == PRACTICE_CLOUD
        if plan.result.destroy is AtTheEnd.WHEN_VERIFIED:
            said = self.tr(
                "Every vector is fetched to this computer and checked, then the machine is destroyed by itself."
            )
        elif here:
            said = self.tr(
                "Every vector is fetched and checked, then you are asked to destroy the practice machine, as you would "
                "be with a real one."
            )
        else:
            said = self.tr(
                "Every vector is fetched to this computer and checked, then you are asked to destroy the machine. "
                "Until you answer, it is billed at {price}."
            ).format(price=per_hour(offer.price_per_hour))
        return said

    def _estimate_lines(self, report: Report, expected: Estimate) -> list[tuple[str, str, Tone]]:
        items = self.tr("Uploading your items, meanwhile")
        names = {
            EstimateLine.SETUP: self.tr("Getting the machine ready"),
            EstimateLine.UPLOAD: items if report.series is None else self.tr("Uploading your table, meanwhile"),
            EstimateLine.EMBED: self.tr("Embedding"),
            EstimateLine.FETCH: self.tr("Fetching the vectors, meanwhile"),
        }
        costs = dict(expected.costs)
        amounts = [*(costs[line] for line, _ in expected.seconds), expected.traffic]
        shown, in_all = money_column(amounts, money_digits(expected.total))
        lines: list[tuple[str, str, Tone]] = [
            (names[line], self._pair(seconds, amount), "dim" if not costs[line] else "")
            for (line, seconds), amount in zip(expected.seconds, shown, strict=False)
        ]
        if expected.traffic:
            lines.append((self.tr("What is sent and downloaded"), shown[-1], ""))
        lines.append((self.tr("In all"), self._pair(expected.total_s, in_all), ""))
        return lines

    def _pair(self, seconds: float, amount: str) -> str:
        time = duration(seconds) if seconds >= 1 else self.tr("less than 1 s")
        return self.tr("{time}, {money}").format(time=time, money=amount)

    def _chosen_rows(self, plan: Plan, report: Report, offer: Offer) -> list[tuple[str, str, Tone]]:
        rows: list[tuple[str, str, Tone]] = [
            (self.tr("Name"), plan.name or "\u2013", ""),
            *self._data_rows(report),
            (self.tr("Machine"), self.tr("this computer") if offer.cloud == PRACTICE_CLOUD else offer.name, ""),
            *self._price_rows(offer),
            (self.tr("Limit"), money(plan.budget.limit), ""),
            (self.tr("Folder"), plan.result.folder.name, ""),
        ]
        return rows

    def _data_rows(self, report: Report) -> list[tuple[str, str, Tone]]:
        if report.series is not None:
            return [(self.tr("Prompts"), number(report.items), "")]
        rows: list[tuple[str, str, Tone]] = [
            (self.tr("Items"), number(report.items), ""),
            (self.tr("Pictures"), number(report.images_found), ""),
        ]
        if report.problems:
            rows.append((self.tr("Worth a look"), number(len(report.problems)), "money"))
        return rows

    def _price_rows(self, offer: Offer) -> list[tuple[str, str, Tone]]:
        """What is rented at which price; nothing for this computer."""
        if offer.cloud == PRACTICE_CLOUD:
            return []
        place = self.tr("{place} (data centre)").format(place=offer.place) if offer.data_centre else offer.place
        rows: list[tuple[str, str, Tone]] = [
            (self.tr("Place"), place, ""),
            (self.tr("Price, with its disk"), per_hour(offer.price_per_hour), ""),
        ]
        if offer.interruptible:
            rows.append((self.tr("May be interrupted"), self.tr("yes"), "money"))
        if self.editor.credit is not None:
            rows.append((self.tr("Credit"), money(self.editor.credit), ""))
        return rows
