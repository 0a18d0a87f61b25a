"""Every page at chosen moments, as pictures to look at: ``python -m tests.gui.screenshots FOLDER [WIDTH HEIGHT]``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from gui import theme
from gui.core.errors import ConnectionLost, InstanceLost, KeyringMissing, WorkerKilled
from gui.core.result.manifest import ReceiptCharge
from gui.core.run import events as e
from gui.core.run.events import Step
from gui.core.run.runs import Bill
from gui.core.run.state import Snapshot
from gui.core.settings import Settings
from gui.core.units import MicroUsd
from gui.language import Language
from gui.live import Live
from gui.tasks import under_way
from gui.window import Factories, Window
from tests.gui.scenes import NOON, FakeRuns, Story, mixed_bills, practice


def moments() -> Iterator[tuple[str, Snapshot]]:
    yield "run-renting", Story().data_read().snapshot
    yield "run-uploading", Story().prepared().tell(e.UploadProgress(1_100_000_000), 60).snapshot
    fetching = Story().prepared().tell(e.UploadProgress(1_100_000_000), 60)
    yield "run-fetching", fetching.tell(e.WeightsProgress(3_100_000_000, 16_300_000_000, 3_100_000_000, 2.1e8)).snapshot
    given_back = Story().data_read().tell(e.OfferLost("o", "RTX 3090", "MachineUnfit", {"reason": "no-gpu"}))
    yield "run-given-back", given_back.snapshot
    yield "run-keyless", Story().embedding().waiting(KeyringMissing()).snapshot
    yield "run-embedding", Story().embedding().snapshot
    yield "run-waiting", Story().embedding().waiting(ConnectionLost(during="read")).snapshot
    yield "run-paused", Story().embedding().tell(e.PauseWanted()).tell(e.Paused(), 8).snapshot
    yield "run-asking", Story().asking().snapshot
    kept = Story().embedding().tell(e.StopWanted()).tell(e.StepStarted(Step.RELEASE)).tell(e.DestroyAsked(3))
    yield "run-unfetched", kept.snapshot
    yield "run-finished", Story().finished().snapshot
    charges = tuple(
        ReceiptCharge("19905787", kind, MicroUsd(amount), NOON, NOON, detail)
        for kind, amount, detail in (
            ("machine", 1_784_000, "4.351 hours at $0.410/hour"),
            ("disk", 12_500, "a word of the provider's own about what it is that it takes this much money for"),
        )
    )
    yield "run-billed", Story().finished().tell(e.Billed(MicroUsd(1_796_500), charges)).snapshot
    yield "run-failed", Story().embedding().failed(InstanceLost(cloud="vast", instance_id="19905787")).lost().snapshot
    yield "practice-embedding", practice().embedding(0.6, 60).snapshot
    yield "practice-asking", practice().asking().snapshot
    yield "practice-killed", practice().embedding(0.6, 60).failed(WorkerKilled(signal=9)).lost().snapshot


def settle(app: QApplication) -> None:
    while True:
        app.processEvents()
        if not under_way():
            break
    app.processEvents()


def window(app: QApplication, *snapshots: Snapshot, bills: tuple[Bill, ...] = (Bill("practice", NOON),)) -> Window:
    runs = FakeRuns(*snapshots)
    runs.bills = bills
    made = Window(Live())
    made.attach(runs, snapshots, Factories(QWidget, QWidget, QWidget, QWidget), Settings())  # type: ignore[arg-type]
    settle(app)
    return made


def several() -> tuple[Snapshot, ...]:
    return (
        Story().embedding().snapshot,
        practice("20260129-110000-0001").asking().snapshot,
        Story(run_id="20260128-090000-0002", name="2026 문항 은행, 그림과 글", at=NOON.replace(day=28))
        .finished()
        .snapshot,
        Story(run_id="20260127-090000-0003", name="", at=NOON.replace(day=27))
        .embedding(0.2)
        .failed(InstanceLost(cloud="vast", instance_id="3"))
        .lost()
        .snapshot,
        practice(
            "20260126-110000-0004",
            at=NOON.replace(day=26),
            name="A very long name of a run that somebody typed without any thought of how wide a window is",
        )
        .finished()
        .snapshot,
    )


def main(folder: Path, width: int, height: int) -> None:
    app = QApplication([])
    language = Language()
    folder.mkdir(parents=True, exist_ok=True)
    for code in ("en", "ko"):
        language.speak(code)
        for mode in (theme.Mode.LIGHT, theme.Mode.DARK):
            theme.apply(app, mode)
            tail = f"{code}-{mode}"
            for name, snapshot in moments():
                shown = window(app, snapshot)
                shown.resize(width, height)
                shown.open_run(snapshot.run_id)
                _save(app, shown, folder / f"{name}-{tail}.png")
            for name, place, snapshots, bills in (
                ("runs-empty", "runs", (), (Bill("practice", NOON),)),
                ("runs", "runs", several(), mixed_bills()),
                ("bill", "bill", several(), mixed_bills()),
            ):
                shown = window(app, *snapshots, bills=bills)
                shown.resize(width, height)
                shown.go(place)
                _save(app, shown, folder / f"{name}-{tail}.png")
    language.silence()


def _save(app: QApplication, shown: Window, path: Path) -> None:
    shown.show()
    settle(app)
    shown.grab().save(str(path))
    shown.hide()
    shown.deleteLater()
    settle(app)


if __name__ == "__main__":
    size = [int(one) for one in sys.argv[2:4]] or [1280, 800]
    main(Path(sys.argv[1]), size[0], size[1])
