"""What is dropped beside items: documents, tables, files without any are named, and nothing is lost in silence."""

import io
import zipfile
from pathlib import Path

import pytest

from gui.core.dataset import DataSpec, Unused, Why, read, sorted_input
from gui.core.errors import ItemsUnreadable
from tests.dataset.making import image_item, picture, write_items, write_zip


def archive(path: Path, *names: str, mimetype: bytes = b"") -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, b"<xml/>")
    path.write_bytes(buffer.getvalue())
    return path


def why_not(spec: DataSpec) -> str:
    with pytest.raises(ItemsUnreadable) as raised:
        read(spec)
    return raised.value.reason


@pytest.mark.parametrize(
    ("members", "mimetype", "kind"),
    [
        (("[Content_Types].xml", "xl/workbook.xml"), b"", "excel"),
        (("[Content_Types].xml", "word/document.xml", "word/media/a.png"), b"", "word"),
        (("[Content_Types].xml", "ppt/presentation.xml"), b"", "slides"),
        (("Contents/content.hpf",), b"application/hwp+zip", "hangul"),
        (("content.xml",), b"application/vnd.oasis.opendocument.text", "word"),
        (("META-INF/container.xml",), b"application/epub+zip", "document"),
        (("META-INF/MANIFEST.MF", "a.class"), b"", "program"),
    ],
)
@pytest.mark.parametrize("name", ["table.xlsx", "pictures.zip", "nothing"])
def test_a_document_is_told_by_what_is_in_it_and_is_no_archive_of_pictures(
    tmp_path: Path, name: str, members: tuple[str, ...], mimetype: bytes, kind: str
) -> None:
    found = sorted_input([archive(tmp_path / name, *members, mimetype=mimetype)]).data
    assert found.images == ()
    assert why_not(found) == kind


def test_a_zip_of_pictures_is_one_under_any_name(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "pictures.xlsx", {"a.png": picture()})
    assert sorted_input([path]).data == DataSpec(images=(str(path),))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("rubbish.xlsx", b"PK\x03\x04rubbish", "excel"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "excel"),
        ("new.hwp", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "hangul"),
        ("old.hwp", b"HWP Document File V3.00", "hangul"),
        ("paper.pdf", b"%PDF-1.7 and more", "document"),
    ],
)
def test_documents_that_are_no_archives_are_told_too(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert why_not(sorted_input([tmp_path / name]).data) == kind


def test_every_file_of_a_folder_that_may_have_been_meant_and_is_not_used_is_named(tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    (bank / "old").mkdir(parents=True)
    items = write_items(bank, image_item("a.png", "1"), "items.json")
    (bank / "empty.json").write_bytes(b"")
    (bank / "marked.json").write_bytes(b"\xef\xbb\xbf\r\n")
    (bank / "list.json").write_text("[]")
    (bank / "broken.json").write_text('{"a": 1')
    (bank / "table.csv").write_text("no,question\n1,a\n")
    (bank / "old" / "test.hwp").write_bytes(b"HWP Document File")
    archive(bank / "table.zip", "[Content_Types].xml", "xl/workbook.xml")
    for litter in (".DS_Store", "Thumbs.db", "README.txt", "~$table.xlsx", "desktop.ini"):
        (bank / litter).write_text("of the system")
    for ours in ("manifest.json", "receipt.json", "problems.csv"):
        (bank / "old" / ours).write_text("{}")
    found = sorted_input([bank])
    assert found.data == DataSpec(items=(str(items),))
    assert {Path(one.path).name: one.why for one in found.unused} == {
        "broken.json": Why.NOT_JSON,
        "empty.json": Why.EMPTY,
        "list.json": Why.NO_ITEMS,
        "marked.json": Why.EMPTY,
        "table.csv": Why.TABLE,
        "table.zip": Why.FOREIGN,
        "test.hwp": Why.FOREIGN,
    }
    assert {one.folder for one in found.unused} == {str(bank)}


def test_a_broken_file_of_items_in_a_folder_is_read_so_that_it_is_said(tmp_path: Path) -> None:
    write_items(tmp_path, image_item("a.png", "1"), "items.json")
    (tmp_path / "cut.json").write_text('[{"id": 1, "question": "Q"}, {"id": 2,')
    found = sorted_input([tmp_path])
    assert found.unused == ()
    assert why_not(found.data) == "cut-off"


def test_pictures_beside_an_empty_file_leave_the_file_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    (tmp_path / "items.json").write_bytes(b"")
    found = sorted_input([tmp_path])
    assert found.data == DataSpec(images=(str(tmp_path),))
    assert found.unused == (Unused(str(tmp_path / "items.json"), Why.EMPTY, str(tmp_path)),)


def test_a_table_beside_items_leaves_the_items(tmp_path: Path) -> None:
    items = write_items(tmp_path, image_item("a.png", "1"), "items.json")
    dated, plain = tmp_path / "dated.csv", tmp_path / "plain.csv"
    dated.write_text("date,a\n2016-07-01 00:00:00,1\n2016-07-01 01:00:00,2\n")
    plain.write_bytes("번호,문제\n1,가나다\n".encode("cp949"))
    for table, is_dated in ((dated, True), (plain, False)):
        found = sorted_input([items, table])
        assert found.data == DataSpec(items=(str(items),))
        assert found.table is not None
        assert found.table.file == str(table)
        assert found.table_is_dated is is_dated
