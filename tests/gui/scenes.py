"""Runs at chosen moments, folded from the events that lead there; and a hand-written stand-in for ``Runs``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gui.core.cloud.base import Instance, InstanceStatus
from gui.core.errors import CloudUnreachable, EmbarkError
from gui.core.plan import (
    Estimate,
    EstimateLine,
    MachineChoice,
    Plan,
    ResultChoice,
    to_toml,
)
from gui.core.result.check import Check, CheckLine, CheckReport
from gui.core.run import events as e
from gui.core.run.events import AnyEvent, Recorded, Step
from gui.core.run.fold import fold
from gui.core.run.runs import Bill, BillLine
from gui.core.run.state import Snapshot
from gui.core.units import MicroUsd, cost

PRICE = MicroUsd(410_000)
NOON = datetime(2026, 1, 29, 12, 0, tzinfo=UTC)


@dataclass
class Story:
    """Events of one run, with their times."""

    run_id: str = "20260129-120000-aa01"
    cloud: str = "vast"
    machine: str = "RTX 4090"
    instance: str = "19905787"
    price: MicroUsd = PRICE
    items: int = 176_443
    images: int = 41_322
    name: str = "Exam bank 2026, pictures and text"
    gpu: bool = True
    at: datetime = NOON
    seq: int = 0
    snapshot: Snapshot = field(init=False)

    def __post_init__(self) -> None:
        self.snapshot = Snapshot(self.run_id, Plan())

    @property
    def pretend(self) -> bool:
        return self.cloud == "practice"

    @property
    def shards(self) -> int:
        return -(-self.items // 500)

    def tell(self, event: AnyEvent, after_s: float = 1.0) -> Story:
        self.at += timedelta(seconds=after_s)
        kept = not isinstance(event, e.TRANSIENT)
        self.seq += kept
        self.snapshot = fold(self.snapshot, Recorded(self.seq if kept else 0, self.at, event))
        return self

    def planned(self) -> Story:
        plan = Plan(
            name=self.name,
            machine=MachineChoice(cloud=self.cloud),
            result=ResultChoice(folder=Path("/home/mina/Documents/Embark/2026-01-29")),
        )
        return self.tell(e.Planned(to_toml(plan)), 0)

    def data_read(self) -> Story:
        self.planned().tell(e.StepStarted(Step.RENT))
        return self.tell(e.DataRead(self.items, self.images, self.shards, "ab" * 32, 4046 if self.gpu else 12), 3)

    def rented(self) -> Story:
        self.data_read()
        lines = tuple(EstimateLine)
        times = (470.0, 372.0, 15_900.0, 120.0) if self.gpu else (12.0, 2.0, 100.0, 2.0)
        estimate = Estimate(
            tuple(zip(lines, times, strict=True)),
            tuple((line, cost(self.price, time)) for line, time in zip(lines, times, strict=True)),
            sum(times),
            cost(self.price, sum(times)),
            self.pretend,
        )
        self.tell(e.RentIntended("embark-x-1", "offer-7", self.machine, self.price, self.pretend, estimate), 2)
        rented = e.Rented(self.cloud, self.instance, "embark-x-1", self.machine, self.price, self.pretend, self.at)
        return self.tell(rented, 3).tell(e.StepDone(Step.RENT), 19 if self.gpu else 0)

    def prepared(self) -> Story:
        self.rented().tell(e.StepStarted(Step.CONNECT), 0)
        self.tell(e.Connected("203.0.113.7", 22, "SHA256:fE9kVpQxkYb0nJ", vouched=self.pretend), 100 if self.gpu else 1)
        self.tell(e.StepDone(Step.CONNECT), 10 if self.gpu else 0)
        self.tell(e.StepStarted(Step.PREPARE), 0).tell(e.StepStarted(Step.UPLOAD), 0)
        vram = 24_000_000_000 if self.gpu else 0
        gpu = self.machine if self.gpu else ""
        self.tell(e.MachineProbed("3.11.7", 16, 64_000_000_000, 55_000_000_000, gpu, vram), 20)
        size = 2_900_000_000 if self.gpu else 3_400_000
        return self.tell(e.UploadPlanned(6, size), 1)

    def uploaded(self) -> Story:
        self.prepared()
        parcel = self.snapshot.upload_total_bytes // 6
        for number in range(6):
            self.tell(e.Uploaded(f"parcel-{number}", parcel), 55 if self.gpu else 0.3)
        return self.tell(e.StepDone(Step.PREPARE), 0).tell(e.StepDone(Step.UPLOAD), 1)

    def embedding(self, part: float = 0.41, span_s: float = 6720) -> Story:
        self.uploaded().tell(e.StepStarted(Step.EMBED), 0).tell(e.StepStarted(Step.FETCH), 0)
        self.tell(e.Launched(4711)).tell(e.ModelLoading(), 0)
        model = "Qwen/Qwen3-VL-Embedding-8B" if self.gpu else "practice"
        self.tell(e.ModelLoaded("cuda:0" if self.gpu else "cpu", model, "", 4096 if self.gpu else 1792, 44.0, {}), 44)
        ticks = 120
        pieces = 0
        for tick in range(1, ticks + 1):
            done = round(self.items * part * tick / ticks)
            speed = (10.8 if self.gpu else 2.4) * (0.8 + 0.2 * min(1.0, tick / 20) + 0.02 * (tick * 7 % 5))
            self.tell(e.Progress(done, self.items, speed, (self.items - done) / speed), span_s / ticks)
            self.tell(self._sample(tick), 0)
            while pieces < min(done // 500, self.shards):
                self.tell(e.ShardHome(pieces, 500, 8_200_000, "cd" * 32, 0), 0)
                pieces += 1
        return self

    def _sample(self, tick: int) -> e.Sample:
        memory = 14_000_000_000 + 150_000_000 * (tick % 9)
        if self.gpu:
            return e.Sample(
                19_000_000_000 + 8_000_000 * tick,
                24_000_000_000,
                memory,
                64_000_000_000,
                0.93 + 0.01 * (tick % 5),
                29_000_000_000,
                60_000_000_000,
            )
        return e.Sample(0, 0, memory, 64_000_000_000, 0.7 + 0.05 * (tick % 6), 29_000_000_000, 60_000_000_000)

    def verified(self) -> Story:
        self.embedding(1.0, 16_300 if self.gpu else 100)
        for shard in range(len(self.snapshot.shards_home), self.shards):
            self.tell(e.ShardHome(shard, self.items - shard * 500, 8_200_000, "cd" * 32, 0), 0)
        self.tell(e.StepDone(Step.EMBED), 1).tell(e.StepDone(Step.FETCH), 40 if self.gpu else 1)
        self.tell(e.StepStarted(Step.VERIFY), 0).tell(e.Verified(self.report()), 5)
        return self.tell(e.StepDone(Step.VERIFY), 0).tell(e.StepStarted(Step.RELEASE), 0)

    def report(self) -> CheckReport:
        counts = {Check.COUNT: (self.items, self.items), Check.DIMENSION: (4096, 4096)}
        lines = tuple(CheckLine(check, True, *counts.get(check, (0, 0))) for check in Check)
        return CheckReport(lines, self.items, 4096 if self.gpu else 1792, self.images)

    def asking(self) -> Story:
        return self.verified().tell(e.DestroyAsked(0), 0)

    def finished(self) -> Story:
        self.asking().tell(e.DestroyWanted(), 30).tell(e.DestroyIntended(self.instance), 0)
        return self._destroyed().tell(e.Ended(complete=True), 0)

    def _destroyed(self) -> Story:
        rental = self.snapshot.rental
        assert rental is not None
        self.tell(e.Tick(), 8)
        spent = cost(rental.price_per_hour, (self.at - rental.rented_at).total_seconds())
        return self.tell(e.Destroyed(self.instance, spent), 0).tell(e.StepDone(Step.RELEASE), 0)

    def waiting(self, error: EmbarkError, step: Step = Step.FETCH) -> Story:
        return self.tell(e.StepWaiting(step, type(error).__name__, error.record(), 3, 12.0), 5)

    def failed(self, error: EmbarkError, step: Step = Step.EMBED) -> Story:
        return self.tell(e.StepFailed(step, type(error).__name__, error.record()), 5)

    def lost(self) -> Story:
        """From a failure on: nothing more can be saved, the machine is gone."""
        self.tell(e.StepStarted(Step.RELEASE), 0).tell(e.DestroyIntended(self.instance), 2)
        return self._destroyed().tell(e.Ended(complete=False), 0)


def practice(run_id: str = "20260129-120000-bb02", **changes: object) -> Story:
    story = Story(
        run_id=run_id,
        cloud="practice",
        machine="AMD EPYC 7B13",
        instance="practice-1",
        price=MicroUsd(140_000),
        items=240,
        images=118,
        name="Sample items",
        gpu=False,
    )
    return replace(story, **changes)  # type: ignore[arg-type]


def instance(instance_id: str, cloud: str = "vast", *, pretend: bool = False, ours: bool = True) -> Instance:
    label = f"embark-{instance_id}" if ours else "somebody"
    name = "AMD EPYC 7B13" if pretend else "RTX 3090"
    price = MicroUsd(140_000)
    return Instance(instance_id, cloud, label, name, InstanceStatus.RUNNING, price, NOON, pretend_price=pretend)


class FakeRuns:
    """Takes commands down and answers with what it was given."""

    def __init__(self, *snapshots: Snapshot) -> None:
        self.snapshots = {one.run_id: one for one in snapshots}
        self.told: list[tuple[str, ...]] = []
        self.refuses: EmbarkError | None = None
        self.bills: tuple[Bill, ...] = (Bill("practice", NOON),)
        self.closed = False
        self.news_read = 0
        self._subscribers: list[Callable[[Snapshot], None]] = []

    def _tell(self, *what: str) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.told.append(what)

    def go_on(self, run_id: str, limit: MicroUsd | None = None, disk_gb: float | None = None) -> None:
        more = [f"{name}={value}" for name, value in (("limit", limit), ("disk_gb", disk_gb)) if value is not None]
        self._tell("go_on", run_id, *more)

    def pause(self, run_id: str) -> None:
        self._tell("pause", run_id)

    def stop(self, run_id: str) -> None:
        self._tell("stop", run_id)

    def destroy(self, run_id: str) -> None:
        self._tell("destroy", run_id)

    def keep(self, run_id: str) -> None:
        self._tell("keep", run_id)

    def snapshot(self, run_id: str) -> Snapshot:
        return self.snapshots[run_id]

    def all(self) -> tuple[Snapshot, ...]:
        return tuple(self.snapshots.values())

    def subscribe(self, changed: Callable[[Snapshot], None]) -> None:
        self._subscribers.append(changed)

    def read_news(self) -> None:
        self.news_read += 1

    def bill(self) -> tuple[Bill, ...]:
        return self.bills

    def destroy_unowned(self, cloud: str, instance_id: str) -> None:
        self._tell("destroy_unowned", cloud, instance_id)
        self.bills = tuple(
            replace(bill, lines=tuple(line for line in bill.lines if line.instance.instance_id != instance_id))
            for bill in self.bills
        )

    def close(self) -> None:
        self.closed = True


def mixed_bills() -> tuple[Bill, ...]:
    """Ours and owned, ours and lost, somebody else's; a cloud that is silent; practice with nothing."""
    lines = (
        BillLine(instance("19905787"), "20260129-120000-aa01", True, MicroUsd(840_000)),
        BillLine(instance("555"), "", True, MicroUsd(3_120_000)),
        BillLine(instance("777", ours=False), "", False, MicroUsd(90_000)),
    )
    silent = Bill("runpod", NOON, error=CloudUnreachable(cloud="runpod"))
    return (Bill("vast", NOON, lines), silent, Bill("practice", NOON))
