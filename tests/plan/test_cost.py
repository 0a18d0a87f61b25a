"""The estimate is arithmetic that can be checked, never flatters, and ranks machines by what the run costs in all."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from gui.core.cloud.base import Offer
from gui.core.dataset import Report
from gui.core.dataset.picture import MAX_ELONGATED, tokens_of
from gui.core.plan import EstimateLine, MachineChoice, ModelChoice, choose, estimate, find_model, look_ahead, needs
from gui.core.plan.cost import (
    PEAK_FLOPS,
    DiskNeed,
    disk_need,
    enough_memory,
    precision_report_s,
    ranked,
    shown_tokens,
    suggest_disk_gb,
)
from gui.core.plan.outlook import PIXELS
from gui.core.units import GB, MicroUsd, cost, micro_usd
from remote_worker.vision import fitted
from tests.plan.making import A_REPORT, EXAM_BANK, a_gpu, a_plan, an_offer

VL_8B = ModelChoice("Qwen/Qwen3-VL-Embedding-8B")


def texts_per_s(model: str, gpu: str, characters: int = 298, **choice: str) -> float:
    """Of texts of 150 tokens, their end among them."""
    report = Report(items=10_000, characters=10_000 * characters)
    plan = a_plan(Path("/"), model=ModelChoice(model, **choice))  # type: ignore[arg-type]
    return 10_000 / dict(estimate(plan, report, a_gpu(gpu, "1")).seconds)[EstimateLine.EMBED]


@pytest.mark.parametrize(
    ("model", "gpu", "rate"),
    [
        ("Qwen/Qwen3-Embedding-0.6B", "RTX 3090", 211),
        ("Qwen/Qwen3-Embedding-0.6B", "H200", 2346),
        ("Qwen/Qwen3-Embedding-4B", "RTX 4090", 60),
        ("Qwen/Qwen3-Embedding-8B", "RTX 3090", 13.6),
        ("Qwen/Qwen3-Embedding-8B", "RTX 4090", 31.6),
        ("Qwen/Qwen3-Embedding-8B", "H200", 151),
    ],
)
def test_text_speeds_are_those_of_40_percent_of_the_peak(model: str, gpu: str, rate: float) -> None:
    assert texts_per_s(model, gpu) == pytest.approx(rate, rel=0.03)


def test_what_a_model_reads_around_each_text_is_paid_for() -> None:
    sees, reads = VL_8B.name, "Qwen/Qwen3-Embedding-8B"
    assert texts_per_s(sees, "H200", 256) == pytest.approx(texts_per_s(reads, "H200", 298))  # 21 tokens more
    asked = {"instruction": "Represent this exam item."}
    assert texts_per_s(sees, "H200", **asked) < texts_per_s(sees, "H200")
    assert texts_per_s(reads, "H200", **asked) == texts_per_s(reads, "H200")  # it is not told
    assert texts_per_s(reads, "H200", recipe="query", **asked) < texts_per_s(reads, "H200")


def test_the_exam_bank_takes_an_8b_model_about_four_and_a_half_hours_on_a_4090(tmp_path: Path) -> None:
    seconds = dict(estimate(a_plan(tmp_path, model=VL_8B), EXAM_BANK, a_gpu("RTX 4090", "0.41")).seconds)
    assert seconds[EstimateLine.EMBED] / 3600 == pytest.approx(4.4, abs=0.4)


def total_of(pictures: dict[int, int], max_pixels: int = VL_8B.max_pixels, found: int | None = None) -> MicroUsd:
    """What the exam bank costs with pictures of so many tokens (each: how many)."""
    known = tuple(pictures.items())
    report = replace(EXAM_BANK, picture_tokens=known, images_found=found or sum(pictures.values()))
    plan = a_plan(Path("/"), model=replace(VL_8B, max_pixels=max_pixels))
    return estimate(plan, report, a_gpu("RTX 4090", "0.41")).total


def test_what_is_paid_for_is_pictures_as_large_as_they_are() -> None:
    small, large, photos = (total_of({tokens: 41_322}) for tokens in (54, 1024, 12_000))
    assert small < large / 2
    assert large < photos == total_of({1800: 41_322})
    assert total_of({54: 41_321, 12_000: 1}) - small == pytest.approx(photos / 41_322, rel=0.2)


def test_fewer_pixels_make_large_pictures_cheaper_and_small_ones_not() -> None:
    assert total_of({1024: 41_322}, 512 * 512) < total_of({1024: 41_322}) / 2
    assert total_of({256: 41_322}, 512 * 512) == total_of({256: 41_322})


def test_a_picture_of_unknown_size_is_taken_to_be_as_large_as_it_may() -> None:
    for pixels, tokens in ((512 * 512, 256), (1_843_200, 1800)):
        assert total_of({54: 1000}, pixels, found=1500) == total_of({54: 1000, tokens: 500}, pixels)
        assert total_of({}, pixels, found=1500) == total_of({tokens: 1500}, pixels)


def test_a_picture_is_never_reckoned_smaller_than_the_worker_makes_it_nor_by_a_row_and_a_column_larger() -> None:
    chance = random.Random(5)
    for _ in range(3000):
        max_pixels = chance.choice((*PIXELS, chance.randint(250_000, 4_000_000)))
        size = tuple(int(2 ** chance.uniform(0, 13)) for _ in range(2))
        if max(size) > MAX_ELONGATED * min(size):
            continue
        columns, rows = (edge // 32 for edge in fitted(size, 32, max_pixels))
        ours, squares = shown_tokens(max_pixels, Report(images_found=1, picture_tokens=((tokens_of(*size), 1),)))
        assert columns * rows <= ours < (columns + 1) * (rows + 1), (size, max_pixels)
        assert squares == ours**2


def test_full_precision_takes_longer_and_on_the_cards_of_data_centres_much_longer(tmp_path: Path) -> None:
    def embed_s(gpu: str, precision: str) -> float:
        plan = a_plan(tmp_path, model=replace(VL_8B, precision=precision))
        return dict(estimate(plan, EXAM_BANK, a_gpu(gpu, "1")).seconds)[EstimateLine.EMBED]

    assert embed_s("RTX 4090", "fp32") == pytest.approx(2 * embed_s("RTX 4090", "bf16"), rel=0.05)
    assert embed_s("H100", "fp32") > 10 * embed_s("H100", "bf16")


def test_a_report_on_the_precision_takes_minutes_and_is_in_the_estimate(tmp_path: Path) -> None:
    offer = a_gpu("RTX 4090", "0.41")
    plans = [a_plan(tmp_path, model=replace(VL_8B, precision_report=asked)) for asked in (False, True)]
    without, with_it = (estimate(plan, EXAM_BANK, offer) for plan in plans)
    assert 10 < with_it.total_s - without.total_s <= 301
    assert with_it.total > without.total


@pytest.mark.parametrize(
    ("choice", "offer"),
    [
        (replace(VL_8B, precision="fp32"), a_gpu("L40S", "1", vram_bytes=48 * GB)),
        (VL_8B, an_offer()),
        (ModelChoice(), a_gpu("RTX 4090", "1")),
    ],
)
def test_where_all_is_computed_in_full_precision_there_is_nothing_to_report(choice: ModelChoice, offer: Offer) -> None:
    assert precision_report_s(choice, EXAM_BANK, offer) == 0


def test_a_model_needs_more_memory_in_full_precision_and_that_is_what_a_computer_without_a_gpu_uses() -> None:
    model = find_model(VL_8B.name)
    assert model is not None
    bf16, fp32 = VL_8B, replace(VL_8B, precision="fp32")
    card, computer = a_gpu("RTX 4090", "1"), an_offer(memory_bytes=32 * GB)
    assert enough_memory(model, bf16, card)
    assert not enough_memory(model, fp32, card)
    assert not enough_memory(model, bf16, computer)


def test_what_each_size_of_pictures_would_take_is_looked_up(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, model=replace(VL_8B, max_pixels=300_000), machine=MachineChoice("vast"))
    report = replace(EXAM_BANK, picture_tokens=((100, 20_000), (1000, 21_322)))
    outlook = look_ahead(plan, report, (a_gpu("RTX 4090", "0.41"),), None, ("vast",), tmp_path)
    small, odd, medium, large = outlook.pixel_choices
    assert [one.max_pixels for one in outlook.pixel_choices] == [262_144, 300_000, 1_048_576, 1_843_200]
    assert (small.tokens, odd.tokens, medium.tokens) == (181, 200, 565)  # (100 * 20,000 + 256 * 21,322) / 41,322, ...
    assert small.estimate.total < odd.estimate.total < medium.estimate.total
    assert all(one.changes for one in (small, odd, medium))
    assert large == replace(medium, max_pixels=1_843_200, changes=False)
    assert 0 < outlook.report_s <= 300
    assert outlook.report_cost > 0
    text_only = replace(plan, model=ModelChoice("Qwen/Qwen3-Embedding-8B"))
    assert not look_ahead(text_only, EXAM_BANK, (), None, ("vast",), tmp_path).pixel_choices
    assert not look_ahead(plan, replace(EXAM_BANK, images_found=0), (), None, ("vast",), tmp_path).pixel_choices


def test_two_gpus_take_half_the_time(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, model=VL_8B)

    def embed_s(name: str, **changes: object) -> float:
        return dict(estimate(plan, EXAM_BANK, a_gpu(name, "1", **changes)).seconds)[EstimateLine.EMBED]

    assert embed_s("RTX 4090", gpu_count=2) == pytest.approx(embed_s("RTX 4090") / 2)
    small = {"vram_bytes": 12 * GB}  # too small for the model: two carry it together, and take turns
    assert embed_s("RTX 4090", gpu_count=2, **small) == pytest.approx(embed_s("RTX 4090"))
    assert embed_s("RTX 4090", gpu_count=5, **small) == pytest.approx(embed_s("RTX 4090") / 2)


def test_a_gpu_is_as_fast_as_its_makers_say_and_one_that_is_not_known_as_its_cloud_says_or_slow(tmp_path: Path) -> None:
    def embed_s(name: str, precision: str = "bf16", **changes: object) -> float:
        plan = a_plan(tmp_path, model=replace(VL_8B, precision=precision))
        return dict(estimate(plan, EXAM_BANK, a_gpu(name, "1", **changes)).seconds)[EstimateLine.EMBED]

    assert embed_s("RTX 3090") > embed_s("RTX 3090 Ti") > embed_s("H100 SXM")
    assert embed_s("A100 SXM4") < embed_s("A10"), "the beginning of a word is no name"
    told = {"full_flops": 82e12}
    assert embed_s("Odd GPU", **told) == pytest.approx(embed_s("RTX 4090"), rel=0.02)
    assert embed_s("Odd GPU", "fp32", **told) == embed_s("RTX 4090", "fp32")
    assert embed_s("RTX 4090D", full_flops=73e12) > embed_s("RTX 4090") == embed_s("RTX 4090", full_flops=1e15)
    assert embed_s("Odd GPU") == max(embed_s(name) for name in (*PEAK_FLOPS, "Odd GPU"))
    assert embed_s("Odd GPU", "fp32") == max(embed_s(name, "fp32") for name in (*PEAK_FLOPS, "Odd GPU"))


@pytest.mark.parametrize("upload_bytes", [0, 10**6, 10**11])
@pytest.mark.parametrize("items", [1, 240, 10**7])
def test_lines_beside_each_other_are_paid_once_and_add_up_to_the_total(
    tmp_path: Path, upload_bytes: int, items: int
) -> None:
    report = Report(items=items, images_found=items // 4, characters=items * 7, upload_bytes=upload_bytes)
    offer = a_gpu("RTX 4090", "0.41")
    expected = estimate(a_plan(tmp_path, model=VL_8B), report, offer)
    seconds = dict(expected.seconds)
    together_s = max(seconds[EstimateLine.SETUP], seconds[EstimateLine.UPLOAD]) + max(
        seconds[EstimateLine.EMBED], seconds[EstimateLine.FETCH]
    )
    assert sum(money for _, money in expected.costs) == expected.total
    assert together_s <= expected.total_s < together_s + 1
    assert cost(offer.price_per_hour, together_s) <= expected.total <= cost(offer.price_per_hour, together_s) + 4


def test_the_cheapest_run_comes_first_though_its_hour_costs_more(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, model=VL_8B, machine=MachineChoice("vast", disk_gb=60))
    slow, fast = a_gpu("RTX 3090", "0.20"), a_gpu("RTX 4090", "0.41")
    assert ranked(plan, (slow, fast), EXAM_BANK) == (fast, slow)
    assert choose(plan, (slow, fast), EXAM_BANK) == fast


def test_a_clicked_machine_is_taken_while_it_is_there_and_fits(tmp_path: Path) -> None:
    dear, cheap = a_gpu("RTX 4090", "9"), a_gpu("RTX 4090", "0.41")
    clicked = MachineChoice("vast", disk_gb=60, offer_id=dear.offer_id)
    plan = a_plan(tmp_path, model=VL_8B, machine=clicked)
    assert choose(plan, (cheap, dear), EXAM_BANK) == dear
    assert choose(plan, (cheap,), EXAM_BANK) == cheap
    limited = replace(plan, machine=replace(clicked, max_price_per_hour=MicroUsd(1_000_000)))
    assert choose(limited, (cheap, dear), EXAM_BANK) == cheap
    assert choose(plan, (), EXAM_BANK) is None


def test_the_sample_takes_this_computer_about_a_minute_and_its_price_is_pretended(tmp_path: Path) -> None:
    expected = estimate(a_plan(tmp_path), A_REPORT, an_offer(cores=2))
    assert expected.pretend
    assert 10 < expected.total_s < 120


def test_a_picture_costs_nothing_where_the_model_reads_text_only(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, model=ModelChoice("Qwen/Qwen3-Embedding-8B"))
    offer = a_gpu("RTX 4090", "1")
    assert estimate(plan, EXAM_BANK, offer) == estimate(plan, replace(EXAM_BANK, images_found=0), offer)


def test_a_suggested_disk_is_round_and_large_enough(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, model=VL_8B, machine=MachineChoice("vast"))
    assert suggest_disk_gb(plan, EXAM_BANK) * GB > disk_need(plan, EXAM_BANK).total_bytes
    assert suggest_disk_gb(plan, EXAM_BANK) % 10 == 0
    assert suggest_disk_gb(a_plan(tmp_path), A_REPORT) == 1
    assert DiskNeed(1, 2, 3).total_bytes == 6


def test_traffic_that_is_billed_is_a_part_of_the_total(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, model=VL_8B, machine=MachineChoice("vast", disk_gb=60))
    free = a_gpu("RTX 4090", "0.41")
    billed = replace(free, traffic_in_per_gb=micro_usd("0.01"), traffic_out_per_gb=micro_usd("0.02"))
    expected = estimate(plan, EXAM_BANK, billed)
    in_gb, out_gb = 2.1 + 16.3 + 1, EXAM_BANK.items * (4096 * 4 + 100) / GB
    assert expected.traffic / 1e6 == pytest.approx(0.01 * in_gb + 0.02 * out_gb, abs=0.001)
    assert expected.total == estimate(plan, EXAM_BANK, free).total + expected.traffic
    assert ranked(plan, (billed, free), EXAM_BANK) == (free, billed)


def test_a_rented_gpu_must_hold_the_model_also_where_the_plan_does_not_say_so(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, model=VL_8B, machine=MachineChoice("vast"))
    assert needs(plan).min_vram_bytes == 22 * GB
    assert needs(replace(plan, machine=MachineChoice("vast", min_vram_gb=48))).min_vram_bytes == 48 * GB
    assert needs(replace(plan, machine=MachineChoice())).min_vram_bytes == 0


@pytest.mark.parametrize(
    ("model", "precision", "capability"),
    [
        (VL_8B.name, "bf16", 8.0),
        (VL_8B.name, "fp16", 7.0),
        (VL_8B.name, "fp32", 0.0),
        ("someone/unknown", "bf16", 8.0),
        ("practice", "bf16", 0.0),
    ],
)
def test_a_rented_gpu_must_compute_in_the_precision_that_was_chosen(
    tmp_path: Path, model: str, precision: str, capability: float
) -> None:
    plan = a_plan(tmp_path, model=ModelChoice(model, precision=precision), machine=MachineChoice("vast", disk_gb=60))
    assert needs(plan).min_capability == capability
    assert needs(replace(plan, machine=MachineChoice())).min_capability == 0
    # Titan RTX, V100, P40: each cheaper an hour than what can do it.
    large = {"vram_bytes": 48 * GB}
    old = [a_gpu(str(number), "0.10", capability=number, **large) for number in (7.5, 7.0, 6.1)]
    new, unsaid = (a_gpu(name, "0.41", capability=of, **large) for name, of in (("RTX 4090", 8.9), ("RTX 3090", 0.0)))
    fitting = {one for one in old if one.capability >= capability} | {new, unsaid}
    assert set(ranked(plan, (*old, new, unsaid), EXAM_BANK)) == fitting


@pytest.mark.parametrize(
    ("wish", "offer"),
    [
        ({"countries": ("KR",)}, {"place": "Hanoi, VN"}),
        ({"data_centres_only": True}, {}),
        ({}, {"interruptible": True}),
        ({"min_cuda": 12.8}, {"cuda": 12.4}),
        ({"min_download_mbit": 500}, {"download_bytes_per_s": 50e6}),
        ({"min_reliability": 0.999}, {}),
    ],
)
def test_an_offer_that_is_not_what_was_asked_for_is_left_out(
    tmp_path: Path, wish: dict[str, object], offer: dict[str, object]
) -> None:
    other = a_gpu("RTX 4090", "0.10", offer_id="other", **offer)
    right = a_gpu(
        "RTX 4090",
        "0.41",
        place="Seoul, KR",
        data_centre=True,
        cuda=12.9,
        reliability=0.9999,
    )
    plan = a_plan(tmp_path, machine=MachineChoice("vast", disk_gb=60, **wish))  # type: ignore[arg-type]
    assert ranked(plan, (other, right), EXAM_BANK) == (right,)
    assert ranked(a_plan(tmp_path, machine=replace(plan.machine, cloud="practice")), (an_offer(),), EXAM_BANK)
