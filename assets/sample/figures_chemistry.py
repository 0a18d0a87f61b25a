"""Figures for chemistry."""

from __future__ import annotations

import math
from collections.abc import Sequence

from drawing import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    MINT,
    ORANGE,
    RED,
    ROSE,
    SAND,
    SKY,
    YELLOW,
    Axes,
    Canvas,
    Point,
    around,
)
from figures_physics import battery


def shells(c: Canvas, electrons: Sequence[int], core: str) -> None:
    center = (240, 180)
    for ring, count in enumerate(electrons, 1):
        radius = 34 + 38 * ring
        c.circle(center, radius, width=1.8, color=GREY)
        for number in range(count):
            c.circle(around(center, radius, 90 + 360 / count * number), 7.5, fill=BLUE, color=BLUE, width=0)
    c.circle(center, 32, fill=ROSE, color=RED)
    c.text(center, core, 20)


def molecule(c: Canvas, atoms: Sequence[tuple[float, float, str]], bonds: Sequence[tuple[int, int, int]]) -> None:
    """Atoms at pixels; bonds as (from, to, how many lines)."""
    for one, two, count in bonds:
        (x1, y1, _), (x2, y2, _) = atoms[one], atoms[two]
        length = math.hypot(x2 - x1, y2 - y1)
        for line in range(count):
            off = (line - (count - 1) / 2) * 11
            dx, dy = (y1 - y2) / length * off, (x2 - x1) / length * off
            c.line((x1 + dx, y1 + dy), (x2 + dx, y2 + dy), width=3.5)
    sizes = {"H": (24, "#ffffff"), "O": (36, ROSE), "C": (36, LIGHT), "N": (36, SKY), "Cl": (38, MINT)}
    for x, y, name in atoms:
        radius, fill = sizes[name]
        c.circle((x, y), radius, fill=fill)
        c.text((x, y), name, 21)


def beaker(
    c: Canvas,
    level: float = 0.55,
    thermometer: bool = False,
    bubbles: bool = False,
    crystals: bool = False,
    marks: bool = True,
    fill: str = SKY,
) -> None:
    top = 310 - 240 * level
    c.box(152, top, 328, 308, fill=fill, width=0)
    c.line((140, 60), (150, 70), (150, 310), (330, 310), (330, 70), (340, 60), width=3.5)
    c.line((152, top), (328, top), width=1.8, color=BLUE)
    if marks:
        for number in range(1, 5):
            y = 310 - 52 * number
            c.line((330, y), (312, y), width=2)
            c.text((342, y), str(number * 50), 16, "lm")
    if thermometer:
        c.box(222, 30, 238, 250, fill="#ffffff", width=2, radius=8)
        c.line((230, 245), (230, 130), color=RED, width=4)
        c.circle((230, 255), 13, fill=RED, color=INK, width=2)
    if bubbles:
        for x, y, radius in ((180, 280, 6), (205, 250, 8), (262, 270, 7), (290, 240, 9), (190, 222, 5), (275, 210, 6)):
            c.circle((x, y), radius, fill="#ffffff", color=BLUE, width=1.6)
    if crystals:
        for x in range(170, 320, 24):
            c.poly([(x, 306), (x + 10, 290), (x + 20, 306)], fill="#ffffff", width=1.8)


def heating_curve(c: Canvas, melting: str, boiling: str, names: bool = True) -> None:
    axes = Axes(c, (0, 10), (0, 10), (70, 30, 440, 315))
    axes.draw("t", "T")
    points = [(0, 0.8), (1.6, 3), (3.6, 3), (6, 7.6), (9, 7.6), (9.8, 9)]
    axes.through(points, RED, 3.5)
    for y, words in ((3, melting), (7.6, boiling)):
        c.line(axes.at(0, y), axes.at(10, y), color=GREY, width=1.3, dash=6)
        c.text((60, axes.at(0, y)[1]), words, 17, "rm")
    if names:
        for (x, y), name in zip(((0.5, 2.5), (2.6, 3.8), (4.5, 5.9), (7.5, 8.4), (9.9, 8.0)), "ABCDE", strict=True):
            c.text(axes.at(x, y), name, 19)


def ph_scale(c: Canvas, marks: Sequence[tuple[float, str]]) -> None:
    colors = [
        "#c0392b",
        "#d35432",
        "#e07b39",
        "#eba23f",
        "#f2c84b",
        "#e3d95a",
        "#b5cf5b",
        "#6fb05c",
        "#4a9a7a",
        "#3d86a0",
        "#3b6db0",
        "#4a559f",
        "#5a4690",
        "#5f3a80",
        "#5a2d6e",
    ]
    for value, color in enumerate(colors):
        c.box(37 + value * 27, 170, 64 + value * 27, 225, fill=color, width=0)
        c.text((50 + value * 27, 243), str(value), 15)
    for value, name in marks:
        x = 50 + value * 27
        c.arrow((x, 118), (x, 164), width=3)
        c.text((x, 100), name, 21)


def energy_profile(c: Canvas, catalyst: bool = False) -> None:
    axes = Axes(c, (0, 10), (0, 10), (60, 30, 440, 315))
    axes.draw("", "E", zero="")
    start, end = 4.6, 2.2

    def bump(peak: float) -> list[Point]:
        points = []
        for step in range(101):
            x = 1.5 + step * 0.07
            share = step / 100
            base = start + (end - start) * (3 * share**2 - 2 * share**3)
            points.append(
                (
                    x,
                    base + (peak - max(start, end)) * math.sin(math.pi * share) ** 2 * 1.2,
                )
            )
        return points

    c.line(axes.at(0.2, start), axes.at(1.5, start), color=BLUE, width=3.5)
    c.line(axes.at(8.5, end), axes.at(9.8, end), color=BLUE, width=3.5)
    axes.through(bump(8.6), BLUE, 3.5)
    if catalyst:
        axes.through(bump(6.6), ORANGE, 3, 8)
    c.text(axes.at(0.9, start - 0.7), "R", 20)
    c.text(axes.at(9.2, end - 0.7), "P", 20)


def electrolysis(c: Canvas, left: str = "-", right: str = "+", gas: bool = True) -> None:
    c.box(92, 172, 388, 308, fill=SKY, width=0)
    c.line((90, 110), (90, 310), (390, 310), (390, 110), width=3.5)
    for x, sign in ((165, left), (315, right)):
        c.box(x - 9, 120, x + 9, 280, fill=GREY, width=2)
        c.line((x, 120), (x, 55), width=2.5)
        c.text((x + (-26 if sign == left else 26), 105), sign, 26)
        if gas:
            for y in range(190, 280, 22):
                c.circle((x + 20, y), 5, fill="#ffffff", color=BLUE, width=1.5)
                c.circle((x - 20, y + 10), 4, fill="#ffffff", color=BLUE, width=1.5)
    c.line((165, 55), (315, 55), width=2.5)
    battery(c, 240, 55)


def filtration(c: Canvas) -> None:
    c.poly([(170, 70), (310, 70), (250, 150), (230, 150)], fill="#ffffff")
    c.poly([(184, 82), (296, 82), (246, 146), (234, 146)], fill=SAND, width=1.5)
    c.line((232, 150), (232, 215), width=2.5)
    c.line((248, 150), (248, 206), width=2.5)
    c.box(192, 270, 288, 318, fill=SKY, width=0)
    c.line((190, 200), (190, 320), (290, 320), (290, 200), width=3.5)
    for y in (228, 248):
        c.dot((240, y), 4, BLUE)
    c.line((90, 330), (90, 40), width=5)
    c.line((90, 110), (205, 110), width=4)
    c.line((60, 332), (140, 332), width=6)
    c.text((330, 92), "A", 20)
    c.text((310, 295), "B", 20)


def solubility(
    c: Canvas, curves: Sequence[tuple[str, Sequence[float]]], drops: Sequence[tuple[float, float]] = ()
) -> None:
    axes = Axes(c, (0, 84), (0, 168), (74, 30, 430, 312))
    axes.draw("T", "g", range(20, 81, 20), range(40, 161, 40), grid=True)
    for number, (name, values) in enumerate(curves):
        points = [(n * 20, value) for n, value in enumerate(values)]
        axes.through(points, (BLUE, ORANGE, GREEN)[number], 3.5)
        x, y = axes.at(*points[-1])
        c.text((x + 12, y - 10), name, 19)
    for x, y in drops:
        axes.drop(x, y)


def periodic(c: Canvas, marks: Sequence[tuple[int, int, str]]) -> None:
    """Letters in the first three periods of the main groups (group 1-8, period 1-3)."""
    for group in range(1, 9):
        c.text((62 + (group - 1) * 51, 60), str(group if group < 3 else group + 10), 16, color=GREY)
        for period in range(1, 4):
            if period == 1 and 1 < group < 8:
                continue
            left, top = 38 + (group - 1) * 51, 78 + (period - 1) * 66
            c.box(left, top, left + 51, top + 66, width=1.8)
    for group, period, name in marks:
        left, top = 38 + (group - 1) * 51, 78 + (period - 1) * 66
        c.box(left, top, left + 51, top + 66, fill=YELLOW, width=1.8)
        c.text((left + 25, top + 33), name, 24)
