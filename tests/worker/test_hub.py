"""Models by their name on the hub: without pickles, at a commit that is written down, and missing in one sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from remote_worker.protocol import ModelSpec
from tests.worker import hub_server
from tests.worker.jobs import carry_out, cosines, events, make_job, result, start, texts

NAME = "someone/tiny-embedding"


@pytest.fixture
def model(tiny_qwen3: Path, tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(tiny_qwen3, tmp_path / "model"))
    for name in ("pytorch_model.bin", "evil.py", "training_args.bin", "onnx/model.onnx", "onnx/config.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"not wanted")
    return folder


def hub(address: str, tmp_path: Path) -> dict[str, str]:
    return {
        "HF_ENDPOINT": address,
        "HF_HUB_OFFLINE": "0",
        "TRANSFORMERS_OFFLINE": "0",
        "HF_HOME": str(tmp_path / "hub"),
    }


def test_a_model_of_the_hub_is_fetched_once_without_pickles_or_code(model: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path / "job", texts(4), ModelSpec(NAME))
    with hub_server.serving(model, NAME) as there:
        fetched = there.fetched
        process = start(folder, **hub(there.address, tmp_path))
        assert process.wait() == 0, (folder / "worker.log").read_text()
        assert "model.safetensors" in fetched
        assert "1_Pooling/config.json" in fetched
        assert not [name for name in fetched if name.endswith((".bin", ".py", ".onnx")) or name.startswith("onnx/")]
        assert len(fetched) == len(set(fetched))
        (folder / "shards" / "00000.npz").unlink()
        fetched.clear()
        assert start(folder, **hub(there.address, tmp_path)).wait() == 0
        assert fetched == []
    loaded = events(folder, "loaded")[-1]
    assert loaded.model == NAME
    assert loaded.revision == loaded.recipe["revision"] == hub_server.COMMIT
    local = make_job(tmp_path / "local", texts(4), ModelSpec(str(model)))
    assert carry_out(local) == 0
    assert cosines(result(folder).vectors, result(local).vectors).min() > 0.99999


def test_a_model_that_the_hub_does_not_know_is_missing(model: Path, tmp_path: Path) -> None:
    folder = make_job(tmp_path / "job", texts(4), ModelSpec("someone/misspelt"))
    with hub_server.serving(model, NAME) as there:
        assert start(folder, **hub(there.address, tmp_path)).wait() == 1
    failed = events(folder)[-1]
    assert failed.failure == "model-missing"
    assert "someone/misspelt" in failed.detail
