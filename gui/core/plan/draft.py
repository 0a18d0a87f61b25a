"""The half-made plan of the wizard: survives closing the program, is gone when the run starts."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from gui.core.errors import LocalFileRefused, PlanError
from gui.core.files import whole_file
from gui.core.plan.choices import Plan
from gui.core.plan.toml import read_plan, to_toml

logger = logging.getLogger(__name__)


class Draft:
    """One plan file, written whole. All three methods touch the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Plan | None:
        """The plan as it was left; None when there is none or it cannot be read."""
        try:
            return read_plan(self._path)
        except PlanError as damaged:
            if os.path.exists(self._path):
                logger.warning("the draft is ignored: %s", damaged)
            return None

    def save(self, plan: Plan) -> None:
        """Raises LocalDiskFull. A folder that may not be written costs the draft, never the person's patience."""
        try:
            with whole_file(self._path) as file:
                file.write(to_toml(plan).encode())
        except LocalFileRefused as refused:
            logger.warning("the draft could not be kept: %s", refused)

    def remove(self) -> None:
        try:
            self._path.unlink(missing_ok=True)
        except OSError as refused:
            logger.warning("the draft could not be removed: %s", refused)
