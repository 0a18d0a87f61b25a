"""Files of other programs, which hold neither items nor pictures for us, told by what is in them."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import Path

from gui.core.dataset.zips import BROKEN


class FileKind(StrEnum):
    EXCEL = "excel"
    WORD = "word"
    SLIDES = "slides"
    HANGUL = "hangul"
    DOCUMENT = "document"
    PROGRAM = "program"


KIND_BY_SUFFIX = {
    **dict.fromkeys((".xls", ".xlsx", ".xlsm", ".xlsb", ".ods"), FileKind.EXCEL),
    **dict.fromkeys((".doc", ".docx", ".odt", ".rtf"), FileKind.WORD),
    **dict.fromkeys((".ppt", ".pptx", ".odp"), FileKind.SLIDES),
    **dict.fromkeys((".hwp", ".hwpx", ".hwpml"), FileKind.HANGUL),
    **dict.fromkeys((".pdf", ".epub"), FileKind.DOCUMENT),
    ".jar": FileKind.PROGRAM,
}

ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"  # Office up to 2003, and HWP from version 5 on
_STARTS = {b"%PDF": FileKind.DOCUMENT, b"HWP ": FileKind.HANGUL, b"{\\rt": FileKind.WORD}
_PARTS = {"xl/": FileKind.EXCEL, "word/": FileKind.WORD, "ppt/": FileKind.SLIDES}
_MIMETYPES = {
    b"hwp": FileKind.HANGUL,
    b"spreadsheet": FileKind.EXCEL,
    b"presentation": FileKind.SLIDES,
    b"opendocument.text": FileKind.WORD,
}


def foreign_kind(path: Path) -> FileKind | None:
    """None for a file that may be ours, and for one that cannot be read: whoever opens it says why."""
    by_name = KIND_BY_SUFFIX.get(path.suffix.lower())
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError:
        return None
    if magic == ZIP_MAGIC:
        return _archive_kind(path, by_name)
    if magic == _OLE_MAGIC:
        return by_name or FileKind.DOCUMENT
    return _STARTS.get(magic)


def _archive_kind(path: Path, by_name: FileKind | None) -> FileKind | None:
    """Documents are zips too: what is in them tells which. ``by_name`` where the archive is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = frozenset(archive.namelist())
            mimetype = b""
            if "mimetype" in names:
                with archive.open("mimetype") as file:
                    mimetype = file.read(200)
    except BROKEN:
        return by_name
    if "[Content_Types].xml" in names:
        found = (kind for part, kind in _PARTS.items() if any(name.startswith(part) for name in names))
        return next(found, FileKind.DOCUMENT)
    if mimetype:
        return next((kind for word, kind in _MIMETYPES.items() if word in mimetype), FileKind.DOCUMENT)
    return FileKind.PROGRAM if "META-INF/MANIFEST.MF" in names else None
