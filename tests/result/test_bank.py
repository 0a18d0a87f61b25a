"""A result finds its items again, says what it cannot find, and searches them."""

from __future__ import annotations

import json
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from gui.core.errors import ItemsUnreadable
from gui.core.result.bank import ItemBank
from gui.core.result.result import open_result
from tests.result.exam import make_exam, make_items, picture
from tests.result.making import make_result, unit_vectors


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> ItemBank:
    return ItemBank.read(make_exam(tmp_path_factory.mktemp("exam"), 240))


def test_every_row_knows_its_item_and_its_picture(bank: ItemBank) -> None:
    assert len(bank) == 240
    assert bank.items[4].question == "The circuit shows two bulbs in series. What happens to the current? [4]"
    assert bank.items[4].choices == ("It doubles", "It halves")
    assert bank.picture(2) == picture(2)
    assert bank.picture(3) == b""
    assert bank.has_picture.sum() == 120
    assert (bank.trouble, bank.unknown, bank.changed) == (None, 0, False)


def test_subjects_are_counted(bank: ItemBank) -> None:
    assert dict(bank.subjects) == dict.fromkeys(("과학", "수학", "국어", "English", "Science", "사회"), 40)


def test_search_is_by_substring_in_any_case_and_form(bank: ItemBank) -> None:
    circuits = list(range(4, 240, 6))
    assert bank.search("CIRCUIT").tolist() == circuits
    assert bank.search("rcui").tolist() == circuits
    assert bank.search("current  bulbs").tolist() == circuits
    assert bank.search("circuit", with_picture=True).tolist() == circuits
    assert (
        bank.search("전구").tolist()
        == bank.search(unicodedata.normalize("NFD", "전구")).tolist()
        == list(range(0, 240, 6))
    )
    assert bank.search("SCI-20171105-00007").tolist() == [7]
    assert bank.search("전", subject="과학").tolist() == list(range(0, 240, 6))
    assert bank.search("전", subject="English").tolist() == []
    assert bank.search("", subject="nobody's").tolist() == []
    assert bank.search("  ").tolist() == list(range(240))
    assert bank.search(".*").tolist() == []


def test_a_search_nobody_waits_for_stops(bank: ItemBank) -> None:
    assert bank.search("전구", wanted=lambda: False).tolist() == []


def test_without_the_data_set_there_are_ids(tmp_path: Path) -> None:
    make_exam(tmp_path, 60)
    shutil.rmtree(tmp_path / "data")

    bank = ItemBank.read(open_result(tmp_path / "result"))

    assert isinstance(bank.trouble, ItemsUnreadable)
    assert bank.unknown == 60
    assert not bank.read_all
    assert bank.search("sci-20171105-00007").tolist() == [7]
    assert bank.picture(0) == b""


def test_a_foreign_result_names_no_data_set_and_still_has_ids(tmp_path: Path) -> None:
    bank = ItemBank.read(make_result(tmp_path, unit_vectors(9, 4)))

    assert bank.trouble is not None
    assert len(bank) == 9


@pytest.mark.parametrize("spoiled", ["not json", '[{"id": "a"', ""])
def test_a_data_set_that_broke_meanwhile_is_named(tmp_path: Path, spoiled: str) -> None:
    make_exam(tmp_path, 60)
    (tmp_path / "data" / "items.json").write_text(spoiled, encoding="utf-8")

    bank = ItemBank.read(open_result(tmp_path / "result"))

    assert bank.trouble is not None
    assert len(bank) == 60


def test_a_template_that_no_longer_means_anything_does_not_close_the_result(tmp_path: Path) -> None:
    make_exam(tmp_path, 12)
    path = tmp_path / "result" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["data"]["template"] = "{nonsense}"
    path.write_text(json.dumps(manifest), encoding="utf-8")

    assert ItemBank.read(open_result(tmp_path / "result")).trouble is not None


def test_changed_items_are_noticed(tmp_path: Path) -> None:
    result = make_exam(tmp_path, 60)
    make_items(tmp_path / "data", 50)

    bank = ItemBank.read(result)

    assert bank.changed
    assert bank.unknown == 10
    assert bank.items[55].item_id == "SCI-20171105-00055"


def test_a_zip_that_vanishes_later_leaves_items_without_pictures(tmp_path: Path) -> None:
    bank = ItemBank.read(make_exam(tmp_path, 12))
    (tmp_path / "data" / "pictures.zip").write_bytes(b"gone")

    assert [bank.picture(row) for row in range(12)] == [b""] * 12


def test_rows_follow_the_result_not_the_files(tmp_path: Path) -> None:
    made = make_exam(tmp_path / "exam", 30)
    turned = list(reversed(made.item_ids))
    result = make_result(tmp_path / "turned", np.asarray(made.embeddings), item_ids=turned, manifest=made.manifest)

    bank = ItemBank.read(result)

    assert [item.item_id for item in bank.items] == turned
    assert bank.items[0].question.endswith("[29]")
