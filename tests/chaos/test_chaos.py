"""After any schedule of faults: nothing billed without an owner, one machine an intention, results whole, a true meter.

40 schedules here; ``make chaos`` tries 500 (or ``EMBARK_CHAOS`` of them).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.chaos.chaos import Chaos

SCHEDULES = int(os.environ.get("EMBARK_CHAOS", "40"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_whatever_goes_wrong(tmp_path: Path, seed: int) -> None:
    chaos = Chaos(tmp_path, seed)
    try:
        end = chaos.carry_out()
        chaos.assert_sound(end)
        chaos.assert_meter(end)
    finally:
        chaos.close()
