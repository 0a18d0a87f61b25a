"""Data as people have it: tables, documents, numbers used twice; nothing they added is dropped without a word."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from gui.core.dataset import Duplicates
from gui.core.plan import Page
from gui.language import Language
from gui.pages.new_run.unused import UnusedDialog
from gui.pages.new_run.worth import ProblemsDialog
from gui.widgets.basics import LinkButton
from tests.gui.test_new_run import Wizard, dressed, items_file, open_wizard

__all__ = ["dressed", "open_wizard"]
Opens = Callable[..., Wizard]

DATED = "date,a,b\n" + "\n".join(f"2016-07-{day:02} 00:00:00,{day},{day + 1}" for day in range(1, 29))


def test_a_table_added_to_items_asks_and_keeps_them(open_wizard: Opens, tmp_path: Path) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 5))
    before = wizard.editor.plan.data
    table = tmp_path / "t.csv"
    table.write_text("no,question\n1,a\n2,b\n")
    wizard.add(table)
    assert wizard.editor.plan.data == before
    assert wizard.sees("t.csv is a table")
    assert wizard.sees("save them as JSON")
    assert wizard.page.next.isEnabled()
    wizard.click("Keep the items")
    assert not wizard.sees("t.csv is a table")
    assert wizard.editor.plan.data == before
    table.write_text(DATED)
    wizard.add(table)
    assert not wizard.sees("save them as JSON")
    wizard.click("Begin with the table instead")
    assert wizard.editor.plan.data.series is not None
    assert wizard.editor.plan.data.items == ()
    assert not wizard.sees("t.csv is a table")


def test_a_table_of_items_by_itself_is_told_that_items_are_json(open_wizard: Opens, tmp_path: Path) -> None:
    wizard = open_wizard()
    (tmp_path / "t.csv").write_text("no,question\n1,a\n2,b\n")
    wizard.add(tmp_path / "t.csv")
    assert wizard.sees("Items must be JSON.")


def test_an_excel_file_is_called_one_and_what_to_do_is_said(open_wizard: Opens, tmp_path: Path) -> None:
    wizard = open_wizard()
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04rubbish")
    wizard.add(tmp_path / "t.xlsx")
    assert wizard.sees("t.xlsx is an Excel table.")
    assert wizard.sees("Save the items as JSON")


def test_files_of_a_folder_that_are_not_used_are_counted_and_listed(
    open_wizard: Opens, tmp_path: Path, qtbot: QtBot
) -> None:
    wizard = open_wizard()
    bank = tmp_path / "bank"
    items_file(bank / "a.json", 5)
    (bank / "empty.json").write_bytes(b"")
    (bank / "old.hwp").write_bytes(b"HWP Document File")
    wizard.add(bank)
    assert wizard.editor.report is not None
    wizard.click("2 files in this folder are not used")
    (dialog,) = wizard.page.findChildren(UnusedDialog)
    told = {label.text() for label in dialog.findChildren(QLabel) if label.isVisible()}
    assert {"bank/empty.json", "The file is empty", "bank/old.hwp"} <= {one.replace("\\", "/") for one in told}
    dialog.accept()
    wizard.click("a.json  \u2715")
    assert not wizard.editor.unused


def test_the_saved_table_speaks_the_language_of_the_program(
    open_wizard: Opens, tmp_path: Path, korean: Language
) -> None:
    wizard = open_wizard()
    items = [{"id": "1", "question": "Q", "image": "lost.png"}, {"question": "Q"}, {"id": "3"}]
    (tmp_path / "a.json").write_text(json.dumps(items))
    wizard.add(tmp_path / "a.json")
    assert korean.code == "ko"
    wizard.page.page._worth.save(str(tmp_path / "worth.csv"))  # type: ignore[attr-defined]
    wizard.settle()
    head, *rows = csv.reader((tmp_path / "worth.csv").read_text(encoding="utf-8-sig").splitlines())
    assert head[:5] == ["kind", "item_id", "place", "detail", "무엇이 문제인지"]
    assert {row[0]: (row[5], row[6]) for row in rows} == {
        "image-not-found": ("글로만 임베딩", "a.json의 1번째 문항"),
        "item-unreadable": ("제외", "a.json의 2번째 문항"),
        "item-blank": ("제외", "a.json의 3번째 문항"),
    }


def test_a_name_typed_as_result_folder_is_one_among_the_results(open_wizard: Opens, tmp_path: Path) -> None:
    wizard = open_wizard()
    wizard.add(items_file(tmp_path / "a.json", 5))
    for page in (Page.MODEL, Page.MACHINE, Page.BUDGET):
        wizard.go(page)
    field = next(one for one in wizard.page.findChildren(QLineEdit) if one.accessibleName() == "Folder of the result")
    for typed, meant in (("my results", tmp_path / "results" / "my results"), (str(tmp_path / "x"), tmp_path / "x")):
        field.setFocus()
        field.setText(typed)
        field.editingFinished.emit()
        wizard.settle()
        assert wizard.editor.plan.result.folder == meant
        assert field.text() == str(meant)


def test_items_of_one_id_are_counted_listed_before_the_choice_and_the_choice_can_be_changed(
    open_wizard: Opens, tmp_path: Path
) -> None:
    wizard = open_wizard()
    items = [{"id": "1", "question": "Q"}, {"id": "2", "question": "R"}]
    (tmp_path / "a.json").write_text(json.dumps(items))
    items[1]["question"] = "Other"
    (tmp_path / "b.json").write_text(json.dumps(items))
    wizard.add(tmp_path / "a.json", tmp_path / "b.json")
    assert wizard.sees("2 items have an id that is there already: 1 the same again, 1 with other words.")
    wizard.click("Show them")
    (dialog,) = wizard.page.findChildren(ProblemsDialog)
    table = dialog.table.model()
    assert [table.index(row, 0).data() for row in range(table.rowCount())] == ["2", "1"]
    dialog.accept()
    wizard.click("Read again")
    wizard.click("Keep the last (2 left out)")
    assert wizard.editor.report is not None
    assert wizard.editor.report.items == 2
    change = [one for one in wizard.page.findChildren(LinkButton) if one.text() == "Change" and one.isVisible()]
    change[0].click()
    wizard.settle()
    wizard.click("Keep the first (2 left out)")
    assert wizard.editor.plan.data.duplicates is Duplicates.FIRST


def test_pictures_that_nothing_names_are_said_beside_the_missing_ones(open_wizard: Opens, tmp_path: Path) -> None:
    wizard = open_wizard()
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for name in ("there.png", "second.png", "q1 copy.png"):
        Image.new("RGB", (40, 30), "red").save(pictures / name)
    found = items_file(tmp_path / "a.json", 1, images=["there.png", "second.png"])
    wizard.add(found, pictures)
    assert not wizard.sees("Named by no item")  # nothing is missing
    wizard.add(items_file(tmp_path / "b.json", 1, first=10, image="q1.png"))
    assert wizard.sees("Named by no item: 1 picture, such as q1 copy.png.")
