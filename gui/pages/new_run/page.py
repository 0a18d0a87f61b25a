"""What every page of the wizard is: words on top, and one method that draws it from the plan's editor."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.core.plan import GPT2, Page
from gui.core.plan.choices import PRACTICE_MODEL
from gui.pages.new_run.editor import PlanEditor
from gui.translate import translate


class WizardPage(QWidget):
    """``title`` and ``sentence`` stand above it, ``name`` on its pill and its Next button."""

    page: Page

    def __init__(self, editor: PlanEditor) -> None:
        super().__init__()
        self.editor = editor

    def name(self) -> str:
        raise NotImplementedError

    def title(self) -> str:
        raise NotImplementedError

    def sentence(self) -> str:
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw everything from the editor. Called often, and only while the page is shown."""
        raise NotImplementedError

    def entered(self) -> None:
        """The page is shown now."""


def model_title(name: str) -> str:
    """A model as it is called inside a sentence: without its owner, or its folder's path."""
    if name == PRACTICE_MODEL:
        return translate("pages.new_run.page", "the practice model")
    if name == GPT2.name:
        return "GPT-2"
    return name.replace("\\", "/").rpartition("/")[2]


def sentence_case(words: str) -> str:
    """At the beginning of a sentence."""
    return words[:1].upper() + words[1:]
