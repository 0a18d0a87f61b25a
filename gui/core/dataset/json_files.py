"""JSON files of any usual shape and encoding, split into their items without understanding them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from gui.core.dataset.kinds import foreign_kind
from gui.core.errors import ItemsUnreadable

MAX_FILE_BYTES = 2 * 10**9
LINE_SUFFIXES = (".jsonl", ".ndjson")

_HANGUL = re.compile("[\uac00-\ud7a3]")
_ITEMS_KEY = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


class _Envelope(msgspec.Struct):
    """An object with ``items``; without them it may be one item by itself."""

    items: msgspec.Raw = msgspec.Raw(b"")


_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_ENVELOPE = msgspec.json.Decoder(_Envelope)


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a file: ``raw`` not decoded yet, or ``plain`` when only a lenient parser could read it."""

    number: int  # from 1: its place in the list, or its line
    raw: msgspec.Raw | None = None
    plain: Any = None
    broken: bool = False  # a line that is not JSON


@dataclass(frozen=True, slots=True)
class JsonFile:
    """``of_lines``: the file is JSON Lines, elements are counted by line."""

    path: Path
    sha256: str
    of_lines: bool
    elements: Iterator[Element]


def open_json(path: Path) -> JsonFile:
    """Read and split one file. Walking over ``elements`` may raise as well.

    Raises ItemsUnreadable: missing, folder, no-access, too-large, empty, encoding, cut-off, not-json, not-items, or the
    FileKind of another program.
    """
    try:
        if path.is_dir():
            raise ItemsUnreadable(path=str(path), reason="folder")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ItemsUnreadable(path=str(path), reason="too-large")
        data = path.read_bytes()
    except FileNotFoundError as missing:
        raise ItemsUnreadable(path=str(path), reason="missing") from missing
    except OSError as refused:
        raise ItemsUnreadable(path=str(path), reason="no-access", place=refused.strerror or "") from refused
    if (kind := foreign_kind(path)) is not None:
        raise ItemsUnreadable(path=str(path), reason=kind.value)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        return _split(path, sha256, _utf8(path, data))
    except RecursionError as deep:
        raise ItemsUnreadable(path=str(path), reason="not-json", place="nested too deeply") from deep
    except MemoryError as full:
        raise ItemsUnreadable(path=str(path), reason="too-large") from full


def _utf8(path: Path, data: bytes) -> bytes:
    """The file's text as UTF-8 without a byte order mark."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\0")
    if not data:
        raise ItemsUnreadable(path=str(path), reason="empty")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as damage:
        if damage.reason == "unexpected end of data":
            return data[: damage.start]  # cut inside a character: the parser says where
        if _HANGUL.search(data[: damage.start].decode("utf-8")):
            raise ItemsUnreadable(path=str(path), reason="encoding", place=_line(data, damage.start)) from damage
        return _from_cp949(path, data)
    return data


def _from_cp949(path: Path, data: bytes) -> bytes:
    try:
        return data.decode("cp949").encode()
    except UnicodeDecodeError as damage:
        if damage.start >= len(data) - 1:
            return data[: damage.start].decode("cp949").encode()
        raise ItemsUnreadable(path=str(path), reason="encoding", place=_line(data, damage.start)) from damage


def _line(data: bytes, at: int) -> str:
    breaks = data.count(b"\n", 0, at)
    return f"line {breaks + 1}"


def _split(path: Path, sha256: str, data: bytes) -> JsonFile:
    try:
        elements: list[Any] = _quickly(path, data)
        return JsonFile(path, sha256, False, (Element(n, raw=raw) for n, raw in enumerate(elements, 1)))
    except msgspec.DecodeError:  # NaN, half surrogates, lines, or truly broken: the lenient parser tells
        pass
    text = data.decode()
    try:
        elements = _leniently(path, json.loads(text, strict=False))
        return JsonFile(path, sha256, False, (Element(n, plain=plain) for n, plain in enumerate(elements, 1)))
    except json.JSONDecodeError as broken:
        if text.startswith("{") and (broken.msg == "Extra data" or path.suffix.lower() in LINE_SUFFIXES):
            return JsonFile(path, sha256, True, _lines(path, data))
        raise _diagnosed(path, text, broken) from broken
    except ValueError as broken:  # a number of many thousand digits
        raise ItemsUnreadable(path=str(path), reason="not-json") from broken


def _quickly(path: Path, data: bytes) -> list[msgspec.Raw]:
    if data.startswith(b"["):
        return _LIST.decode(data)
    if not data.startswith(b"{"):
        raise msgspec.DecodeError("neither a list nor an object")
    items = _ENVELOPE.decode(data).items
    if not len(memoryview(items)):
        return [msgspec.Raw(data)]
    if not bytes(items).lstrip().startswith(b"["):
        raise ItemsUnreadable(path=str(path), reason="not-items")
    return _LIST.decode(items)


def _leniently(path: Path, plain: Any) -> list[Any]:
    if isinstance(plain, dict):
        plain = plain.get("items", [plain])
    if not isinstance(plain, list):
        raise ItemsUnreadable(path=str(path), reason="not-items")
    return plain


def _lines(path: Path, data: bytes) -> Iterator[Element]:
    """JSON Lines. A broken line is an element; a last line that is cut in the middle is a cut file."""
    start, number, whole, last_id = 0, 0, 0, ""
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end].strip()
        number += 1
        start = end + 1
        if not line:
            continue
        try:
            plain = json.loads(line, strict=False)
        except json.JSONDecodeError as broken:
            if start >= len(data) and _is_cut(line.decode(), broken):
                place = f"line {number}, last whole item {whole}{last_id}"
                raise ItemsUnreadable(path=str(path), reason="cut-off", place=place) from broken
            yield Element(number, broken=True)
            continue
        except (ValueError, RecursionError):
            yield Element(number, broken=True)
            continue
        whole, last_id = whole + 1, _named(plain)
        yield Element(number, plain=plain)


def _diagnosed(path: Path, text: str, broken: json.JSONDecodeError) -> ItemsUnreadable:
    """Where a file stops being JSON, whether it just ends too early, and how many whole items there are before."""
    key = _ITEMS_KEY.search(text) if text.startswith("{") else None
    at = key.end() if key else 1
    decoder = json.JSONDecoder(strict=False)
    whole, last_id = 0, ""
    while (between := _BETWEEN.match(text, at)) and between.end() < broken.pos:
        try:
            plain, at = decoder.raw_decode(text, between.end())
        except (ValueError, RecursionError):
            break
        whole, last_id = whole + 1, _named(plain)
    return ItemsUnreadable(
        path=str(path),
        reason="cut-off" if _is_cut(text, broken) else "not-json",
        place=f"line {text.count(chr(10), 0, broken.pos) + 1}, last whole item {whole}{last_id}",
    )


def _is_cut(text: str, broken: json.JSONDecodeError) -> bool:
    rest = text[broken.pos :].strip()
    if not rest or broken.msg.startswith("Unterminated string"):
        return True
    if "escape" in broken.msg:
        return len(rest) < 7
    return len(rest) < 9 and any(word.startswith(rest) for word in ("true", "false", "null", "NaN", "-Infinity"))


def _named(plain: Any) -> str:
    """The id of a whole item, for the place of a cut."""
    if not isinstance(plain, dict):
        return ""
    name = plain.get("id", plain.get("item_id"))
    return f" ({str(name)[:80]})" if isinstance(name, str | int) else ""
