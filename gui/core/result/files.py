"""A file is there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gui.core.errors import LocalDiskFull

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def whole_file(path: Path, size_bytes: int = 0) -> Iterator[BinaryIO]:
    """Write ``path`` by way of ``path.part``: flushed to the disk, then renamed; gone again when anything fails.

    ``size_bytes`` is what will be written, as far as that is known. Raises LocalDiskFull.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as trouble:
        if trouble.errno in _FULL:
            raise LocalDiskFull(path=str(path), needed_bytes=size_bytes) from trouble
        raise
    finally:
        part.unlink(missing_ok=True)
