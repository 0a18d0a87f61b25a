"""The worker on a GPU: Qwen3-Embedding-8B and Qwen3-VL-Embedding-8B with random weights, and the items of an exam bank.

    .venv-worker/bin/python -m tests.bench engine_gpu

(``EMBARK_BENCH_KINDS``: text or mix alone; ``EMBARK_BENCH_TEXTS``: how many rows.)

Text alone, and the mix of which 23 % have a picture: items a second and model FLOPs utilisation (MFU) of the worker, of
the loop that takes one row after the other in the same precision with equal pixels, and of sentence-transformers at the
size of a batch that suits it best; and the floor by arithmetic, at which the card would do nothing but the products.
Without a GPU the same runs with tiny shapes on the processor, which shows no more than that it works. Not yet run on a
GPU.

FLOPs are those of each row alone: what the worker computes once for a whole batch counts for every row of it.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from remote_worker.embedding import embed
from remote_worker.encoder import Encoder, load_encoder
from remote_worker.images import read_picture
from remote_worker.items import Items
from remote_worker.job import read_job
from remote_worker.protocol import ModelSpec, Row
from tests.bench.bench_engine import SHARD_ROWS, Desk
from tests.worker import peer, tiny
from tests.worker.jobs import WORDS, cosines, draw, make_job

GPU = torch.cuda.is_available()
ROWS = int(os.environ.get("EMBARK_BENCH_TEXTS", "4000" if GPU else "60"))
KINDS = os.environ.get("EMBARK_BENCH_KINDS", "text,mix").split(",")
SLOW_ROWS = max(20, ROWS // 10)  # of them, for those who take one at a time
WITH_PICTURE = 0.23
TOKENS = (60, 400)
EDGES = (512, 768, 1024, 1280)
PEER_BATCHES = (8, 32, 128)
# Dense bf16 (tensor cores, no sparsity), by the makers' sheets.
PEAKS = {"H200": 989e12, "H100": 989e12, "H100 PCIe": 756e12, "H100 NVL": 835e12, "A100": 312e12, "RTX A6000": 155e12}
PEAKS |= {"RTX 4090": 165e12, "RTX 3090": 71e12, "L40": 181e12, "L40S": 362e12, "RTX 5090": 210e12}

TEXT_8B = {"hidden_size": 4096, "intermediate_size": 12288, "num_hidden_layers": 36, "num_attention_heads": 32}
TEXT_8B |= {"num_key_value_heads": 8, "head_dim": 128}
SEEING_8B = {
    **TEXT_8B,
    "rope_parameters": {
        "rope_type": "default",
        "rope_theta": 5e6,
        "mrope_section": [24, 20, 20],
        "mrope_interleaved": True,
    },
}
SIGHT_8B = {"depth": 27, "hidden_size": 1152, "intermediate_size": 4304, "num_heads": 16, "out_hidden_size": 4096}
SIGHT_8B |= {"num_position_embeddings": 2304, "deepstack_visual_indexes": [8, 16, 24]}


def run() -> Iterator[str]:
    yield f"{_card()}, torch {torch.__version__}, {ROWS} rows, {SLOW_ROWS} of them for those that take one at a time"
    with tempfile.TemporaryDirectory() as folder:
        words = tiny.tokenizer()
        for name in KINDS:
            model = Path(folder) / name
            _build(name, model, words)
            yield from ("", f"### {name}", "")
            yield from _compared(name, model, Path(folder) / f"job-{name}")


def _card() -> str:
    return torch.cuda.get_device_name(0) if GPU else "no GPU: tiny shapes on the processor, which say nothing of speed"


def _build(name: str, model: Path, words: Any) -> None:
    """Random weights, made where they are fastest made."""
    model.mkdir()
    kind = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16 if GPU else kind)
    try:
        with torch.device("cuda" if GPU else "cpu"):
            if name == "text":
                tiny.qwen3(model, words=words, **(TEXT_8B if GPU else {}))
            else:
                tiny.qwen3_vl(model, words, *((SEEING_8B, SIGHT_8B) if GPU else ()))
    finally:
        torch.set_default_dtype(kind)
    if GPU:
        torch.cuda.empty_cache()


def _rows(name: str, folder: Path) -> list[Row]:
    dice = np.random.default_rng(20261122)
    low, high = TOKENS if GPU else (5, 40)
    edges = EDGES if GPU else (64, 96, 128)
    if name == "mix":
        for at in range(64):
            edge = int(dice.choice(edges))
            draw(folder / "images" / f"{at}.png", at, (edge, int(edge * dice.uniform(0.5, 1.0))))
    rows = []
    for at in range(ROWS):
        text = f"{at} " + " ".join(dice.choice(WORDS, dice.integers(low // 2, high // 2)))
        seen = name == "mix" and dice.random() < WITH_PICTURE
        rows.append(Row(f"i{at}", text, f"{at % 64}.png" if seen else ""))
    return rows


def _compared(name: str, model: Path, folder: Path) -> Iterator[str]:
    rows = _rows(name, folder)
    spec = ModelSpec(str(model), precision="bf16" if GPU else "fp32")
    make_job(folder, rows, spec, SHARD_ROWS)
    began = time.perf_counter()
    encoder = load_encoder(spec)
    loaded_s = time.perf_counter() - began
    job = read_job(folder)
    items = Items(folder, job)
    sources, _ = items.read(0, len(rows), encoder.with_images)
    prepared = encoder.prepare([one.text for one in sources], [one.size for one in sources])
    flops = [one.flops for one in prepared]
    peak = max(((len(card), peak) for card, peak in PEAKS.items() if card in _card()), default=(0, 0.0))[1]

    desk = Desk(job.shard_count)
    began = time.perf_counter()
    embed(encoder, job, items, desk)
    ours_s = time.perf_counter() - began
    vectors = np.concatenate([desk.finished[shard].vectors for shard in sorted(desk.finished)])
    waited = desk.spent.idle_s / (desk.spent.idle_s + desk.spent.busy_s)

    yield "| | items/s | MFU | Embark, times as fast |"
    yield "|---|---|---|---|"
    if peak:
        yield f"| floor by arithmetic | {len(rows) * peak / sum(flops):.1f} | 100 % | |"
    ours = ours_s / sum(flops)
    yield _line("Embark", len(rows), ours_s, sum(flops), peak, ours)
    chosen = sorted(np.random.default_rng(1).choice(len(rows), SLOW_ROWS, replace=False).tolist())
    slow, slow_s = _one_by_one(encoder, [(sources[at].text, sources[at].image) for at in chosen])
    cost = sum(flops[at] for at in chosen)
    yield _line("one row at a time", SLOW_ROWS, slow_s, cost, peak, ours)
    alike = [f"the loop {cosines(vectors[chosen], slow).min():.5f}"]
    pixels = spec.max_pixels
    del encoder
    gc.collect()  # a model and what it was given to compute by know each other
    if GPU:
        torch.cuda.empty_cache()
    given = [peer.message(one.text, one.image) if name == "mix" else one.text for one in sources]
    batch, theirs, theirs_s = _peer(model, given, pixels if name == "mix" else 0)
    yield _line(f"sentence-transformers, {batch} a batch (its best)", len(rows), theirs_s, sum(flops), peak, ours)
    alike.append(f"sentence-transformers {cosines(vectors, theirs).min():.5f}")
    yield ""
    yield f"Loaded in {loaded_s:.1f} s. The GPU waited {waited:.1%} of the time. Least cosine: {', '.join(alike)}."
    if GPU:
        yield f"Most memory: {torch.cuda.max_memory_reserved() / 2**30:.1f} GiB."


def _line(who: str, rows: int, seconds: float, flops: float, peak: float, ours: float) -> str:
    """``ours``: seconds a FLOP of the worker; others may have done fewer rows."""
    mfu = f"{flops / seconds / peak:.0%}" if peak else ""
    return f"| {who} | {rows / seconds:.1f} | {mfu} | {seconds / flops / ours:.2f} |"


def _one_by_one(encoder: Encoder, rows: list[tuple[str, Path | None]]) -> tuple[NDArray[np.float32], float]:
    reference: Any = encoder.reference
    began = time.perf_counter()
    vectors = [reference.vector(text, image and read_picture(image)) for text, image in rows]
    return np.stack(vectors), time.perf_counter() - began


def _peer(model: Path, given: list[Any], most_pixels: int) -> tuple[int, NDArray[np.float32], float]:
    """Its best size of a batch, found with a part of the items; then the vectors of all, and the seconds they took."""
    from sentence_transformers import SentenceTransformer

    options: dict[str, Any] = {"torch_dtype": torch.bfloat16, "device_map": {"": 0}} if GPU else {}
    if GPU and importlib.util.find_spec("flash_attn") is not None:
        options["attn_implementation"] = "flash_attention_2"  # without which it pads texts
    theirs = (
        peer.seeing(model, most_pixels, **options)
        if most_pixels
        else SentenceTransformer(str(model), device="cuda" if GPU else "cpu", model_kwargs=options)
    )

    def encoded(some: list[Any], batch: int) -> tuple[NDArray[np.float32], float]:
        began = time.perf_counter()
        vectors = theirs.encode(some, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32), time.perf_counter() - began

    encoded(given[:SLOW_ROWS], PEER_BATCHES[0])  # warm
    best = min(PEER_BATCHES, key=lambda batch: encoded(given[: 2 * SLOW_ROWS], batch)[1])
    return best, *encoded(given, best)
