"""A stand-in for the worker's ``__main__``: the real protocol and files, vectors by hash instead of a model.

It keeps to what ``remote_worker`` promises (shards whole or not at all, events, resume), so that whole runs can be
tried in a second. Put over the shipped ``remote_worker/__main__.py`` by ``tests.fakes.LocalMachine``.
"""

import hashlib
import json
import os
import sys
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from remote_worker import protocol
from remote_worker.prompts import SERIES_FILE, read_table
from remote_worker.protocol import ShardEntry, SkippedRow, WorkerEvent

DIMENSIONS = 8


def vector(text: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
    raw = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return raw / np.linalg.norm(raw)


def rows_of(job: protocol.JobSpec) -> list[protocol.Row]:
    if job.series is None:
        return [protocol.parse_row(line) for line in Path(protocol.ITEMS_FILE).read_bytes().splitlines()]
    table = read_table(Path(SERIES_FILE), job.series)
    places = [job.series.place(row) for row in range(job.rows)]
    return [protocol.Row(job.series.item_id(place), job.series.prompt(table, place)) for place in places]


def main(folder: str) -> None:
    os.chdir(folder)
    script = json.loads(Path("script.json").read_text()) if Path("script.json").exists() else {}
    job = protocol.parse_job(Path(protocol.JOB_FILE).read_bytes())
    rows = rows_of(job)
    index = Path(protocol.SHARD_INDEX)
    index.parent.mkdir(exist_ok=True)
    index.touch()
    events = os.open(protocol.EVENTS_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(kind: str, **fields: object) -> None:
        at = datetime.now(timezone.utc).isoformat()  # noqa: UP017  the worker is 3.10
        os.write(events, protocol.to_line(WorkerEvent(kind=kind, at=at, **fields)))

    tell("started", pid=os.getpid())
    tell("loading")
    # As a hub does: the newest, unless one is asked for; one that is gone is replaced.
    revision = script.get("force_revision") or job.model.revision or script.get("revision", "one")
    loaded = {"device": "stub", "model": job.model.name, "revision": revision, "dimensions": DIMENSIONS, "load_s": 0.0}
    tell("loaded", recipe={"pooling": "stub", "versions": {"stub": revision}}, **loaded)
    there = {protocol.parse_shard(line).shard for line in index.read_bytes().splitlines()}
    done_rows = 0
    for shard in range(job.shard_count):
        first, end = job.shard_range(shard)
        if shard not in there and shard not in job.done_shards:
            if script.get("fail_at") == shard:
                tell("failed", failure=script["failure"], detail="as the test wants")
                raise SystemExit(1)
            if script.get("leave_out") == shard:
                continue
            for line in script.get("say", ()):  # whatever a worker must not say
                os.write(events, line.encode() + b"\n")
            if script.get("die_at") == shard:
                os.kill(os.getpid(), script.get("signal", 9))
            time.sleep(script.get("pause_s", 0))
            entry = make(shard, rows[first:end], first, first if script.get("skip") else -1)
            if script.get("rubbish") == shard:
                Path(entry.file).write_bytes(b"rubbish")
                entry = replace(entry, size_bytes=7, sha256=hashlib.sha256(b"rubbish").hexdigest())
            with index.open("ab") as out:
                out.write(protocol.to_line(entry))
            tell("shard", shard=entry)
        done_rows = end
        tell("progress", rows_done=done_rows, rows_total=len(rows), rows_per_s=100.0, remaining_s=0.0)
        tell(
            "sample", memory_used_bytes=1, memory_total_bytes=2, utilisation=0.5, disk_free_bytes=1, disk_total_bytes=2
        )
    tell("done")


def make(shard: int, rows: list, first: int, unusable: int) -> ShardEntry:
    kept = [(first + place, row) for place, row in enumerate(rows) if first + place != unusable]
    skipped = tuple(
        SkippedRow(first + place, row.item_id, protocol.RowProblem.BAD_VECTOR.value, False)
        for place, row in enumerate(rows)
        if first + place == unusable
    )
    name = f"{protocol.SHARDS_DIR}/shard-{shard:06d}.npz"
    with open(name + ".part", "wb") as out:
        np.savez(
            out,
            rows=np.array([number for number, _ in kept], np.int64),
            vectors=np.array([vector(row.text) for _, row in kept], np.float32).reshape(len(kept), DIMENSIONS),
            has_image=np.array([bool(row.image) for _, row in kept], bool),
        )
    os.replace(name + ".part", name)
    content = Path(name).read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    return ShardEntry(shard, name, len(kept), DIMENSIONS, len(content), sha256, skipped)


if __name__ == "__main__":
    main(sys.argv[1])
