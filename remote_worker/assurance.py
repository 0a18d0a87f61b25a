"""What is made sure of before the paid hours, in every process that is about to embed."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

from remote_worker import golden, precision
from remote_worker.encoder import Encoder
from remote_worker.items import Items
from remote_worker.protocol import JobSpec


def assure(
    encoder: Encoder,
    job: JobSpec,
    items: Items,
    missing: Sequence[int],
    folder: Path,
    emit: golden.Emit,
    stop: Callable[[], None],
) -> None:
    """The golden check on rows of the ``missing`` shards, and the report on the precision where it was asked for.

    Before them, of a time series, whether the model can read every prompt whole.

    Raises JobFailed, and what ``stop`` and ``emit`` raise.
    """
    if job.series is not None:
        from remote_worker.series import check_prompts

        check_prompts(encoder, items, stop)
    # Seven million prompts are no list of objects.
    rows = array("Q", itertools.chain.from_iterable(range(*job.shard_range(shard)) for shard in missing))
    golden.check(encoder, job, items, rows, folder, emit, stop)
    if job.precision_rows:
        precision.report(encoder, job, items, rows, emit, stop)
