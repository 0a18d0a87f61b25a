"""Writing on this computer: a file is there whole or not at all, and what the disk refuses has one of two names."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from gui.core.errors import LocalDiskFull, LocalFileRefused

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def refusals(path: Path, needed_bytes: int = 0) -> Iterator[None]:
    """An OSError inside becomes LocalDiskFull or LocalFileRefused, about its own file, or ``path`` if it names none."""
    try:
        yield
    except OSError as refused:
        where = str(refused.filename or path)
        if refused.errno in FULL:
            raise LocalDiskFull(path=where, needed_bytes=needed_bytes) from refused
        raise LocalFileRefused(path=where) from refused


@contextmanager
def whole_file(path: Path, size_bytes: int = 0, *, shared: bool = False) -> Iterator[BinaryIO]:
    """Write ``path`` by way of another name: flushed to the disk, then renamed; gone again when anything fails.

    ``size_bytes`` is what will be written, as far as that is known; ``shared`` is for what two programs may write at
    once. Raises LocalDiskFull, LocalFileRefused.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part" if shared else f"{path.name}.part")
    with refusals(path, size_bytes):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as refused:
            if refused.filename == str(part):
                refused.filename = str(path)  # the name that people know
            raise
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
