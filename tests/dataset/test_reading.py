"""Reading tells how far it is and can be called off at any moment; what people drop is sorted for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gui.core.dataset import DataSpec, Dropped, Duplicates, Progress, read, sorted_input
from gui.core.errors import ItemsUnreadable, PlanError
from tests.dataset.making import image_item, picture, write_items, write_zip


class CalledOff(Exception):
    pass


def parts(folder: Path, count: int, each: int) -> tuple[str, ...]:
    return tuple(
        str(write_items(folder, [{"id": f"{part}-{n}", "content": "Q"} for n in range(each)], f"part{part}.json"))
        for part in range(count)
    )


def test_progress_grows_to_the_whole(tmp_path: Path) -> None:
    seen: list[Progress] = []
    read(DataSpec(items=parts(tmp_path, 3, 50)), seen.append)
    assert seen[-1] == Progress(items=150, files=3, files_total=3, matched=150)
    assert seen[0].files_total == 3
    assert [one.items for one in seen] == sorted(one.items for one in seen)
    assert [one.matched for one in seen] == sorted(one.matched for one in seen)


@pytest.mark.parametrize("at", [0, 1])
def test_what_the_progress_raises_ends_the_reading_and_passes_through(tmp_path: Path, at: int) -> None:
    calls = 0

    def call_off(_: Progress) -> None:
        nonlocal calls
        calls += 1
        if calls > at:
            raise CalledOff

    with pytest.raises(CalledOff):
        read(DataSpec(items=parts(tmp_path, 2, 10)), call_off)
    assert calls == at + 1


def test_a_broken_template_is_told_before_anything_is_read() -> None:
    with pytest.raises(PlanError) as raised:
        read(DataSpec(items=("gone.json",), template="{qestion}"))
    assert raised.value.hint == "{question}"


def test_dropped_files_are_sorted_into_items_and_images(tmp_path: Path) -> None:
    for name in ("part10.json", "part2.json", "lines.jsonl"):
        write_items(tmp_path, [{"id": name, "content": "Q"}], name)
    zips = [write_zip(tmp_path / name, {"a.png": picture()}) for name in ("p2.zip", "p10.ZIP")]
    names = ("part10.json", "lines.jsonl", "part2.json")
    spec = sorted_input([*zips, *(tmp_path / name for name in names)]).data
    assert [Path(one).name for one in spec.items] == ["lines.jsonl", "part2.json", "part10.json"]
    assert [Path(one).name for one in spec.images] == ["p2.zip", "p10.ZIP"]
    assert spec.duplicates is Duplicates.ERROR
    assert len(read(spec).items) == 3


def test_a_dropped_folder_gives_its_item_files_zips_and_pictures(tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    (bank / "data" / "deep").mkdir(parents=True)
    (bank / ".git").mkdir()
    (bank / "figures" / "20240102").mkdir(parents=True)
    write_items(bank / "data", image_item("a.png", "1"), "items_10.json")
    write_items(bank / "data" / "deep", image_item("b.png", "2"), "items_9.json")
    write_items(bank / ".git", image_item("c.png", "3"), "hidden.json")
    write_items(bank, {"editor": "settings", "identity": 1}, "settings.json")
    (bank / "figures" / "20240102" / "a.png").write_bytes(picture())
    write_zip(bank / "more.zip", {"b.png": picture()})
    spec = sorted_input([bank]).data
    assert [Path(one).name for one in spec.items] == ["items_9.json", "items_10.json"]
    assert [Path(one).name for one in spec.images] == ["more.zip", "bank"]
    dataset = read(spec)
    assert dataset.report.images_found == 2


def test_a_folder_whose_json_is_not_items_is_still_read_so_that_reading_says_so(tmp_path: Path) -> None:
    write_items(tmp_path, {"editor": "settings"}, "settings.json")
    assert [Path(one).name for one in sorted_input([tmp_path]).data.items] == ["settings.json"]


def test_a_folder_without_items_or_pictures_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    (tmp_path / "items.hwp").write_bytes(b"of a word processor")
    spec = sorted_input([tmp_path]).data
    with pytest.raises(ItemsUnreadable, match="folder"):
        read(spec)
    (tmp_path / "a.png").write_bytes(picture())
    assert sorted_input([tmp_path]).data == DataSpec(images=(str(tmp_path),))


def test_a_dropped_picture_gives_its_folder_and_anything_else_is_taken_for_items(tmp_path: Path) -> None:
    (tmp_path / "a.PNG").write_bytes(picture())
    (tmp_path / "notes.txt").write_text("notes")
    write_zip(tmp_path / "zip without ending", {"a.png": picture()})
    names = ("a.PNG", "notes.txt", "zip without ending", "gone.zip")
    spec = sorted_input([tmp_path / name for name in names]).data
    assert [Path(one).name for one in spec.items] == ["notes.txt"]
    assert spec.images == (str(tmp_path), str(tmp_path / "gone.zip"), str(tmp_path / "zip without ending"))


def test_what_is_dropped_twice_counts_once(tmp_path: Path) -> None:
    path = write_items(tmp_path, image_item("a.png"))
    spec = sorted_input([path, path, tmp_path]).data
    assert spec.items == (str(path),)


def test_nothing_dropped_is_nothing() -> None:
    assert sorted_input([]) == Dropped()
