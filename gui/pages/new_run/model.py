"""Model: cards with what each is good at and what these items would take on it; behind More how it reads them."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QWidget,
)

from gui.core.plan import CATALOGUE, GPT2, Model, ModelChoice, ModelOutlook, Outlook, Page
from gui.core.plan.choices import PRACTICE_CLOUD, PRACTICE_MODEL
from gui.core.plan.cost import memory_bytes
from gui.core.plan.models import LARGEST, usual_precision
from gui.format import duration, money, number, size
from gui.pages.new_run.editor import PlanEditor
from gui.pages.new_run.page import WizardPage, model_title, sentence_case
from gui.pages.new_run.reading import More
from gui.translate import translate
from gui.widgets.basics import (
    GAP,
    Body,
    Caption,
    LinkButton,
    QuietButton,
    Strong,
    column_of,
    row_of,
    scrolling,
)
from gui.widgets.choice_card import ChoiceCard
from gui.widgets.choose import choose_folder
from gui.widgets.flow import Beside

COLUMNS = 3


class ModelPage(WizardPage):
    page = Page.MODEL

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(editor)
        self._drawn: tuple[ModelChoice, Outlook | None] | None = None
        self._group = QButtonGroup(self)
        self._cards = {model.name: ModelCard(model) for model in (*CATALOGUE, GPT2)}
        self._folder_card = FolderCard(editor)
        widest = max(card.named_width() for card in self._cards.values())
        for card in self._cards.values():
            self._group.addButton(card.button)
            card.chosen.connect(functools.partial(self._choose, card.model.name))
            card.setMinimumWidth(widest)  # a name that is cut is another model's
        cards = Beside(*((card, 1) for card in self._cards.values()), spacing=12, most=COLUMNS)
        self._group.addButton(self._folder_card.button)
        self._folder_card.left.connect(self._draw_anew)
        self._more_link = LinkButton("", self._toggle_more)
        self._more = More(editor)
        self._more.hide()
        content = QWidget()
        column = column_of(spacing=12)
        column.addLayout(cards)
        column.addWidget(self._folder_card)
        links = row_of(self._more_link)
        links.addStretch(1)
        column.addLayout(links)
        column.addWidget(self._more)
        column.addStretch(1)
        content.setLayout(column)
        self._scroll = scrolling(content)
        self.setLayout(column_of(self._scroll, spacing=GAP))

    def name(self) -> str:
        return self.tr("Model")

    def title(self) -> str:
        return self.tr("Which model?")

    def sentence(self) -> str:
        outlook = self.editor.outlook
        if outlook is None:
            return self.tr("The model turns each item into numbers, so that alike items lie close together.")
        said = {
            PRACTICE_MODEL: self.tr("{model} is recommended here: it needs no download and is done soonest."),
            GPT2.name: self.tr("{model} is recommended: it is what time series are embedded with for TimeKD."),
            LARGEST.name: self.tr("{model} is recommended: your items have pictures, and it reads them best."),
        }.get(
            outlook.recommended_model, self.tr("{model} is recommended: your items are text, and it reads text best.")
        )
        return said.format(model=sentence_case(model_title(outlook.recommended_model)))

    def redraw(self) -> None:
        outlook, choice = self.editor.outlook, self.editor.plan.model
        if self._drawn == (choice, outlook):
            return
        self._drawn = (choice, outlook)
        of_series = self.editor.plan.data.series is not None
        here = self.editor.plan.machine.cloud == PRACTICE_CLOUD
        found = {one.model.name: one for one in outlook.models} if outlook else {}
        for name, card in self._cards.items():
            card.setVisible(name in found if found else name != GPT2.name)
            if outlook and name in found:
                card.set(found[name], here=here, recommended=name == outlook.recommended_model, of_series=of_series)
            if choice.name == name:
                card.button.setChecked(True)
        own = choice.name not in self._cards or (bool(found) and choice.name not in found)
        self._folder_card.set(choice.name if own else "", found.get(choice.name) if own else None, here=here)
        if own:
            self._folder_card.button.setChecked(True)
        self._more.redraw(outlook, found.get(choice.name))
        self._say_more()

    def _draw_anew(self) -> None:
        """The card that belongs to the plan is the chosen one again."""
        self._drawn = None
        self.redraw()

    def _choose(self, name: str) -> None:
        plan = self.editor.plan
        if plan.model.name != name:
            # How many numbers and how precisely belongs to the model; the instruction is the person's own.
            recipe, instruction, precision = plan.model.recipe, plan.model.instruction, usual_precision(name)
            self.editor.change(replace(plan, model=ModelChoice(name, recipe, instruction, precision)))

    def _toggle_more(self) -> None:
        self._more.setVisible(self._more.isHidden())
        self._say_more()
        if not self._more.isHidden():
            QTimer.singleShot(0, self, self._scroll_to_more)  # once it has its place

    def _say_more(self) -> None:
        of_series = self.editor.plan.data.series is not None
        items = self.tr("More: how the model reads your items")
        more = self.tr("More: how the model reads your prompts") if of_series else items
        self._more_link.setText(more if self._more.isHidden() else self.tr("Less"))

    def _scroll_to_more(self) -> None:
        self._scroll.ensureWidgetVisible(self._more)


class ModelCard(ChoiceCard):
    def __init__(self, model: Model) -> None:
        super().__init__(sentence_case(model_title(model.name)))
        self.model = model
        reads = self.tr("Text and pictures") if model.pictures else self.tr("Text only")
        tongues = (
            self.tr("English")
            if model is GPT2
            else self.tr("16 languages, Korean too")
            if model.name == PRACTICE_MODEL
            else self.tr("more than 100 languages")
            if not model.pictures
            else self.tr("more than 30 languages")
        )
        self.column.addWidget(Caption(f"{reads} \u00b7 {tongues}", wrap=True))
        self.column.addWidget(Body(self._good_at()))
        self._needs, self._takes, self._but = Caption(wrap=True), Strong(wrap=True), Caption(wrap=True)
        for part in (self._needs, self._takes, self._but):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def _good_at(self) -> str:
        return {
            PRACTICE_MODEL: self.tr(
                "Comes with Embark. Texts find texts, pictures find pictures; words do not find pictures. "
                "Good for trying everything out, not for results to publish."
            ),
            GPT2.name: self.tr("Reads windows of a time series as TimeKD does, 1,024 tokens at a time."),
            "Qwen/Qwen3-Embedding-0.6B": self.tr("Small and quick. Good for a first look at many texts."),
            "Qwen/Qwen3-Embedding-4B": self.tr("Close to the best for texts, at half the time and money."),
            "Qwen/Qwen3-Embedding-8B": self.tr("The best of these for texts alone."),
            "Qwen/Qwen3-VL-Embedding-2B": self.tr("Reads words and pictures as one, with little memory."),
            "Qwen/Qwen3-VL-Embedding-8B": self.tr("The best of these for items with pictures; words find pictures."),
        }.get(self.model.name, "")

    def set(self, outlook: ModelOutlook, *, here: bool, recommended: bool, of_series: bool) -> None:
        self.praise(self.tr("Recommended") if recommended else "")
        needs = self.tr("{n} numbers an item, {memory} of memory")
        if of_series:
            needs = self.tr("{n} numbers a prompt, {memory} of memory")
        self._needs.setText(needs.format(n=number(self.model.dimensions), memory=size(self.model.memory_bytes)))
        self._takes.setText(takes(outlook, here=here) if outlook.fits else "")
        self._takes.setVisible(bool(self._takes.text()))
        self._but.setText(" ".join(filter(None, (obstacle(outlook, here=here), elsewhere(outlook, here=here)))))
        self._but.setVisible(bool(self._but.text()))


class FolderCard(ChoiceCard):
    """Any model in a folder of this computer."""

    left = Signal()  # no folder was chosen after all

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(self.tr("A model in a folder on this computer"))
        self._editor = editor
        self._words = Body(self.tr("Any model for sentence-transformers or transformers, such as one you trained."))
        self._path, self._takes = Caption(wrap=True), Strong(wrap=True)
        self._choose = QuietButton(self.tr("Choose folder..."), self._choose_folder)
        self.column.removeWidget(self.button)
        words = column_of(self.button, self._words, self._path, self._takes, spacing=4)
        row = row_of(words, self._choose, spacing=GAP)
        row.setStretch(0, 1)
        self.column.addLayout(row)
        self.chosen.connect(self._clicked)

    def set(self, name: str, outlook: ModelOutlook | None, *, here: bool) -> None:
        self._path.setText(name)
        self._path.setVisible(bool(name))
        words = " ".join((takes(outlook, here=here), obstacle(outlook, here=here))) if outlook else ""
        self._takes.setText(words.strip())
        self._takes.setVisible(bool(words.strip()))

    def _clicked(self) -> None:
        if not self._path.text():
            self._choose_folder()

    def _choose_folder(self) -> None:
        choose_folder(self, self.tr("Folder of a model"), self.choose).rejected.connect(self.left)

    def choose(self, folder: str) -> None:
        """Use the model in this folder."""
        plan = self._editor.plan
        self._editor.change(replace(plan, model=replace(plan.model, name=str(Path(folder)), dimensions=0)))


def takes(outlook: ModelOutlook, *, here: bool) -> str:
    """Time and money for these items, on this computer or on the machine that does it cheapest."""
    if outlook.estimate is None or outlook.offer is None:
        return ""
    time = duration(outlook.estimate.total_s)
    if here:
        return translate("pages.new_run.model", "About {time} on this computer, free").format(time=time)
    said = translate("pages.new_run.model", "About {time} and {money} on a rented {machine}")
    return said.format(time=time, money=money(outlook.estimate.total), machine=outlook.offer.name)


def obstacle(outlook: ModelOutlook, *, here: bool) -> str:
    """Why it may not work; empty when nothing speaks against it."""
    if not outlook.fits and outlook.offer is not None:
        said = translate("pages.new_run.model", "Does not fit: it needs {needed} without a GPU, and here are {memory}.")
        if not here:
            said = translate("pages.new_run.model", "Does not fit any machine on offer: the largest has {memory}.")
        needed = outlook.model.memory_for("fp32" if here else "bf16")
        return said.format(memory=size(memory_bytes(outlook.offer)), needed=size(needed))
    if here and outlook.model.from_hub:
        said = translate("pages.new_run.model", "Downloads {size} first, so it needs the network.")
        return said.format(size=size(outlook.model.weights_bytes))
    return ""


def elsewhere(outlook: ModelOutlook, *, here: bool) -> str:
    """What a rented machine would take, for a model on this computer; empty where nothing is gained by one."""
    if not here or outlook.rented is None:
        return ""
    offer, expected = outlook.rented
    said = translate("pages.new_run.model", "On a rented {machine}: about {time} and {money}.")
    return said.format(machine=offer.name, time=duration(expected.total_s), money=money(expected.total))
