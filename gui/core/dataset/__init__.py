"""What a person gives us to embed: items, their images, how they become text, and what is wrong with them."""

from gui.core.dataset.dataset import Dataset, DataSpec, Duplicates, Item, Progress, read
from gui.core.dataset.report import Problem, ProblemKind, Report

__all__ = ["DataSpec", "Dataset", "Duplicates", "Item", "Problem", "ProblemKind", "Progress", "Report", "read"]
