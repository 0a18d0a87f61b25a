"""10,000 items opened, scrolled and searched in the window; neighbours beside a plain product at full size."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from gui import tasks, theme
from gui.core.result.neighbours import Neighbours
from gui.core.result.result import open_result
from gui.pages.result import ResultPage
from tests.result.exam import make_exam
from tests.result.making import make_result

ITEMS = 10_000
ROWS, DIMENSIONS = 176_443, 1024
FRAME_MS = 1000 / 60
QUERIES = 20
WORDS = ("전구", "circuit", "00042", "독서의 즐거움", "없는 말")


def run() -> list[str]:
    """Lines of a Markdown table."""
    lines = ["| what | result |", "| --- | --- |"]
    with tempfile.TemporaryDirectory() as folder:
        lines += [f"| {what} | {result} |" for what, result in _window(Path(folder) / "exam")]
    with tempfile.TemporaryDirectory() as folder:
        lines += [f"| {what} | {result} |" for what, result in _neighbours(Path(folder))]
    return lines


def _ms(seconds: list[float]) -> str:
    ordered = sorted(one * 1000 for one in seconds)
    return f"{statistics.median(ordered):.1f} ms median, {ordered[int(len(ordered) * 0.95)]:.1f} ms p95"


# --- the window -------------------------------------------------------------------------------------------------------


def _window(folder: Path) -> list[tuple[str, str]]:
    make_exam(folder, ITEMS)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app)
    page = ResultPage()
    page.resize(1064, 800)
    page.show()
    began = time.perf_counter()
    page.show_result(folder / "result")
    _until(app, lambda: page.items.count.text() != "" and bool(page.items.panel.keys))
    first = time.perf_counter() - began
    _until(app, lambda: page._report is not None and tasks.under_way() == 0)
    whole = time.perf_counter() - began
    scrolled = _scroll(app, page)
    late = sum(one * 1000 > FRAME_MS for one in scrolled)
    return [
        (f"open {ITEMS:,} items: first cards and neighbours", f"{first:.2f} s"),
        ("texts, pictures and check as well", f"{whole:.2f} s"),
        ("scroll 40 px a frame, pictures decoding", f"{_ms(scrolled)}; {late} of {len(scrolled)} frames late"),
        ("search as typed, to the cards painted", _ms([_search(app, page, word) for word in WORDS * 4])),
    ]


def _scroll(app: QApplication, page: ResultPage) -> list[float]:
    """How long each frame of a slow scroll takes, with what arrives meanwhile."""
    bar = page.items.grid.verticalScrollBar()
    spent = []
    for frame in range(600):
        began = time.perf_counter()
        bar.setValue(frame * 40)
        app.processEvents()
        spent.append(time.perf_counter() - began)
        time.sleep(max(0.0, FRAME_MS / 1000 - spent[-1]))
    return spent


def _search(app: QApplication, page: ResultPage, word: str) -> float:
    said: list[float] = []
    page.items._searching.answered.connect(lambda _: said.append(time.perf_counter()))
    began = time.perf_counter()
    page.items.search.setText(word)
    _until(app, lambda: bool(said))
    app.processEvents()
    spent = time.perf_counter() - began
    page.items._searching.answered.disconnect()
    page.items._searching.answered.connect(page.items._show_hits)
    return spent


def _until(app: QApplication, reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not reached() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.0005)


# --- neighbours -------------------------------------------------------------------------------------------------------


def _neighbours(folder: Path) -> list[tuple[str, str]]:
    free = psutil.virtual_memory().available
    rows = min(ROWS, int(free / 4 / (DIMENSIONS * 4)))
    vectors = _clustered(rows)
    result = make_result(folder, vectors)
    asked = np.linspace(0, rows - 1, QUERIES).astype(int).tolist()
    neighbours, prepared = Neighbours(open_result(result.folder)), Neighbours(open_result(result.folder))
    first = _timed(lambda: neighbours.of(0))
    preparing = _timed(prepared.prepare)
    plain, before, after = [], [], []
    for row in asked:  # in turn, so that what else goes on here weighs on all alike
        plain.append(_timed(lambda row=row: _peer(vectors, row)))
        before.append(_timed(lambda row=row: neighbours.of(row)))
        after.append(_timed(lambda row=row: prepared.of(row)))
    same = sum({one.row for one in prepared.of(row)} == _peer(vectors, row) for row in asked)
    peer, exact, quick = (statistics.median(spent) for spent in (plain, before, after))
    return [
        (f"20 neighbours among {rows:,} x {DIMENSIONS}: plain numpy `X @ q`, argsort", _ms(plain)),
        ("Embark, the very first question", f"{first * 1000:.0f} ms"),
        ("Embark before it is prepared", f"{_ms(before)} ({exact / peer:.2f} of plain)"),
        ("prepared in the background in", f"{preparing:.1f} s ({'stays exact' if prepared.exact else 'quick'})"),
        ("Embark, prepared", f"{_ms(after)} ({quick / peer:.2f} of plain)"),
        ("the same 20 as plain numpy", f"{same} of {len(asked)} questions"),
    ]


def _clustered(rows: int) -> NDArray[np.float32]:
    """Unit vectors about 2,000 centres, made block by block."""
    draw = np.random.default_rng(1)
    centres = draw.standard_normal((2000, DIMENSIONS), np.float32)
    vectors = np.empty((rows, DIMENSIONS), np.float32)
    for start in range(0, rows, 4096):
        part = vectors[start : start + 4096]
        part[:] = centres[draw.integers(0, 2000, len(part))]
        part += 1.2 * draw.standard_normal(part.shape, np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return vectors


def _peer(vectors: NDArray[np.float32], row: int) -> set[int]:
    scores = vectors @ vectors[row]
    scores[row] = -2
    return set(np.argsort(-scores)[:20].tolist())


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    print("\n".join(run()))
