"""A small bank of exam items, half of them with a drawn picture, and a result made of it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from gui.core.dataset import DataSpec, read
from gui.core.result.manifest import Manifest
from gui.core.result.result import Result
from tests.result.making import make_result, unit_vectors

QUESTIONS = (
    (
        "과학",
        "그림은 전구 두 개를 직렬로 연결한 회로이다.\n저항이 두 배가 되면 전류는 어떻게 되는가?",
        "두 배",
        "절반",
        "같다",
    ),
    ("수학", "삼각형의 높이를 구하시오.", "3", "4", "5"),
    ("국어", "다음 글의 주제로 가장 알맞은 것은?", "협력의 가치", "독서의 즐거움", "환경 보호"),
    ("English", "Which word best completes the sentence?", "although", "because", "unless"),
    ("Science", "The circuit shows two bulbs in series. What happens to the current?", "It doubles", "It halves"),
    ("사회", "지도에서 강수량이 가장 많은 지역은?", "가", "나", "다"),
)


def picture(number: int, size: tuple[int, int] = (480, 320), mode: str = "RGB") -> bytes:
    """A line drawing of one of four kinds."""
    image = Image.new(mode, size, (255, 255, 255, 0)[: len(mode)])
    draw, ink = ImageDraw.Draw(image), (40, 50, 70, 255)[: len(mode)]
    w, h = size
    match number % 4:
        case 0:
            draw.rectangle((w * 0.2, h * 0.3, w * 0.8, h * 0.8), outline=ink, width=6)
            draw.ellipse(
                (w * 0.43, h * 0.18, w * 0.57, h * 0.42), outline=ink, fill=(255, 255, 255, 255)[: len(mode)], width=6
            )
        case 1:
            draw.polygon(((w * 0.15, h * 0.85), (w * 0.85, h * 0.85), (w * 0.6, h * 0.15)), outline=ink, width=6)
        case 2:
            for bar in range(4):
                top = h * (0.2 + 0.15 * ((bar + number // 4) % 4))
                draw.rectangle((w * (0.15 + 0.18 * bar), top, w * (0.28 + 0.18 * bar), h * 0.85), fill=ink)
        case 3:
            points = [(w * (0.1 + 0.8 * x / 50), h * (0.85 - 0.7 / (1 + np.exp((25 - x) / 5)))) for x in range(51)]
            draw.line(points, fill=ink, width=6)
    draw.text((8, 8), f"{number}", fill=ink)
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def make_items(folder: Path, count: int, *, broken: tuple[int, ...] = ()) -> DataSpec:
    """``items.json`` and ``pictures.zip``; every second item has a picture, in ``broken`` only its start."""
    folder.mkdir(parents=True, exist_ok=True)
    items = []
    drawn = [picture(number, mode="RGBA" if number % 8 == 4 else "RGB") for number in range(min(count, 64))]
    with zipfile.ZipFile(folder / "pictures.zip", "w") as archive:
        for number in range(count):
            subject, question, *choices = QUESTIONS[number % len(QUESTIONS)]
            item = {"id": f"{'SCI' if number % 2 else 'KOR'}-20171105-{number:05d}", "subject": subject}
            item["content"] = {"question": f"{question} [{number}]", "choices": choices}
            if number % 2 == 0:
                item["image"] = f"{number}.png"
                data = drawn[number % len(drawn)]
                archive.writestr(f"{number}.png", data[:600] if number in broken else data)
            items.append(item)
    (folder / "items.json").write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    return DataSpec(items=(str(folder / "items.json"),), images=(str(folder / "pictures.zip"),))


def make_exam(
    folder: Path,
    count: int = 240,
    dimensions: int = 64,
    *,
    broken: tuple[int, ...] = (),
    name: str = "2026 문항 은행, 그림과 글",
) -> Result:
    """The items in ``folder/data``, the result in ``folder/result``. Items a dozen apart are neighbours."""
    spec = make_items(folder / "data", count, broken=broken)
    dataset = read(spec)
    ids = [item.item_id for item in dataset.items]
    kinds = unit_vectors(12, dimensions, seed=5)
    vectors = kinds[np.arange(count) % 12] + 0.35 * unit_vectors(count, dimensions, seed=6)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    manifest = Manifest(name=name, model="practice", data=spec, input_sha256=dataset.report.input_sha256)
    has_image = np.array([bool(item.image) for item in dataset.items])
    return make_result(
        folder / "result", vectors.astype(np.float32), item_ids=ids, manifest=manifest, has_image=has_image
    )
