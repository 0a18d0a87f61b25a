"""What stands in the way of starting a plan, each on the wizard's page where it can be mended."""

from __future__ import annotations

import dataclasses
import difflib
import os
import shutil
import string
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gui.core.cloud.base import Offer
from gui.core.dataset import Report
from gui.core.dataset.gpt2_numbers import CONTEXT_TOKENS
from gui.core.dataset.text import FIELDS, check_template
from gui.core.errors import EmbarkError, PlanError
from gui.core.plan.choices import PRACTICE_CLOUD, VAST_CLOUD, ModelChoice, Plan
from gui.core.plan.cost import choose, disk_need, enough_memory, estimate, memory_need, vectors_bytes
from gui.core.plan.models import CATALOGUE, find_model, is_folder_name, is_model_folder
from gui.core.plan.typical import TYPICAL, card_with
from gui.core.units import GB
from remote_worker.prompts import TooLong

PRECISIONS = ("bf16", "fp16", "fp32")
SHORTEST_LEASE_MINUTES = 10
RESULT_FILES = ("vectors.npz", "manifest.json")
ROOM_BYTES = GB // 5  # manifests, problems, temporary files


class Page(StrEnum):
    """The wizard's pages; each problem belongs to one."""

    ITEMS = "items"
    MODEL = "model"
    MACHINE = "machine"
    BUDGET = "budget"
    REVIEW = "review"


class Trouble(StrEnum):
    """What can be wrong with a plan; ``gui.text`` says it and how to mend it. Behind each: what ``detail`` holds."""

    NO_ITEMS = "no-items"
    NOT_READ_YET = "not-read-yet"  # the items are still being read
    ITEMS_FAILED = "items-failed"  # reading raised a DataError; the page shows that
    NOTHING_TO_EMBED = "nothing-to-embed"
    SERIES_TOO_SHORT = "series-too-short"  # not one window fits into this part of the file
    SERIES_TOO_LONG = "series-too-long"  # ``prompts.TooLong`` of the shortest output length that does not fit
    MODEL_NOT_FOR_SERIES = "model-not-for-series"
    NOT_HEEDED_BY_SERIES = "not-heeded-by-series"  # what the choice of the model says in vain: "recipe, dimensions"
    TEMPLATE_BROKEN = "template-broken"  # what is wrong in it: a field nobody knows, or "" for a lone bracket
    TEMPLATE_SAME = "template-same"  # it uses nothing of the item: all would read the same
    MODEL_UNKNOWN = "model-unknown"  # the nearest known name, or ""
    MODEL_FOLDER_MISSING = "model-folder-missing"  # the folder
    PRECISION_UNKNOWN = "precision-unknown"  # the known ones
    PRECISION_OVERFLOWS = "precision-overflows"  # the ones that this model can be computed in
    DIMENSIONS_WRONG = "dimensions-wrong"  # what is possible: "1792" or "64-4096"
    CLOUD_UNKNOWN = "cloud-unknown"  # the known ones
    CLOUD_WITHOUT_KEY = "cloud-without-key"  # the cloud
    NO_OFFER = "no-offer"
    TOO_LARGE_HERE = "too-large-here"  # the bytes that the model needs, and a card that has them: not this computer
    GPU_TOO_SMALL = "gpu-too-small"  # the same: not the cards that were asked for
    DISK_TOO_SMALL = "disk-too-small"  # the bytes that are needed
    LIMIT_TOO_LOW = "limit-too-low"  # the estimate, in micro-dollars
    LIMIT_NOT_POSITIVE = "limit-not-positive"
    LEASE_TOO_SHORT = "lease-too-short"  # the shortest one, in minutes
    NO_FOLDER = "no-folder"
    FOLDER_NOT_WRITABLE = "folder-not-writable"  # the folder that cannot be written
    FOLDER_HAS_RESULT = "folder-has-result"  # the folder
    LOCAL_DISK_TOO_SMALL = "local-disk-too-small"  # the bytes that are missing


@dataclass(frozen=True, slots=True)
class PlanProblem:
    page: Page
    trouble: Trouble
    detail: str = ""


def problems(
    plan: Plan,
    report: Report | None,
    offers: tuple[Offer, ...] | None,
    *,
    failed: EmbarkError | None = None,
    clouds: Collection[str] = (PRACTICE_CLOUD,),
) -> tuple[PlanProblem, ...]:
    """What stands in the way of starting, in the order of the pages. ``None`` = not known yet.

    ``failed`` is what reading the items raised; ``clouds`` are the ones that can be rented from. Looks at the disk.
    """
    return (
        *_of_items(plan, report, failed),
        *_of_model(plan),
        *_of_machine(plan, report, offers, clouds),
        *_of_budget(plan, report, offers),
        *_of_result(plan, report),
    )


def _of_items(plan: Plan, report: Report | None, failed: EmbarkError | None) -> Iterator[PlanProblem]:
    if not plan.data.items and plan.data.series is None:
        yield PlanProblem(Page.ITEMS, Trouble.NO_ITEMS)
    elif failed is not None:
        yield PlanProblem(Page.ITEMS, Trouble.ITEMS_FAILED)
    elif report is None:
        yield PlanProblem(Page.ITEMS, Trouble.NOT_READ_YET)
    elif report.items == 0:
        yield PlanProblem(Page.ITEMS, Trouble.SERIES_TOO_SHORT if plan.data.series else Trouble.NOTHING_TO_EMBED)
    yield from _of_series(plan, report)
    fault = template_fault(plan.data.template)
    if fault is not None:
        yield PlanProblem(Page.ITEMS, *fault)


def _of_series(plan: Plan, report: Report | None) -> Iterator[PlanProblem]:
    """What GPT-2 cannot read whole. How another model counts is known to the machine alone, which looks first."""
    model = find_model(plan.model.name)
    if plan.data.series is None or report is None or report.series is None or model is None or not model.is_gpt2:
        return
    for length, tokens in report.series.gpt2_tokens:
        if tokens > CONTEXT_TOKENS:
            too_long = TooLong(length, tokens, CONTEXT_TOKENS, report.series.gpt2_fits)
            yield PlanProblem(Page.ITEMS, Trouble.SERIES_TOO_LONG, str(too_long))
            return


def _of_model(plan: Plan) -> Iterator[PlanProblem]:
    choice = plan.model
    model = find_model(choice.name)
    if model is None:
        if is_folder_name(choice.name):
            if not is_model_folder(choice.name):
                yield PlanProblem(Page.MODEL, Trouble.MODEL_FOLDER_MISSING, choice.name)
        elif not _may_be_on_hub(choice.name):
            near = difflib.get_close_matches(choice.name, [known.name for known in CATALOGUE], 1, 0.3)
            yield PlanProblem(Page.MODEL, Trouble.MODEL_UNKNOWN, "".join(near))
    if plan.data.series is not None and model is not None and model.pictures:
        yield PlanProblem(Page.MODEL, Trouble.MODEL_NOT_FOR_SERIES)
    if plan.data.series is not None and (in_vain := _in_vain(choice)):
        yield PlanProblem(Page.MODEL, Trouble.NOT_HEEDED_BY_SERIES, ", ".join(in_vain))
    if choice.precision not in PRECISIONS:
        yield PlanProblem(Page.MODEL, Trouble.PRECISION_UNKNOWN, ", ".join(PRECISIONS))
    elif choice.precision == "fp16" and model and model.overflows_in_fp16:
        yield PlanProblem(Page.MODEL, Trouble.PRECISION_OVERFLOWS, "bf16, fp32")
    fewest, most = (model.fewest_dimensions, model.dimensions) if model else (1, 0)
    if not _possible(choice.dimensions, fewest, most):
        yield PlanProblem(Page.MODEL, Trouble.DIMENSIONS_WRONG, str(most) if fewest == most else f"{fewest}-{most}")


def _in_vain(choice: ModelChoice) -> list[str]:
    heeded = choice.for_series()
    names = [field.name for field in dataclasses.fields(choice)]
    return [name for name in names if getattr(choice, name) != getattr(heeded, name)]


def _possible(dimensions: int, fewest: int, most: int) -> bool:
    return dimensions == 0 or (fewest <= dimensions and (most == 0 or dimensions <= most))


def _may_be_on_hub(name: str) -> bool:
    """``owner/model`` of plain letters; whether the hub has it, only the machine will know."""
    owner, _, model = name.partition("/")
    return all(part and part.replace("-", "").replace("_", "").replace(".", "").isalnum() for part in (owner, model))


def _of_machine(
    plan: Plan, report: Report | None, offers: tuple[Offer, ...] | None, clouds: Collection[str]
) -> Iterator[PlanProblem]:
    if plan.machine.cloud not in clouds:
        known = plan.machine.cloud == VAST_CLOUD
        detail = plan.machine.cloud if known else ", ".join(sorted(clouds))
        yield PlanProblem(Page.MACHINE, Trouble.CLOUD_WITHOUT_KEY if known else Trouble.CLOUD_UNKNOWN, detail)
        return
    if offers is not None and choose(plan, offers, report or Report()) is None:
        yield _no_offer(plan, offers)
    needed_bytes = disk_need(plan, report).total_bytes
    if plan.machine.needs().disk_bytes < needed_bytes:
        yield PlanProblem(Page.MACHINE, Trouble.DISK_TOO_SMALL, str(needed_bytes))


def _no_offer(plan: Plan, offers: tuple[Offer, ...]) -> PlanProblem:
    model, choice = find_model(plan.model.name), plan.model
    if model is None:
        return PlanProblem(Page.MACHINE, Trouble.NO_OFFER)
    card = card_with(model.memory_for(choice.precision))
    if plan.machine.cloud == PRACTICE_CLOUD and offers and not any(enough_memory(model, choice, o) for o in offers):
        need_bytes = min(memory_need(model, choice, offer) for offer in offers)
        return PlanProblem(Page.MACHINE, Trouble.TOO_LARGE_HERE, f"{need_bytes} {card}".strip())
    asked = [one for one in TYPICAL if one.name in plan.machine.gpus]
    if len(asked) == len(plan.machine.gpus) > 0 and not any(enough_memory(model, choice, one) for one in asked):
        need_bytes = model.memory_for(choice.precision)
        return PlanProblem(Page.MACHINE, Trouble.GPU_TOO_SMALL, f"{need_bytes} {card}".strip())
    return PlanProblem(Page.MACHINE, Trouble.NO_OFFER)


def _of_budget(plan: Plan, report: Report | None, offers: tuple[Offer, ...] | None) -> Iterator[PlanProblem]:
    limit = plan.budget.limit
    offer = choose(plan, offers, report) if offers and report else None
    if limit <= 0:
        yield PlanProblem(Page.BUDGET, Trouble.LIMIT_NOT_POSITIVE)
    elif offer and report:
        expected = estimate(plan, report, offer).total
        if limit < expected:
            yield PlanProblem(Page.BUDGET, Trouble.LIMIT_TOO_LOW, str(expected))
    if plan.budget.lease_minutes < SHORTEST_LEASE_MINUTES:
        yield PlanProblem(Page.BUDGET, Trouble.LEASE_TOO_SHORT, str(SHORTEST_LEASE_MINUTES))


def _of_result(plan: Plan, report: Report | None) -> Iterator[PlanProblem]:
    folder = plan.result.folder
    if folder == Path():
        yield PlanProblem(Page.BUDGET, Trouble.NO_FOLDER)
        return
    if any(os.path.exists(folder / name) for name in RESULT_FILES):
        yield PlanProblem(Page.BUDGET, Trouble.FOLDER_HAS_RESULT, str(folder))
    home = nearest_existing(folder)
    if not home.is_dir() or not os.access(home, os.W_OK | os.X_OK):
        yield PlanProblem(Page.BUDGET, Trouble.FOLDER_NOT_WRITABLE, str(home))
        return
    missing_bytes = local_need_bytes(plan, report or Report()) - _free_bytes(home)
    if missing_bytes > 0:
        yield PlanProblem(Page.BUDGET, Trouble.LOCAL_DISK_TOO_SMALL, str(missing_bytes))


def local_need_bytes(plan: Plan, report: Report) -> int:
    """Room on this computer: the vectors twice (as shards, then as one file), and the machine too when it is this."""
    at_home = disk_need(plan, report).data_bytes if plan.machine.cloud == PRACTICE_CLOUD else 0
    return 2 * vectors_bytes(plan, report) + at_home + ROOM_BYTES


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return sys.maxsize  # some network disks do not say; the run will


def nearest_existing(path: Path) -> Path:
    """``path`` itself or the nearest of its parents that is there."""
    while not os.path.exists(path) and path != path.parent:
        path = path.parent
    return path


def template_fault(template: str) -> tuple[Trouble, str] | None:
    """What is wrong with a template and the trouble's detail; None for one that can be filled."""
    try:
        check_template(template)
    except PlanError:
        return _fault_in(template)
    return None


def _fault_in(template: str) -> tuple[Trouble, str]:
    try:
        fields = [part[1:] for part in string.Formatter().parse(template) if part[1] is not None]
    except ValueError:
        return Trouble.TEMPLATE_BROKEN, ""
    for name, form, conversion in fields:
        if name not in FIELDS or form or conversion:
            suffix = (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            return Trouble.TEMPLATE_BROKEN, f"{{{name}{suffix}}}"
    return Trouble.TEMPLATE_SAME, ""
