"""A model's files come from the hub whole and once, whatever the network, the hub or the disk does meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from remote_worker import weights
from remote_worker.failures import JobFailed
from remote_worker.hub import find_model
from remote_worker.preparation import run_preparation
from remote_worker.protocol import EVENTS_FILE, PREPARATION_FILE, Failure, ModelSpec, Preparation, to_line
from remote_worker.weights import Progress, fetch
from tests.worker import hub_server
from tests.worker.hub_server import COMMIT, Hub
from tests.worker.jobs import ROOT, events

NAME = "someone/tiny"
SPEC = ModelSpec(NAME)
SIZES = {"model-00001-of-00002.safetensors": 3_000_000, "model-00002-of-00002.safetensors": 1_000_000}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    for number, (name, size) in enumerate(SIZES.items()):
        (folder / name).write_bytes(bytes([number + 1]) * size)
    (folder / "config.json").write_text('{"hidden_size": 4}')
    (folder / "1_Pooling" / "config.json").write_text("{}")
    index = ", ".join(f'"{number}": "{name}"' for number, name in enumerate(SIZES))
    (folder / "model.safetensors.index.json").write_text(f'{{"weight_map": {{{index}}}}}')
    (folder / "pytorch_model.bin").write_bytes(b"not wanted")
    return folder


@pytest.fixture
def hub(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with hub_server.serving(model, NAME) as there:
        for name, value in environment(there.address, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield there


def environment(address: str, tmp_path: Path) -> dict[str, str]:
    return {"HF_ENDPOINT": address, "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path / "home"), "HF_TOKEN": ""}


def brought(told: weights.Told = lambda _: None) -> Path:
    return fetch(SPEC, told, weights.Hub(pace=0.001, silence_s=1.0))


def failure() -> JobFailed:
    with pytest.raises(JobFailed) as failed:
        brought()
    return failed.value


def assert_whole(folder: Path, model: Path) -> None:
    for name in (*SIZES, "config.json", "1_Pooling/config.json"):
        assert (folder / name).read_bytes() == (model / name).read_bytes()
    assert not (folder / "pytorch_model.bin").exists()
    assert list((folder.parents[1] / "parts").iterdir()) == []


def test_every_byte_is_told_and_comes_once(hub: Hub, model: Path) -> None:
    said: list[Progress] = []
    folder = brought(said.append)
    assert folder.name == COMMIT
    assert_whole(folder, model)
    whole = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert (said[0].done_bytes, said[-1].done_bytes, said[-1].came_bytes) == (0, whole, whole)
    assert {one.total_bytes for one in said} == {whole}
    assert hub.sent_bytes == whole
    assert brought() == folder
    assert hub.sent_bytes == whole


@pytest.mark.parametrize("trouble", ["cut", 500, 429, 502, "html", "other"])
def test_what_goes_wrong_for_a_while_is_tried_again(hub: Hub, model: Path, trouble: int | str) -> None:
    hub.troubles, hub.of = [trouble, trouble], ".safetensors"
    assert_whole(brought(), model)
    assert hub.troubles == []


def test_a_cut_file_goes_on_where_it_was_cut(hub: Hub) -> None:
    hub.troubles, hub.of = ["cut"], "00001-of-00002.safetensors"
    brought()
    (first, again) = [headers for path, headers in hub.asked if path.endswith(hub.of)]
    assert ("Range" in first, again["Range"]) == (False, "bytes=1500000-")


def test_a_part_that_was_spoilt_on_the_disk_is_found_out(hub: Hub, model: Path) -> None:
    shutil.copytree(model, spoilt := model.with_name("spoilt"))
    (spoilt / "model-00001-of-00002.safetensors").write_bytes(b"x" * 3_000_000)
    file = weights.HubFile("model", 3_000_000, hub.sibling("model-00001-of-00002.safetensors")["lfs"]["sha256"])  # type: ignore[index]
    part = weights.Store(NAME).part(file)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 100_000)
    assert_whole(brought(), model)


def test_a_download_that_was_killed_goes_on_with_what_had_come(hub: Hub, model: Path, tmp_path: Path) -> None:
    hub.bytes_per_s = 2_000_000
    folder = tmp_path / "order"
    folder.mkdir()
    (folder / PREPARATION_FILE).write_bytes(to_line(Preparation(SPEC)))
    command = [sys.executable, "-m", "remote_worker", "prepare", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment(hub.address, tmp_path))
    while hub.sent_bytes < 800_000 and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.wait()
    hub.bytes_per_s = 0
    before = hub.sent_bytes
    assert run_preparation(folder) == 0
    assert_whole(weights.Store(NAME).snapshot(COMMIT), model)
    assert hub.sent_bytes - before < 4_000_000 - 300_000
    last = events(folder, "weights")[-1]
    assert last.done_bytes == last.total_bytes > last.came_bytes
    assert events(folder)[-1].revision == COMMIT


@pytest.mark.parametrize(
    ("troubles", "says", "word"),
    [
        ([500] * 50, Failure.HUB_REFUSES, "500"),
        ([429] * 50, Failure.HUB_REFUSES, "429"),
        (["html"] * 50, Failure.HUB_REFUSES, "web page"),
        ([404] * 50, Failure.MODEL_MISSING, NAME),
        ([401] * 50, Failure.MODEL_MISSING, NAME),
    ],
)
def test_a_hub_that_refuses_for_good_says_why(hub: Hub, troubles: list[int | str], says: Failure, word: str) -> None:
    hub.troubles = troubles
    failed = failure()
    assert failed.failure is says
    assert word in failed.detail


def test_a_file_that_is_never_what_its_hash_says_is_not_kept(hub: Hub) -> None:
    hub.troubles, hub.of = ["other"] * 50, "00001-of-00002.safetensors"
    failed = failure()
    assert failed.failure is Failure.HUB_REFUSES
    assert "hash" in failed.detail
    assert not (weights.Store(NAME).snapshot(COMMIT) / "model-00001-of-00002.safetensors").exists()


def test_a_hub_that_cannot_be_reached_is_no_missing_model(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert failure().failure is Failure.HUB_SILENT
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    folder = brought()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert brought() == folder, "what is here is enough"
    (folder / "model-00002-of-00002.safetensors").unlink()
    assert failure().failure is Failure.HUB_SILENT, "what is here is not all"


def test_a_disk_that_is_too_small_is_told_before_a_byte_comes(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def tiny(path: object) -> shutil._ntuple_diskusage:
        return shutil._ntuple_diskusage(10**8, 10**8 - 5_000_000, 5_000_000)

    monkeypatch.setattr(shutil, "disk_usage", tiny)
    failed = failure()
    assert failed.failure is Failure.DISK_FULL
    assert (failed.free_bytes, failed.needed_bytes > 4_000_000) == (5_000_000, True)
    assert hub.fetched == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs a disk of its own")
def test_a_disk_that_runs_full_meanwhile_is_one_sentence(hub: Hub, tmp_path: Path) -> None:
    folder, small = tmp_path / "order", tmp_path / "small"
    for one in (folder, small):
        one.mkdir()
    (folder / PREPARATION_FILE).write_bytes(to_line(Preparation(SPEC)))
    script = f"""
ulimit -f 1500
trap '' XFSZ
exec {sys.executable} -m remote_worker prepare {folder}
"""
    seen = os.environ | environment(hub.address, tmp_path)
    assert subprocess.run(["bash", "-c", script], cwd=ROOT, env=seen, stderr=subprocess.DEVNULL).returncode == 1
    failed = events(folder)[-1]
    assert (failed.failure, "does not fit" in failed.detail) == (Failure.DISK_FULL, True)


def test_two_at_once_fetch_it_once(hub: Hub, model: Path) -> None:
    hub.bytes_per_s = 5_000_000
    both = [threading.Thread(target=brought) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(hub.fetched) == sorted(set(hub.fetched))
    assert_whole(weights.Store(NAME).snapshot(COMMIT), model)


@pytest.mark.parametrize("name", ["../evil.json", "/etc/evil.json", "a/../../evil.json", "a\\evil.json", "./x.json"])
def test_a_file_name_that_leads_elsewhere_is_refused(
    hub: Hub, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "sibling", lambda _: {"rfilename": name, "size": 2, "blobId": "0" * 40})
    assert failure().failure is Failure.HUB_REFUSES
    assert not list(tmp_path.rglob("evil.json"))


def test_the_token_goes_to_the_hub_and_into_no_event(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    folder = tmp_path / "order"
    folder.mkdir()
    (folder / PREPARATION_FILE).write_bytes(to_line(Preparation(SPEC)))
    assert run_preparation(folder) == 0
    assert {headers["Authorization"] for _, headers in hub.asked} == {"Bearer hf_secret"}
    assert b"hf_secret" not in (folder / EVENTS_FILE).read_bytes()


def test_what_the_hubs_own_library_fetched_is_used(hub: Hub, model: Path, tmp_path: Path) -> None:
    fetcher = "import sys; from huggingface_hub import snapshot_download as s; s(sys.argv[1], local_files_only=True)"
    folder = brought()
    seen = os.environ | environment(hub.address, tmp_path) | {"HF_HUB_OFFLINE": "1"}
    assert subprocess.run([sys.executable, "-c", fetcher, NAME], env=seen).returncode == 0, "and the other way round"
    name = "model-00001-of-00002.safetensors"
    blob = folder.parents[1] / "blobs" / "one"
    blob.parent.mkdir()
    (folder / name).replace(blob)
    (folder / name).symlink_to(blob)
    hub.fetched.clear()
    assert find_model(SPEC).folder == folder
    assert hub.fetched == []
