"""Items are read from the shapes that item banks really have."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from gui.core.dataset import DataSpec, Duplicates, ProblemKind, read
from gui.core.errors import DuplicateIds, ItemsUnreadable
from tests.dataset.making import kinds, only, read_items, write_items


@pytest.mark.parametrize(
    "item",
    [
        {"id": "a", "content": "Q", "choices": ["x", "y"]},
        {"item_id": "a", "content": {"question": "Q", "choices": ["x", "y"]}},
        {"id": "a", "content": {"text": "Q"}, "choices": [{"text": "x"}, {"text": "y"}]},
        {"id": "a", "question": "Q", "choices": {"A": "x", "B": "y"}},
        {"id": "a", "text": "Q", "choices": "x\ny"},
        {
            "id": "a",
            "content": {"question": {"text": "Q"}},
            "choices": [{"label": "1", "content": "x"}, {"value": "y"}],
        },
        {"id": "a", "content": "", "question": "Q", "choices": ["x", "y"]},
        {"id": "a", "content": ["Q"], "choices": ["x", "y"]},
    ],
)
def test_question_and_choices_are_found_in_every_shape(tmp_path: Path, item: dict[str, Any]) -> None:
    found = only(read_items(tmp_path, [item]))
    assert (found.question, found.choices) == ("Q", ("x", "y"))
    assert found.text == "문제: Q\n1. x\n2. y"


@pytest.mark.parametrize(
    ("given", "item_id"),
    [
        ("q-1", "q-1"),
        ("  q-1\n", "q-1"),
        ("q\n 1", "q 1"),
        (17, "17"),
        (17.0, "17"),
        (unicodedata.normalize("NFD", "문항1"), "문항1"),
        ("null\0byte", "nullbyte"),
        (10**30, str(10**30)),
    ],
)
def test_ids_become_clean_text(tmp_path: Path, given: Any, item_id: str) -> None:
    assert only(read_items(tmp_path, [{"id": given, "content": "Q"}])).item_id == item_id


def test_an_empty_id_gives_way_to_item_id(tmp_path: Path) -> None:
    assert only(read_items(tmp_path, [{"id": " ", "item_id": 5, "content": "Q"}])).item_id == "5"


@pytest.mark.parametrize(
    "item",
    [
        {"subject": "수학"},
        {"category": "수학"},
        {"metadata": {"subject": "수학"}},
        {"subject": None, "metadata": {"category": "수학", "page": 3}},
        {"subject": {"name": "수학"}},
        {"subject": unicodedata.normalize("NFD", " 수학 ")},
    ],
)
def test_the_subject_is_found_at_the_top_or_in_the_metadata(tmp_path: Path, item: dict[str, Any]) -> None:
    assert only(read_items(tmp_path, [{"id": "a", "content": "Q", **item}])).subject == "수학"


@pytest.mark.parametrize("odd", [3, True, ["x"], "text"])
def test_metadata_of_another_type_is_no_obstacle(tmp_path: Path, odd: Any) -> None:
    assert only(read_items(tmp_path, [{"id": "a", "content": "Q", "metadata": odd}])).question == "Q"


def test_texts_are_composed_unicode(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "다음 그림")
    item = only(read_items(tmp_path, [{"id": "a", "content": decomposed, "choices": [decomposed]}]))
    assert item.question == "다음 그림"
    assert item.choices == ("다음 그림",)


def test_numbers_as_choices_are_written_out(tmp_path: Path) -> None:
    item = only(read_items(tmp_path, [{"id": "a", "content": "1 + 1 = ?", "choices": [1, 2.5, None, "4"]}]))
    assert item.choices == ("1", "2.5", "", "4")


def test_blank_items_are_left_out_and_listed(tmp_path: Path) -> None:
    dataset = read_items(
        tmp_path,
        [
            {"id": "a", "content": " \n<br>&nbsp;"},
            {"id": "b", "content": {"choices": [""]}},
            {"id": "c", "content": "Q"},
        ],
    )
    assert [item.item_id for item in dataset.items] == ["c"]
    assert kinds(dataset) == [ProblemKind.ITEM_BLANK, ProblemKind.ITEM_BLANK]
    assert dataset.report.problems[1].place == "items.json, item 2"


def test_an_item_of_choices_alone_is_kept(tmp_path: Path) -> None:
    assert only(read_items(tmp_path, [{"id": "a", "choices": ["x"]}])).text == "문제: \n1. x"


@pytest.mark.parametrize(
    "broken", [3, "text", None, [], {}, {"content": "Q"}, {"id": True}, {"id": None}, {"id": "x" * 1000}]
)
def test_what_is_not_an_item_with_an_id_is_left_out_and_listed(tmp_path: Path, broken: Any) -> None:
    dataset = read_items(tmp_path, [broken, {"id": "a", "content": "Q"}])
    assert only(dataset).place == "items.json, item 2"
    assert kinds(dataset) == [ProblemKind.ITEM_UNREADABLE]
    assert dataset.report.problems[0].place == "items.json, item 1"


def test_a_file_without_any_id_says_so(tmp_path: Path) -> None:
    with pytest.raises(ItemsUnreadable) as raised:
        read_items(tmp_path, [{"content": "Q"}, {"content": "R"}, 3])
    assert raised.value.reason == "no-id"


def test_a_list_of_something_else_is_not_items(tmp_path: Path) -> None:
    with pytest.raises(ItemsUnreadable) as raised:
        read_items(tmp_path, [1, 2, 3])
    assert raised.value.reason == "not-items"


def test_duplicate_ids_are_an_error_that_names_both_places(tmp_path: Path) -> None:
    one = write_items(tmp_path, [{"id": "a", "content": "1"}, {"id": "b", "content": "2"}], "one.json")
    two = write_items(tmp_path, [{"id": "b", "content": "3"}, {"id": " a ", "content": "4"}], "two.json")
    with pytest.raises(DuplicateIds) as raised:
        read(DataSpec(items=(str(one), str(two))))
    error = raised.value
    assert (error.item_id, error.first, error.second, error.count) == ("b", "one.json, item 2", "two.json, item 1", 2)
    assert error.alike == 0


def test_the_same_item_twice_is_told_from_two_items_of_one_id(tmp_path: Path) -> None:
    items = [{"id": "a", "content": "1"}, {"id": "b", "content": "2"}, {"id": "b", "content": "2"}]
    items += [{"id": "a", "content": "3"}]
    with pytest.raises(DuplicateIds) as raised:
        read_items(tmp_path, items)
    assert (raised.value.count, raised.value.alike) == (2, 1)
    dataset = read_items(tmp_path, items, duplicates=Duplicates.FIRST)
    assert kinds(dataset) == [ProblemKind.ITEM_COPY, ProblemKind.ITEM_DUPLICATE]


def test_ids_that_differ_only_in_unicode_form_are_duplicates(tmp_path: Path) -> None:
    with pytest.raises(DuplicateIds):
        read_items(tmp_path, [{"id": unicodedata.normalize(form, "가"), "content": "Q"} for form in ("NFC", "NFD")])


@pytest.mark.parametrize(("keep", "kept"), [(Duplicates.FIRST, ["1", "3"]), (Duplicates.LAST, ["3", "4"])])
def test_of_duplicates_the_chosen_one_is_kept_and_the_others_are_listed(
    tmp_path: Path, keep: Duplicates, kept: list[str]
) -> None:
    items = [{"id": name, "content": text} for name, text in (("a", "1"), ("a", "2"), ("b", "3"), ("a", "4"))]
    dataset = read_items(tmp_path, items, duplicates=keep)
    assert [item.question for item in dataset.items] == kept
    assert kinds(dataset) == [ProblemKind.ITEM_DUPLICATE] * 2
    left_out = {problem.place for problem in dataset.report.problems}
    assert not left_out & {item.place for item in dataset.items}
    assert dataset.report.problems[0].item_id == "a"
    assert dataset.report.problems[0].detail.startswith("items.json, item ")


def test_items_keep_the_order_of_files_and_lists(tmp_path: Path) -> None:
    for part in (10, 2, 1):
        write_items(tmp_path, [{"id": f"{part}-{n}", "content": "Q"} for n in (2, 1)], f"part{part}.json")
    dataset = read(DataSpec(items=(str(tmp_path / "part*.json"),)))
    assert [item.item_id for item in dataset.items] == ["1-2", "1-1", "2-2", "2-1", "10-2", "10-1"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = write_items(tmp_path, [{"id": "a", "content": "Q"}])
    dataset = read(DataSpec(items=(str(path), str(tmp_path / "*.json"), str(tmp_path / "." / "items.json"))))
    assert dataset.report.files == 1
    assert only(dataset).item_id == "a"


def test_a_folder_stands_for_the_item_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write_items(tmp_path, [{"id": "b", "content": "Q"}], "b.json")
    write_items(tmp_path / "deep", [{"id": "a", "content": "Q"}], "a.json")
    dataset = read(DataSpec(items=(str(tmp_path),)))
    assert [item.item_id for item in dataset.items] == ["b", "a"]


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write_items(tmp_path / folder, [{"id": folder, "content": "Q"}])
    dataset = read(DataSpec(items=(str(tmp_path / "*" / "items.json"),)))
    assert [item.place for item in dataset.items] == ["one/items.json, item 1", "two/items.json, item 1"]


def test_a_name_with_brackets_is_a_name(tmp_path: Path) -> None:
    path = write_items(tmp_path, [{"id": "a", "content": "Q"}], "items [final] (1).json")
    assert only(read(DataSpec(items=(str(path),)))).item_id == "a"


def test_no_items_at_all_is_an_empty_data_set() -> None:
    assert read(DataSpec()).items == ()


def test_rows_are_ids_texts_and_keys_in_input_order(tmp_path: Path) -> None:
    dataset = read_items(tmp_path, [{"id": "b", "content": "1"}, {"id": "a", "content": "2"}], template="{question}")
    assert list(dataset.rows()) == [("b", "1", ""), ("a", "2", "")]
