"""Before the paid hours a few of the person's own rows are computed the slow way too, and a run that differs ends."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from remote_worker import golden, precision
from remote_worker.encoder import Encoder, load_encoder
from remote_worker.failures import JobFailed
from remote_worker.items import Items
from remote_worker.job import read_job, run_job
from remote_worker.protocol import HOME_FILE, Chosen, Failure, Golden, ModelSpec, PrecisionReport, Row
from remote_worker.reference import Reference
from tests.worker.jobs import carry_out, draw, events, make_job, text, texts


class Checked:
    """A job's rows held against an encoder; what was said is kept."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.folder, self.encoder = folder, encoder
        self.job = read_job(folder)
        self.items = Items(folder, self.job)
        self.said: list[tuple[str, dict[str, Any]]] = []

    def emit(self, kind: str, **fields: Any) -> None:
        self.said.append((kind, fields))

    def check(self) -> Golden:
        rows = range(self.job.rows)
        try:
            golden.check(self.encoder, self.job, self.items, rows, self.folder, self.emit, lambda: None)
        finally:
            self.report = next((fields["golden"] for kind, fields in self.said if kind == "golden"), None)
        return self.report

    def precision(self, rows: int = 40) -> PrecisionReport:
        job = dataclasses.replace(self.job, precision_rows=rows)
        precision.report(self.encoder, job, self.items, range(job.rows), self.emit, lambda: None)
        return next(fields["precision"] for kind, fields in self.said if kind == "precision")


def mixed(folder: Path, model: Path, **spec: Any) -> Path:
    """Texts short and long, in two languages, some with pictures, one that begins with a certain word."""
    rows = [Row(f"i{at}", text(at), f"{at}.png" if at % 3 == 0 else "") for at in range(60)]
    rows[7] = Row("i7", "import numpy as np")
    rows[20] = Row("i20", "긴 글 " * 200)
    make_job(folder, rows, ModelSpec(str(model), **spec))
    for at in range(0, 60, 3):
        draw(folder / "images" / f"{at}.png", at, (40 + 3 * at, 90))
    return folder


@pytest.fixture
def seeing(tiny_qwen3_vl: Path, tmp_path: Path) -> Checked:
    spec = ModelSpec(str(tiny_qwen3_vl), max_pixels=65_536)
    return Checked(mixed(tmp_path / "job", tiny_qwen3_vl, max_pixels=65_536), load_encoder(spec))


@pytest.fixture
def reading(tiny_qwen3: Path, tmp_path: Path) -> Checked:
    return Checked(mixed(tmp_path / "job", tiny_qwen3), load_encoder(ModelSpec(str(tiny_qwen3))))


@pytest.fixture
def halved(reading: Checked) -> Checked:
    """As on a card that computes in bf16."""
    reference = slow(reading.encoder)
    reference.model.to(torch.bfloat16)
    reading.encoder.loaded.recipe["precision"] = "bf16"
    return reading


def slow(encoder: Encoder) -> Reference:
    reference = encoder.reference  # type: ignore[attr-defined]
    assert isinstance(reference, Reference)
    return reference


def test_the_quick_way_and_the_slow_one_agree_and_it_is_said_of_which_rows(seeing: Checked) -> None:
    report = seeing.check()
    assert report.agreed
    assert report.precision == "fp32"
    assert min(one.cosine for one in report.rows) >= 0.9999
    assert {one.why for one in report.rows} >= {"import", "shortest", "longest", "picture", "korean"}
    assert "i7" in {one.item_id for one in report.rows}
    assert len(report.rows) + report.left_out == 6


def test_of_many_rows_twenty_are_taken_and_each_kind_is_among_them(tiny_qwen3: Path, tmp_path: Path) -> None:
    rows = [
        Row(f"i{at}", f"{at} words" if at % 7 else "한글 문장", "1.png" if at % 5 == 0 else "") for at in range(3000)
    ]
    rows[1234] = Row("i1234", "Import the thing")
    rows[2345] = Row("i2345", "long " * 500)
    checked = Checked(make_job(tmp_path, rows, ModelSpec(str(tiny_qwen3))), None)  # type: ignore[arg-type]
    chosen = golden.choose(checked.items, range(3000))
    assert len(chosen) == 20
    assert chosen[1234] == "import"
    assert chosen[2345] == "longest"
    assert {row for row in chosen if row % 7 == 0}, "Korean"
    assert sum(row % 5 == 0 for row in chosen) >= 5


def test_words_that_every_row_begins_with_make_none_korean(tiny_qwen3: Path, tmp_path: Path) -> None:
    rows = [Row(f"i{at}", f"문제: {at} words") for at in range(300)] + [Row("picture", "", "1.png")]
    rows[123] = Row("i123", "문제: 한글 문장")
    items = Checked(make_job(tmp_path, rows, ModelSpec(str(tiny_qwen3))), None).items  # type: ignore[arg-type]
    assert items.notable(range(len(rows)))[Chosen.KOREAN] == [123]
    assert items.notable([0, 1, 2, 300])[Chosen.KOREAN] == []


class Double:
    """An encoder whose quick way is another one."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder

    def __getattr__(self, name: str) -> Any:
        if name in ("launch", "pads", "meter"):  # only ``encode`` is the quick way here
            raise AttributeError(name)
        return getattr(self._encoder, name)

    @property
    def reference(self) -> Reference:
        return slow(self._encoder)


class LeftPaddedWithoutMask(Double):
    """As it went wrong in the wild: padded on the left, and nobody says what is padding."""

    def encode(self, batch: Sequence[Any], images: Sequence[Any]) -> np.ndarray:
        longest = max(one.tokens for one in batch)
        ids = torch.tensor([[0] * (longest - one.tokens) + list(one.content) for one in batch])
        with torch.inference_mode():
            last = slow(self._encoder).model(input_ids=ids).last_hidden_state[:, -1].float()
        return torch.nn.functional.normalize(last, dim=-1).numpy()


def test_a_quick_way_that_is_broken_ends_the_run_and_the_rows_are_named(reading: Checked) -> None:
    reading.encoder = LeftPaddedWithoutMask(reading.encoder)  # type: ignore[assignment]
    with pytest.raises(JobFailed) as failed:
        reading.check()
    assert failed.value.failure is Failure.VECTORS_DISAGREE
    report = reading.report
    assert report is not None
    assert not report.agreed
    wrong = [one for one in report.rows if one.cosine < golden.AGREE]
    assert wrong
    assert all(f"{one.item_id} ({one.cosine:.4f})" in failed.value.detail for one in wrong[:1])


def test_a_job_with_a_broken_quick_way_makes_no_shard(tiny_qwen3: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(40), ModelSpec(str(tiny_qwen3)))
    broken = run_job(folder, threading.Event(), load=lambda spec: LeftPaddedWithoutMask(load_encoder(spec)))
    assert broken == 1
    kinds = [event.kind for event in events(folder) if event.kind != "sample"]
    assert kinds.index("loaded") < kinds.index("golden") < kinds.index("failed")
    assert events(folder)[-1].failure == "vectors-disagree"
    assert not list((folder / "shards").glob("*.npz"))
    assert carry_out(folder) == 0
    (golden_event,) = events(folder, "golden")[1:]
    assert golden_event.golden is not None
    assert golden_event.golden.agreed


class Unwell(Double):
    """Gives no number for some rows."""

    def encode(self, batch: Sequence[Any], images: Sequence[Any]) -> np.ndarray:
        vectors = self._encoder.encode(batch, images)
        vectors[[one.tokens < 25 for one in batch]] = np.nan
        return vectors


def test_a_row_that_only_the_quick_way_cannot_compute_ends_the_run(reading: Checked) -> None:
    reading.encoder = Unwell(reading.encoder)  # type: ignore[assignment]
    with pytest.raises(JobFailed, match=r"\(-1\.0000\)") as failed:
        reading.check()
    assert failed.value.failure is Failure.VECTORS_DISAGREE


class Blind(Double):
    """Pictures take their room, and change nothing."""

    def encode(self, batch: Sequence[Any], images: Sequence[Any]) -> np.ndarray:
        return np.concatenate([self._alone(one, image) for one, image in zip(batch, images, strict=True)])

    def _alone(self, one: Any, image: Any) -> np.ndarray:
        words = [token for token in one.content if token not in self._marks()]
        prepared = dataclasses.replace(one, content=words, tokens=len(words))
        return self._encoder.encode([prepared], [None])

    def _marks(self) -> set[int]:
        config = slow(self._encoder).model.config
        return {config.image_token_id, config.vision_start_token_id, config.vision_end_token_id}


def test_a_model_that_ignores_pictures_is_found_out_at_once(seeing: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    seeing.encoder = Blind(seeing.encoder)  # type: ignore[assignment]
    monkeypatch.setattr(Reference, "vector", lambda *of_a_row: None)  # as blind as the quick way
    with pytest.raises(JobFailed) as failed:
        golden.check(
            seeing.encoder, seeing.job, seeing.items, range(0, 60, 3), seeing.folder, seeing.emit, lambda: None
        )
    assert failed.value.failure is Failure.PICTURES_IGNORED
    assert "picture-ignored" in {fields.get("alarm") for _, fields in seeing.said}


def test_rounding_fails_nobody_and_its_size_is_said(halved: Checked) -> None:
    report = halved.check()
    assert report.agreed
    assert report.precision == "fp32"
    assert 0.98 < report.lowest_in_full < 1.0
    assert min(one.cosine for one in report.rows) >= golden.AGREE


class Rough(Double):
    """Both ways round so coarsely that they lie this far from full precision."""

    def __init__(self, encoder: Any, quick: float, slow: float) -> None:
        super().__init__(encoder)
        self._quick, self._slow = quick, slow

    def encode(self, batch: Sequence[Any], images: Sequence[Any]) -> np.ndarray:
        return np.stack([astray(vector, self._quick, seed=1) for vector in self._encoder.encode(batch, images)])

    @property
    def reference(self) -> Any:
        exact = slow(self._encoder)
        return SimpleNamespace(
            vector=lambda *row: astray(exact.vector(*row), self._slow, seed=2),
            full_precision=lambda: contextlib.nullcontext(exact),
        )


def astray(vector: np.ndarray, apart: float, seed: int) -> np.ndarray:
    """A unit vector whose cosine to this one is less by so much than 1."""
    aside = np.random.default_rng(seed).standard_normal(len(vector))
    aside -= aside @ vector * vector
    turned = (1 - apart) * vector + np.sqrt(1 - (1 - apart) ** 2) * aside / np.linalg.norm(aside)
    return turned.astype(np.float32)


def test_a_precision_too_coarse_for_the_usual_threshold_is_measured_by_itself(halved: Checked) -> None:
    slow(halved.encoder).model.float()
    halved.encoder = Rough(halved.encoder, quick=0.002, slow=0.002)  # type: ignore[assignment]
    report = halved.check()
    assert report.agreed
    assert min(one.cosine for one in report.rows) < golden.AGREE
    assert report.threshold == pytest.approx(0.994, abs=0.0005)
    assert report.doubtful == len(report.rows)


@pytest.mark.parametrize(("quick", "slowly"), [(0.006, 0.0001), (0.025, 0.025)])
def test_a_quick_way_that_is_coarser_than_the_slow_one_or_than_anything_ends_the_run(
    quick: float, slowly: float, halved: Checked
) -> None:
    slow(halved.encoder).model.float()
    halved.encoder = Rough(halved.encoder, quick, slowly)  # type: ignore[assignment]
    with pytest.raises(JobFailed) as failed:
        halved.check()
    assert failed.value.failure is Failure.VECTORS_DISAGREE


def test_where_full_precision_does_not_fit_the_runs_own_is_the_measure(
    halved: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Reference) -> None:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Reference, "full_precision", refused)
    report = halved.check()
    assert report.agreed
    assert report.precision == "bf16"
    assert report.lowest_in_full == -1


def test_what_takes_too_long_is_left_out_and_counted(reading: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden.TimeLeft, "allows", lambda self, tokens: tokens < 30)
    report = reading.check()
    assert report.agreed
    assert 0 < len(report.rows) < 6
    assert len(report.rows) + report.left_out == 6


@pytest.mark.parametrize(
    ("apart", "from_tokens", "agreed"), [(0.003, 200, True), (0.02, 200, False), (0.003, 0, False)]
)
def test_without_full_precision_a_single_row_may_round_more_than_most(
    apart: float, from_tokens: int, agreed: bool, halved: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    class RoundsLongRowsMore(Double):
        def encode(self, batch: Sequence[Any], images: Sequence[Any]) -> np.ndarray:
            vectors = self._encoder.encode(batch, images)
            both = zip(batch, vectors, strict=True)
            return np.stack([astray(vector, apart, 1) if one.tokens >= from_tokens else vector for one, vector in both])

    def refused(self: Reference) -> None:
        raise ValueError("some weights lie outside the memory")

    monkeypatch.setattr(Reference, "full_precision", refused)
    slow(halved.encoder).model.float()
    halved.encoder = RoundsLongRowsMore(halved.encoder)  # type: ignore[assignment]
    if agreed:
        assert halved.check().agreed
    else:
        with pytest.raises(JobFailed):
            halved.check()


def test_one_short_slow_row_does_not_leave_all_the_longer_ones_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(golden.time, "monotonic", lambda: now[0])
    left = golden.TimeLeft(60.0)
    compared = 0
    for tokens, takes_s in [(3, 5.0), (4, 0.4), *[(400, 0.5)] * 18]:
        if left.allows(tokens):
            compared += 1
            with left.measured(tokens):
                now[0] += takes_s
    assert compared == 20


def test_rows_for_which_there_is_no_time_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(golden.time, "monotonic", lambda: now[0])
    left = golden.TimeLeft(60.0)
    for tokens in (300, 600, 1200, 2400, 4800, 9600):
        if left.allows(tokens):
            with left.measured(tokens):
                now[0] += tokens / 100
    assert 21.0 <= now[0] <= 60.0


# --- what is home already, made by another machine ---


def bring_home(folder: Path, rows: Sequence[int], vectors: np.ndarray) -> None:
    seen = np.zeros(len(rows), np.bool_)
    np.savez(folder / HOME_FILE, rows=np.array(rows, np.int64), vectors=vectors.astype(np.float32), has_image=seen)


def test_vectors_of_another_machine_are_made_again_and_held_against_these(reading: Checked) -> None:
    made = golden.as_the_run_does(reading.encoder, reading.job, reading.items, range(10), reading.emit, lambda: None)
    vectors = np.stack([made[row].vector for row in range(10)])
    bring_home(reading.folder, range(10), vectors)
    report = reading.check()
    assert report.agreed
    assert [one.row for one in report.home] == list(range(10))
    assert min(one.cosine for one in report.home) >= 0.99999

    bring_home(reading.folder, range(10), np.roll(vectors, 1, axis=0))
    with pytest.raises(JobFailed) as failed:
        Checked(reading.folder, reading.encoder).check()
    assert failed.value.failure is Failure.VECTORS_DISAGREE


def test_another_machine_may_round_as_coarsely_as_this_one(halved: Checked) -> None:
    slow(halved.encoder).model.float()
    made = golden.as_the_run_does(halved.encoder, halved.job, halved.items, range(10), halved.emit, lambda: None)
    coarse = np.stack([astray(made[row].vector, 0.0008, seed=100 + row) for row in range(10)])
    bring_home(halved.folder, range(10), coarse)
    halved.encoder = Rough(halved.encoder, quick=0.0008, slow=0.0008)  # type: ignore[assignment]
    report = halved.check()
    assert report.agreed
    assert max(one.cosine for one in report.home) < golden.HOME_MEDIAN

    bring_home(halved.folder, range(10), np.stack([astray(one, 0.003, seed=200 + at) for at, one in enumerate(coarse)]))
    with pytest.raises(JobFailed):
        Checked(halved.folder, halved.encoder).check()


@pytest.mark.parametrize("damage", ["garbage", "pickle", "far rows", "other dimensions"])
def test_what_comes_along_as_home_is_not_trusted(damage: str, reading: Checked) -> None:
    path = reading.folder / HOME_FILE
    if damage == "garbage":
        path.write_bytes(b"PK\x03\x04 nothing")
    elif damage == "pickle":
        np.savez(path, rows=np.array([{}], object), vectors=np.zeros((1, 64), np.float32), has_image=np.zeros(1, bool))
    else:
        bring_home(reading.folder, [10**6 if damage == "far rows" else 0], np.ones((1, 64 if "far" in damage else 32)))
    with pytest.raises(JobFailed) as failed:
        reading.check()
    disagree = damage == "other dimensions"
    assert failed.value.failure is (Failure.VECTORS_DISAGREE if disagree else Failure.JOB_UNREADABLE)


# --- what the precision changes, for those who ask ---


def test_the_report_compares_the_run_with_full_precision(halved: Checked) -> None:
    report = halved.precision()
    assert (report.precision, report.rows, report.why_not) == ("bf16", 40, "")
    assert 0.9 < report.lowest <= report.low <= report.median < 1
    assert list(report.counts) == sorted(report.counts)
    assert report.counts[-1] == 40
    assert report.neighbours == 10
    assert 0.5 < report.lowest_overlap <= report.overlap <= 1


def test_a_run_in_full_precision_has_nothing_to_report(reading: Checked) -> None:
    assert reading.precision().why_not == "full"


def test_of_a_handful_of_rows_nothing_is_reported(halved: Checked) -> None:
    assert halved.precision(2).why_not == "few"


def test_texts_of_the_practice_model_agree(tmp_path: Path) -> None:
    checked = Checked(make_job(tmp_path, texts(8)), load_encoder(ModelSpec("practice")))
    assert min(one.cosine for one in checked.check().rows) >= 0.99999
