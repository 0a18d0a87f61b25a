"""Korean is complete: every sentence of the code is in the .ts file, finished, with the same blanks, and shows."""

import ast
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

import gui
from gui import format as f
from gui.core.dataset import DataSpec, Duplicates, read
from gui.core.errors import DataError
from gui.core.paths import ASSETS
from gui.core.plan import Page, PlanProblem, Trouble
from gui.core.result.check import Check
from gui.core.run import events as e
from gui.core.run.events import Recorded, Step
from gui.language import Language
from gui.models.problems import ProblemsModel
from gui.pages.run.destroy import DestroyPanel
from gui.text import (
    billing,
    check_name,
    closing_words,
    describe_error,
    describe_trouble,
    log_line,
    sentence,
    step_name,
    step_note,
)
from gui.translate import translate
from gui.widgets.side_bar import SideBar
from tests.gui.scenes import NOON, mixed_bills
from tests.gui.screenshots import moments
from tests.gui.test_text import errors_of, event_samples, made

ROOT = Path(gui.__file__).parent
HANGUL = re.compile("[가-힣]")
SAME_IN_BOTH = re.compile(r"^(?:\W|\{\w+\}|%n|GB|MB|KB|ms|GPU|Embark)*$")


class Said(ast.NodeVisitor):
    """Every (context, sentence) a module hands to a translator, and the calls lupdate could not read."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.found: set[tuple[str, str]] = set()
        self.unreadable: list[str] = []
        self._classes: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._classes.append(node.name)
        self.generic_visit(node)
        self._classes.pop()

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        if name == "tr" and isinstance(called, ast.Attribute):
            owner = called.value.id if isinstance(called.value, ast.Name) else "?"
            if owner == "self" and self._classes:
                self._take(node, self._classes[-1], node.args[:1])
            else:
                self.unreadable.append(f"{self.module}:{node.lineno}: only self.tr gets the right context")
        elif name == "translate" and len(node.args) >= 2:
            context = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
            if context is not None and context not in (self.module, *self._classes):
                self.unreadable.append(f"{self.module}:{node.lineno}: the context {context} is somebody else's")
            self._take(node, str(context), node.args[1:2])

    def _take(self, node: ast.Call, context: str, sentence_: list[ast.expr]) -> None:
        if sentence_ and isinstance(sentence_[0], ast.Constant) and isinstance(sentence_[0].value, str):
            self.found.add((context, sentence_[0].value))
        else:
            self.unreadable.append(f"{self.module}:{node.lineno}: not spelled out")


def said_by_the_code() -> tuple[set[tuple[str, str]], list[str]]:
    found, unreadable = set[tuple[str, str]](), list[str]()
    for path in sorted(ROOT.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if module in ("translate", "language"):
            continue  # they hand on what others say
        visitor = Said(module)
        visitor.visit(ast.parse(path.read_text("utf-8")))
        found |= visitor.found
        unreadable += visitor.unreadable
    return found, unreadable


def messages(language: str = "ko") -> Iterator[tuple[str, str, str, bool]]:
    """(context, English, translation for one, finished) of a .ts file."""
    for context in ET.parse(ASSETS / "i18n" / f"embark_{language}.ts").getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            finished = translation.get("type") is None
            yield context.findtext("name", ""), message.findtext("source", ""), forms[0], finished


def test_every_sentence_is_spelled_out_where_lupdate_finds_it() -> None:
    assert said_by_the_code()[1] == []


def test_the_ts_file_holds_exactly_what_the_code_says() -> None:
    """If this fails: ``make words``, then translate what is new."""
    code, ts = said_by_the_code()[0], {(context, english) for context, english, _, _ in messages()}
    assert sorted(code - ts) == []
    assert sorted(ts - code) == []


def test_nothing_is_left_untranslated() -> None:
    assert [(context, english) for context, english, korean, finished in messages() if not finished or not korean] == []


def test_blanks_agree() -> None:
    blanks = re.compile(r"\{\{|\}\}|\{\w*\}|%n")
    wrong = [
        (english, korean)
        for _, english, korean, _ in messages()
        if set(blanks.findall(english)) != set(blanks.findall(korean.replace("%Ln", "%n")))
    ]
    assert wrong == []


def test_every_translation_is_korean() -> None:
    english = [korean for *_, korean, _ in messages() if not HANGUL.search(korean) and not SAME_IN_BOTH.match(korean)]
    assert english == []


def test_one_polite_style_throughout() -> None:
    """Sentences end in the polite 요 form."""
    blunt = re.compile(r"(?:니다|[가-힣]다)[.!]")
    assert [korean for _, _, korean, _ in messages() if blunt.search(korean)] == []


@pytest.mark.parametrize("other", ["기계", "샤드", "인스턴스", "이미지", "사진"])
def test_a_thing_has_one_name(other: str) -> None:
    """장비 is a machine, 조각 a shard, 그림 a picture; nothing is called otherwise on another page."""
    assert [korean for _, _, korean, _ in messages() if other in korean] == []


def test_every_context_is_a_class_or_a_module() -> None:
    classes = {
        node.name
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in ROOT.rglob("*.py")}
    assert {context for context, *_ in messages()} <= classes | modules


def test_the_readme_calls_things_as_the_window_does() -> None:
    """Buttons are bold, headings are slanted, in what it tells of the first run and of one's own items."""
    readme = (ROOT.parent / "README.md").read_text(encoding="utf-8")
    told = "".join(part for part in readme.split("\n## ") if part.startswith(("The first run", "Your own items")))
    named = re.findall(r"\*\*(.+?)\*\*|(?<!\*)\*([^*\n]+)\*(?!\*)", told)
    assert len(named) > 10
    said = {sentence for _, sentence in said_by_the_code()[0]}
    pages = {f"Next: {title}" for title in said}
    assert {bold or slanted for bold, slanted in named} <= said | pages


# --- it shows ---------------------------------------------------------------------------------------------------------


def test_a_widget_and_qts_own_buttons_are_korean(qtbot: QtBot, korean: Language) -> None:
    bar, buttons = SideBar(), QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(bar)
    qtbot.addWidget(buttons)
    assert [button.text() for button in bar._buttons.values()] == ["실행", "새 실행", "계정", "과금", "설정"]
    assert Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), "qtbase_ko.qm").is_file()
    assert HANGUL.search(buttons.button(QDialogButtonBox.StandardButton.Cancel).text())


def test_every_error_event_and_trouble_is_said_in_korean(korean: Language) -> None:
    for kind in errors_of():
        assert all(HANGUL.search(part) for part in describe_error(made(kind)) if part), kind
    for event in event_samples():
        said = log_line(Recorded(1, NOON, event))
        assert HANGUL.search(said) or isinstance(event, e.Tick), event
    for trouble in Trouble:
        for detail in ("", "5"):
            assert HANGUL.search(describe_trouble(PlanProblem(Page.ITEMS, trouble, detail)))


def test_every_moment_of_a_run_is_said_in_korean(korean: Language) -> None:
    for name, snapshot in moments():
        assert HANGUL.search(sentence(snapshot)), name
        notes = [step_note(snapshot, step, NOON) for step in Step]
        assert all(HANGUL.search(note) for note in notes if note and not note.endswith("B")), name
    assert all(HANGUL.search(step_name(step)) for step in Step)
    assert all(HANGUL.search(check_name(check)) for check in Check)


def test_what_is_counted_and_billed_is_said_in_korean(korean: Language) -> None:
    asking = dict(moments())["run-asking"]
    assert billing((), (asking,)).line == "장비 1대, 시간당 $0.41"
    assert "RunPod 쪽에서 응답이 없어요" in billing(mixed_bills(), ()).below
    title, text = closing_words((asking,)) or ("", "")
    assert title == "장비 1대가 계속 과금돼요"
    assert "RTX 4090 #19905787 장비는 더 필요 없고, 완전 삭제할 때까지 시간당 $0.41씩" in text


def test_numbers_and_times_follow_the_language(korean: Language) -> None:
    assert f.duration(6720) == "1시간 52분"
    assert f.rate(10.8) == "초당 10.8개"
    assert f.date(NOON) == "2026년 1월 29일"
    assert f.percent(0.41) == "41%"


def test_english_counts_one_and_many_in_widgets_and_in_text(qtbot: QtBot, dressed: QApplication) -> None:
    panel = DestroyPanel()
    qtbot.addWidget(panel)
    for shards, said in ((1, "1 finished piece would be lost"), (2345, "2,345 finished pieces would be lost")):
        assert panel._loss_words(replace(dict(moments())["run-unfetched"], unfetched=shards)).startswith(said)
    assert translate("text.states", "%n machine(s), {rate}", "", 1) == "1 machine, {rate}"
    assert translate("text.states", "%n machine(s), {rate}", "", 2345) == "2,345 machines, {rate}"


def test_no_translator_is_written_in_python(dressed: QApplication) -> None:
    """Qt asks for words on any thread, also under a lock of its own: Python there has been seen to deadlock."""
    code = [path.read_text("utf-8") for path in ROOT.rglob("*.py")]
    assert [one for one in code if re.search(r"class \w+\(.*QTranslator", one)] == []


def test_every_counted_english_sentence_is_written_by_the_rule() -> None:
    code = {(context, english) for context, english in said_by_the_code()[0] if "%n" in english}
    english = {(context, source): one for context, source, one, _ in messages("en")}
    assert {key for key in code if not key[0].startswith("text.")} == set(english)
    assert all(one == source.replace("%n", "%Ln").replace("(s)", "") for (_, source), one in english.items())


@pytest.mark.parametrize(("names", "code"), [(["ko-KR", "en-US"], "ko"), (["fr-FR", "ko"], "ko"), (["de"], "en")])
def test_the_first_language_of_the_system_that_embark_speaks(
    names: list[str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gui import language

    class System:
        def uiLanguages(self) -> list[str]:
            return names

    monkeypatch.setattr(language.QLocale, "system", System)
    assert language.system_language() == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"id": 1, "text": "a"}, {"id": 1, "text": "b"}]', "items.json의 1번째 문항, items.json의 2번째 문항"),
        ('[{"id": 1, "text": "a"}, {"id": 2, "te', "위치: 1번째 줄, 온전한 마지막 문항은 1번째 (1)."),
    ],
)
def test_where_something_is_wrong_in_a_file_is_said_in_korean(
    korean: Language, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "items.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as wrong:
        read(DataSpec(items=(str(tmp_path / "items.json"),)))
    assert said in " ".join(describe_error(wrong.value))


def test_the_item_that_was_taken_instead_is_named_in_korean(korean: Language, tmp_path: Path) -> None:
    (tmp_path / "items.json").write_text('[{"id": 1, "text": "a"}, {"id": 1, "text": "b"}]', encoding="utf-8")
    dataset = read(DataSpec(items=(str(tmp_path / "items.json"),), duplicates=Duplicates.FIRST))
    listed = ProblemsModel(dataset.report.problems)
    assert [listed.index(0, column).data() for column in (1, 2)] == [
        "items.json의 2번째 문항",
        "items.json의 1번째 문항",
    ]
