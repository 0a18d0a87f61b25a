"""Everything the wizard shows about a plan beside the plan itself, worked out in one go off the window's thread."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from gui.core.cloud.base import Offer
from gui.core.dataset import Report
from gui.core.errors import EmbarkError
from gui.core.plan.choices import PRACTICE_CLOUD, ModelChoice, Plan
from gui.core.plan.cost import (
    DiskNeed,
    Estimate,
    choose,
    disk_need,
    enough_memory,
    estimate,
    memory_bytes,
    precision_report_s,
    ranked,
    shown_tokens,
    suggest_disk_gb,
    vectors_bytes,
)
from gui.core.plan.folder import suggest_folder
from gui.core.plan.models import CATALOGUE, GPT2, LARGEST, PRACTICE, SERIES_MODELS, Model, find_model
from gui.core.plan.troubles import Page, PlanProblem, problems
from gui.core.plan.typical import TYPICAL
from gui.core.plan.why import FirstPlace, why_first
from gui.core.units import FREE, MicroUsd, cost

PIXELS = (512 * 512, 1024 * 1024, 1_843_200)
"""What is offered for pictures: the last is what the models' makers use."""


@dataclass(frozen=True, slots=True)
class ModelOutlook:
    """One model for these items: what it takes on the machine that does it cheapest, and whether any can hold it.

    Where machines are rented this is a typical one: what is on offer was looked for with another model in mind.
    ``rented`` is that machine, also for a plan that stays on this computer; None for a model that needs none.
    """

    model: Model
    fits: bool
    offer: Offer | None = None
    estimate: Estimate | None = None
    rented: tuple[Offer, Estimate] | None = None


@dataclass(frozen=True, slots=True)
class PixelChoice:
    """The most pixels that the model is shown of a picture, what that makes of these, and what the run would take."""

    max_pixels: int
    tokens: int  # of a picture, on average
    changes: bool  # anything, against the next smaller choice: some picture is larger than that
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Outlook:
    problems: tuple[PlanProblem, ...]
    models: tuple[ModelOutlook, ...]
    recommended_model: str
    rows: tuple[tuple[Offer, Estimate], ...]  # offers that fit, cheapest run first
    chosen: tuple[Offer, Estimate] | None
    why_first: FirstPlace | None
    disk: DiskNeed
    vectors_bytes: int
    suggested_disk_gb: float
    needed_vram_bytes: int  # of one GPU, by the model; 0 = not known, or none
    suggested_folder: Path
    pixel_choices: tuple[PixelChoice, ...]  # for a model that sees, on the machine that does it cheapest
    report_s: float  # what a report on the precision takes; 0 = there is nothing to report
    report_cost: MicroUsd

    def of(self, page: Page) -> tuple[PlanProblem, ...]:
        return tuple(problem for problem in self.problems if problem.page is page)


def look_ahead(
    plan: Plan,
    report: Report | None,
    offers: tuple[Offer, ...] | None,
    failed: EmbarkError | None,
    clouds: Collection[str],
    results_home: Path,
) -> Outlook:
    """``None`` = not known yet. Looks at the disk, so it may take a while."""
    known = report or Report()
    chosen = choose(plan, offers or (), known)
    folder_model = find_model(plan.model.name)
    own = () if folder_model is None or folder_model in (*CATALOGUE, GPT2) else (folder_model,)
    models = (*(CATALOGUE if plan.data.series is None else SERIES_MODELS), *own)
    rows = tuple((offer, estimate(plan, known, offer)) for offer in ranked(plan, offers or (), known))
    model_outlooks = tuple(_model_outlook(plan, model, offers or (), known) for model in models)
    by = chosen or next((one.offer for one in model_outlooks if one.model.name == plan.model.name), None)
    report_s = precision_report_s(plan.model, known, by) if by else 0.0
    return Outlook(
        problems=problems(plan, report, offers, failed=failed, clouds=clouds),
        models=model_outlooks,
        recommended_model=recommend_model(plan, known).name,
        rows=rows,
        chosen=(chosen, estimate(plan, known, chosen)) if chosen else None,
        why_first=why_first(rows),
        disk=disk_need(plan, report),
        vectors_bytes=vectors_bytes(plan, known),
        suggested_disk_gb=suggest_disk_gb(plan, report),
        needed_vram_bytes=folder_model.memory_for(plan.model.precision) if folder_model else 0,
        suggested_folder=suggest_folder(plan.name, results_home),
        pixel_choices=_pixel_choices(plan, folder_model, by, known),
        report_s=report_s,
        report_cost=cost(by.price_per_hour, report_s) if by else FREE,
    )


def _pixel_choices(plan: Plan, model: Model | None, offer: Offer | None, report: Report) -> tuple[PixelChoice, ...]:
    if offer is None or model is None or not model.pictures or model is PRACTICE or not report.images_found:
        return ()
    choices = []
    smaller = 0
    for pixels in sorted({*PIXELS, plan.model.max_pixels}):
        with_them = replace(plan, model=replace(plan.model, max_pixels=pixels))
        tokens, _ = shown_tokens(pixels, report)
        average = math.ceil(tokens / report.images_found)
        choices.append(PixelChoice(pixels, average, tokens > smaller, estimate(with_them, report, offer)))
        smaller = tokens
    return tuple(choices)


def recommend_model(plan: Plan, report: Report) -> Model:
    """GPT-2 for a time series; the one that comes with the program on this computer; else the best one that reads what
    the items have.
    """
    if plan.data.series is not None:
        return GPT2
    if plan.machine.cloud == PRACTICE_CLOUD:
        return PRACTICE
    if report.images_found:
        return LARGEST
    return next(model for model in reversed(CATALOGUE) if not model.pictures)


def _model_outlook(plan: Plan, model: Model, offers: tuple[Offer, ...], report: Report) -> ModelOutlook:
    with_it = replace(plan, model=plan.model if plan.model.name == model.name else ModelChoice(model.name))
    rented, can_be_rented = _cheapest(with_it, model, TYPICAL, report)
    if plan.machine.cloud != PRACTICE_CLOUD:
        return ModelOutlook(model, can_be_rented, *rented, rented=rented)
    if not offers:
        return ModelOutlook(model, fits=True)
    here, fits = _cheapest(with_it, model, offers, report)
    return ModelOutlook(model, fits, *here, rented=rented if can_be_rented and model is not PRACTICE else None)


def _cheapest(
    plan: Plan, model: Model, offers: tuple[Offer, ...], report: Report
) -> tuple[tuple[Offer, Estimate], bool]:
    """Where the run costs least, and whether the model fits there; if it fits nowhere, where it nearly would."""
    priced = [(offer, estimate(plan, report, offer)) for offer in offers]
    fitting = [pair for pair in priced if enough_memory(model, plan.model, pair[0])]
    most = max(memory_bytes(offer) for offer in offers)
    among = fitting or [pair for pair in priced if memory_bytes(pair[0]) == most]
    return min(among, key=lambda pair: (pair[1].total, pair[1].total_s)), bool(fitting)
