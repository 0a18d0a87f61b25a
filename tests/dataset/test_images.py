"""Images are found again in folders and zips by whatever name the items use, and unsafe names are never used."""

from __future__ import annotations

import unicodedata
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from gui.core.dataset import Dataset, DataSpec, ProblemKind, read
from gui.core.errors import ImagesUnreadable
from tests.dataset.making import image_item, kinds, only, picture, write_items, write_zip, write_zip_with_raw_name


def matched(folder: Path, names: list[str], reference: str, *, zipped: bool) -> Dataset:
    """One item that names a picture; each picture has its own size, so that bytes tell them apart."""
    entries = {name: picture(size=(5 + number, 4)) for number, name in enumerate(names)}
    if zipped:
        source = write_zip(folder / "pictures.zip", entries)
    else:
        source = folder / "pictures"
        for name, data in entries.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    items = write_items(folder, image_item(reference))
    return read(DataSpec(items=(str(items),), images=(str(source),)))


def found(dataset: Dataset) -> int:
    """Which picture the item got, by its number; -1 for none."""
    item = only(dataset)
    if not item.image:
        assert dataset.report.images_found == 0
        return -1
    with dataset.open_image(item.image) as file:
        data = file.read()
    assert len(data) == dataset.image_size_bytes(item.image)
    return data[19] - 5


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "folder"])
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("fig.png", "fig.png"),
        ("20240102/fig.png", "fig.png"),
        ("bank/20240102/fig.png", "20240102/fig.png"),
        ("bank/20240102/fig.png", "2024/01/02/fig.png"),
        ("bank/2024/01/02/fig.png", "20240102/fig.png"),
        ("bank/2024/01/02/fig.png", "2024/01/02/fig.png"),
        ("bank/2024/01/02/fig.png", "2024-01-02/fig.png"),
        ("bank/2024/01/02/fig.png", "other/top/2024/01/02/fig.png"),
        ("bank/2024/01/02/fig.png", "other/top/fig.png"),
        ("flat/fig.png", "2024/01/02/fig.png"),
        ("bank/fig.PNG", "fig.png"),
        ("bank/fig.png", "FIG.Png"),
        ("bank/fig.jpeg", "fig.jpeg"),
        ("bank/20240102/fig.png", "20240102/fig"),
        ("bank/2024/01/02/fig.png", "fig"),
        ("bank/v1.2 fig.png", "v1.2 fig"),
        ("bank/fig.png", "./bank/./fig.png"),
        ("bank/fig.png", "/bank/fig.png"),
        ("bank/fig.png", "bank\\fig.png"),
        ("bank/fig.png", "C:\\data\\bank\\fig.png"),
        ("bank/fig.png", "https://example.org/files/bank/fig.png?width=300#top"),
        ("bank/fig.png", "file:///home/someone/bank/fig.png"),
        ("bank/그림 1.png", quote("bank/그림 1.png")),
        ("bank/그림 1.png", quote("bank/그림 1.png", encoding="cp949")),
        ("bank/100%25.png", "bank/100%25.png"),
        ("bank/what?.png", "bank/what?.png"),
        ("bank/#1.png", "bank/#1.png"),
        (unicodedata.normalize("NFD", "자료/그림.png"), "자료/그림.png"),
        ("자료/그림.png", unicodedata.normalize("NFD", "자료/그림.png")),
        ("bank/noending", "noending"),
    ],
)
def test_a_picture_is_found(tmp_path: Path, zipped: bool, name: str, reference: str) -> None:
    dataset = matched(tmp_path, ["decoy/other.png", name], reference, zipped=zipped)
    assert found(dataset) == 1
    assert kinds(dataset) == []
    assert (dataset.report.images_claimed, dataset.report.images_found) == (1, 1)


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "folder"])
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("bank/fig.png", "figure.png"),
        ("bank/fig.png", "fig.jpg"),
        ("bank/fig.png", "ig.png"),
        ("bank/20240102/fig.png", "20240103/fig.png"),
        ("bank/2024/01/02/fig.png", "2024/01/03/fig.png"),
        ("bank/fig.png", "data:image/png;base64,iVBORw0KGgo="),
        ("bank/fig.png", "http://["),
        ("bank/fig.png", "../.."),
        ("__MACOSX/fig.png", "fig.png"),
        (".hidden/fig.png", "fig.png"),
        ("bank/._fig.png", "._fig.png"),
        ("bank/fig.png", "bank"),
    ],
)
def test_a_picture_that_is_not_there_is_listed_and_the_text_stays(
    tmp_path: Path, zipped: bool, name: str, reference: str
) -> None:
    dataset = matched(tmp_path, ["decoy/other.png", name], reference, zipped=zipped)
    assert found(dataset) == -1
    assert kinds(dataset) == [ProblemKind.IMAGE_NOT_FOUND]
    assert dataset.report.problems[0].detail == reference
    assert dataset.report.images_claimed == 1
    assert only(dataset).text


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "folder"])
def test_the_longest_agreeing_path_wins(tmp_path: Path, zipped: bool) -> None:
    names = ["a/20240101/1.png", "a/20240102/1.png", "b/2024/01/02/1.png", "c/1.png"]
    dataset = matched(tmp_path, names, "b/20240102/1.png", zipped=zipped)
    assert found(dataset) == 2
    assert kinds(dataset) == []


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "folder"])
def test_of_two_that_fit_equally_the_first_is_used_and_both_are_listed(tmp_path: Path, zipped: bool) -> None:
    dataset = matched(tmp_path, ["a/1.png", "b/1.png"], "1.png", zipped=zipped)
    assert found(dataset) == 0
    assert kinds(dataset) == [ProblemKind.IMAGE_AMBIGUOUS]
    detail = dataset.report.problems[0].detail
    assert "a/1.png" in detail
    assert "b/1.png" in detail


def test_the_same_bytes_twice_are_not_ambiguous(tmp_path: Path) -> None:
    data = picture()
    source = write_zip(tmp_path / "p.zip", {"20240102/1.png": data, "2024/01/02/1.png": data})
    items = write_items(tmp_path, image_item("1.png"))
    assert kinds(read(DataSpec(items=(str(items),), images=(str(source),)))) == []


def test_sources_are_searched_in_the_order_they_were_given(tmp_path: Path) -> None:
    one = write_zip(tmp_path / "one.zip", {"x.png": picture(size=(5, 4))})
    two = write_zip(tmp_path / "two.zip", {"x.png": picture(size=(6, 4)), "y.png": picture(size=(7, 4))})
    items = write_items(tmp_path, [*image_item("x.png", "a"), *image_item("y.png", "b")])
    dataset = read(DataSpec(items=(str(items),), images=(str(two), str(one))))
    assert [item.image for item in dataset.items] == ["0/x.png", "0/y.png"]
    assert kinds(dataset) == [ProblemKind.IMAGE_AMBIGUOUS]


@pytest.mark.parametrize(
    "item",
    [
        {"image": "a.png"},
        {"images": "a.png"},
        {"images": ["a.png"]},
        {"images": [{"path": "a.png"}]},
        {"image": {"src": "a.png", "width": 3}},
        {"image_path": "a.png"},
        {"image": "", "images": [], "image_path": "a.png"},
        {"image": "null", "images": ["N/A", "a.png"]},
        {"content": "text <img src='a.png'>"},
        {"content": {"question": "text", "image": "a.png"}},
        {"content": {"question": "text", "images": ["a.png"]}},
        {"choices": ["<img src='a.png'>", "none of them"]},
        {"choices": [{"text": "this", "image": "a.png"}]},
        {"image": "<img src='a.png'>"},
        {"images": ["gone.png", "cut.png", "a.png"]},
        {"has_image": True, "image": "a.png"},
        {"has_image": False, "image": "a.png"},
    ],
)
def test_the_first_usable_picture_that_an_item_names_anywhere_is_used(tmp_path: Path, item: dict[str, object]) -> None:
    source = write_zip(tmp_path / "p.zip", {"a.png": picture(), "cut.png": picture()[:40]})
    path = write_items(tmp_path, [{"id": "1", "content": "text", **item}])
    dataset = read(DataSpec(items=(str(path),), images=(str(source),)))
    assert only(dataset).image == "0/a.png"
    assert kinds(dataset) == []
    assert "<" not in only(dataset).text


@pytest.mark.parametrize("said", [True, "true", "Y", 1, "yes"])
def test_an_item_that_says_it_has_a_picture_but_names_none_is_listed(tmp_path: Path, said: object) -> None:
    items = write_items(tmp_path, [{"id": "a", "content": "Q", "has_image": said, "image": ""}])
    dataset = read(DataSpec(items=(str(items),)))
    assert kinds(dataset) == [ProblemKind.IMAGE_NOT_NAMED]
    assert dataset.report.images_claimed == 1


@pytest.mark.parametrize("said", [False, "false", 0, None, "no", [], {}])
def test_an_item_without_a_picture_claims_none(tmp_path: Path, said: object) -> None:
    items = write_items(tmp_path, [{"id": "a", "content": "Q", "has_image": said, "images": []}])
    dataset = read(DataSpec(items=(str(items),)))
    assert kinds(dataset) == []
    assert dataset.report.images_claimed == 0


def test_a_picture_without_words_is_an_item_with_empty_text(tmp_path: Path) -> None:
    source = write_zip(tmp_path / "p.zip", {"a.png": picture()})
    items = write_items(tmp_path, [{"id": "1", "image": "a.png"}, {"id": "2", "image": "gone.png"}])
    dataset = read(DataSpec(items=(str(items),), images=(str(source),)))
    assert only(dataset).text == ""
    assert only(dataset).image
    assert kinds(dataset) == [ProblemKind.ITEM_BLANK]
    assert dataset.report.problems[0].detail == "gone.png"


@pytest.mark.parametrize(
    "name",
    [
        "../../x.png",
        "/x.png",
        "a/../../x.png",
        "a/../x.png",
        "C:/x.png",
        "c:x.png",
        "..\\x.png",
        "\\\\server\\share\\x.png",
        "..",
        "../evil.exe",
    ],
)
def test_entries_that_point_out_of_the_zip_are_never_used_and_are_listed(tmp_path: Path, name: str) -> None:
    source = write_zip(tmp_path / "p.zip", {name: picture(), "good.png": picture()})
    items = write_items(tmp_path, [*image_item("x.png", "a"), *image_item(name, "b"), *image_item("good.png", "c")])
    dataset = read(DataSpec(items=(str(items),), images=(str(source),)))
    assert [bool(item.image) for item in dataset.items] == [False, False, True]
    assert kinds(dataset)[0] is ProblemKind.IMAGE_UNSAFE_NAME
    assert dataset.report.problems[0].place.startswith("p.zip, ")


def test_a_link_out_of_a_folder_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture())
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "x.png").symlink_to(tmp_path / "secret.png")
    (folder / "real.png").write_bytes(picture())
    (folder / "inside.png").symlink_to(folder / "real.png")
    (folder / "nowhere.png").symlink_to(folder / "gone.png")
    references = ["x.png", "inside.png", "nowhere.png", "../secret.png"]
    items = write_items(tmp_path, [one for name in references for one in image_item(name, name)])
    dataset = read(DataSpec(items=(str(items),), images=(str(folder),)))
    assert [item.image for item in dataset.items] == ["", "0/inside.png", "", ""]


@pytest.mark.parametrize("name", ["그림1.png", "자료/보기.png"])
@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_korean_names_without_the_utf8_flag_are_read(tmp_path: Path, name: str, encoding: str) -> None:
    source = write_zip_with_raw_name(tmp_path / "p.zip", name.encode(encoding), picture())
    dataset = read(DataSpec(items=(str(write_items(tmp_path, image_item(name))),), images=(str(source),)))
    assert only(dataset).image == f"0/{name}"
    with dataset.open_image(only(dataset).image) as file:
        assert file.read() == picture()


def test_western_names_without_the_utf8_flag_stay_western(tmp_path: Path) -> None:
    source = write_zip_with_raw_name(tmp_path / "p.zip", "été.png".encode("cp437"), picture())
    dataset = read(DataSpec(items=(str(write_items(tmp_path, image_item("été.png"))),), images=(str(source),)))
    assert only(dataset).image


@pytest.mark.parametrize("images", [("gone.zip",), ("gone",)])
def test_missing_sources_are_an_error(tmp_path: Path, images: tuple[str, ...]) -> None:
    items = write_items(tmp_path, image_item("a.png"))
    with pytest.raises(ImagesUnreadable) as raised:
        read(DataSpec(items=(str(items),), images=tuple(str(tmp_path / one) for one in images)))
    assert raised.value.reason == "missing"


def test_zips_can_be_given_as_a_glob(tmp_path: Path) -> None:
    write_zip(tmp_path / "p2.zip", {"b.png": picture()})
    write_zip(tmp_path / "p10.zip", {"c.png": picture()})
    items = write_items(tmp_path, [*image_item("b.png", "b"), *image_item("c.png", "c")])
    dataset = read(DataSpec(items=(str(items),), images=(str(tmp_path / "p*.zip"),)))
    assert [item.image for item in dataset.items] == ["0/b.png", "1/c.png"]


def test_an_unknown_key_is_a_key_error(tmp_path: Path) -> None:
    dataset = matched(tmp_path, ["a.png"], "a.png", zipped=True)
    for key in ("", "0/b.png", "1/a.png", "../../etc/passwd"):
        with pytest.raises(KeyError):
            dataset.open_image(key)
        with pytest.raises(KeyError):
            dataset.image_size_bytes(key)


def test_a_source_that_vanished_since_is_an_error(tmp_path: Path) -> None:
    for zipped in (True, False):
        dataset = matched(tmp_path, ["a.png"], "a.png", zipped=zipped)
        key = only(dataset).image
        if zipped:
            (tmp_path / "pictures.zip").unlink()
        else:
            (tmp_path / "pictures" / "a.png").unlink()
        with pytest.raises(ImagesUnreadable) as raised:
            dataset.open_image(key)
        assert raised.value.reason == "missing"


def test_directory_entries_are_no_pictures(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("a.png")
        archive.writestr("deep/a.png", picture())
    dataset = read(DataSpec(items=(str(write_items(tmp_path, image_item("a.png"))),), images=(str(path),)))
    assert only(dataset).image == "0/deep/a.png"
    assert kinds(dataset) == []
