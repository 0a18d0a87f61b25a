"""Item files, pictures and zips, as the tests of this folder need them."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

from gui.core.dataset import Dataset, DataSpec, Item, ProblemKind, read


def write_items(folder: Path, plain: Any, name: str = "items.json", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(json.dumps(plain, ensure_ascii=False).encode(encoding))
    return path


def read_items(folder: Path, plain: Any, **spec: Any) -> Dataset:
    return read(DataSpec(items=(str(write_items(folder, plain)),), **spec))


def only(dataset: Dataset) -> Item:
    (item,) = dataset.items
    return item


def kinds(dataset: Dataset) -> list[ProblemKind]:
    return [problem.kind for problem in dataset.report.problems]


def picture(form: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (12, 9), color: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, color).save(file, form)
    return file.getvalue()


def noisy_picture(form: str = "PNG", size: tuple[int, int] = (400, 300)) -> bytes:
    """A picture of some hundred kilobytes."""
    file = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(file, form)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A whole PNG that claims a size and holds nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def write_zip(
    path: Path, entries: Mapping[str, bytes] | Iterable[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED
) -> Path:
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in pairs:
            archive.writestr(name, data)
    return path


def write_zip_with_raw_name(path: Path, name: bytes, data: bytes) -> Path:
    """A zip whose only entry has this name, byte by byte, without the UTF-8 flag."""
    stand_in = "n" * len(name)
    write_zip(path, {stand_in: data})
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), name))
    return path


def image_item(reference: str, item_id: str = "a") -> list[dict[str, str]]:
    return [{"id": item_id, "content": "Look at the picture.", "image": reference}]


def write_series(
    folder: Path, rows: int, variables: int = 2, largest: int = 1500, step: timedelta = timedelta(minutes=10)
) -> Path:
    """A CSV file as the public sets are: a date and numbers, some below zero."""
    random = Random(rows)
    names = [f"v{at}" for at in range(variables)]
    lines = [",".join(("date", *names))]
    for at in range(rows):
        moment = datetime.fromisoformat("2020-01-01") + at * step
        lines.append(
            ",".join((f"{moment:%Y-%m-%d %H:%M:%S}", *(f"{random.uniform(-largest, largest):.2f}" for _ in names)))
        )
    path = folder / "weather.csv"
    path.write_text("\n".join(lines) + "\n")
    return path
