"""Makes the sample data: item files in differing shapes and one zip of pictures, with a few faults on purpose.

    python assets/sample/make_sample.py [FOLDER]

Without a folder the files beside this script are made anew. The same program makes the same bytes each time.
"""

from __future__ import annotations

import html
import io
import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import content_earth
import content_economics
import content_life
import content_maths
import content_physics
import content_society
import content_words
from drawing import Canvas
from PIL import Image
from sample_item import SampleItem

DATES = ("2024-03-12", "2024-04-02", "2024-05-21", "2024-06-18", "2024-09-03", "2024-10-15")
MISSING = ("pendulum", "climate", "stack", "balls")  # the first picture of these is named but left out
CUT_OFF, TRANSPARENT, UPPER_CASE = "heart_1", "venn2_1", "eclipse_1"
KOREAN_NAMES = {"triangle_height_1": "삼각형_높이", "series_circuit_1": "회로도"}  # the first is stored as NFD
CP949_STAND_IN = "cp949_.png"  # as many bytes as 회로도.png in CP949
NEEDS_FIGURE = re.compile(
    "그림|그래프|지도|가계도|순서도|곡선|지층|시계|position|diagram|graph|map|tree|layer|chart|curve|circuit|machine|picture|clock"
)


@dataclass(frozen=True)
class Picture:
    name: str  # with its ending, as items name it
    date: str
    data: bytes

    @property
    def day(self) -> str:
        return self.date.replace("-", "")


@dataclass(frozen=True)
class Numbered:
    number: int
    item: SampleItem
    picture: Picture | None


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    items = illustrated()
    for name, data in item_files(items).items():
        (folder / name).write_bytes(data)
    (folder / "pictures.zip").write_bytes(
        zipped(list({one.picture.name: one.picture for one in items if one.picture}.values()))
    )


def illustrated() -> list[Numbered]:
    """All items. Members of a family with the same figure share it, or go without where the words are enough."""
    modules = (
        content_maths,
        content_physics,
        content_life,
        content_earth,
        content_society,
        content_economics,
        content_words,
    )
    numbered: list[Numbered] = []
    drawn: dict[str, int] = {}
    seen: dict[str, Picture] = {}
    for item in (item for module in modules for item in module.ITEMS):
        picture = None
        if item.figure is not None:
            function, arguments, named = item.figure
            twin = f"{item.family}{function.__name__}{arguments!r}{named!r}"
            if twin in seen and item.family:
                picture = seen[twin] if NEEDS_FIGURE.search(item.question) else None
            else:
                drawn[function.__name__] = drawn.get(function.__name__, 0) + 1
                picture = seen[twin] = drawn_picture(
                    f"{function.__name__}_{drawn[function.__name__]}", len(numbered), item
                )
        numbered.append(Numbered(len(numbered) + 1, item, picture))
    return numbered


def drawn_picture(name: str, index: int, item: SampleItem) -> Picture:
    assert item.figure is not None
    function, arguments, named = item.figure
    canvas = Canvas(None if name == TRANSPARENT else "#ffffff")
    function(canvas, *arguments, **named)
    ending = ".jpg" if index % 11 == 7 else ".png"
    return Picture(KOREAN_NAMES.get(name, name) + ending, DATES[index % len(DATES)], encoded(canvas.image(), ending))


def encoded(image: Image.Image, ending: str) -> bytes:
    file = io.BytesIO()
    if ending == ".jpg":
        image.save(file, "JPEG", quality=88)
    elif image.mode == "RGBA":
        image.save(file, "PNG", optimize=True)
    else:
        image.quantize(128, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def zipped(pictures: list[Picture]) -> bytes:
    """Pictures below one folder a day, in both usual layouts, with what systems and people leave in such zips."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        store(archive, "bank/.DS_Store", b"\0\0\0\1Bud1")
        store(archive, "__MACOSX/bank/._pie_1.png", b"\0\5\x16\7")
        for index, picture in enumerate(pictures):
            stem = picture.name.rpartition(".")[0]
            if any(stem == f"{name}_1" for name in MISSING):
                continue
            name, data = picture.name, picture.data
            if stem == CUT_OFF:
                data = data[: len(data) * 6 // 10]
            if stem == UPPER_CASE:
                name = name.upper()
            if stem == KOREAN_NAMES["triangle_height_1"]:
                name = unicodedata.normalize("NFD", name)
            if stem == KOREAN_NAMES["series_circuit_1"]:
                name = CP949_STAND_IN
            day = picture.date.replace("-", "/") if index % 2 else picture.day
            store(archive, f"bank/{day}/{name}", data)
        store(archive, "../../outside.png", pictures[0].data)
    return file.getvalue().replace(CP949_STAND_IN.encode(), "회로도.png".encode("cp949"))


def store(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, (2024, 10, 15, 9, 0, 0))
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    archive.writestr(entry, data)


def item_files(items: list[Numbered]) -> dict[str, bytes]:
    korean = [one for one in items if one.item.language == "ko"]
    english = [one for one in items if one.item.language == "en"]
    life = {"생명과학", "지구과학", "지리"}
    first = [one for one in korean if one.item.subject in ("수학", "물리학", "화학")]
    second = [one for one in korean if one.item.subject in life]
    third = [one for one in korean if one not in first and one not in second]
    half = len(english) // 2
    blank = {"item_id": "EN-0999", "category": "English", "content": " ", "choices": {}, "has_image": False}
    unnamed = {
        "item_id": "EN-0998",
        "category": "Geography",
        "content": "Look at the map. In which direction does the river flow?",
        "choices": {"A": "north", "B": "south", "C": "east", "D": "west"},
        "has_image": True,
    }
    return {
        "items_ko_1.json": written([as_object(one) for one in first]),
        "items_ko_2.json": written({"source": "sample", "items": [as_html(one) for one in second]}, "cp949"),
        "items_ko_3.json": written([as_flat(one) for one in third], "utf-8-sig"),
        "items_en_1.json": written([as_labelled(one) for one in english[:half]]),
        "items_en_2.json": written({"items": [*(as_lettered(one) for one in english[half:]), blank, unnamed]}),
    }


def written(plain: Any, encoding: str = "utf-8") -> bytes:
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode(encoding)


def extra(one: Numbered) -> dict[str, str]:
    """What Embark does not read, and what makes neighbours checkable."""
    return {"answer": one.item.answer} | ({"family": one.item.family} if one.item.family else {})


def named(one: Numbered, name: Callable[[Picture], str]) -> str:
    return name(one.picture) if one.picture else ""


def as_object(one: Numbered) -> dict[str, Any]:
    return {
        "id": f"KO-{one.number:04d}",
        "subject": one.item.subject,
        "content": {"question": one.item.question, "choices": list(one.item.choices)},
        "image": named(one, lambda picture: f"{picture.day}/{picture.name}"),
        "has_image": one.picture is not None,
        **extra(one),
    }


def as_html(one: Numbered) -> dict[str, Any]:
    source = named(one, lambda picture: f"/bank/{picture.date.replace('-', '/')}/{picture.name}")
    shown = f'<br><img src="{source}" alt="">' if source else ""
    return {
        "item_id": 20000 + one.number,
        "subject": one.item.subject,
        "content": f"<p>{html.escape(one.item.question)}{shown}</p>",
        "choices": [html.escape(choice) for choice in one.item.choices],
        **extra(one),
    }


def as_flat(one: Numbered) -> dict[str, Any]:
    return {
        "id": f"KO-{one.number:04d}",
        "question": one.item.question,
        "choices": list(one.item.choices),
        "image_path": named(one, lambda picture: f"bank/{picture.day}/{picture.name.rpartition('.')[0]}"),
        "metadata": {"subject": one.item.subject, "language": "ko"},
        **extra(one),
    }


def as_labelled(one: Numbered) -> dict[str, Any]:
    choices = [{"label": str(n), "text": choice} for n, choice in enumerate(one.item.choices, 1)]
    return {
        "id": f"EN-{one.number:04d}",
        "subject": one.item.subject,
        "content": {"question": one.item.question, "choices": choices},
        "images": [one.picture.name] if one.picture else [],
        **extra(one),
    }


def as_lettered(one: Numbered) -> dict[str, Any]:
    return {
        "item_id": f"EN-{one.number:04d}",
        "category": one.item.subject,
        "content": one.item.question,
        "choices": dict(zip("ABCD", one.item.choices, strict=False)),
        "images": named(one, lambda picture: picture.name),
        "has_image": one.picture is not None,
        **extra(one),
    }


if __name__ == "__main__":
    main()
