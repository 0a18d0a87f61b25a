"""Everything the wizard shows about a plan beside the plan itself, worked out in one go off the window's thread."""

from __future__ import annotations

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
    ranked,
    suggest_disk_gb,
    vectors_bytes,
)
from gui.core.plan.folder import suggest_folder
from gui.core.plan.models import CATALOGUE, LARGEST, PRACTICE, Model, find_model
from gui.core.plan.troubles import Page, PlanProblem, problems
from gui.core.plan.typical import TYPICAL
from gui.core.plan.why import FirstPlace, why_first


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
    models = CATALOGUE if folder_model in CATALOGUE or folder_model is None else (*CATALOGUE, folder_model)
    rows = tuple((offer, estimate(plan, known, offer)) for offer in ranked(plan, offers or (), known))
    return Outlook(
        problems=problems(plan, report, offers, failed=failed, clouds=clouds),
        models=tuple(_model_outlook(plan, model, offers or (), known) for model in models),
        recommended_model=recommend_model(plan, known).name,
        rows=rows,
        chosen=(chosen, estimate(plan, known, chosen)) if chosen else None,
        why_first=why_first(rows),
        disk=disk_need(plan, report),
        vectors_bytes=vectors_bytes(plan, known),
        suggested_disk_gb=suggest_disk_gb(plan, report),
        needed_vram_bytes=folder_model.memory_bytes if folder_model else 0,
        suggested_folder=suggest_folder(plan.name, results_home),
    )


def recommend_model(plan: Plan, report: Report) -> Model:
    """The one that comes with the program on this computer; else the best one that reads what the items have."""
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
    fitting = [pair for pair in priced if enough_memory(model, pair[0])]
    most = max(memory_bytes(offer) for offer in offers)
    among = fitting or [pair for pair in priced if memory_bytes(pair[0]) == most]
    return min(among, key=lambda pair: (pair[1].total, pair[1].total_s)), bool(fitting)
