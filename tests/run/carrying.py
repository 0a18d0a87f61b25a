"""How the tests carry a run out on a stage, wait for it and look at what it left."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import numpy as np

from gui.core.result.result import open_result
from gui.core.run.events import Launched
from gui.core.run.runs import Runs
from gui.core.run.state import Phase, Snapshot
from tests.fakes import Stage
from tests.stub_worker import vector

END_S = 60


def carried_out(stage: Stage, seen: Callable[[Snapshot], None] = lambda _: None) -> Snapshot:
    """As it ends. ``seen`` is told all that a face would be."""
    runs = Runs(stage.world())
    runs.subscribe(seen)
    try:
        return runs.wait(runs.start(stage.plan()), END_S)
    finally:
        runs.close()


def assert_whole(stage: Stage) -> None:
    result = open_result(stage.result)
    assert list(result.item_ids) == [f"i{n:03d}" for n in range(stage.items)]
    for row, n in enumerate(range(stage.items)):
        assert np.allclose(result.embeddings[row], vector(f"문제: What is {n} and {n}?"))


def scripted(stage: Stage, **script: object) -> Callable[[str], None]:
    """A machine whose worker misbehaves until it is launched a second time."""
    launches = 0

    def fault(verb: str) -> None:
        nonlocal launches
        Stage.fault(stage, verb)
        if verb == "launch":
            launches += 1
            path = max((stage.home / "machines").iterdir()) / "job" / "script.json"
            path.write_text(json.dumps(script if launches == 1 else {}))

    return fault


def wait_until(runs: Runs, run_id: str, so: Callable[[Snapshot], bool]) -> Snapshot:
    came = threading.Event()
    runs.subscribe(lambda snapshot: came.set() if so(snapshot) else None)
    assert so(runs.snapshot(run_id)) or came.wait(END_S), runs.snapshot(run_id)
    return runs.snapshot(run_id)


def wait_for(runs: Runs, run_id: str, phase: Phase) -> Snapshot:
    return wait_until(runs, run_id, lambda snapshot: snapshot.phase is phase)


def launched(snapshot: Snapshot) -> bool:
    return any(isinstance(one.event, Launched) for one in snapshot.log)
