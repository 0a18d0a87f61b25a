"""Model: cards with what each is good at and what these items would take on it; behind More how it reads them."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QWidget,
)

from gui.core.plan import CATALOGUE, GPT2, Model, ModelChoice, ModelOutlook, Outlook, Page
from gui.core.plan.choices import PRACTICE_CLOUD, PRACTICE_MODEL
from gui.core.plan.cost import memory_bytes
from gui.core.plan.models import LARGEST
from gui.core.plan.toml import RECIPES
from gui.core.plan.troubles import PRECISIONS
from gui.format import duration, money, number, size
from gui.pages.new_run.editor import PlanEditor
from gui.pages.new_run.page import WizardPage, model_title, sentence_case
from gui.translate import translate
from gui.widgets.basics import (
    GAP,
    Body,
    Caption,
    Card,
    LinkButton,
    QuietButton,
    Strong,
    column_of,
    row_of,
    scrolling,
)
from gui.widgets.choice_card import ChoiceCard
from gui.widgets.choose import choose_folder
from gui.widgets.number_field import WholeField

COLUMNS = 3
PIXELS = (512 * 512, 1024 * 1024, 1_843_200)


class ModelPage(WizardPage):
    page = Page.MODEL

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(editor)
        self._drawn: tuple[ModelChoice, Outlook | None] | None = None
        self._group = QButtonGroup(self)
        self._cards = {model.name: ModelCard(model) for model in (*CATALOGUE, GPT2)}
        self._folder_card = FolderCard(editor)
        cards = QGridLayout()
        cards.setSpacing(12)
        for at, card in enumerate(self._cards.values()):
            self._group.addButton(card.button)
            card.chosen.connect(functools.partial(self._choose, card.model.name))
            at %= len(CATALOGUE)  # what reads time series takes the place of what reads pictures
            cards.addWidget(card, at // COLUMNS, at % COLUMNS)
        for column_at in range(COLUMNS):
            cards.setColumnStretch(column_at, 1)
        self._group.addButton(self._folder_card.button)
        self._folder_card.left.connect(self._draw_anew)
        self._more_link = LinkButton(self.tr("More: how the model reads your items"), self._toggle_more)
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
        here = self.editor.plan.machine.cloud == PRACTICE_CLOUD
        found = {one.model.name: one for one in outlook.models} if outlook else {}
        for name, card in self._cards.items():
            card.setVisible(name in found if found else name != GPT2.name)
            if outlook and name in found:
                card.set(found[name], here=here, recommended=name == outlook.recommended_model)
            if choice.name == name:
                card.button.setChecked(True)
        own = choice.name not in self._cards
        self._folder_card.set(choice.name if own else "", found.get(choice.name) if own else None, here=here)
        if own:
            self._folder_card.button.setChecked(True)
        self._more.redraw(found.get(choice.name))

    def _draw_anew(self) -> None:
        """The card that belongs to the plan is the chosen one again."""
        self._drawn = None
        self.redraw()

    def _choose(self, name: str) -> None:
        plan = self.editor.plan
        if plan.model.name != name:
            # How many numbers and how precisely belongs to the model; the instruction is the person's own.
            self.editor.change(
                replace(plan, model=ModelChoice(name, recipe=plan.model.recipe, instruction=plan.model.instruction))
            )

    def _toggle_more(self) -> None:
        self._more.setVisible(self._more.isHidden())
        self._more_link.setText(
            self.tr("More: how the model reads your items") if self._more.isHidden() else self.tr("Less")
        )
        if not self._more.isHidden():
            QTimer.singleShot(0, self, self._scroll_to_more)  # once it has its place

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

    def set(self, outlook: ModelOutlook, *, here: bool, recommended: bool) -> None:
        self.praise(self.tr("Recommended") if recommended else "")
        needs = self.tr("{n} numbers an item, {memory} of memory")
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


class More(Card):
    """Recipe, instruction, precision, numbers an item, pixels; each with what it changes."""

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(self.tr("How the model reads your items"), spacing=10)
        self._editor = editor
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(2, 1)
        words = self.tr("The practice model has its own way of reading: nothing to choose here.")
        self._own_way = Body(words, tone="dim")
        self.column.addWidget(self._own_way)
        self.column.addLayout(self._grid)
        self.recipe, self.instruction, self.precision = QComboBox(), QLineEdit(), QComboBox()
        self.dimensions, self.pixels = WholeField(self.tr("Numbers an item"), 0, 100_000), QComboBox()
        self.recipe.addItem(self.tr("As its makers say"), RECIPES[0])
        self.recipe.addItem(self.tr("Mean of all words"), RECIPES[1])
        for precision in PRECISIONS:
            self.precision.addItem(precision, precision)
        names = (self.tr("Small (0.3 megapixels)"), self.tr("Medium (1 megapixel)"), self.tr("Large (1.8 megapixels)"))
        for pixels, name in zip(PIXELS, names, strict=True):
            self.pixels.addItem(name, pixels)
        self.dimensions.setSpecialValueText(self.tr("all"))
        self.instruction.setPlaceholderText(self.tr("none"))
        self._row(
            self.tr("Recipe"),
            self.recipe,
            self.tr("How the words become one vector. The mean is only for adding to an old index made that way."),
        )
        self._row(
            self.tr("Instruction"),
            self.instruction,
            self.tr("What the model is told to look for. All items of one index must share it."),
        )
        self._row(
            self.tr("Precision"),
            self.precision,
            self.tr("bf16 is what the models were made with. fp32 takes twice the memory and time."),
        )
        self._row(
            self.tr("Numbers an item"),
            self.dimensions,
            self.tr("Fewer make a smaller result and a quicker search, and tell items apart a little less well."),
        )
        self._row(
            self.tr("Pictures"),
            self.pixels,
            self.tr("Larger ones show small print, and take more time and money. Nothing is ever enlarged."),
        )
        self.recipe.activated.connect(self._changed)
        self.instruction.editingFinished.connect(self._changed)
        self.precision.activated.connect(self._changed)
        self.dimensions.valueChanged.connect(self._changed)
        self.pixels.activated.connect(self._changed)

    def _row(self, name: str, field: QWidget, words: str) -> None:
        at = self._grid.rowCount()
        field.setFixedWidth(260)
        field.setAccessibleName(name)
        field.setAccessibleDescription(words)
        for column, part in enumerate((Strong(name), field, Caption(words, wrap=True))):
            self._grid.addWidget(part, at, column)

    def redraw(self, outlook: ModelOutlook | None) -> None:
        """Show the plan; what this model does not have cannot be changed."""
        choice = self._editor.plan.model
        own = choice.name == PRACTICE_MODEL
        model = outlook.model if outlook else None
        with QSignalBlocker(self.dimensions):
            self.dimensions.setRange(0, model.dimensions if model and model.dimensions else 100_000)
            self.dimensions.setValue(choice.dimensions)
        self.recipe.setCurrentIndex(self.recipe.findData(choice.recipe))
        self.precision.setCurrentIndex(self.precision.findData(choice.precision))
        if self.pixels.findData(choice.max_pixels) < 0:
            self.pixels.addItem(self.tr("{n} pixels").format(n=number(choice.max_pixels)), choice.max_pixels)
        self.pixels.setCurrentIndex(self.pixels.findData(choice.max_pixels))
        if not self.instruction.hasFocus():
            self.instruction.setText(choice.instruction)
        self._own_way.setVisible(own)
        for field in (self.recipe, self.precision, self.instruction):
            field.setEnabled(not own)
        self.dimensions.setEnabled(model is None or model.fewest_dimensions != model.dimensions)
        self.pixels.setEnabled(not own and (model is None or model.pictures))

    def _changed(self) -> None:
        plan = self._editor.plan
        choice = replace(
            plan.model,
            recipe=self.recipe.currentData() or plan.model.recipe,
            instruction=self.instruction.text(),
            precision=self.precision.currentData() or plan.model.precision,
            dimensions=self.dimensions.value(),
            max_pixels=self.pixels.currentData() or plan.model.max_pixels,
        )
        self._editor.change(replace(plan, model=choice))


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
        said = translate("pages.new_run.model", "Does not fit: this computer has {memory} of memory.")
        if not here:
            said = translate("pages.new_run.model", "Does not fit any machine on offer: the largest has {memory}.")
        return said.format(memory=size(memory_bytes(outlook.offer)))
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
