"""A plan for a time series: its table in the file, the model for it, and what cannot work said beforehand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gui.core.dataset import Borders, DataSpec, Report, SeriesSpec, Split, Wording, read
from gui.core.errors import PlanError
from gui.core.plan import (
    GPT2,
    SERIES_SHARD_ROWS,
    ModelChoice,
    Plan,
    Trouble,
    estimate,
    find_model,
    from_toml,
    look_ahead,
    problems,
    to_toml,
)
from gui.core.plan.outlook import recommend_model
from gui.core.plan.typical import TYPICAL
from gui.text import describe_trouble
from remote_worker.prompts import Mask, TooLong
from tests.dataset.making import write_series

SMALLEST = '[series]\nfile = "weather.csv"\n'


def planned(path: Path, model: str = GPT2.name, **spec: object) -> tuple[Plan, Report]:
    series = replace(SeriesSpec(str(path)), **spec)  # type: ignore[arg-type]
    data = DataSpec(series=series)
    return Plan(data=data, model=ModelChoice(model), shard_rows=SERIES_SHARD_ROWS), read(data).report


def troubles(plan: Plan, report: Report) -> dict[Trouble, str]:
    return {one.trouble: one.detail for one in problems(plan, report, None)}


def test_a_file_is_all_that_a_plan_must_name() -> None:
    plan = from_toml(SMALLEST, Path("/plans"))
    assert plan.data.series == SeriesSpec("/plans/weather.csv")
    assert plan.data.series.output_lengths == (24, 36, 48, 96, 192)
    assert plan.shard_rows == SERIES_SHARD_ROWS


def test_a_plan_comes_back_from_its_file_as_it_was() -> None:
    series = SeriesSpec(
        "/data/rates.csv", 48, (12, 60), Split.VAL, Borders.ETT_QUARTERS, 3, Wording.RATES, Mask.BOTH_WAYS
    )
    plan = Plan(data=DataSpec(series=series), model=ModelChoice(GPT2.name), shard_rows=SERIES_SHARD_ROWS)
    again = from_toml(to_toml(plan), Path("/elsewhere"))
    assert again == plan
    assert again.data.series is not None
    assert isinstance(again.data.series.mask, Mask)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[series]\nhistory = 5\n", "series.file"),
        (SMALLEST + "output_lengths = []\n", "series.output_lengths"),
        (SMALLEST + "output_lengths = [0]\n", "series.output_lengths"),
        (SMALLEST + 'output_lengths = ["24"]\n', "series.output_lengths"),
        (SMALLEST + "stride = 0\n", "series.stride"),
        (SMALLEST + 'split = "trian"\n', "series.split"),
        (SMALLEST + 'mask = "none"\n', "series.mask"),
        (SMALLEST + "output_len = 24\n", "series.output_len"),
        (SMALLEST + '[data]\nitems = ["x.json"]\n', "data"),
    ],
)
def test_what_makes_no_sense_in_it_is_named(text: str, field: str) -> None:
    with pytest.raises(PlanError) as error:
        from_toml(text, Path("/plans"))
    assert error.value.field == field


def test_output_lengths_may_stand_in_any_order() -> None:
    plan = from_toml(SMALLEST + "output_lengths = [96, 24, 24]\n", Path("/plans"))
    assert plan.data.series is not None
    assert plan.data.series.output_lengths == (24, 96)


def test_gpt2_is_computed_as_it_was_made_unless_the_plan_says_otherwise() -> None:
    named = f'[model]\nname = "{GPT2.name}"\n'
    said = [from_toml(SMALLEST + named + more, Path("/plans")).model.precision for more in ("", 'precision = "bf16"\n')]
    assert said == ["fp32", "bf16"]


def test_a_prompt_that_gpt2_cannot_read_whole_is_said_with_the_longest_length_that_fits(tmp_path: Path) -> None:
    path = write_series(tmp_path, rows=1000, largest=20_000)
    plan, report = planned(path, output_lengths=(24, 192))
    detail = TooLong.parse(troubles(plan, report)[Trouble.SERIES_TOO_LONG])
    assert (detail.output_length, detail.limit) == (192, 1024)
    assert 24 < detail.fits < 192
    assert str(detail.fits) in describe_trouble(
        next(one for one in problems(plan, report, None) if one.trouble is Trouble.SERIES_TOO_LONG)
    )
    within, report = planned(path, output_lengths=(24, detail.fits))
    assert Trouble.SERIES_TOO_LONG not in troubles(within, report)


def test_a_model_with_other_tokens_is_not_judged_by_gpt2_s(tmp_path: Path) -> None:
    plan, report = planned(write_series(tmp_path, rows=1000, largest=20_000), "Qwen/Qwen3-Embedding-0.6B")
    assert Trouble.SERIES_TOO_LONG not in troubles(plan, report)


@pytest.mark.parametrize("model", ["practice", "Qwen/Qwen3-VL-Embedding-2B"])
def test_a_model_that_reads_pictures_reads_no_series(tmp_path: Path, model: str) -> None:
    plan, report = planned(write_series(tmp_path, rows=500), model)
    assert Trouble.MODEL_NOT_FOR_SERIES in troubles(plan, report)


def test_what_a_series_does_not_heed_is_said_and_not_passed_over(tmp_path: Path) -> None:
    plan, report = planned(write_series(tmp_path, rows=500))
    heeded = replace(plan.model, precision="fp32", precision_report=True)
    assert Trouble.NOT_HEEDED_BY_SERIES not in troubles(replace(plan, model=heeded), report)
    in_vain = replace(heeded, recipe="mean", instruction="Find it.", dimensions=64, max_pixels=10_000)
    said = troubles(replace(plan, model=in_vain), report)
    assert said[Trouble.NOT_HEEDED_BY_SERIES] == "recipe, instruction, dimensions, max_pixels"


def test_a_file_too_short_for_a_window_has_nothing_to_embed(tmp_path: Path) -> None:
    plan, report = planned(write_series(tmp_path, rows=50))
    assert Trouble.SERIES_TOO_SHORT in troubles(plan, report)


def test_gpt2_is_recommended_and_only_text_models_are_shown(tmp_path: Path) -> None:
    plan, report = planned(write_series(tmp_path, rows=500))
    assert recommend_model(plan, report) is GPT2
    shown = look_ahead(plan, report, None, None, ("practice",), tmp_path).models
    assert shown[0].model is GPT2
    assert not any(one.model.pictures for one in shown)
    assert find_model(GPT2.name) is GPT2
    items = look_ahead(Plan(), None, None, None, ("practice",), tmp_path).models
    assert GPT2 not in [one.model for one in items]


def test_what_prompts_share_is_paid_for_once(tmp_path: Path) -> None:
    path = write_series(tmp_path, rows=4000, variables=7)
    shared, both = (estimate(*planned(path, mask=mask), TYPICAL[1]).seconds for mask in (Mask.CAUSAL, Mask.BOTH_WAYS))
    assert dict(shared)["embed"] < 0.5 * dict(both)["embed"]
