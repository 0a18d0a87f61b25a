"""The items and pictures that come with Embark."""

from __future__ import annotations

from gui.core.dataset.dataset import DataSpec
from gui.core.dataset.items import expanded
from gui.core.paths import ASSETS


def sample_spec() -> DataSpec:
    """The shipped sample: about 240 exam items in several files, and a zip with their pictures."""
    folder = ASSETS / "sample"
    items = expanded([str(folder / "items_*.json")])
    return DataSpec(items=tuple(map(str, items)), images=(str(folder / "pictures.zip"),))
