"""More, on the Model page: how the model reads the items, each choice with what it changes and what it costs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QWidget

from gui.core.plan import ModelChoice, ModelOutlook, Outlook
from gui.core.plan.choices import PRACTICE_MODEL
from gui.core.plan.outlook import PIXELS, PixelChoice
from gui.core.plan.toml import RECIPES
from gui.core.plan.troubles import PRECISIONS
from gui.format import duration, money, number
from gui.pages.new_run.editor import PlanEditor
from gui.widgets.basics import GAP, Body, Caption, Card, Strong, column_of
from gui.widgets.number_field import WholeField

FIELD_WIDTH = 260


class More(Card):
    """Recipe, instruction, precision, numbers an item, pixels; each with what it changes."""

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(" ", spacing=10)
        self._editor = editor
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(2, 1)
        self._own_way = Body(tone="dim")
        self.column.addWidget(self._own_way)
        self.column.addLayout(self._grid)
        self.recipe, self.instruction, self.precision = QComboBox(), QLineEdit(), QComboBox()
        self.dimensions, self.pixels = WholeField(self.tr("Numbers an item"), 0, 100_000), QComboBox()
        self.report = QCheckBox(self.tr("Say what it changes"))
        names = (
            self.tr("As its makers say"),
            self.tr("As its makers say, for questions"),
            self.tr("Mean of all words"),
        )
        for recipe, name in zip(RECIPES, names, strict=True):
            self.recipe.addItem(name, recipe)
        for precision in PRECISIONS:
            self.precision.addItem(precision, precision)
        sizes = (self.tr("Small (0.3 megapixels)"), self.tr("Medium (1 megapixel)"), self.tr("Large (1.8 megapixels)"))
        for pixels, name in zip(PIXELS, sizes, strict=True):
            self.pixels.addItem(name, pixels)
        self.dimensions.setSpecialValueText(self.tr("all"))
        self.instruction.setPlaceholderText(self.tr("none"))
        self._report_words, self._pixel_words = Caption(wrap=True), Caption(wrap=True)
        self._precision_words = Caption(wrap=True)
        self._of_items: list[QWidget] = []  # what a time series has nothing of
        self._build()
        for box in (self.recipe, self.precision, self.pixels):
            box.activated.connect(self._changed)
        self.instruction.editingFinished.connect(self._changed)
        self.dimensions.valueChanged.connect(self._changed)
        self.report.clicked.connect(self._changed)

    def _build(self) -> None:
        of_items = self._of_items
        of_items += self._row(
            self.tr("Recipe"),
            self.recipe,
            self.tr(
                "How the words become one vector. “For questions” is for what is searched with, not for what is to be "
                "found. The mean is only for adding to an old index made that way."
            ),
        )
        of_items += self._row(
            self.tr("Instruction"),
            self.instruction,
            self.tr("What the model is told to look for. All items of one index must share it."),
        )
        self._row(self.tr("Precision"), self.precision, self._precision_words)
        self._row("", self.report, self._report_words)
        of_items += self._row(
            self.tr("Numbers an item"),
            self.dimensions,
            self.tr("Fewer make a smaller result and a quicker search, and tell items apart a little less well."),
        )
        larger = self.tr("Larger ones show small print, and take more time and money. Nothing is ever enlarged.")
        words = QWidget()
        words.setLayout(column_of(Caption(larger, wrap=True), self._pixel_words, spacing=4))
        of_items += self._row(self.tr("Pictures"), self.pixels, words, larger)

    def _row(self, name: str, field: QWidget, words: str | QWidget, described: str = "") -> tuple[QWidget, ...]:
        at = self._grid.rowCount()
        field.setFixedWidth(FIELD_WIDTH)
        if name:
            field.setAccessibleName(name)
        field.setAccessibleDescription(words if isinstance(words, str) else described)
        parts = (Strong(name), field, Caption(words, wrap=True) if isinstance(words, str) else words)
        for column, part in enumerate(parts):
            self._grid.addWidget(part, at, column)
        return parts

    def redraw(self, outlook: Outlook | None, found: ModelOutlook | None) -> None:
        """Show the plan; what this model does not have cannot be changed."""
        choice, of_series = self._editor.plan.model, self._editor.plan.data.series is not None
        own = choice.name == PRACTICE_MODEL
        model = found.model if found else None
        items = self.tr("How the model reads your items")
        self.heading.setText(self.tr("How the model reads your prompts") if of_series else items)
        for part in self._of_items:
            part.setVisible(not of_series)
        with QSignalBlocker(self.dimensions):
            self.dimensions.setRange(0, model.dimensions if model and model.dimensions else 100_000)
            self.dimensions.setValue(choice.dimensions)
        self.recipe.setCurrentIndex(self.recipe.findData(choice.recipe))
        self.precision.setCurrentIndex(self.precision.findData(choice.precision))
        if self.pixels.findData(choice.max_pixels) < 0:
            self.pixels.addItem(self.tr("{n} pixels").format(n=number(choice.max_pixels)), choice.max_pixels)
        self.pixels.setCurrentIndex(self.pixels.findData(choice.max_pixels))
        self.report.setChecked(choice.precision_report)
        if not self.instruction.hasFocus():
            self.instruction.setText(choice.instruction)
        self._say_own_way(own, of_series)
        for field in (self.recipe, self.precision):
            field.setEnabled(not own)
        told = choice.recipe != RECIPES[0] or model is None or model.takes_instruction
        self.instruction.setEnabled(not own and told)
        self.dimensions.setEnabled(model is None or model.fewest_dimensions != model.dimensions)
        self.pixels.setEnabled(not own and (model is None or model.pictures))
        self._say_report(outlook, choice)
        self._say_pixels(outlook.pixel_choices if outlook else ())

    def _say_own_way(self, own: bool, of_series: bool) -> None:
        self._own_way.setVisible(own or of_series)
        self._own_way.setText(
            self.tr("Each prompt becomes the state of its last token, whole and as it is: nothing to choose there.")
            if of_series
            else self.tr("The practice model has its own way of reading: nothing to choose here.")
        )
        words = self.tr(
            "bf16 is what the models were made with; older GPUs, up to RTX 20 and V100, cannot compute in it and are "
            "not offered. fp32 takes about twice the memory and far more time."
        )
        if of_series:
            words = self.tr("GPT-2 was made with fp32. bf16 is far quicker, and rounds what the states differ by.")
        self._precision_words.setText(words)
        self.precision.setAccessibleDescription(words)

    def _say_report(self, outlook: Outlook | None, choice: ModelChoice) -> None:
        can = outlook is None or outlook.report_s > 0
        self.report.setEnabled(can or choice.precision_report)
        words = self.tr("Here everything is computed in full precision: there is nothing to compare.")
        if can:
            words = self.tr("200 items are computed in fp32 too, and the result shows how far the vectors differ.")
            if self._editor.plan.data.series is not None:
                words = self.tr("200 prompts are computed in fp32 too, and the result shows how far the states differ.")
            if outlook is not None:
                costs = self.tr("Takes about {time} more, {money}.")
                words += " " + costs.format(time=duration(outlook.report_s), money=money(outlook.report_cost))
        self._report_words.setText(words)

    def _say_pixels(self, choices: tuple[PixelChoice, ...]) -> None:
        """What each size makes of these pictures, and what the run would take with it."""
        line = self.tr("{size}: {tokens} tokens each on average, about {time} and {money} in all.")
        same = self.tr("{size}: changes nothing, all your pictures are smaller anyway.")
        told = []
        for one in choices:
            at = self.pixels.findData(one.max_pixels)
            if at >= 0:
                told.append(
                    (line if one.changes else same).format(
                        size=self.pixels.itemText(at),
                        tokens=number(one.tokens),
                        time=duration(one.estimate.total_s),
                        money=self.tr("free") if one.estimate.pretend else money(one.estimate.total),
                    )
                )
        unsized = self._editor.report.images_unsized if self._editor.report else 0
        if told and unsized:
            told.append(
                self.tr("The size of %n picture(s) is not known yet: counted as the largest allowed.", "", unsized)
            )
        self._pixel_words.setText("\n".join(told))
        self._pixel_words.setVisible(bool(told))

    def _changed(self) -> None:
        plan = self._editor.plan
        choice = replace(
            plan.model,
            recipe=self.recipe.currentData() or plan.model.recipe,
            instruction=self.instruction.text(),
            precision=self.precision.currentData() or plan.model.precision,
            dimensions=self.dimensions.value(),
            max_pixels=self.pixels.currentData() or plan.model.max_pixels,
            precision_report=self.report.isChecked(),
        )
        self._editor.change(replace(plan, model=choice))
