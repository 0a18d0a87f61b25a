"""A model that costs nothing: vectors by hash of the text, so that whole jobs can be tried by the hundred.

    python -m tests.worker.stub JOB_FOLDER

is a member of a fleet with it. The job's instruction may say, in words, what goes wrong: ``slow`` (``slower``) waits
over every row, ``slow-load`` over loading, ``poison`` ends the process at a row with that word in it, ``unfit`` loads
in the first process that comes alone, ``broken`` in none; ``astray`` computes rows together otherwise than alone, where
``one`` is said in the first process that comes. ``hangs-loading``, ``hangs-checking`` and ``hangs`` stand still for
ever, the last at such a row, where ``faulty`` meets an error of its card; where ``one`` is said, the first alone.
``lost-card`` has none in the processes that come later.
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remote_worker import member
from remote_worker.encoder import Loaded, Prepared
from remote_worker.failures import JobFailed
from remote_worker.protocol import Failure, ModelSpec

DIMENSIONS = 16
MODULE = "tests.worker.stub"


class StubEncoder:
    """See ``encoder.Encoder``."""

    with_images = False
    window_rows = 40
    budget_tokens = 200
    picture_edge = 0

    def __init__(self, spec: ModelSpec) -> None:
        self._says = spec.instruction.split()
        if "slow-load" in self._says:
            time.sleep(0.5)
        if "broken" in self._says or ("unfit" in self._says and not _comes_first(Path(spec.revision))):
            raise JobFailed(Failure.GPU_UNUSABLE, "as the test wants")
        first = not {"one", "lost-card"}.isdisjoint(self._says) and _comes_first(Path(spec.revision))
        self._ails = first or "one" not in self._says
        self._astray = "astray" in self._says and self._ails
        if "hangs-loading" in self._says and self._ails:
            stand_still()
        recipe = {"pooling": "stub", "precision": "fp32", "versions": {"stub": "1"}}
        device = "cpu" if "lost-card" in self._says and not first else "stub"
        self.loaded = Loaded(device, "stub", spec.revision, DIMENSIONS, recipe)

    def prepare(self, texts: Sequence[str], sizes: Sequence[tuple[int, int] | None]) -> list[Prepared]:
        return [Prepared(1 + len(text) // 8, text) for text in texts]

    def prepare_image(self, picture: Any) -> Any:
        raise NotImplementedError

    def encode(self, batch: Sequence[Prepared], images: Sequence[Any]) -> NDArray[np.float32]:
        if "slow" in self._says or "slower" in self._says:
            time.sleep((0.004 if "slow" in self._says else 0.04) * len(batch))
        poisoned = any("poison" in one.content for one in batch)
        if "poison" in self._says and poisoned:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._ails and ("hangs-checking" in self._says or ("hangs" in self._says and poisoned)):
            stand_still()
        if self._ails and "faulty" in self._says and poisoned:
            raise RuntimeError("CUDA error: an illegal memory access was encountered\nCompile with TORCH_USE_CUDA_DSA")
        vectors = np.stack([vector(one.content) for one in batch])
        return -vectors if self._astray and len(batch) > 1 else vectors


def stand_still() -> None:
    """As in a driver that holds the interpreter: no thread of this process goes on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def vector(text: str) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
    raw = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return raw / np.linalg.norm(raw)


def _comes_first(mark: Path) -> bool:
    """Whether this process is the one that may: it holds the mark as long as it lives."""
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


if __name__ == "__main__":
    member.leave(member.main(StubEncoder))
