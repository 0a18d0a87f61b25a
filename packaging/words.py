"""Collect the window's words: every literal of ``gui`` into ``assets/i18n/embark_ko.ts``.

Translations that are there stay; what no code says any more goes. What is new comes out unfinished, and a test fails
until a person has translated it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("ko",)


def main() -> None:
    lupdate = Path(sys.executable).with_name("pyside6-lupdate")
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "gui").rglob("*.py"))
    for language in LANGUAGES:
        ts = f"assets/i18n/embark_{language}.ts"
        options = ["-no-obsolete", "-locations", "none", "-target-language", language]
        subprocess.run([str(lupdate), *sources, *options, "-ts", ts], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
