"""Two themes that can be read, and one place for colours."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication

import gui
from gui import theme
from gui.core.paths import ASSETS
from gui.theme import DARK, LIGHT, Colors

READABLE = (
    ("text", "card"),
    ("text", "ground"),
    ("text", "inset"),
    ("text", "soft"),
    ("text", "red_soft"),
    ("dim", "card"),
    ("dim", "ground"),
    ("teal_text", "card"),
    ("teal_text", "soft"),
    ("on_teal", "teal"),
    ("good", "card"),
    ("money_text", "money_soft"),
    ("money_text", "card"),
    ("red_text", "card"),
    ("red_text", "red_soft"),
)


def luminance(name: str) -> float:
    parts = (one / 255 for one in QColor(name).getRgb()[:3])
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), READABLE)
def test_words_can_be_read(colors: Colors, front: str, back: str) -> None:
    assert contrast(getattr(colors, front), getattr(colors, back)) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_the_destroy_button_can_be_read(colors: Colors) -> None:
    assert contrast("#ffffff", colors.red) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_is_filled_in_and_its_icons_are_there(colors: Colors) -> None:
    sheet = theme.style_sheet(colors)
    rules = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    assert "@" not in rules
    for icon in re.findall(r"url\((.*?)\)", rules):
        assert Path(icon).is_file()


def test_no_module_but_the_theme_names_a_colour() -> None:
    root = Path(gui.__file__).parent
    named = re.compile(r"#[0-9a-fA-F]{6}\b|QColor\(\s*\d")
    modules = [path for path in root.rglob("*.py") if path.name != "theme.py"]
    assert [path.name for path in modules if named.search(path.read_text("utf-8"))] == []


def test_the_theme_can_be_changed_while_the_window_is_open(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Mode.DARK)
    assert theme.colors() is DARK
    theme.apply(qapp, theme.Mode.LIGHT)
    assert theme.colors() is LIGHT


def test_korean_is_drawn_with_a_face_that_has_it(qapp: QApplication) -> None:
    assert QFontDatabase.families(QFontDatabase.WritingSystem.Korean) != []
    assert set(theme.font().families()) & set(theme.KOREAN)


def test_digits_have_one_width(dressed: QApplication) -> None:
    metrics = QFontMetrics(QApplication.font())
    widths = {metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}
    assert len(widths) == 1


def test_every_icon_is_a_picture_with_a_size() -> None:
    for path in (ASSETS / "icons").glob("*.svg"):
        assert not theme.icon(path.stem).pixmap(16, 16).isNull(), path.name
