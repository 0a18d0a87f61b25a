"""Whether the GPU is of use is tried on the machine: before the model is fetched, and whenever work begins."""

from __future__ import annotations

import dataclasses
import types
from pathlib import Path

import pytest
import torch

from remote_worker.failures import JobFailed
from remote_worker.gpu import try_gpu
from remote_worker.preparation import run_preparation
from remote_worker.protocol import (
    JOB_FILE,
    PREPARATION_FILE,
    Failure,
    ModelSpec,
    Preparation,
    parse_job,
    to_line,
)
from remote_worker.transformer import _precision
from tests.worker.jobs import events, make_job, start, texts


def rented(folder: Path) -> Path:
    """The job as it goes to a machine that was rented for its GPU."""
    job = dataclasses.replace(parse_job((folder / JOB_FILE).read_bytes()), needs_gpu=True)
    (folder / JOB_FILE).write_bytes(to_line(job))
    return folder


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """A card by what torch says of it: its tensors lie on the processor."""
    says = types.SimpleNamespace(bf16=True, dtypes=[])
    ones = torch.ones

    def on_the_card(size: tuple[int, int], *, dtype: torch.dtype, device: str) -> torch.Tensor:
        assert device == "cuda"
        says.dtypes.append(dtype)
        return ones(size, dtype=dtype)

    properties = types.SimpleNamespace(name="Titan RTX", total_memory=24 << 30)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: properties)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: says.bf16 or including_emulation)
    monkeypatch.setattr(torch, "ones", on_the_card)
    return says


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_machine_whose_gpu_is_gone_says_so_before_it_loads_the_model(
    minilm: Path, tmp_path: Path, processes: str
) -> None:
    folder = rented(make_job(tmp_path, texts(12), ModelSpec(str(minilm))))
    process = start(folder, EMBARK_PROCESSES=processes)
    assert process.wait() == 1
    last = events(folder)[-1]
    assert (last.kind, last.failure) == ("failed", Failure.GPU_UNUSABLE.value)
    assert last.detail
    assert not events(folder, "loaded")
    assert not list((folder / "shards").glob("*.npz"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_a_job_that_was_not_rented_a_gpu_is_done_without_one(minilm: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path, texts(3), ModelSpec(str(minilm)))
    assert b"needs_gpu" not in (folder / JOB_FILE).read_bytes(), "jobs from before it was known are such"
    assert start(folder).wait() == 0
    (loaded,) = events(folder, "loaded")
    assert loaded.recipe["precision"] == "fp32"


def test_a_card_is_tried_in_the_precision_that_is_asked_for(card: types.SimpleNamespace) -> None:
    for precision in ("bf16", "fp16", "fp32"):
        assert try_gpu(precision) == ("Titan RTX", 24 << 30)
    assert card.dtypes == [torch.bfloat16, torch.float16, torch.float32]


def test_a_card_that_does_not_compute_in_bf16_is_of_no_use_for_it(card: types.SimpleNamespace, tmp_path: Path) -> None:
    card.bf16 = False
    assert try_gpu("fp16") == ("Titan RTX", 24 << 30)
    with pytest.raises(JobFailed) as raised:
        try_gpu("bf16")
    assert raised.value.failure is Failure.GPU_UNUSABLE
    (tmp_path / PREPARATION_FILE).write_bytes(to_line(Preparation(ModelSpec("someone/model"), needs_gpu=True)))
    assert run_preparation(tmp_path) == 1
    last = events(tmp_path)[-1]
    assert (last.failure, last.detail) == ("gpu-unusable", "Titan RTX does not compute in bf16")


def test_a_card_of_ones_own_that_does_not_compute_in_bf16_computes_in_fp32_and_says_so(
    card: types.SimpleNamespace,
) -> None:
    card.bf16 = False
    precision, why = _precision("bf16", torch.device("cuda"))
    assert precision == "fp32"
    assert "bf16" in why
    assert _precision("fp16", torch.device("cuda")) == ("fp16", "")
