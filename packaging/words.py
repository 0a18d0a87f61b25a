"""Collect the window's words: every literal of ``gui`` into ``assets/i18n/embark_ko.ts``.

Translations that are there stay; what no code says any more goes. What is new comes out unfinished, and a test fails
until a person has translated it. English needs no words, only the ``(s)`` of what is counted: ``embark_en.ts`` holds
those sentences alone, and is written by a rule.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
I18N = ROOT / "assets" / "i18n"


def main() -> None:
    collect(I18N / "embark_ko.ts", "ko")
    collect(I18N / "embark_en.ts", "en", "-pluralonly")
    fill_english(I18N / "embark_en.ts")


def collect(ts: Path, language: str, *options: str) -> None:
    lupdate = Path(sys.executable).with_name("pyside6-lupdate")
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "gui").rglob("*.py"))
    kept = ["-no-obsolete", "-locations", "none", "-target-language", language, *options, "-ts", str(ts)]
    subprocess.run([str(lupdate), *sources, *kept], cwd=ROOT, check=True)


def fill_english(ts: Path) -> None:
    """One and many of every counted sentence."""
    tree = ET.parse(ts)
    for message in tree.iter("message"):
        source = message.findtext("source", "").replace("%n", "%Ln")
        translation = message.find("translation")
        if translation is not None:
            translation.attrib.pop("type", None)
            for form, ending in zip(translation.iter("numerusform"), ("", "s"), strict=True):
                form.text = source.replace("(s)", ending)
    body = ET.tostring(tree.getroot(), encoding="unicode")
    ts.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
