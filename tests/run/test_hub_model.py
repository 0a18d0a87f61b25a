"""A model of the hub on a machine: it comes with progress beside the upload, once, and then embeds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gui.core.result.result import open_result
from tests.worker import hub_server

ROOT = Path(__file__).resolve().parents[2]
WORKER_PYTHON = ROOT / ".venv-worker" / "bin" / "python"
NAME = "someone/tiny"
ITEMS = 12
MAKE = "import sys, pathlib; from tests.worker import tiny; tiny.qwen3(pathlib.Path(sys.argv[1]))"
END_S = 150


@pytest.mark.skipif(not WORKER_PYTHON.exists(), reason="needs the worker's environment")
def test_a_model_of_the_hub_is_fetched_once_and_embeds(tmp_path: Path) -> None:
    model, plan = tmp_path / "model", tmp_path / "plan.toml"
    subprocess.run([WORKER_PYTHON, "-c", MAKE, model], cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    (tmp_path / "items.json").write_text(
        json.dumps([{"id": f"q{n}", "question": f"What is {n}?"} for n in range(ITEMS)])
    )
    plan.write_text(
        f'[data]\nitems = ["items.json"]\n[model]\nname = "{NAME}"\nprecision = "fp32"\n'
        f'[machine]\ncloud = "practice"\ndisk_gb = 1\n[result]\nfolder = "result"\n',
        encoding="utf-8",
    )
    with hub_server.serving(model, NAME) as hub:
        hub.troubles, hub.of, hub.bytes_per_s = ["cut", 500], ".safetensors", 500_000
        seen = {**os.environ, "EMBARK_HOME": str(tmp_path / "home"), "HF_ENDPOINT": hub.address}
        words = [sys.executable, "-m", "gui", "run", str(plan), "--yes"]
        said = subprocess.run(words, env=seen, capture_output=True, text=True, cwd=ROOT, timeout=END_S, check=False)
        assert said.returncode == 0, said.stderr
        assert "fetches the model" in said.stderr
        whole = sum(path.stat().st_size for path in model.rglob("*") if path.is_file())
        assert hub.sent_bytes == whole, "what was cut off went on where it was"
    result = open_result(tmp_path / "result")
    assert len(result) == ITEMS
    assert result.manifest.revision == hub_server.COMMIT
