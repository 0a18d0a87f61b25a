"""Cold start: from the first instruction of a new process to a window on the screen, and to one that can be used,
against the smallest window PySide6 can make."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7

SMALLEST = """
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
qt = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("Embark"))
window.show()
qt.processEvents()
"""
SHOWN = """
from PySide6.QtWidgets import QApplication
from gui.app import App
from gui.core.paths import Paths
qt = QApplication([])
app = App(qt, Paths.default())
app.window.show()
qt.processEvents()
"""
USABLE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gui.app import App
from gui.core.paths import Paths
qt = QApplication([])
app = App(qt, Paths.default())
app.open()
look = QTimer(interval=5)
look.timeout.connect(lambda: app.core and qt.quit())
look.start()
qt.exec()
"""
QUIT = "import os; os._exit(0)\n"


def run() -> list[str]:
    kinds = {"smallest PySide6 window": SMALLEST, "Embark on the screen": SHOWN, "Embark usable": USABLE}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory() as home:
        for script in kinds.values():
            _seconds(script, home)  # compiles modules, warms the disk
        for _ in range(ROUNDS):
            for kind, script in kinds.items():
                times[kind].append(_seconds(script, home))
    base = statistics.median(times["smallest PySide6 window"])
    lines = ["| start of a process to | median | ratio |", "|---|---|---|"]
    for kind, seconds in times.items():
        median = statistics.median(seconds)
        lines.append(f"| {kind} | {median:.2f} s | {median / base:.2f} |")
    return lines


def _seconds(script: str, home: str) -> float:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "EMBARK_HOME": home, "EMBARK_RESULTS": home}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", script + QUIT], cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began
