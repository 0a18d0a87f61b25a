"""No row can end a run: what is wrong with one is said of it, and the others go on."""

from __future__ import annotations

import io
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from remote_worker.images import LARGEST_PIXELS, PictureProblem, picture_size, read_picture
from remote_worker.protocol import ModelSpec, Row
from tests.worker.jobs import carry_out, cosines, draw, events, make_job, result, text


def png(width: int, height: int, lines: bytes = b"") -> bytes:
    """A PNG that claims a size, with these compressed lines."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(width: int = 320, height: int = 240) -> Image.Image:
    grain = np.random.default_rng(0).integers(0, 255, (height // 8, width // 8, 3), dtype=np.uint8)
    return Image.fromarray(grain).resize((width, height))


BAD_PICTURES: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "image-missing"),
    "empty": (b"", "image-cut-off"),
    "png cut off": (saved(photo(), "PNG")[:-3000], "image-cut-off"),
    "jpeg cut off": (saved(photo(), "JPEG")[:2000], "image-cut-off"),
    "webp cut off": (saved(photo(), "WEBP")[:800], "image-unreadable"),
    "only a header": (b"\x89PNG\r\n\x1a\n", "image-unreadable"),
    "text": (b"this is no picture at all\n" * 20, "image-unreadable"),
    "html": (b"<html><body>404 Not Found</body></html>", "image-unreadable"),
    "vector drawing": (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "image-unreadable"),
    "program": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(touched) (w) file\n", "image-unreadable"),
    "bomb": (png(100_000, 100_000, bytes(1000)), "image-too-large"),
    "bomb below pillow's own limit": (png(12_000, 10_000, bytes(1000)), "image-too-large"),
    "wide bomb": (png(2**31 - 1, 1, bytes(100)), "image-too-large"),
    "bad checksum": (saved(photo(), "PNG").replace(b"IDAT", b"IDAU", 1), "image-unreadable"),
    "hairline": (saved(Image.new("RGB", (900, 2)), "PNG"), "image-unreadable"),
    "zeros inside": (saved(photo(), "PNG")[:200] + bytes(5000), "image-cut-off"),
}


@pytest.mark.parametrize("with_text", [True, False], ids=["with text", "without text"])
def test_an_item_with_a_bad_picture_is_its_text_alone_or_skipped(with_text: bool, tmp_path: Path) -> None:
    rows = [Row(f"i{at}", text(at) if with_text else "", f"{at}.png") for at in range(len(BAD_PICTURES))]
    folder = make_job(tmp_path / "job", [*rows, Row("good", "good", "good.png")], shard_rows=7)
    draw(folder / "images" / "good.png")
    for at, (content, _) in enumerate(BAD_PICTURES.values()):
        if content is not None:
            (folder / "images" / f"{at}.png").write_bytes(content)
    assert carry_out(folder) == 0
    got = result(folder)
    good = len(BAD_PICTURES)
    assert got.rows.tolist() == (list(range(good + 1)) if with_text else [good])
    assert np.flatnonzero(got.has_image).tolist() == [len(got.rows) - 1]
    named = {name: got.problems[at] for at, name in enumerate(BAD_PICTURES)}
    assert {name: kind for name, (kind, _) in named.items()} == {name: kind for name, (_, kind) in BAD_PICTURES.items()}
    assert {kept for _, kept in named.values()} == {with_text}
    said = [event.problem for event in events(folder, "problem")]
    assert [one.row for one in said if one] == list(range(good))
    assert all(one.detail and one.item_id == f"i{one.row}" for one in said if one)


def test_the_vector_without_the_picture_is_that_of_the_text_alone(tmp_path: Path) -> None:
    rows = [Row("a", text(1), "cut.png"), Row("b", text(1)), Row("c", text(2), "gone.png"), Row("d", text(2))]
    folder = make_job(tmp_path, rows)
    (folder / "images" / "cut.png").write_bytes(saved(photo(), "PNG")[:-3000])
    assert carry_out(folder) == 0
    vectors = result(folder).vectors
    assert cosines(vectors[::2], vectors[1::2]).min() > 0.99999


@pytest.mark.parametrize(
    "name",
    [
        "../secret.png",
        "/etc/hostname",
        "a/../../secret.png",
        "..\\secret.png",
        "a\x00b.png",
        "x" * 5000,
        ".",
        "link.png",
    ],
)
def test_a_name_never_leads_out_of_the_folder_of_images(name: str, tmp_path: Path) -> None:
    folder = make_job(tmp_path / "job", [Row("a", text(1), name)])
    draw(folder / "secret.png")
    (folder / "images" / "link.png").symlink_to(folder / "secret.png")
    assert carry_out(folder) == 0
    got = result(folder)
    assert got.problems == {0: ("image-missing", True)}
    assert not got.has_image.any()


BAD_LINES = [
    b"\n",
    b"{\n",
    b"[]\n",
    b"null\n",
    b'"text"\n',
    b'{"item_id":"a"}\n',
    b'{"item_id":1,"text":"a"}\n',
    b'{"item_id":"a","text":null}\n',
    b'{"item_id":"a","text":["a"]}\n',
    b'{"item_id":"a","text":"a","image":7}\n',
    b'{"item_id":"a","text":"\xff\xfe"}\n',
    b'{"item_id":"a","text":"cut',
    b"[" * 50_000 + b"\n",
    b'{"item_id":"a","text":' + b"9" * 6000 + b"}\n",
]


def test_lines_that_are_no_rows_are_listed_and_skipped(tmp_path: Path) -> None:
    lines = [line if line.endswith(b"\n") else line + b"\n" for line in BAD_LINES]
    rows: list[Row | bytes] = []
    for at, line in enumerate(lines):
        rows += [line, Row(f"good-{at}", text(at))]
    folder = make_job(tmp_path, rows, shard_rows=9)
    assert carry_out(folder) == 0
    got = result(folder)
    assert got.rows.tolist() == list(range(1, 2 * len(lines), 2))
    assert got.problems == dict.fromkeys(range(0, 2 * len(lines), 2), ("row-unreadable", False))


def test_a_last_line_without_its_end_still_counts(tmp_path: Path) -> None:
    folder = make_job(tmp_path, [Row("a", "one"), b'{"item_id":"b","text":"two"}'])
    assert carry_out(folder) == 0
    assert result(folder).rows.tolist() == [0, 1]


def test_empty_items_are_skipped(tmp_path: Path) -> None:
    folder = make_job(tmp_path, [Row("a", ""), Row("b", " \n\t\u3000"), Row("c", "text"), Row("d", "", "d.png")])
    draw(folder / "images" / "d.png")
    assert carry_out(folder) == 0
    got = result(folder)
    assert got.rows.tolist() == [2, 3]
    assert got.problems == {0: ("empty", False), 1: ("empty", False)}


def test_a_shard_of_nothing_but_bad_rows_is_still_a_shard(tmp_path: Path) -> None:
    folder = make_job(tmp_path, [Row("a", "")] * 4 + [Row("b", "text")], shard_rows=2)
    assert carry_out(folder) == 0
    got = result(folder)
    assert [(entry.rows, entry.dimensions) for entry in got.entries] == [(0, 1792), (0, 1792), (1, 1792)]


def test_texts_that_no_encoding_can_carry(tmp_path: Path, tiny_qwen3: Path) -> None:
    halves = [
        rb'{"item_id":"\ud83d","text":"half \ud83d of it"}' + b"\n",
        rb'{"item_id":"b","text":"\u0000\ufffe\u202e"}' + b"\n",
    ]
    for model in (ModelSpec("practice"), ModelSpec(str(tiny_qwen3))):
        folder = make_job(tmp_path / model.name.replace("/", "-"), [*halves, Row("c", "whole")], model)
        assert carry_out(folder) == 0
        assert result(folder).rows.tolist() == [0, 1, 2]
    (folder / "images").rmdir()
    bad = make_job(tmp_path / "bad", [rb'{"item_id":"\ud83d","text":"","image":"\udc00.png"}' + b"\n"])
    assert carry_out(bad) == 0
    assert result(bad).problems == {0: ("image-missing", False)}


def test_a_text_that_is_too_long_is_cut_as_the_recipe_says_and_listed(minilm: Path, tmp_path: Path) -> None:
    rows = [Row("long", "word " * 900), Row("same beginning", "word " * 254), Row("short", "word")]
    folder = make_job(tmp_path, rows, ModelSpec(str(minilm)))
    assert carry_out(folder) == 0
    got = result(folder)
    assert got.rows.tolist() == [0, 1, 2]
    assert got.problems == {0: ("too-long", True)}
    assert cosines(got.vectors[:1], got.vectors[1:2])[0] > 0.9999


def test_a_vector_with_nan_is_listed_and_left_out(tiny_qwen3: Path, tmp_path: Path) -> None:
    """A real model with a broken weight: one token, used by one row alone, has NaN for its embedding."""
    from safetensors.torch import load_file, save_file
    from transformers import AutoTokenizer

    model = Path(shutil.copytree(tiny_qwen3, tmp_path / "model"))
    words = AutoTokenizer.from_pretrained(model)
    (bad,) = set(words("a~b")["input_ids"]) - set(words("ab")["input_ids"])
    weights = load_file(model / "model.safetensors")
    weights["embed_tokens.weight"][bad] = float("nan")
    save_file(weights, model / "model.safetensors")
    rows = [Row(f"i{at}", "a~b" if at == 4 else text(at)) for at in range(9)]
    folder = make_job(tmp_path / "job", rows, ModelSpec(str(model)))
    assert carry_out(folder) == 0
    got = result(folder)
    assert got.rows.tolist() == [0, 1, 2, 3, 5, 6, 7, 8]
    assert got.problems == {4: ("bad-vector", False)}
    assert np.isfinite(got.vectors).all()


def test_a_model_that_gives_nothing_but_nan_ends_the_run(tiny_qwen3: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    model = Path(shutil.copytree(tiny_qwen3, tmp_path / "model"))
    weights = load_file(model / "model.safetensors")
    weights["norm.weight"][:] = float("nan")
    save_file(weights, model / "model.safetensors")
    folder = make_job(tmp_path / "job", [Row(f"i{at}", text(at)) for at in range(50)], ModelSpec(str(model)))
    assert carry_out(folder) == 1
    assert events(folder)[-1].failure == "vectors-not-finite"


# --- pictures ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[bytes], Path]:
    def stored(content: bytes) -> Path:
        path = tmp_path / "picture"
        path.write_bytes(content)
        return path

    return stored


def colours(path: Path) -> np.ndarray:
    read = read_picture(path)
    assert read.mode == "RGB"
    return np.asarray(read)


def test_what_is_transparent_becomes_white(picture) -> None:
    half = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    half.paste((200, 0, 0, 255), (0, 0, 20, 20))
    palette = half.quantize(4)
    grey = Image.merge("LA", (Image.new("L", (40, 20), 0), half.getchannel("A")))
    keyed = Image.new("RGB", (40, 20), (1, 2, 3))
    for content in (
        saved(half, "PNG"),
        saved(half, "WEBP", lossless=True),
        saved(palette, "PNG"),
        saved(grey, "PNG"),
        saved(keyed, "PNG", transparency=(1, 2, 3)),
        saved(half, "GIF"),
    ):
        assert colours(picture(content))[10, 35].tolist() == [255, 255, 255]


def test_sixteen_bit_grey_keeps_its_shades(picture) -> None:
    shades = np.linspace(0, 65535, 256).astype(np.uint16)[None, :].repeat(4, axis=0)
    read = colours(picture(saved(Image.fromarray(shades), "PNG")))
    assert np.abs(read[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_a_photograph_is_turned_upright_and_broken_metadata_are_no_reason_to_lose_it(picture) -> None:
    lying = Image.new("RGB", (60, 40), "white")
    lying.paste((255, 0, 0), (0, 0, 60, 10))  # red along the long edge, which is the right side when upright
    exif = Image.Exif()
    exif[0x0112] = 6
    assert colours(picture(saved(lying, "JPEG", exif=exif))).shape == (60, 40, 3)
    assert colours(picture(saved(lying, "JPEG", exif=exif)))[30, 37].tolist()[1] < 60
    assert colours(picture(saved(lying, "JPEG", exif=b"Exif\0\0garbage" * 9))).shape == (40, 60, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "MPO"])
def test_formats_that_people_have(kind: str, picture) -> None:
    options = {"save_all": True, "append_images": [photo()]} if kind in ("MPO", "GIF") else {}
    assert colours(picture(saved(photo(), kind, **options))).shape == (240, 320, 3)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "I;16", "F"])
def test_modes_that_people_have(mode: str, picture) -> None:
    drawn = photo().convert("L") if mode in ("I;16", "F") else photo()
    kind = "TIFF" if mode in ("CMYK", "F", "YCbCr") else "PNG"
    assert colours(picture(saved(drawn.convert(mode), kind))).shape == (240, 320, 3)


def test_the_size_is_read_without_decoding(picture) -> None:
    assert picture_size(picture(png(10_000, LARGEST_PIXELS // 10_000))) == (10_000, LARGEST_PIXELS // 10_000)


def test_random_damage_never_gets_past_the_reader(picture) -> None:
    """Every kind of file, cut and garbled at random: a picture or a PictureProblem, nothing else."""
    dice = np.random.default_rng(20261123)
    whole = [saved(photo(96, 64), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")]
    outcomes = set()
    for _ in range(40):
        for content in whole:
            damaged = bytearray(content)
            for at in dice.integers(0, len(damaged), dice.integers(1, 12)):
                damaged[at] = dice.integers(0, 256)
            path = picture(bytes(damaged[: dice.integers(1, len(damaged) + 1)] if dice.random() < 0.3 else damaged))
            try:
                assert read_picture(path).mode == "RGB"
                outcomes.add("read")
            except PictureProblem as problem:
                outcomes.add(problem.problem.value)
    assert {"read", "image-unreadable", "image-cut-off"} <= outcomes
