"""The shipped sample is what its script makes, and the report finds exactly the faults that were put in."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from gui.core.dataset import Dataset, ProblemKind, read, sample_spec
from gui.core.paths import ASSETS

SAMPLE = ASSETS / "sample"


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return read(sample_spec())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    subprocess.run([sys.executable, str(SAMPLE / "make_sample.py"), str(folder)], check=True, timeout=120)
    return folder


def test_the_script_makes_the_shipped_item_files_byte_by_byte(made: Path) -> None:
    shipped = sorted(path.name for path in SAMPLE.glob("*.json"))
    assert sorted(path.name for path in made.glob("*.json")) == shipped
    for name in shipped:
        assert (made / name).read_bytes() == (SAMPLE / name).read_bytes()


def test_the_script_makes_the_shipped_pictures(made: Path) -> None:
    """Compared as pictures: another version of the compressor may pack the same ones differently."""
    with zipfile.ZipFile(made / "pictures.zip") as ours, zipfile.ZipFile(SAMPLE / "pictures.zip") as theirs:
        assert ours.namelist() == theirs.namelist()
        for name in ours.namelist():
            one, other = ours.read(name), theirs.read(name)
            if one == other or "heart_1" in name:
                continue
            images = [Image.open(io.BytesIO(data)).convert("RGBA") for data in (one, other)]
            assert max(high for _, high in ImageChops.difference(*images).getextrema()) < 64, name


def test_it_is_small_and_two_languages_and_many_subjects_are_in_it(dataset: Dataset) -> None:
    assert (SAMPLE / "pictures.zip").stat().st_size < 2_000_000
    assert dataset.report.files == 5
    assert 240 <= len(dataset.items) <= 260
    assert dataset.report.images_found >= 120
    korean = sum(any("\uac00" <= letter <= "\ud7a3" for letter in item.question) for item in dataset.items)
    assert 100 <= korean <= 150
    assert len([subject for subject in dataset.report.subjects if subject.items >= 8]) >= 16


def test_the_report_finds_the_faults_that_were_put_in_and_no_others(dataset: Dataset) -> None:
    assert Counter(problem.kind for problem in dataset.report.problems) == {
        ProblemKind.IMAGE_NOT_FOUND: 4,
        ProblemKind.IMAGE_CUT_OFF: 1,
        ProblemKind.IMAGE_TRANSPARENT: 1,
        ProblemKind.IMAGE_UNSAFE_NAME: 1,
        ProblemKind.IMAGE_NOT_NAMED: 1,
        ProblemKind.ITEM_BLANK: 1,
    }


def test_awkward_names_are_found(dataset: Dataset) -> None:
    used = {item.image.rpartition("/")[2] for item in dataset.items if item.image}
    assert {"삼각형_높이.png", "회로도.png", "ECLIPSE_1.PNG"} <= used
    with zipfile.ZipFile(SAMPLE / "pictures.zip") as archive:
        names = [name.rpartition("/")[2] for name in archive.namelist()]
    assert unicodedata.normalize("NFD", "삼각형_높이.png") in names
    assert "회로도.png" not in names  # it is there in CP949


def test_every_picture_that_is_used_opens(dataset: Dataset) -> None:
    for item in dataset.items:
        if item.image:
            with dataset.open_image(item.image) as file, Image.open(file) as image:
                image.load()
                assert image.size == (480, 360)


def test_families_are_two_to_four_items_of_related_wording() -> None:
    families: Counter[str] = Counter()
    for path in SAMPLE.glob("*.json"):
        data = path.read_bytes()
        plain = json.loads(data.decode("cp949") if "ko_2" in path.name else data.decode("utf-8-sig"))
        items = plain["items"] if isinstance(plain, dict) else plain
        families.update(item["family"] for item in items if "family" in item)
    assert len(families) >= 40
    assert set(families.values()) <= {2, 3, 4}


def test_every_choice_item_has_its_answer_among_the_choices() -> None:
    for name in ("items_ko_1.json", "items_ko_3.json"):
        for item in json.loads((SAMPLE / name).read_bytes().decode("utf-8-sig")):
            choices = item.get("choices") or item.get("content", {}).get("choices")
            assert not choices or item["answer"] in choices
            assert len(set(choices or [])) == len(choices or [])
