"""Whatever bytes people hand over, only a DataError comes out, or a data set that can be used."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import pytest

from gui.core.dataset import DataSpec, Duplicates, read, sorted_input
from gui.core.errors import DataError
from tests.dataset.making import noisy_picture, picture, write_zip

ITEMS = [
    {
        "id": number,
        "content": {"question": f"다음 <b>그림</b>에서 x &lt; {number}", "choices": ["가", {"text": "b"}]},
        "image": f"{number}.png",
    }
    for number in range(6)
]
TOKENS = [*(bytes([one]) for one in b'[]{}",:\\-\xff\0'), b"\\u", b"NaN", b"1e999", b"\xb0\xa1", b"null"]


def mutated(chance: random.Random, data: bytes, tokens: list[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        what = chance.randrange(5)
        if what == 0 and changed:
            changed[at % len(changed)] = chance.randrange(256)
        elif what == 1:
            changed[at:at] = chance.choice(tokens)
        elif what == 2:
            del changed[at : at + chance.randint(1, 40)]
        elif what == 3:
            changed[at:at] = changed[at : at + chance.randint(1, 60)]
        else:
            del changed[at:]
    return bytes(changed)


def use(spec: DataSpec) -> bool:
    """Read it as the program does, and look at all of it. False: it was refused."""
    try:
        dataset = read(spec)
    except DataError:
        return False
    for item_id, text, key in dataset.rows():
        assert item_id
        assert (item_id + text).encode()
        if key:
            with dataset.open_image(key) as file:
                assert len(file.read()) == dataset.image_size_bytes(key)
    assert dataset.report.items == len(dataset.items)
    for problem in dataset.report.problems:
        assert problem.place.encode()
    return True


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("shape", ["list", "object", "lines"])
def test_damaged_item_files(tmp_path: Path, encoding: str, shape: str) -> None:
    chance = random.Random(f"{encoding} {shape}")
    if shape == "lines":
        text = "\n".join(json.dumps(item, ensure_ascii=False) for item in ITEMS)
    else:
        text = json.dumps(ITEMS if shape == "list" else {"items": ITEMS}, ensure_ascii=False, indent=1)
    data = text.encode(encoding)
    path = tmp_path / "items.json"
    path.write_bytes(data)
    spec = DataSpec(items=(str(path),), duplicates=Duplicates.FIRST)
    assert use(spec)
    used = 0
    for _ in range(300):
        path.write_bytes(mutated(chance, data, TOKENS))
        used += use(spec)
    assert used >= 2


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_damaged_zips(tmp_path: Path, method: int) -> None:
    chance = random.Random(method)
    forms = ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]
    names = [f"20240102/{n}.png" for n in range(6)]
    entries = {name: picture(form) for name, form in zip(names, forms, strict=True)}
    path = write_zip(tmp_path / "p.zip", {**entries, "그림.png": picture()}, method)
    data = path.read_bytes()
    items = tmp_path / "items.json"
    items.write_text(json.dumps(ITEMS))
    spec = DataSpec(items=(str(items),), images=(str(path),))
    assert use(spec)
    used = 0
    for _ in range(400):
        path.write_bytes(mutated(chance, data, [b"PK\1\2", b"PK\3\4", b"PK\5\6", b"\0\0", b"\xff\xff\xff\xff", b"../"]))
        used += use(spec)
    assert used > 10


def test_one_flipped_byte_anywhere_in_the_table_of_contents(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"0.png": picture(), "그림.png": picture()}, zipfile.ZIP_DEFLATED)
    data = path.read_bytes()
    items = tmp_path / "items.json"
    items.write_text(json.dumps(ITEMS))
    for at in range(data.index(b"PK\1\2"), len(data)):
        for flip in (0x01, 0x80, 0xFF):
            changed = bytearray(data)
            changed[at] ^= flip
            path.write_bytes(changed)
            use(DataSpec(items=(str(items),), images=(str(path),)))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_damaged_pictures(tmp_path: Path, form: str) -> None:
    chance = random.Random(form)
    folder = tmp_path / "p"
    folder.mkdir()
    items = tmp_path / "items.json"
    items.write_text(json.dumps(ITEMS))
    whole = [picture(form), noisy_picture(form, (80, 60))]
    for _ in range(60):
        for number in range(6):
            (folder / f"{number}.png").write_bytes(mutated(chance, whole[number % 2][:20_000], TOKENS))
        assert use(DataSpec(items=(str(items),), images=(str(folder),)))


def test_random_bytes_under_every_ending(tmp_path: Path) -> None:
    chance = random.Random(7)
    for number in range(200):
        ending = chance.choice([".json", ".jsonl", ".zip", ".png", ".txt", ""])
        path = tmp_path / f"{number}{ending}"
        path.write_bytes(chance.randbytes(chance.randint(0, 400)))
        use(sorted_input([path]).data)


VALUES = [None, True, 3, -1.5, "", "x" * 100_000, [], {}, [[[]]], {"a": {"b": []}}, ["x", 1, None]]
FIELDS = "id item_id content question text choices subject category metadata image images image_path has_image"


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("field", FIELDS.split())
def test_any_value_in_any_field(tmp_path: Path, field: str, value: object) -> None:
    path = tmp_path / "items.json"
    for inside in (False, True):
        item: dict[str, object] = {"id": "a", "content": {"question": "Q"}}
        if inside:
            item["content"] = {"question": "Q", field: value}
        else:
            item[field] = value
        path.write_text(json.dumps([{"id": "first", "content": "Q"}, item]))
        assert use(DataSpec(items=(str(path),)))
