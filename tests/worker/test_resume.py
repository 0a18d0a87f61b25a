"""A worker killed at any instant and started again ends with what an unkilled one makes."""

from __future__ import annotations

import dataclasses
import json
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from remote_worker.protocol import ITEMS_FILE, JOB_FILE, PRACTICE, SHARD_INDEX, ModelSpec, Row, parse_job, to_line
from tests.worker.jobs import carry_out, cosines, draw, events, kill, make_job, result, start, text, texts

ROWS = 90


def mixed(folder: Path) -> Path:
    """Rows with and without pictures, and one without anything."""
    rows = [Row(f"i{at}", text(at), f"{at}.png" if at % 3 == 0 else "") for at in range(ROWS)]
    rows[31] = Row("i31", " ")
    make_job(folder, rows, shard_rows=4)
    for at in range(0, ROWS, 3):
        draw(folder / "images" / f"{at}.png", at)
    return folder


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = mixed(tmp_path_factory.mktemp("unkilled"))
    assert carry_out(folder) == 0
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "shards").rglob("*"))
        if path.is_file()
    }


def test_killed_again_and_again_it_ends_with_each_row_once_in_order(unkilled: Path, tmp_path: Path) -> None:
    folder = mixed(tmp_path / "job")
    dice = random.Random(20261123)
    hits = 0
    for _ in range(5):
        seen = listed(folder)
        process = start(folder)
        while process.poll() is None and listed(folder) < seen + dice.randrange(1, 4):
            time.sleep(0.005)
        time.sleep(dice.random() * 0.05)
        hits += process.poll() is None
        kill(process)
    assert hits, "no kill hit a living worker"
    made = [event.shard.shard for event in events(folder, "shard") if event.shard]
    assert len(made) == len(set(made)), "a whole shard was made again"
    assert start(folder).wait() == 0
    got, expected = result(folder), result(unkilled)
    assert got.rows.tolist() == [row for row in range(ROWS) if row != 31] == expected.rows.tolist()
    assert cosines(got.vectors, expected.vectors).min() >= 0.99999
    assert got.has_image.tolist() == expected.has_image.tolist()
    assert got.problems == expected.problems == {31: ("empty", False)}
    assert not list((folder / "shards").glob("*.part"))


def listed(folder: Path) -> int:
    index = folder / SHARD_INDEX
    return index.read_bytes().count(b"\n") if index.exists() else 0


def test_progress_counts_what_lies_there_already(unkilled: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(unkilled, tmp_path / "job"))
    (folder / "events.jsonl").unlink()
    (folder / "shards" / "00003.npz").unlink()
    assert carry_out(folder) == 0
    assert events(folder, "progress")[0].rows_done == ROWS - 4
    assert [event.shard.shard for event in events(folder, "shard") if event.shard] == [3]


def half_index_line(folder: Path) -> None:
    index = folder / SHARD_INDEX
    index.write_bytes(index.read_bytes()[:-40])


def garbage_in_the_index(folder: Path) -> None:
    index = folder / SHARD_INDEX
    lines = index.read_bytes().splitlines(keepends=True)
    index.write_bytes(
        b"".join(
            [
                *lines[:3],
                b"\x00\xff{{\n",
                b"[]\n",
                b'{"shard":1}\n',
                lines[3].replace(b'"shard":3', b'"shard":[]'),
                *lines[4:],
            ]
        )
    )


def index_that_leads_elsewhere(folder: Path) -> None:
    index = folder / SHARD_INDEX
    lines = index.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"shards/00002.npz", b"../../../etc/passwd")
    index.write_bytes(b"".join(lines))


def flipped_bit(folder: Path) -> None:
    shard = folder / "shards" / "00005.npz"
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)


def shard_cut_short(folder: Path) -> None:
    shard = folder / "shards" / "00006.npz"
    shard.write_bytes(shard.read_bytes()[:100])


def shard_not_listed(folder: Path) -> None:
    index = folder / SHARD_INDEX
    index.write_bytes(b"".join(index.read_bytes().splitlines(keepends=True)[:-1]))


def leftovers(folder: Path) -> None:
    (folder / "shards" / "00001.npz").unlink()
    (folder / "shards" / "00001.npz.part").write_bytes(b"half")
    (folder / SHARD_INDEX).with_name("index.jsonl.part").write_bytes(b"half")


def half_event_line(folder: Path) -> None:
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b'{"kind":"progr')
    (folder / "shards" / "00000.npz").unlink()


DAMAGES = [
    half_index_line,
    garbage_in_the_index,
    index_that_leads_elsewhere,
    flipped_bit,
    shard_cut_short,
    shard_not_listed,
    leftovers,
    half_event_line,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_made_again_and_nothing_else(
    damage: Callable[[Path], None], unkilled: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(unkilled, tmp_path / "job"))
    before = len(events(folder, "shard"))
    damage(folder)
    assert carry_out(folder) == 0
    got, expected = result(folder), result(unkilled)
    assert got.rows.tolist() == expected.rows.tolist()
    assert cosines(got.vectors, expected.vectors).min() >= 0.99999
    assert len(events(folder, "shard")) == before + 1
    assert not list((folder / "shards").glob("*.part"))


def test_a_job_that_is_done_is_not_done_again(unkilled: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(unkilled, tmp_path / "job"))
    before = tree(folder)
    assert carry_out(folder) == 0
    assert tree(folder) == before
    assert [event.kind for event in events(folder)][-2:] == ["started", "done"]


def other_instruction(folder: Path) -> None:
    change_job(folder, model=ModelSpec(PRACTICE, instruction="Another."))


def other_model(folder: Path, minilm: Path) -> None:
    change_job(folder, model=ModelSpec(str(minilm)))


def other_shard_size(folder: Path) -> None:
    change_job(folder, shard_rows=5)


def other_items(folder: Path) -> None:
    items = folder / ITEMS_FILE
    items.write_bytes(items.read_bytes().replace(b'"i7"', b'"i8"'))


def lost_fingerprint(folder: Path) -> None:
    (folder / "shards" / "recipe.json").unlink()


def garbled_fingerprint(folder: Path) -> None:
    (folder / "shards" / "recipe.json").write_text("[")


def other_recipe_of_the_same_name(folder: Path) -> None:
    """As when a newer worker uses other weights: only the loaded model can tell."""
    path = folder / "shards" / "recipe.json"
    fingerprint = json.loads(path.read_text())
    fingerprint["recipe"]["text_weight"] = 0.5
    path.write_text(json.dumps(fingerprint))


def change_job(folder: Path, **changes: object) -> None:
    job = dataclasses.replace(parse_job((folder / JOB_FILE).read_bytes()), **changes)
    (folder / JOB_FILE).write_bytes(to_line(job))


def other_version_of_a_library(folder: Path) -> None:
    path = folder / "shards" / "recipe.json"
    fingerprint = json.loads(path.read_text())
    fingerprint["recipe"]["versions"]["torch"] = "2.4.0"
    path.write_text(json.dumps(fingerprint))


CHANGES = [
    (other_instruction, "instruction: – → Another."),
    (other_shard_size, "shard_rows: 4 → 5"),
    (other_items, "items_sha256: "),
    (lost_fingerprint, "?"),
    (garbled_fingerprint, "?"),
    (other_recipe_of_the_same_name, "text_weight: 0.5 → 0.8"),
    (other_version_of_a_library, "torch: 2.4.0 → "),
]


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_another_job_in_the_same_folder_fails_says_what_changed_and_touches_nothing(
    change: Callable[[Path], None], said: str, unkilled: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(unkilled, tmp_path / "job"))
    (folder / "shards" / "00002.npz").unlink()
    (folder / "shards" / "00009.npz.part").write_bytes(b"half")
    change(folder)
    before = tree(folder)
    assert carry_out(folder) == 1
    assert events(folder)[-1].failure == "job-changed"
    assert said in events(folder)[-1].detail
    assert tree(folder) == before


def test_a_model_swapped_in_its_folder_is_noticed(tiny_qwen3: Path, tmp_path: Path) -> None:
    model = Path(shutil.copytree(tiny_qwen3, tmp_path / "model"))
    folder = make_job(tmp_path / "job", texts(8), ModelSpec(str(model)))
    assert carry_out(folder) == 0
    (folder / "shards" / "00000.npz").unlink()
    weights = bytearray((model / "model.safetensors").read_bytes())
    weights[-1] ^= 64
    (model / "model.safetensors").write_bytes(weights)
    assert carry_out(folder) == 1
    assert events(folder)[-1].failure == "job-changed"
    assert np.load(folder / "shards" / "00001.npz")["rows"].tolist() == [5, 6, 7]
