"""What a person gives us to embed: items, their images, how they become text, and what is wrong with them."""

from gui.core.dataset.dataset import Dataset, DataSpec, Duplicates, Item, Progress, SeriesDataset, read
from gui.core.dataset.dropped import Dropped, Unused, Why, sorted_input
from gui.core.dataset.kinds import FileKind
from gui.core.dataset.report import LEFT_OUT, Problem, ProblemKind, ProblemWords, Report, SubjectCount, write_problems
from gui.core.dataset.sample import sample_spec
from gui.core.dataset.series import Borders, SeriesReport, SeriesSpec, Split, Wording
from gui.core.dataset.text import DEFAULT_TEMPLATE, check_template, render

__all__ = [
    "DEFAULT_TEMPLATE",
    "LEFT_OUT",
    "Borders",
    "DataSpec",
    "Dataset",
    "Dropped",
    "Duplicates",
    "FileKind",
    "Item",
    "Problem",
    "ProblemKind",
    "ProblemWords",
    "Progress",
    "Report",
    "SeriesDataset",
    "SeriesReport",
    "SeriesSpec",
    "Split",
    "SubjectCount",
    "Unused",
    "Why",
    "Wording",
    "check_template",
    "read",
    "render",
    "sample_spec",
    "sorted_input",
    "write_problems",
]
