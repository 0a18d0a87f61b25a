"""Figures for mathematics: shapes, planes, charts and diagrams, each a function that draws on a canvas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from drawing import (
    BLUE,
    FILLS,
    GREEN,
    GREY,
    INK,
    LIGHT,
    MINT,
    ORANGE,
    RED,
    SAND,
    SKY,
    STROKES,
    YELLOW,
    Axes,
    Canvas,
    around,
)


def triangle_height(c: Canvas, base: str, height: str, apex: float = 0.35, fill: str = SKY) -> None:
    left, right, top = (70, 290), (410, 290), (70 + 340 * apex, 70)
    c.poly([left, right, top], fill=fill)
    foot = (top[0], 290)
    c.line(top, foot, color=RED, width=2, dash=7)
    c.right_angle(foot, top, right)
    c.text((top[0] + 14, 190), height, 19, "lm", RED)
    c.measure(left, right, base, 22)
    for at, name, anchor in ((left, "B", "rm"), (right, "C", "lm"), (top, "A", "mb")):
        c.text((at[0] + {"r": -10, "l": 10, "m": 0}[anchor[0]], at[1] - (8 if name == "A" else 0)), name, 20, anchor)


def right_triangle(c: Canvas, a: str, b: str, h: str, flip: bool = False, fill: str = MINT) -> None:
    corner, far, top = ((90, 290), (400, 290), (90, 80)) if not flip else ((390, 290), (80, 290), (390, 100))
    c.poly([corner, far, top], fill=fill)
    c.right_angle(corner, far, top)
    c.measure(corner, far, a, 24 if not flip else -24)
    c.measure(corner, top, b, -30 if not flip else 30)
    c.measure(far, top, h, 26 if not flip else -26)


def ladder(c: Canvas, length: str, foot: str) -> None:
    c.box(360, 30, 390, 310, fill=LIGHT)
    c.line((40, 310), (440, 310), width=3)
    for off in (-7, 7):
        c.line((150 + off, 310), (360 + off * 0.2, 70 + off), width=3, color=ORANGE)
    for step in range(1, 11):
        x, y = 150 + 21 * step, 310 - 24 * step
        c.line((x - 7, y - 4), (x + 6, y + 4), width=2.5, color=ORANGE)
    c.measure((150, 310), (360, 310), foot, 22)
    c.text((225, 165), length, 20, "rm")
    c.text((372, 190), "h", 20)
    c.right_angle((360, 310), (300, 310), (360, 200))


def curve(
    c: Canvas,
    functions: Sequence[tuple[Callable[[float], float], float, float]],
    xs: tuple[float, float],
    ys: tuple[float, float],
    x_ticks: Sequence[float] = (),
    y_ticks: Sequence[float] = (),
    dots: Sequence[tuple[float, float, str]] = (),
    drops: Sequence[tuple[float, float, str, str]] = (),
    names: Sequence[tuple[float, float, str]] = (),
    grid: bool = False,
    x_name: str = "x",
    y_name: str = "y",
) -> None:
    axes = Axes(c, xs, ys)
    axes.draw(x_name, y_name, x_ticks, y_ticks, grid)
    for number, (function, start, end) in enumerate(functions):
        axes.plot(function, start, end, STROKES[number % len(STROKES)])
    for x, y, x_label, y_label in drops:
        axes.drop(x, y, x_label, y_label)
    for x, y, name in dots:
        px, py = axes.at(x, y)
        c.dot((px, py))
        c.text((px + 10, py - 13), name, 18, "lm")
    for x, y, name in names:
        c.text(axes.at(x, y), name, 18)


def inscribed_angle(c: Canvas, central: float, words: str, asked: str, turn: float = 0) -> None:
    center, radius = (240, 182), 140
    one, two = around(center, radius, 270 - central / 2 + turn), around(center, radius, 270 + central / 2 + turn)
    top = around(center, radius, 100 + turn)
    c.circle(center, radius, fill="#f6f9fc")
    c.line(one, top, two)
    c.line(one, center, two, color=GREY)
    c.angle(center, one, two, words, 24, RED)
    c.angle(top, one, two, asked, 34)
    c.dot(center)
    c.text((center[0] + 2, center[1] - 16), "O", 18)
    for at, name in ((one, "A"), (two, "B"), (top, "P")):
        away = math.dist(at, center)
        c.text((at[0] + (at[0] - center[0]) / away * 17, at[1] + (at[1] - center[1]) / away * 17), name, 19)


def venn2(c: Canvas, left: str, both: str, right: str, outside: str, shade: str = "") -> None:
    c.box(30, 30, 450, 330, width=2, radius=10)
    if "A" in shade:
        c.circle((190, 185), 108, fill=SKY, width=0)
    if "B" in shade:
        c.circle((295, 185), 108, fill=SAND, width=0)
    c.circle((190, 185), 108)
    c.circle((295, 185), 108)
    for at, words in (((140, 185), left), ((242, 185), both), ((345, 185), right), ((415, 300), outside)):
        c.text(at, words, 24)
    c.text((112, 82), "A", 22, color=BLUE)
    c.text((372, 82), "B", 22, color=ORANGE)
    c.text((52, 50), "U", 20)


def bars(
    c: Canvas,
    values: Sequence[float],
    names: Sequence[str],
    top: float,
    step: float,
    fill: str = BLUE,
    y_name: str = "",
    highlight: int = -1,
) -> None:
    left, bottom, height = 70, 300, 240
    for tick in range(int(top / step) + 1):
        y = bottom - tick * step / top * height
        c.line((left, y), (440, y), color=LIGHT if tick else INK, width=1.2 if tick else 2)
        c.text((left - 9, y), f"{tick * step:g}", 16, "rm")
    c.line((left, bottom), (left, bottom - height - 12), width=2)
    c.text((left, 30), y_name, 17)
    wide = 370 / len(values)
    for number, (value, name) in enumerate(zip(values, names, strict=True)):
        x = left + wide * (number + 0.5)
        color = ORANGE if number == highlight else fill
        c.box(x - wide * 0.3, bottom - value / top * height, x + wide * 0.3, bottom, fill=color, width=0)
        c.text((x, bottom + 17), name, 17)


def pie(c: Canvas, values: Sequence[float], names: Sequence[str], inner: bool = True) -> None:
    start, total = 90.0, sum(values)
    for number, (value, name) in enumerate(zip(values, names, strict=True)):
        end = start - value / total * 360
        c.slice((240, 182), 140, start, end, FILLS[number % len(FILLS)])
        c.text(around((240, 182), 92 if inner else 160, (start + end) / 2), name, 18)
        start = end


def lines_chart(
    c: Canvas,
    series: Sequence[Sequence[float]],
    x_names: Sequence[str],
    top: float,
    step: float,
    names: Sequence[str] = (),
    bottom: float = 0,
    y_name: str = "",
) -> None:
    axes = Axes(c, (0, len(x_names)), (bottom, top), (64, 34, 430, 300))
    ticks = [bottom + step * n for n in range(int((top - bottom) / step) + 1)]
    for tick in ticks:
        c.line(axes.at(0, tick), axes.at(len(x_names), tick), color=LIGHT, width=1.2)
        c.text((54, axes.at(0, tick)[1]), f"{tick:g}", 16, "rm")
    c.line((64, 24), (64, 300), (436, 300), width=2)
    c.text((64, 14), y_name, 16)
    for number, name in enumerate(x_names):
        c.text((axes.at(number + 0.5, bottom)[0], 317), name, 16)
    for number, values in enumerate(series):
        points = [(n + 0.5, value) for n, value in enumerate(values)]
        axes.through(points, STROKES[number % len(STROKES)])
        for x, y in points:
            c.dot(axes.at(x, y), 4.5, STROKES[number % len(STROKES)])
        if names:
            x, y = axes.at(*points[-1])
            c.text((x + 12, y - 12), names[number], 18, color=STROKES[number % len(STROKES)])


def cylinder(c: Canvas, radius: str, height: str, fill: str = SKY) -> None:
    c.box(140, 90, 340, 280, fill=fill, width=0)
    c.ellipse((240, 280), 100, 32, fill=fill)
    c.box(141, 90, 339, 280, fill=fill, width=0)
    c.line((140, 90), (140, 280))
    c.line((340, 90), (340, 280))
    c.ellipse((240, 90), 100, 32, fill="#ffffff")
    c.line((240, 90), (340, 90), color=RED)
    c.dot((240, 90), 4)
    c.text((288, 76), radius, 18, color=RED)
    c.both_ways((372, 90), (372, 280))
    c.text((384, 185), height, 20, "lm")


def cone(c: Canvas, radius: str, height: str, slant: str = "", fill: str = SAND) -> None:
    apex, center = (240, 50), (240, 285)
    c.ellipse(center, 120, 34, fill=fill)
    c.poly([apex, (121, 281), (359, 281)], fill=fill, width=0)
    c.arc(center, 120, 180, 360, ry=34)
    c.arc(center, 120, 0, 180, ry=34, dash=7, width=2)
    c.line(apex, (120, 285))
    c.line(apex, (360, 285))
    c.line(apex, center, color=GREY, dash=7, width=2)
    c.line(center, (360, 285), color=RED, width=2)
    c.dot(center, 4)
    c.text((298, 270), radius, 18, color=RED)
    c.text((228, 190), height, 18, "rm")
    if slant:
        c.text((320, 155), slant, 18, "lm")


def number_line(
    c: Canvas,
    low: int,
    high: int,
    start: float | None,
    end: float | None,
    closed_start: bool = True,
    closed_end: bool = False,
) -> None:
    def at(value: float) -> float:
        return 50 + (value - low) / (high - low) * 380

    c.arrow((250, 200), (464, 200), width=2.5)
    c.arrow((250, 200), (16, 200), width=2.5)
    for value in range(low, high + 1):
        c.line((at(value), 192), (at(value), 208), width=2)
        c.text((at(value), 228), f"{value}", 18)
    left, right = at(start) if start is not None else 24, at(end) if end is not None else 456
    c.line((left, 165), (right, 165), color=BLUE, width=4)
    for value, x, closed, outward in ((start, left, closed_start, -1), (end, right, closed_end, 1)):
        if value is None:
            c.arrow((x - outward * 20, 165), (x + outward * 6, 165), BLUE, 4, 15)
            continue
        c.line((x, 165), (x, 200), color=BLUE, width=1.6, dash=4)
        (c.dot if closed else c.ring)((x, 165), 7, BLUE)


def shadows(c: Canvas, stick: str, stick_shadow: str, tall: str, tall_shadow: str, tree: bool = True) -> None:
    c.line((30, 300), (450, 300), width=3)
    top, foot, tip = (110, 60), (110, 300), (400, 300)
    if tree:
        c.box(103, 180, 117, 300, fill=ORANGE, width=0)
        c.poly([(110, 60), (62, 205), (158, 205)], fill=MINT, color=GREEN)
    else:
        c.box(85, 60, 110, 300, fill=LIGHT)
    c.line(top, tip, color=GREY, width=1.8, dash=8)
    stick_x = 400 - 290 * 0.3
    c.line((stick_x, 300), (stick_x, 300 - 240 * 0.3), color=RED, width=5)
    c.text((stick_x - 10, 262), stick, 18, "rm", RED)
    c.text((stick_x + 48, 317), stick_shadow, 17)
    c.both_ways((110, 338), (400, 338))
    c.text((255, 338), tall_shadow, 17, backed=True)
    c.text((52, 140) if tree else (74, 180), tall, 19, "rm")
    c.right_angle(foot, top, tip)


def clock(c: Canvas, hour: int, minute: int, numbers: bool = True) -> None:
    center = (240, 180)
    c.circle(center, 150, fill="#fbfcfd", width=4)
    for tick in range(60):
        outer, inner = around(center, 142, tick * 6), around(center, 128 if tick % 5 == 0 else 136, tick * 6)
        c.line(outer, inner, width=3 if tick % 5 == 0 else 1.4)
    if numbers:
        for number in range(1, 13):
            c.text(around(center, 111, 90 - number * 30), str(number), 21)
    c.line(center, around(center, 60, 90 - (hour % 12 + minute / 60) * 30), width=6)
    c.line(center, around(center, 92, 90 - minute * 6), color=BLUE, width=4)
    c.dot(center, 7)


def parallel_lines(c: Canvas, given: str, asked: str, degrees: float = 60, alternate: bool = True) -> None:
    slope = 1 / math.tan(math.radians(degrees))
    upper, lower = (240 + 65 * slope, 115), (240 - 65 * slope, 245)
    for y, name in ((115, "l"), (245, "m")):
        c.line((50, y), (430, y))
        c.text((444, y), name, 20)
    c.line((240 + 150 * slope, 30), (240 - 150 * slope, 330), color=BLUE)
    c.angle(upper, (430, 115), (240 + 150 * slope, 30), given, 32, RED)
    if alternate:
        c.angle(lower, (50, 245), (240 - 150 * slope, 330), asked, 32, GREEN)
    else:
        c.angle(lower, (430, 245), (240 + 150 * slope, 30), asked, 32, GREEN)


def regular_polygon(c: Canvas, sides: int, mark: str = "", diagonals: bool = False, fill: str = YELLOW) -> None:
    center = (240, 185)
    points = [around(center, 145, 90 + 360 / sides * n) for n in range(sides)]
    c.poly(points, fill=fill)
    if diagonals:
        for other in points[2:-1]:
            c.line(points[0], other, color=BLUE, width=1.8, dash=6)
    if mark:
        low = sides // 2
        c.angle(points[low], points[low - 1], points[low + 1], mark, 30, RED)


def outcomes_tree(c: Canvas, first: Sequence[tuple[str, str]], second: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Branches as (probability, outcome), twice."""
    root = (60, 180)
    for number, (chance, name) in enumerate(first):
        node = (205, 100 + 160 * number)
        c.line(root, node)
        c.text(
            ((root[0] + node[0]) / 2 - 8, (root[1] + node[1]) / 2 + (-16 if number == 0 else 16)),
            chance,
            17,
            color=BLUE,
        )
        for inner, (chance2, name2) in enumerate(second[number]):
            leaf = (375, node[1] - 38 + 76 * inner)
            c.line((node[0] + 18, node[1]), leaf)
            c.text(
                ((node[0] + leaf[0]) / 2 + 4, (node[1] + leaf[1]) / 2 + (-15 if inner == 0 else 15)),
                chance2,
                17,
                color=BLUE,
            )
            c.text((leaf[0] + 18, leaf[1]), name2, 20)
        c.circle(node, 18, fill=SKY, width=2)
        c.text(node, name, 19)
    c.dot(root, 6)


def balls(c: Canvas, colors: Sequence[tuple[str, int]]) -> None:
    c.line((110, 70), (110, 310), (370, 310), (370, 70), width=4)
    spots = [(150 + 60 * column, 280 - 58 * row) for row in range(4) for column in range(4)]
    for (color, name), at in zip(
        [(color, str(n)) for color, count in colors for n in range(count)], spots, strict=False
    ):
        c.circle(at, 26, fill={"R": RED, "B": BLUE, "W": "#ffffff", "G": GREEN, "Y": "#e7c531"}[color], width=2)
        del name


def cube_net(c: Canvas, words: Sequence[str]) -> None:
    side = 78
    cells = [(0, 1), (1, 1), (2, 1), (3, 1), (1, 0), (1, 2)]
    for (column, row), word, fill in zip(cells, words, FILLS, strict=True):
        x, y = 84 + column * side, 60 + row * side
        c.box(x, y, x + side, y + side, fill=fill)
        c.text((x + side / 2, y + side / 2), word, 28)
