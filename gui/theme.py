"""Colours, fonts and the style sheet: the light theme and its dark twin. Nothing else names a colour."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from gui.core.paths import ASSETS


class Mode(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colors:
    """One theme. ``teal`` is what can be done and what is in progress, ``money`` runs, ``red`` destroys."""

    ground: str  # behind the cards
    card: str
    inset: str  # a quiet field in a card
    line: str
    track: str  # the empty part of a bar
    text: str
    dim: str
    teal: str  # buttons and bars
    teal_over: str  # the same under the pointer
    teal_text: str
    on_teal: str
    soft: str  # behind what is chosen
    soft_line: str
    done: str  # a step that is over
    good: str
    money: str
    money_text: str
    money_soft: str
    money_line: str
    red: str
    red_over: str
    red_text: str
    red_soft: str
    red_line: str


LIGHT = Colors(
    ground="#f5f6f8",
    card="#ffffff",
    inset="#fafbfc",
    line="#e3e6eb",
    track="#e7e9ee",
    text="#1c2230",
    dim="#5d6676",
    teal="#1f5a5d",
    teal_over="#2a6d70",
    teal_text="#1f5a5d",
    on_teal="#ffffff",
    soft="#e7f0ef",
    soft_line="#9fc4be",
    done="#5c9d88",
    good="#1e6a41",
    money="#c98a12",
    money_text="#865700",
    money_soft="#fff8ea",
    money_line="#f0cf8c",
    red="#b3342e",
    red_over="#c4433d",
    red_text="#a32c26",
    red_soft="#fffafa",
    red_line="#e6aba7",
)
DARK = Colors(
    ground="#14181b",
    card="#1c2226",
    inset="#20272c",
    line="#2e373d",
    track="#2f383e",
    text="#e6eaee",
    dim="#9daab5",
    teal="#3f9491",
    teal_over="#4aa5a1",
    teal_text="#74c3bd",
    on_teal="#06181a",
    soft="#1f3739",
    soft_line="#3a6b69",
    done="#4f8f7c",
    good="#71c799",
    money="#d9a13a",
    money_text="#f0c26a",
    money_soft="#2b2417",
    money_line="#65501f",
    red="#c8453e",
    red_over="#d6564f",
    red_text="#f0918b",
    red_soft="#281b1c",
    red_line="#733a38",
)
BASE_SIZE = 14
LATIN = "Inter"
KOREAN = ("NanumGothic", "Nanum Gothic", "Noto Sans KR", "Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo")


def colors() -> Colors:
    """The colours of the theme in use, for what is painted by hand."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def color(name: str) -> QColor:
    """One colour of the theme in use, by its field's name."""
    return QColor(getattr(colors(), name))


def apply(app: QApplication, mode: Mode = Mode.SYSTEM) -> None:
    """Dress the application; may be called again to change the theme while windows are open."""
    dark = mode is Mode.DARK or (
        mode is Mode.SYSTEM and QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    )
    app.setStyle("Fusion")
    app.setFont(font())
    chosen = DARK if dark else LIGHT
    app.setPalette(palette(chosen))
    app.setStyleSheet(style_sheet(chosen))


def font() -> QFont:
    """Inter where it is installed, else the system's own face; Korean falls back glyph by glyph. Digits are tabular."""
    made = QFont()
    latin = LATIN if QFontDatabase.hasFamily(LATIN) else made.family()
    made.setFamilies([latin, *(family for family in KOREAN if QFontDatabase.hasFamily(family))])
    made.setPixelSize(BASE_SIZE)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def palette(chosen: Colors) -> QPalette:
    role = QPalette.ColorRole
    made = QPalette()
    for where, name in (
        (role.Window, chosen.ground),
        (role.WindowText, chosen.text),
        (role.Base, chosen.card),
        (role.AlternateBase, chosen.inset),
        (role.Text, chosen.text),
        (role.Button, chosen.card),
        (role.ButtonText, chosen.text),
        (role.ToolTipBase, chosen.card),
        (role.ToolTipText, chosen.text),
        (role.PlaceholderText, chosen.dim),
        (role.Highlight, chosen.teal),
        (role.HighlightedText, chosen.on_teal),
        (role.Link, chosen.teal_text),
        (role.Light, chosen.card),
        (role.Mid, chosen.line),
        (role.Dark, chosen.line),
    ):
        made.setColor(where, QColor(name))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(chosen.dim))
    return made


def style_sheet(chosen: Colors) -> str:
    """``assets/style.qss`` with ``@name`` replaced by this theme's colours, ``@icons`` by the folder of icons."""
    sheet = (ASSETS / "style.qss").read_text(encoding="utf-8")
    icons = (ASSETS / "icons").as_posix()
    names = {**asdict(chosen), "icons": icons, "shade": "dark" if chosen is DARK else "light"}
    for name in sorted(names, key=len, reverse=True):  # @teal_over before @teal
        sheet = sheet.replace(f"@{name}", names[name])
    return sheet


def icon(name: str) -> QIcon:
    """``assets/icons/<name>.svg``."""
    made = QIcon()
    made.addFile(str(ASSETS / "icons" / f"{name}.svg"), QSize())
    return made
