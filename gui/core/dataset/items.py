"""Items as item banks write them, made uniform: id, question, choices, subject, and the images they name."""

from __future__ import annotations

import glob
import json
import math
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from gui.core.dataset.json_files import LINE_SUFFIXES, Element, JsonFile
from gui.core.dataset.report import Problem, ProblemKind
from gui.core.dataset.text import clean, plain_text
from gui.core.errors import ItemsUnreadable

ITEM_SUFFIXES = (".json", *LINE_SUFFIXES)
MAX_ID_CHARACTERS = 256  # results keep ids in an array as wide as the longest
MAX_ITEM_BYTES = 32 * 10**6

_NO_NAME = frozenset(("", "-", "null", "none", "nan", "n/a", "false", "true"))
_YES = frozenset(("true", "yes", "y", "1"))


class Entry(NamedTuple):
    """One item as it stands in a file, before images are matched."""

    item_id: str
    question: str
    choices: tuple[str, ...]
    subject: str
    images: tuple[str, ...]  # as the item names them, in order
    says_image: bool  # has_image, or an image is named
    place: str


class _Content(msgspec.Struct, gc=False):
    question: Any = None
    text: Any = None
    choices: Any = None
    image: Any = None
    images: Any = None
    image_path: Any = None


class _Metadata(msgspec.Struct, gc=False):
    subject: Any = None
    category: Any = None


class _Fields(msgspec.Struct, gc=False):
    """What is read of an item; everything else in it is not even decoded."""

    id: Any = None
    item_id: Any = None
    content: _Content | str | None = None
    question: Any = None
    text: Any = None
    choices: Any = None
    subject: Any = None
    category: Any = None
    metadata: _Metadata | None = None
    image: Any = None
    images: Any = None
    image_path: Any = None
    has_image: Any = None


_FIELDS = msgspec.json.Decoder(_Fields)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key: part2 before part10."""
    pieces = re.split(r"(\d+)", unicodedata.normalize("NFC", name).casefold())
    return tuple((0, int(piece[:18]), piece) if piece[:1].isdecimal() else (1, 0, piece) for piece in pieces if piece)


def expanded(patterns: Iterable[str], *, folders: bool = False) -> list[Path]:
    """What paths and globs mean, each file once, globs in natural order; a folder is itself (``folders``) or its files.

    A path that is not there stays in the list, so that whoever opens it says so.
    """
    found: dict[str, Path] = {}
    for pattern in patterns:
        path = Path(pattern)
        inside = [pattern]
        if path.is_dir() and not folders:
            inside = [str(one) for one in path.rglob("*") if one.suffix.lower() in ITEM_SUFFIXES and one.is_file()]
        elif not path.exists() and glob.has_magic(pattern):
            inside = [one for one in glob.glob(pattern, recursive=True) if folders or Path(one).is_file()]
        for one in sorted(inside, key=natural) or [pattern]:
            found.setdefault(os.path.realpath(one), Path(one))
    return list(found.values())


def short_names(paths: list[Path]) -> list[str]:
    """File names for places, with as many folders as it takes to tell them apart."""
    plain = [unicodedata.normalize("NFC", path.name) for path in paths]
    if len(set(plain)) == len(plain):
        return plain
    common = os.path.commonpath([str(path.parent) for path in paths])
    return [unicodedata.normalize("NFC", path.relative_to(common).as_posix()) for path in paths]


def read_entries(file: JsonFile, name: str, problems: list[Problem], tick: Callable[[], None]) -> Iterator[Entry]:
    """The items of one file; what is not an item goes to ``problems``. ``tick`` is called at each element.

    Raises ItemsUnreadable when nothing in the file is an item, or the file ends in the middle.
    """
    word = "line" if file.of_lines else "item"
    objects = named = seen = 0
    first_problem = len(problems)
    for element in file.elements:
        seen += 1
        tick()
        place = f"{name}, {word} {element.number}"
        fields, trouble = _fields(element)
        if fields is None:
            problems.append(Problem(ProblemKind.ITEM_UNREADABLE, "", place, trouble))
            continue
        objects += 1
        item_id = _id(fields.id) or _id(fields.item_id)
        if not item_id or len(item_id) > MAX_ID_CHARACTERS:
            problems.append(
                Problem(ProblemKind.ITEM_UNREADABLE, item_id[:80], place, "id too long" if item_id else "no id")
            )
            continue
        named += 1
        yield _entry(item_id, fields, place)
    if seen and not named:
        del problems[first_problem:]
        raise ItemsUnreadable(path=str(file.path), reason="no-id" if objects else "not-items")


def _fields(element: Element) -> tuple[_Fields | None, str]:
    """The element's fields, or None and what is wrong."""
    plain = element.plain
    if element.broken:
        return None, "not JSON"
    if element.raw is not None:
        size_bytes = len(memoryview(element.raw))
        if size_bytes > MAX_ITEM_BYTES:
            return None, f"{size_bytes} bytes"
        try:
            return _FIELDS.decode(element.raw), ""
        except msgspec.DecodeError:  # a field of another type, half a surrogate: the slow way
            try:
                plain = json.loads(bytes(element.raw), strict=False)
            except (ValueError, RecursionError):
                return None, "not JSON"
        except RecursionError:
            return None, "nested too deeply"
    if not isinstance(plain, dict):
        return None, "not an object"
    fields = _picked(_Fields, plain)
    if isinstance(fields.content, dict):
        fields.content = _picked(_Content, fields.content)
    elif fields.content is not None and not isinstance(fields.content, str):
        fields.content = _flat(fields.content)
    fields.metadata = _picked(_Metadata, fields.metadata) if isinstance(fields.metadata, dict) else None
    return fields, ""


def _picked(kind: type[Any], plain: dict[str, Any]) -> Any:
    return kind(**{name: plain[name] for name in kind.__struct_fields__ if name in plain})


def _entry(item_id: str, fields: _Fields, place: str) -> Entry:
    content = fields.content
    images: list[str] = []
    named = [fields.image, fields.images, fields.image_path]
    if isinstance(content, _Content):
        asked = _flat(content.question) or _flat(content.text)
        choices = content.choices if content.choices is not None else fields.choices
        named += [content.image, content.images, content.image_path]
    else:
        asked = content or ""
        choices = fields.choices
    for reference in named:
        if reference:
            images.extend(_references(reference))
    question, sources = plain_text(asked or _flat(fields.question) or _flat(fields.text))
    images.extend(sources)
    options = []
    for choice in _choices(choices):
        if isinstance(choice, dict):
            images.extend(_references([choice.get("image"), choice.get("images"), choice.get("image_path")]))
        option, sources = plain_text(choice if isinstance(choice, str) else _flat(choice))
        options.append(option)
        if sources:
            images.extend(sources)
    subject = _flat(fields.subject) or _flat(fields.category)
    if not subject and fields.metadata is not None:
        subject = _flat(fields.metadata.subject) or _flat(fields.metadata.category)
    return Entry(
        item_id,
        question,
        tuple(options) if any(options) else (),
        " ".join(clean(subject).split()),
        tuple(dict.fromkeys(images)),
        bool(images) or _is_yes(fields.has_image),
        place,
    )


def _id(value: Any) -> str:
    if isinstance(value, str):
        return " ".join(clean(value).split())
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    try:
        return str(value) if isinstance(value, int) else ""
    except ValueError:  # more digits than Python will write
        return ""


def _is_yes(value: Any) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in _YES)


def _flat(value: Any, depth: int = 0) -> str:
    """Text of a value that should have been text."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool) or depth > 8:
        return ""
    if isinstance(value, int | float):
        return "" if isinstance(value, float) and not math.isfinite(value) else _number(value)
    if isinstance(value, dict):
        for name in ("text", "content", "question", "value", "name"):
            if inner := _flat(value.get(name), depth + 1):
                return inner
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, (_flat(one, depth + 1) for one in value)))
    return ""


def _number(value: float) -> str:
    try:
        return str(value)
    except ValueError:
        return ""


def _choices(value: Any) -> list[Any]:
    """Choices from a list of texts or objects, an object (its values), or lines of text."""
    if not value:
        return []
    if isinstance(value, str):
        return [line for line in value.splitlines() if line.strip()]
    if isinstance(value, dict):
        value = list(value.values())
    return value if isinstance(value, list) else []


def _references(value: Any, depth: int = 0) -> Iterator[str]:
    """Image names in a text, a list of them, or an object with a path."""
    if isinstance(value, str):
        if "<" in value:
            yield from plain_text(value)[1]
        elif (name := clean(value)).lower() not in _NO_NAME:
            yield name
    elif isinstance(value, list) and depth < 4:
        for one in value:
            yield from _references(one, depth + 1)
    elif isinstance(value, dict) and depth < 4:
        for key in ("path", "image_path", "src", "url", "file", "filename", "file_name", "image", "name"):
            if value.get(key):
                yield from _references(value[key], depth + 1)
                return
