"""Reading 176,443 items and matching 62,658 zip entries, against plain ``json`` and a search through the list of names.

The peer does what a script of an afternoon does: ``json.load`` a file, take the fields that it knows, strip whatever
stands in angle brackets, and look each image up by walking over ``ZipFile.namelist``. Its walk is timed on a share of
the items and scaled up. Seconds are of the processor, so that other work on the computer counts little.
"""

from __future__ import annotations

import html
import json
import random
import re
import tempfile
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gui.core.dataset import DataSpec, ProblemKind, read
from gui.core.dataset.images import Images

ITEMS, FILES, ENTRIES, WITH_IMAGE = 176_443, 18, 62_658, 45_368
PEER_LOOKUPS = 200
SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호은는이를에의"


def run() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        parts, images = written(Path(folder))
        size_bytes = sum(part.stat().st_size for part in parts)
        plain, peer_read_s = timed(lambda: peer_read(parts))
        peer_match_s = peer_match(plain, images)
        del plain
        _, index_s = timed(lambda: Images([images], [], lambda: None))
        only_items, read_s = timed(lambda: read(DataSpec(items=tuple(map(str, parts)))))
        del only_items
        dataset, whole_s = timed(lambda: read(DataSpec(items=tuple(map(str, parts)), images=(str(images),))))
        assert dataset.report.items == ITEMS
        assert dataset.report.images_found == WITH_IMAGE
        assert dataset.report.count(ProblemKind.IMAGE_NOT_FOUND) == 0
    return [
        f"{ITEMS:,} items in {FILES} files ({size_bytes / 1e6:.0f} MB), {WITH_IMAGE:,} of {ENTRIES:,} images used",
        "",
        "| | Embark | peer | peer / Embark |",
        "| --- | --- | --- | --- |",
        row("items: read, cleaned, templated", read_s, peer_read_s),
        row("images: indexed, matched, each looked at", whole_s - read_s, peer_match_s),
        row("both", whole_s, peer_read_s + peer_match_s),
        "",
        f"Of the images: {index_s:.2f} s for the index of the zip.",
    ]


def main() -> None:
    print("\n".join(run()))


def row(what: str, ours_s: float, theirs_s: float) -> str:
    return f"| {what} | {ours_s:.2f} s | {theirs_s:.2f} s | {theirs_s / ours_s:.1f} |"


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def written(folder: Path) -> tuple[list[Path], Path]:
    """Items as one item bank writes them, and pictures below a folder a day in both layouts."""
    chance = random.Random(1)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 5))) for _ in range(5000)]
    names = [
        f"bank/2024/{n // 28 % 12 + 1:02}/{n % 28 + 1:02}/{n}.png"
        if n % 2
        else f"bank/2024{n // 28 % 12 + 1:02}{n % 28 + 1:02}/{n}.png"
        for n in range(ENTRIES)
    ]
    images = folder / "pictures.zip"
    header = b"\0\0\0\rIHDR\0\0\0\x09\0\0\0\x09\x08\x02\0\0\0"
    png = b"\x89PNG\r\n\x1a\n" + header + zlib.crc32(header[4:]).to_bytes(4) + b"\0\0\0\0IEND\xaeB`\x82"
    with zipfile.ZipFile(images, "w") as archive:
        for name in names:
            archive.writestr(name, png)
    parts = []
    each = -(-ITEMS // FILES)
    for part in range(FILES):
        items = [item(chance, words, n, names) for n in range(part * each, min(ITEMS, (part + 1) * each))]
        parts.append(folder / f"items_part{part + 1}.json")
        parts[-1].write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    return parts, images


def item(chance: random.Random, words: list[str], number: int, names: list[str]) -> dict[str, Any]:
    def text(count: int) -> str:
        return " ".join(chance.choices(words, k=count))

    return {
        "item_id": f"Q{number:06}",
        "content": {
            "question": f"<p>{text(20)}<br>{text(8)}</p>",
            "choices": [text(4) for _ in range(5)],
            "solution": text(20),
        },
        "subject": chance.choice(("수학", "과학", "사회", "국어", "영어")),
        "metadata": {"grade": number % 12 + 1, "source": text(3), "tags": [text(1), text(1)]},
        "image": names[number].removeprefix("bank/") if number < WITH_IMAGE else "",
        "has_image": number < WITH_IMAGE,
    }


def peer_read(parts: list[Path]) -> list[tuple[str, str, str]]:
    rows = []
    for part in parts:
        for plain in json.loads(part.read_text(encoding="utf-8")):
            content = plain["content"]
            choices = "".join(f"\n{n}. {stripped(choice)}" for n, choice in enumerate(content["choices"], 1))
            rows.append((plain["item_id"], f"문제: {stripped(content['question'])}{choices}", plain["image"]))
    return rows


def stripped(text: str) -> str:
    return unicodedata.normalize("NFC", html.unescape(re.sub("<[^>]+>", "", text)))


def peer_match(rows: list[tuple[str, str, str]], images: Path) -> float:
    """Seconds for all images, from the first ``PEER_LOOKUPS`` of evenly spread ones."""
    named = [image for _, _, image in rows if image]
    archive, open_s = timed(lambda: zipfile.ZipFile(images))
    with archive:

        def look_up() -> None:
            for image in named[:: len(named) // PEER_LOOKUPS][:PEER_LOOKUPS]:
                found = next(name for name in archive.namelist() if name.endswith(image))
                archive.read(found)

        _, lookups_s = timed(look_up)
    return open_s + lookups_s * len(named) / PEER_LOOKUPS


if __name__ == "__main__":
    main()
