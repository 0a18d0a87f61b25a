"""What stands in the way of a plan: each trouble, on its page, with what the sentence needs."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gui.core.dataset import DataSpec, Report
from gui.core.errors import ItemsUnreadable
from gui.core.plan import Budget, MachineChoice, ModelChoice, Page, Plan, PlanProblem, ResultChoice, Trouble, problems
from gui.core.units import GB, MicroUsd, micro_usd
from gui.text.troubles import describe_trouble
from tests.plan.making import A_REPORT, EXAM_BANK, a_gpu, a_plan, an_offer

OFFERS = (an_offer(),)
FAILED = ItemsUnreadable(path="items.json", reason="cut-off")


def found(plan: Plan, report: Report | None = A_REPORT, offers: object = OFFERS, **known: object) -> list[Trouble]:
    return [problem.trouble for problem in problems(plan, report, offers, **known)]  # type: ignore[arg-type]


def test_a_plan_on_this_computer_with_items_that_were_read_has_none(tmp_path: Path) -> None:
    assert problems(a_plan(tmp_path), A_REPORT, OFFERS) == ()


def test_what_is_not_known_yet_is_no_trouble_but_the_items(tmp_path: Path) -> None:
    assert found(a_plan(tmp_path), None, None) == [Trouble.NOT_READ_YET]


def data(**changes: object) -> DataSpec:
    return replace(DataSpec(items=("/items.json",)), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "known", "page", "trouble", "detail"),
    [
        ({"data": DataSpec()}, {}, "items", "no-items", ""),
        ({}, {"report": None}, "items", "not-read-yet", ""),
        ({}, {"report": None, "failed": FAILED}, "items", "items-failed", ""),
        ({}, {"report": Report(files=1)}, "items", "nothing-to-embed", ""),
        ({"data": data(template="{questoin}")}, {}, "items", "template-broken", "{questoin}"),
        ({"data": data(template="{question!r}")}, {}, "items", "template-broken", "{question!r}"),
        ({"data": data(template="{question:>9}")}, {}, "items", "template-broken", "{question:>9}"),
        ({"data": data(template="{question")}, {}, "items", "template-broken", ""),
        ({"data": data(template="문제: {subject}")}, {}, "items", "template-same", ""),
        ({"data": data(template="")}, {}, "items", "template-same", ""),
        ({"model": ModelChoice("practise")}, {}, "model", "model-unknown", "practice"),
        ({"model": ModelChoice("!!")}, {}, "model", "model-unknown", ""),
        ({"model": ModelChoice("/no/such/model")}, {}, "model", "model-folder-missing", "/no/such/model"),
        ({"model": ModelChoice(precision="int4")}, {}, "model", "precision-unknown", "bf16, fp16, fp32"),
        (
            {
                "model": ModelChoice("Qwen/Qwen3-Embedding-0.6B", precision="fp16"),
                "machine": MachineChoice(disk_gb=50),
            },
            {},
            "model",
            "precision-overflows",
            "bf16, fp32",
        ),
        (
            {
                "model": ModelChoice("Qwen/Qwen3-VL-Embedding-8B", precision="fp32"),
                "machine": MachineChoice("vast", gpus=("RTX 4090", "RTX 3090"), disk_gb=50),
            },
            {"clouds": ("vast", "practice"), "offers": (a_gpu("RTX 4090", "0.41"),)},
            "machine",
            "gpu-too-small",
            f"{int(38.3 * GB)} L40S",
        ),
        ({"model": ModelChoice(dimensions=512)}, {}, "model", "dimensions-wrong", "1792"),
        ({"model": ModelChoice(dimensions=-1)}, {}, "model", "dimensions-wrong", "1792"),
        (
            {"model": ModelChoice("Qwen/Qwen3-VL-Embedding-8B", dimensions=4097), "machine": MachineChoice(disk_gb=50)},
            {"offers": None},
            "model",
            "dimensions-wrong",
            "64-4096",
        ),
        (
            {"machine": MachineChoice("vsat")},
            {"clouds": ("vast", "practice")},
            "machine",
            "cloud-unknown",
            "practice, vast",
        ),
        ({"machine": MachineChoice("vast")}, {}, "machine", "cloud-without-key", "vast"),
        ({}, {"offers": ()}, "machine", "no-offer", ""),
        (
            {"model": ModelChoice("Qwen/Qwen3-VL-Embedding-8B"), "machine": MachineChoice(disk_gb=50)},
            {},
            "machine",
            "too-large-here",
            f"{int(38.3 * GB)} RTX 3090",
        ),
        ({"machine": MachineChoice(min_vram_gb=24)}, {}, "machine", "no-offer", ""),
        ({"machine": MachineChoice(gpus=("H200",))}, {}, "machine", "no-offer", ""),
        ({"machine": MachineChoice(disk_gb=101)}, {}, "machine", "no-offer", ""),
        ({"machine": MachineChoice(max_price_per_hour=MicroUsd(1))}, {}, "machine", "no-offer", ""),
        ({"machine": MachineChoice(disk_gb=0.1)}, {}, "machine", "disk-too-small", None),
        ({"budget": Budget(MicroUsd(1))}, {}, "budget", "limit-too-low", None),
        ({"budget": Budget(MicroUsd(0))}, {}, "budget", "limit-not-positive", ""),
        ({"budget": Budget(micro_usd(-3))}, {}, "budget", "limit-not-positive", ""),
        ({"budget": Budget(lease_minutes=9)}, {}, "budget", "lease-too-short", "10"),
        ({"result": ResultChoice()}, {}, "budget", "no-folder", ""),
    ],
)
def test_each_trouble_is_found_on_its_page(
    tmp_path: Path, changes: dict[str, object], known: dict[str, object], page: str, trouble: str, detail: str | None
) -> None:
    report = known.pop("report", A_REPORT)
    offers = known.pop("offers", OFFERS)
    (problem,) = problems(a_plan(tmp_path, **changes), report, offers, **known)  # type: ignore[arg-type]
    assert (problem.page, problem.trouble) == (page, trouble)
    assert detail is None or problem.detail == detail


def test_a_model_too_large_for_every_machine_leaves_no_offer(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, model=ModelChoice("Qwen/Qwen3-VL-Embedding-8B"), machine=MachineChoice("vast", disk_gb=60))
    small, large = a_gpu("RTX 3060", "0.05", vram_bytes=12 * GB), a_gpu("RTX 3090", "0.14")
    assert found(plan, offers=(small,), clouds=("vast",)) == [Trouble.NO_OFFER]
    assert found(plan, offers=(small, large), clouds=("vast",)) == []


def test_the_disk_must_hold_model_data_and_environment(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, model=ModelChoice("Qwen/Qwen3-VL-Embedding-8B"), machine=MachineChoice("vast", disk_gb=30))
    (problem,) = problems(plan, EXAM_BANK, None, clouds=("vast",))
    assert problem.trouble is Trouble.DISK_TOO_SMALL
    assert 16.3 * GB + 2.1 * GB + 12 * GB < int(problem.detail) < 36 * GB


def test_the_limit_is_held_against_the_cheapest_run(tmp_path: Path) -> None:
    plan = a_plan(
        tmp_path,
        model=ModelChoice("Qwen/Qwen3-VL-Embedding-8B"),
        machine=MachineChoice("vast", disk_gb=60),
        budget=Budget(micro_usd("0.50")),
    )
    (problem,) = problems(plan, EXAM_BANK, (a_gpu("RTX 4090", "0.41"),), clouds=("vast",))
    assert problem.trouble is Trouble.LIMIT_TOO_LOW
    assert int(problem.detail) > micro_usd("0.50")


def test_a_folder_with_a_result_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "result").mkdir()
    assert found(a_plan(tmp_path)) == []
    (tmp_path / "result" / "vectors.npz").touch()
    assert problems(a_plan(tmp_path), A_REPORT, OFFERS) == (
        PlanProblem(Page.BUDGET, Trouble.FOLDER_HAS_RESULT, str(tmp_path / "result")),
    )


def test_a_folder_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    plan = a_plan(tmp_path, result=ResultChoice(tmp_path / "file" / "deep" / "result"))
    assert problems(plan, A_REPORT, OFFERS) == (
        PlanProblem(Page.BUDGET, Trouble.FOLDER_NOT_WRITABLE, str(tmp_path / "file")),
    )


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    plan = a_plan(tmp_path, result=ResultChoice(tmp_path / "locked" / "result"))
    assert found(plan) == [Trouble.FOLDER_NOT_WRITABLE]


def test_vectors_that_would_not_fit_on_this_disk_are_said_with_what_is_missing(tmp_path: Path) -> None:
    free_bytes = shutil.disk_usage(tmp_path).free
    report = replace(A_REPORT, items=free_bytes // (2 * 1792 * 4))
    plan = a_plan(tmp_path, machine=MachineChoice(disk_gb=1e6), budget=Budget(micro_usd(1e6)))
    (problem,) = problems(plan, report, (an_offer(disk_bytes=10**16),))
    assert problem.trouble is Trouble.LOCAL_DISK_TOO_SMALL
    assert int(problem.detail) > 0


def test_a_model_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    plan = a_plan(tmp_path, model=ModelChoice(str(tmp_path / "model")))
    assert found(plan) == [Trouble.MODEL_FOLDER_MISSING]
    (tmp_path / "model" / "config.json").write_text('{"hidden_size": 384}')
    assert found(plan) == []
    assert found(replace(plan, model=replace(plan.model, dimensions=385))) == [Trouble.DIMENSIONS_WRONG]
    (tmp_path / "model" / "config.json").write_text("damaged")
    assert found(plan) == []


@pytest.mark.parametrize("trouble", [*Trouble])
@pytest.mark.parametrize("detail", ["", "12345", "{odd}"])
def test_every_trouble_has_a_sentence(trouble: Trouble, detail: str) -> None:
    said = describe_trouble(PlanProblem(Page.REVIEW, trouble, detail))
    assert said.endswith((".", "?"))
    assert "{detail}" not in said
    assert "{{" not in said or trouble is Trouble.TEMPLATE_BROKEN
