"""The report counts what will be embedded and lists the rest; its table opens in a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from gui.core.dataset import DataSpec, Duplicates, Problem, ProblemKind, SubjectCount, read, write_problems
from gui.core.errors import LocalDiskFull, LocalFileRefused
from tests.dataset.making import noisy_picture, picture, read_items, write_items, write_zip

ITEMS = [
    {"id": "1", "content": "하나", "subject": "수학", "image": "a.png"},
    {"id": "2", "content": "둘", "subject": "수학", "image": "gone.png"},
    {"id": "3", "content": "셋", "subject": "과학", "image": "a.png"},
    {"id": "4", "content": "넷"},
    {"id": "5", "content": ""},
]


def test_items_pictures_and_subjects_are_counted(tmp_path: Path) -> None:
    images = write_zip(tmp_path / "p.zip", {"a.png": picture(), "unused.png": picture(size=(99, 99))})
    report = read_items(tmp_path, ITEMS, images=(str(images),), template="{question}").report
    assert (report.files, report.items, report.characters) == (1, 4, len("하나둘셋넷"))
    assert (report.images_claimed, report.images_found) == (3, 2)
    assert report.subjects == (
        SubjectCount("수학", 2, 2, 1),
        SubjectCount("", 1, 0, 0),
        SubjectCount("과학", 1, 1, 1),
    )
    assert report.count(ProblemKind.IMAGE_NOT_FOUND) == 1
    assert report.count(ProblemKind.ITEM_BLANK) == 1


def test_what_goes_up_is_the_texts_and_each_used_picture_once(tmp_path: Path) -> None:
    images = write_zip(tmp_path / "p.zip", {"a.png": picture(), "unused.png": picture(size=(99, 99))})
    report = read_items(tmp_path, ITEMS, images=(str(images),), template="{question}").report
    assert report.upload_bytes == len(picture()) + len("하나둘셋넷".encode())


def test_the_sizes_of_pictures_are_counted_once_for_each_item_that_uses_them(tmp_path: Path) -> None:
    pictures = {
        "a.png": picture(size=(320, 200)),
        "b.jpg": picture("JPEG", size=(64, 640)),
        "c.tif": picture("TIFF"),  # does not say its size at once
        "cut.png": noisy_picture()[:5000],
        "unused.png": picture(size=(99, 99)),
    }
    used = ("a.png", "b.jpg", "a.png", "c.tif", "a.png", "cut.png", "gone.png")
    items = [{"id": str(at), "content": "one", "image": name} for at, name in enumerate(used)]
    report = read_items(tmp_path, items, images=(str(write_zip(tmp_path / "p.zip", pictures)),)).report
    assert report.images_found == 5
    assert report.picture_tokens == ((40, 1), (60, 3))


def test_the_inputs_are_told_by_their_hashes(tmp_path: Path) -> None:
    images = write_zip(tmp_path / "p.zip", {"a.png": picture(), "unused.png": picture()})
    items = write_items(tmp_path, ITEMS)
    spec = DataSpec(items=(str(items),), images=(str(images),))
    first = read(spec).report.input_sha256
    assert first[0] == (str(items), hashlib.sha256(items.read_bytes()).hexdigest())
    assert first[1][0] == str(images)
    assert read(spec).report.input_sha256 == first
    write_zip(images, {"a.png": picture(), "unused.png": picture(size=(50, 50))})
    assert read(spec).report.input_sha256 == first
    write_zip(images, {"a.png": picture(color=200), "unused.png": picture()})
    assert read(spec).report.input_sha256 != first


def test_the_table_of_problems_opens_in_a_spreadsheet_with_the_korean_intact(tmp_path: Path) -> None:
    problems = [
        Problem(ProblemKind.IMAGE_NOT_FOUND, "문항-1", "items.json, item 1", '그림 "하나",\n둘.png'),
        Problem(ProblemKind.ITEM_BLANK, "2", "items.json, item 2"),
    ]
    path = tmp_path / "problems.csv"
    write_problems(path, problems)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["kind", "item_id", "place", "detail"],
        ["image-not-found", "문항-1", "items.json, item 1", '그림 "하나",\n둘.png'],
        ["item-blank", "2", "items.json, item 2", ""],
    ]
    assert [one.name for one in tmp_path.iterdir()] == ["problems.csv"]


def test_beside_what_programs_read_stands_what_people_read(tmp_path: Path) -> None:
    def words(problem: Problem | None) -> tuple[str, ...]:
        return ("무엇", "어떻게") if problem is None else ("빈 문항", "=제외")

    path = tmp_path / "problems.csv"
    write_problems(path, [Problem(ProblemKind.ITEM_BLANK, "2", "items.json, item 2")], words)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["kind", "item_id", "place", "detail", "무엇", "어떻게"],
            ["item-blank", "2", "items.json, item 2", "", "빈 문항", "'=제외"],
        ]


def test_the_report_counts_what_will_not_be_embedded(tmp_path: Path) -> None:
    items = [
        {"id": "1", "content": "Q", "image": "lost.png"},
        {"id": "2"},
        {"content": "Q"},
        {"id": "1", "content": "R"},
    ]
    spec = DataSpec(items=(str(write_items(tmp_path, items)),), duplicates=Duplicates.FIRST)
    assert read(spec).report.left_out == 3


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@SUM(1)", "'@SUM(1)"),
        ("+1", "'+1"),
        ("-cmd", "'-cmd"),
        ("-5", "-5"),
        ("-5.5", "-5.5"),
        ("5-3", "5-3"),
    ],
)
def test_no_cell_is_run_as_a_formula(tmp_path: Path, cell: str, written: str) -> None:
    path = tmp_path / "problems.csv"
    write_problems(path, [Problem(ProblemKind.ITEM_BLANK, cell, "place")])
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][1] == written


def test_the_report_saves_its_problems(tmp_path: Path) -> None:
    report = read_items(tmp_path, ITEMS).report
    report.save_csv(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + len(report.problems)


def test_a_table_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken.csv").mkdir()
    with pytest.raises(LocalFileRefused) as refused:
        write_problems(tmp_path / "taken.csv", [])
    assert refused.value.path == str(tmp_path / "taken.csv")
    assert [one.name for one in tmp_path.iterdir()] == ["taken.csv"]


def test_a_full_disk_is_told_as_such() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.csv"
        os.symlink(full, Path(folder) / "p.csv.part")
        with pytest.raises(LocalDiskFull) as raised:
            write_problems(path, [Problem(ProblemKind.ITEM_BLANK, "a", "b")])
        assert raised.value.path == str(path)
