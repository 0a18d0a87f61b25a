"""Item files of any usual encoding and shape open; what does not open says why, and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gui.core.dataset import Dataset, DataSpec, ProblemKind, read
from gui.core.errors import ItemsUnreadable
from tests.dataset.making import kinds, only, write_items

ITEMS = [{"id": f"문항-{n}", "content": f"다음 중 옳은 것은? ({n})", "extra": {"쪽": n}} for n in range(5)]


def opened(path: Path) -> Dataset:
    return read(DataSpec(items=(str(path),)))


def refused(path: Path) -> ItemsUnreadable:
    with pytest.raises(ItemsUnreadable) as raised:
        opened(path)
    assert raised.value.path == str(path)
    return raised.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("plain", [ITEMS, {"version": 2, "items": ITEMS}], ids=["list", "object"])
def test_lists_and_objects_open_in_every_encoding(tmp_path: Path, encoding: str, plain: Any) -> None:
    dataset = opened(write_items(tmp_path, plain, encoding=encoding))
    assert [item.item_id for item in dataset.items] == [item["id"] for item in ITEMS]
    assert dataset.items[3].question == "다음 중 옳은 것은? (3)"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("name", ["items.jsonl", "items.ndjson", "items.json"])
def test_json_lines_open_whatever_they_are_called(tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / name
    path.write_text("\r\n".join(json.dumps(item, ensure_ascii=False) for item in ITEMS) + "\n\n", encoding=encoding)
    dataset = opened(path)
    assert len(dataset.items) == 5
    assert dataset.items[1].place == f"{name}, line 2"


def test_one_line_of_json_lines_is_one_item(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": 1, "content": "Q"}')
    assert only(opened(path)).item_id == "1"


def test_a_broken_line_is_left_out_and_listed(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": 1, "content": "Q"}\n{"id": 2, "content" "Q"}\nnonsense\n{"id": 3, "content": "Q"}\n')
    dataset = opened(path)
    assert [item.item_id for item in dataset.items] == ["1", "3"]
    assert kinds(dataset) == [ProblemKind.ITEM_UNREADABLE] * 2
    assert dataset.report.problems[1].place == "items.jsonl, line 3"


def test_json_lines_cut_in_the_last_line_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": 1, "content": "Q"}\n{"id": 2, "content": "Q"}\n{"id": 3, "con')
    error = refused(path)
    assert error.reason == "cut-off"
    assert error.place == "line 3, last whole item 2 (2)"


def test_numbers_that_json_does_not_have_are_read_as_nothing(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_text('[{"id": 1, "content": "Q", "image": NaN, "subject": NaN, "choices": ["a", NaN, Infinity]}]')
    item = only(opened(path))
    assert (item.subject, item.image, item.choices) == ("", "", ("a", "", ""))
    assert item.item_id == "1"


@pytest.mark.parametrize(
    ("raw", "question"),
    [
        (r'"half \ud83d of it"', "half \ufffd of it"),
        (r'"whole \ud83d\ude00"', "whole \U0001f600"),
        ('"tab\there\nand\x01there"', "tab\there\nandthere"),
        (r'"nul\u0000l"', "null"),
    ],
)
def test_texts_that_strict_parsers_refuse_are_mended(tmp_path: Path, raw: str, question: str) -> None:
    path = tmp_path / "items.json"
    path.write_text(f'[{{"id": 1, "content": {raw}}}]')
    item = only(opened(path))
    assert item.question == question
    assert item.text.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("plain", [ITEMS, {"items": ITEMS}], ids=["list", "object"])
def test_a_file_cut_anywhere_says_so_and_names_the_last_whole_item(tmp_path: Path, encoding: str, plain: Any) -> None:
    whole = json.dumps(plain, ensure_ascii=False, indent=1).encode(encoding)
    path = tmp_path / "items.json"
    for length in [*range(len('{"items": [') + 10, len(whole) - 3, 3), len(whole) - 2]:
        path.write_bytes(whole[:length])
        error = refused(path)
        assert error.reason == "cut-off", whole[:length]
        before = whole[:length].decode(encoding, "ignore")
        assert error.place.startswith(f"line {before.rstrip().count(chr(10)) + 1}, last whole item"), length
    assert error.place.endswith("item 5 (문항-4)")


def test_an_item_missing_a_comma_is_not_json_and_the_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_text('[\n{"id": 1, "content": "Q"},\n{"id": 2 "content": "Q"},\n{"id": 3}\n]')
    error = refused(path)
    assert (error.reason, error.place) == ("not-json", "line 3, last whole item 1 (1)")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe", "empty"),
        (b"\0\0\0\0", "empty"),
        (b"id,content\n1,Q\n", "not-json"),
        (b"PK\x03\x04 a zip by mistake", "not-json"),
        (b'"text"', "not-items"),
        (b"17", "not-items"),
        (b"null", "not-items"),
        (b'{"items": 5}', "not-items"),
        (b'{"items": {"a": {"id": 1}}}', "not-items"),
        (b'{"items": null}', "not-items"),
        (b'{"settings": {"a": 1}}', "no-id"),
        (b"[" * 200_000, "not-json"),
        (b"[" * 200_000 + b"]" * 200_000, "not-json"),
        (b'{"items": ' * 100_000, "not-json"),
        (b'[{"id": ' + b"9" * 10_000 + b"}]", "not-items"),
        (b'[{"id": 1, "content": "' + "가나다".encode() + b"\xff\xff" + b'"}]', "encoding"),
        (b'[{"id": 1, "content": "\x80\x81\xff\xfe"}]', "encoding"),
    ],
)
def test_other_files_are_refused_with_the_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "items.json"
    path.write_bytes(data)
    assert refused(path).reason == reason


def test_one_item_nested_too_deeply_does_not_stop_the_others(tmp_path: Path) -> None:
    deep = "[" * 150 + "]" * 150
    path = tmp_path / "items.json"
    path.write_text(f'[{{"id": 1, "content": "Q", "choices": {deep}}}, {{"id": 2, "content": "R"}}]')
    assert [item.item_id for item in opened(path).items] == ["1", "2"]


def test_the_line_of_a_damaged_character_is_named(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_bytes('[{"id": 1,\n"content": "가나다'.encode() + b"\xc3(" + b'"}]')
    assert (refused(path).reason, refused(path).place) == ("encoding", "line 2")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.json").reason == "missing"
    with pytest.raises(ItemsUnreadable) as raised:
        read(DataSpec(items=(str(tmp_path / "part*.json"),)))
    assert raised.value.reason == "missing"


def test_a_file_that_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "items.json").mkdir()
    assert refused(tmp_path / "items.json").reason == "folder"
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    assert refused(tmp_path / "loop.json").reason == "no-access"
