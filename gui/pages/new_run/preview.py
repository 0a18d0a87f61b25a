"""Three items exactly as the model will read them, and the editor of the text template with a live preview."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui.core.dataset import DEFAULT_TEMPLATE, Dataset, Item, SeriesDataset, check_template, render
from gui.core.dataset.text import FIELDS
from gui.core.errors import ImagesUnreadable, PlanError
from gui.core.plan import Page, PlanProblem
from gui.core.plan.troubles import template_fault
from gui.models.thumbnails import decode
from gui.pages.new_run.editor import PlanEditor
from gui.tasks import background
from gui.text import describe_trouble
from gui.widgets.basics import (
    Body,
    Caption,
    Card,
    Chip,
    LinkButton,
    PrimaryButton,
    QuietButton,
    column_of,
    scrolling,
)
from gui.widgets.flow import Flow
from gui.widgets.item_card import ItemCard

SHOWN = 3
PICTURE = QSize(290, 170)
LARGEST_PICTURE_BYTES = 30 * 10**6


class Preview(Card):
    """The right side of the Items page."""

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__(self.tr("As the model will read them"), spacing=10)
        self._editor = editor
        self._dataset: Dataset | None = None
        self._start = 0
        self._shown: tuple[Item, ...] = ()
        self._pictures: dict[str, QPixmap] = {}
        self._empty = Body(self.tr("Three of your items are shown here, as soon as they are read."), tone="dim")
        self._others = LinkButton(self.tr("Three others"), self._show_others)
        self._template = TemplateEditor()
        self._template.edited.textChanged.connect(self._draw)
        self._template.kept.clicked.connect(self._keep)
        self._template.left.clicked.connect(self._close_editor)
        self._template.hide()
        self._change = LinkButton(self.tr("Change how items become text"), self._open_editor)
        self._cards = [ItemCard() for _ in range(SHOWN)]
        content = QWidget()
        column = column_of(*self._cards, spacing=10)
        column.addStretch(1)
        content.setLayout(column)
        self._scroll = scrolling(content)
        links = Flow(self._change, self._others, spacing=16)
        for part in (self._empty, self._template, self._scroll):
            self.column.addWidget(part)
        self.column.setStretchFactor(self._scroll, 1)
        self.column.addLayout(links)
        self.column.addStretch(0)

    def redraw(self) -> None:
        dataset = self._editor.dataset
        self._empty.setVisible(dataset is None)
        of_items = dataset is not None and not isinstance(dataset, SeriesDataset)
        self._change.setVisible(of_items and self._template.isHidden())
        self._scroll.setVisible(dataset is not None)
        self._others.setVisible(dataset is not None and len(dataset.items) > SHOWN)
        if dataset is not None and dataset is not self._dataset:
            self._dataset = dataset
            self._start = 0
            self._pictures.clear()
            self._choose()

    def _show_others(self) -> None:
        self._start += 1
        self._choose()

    def _choose(self) -> None:
        if self._dataset is not None:
            of_series = isinstance(self._dataset, SeriesDataset)
            self._shown = (_prompts if of_series else _telling)(self._dataset.items, self._start)
            for item in self._shown:
                if item.image and item.image not in self._pictures:
                    ratio = self.devicePixelRatioF()
                    fetch = functools.partial(_picture, self._dataset, item.image, ratio)
                    background(fetch, done=self._picture_came)
            self._draw()

    def _picture_came(self, found: tuple[Dataset, str, QImage]) -> None:
        dataset, key, image = found
        if dataset is self._dataset and not image.isNull():
            self._pictures[key] = QPixmap.fromImage(image)
            self._draw()

    def _draw(self) -> None:
        editing = not self._template.isHidden()
        template = self._template.edited.toPlainText() if editing else ""
        for card, item in zip(self._cards, (*self._shown, *[None] * SHOWN), strict=False):
            card.setVisible(item is not None)
            if item is not None:
                text = _rendered(template, item) if editing else item.text
                card.set(item.item_id, item.subject, text, self._pictures.get(item.image))

    def _open_editor(self) -> None:
        self._template.begin(self._editor.plan.data.template)
        self._template.show()
        self._change.hide()
        self._draw()

    def _close_editor(self) -> None:
        self._template.hide()
        self._change.show()
        self._draw()

    def _keep(self) -> None:
        plan = self._editor.plan
        template = self._template.edited.toPlainText()
        self._close_editor()
        self._editor.change(replace(plan, data=replace(plan.data, template=template)))


class TemplateEditor(QWidget):
    """The template as text, its fields as buttons, and why it cannot be kept."""

    def __init__(self) -> None:
        super().__init__()
        self.edited = QPlainTextEdit()
        self.edited.setFixedHeight(84)
        self.edited.setTabChangesFocus(True)
        self.edited.setAccessibleName(self.tr("How items become text"))
        self.edited.textChanged.connect(self._check)
        self.kept = PrimaryButton(self.tr("Use this text"))
        self.left = QuietButton(self.tr("Close without a change"))
        self._trouble = Caption(tone="danger", wrap=True)
        fields = Flow(*(self._field_chip(f"{{{name}}}") for name in FIELDS))
        fields.addWidget(LinkButton(self.tr("As it came"), self._as_it_came))
        words = Caption(self.tr("Words in brackets are filled in for each item."), wrap=True)
        column = column_of(words, self.edited, spacing=8)
        column.addLayout(fields)
        column.addWidget(self._trouble)
        column.addLayout(Flow(self.kept, self.left))
        self.setLayout(column)

    def begin(self, template: str) -> None:
        self.edited.setPlainText(template)
        self.edited.setFocus()

    def _field_chip(self, field: str) -> Chip:
        return Chip(field, functools.partial(self.edited.insertPlainText, field), checkable=False)

    def _as_it_came(self) -> None:
        self.edited.setPlainText(DEFAULT_TEMPLATE)

    def _check(self) -> None:
        fault = template_fault(self.edited.toPlainText())
        self.kept.setEnabled(fault is None)
        self._trouble.setText(describe_trouble(PlanProblem(Page.ITEMS, *fault)) if fault else "")
        self._trouble.setVisible(fault is not None)


def _rendered(template: str, item: Item) -> str:
    try:
        check_template(template)
    except PlanError:
        return item.text
    if not item.text:
        return ""
    return render(template, question=item.question, choices=item.choices, subject=item.subject, item_id=item.item_id)


def _telling(items: Sequence[Item], start: int) -> tuple[Item, ...]:
    """Three items of different kinds: two with a picture and one without, of different subjects where there are some.

    ``start`` moves on through the items.
    """
    if len(items) <= SHOWN:
        return tuple(items)
    begin = start * 37 % len(items)
    window = [*items[begin : begin + 2000], *items[:begin]][:2000]
    with_picture = [item for item in window if item.image]
    chosen: list[Item] = []
    for wanted in (with_picture, [item for item in window if not item.image], with_picture):
        seen = {one.subject for one in chosen}
        fresh = [item for item in wanted or window if item not in chosen]
        chosen.extend(sorted(fresh, key=lambda item: item.subject in seen)[:1])
    return tuple(chosen)


def _prompts(items: Sequence[Item], start: int) -> tuple[Item, ...]:
    """Both prompts of one window, variable and length, and one of another; ``start`` moves on through them."""
    if len(items) <= SHOWN:
        return tuple(items)
    pairs = len(items) // 2
    one, other = (2 * (at % pairs) for at in (start * 997, start * 997 + pairs // 2))
    return items[one], items[one + 1], items[other + 1]


def _picture(dataset: Dataset, key: str, ratio: float) -> tuple[Dataset, str, QImage]:
    """The picture in the size of its card; a null one when it cannot be shown: the report has said so."""
    try:
        with dataset.open_image(key) as file:
            data = file.read(LARGEST_PICTURE_BYTES)
    except ImagesUnreadable:
        return dataset, key, QImage()
    image = decode(data, PICTURE * ratio)
    image.setDevicePixelRatio(ratio)
    return dataset, key, image
