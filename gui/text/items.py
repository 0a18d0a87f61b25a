"""Words for items and pictures that cannot be used as they are, and for files that are not used."""

from __future__ import annotations

from pathlib import Path

from gui.core.dataset import FileKind, Why
from gui.core.errors import DuplicateIds, ImagesUnreadable, ItemsUnreadable
from gui.format import number
from gui.text.problems import place_name
from gui.translate import translate


def no_items(error: ItemsUnreadable) -> tuple[str, str]:
    """(what is wrong with the file, what to do)."""
    name = Path(error.path).name or error.path
    if error.reason in {kind.value for kind in FileKind}:
        return foreign_name(FileKind(error.reason)).format(file=name), translate(
            "text.items",
            "Files of this kind cannot be read. Save the items as JSON, each with an id and a question, and pictures "
            "in a zip or a folder.",
        )
    what = {
        "missing": translate("text.items", "{file} is not there."),
        "folder": translate("text.items", "The folder {file} holds neither items nor pictures."),
        "empty": translate("text.items", "{file} is empty."),
        "not-json": translate("text.items", "{file} is not JSON."),
        "cut-off": translate("text.items", "{file} is cut off: its end is missing."),
        "not-items": translate("text.items", "{file} holds no list of items."),
        "encoding": translate("text.items", "The text of {file} cannot be read: it is neither UTF-8 nor CP949."),
        "no-id": translate("text.items", "{file}: the items have no id."),
    }.get(error.reason, translate("text.items", "{file} cannot be read."))
    todo = {
        "folder": translate("text.items", "Items are JSON or JSON Lines files. Take the folder out."),
        "cut-off": translate("text.items", "Copy or export the file again, then add it again."),
        "no-id": translate("text.items", 'Each item needs an "id" or "item_id".'),
        "not-items": translate("text.items", 'The file should hold a list, or an object with "items".'),
    }.get(error.reason, translate("text.items", "Check the file, or take it out."))
    if error.place:
        todo = translate("text.items", "The place: {place}.").format(place=place_name(error.place)) + " " + todo
    return what.format(file=name), todo


def foreign_name(kind: FileKind) -> str:
    return {
        FileKind.EXCEL: translate("text.items", "{file} is an Excel table."),
        FileKind.WORD: translate("text.items", "{file} is a Word document."),
        FileKind.SLIDES: translate("text.items", "{file} is a PowerPoint file."),
        FileKind.HANGUL: translate("text.items", "{file} is a Hangul (HWP) document."),
        FileKind.DOCUMENT: translate("text.items", "{file} is a document such as a PDF."),
        FileKind.PROGRAM: translate("text.items", "{file} is a program."),
    }[kind]


def why_unused(why: Why) -> str:
    """Why a file in a folder is not used."""
    return {
        Why.EMPTY: translate("text.items", "The file is empty"),
        Why.NO_ITEMS: translate("text.items", "No items with an id in it"),
        Why.NOT_JSON: translate("text.items", "Not JSON, or damaged"),
        Why.TABLE: translate("text.items", "A table: items must be JSON; a time series is added by itself"),
        Why.FOREIGN: translate("text.items", "A file of this kind cannot be read"),
    }[why]


def duplicate_ids(error: DuplicateIds) -> tuple[str, str, str]:
    what = translate("text.items", "The id {id} is there twice: {first} and {second}.")
    count = error.count
    more = translate(
        "text.items",
        "%n item(s) have an id that is there already: {alike} the same again, {other} with other words.",
        "",
        count,
    ).format(alike=number(error.alike), other=number(count - error.alike))
    todo = translate("text.items", "Choose which to keep: the first or the last.")
    return what.format(id=error.item_id, first=place_name(error.first), second=place_name(error.second)), more, todo


def no_images(error: ImagesUnreadable) -> tuple[str, str]:
    """(what is wrong with the file, what to do)."""
    what = {
        "missing": translate("text.items", "{file} with the pictures is not there."),
        "not-zip": translate("text.items", "{file} is not a zip."),
        "cut-off": translate("text.items", "{file} is cut off: its end is missing."),
        "encrypted": translate("text.items", "{file} is protected by a password."),
    }.get(error.reason, translate("text.items", "The pictures in {file} cannot be read."))
    todo = {
        "encrypted": translate("text.items", "Make a zip without a password, or unpack it and add the folder."),
        "cut-off": translate("text.items", "Copy or download it again. You can also go on without pictures."),
    }.get(error.reason, translate("text.items", "Add the zip or folder again. You can also go on without pictures."))
    return what.format(file=Path(error.path).name or error.path), todo
