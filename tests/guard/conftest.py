"""Rented machines on a fake Vast.ai."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guard.box import Box, Rental


@pytest.fixture
def rental(tmp_path: Path) -> Iterator[Rental]:
    rental = Rental(tmp_path)
    yield rental
    rental.close()


@pytest.fixture
def box(rental: Rental) -> Box:
    return rental.box()
