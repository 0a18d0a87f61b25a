"""A Plan: what a person asked for. The wizard and a TOML file are two editors of it."""

from gui.core.plan.choices import (
    PRACTICE_CLOUD,
    PRACTICE_MODEL,
    SERIES_SHARD_ROWS,
    VAST_CLOUD,
    AtTheEnd,
    Budget,
    MachineChoice,
    ModelChoice,
    Plan,
    ResultChoice,
)
from gui.core.plan.cost import Estimate, EstimateLine, choose, disk_need, estimate, needs
from gui.core.plan.draft import Draft
from gui.core.plan.folder import suggest_folder
from gui.core.plan.models import CATALOGUE, GPT2, Model, find_model
from gui.core.plan.outlook import ModelOutlook, Outlook, look_ahead
from gui.core.plan.toml import from_toml, read_plan, to_toml
from gui.core.plan.troubles import Page, PlanProblem, Trouble, problems
from gui.core.plan.why import FirstPlace, Why, why_first

__all__ = [
    "CATALOGUE",
    "GPT2",
    "PRACTICE_CLOUD",
    "PRACTICE_MODEL",
    "SERIES_SHARD_ROWS",
    "VAST_CLOUD",
    "AtTheEnd",
    "Budget",
    "Draft",
    "Estimate",
    "EstimateLine",
    "FirstPlace",
    "MachineChoice",
    "Model",
    "ModelChoice",
    "ModelOutlook",
    "Outlook",
    "Page",
    "Plan",
    "PlanProblem",
    "ResultChoice",
    "Trouble",
    "Why",
    "choose",
    "disk_need",
    "estimate",
    "find_model",
    "from_toml",
    "look_ahead",
    "needs",
    "problems",
    "read_plan",
    "suggest_folder",
    "to_toml",
    "why_first",
]
