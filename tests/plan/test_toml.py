"""Plan files: what is written is what was meant, and a mistake is named with its place."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from gui.core.dataset import DataSpec, Duplicates
from gui.core.errors import PlanError
from gui.core.plan import (
    AtTheEnd,
    Budget,
    MachineChoice,
    ModelChoice,
    Plan,
    ResultChoice,
    from_toml,
    read_plan,
    to_toml,
)
from gui.core.units import MicroUsd, micro_usd
from gui.text import describe_error
from tests.plan.making import a_plan

AS_DESIGNED = """
[data]
items = ["data/processed/items_part*.json"]
images = "data/raw/quizdata.zip"
template = "문제: {question}{choices}"
duplicates = "error"

[model]
name = "Qwen/Qwen3-VL-Embedding-8B"
recipe = "official"
instruction = "Represent this educational question item for retrieval."
precision = "bf16"
dimensions = 4096

[machine]
cloud = "vast"
gpus = ["RTX 4090", "RTX 3090 Ti"]
min_vram_gb = 24
disk_gb = 50
max_price_per_hour = 0.60
min_reliability = 0.99

[budget]
limit_usd = 5.00
lease_minutes = 60

[result]
folder = "results/2026-01-29"
formats = ["npz"]
destroy = "ask"
"""


def test_the_plan_file_of_the_design_is_read_whole(tmp_path: Path) -> None:
    plan = from_toml(AS_DESIGNED, tmp_path)
    assert plan.data == DataSpec(
        items=(str(tmp_path / "data/processed/items_part*.json"),), images=(str(tmp_path / "data/raw/quizdata.zip"),)
    )
    assert plan.model.dimensions == 4096
    assert plan.machine.gpus == ("RTX 4090", "RTX 3090 Ti")
    assert plan.machine.max_price_per_hour == MicroUsd(600_000)
    assert plan.machine.min_reliability == 0.99
    assert plan.budget == Budget(MicroUsd(5_000_000), 60)
    assert plan.result == ResultChoice(tmp_path / "results/2026-01-29", ("npz",), AtTheEnd.ASK)


def test_only_items_must_be_there(tmp_path: Path) -> None:
    plan = from_toml('[data]\nitems = ["a.json"]', tmp_path)
    assert plan == Plan(data=DataSpec(items=(str(tmp_path / "a.json"),)))
    with pytest.raises(PlanError) as missing:
        from_toml("", tmp_path)
    assert (missing.value.field, missing.value.problem) == ("data.items", "missing")


def test_a_plan_without_choices_written_and_read_is_the_same(tmp_path: Path) -> None:
    assert from_toml(to_toml(Plan()), tmp_path) == Plan()


@pytest.mark.parametrize("seed", range(40))
def test_every_plan_written_and_read_is_the_same(tmp_path: Path, seed: int) -> None:
    """Random plans with odd names, money to the micro-dollar and everything set or left out."""
    dice = random.Random(seed)
    odd = ["항목 1.json", 'a "b" \\ c.json', "[x]*.json", "a\nb.json", "#=.json", "\U0001f600.json", "''' ...json"]

    def some(things: list[str]) -> tuple[str, ...]:
        return tuple(str(tmp_path / one) for one in dice.sample(things, dice.randrange(len(things))))

    plan = Plan(
        name=dice.choice(["", "Exam bank", '시험 "2026" \\ \t\n']),
        data=DataSpec(
            some(odd),
            some(["b.zip", "그림"]),
            dice.choice(["{question}", "문제:\n{choices}"]),
            dice.choice([*Duplicates]),
        ),
        model=ModelChoice(
            dice.choice(["practice", "Qwen/Qwen3-VL-Embedding-8B", str(tmp_path / "model")]),
            dice.choice(["official", "mean"]),
            dice.choice(["", "Represent:\n", "한국어 ' \" '''"]),
            dice.choice(["bf16", "odd"]),
            dice.randrange(5000),
            dice.randrange(1024, 9_999_999),
        ),
        machine=MachineChoice(
            dice.choice(["practice", "vast"]),
            dice.choice([(), ("RTX 4090", "H200")]),
            dice.choice([0, 24, 23.7, 0.1]),
            dice.choice([10, 12.3, 1e-3]),
            dice.choice([None, MicroUsd(0), MicroUsd(1), MicroUsd(123_457)]),
            dice.choice([0.0, 0.1, 0.985, 1.0]),
            dice.choice(["", "19905787"]),
            dice.choice([12.4, 0, 12.8]),
            dice.choice([100.0, 0, 812.5]),
            dice.choice([(), ("KR",), ("KR", "US")]),
            dice.choice([False, True]),
            dice.choice([False, True]),
            dice.choice([None, MicroUsd(410_001)]),
        ),
        budget=Budget(MicroUsd(dice.randrange(-5, 10**9)), dice.randrange(10_000)),
        result=ResultChoice(
            dice.choice([Path(), tmp_path / "결과 1"]), dice.choice([(), ("npz", "npy")]), dice.choice([*AtTheEnd])
        ),
        shard_rows=dice.randrange(1, 10_000),
    )
    assert from_toml(to_toml(plan), Path("/elsewhere")) == plan


def test_paths_count_from_the_plan_file(tmp_path: Path) -> None:
    file = tmp_path / "plans" / "one.toml"
    file.parent.mkdir()
    file.write_text('[data]\nitems = "../items/*.json"\nimages = ["~/p.zip", "/abs.zip"]\n[model]\nname = "./m"')
    plan = read_plan(file)
    assert plan.data.items == (str(tmp_path / "items/*.json"),)
    assert plan.data.images == (str(Path("~/p.zip").expanduser()), "/abs.zip")
    assert plan.model.name == str(tmp_path / "plans" / "m")


@pytest.mark.parametrize(
    ("text", "field", "near"),
    [
        ("[model]\ndimension = 3", "model.dimension", "model.dimensions"),
        ("[machine]\nmax_price = 0.6", "machine.max_price", "machine.max_price_per_hour"),
        ("[model]\nlimit_usd = 3", "model.limit_usd", "budget.limit_usd"),
        ("[machines]\ncloud = 'vast'", "machines", "machine"),
        ("item = []", "item", "data.items"),
        ("[result]\nzzzzzz = 1", "result.zzzzzz", ""),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(tmp_path: Path, text: str, field: str, near: str) -> None:
    with pytest.raises(PlanError) as wrong:
        from_toml(text, tmp_path)
    assert (wrong.value.field, wrong.value.problem, wrong.value.hint) == (field, "unknown-key", near)


@pytest.mark.parametrize(
    ("text", "field", "problem"),
    [
        ("[data]\nitems = 3", "data.items", "wrong-type"),
        ("[data]\nitems = [1]", "data.items", "wrong-type"),
        ("[data]\nitems = []\nimages = {a=1}", "data.images", "wrong-type"),
        ("[data]\nitems = []\nduplicates = 'all'", "data.duplicates", "wrong-value"),
        ("data = 1", "data", "wrong-type"),
        ("[data]\nitems = []\n[model]\ndimensions = true", "model.dimensions", "wrong-type"),
        ("[data]\nitems = []\n[model]\ndimensions = 3.5", "model.dimensions", "wrong-type"),
        ("[data]\nitems = []\n[model]\nrecipe = 'median'", "model.recipe", "wrong-value"),
        ("[data]\nitems = []\n[budget]\nlimit_usd = 'five'", "budget.limit_usd", "wrong-type"),
        ("[data]\nitems = []\n[budget]\nlimit_usd = nan", "budget.limit_usd", "wrong-value"),
        ("[data]\nitems = []\n[budget]\nlimit_usd = 1e999999", "budget.limit_usd", "wrong-value"),
        ("[data]\nitems = []\n[budget]\nlease_minutes = 99999999999999999999", "budget.lease_minutes", "wrong-value"),
        ("[data]\nitems = []\n[machine]\ndisk_gb = -1", "machine.disk_gb", "wrong-value"),
        ("[data]\nitems = []\n[machine]\nmin_reliability = 99", "machine.min_reliability", "wrong-value"),
        ("[data]\nitems = []\n[result]\nformats = ['pickle']", "result.formats", "wrong-value"),
        ("[data]\nitems = []\n[result]\nfolder = 'a\\u0000b'", "", ""),
        ('[data]\nitems = []\n[result]\nfolder = "a\\u0000b"', "result.folder", "wrong-value"),
        ("[data]\nitems = []\n[result]\nshard_rows = 0", "result.shard_rows", "wrong-value"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(tmp_path: Path, text: str, field: str, problem: str) -> None:
    if not problem:
        assert from_toml(text, tmp_path).result.folder == tmp_path / "a\\u0000b"
        return
    with pytest.raises(PlanError) as wrong:
        from_toml(text, tmp_path)
    assert (wrong.value.field, wrong.value.problem) == (field, problem)


@pytest.mark.parametrize("text", ["[data\nitems = []", "[data]\nitems = [", "a = 1\na = 2", "\x00"])
def test_what_is_not_toml_is_said_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(PlanError) as broken:
        from_toml(text, tmp_path)
    assert "line" in broken.value.problem or "end of document" in broken.value.problem


def test_brackets_nested_without_end_are_an_error_and_no_crash(tmp_path: Path) -> None:
    with pytest.raises(PlanError):
        from_toml("a = " + "[" * 100_000, tmp_path)


def test_a_file_that_is_gone_or_not_text_is_a_plan_error(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="file-missing"):
        read_plan(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b"name = '\xff\xfe'")
    with pytest.raises(PlanError, match="not-text"):
        read_plan(tmp_path / "odd.toml")
    with pytest.raises(PlanError, match="file-missing"):
        read_plan(tmp_path)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "bom.toml").write_bytes("\ufeff[data]\r\nitems = ['a.json']\r\n".encode())
    assert read_plan(tmp_path / "bom.toml").data.items == (str(tmp_path / "a.json"),)


def test_the_file_reads_like_the_design(tmp_path: Path) -> None:
    text = to_toml(a_plan(tmp_path, budget=Budget(micro_usd("2.5"), 60)))
    assert "limit_usd = 2.50" in text
    assert "disk_gb = 10\n" in text
    assert 'duplicates = "error"' in text
    assert "offer_id" not in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[model]\ndimension = 3",
            "nobody knows: model.dimension. Your files were not changed. Did you mean model.dim",
        ),
        ("[data]\nitems = 3", "data.items must be a list of texts"),
        ("[data]\nitems = []\n[model]\nrecipe = 'median'", "model.recipe is not possible"),
        ("", "does not say data.items"),
        ("data = 1", "data must be a table: [data]"),
        ("[data", "cannot be read: Expected"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PlanError) as wrong:
        from_toml(text, tmp_path)
    assert said in " ".join(describe_error(wrong.value))


def test_whatever_is_in_a_file_it_is_a_plan_or_a_plan_error(tmp_path: Path) -> None:
    dice = random.Random(7)
    splinters = ["[", '"', "'", "=", "\n", "1e9", "nan", "-inf", "{", "}", "\\", "\x00", "é", "1979-05-27", "[[data]]"]
    read = 0
    for _ in range(600):
        text = list(AS_DESIGNED)
        at = dice.randrange(len(text))
        text[at : at + dice.randrange(12)] = dice.choice([*splinters, ""])
        try:
            plan = from_toml("".join(text), tmp_path)
        except PlanError:
            continue
        assert from_toml(to_toml(plan), tmp_path) == plan
        read += 1
    assert read


@pytest.mark.parametrize(
    ("line", "problem", "hint"),
    [
        ('countries = ["Korea"]', "wrong-value", "KR, US, VN, ..."),
        ('interruptible = "yes"', "wrong-type", "yes-or-no"),
        ("data_centers_only = true", "unknown-key", "machine.data_centres_only"),
        ("min_download_mbits = 5", "unknown-key", "machine.min_download_mbit"),
    ],
)
def test_a_mistake_about_the_machine_is_named(tmp_path: Path, line: str, problem: str, hint: str) -> None:
    with pytest.raises(PlanError) as raised:
        from_toml(f'[data]\nitems = ["a.json"]\n[machine]\n{line}', tmp_path)
    assert (raised.value.problem, raised.value.hint) == (problem, hint)
    assert all(describe_error(raised.value)[:1])


def test_countries_may_be_written_small_and_alone(tmp_path: Path) -> None:
    plan = from_toml('[data]\nitems = ["a.json"]\n[machine]\ncountries = "kr"', tmp_path)
    assert plan.machine.countries == ("KR",)
