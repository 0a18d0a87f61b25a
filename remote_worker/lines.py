"""Files of lines that only ever grow, and in which a line is whole or not there."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType

_BLOCK = 1 << 16


class LineFile:
    """A file of lines, open for appending from any thread. A half last line, left by a crash, is dropped at opening."""

    def __init__(self, path: Path, durable: bool = False) -> None:
        """``durable``: a line is on the disk, not only with the system, when ``append`` returns."""
        self._durable = durable
        self._lock = threading.Lock()
        self._file = path.open("ab", buffering=0)
        self._size_bytes = _whole_lines_bytes(path)
        os.truncate(path, self._size_bytes)

    def append(self, line: bytes) -> None:
        """Raises OSError when the line does not fit on the disk; the file is then as it was before."""
        with self._lock:
            try:
                rest = line
                while rest:
                    rest = rest[self._file.write(rest) :]
                if self._durable:
                    os.fsync(self._file.fileno())
            except OSError:
                os.ftruncate(self._file.fileno(), self._size_bytes)
                raise
            self._size_bytes += len(line)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> LineFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _whole_lines_bytes(path: Path) -> int:
    """Size of the file up to and with its last line end."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - _BLOCK)
            file.seek(start)
            line_end = file.read(end - start).rfind(b"\n")
            if line_end >= 0:
                return start + line_end + 1
            end = start
    return 0
