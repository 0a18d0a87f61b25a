"""Figures for geography, history and economics."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from drawing import (
    BLUE,
    FILLS,
    GREY,
    LIGHT,
    MINT,
    ORANGE,
    RED,
    SAND,
    SKY,
    Axes,
    Canvas,
    Point,
    around,
)


def contours(
    c: Canvas, labels: Sequence[str], steep_left: bool = True, points: Sequence[tuple[float, float, str]] = ()
) -> None:
    for number, words in enumerate(labels):
        share = 1 - number / len(labels)
        x = 240 + (-1 if steep_left else 1) * 78 * (1 - share)
        ring = []
        for degrees in range(0, 361, 4):
            bulge = 1 + 0.05 * math.sin(2 * math.radians(degrees) + number) + 0.03 * math.cos(3 * math.radians(degrees))
            ring.append(around((x, 180), 200 * share * bulge, degrees, 145 * share * bulge))
        c.line(*ring, color="#9a6a3a", width=2.2)
        at = ring[300 // 4]
        c.text(at, words, 15, color="#7a4f26", backed=True)
    for px, py, name in points:
        c.dot((px, py), 5, RED)
        c.text((px + 13, py - 12), name, 19)


def town_map(c: Canvas, scale: str, places: Sequence[tuple[float, float, str]], river: bool = True) -> None:
    c.box(24, 24, 456, 336, fill="#fafbf7", width=2)
    if river:
        c.line(*((60 + 9 * n, 60 + 5.6 * n + 20 * math.sin(n / 5)) for n in range(44)), color="#8db8de", width=12)
    c.line((30, 230), (450, 200), color=GREY, width=5)
    c.line((300, 30), (270, 330), color=GREY, width=5)
    for x, y, name in places:
        c.box(x - 9, y - 9, x + 9, y + 9, fill=ORANGE, width=2)
        c.text((x + 18, y - 14), name, 20)
    c.arrow((422, 92), (422, 44), width=3)
    c.text((422, 106), "N", 19)
    c.line((50, 312), (150, 312), width=3)
    for x in (50, 150):
        c.line((x, 305), (x, 319), width=2)
    c.text((100, 297), scale, 16)


def globe(c: Canvas, marks: Sequence[tuple[float, float, str]]) -> None:
    center, radius = (240, 182), 145
    c.circle(center, radius, fill="#eef5fb", width=3)
    for latitude in (-60, -30, 30, 60):
        half = radius * math.cos(math.radians(latitude))
        y = 182 - radius * math.sin(math.radians(latitude))
        c.line((240 - half, y), (240 + half, y), color=GREY, width=1.3)
    c.line((95, 182), (385, 182), color=RED, width=2.5)
    for rx in (48, 100):
        c.ellipse(center, rx, radius, color=GREY, width=1.3)
    c.line((240, 37), (240, 327), color=BLUE, width=2.5)
    for latitude, longitude, name in marks:
        x = 240 + radius * math.cos(math.radians(latitude)) * math.sin(math.radians(longitude))
        y = 182 - radius * math.sin(math.radians(latitude))
        c.dot((x, y), 6, RED)
        c.text((x + 13, y - 13), name, 20)


def climate(c: Canvas, temperatures: Sequence[float], rain: Sequence[float]) -> None:
    left, right, bottom, height = 64, 420, 300, 240
    wide = (right - left) / 12
    for tick in range(0, 401, 100):
        y = bottom - tick / 400 * height
        c.line((left, y), (right, y), color=LIGHT, width=1.2)
        c.text((right + 8, y), str(tick), 14, "lm", BLUE)
    for tick in range(-10, 31, 10):
        c.text((left - 8, bottom - (tick + 10) / 40 * height), str(tick), 14, "rm", RED)
    for month, amount in enumerate(rain):
        x = left + wide * (month + 0.5)
        c.box(x - wide * 0.32, bottom - amount / 400 * height, x + wide * 0.32, bottom, fill="#8db8de", width=0)
        c.text((x, bottom + 16), str(month + 1), 14)
    points = [
        (left + wide * (month + 0.5), bottom - (value + 10) / 40 * height) for month, value in enumerate(temperatures)
    ]
    c.line(*points, color=RED, width=3)
    for point in points:
        c.dot(point, 3.5, RED)
    c.line((left, 46), (left, bottom), (right, bottom), (right, 46), width=2)
    c.text((left, 30), "°C", 15, color=RED)
    c.text((right, 30), "mm", 15, color=BLUE)


def ages_pyramid(c: Canvas, men: Sequence[float], women: Sequence[float]) -> None:
    rows = len(men)
    high = 270 / rows
    for row in range(rows):
        y = 310 - high * (row + 1)
        c.box(226 - men[row] * 17, y, 226, y + high - 3, fill="#8db8de", width=0)
        c.box(254, y, 254 + women[row] * 17, y + high - 3, fill="#e8b0a8", width=0)
        c.text((240, y + high / 2), str(row * 10), 14)
    c.line((50, 312), (430, 312), width=2)
    for share in range(0, 11, 5):
        c.text((226 - share * 17, 328), str(share), 14)
        c.text((254 + share * 17, 328), str(share), 14)
    c.text((70, 30), "M", 20, color=BLUE)
    c.text((410, 30), "F", 20, color=RED)


def river(c: Canvas) -> None:
    path = [(30 + 8.4 * n, 190 + 85 * math.sin(n / 7.4)) for n in range(51)]
    c.line(*path, color="#8db8de", width=34)
    c.line(*path, color="#eef5fb", width=2, dash=12)
    x, y = path[12]
    c.dot((x, y + 22), 6, RED)
    c.text((x, y + 44), "A", 20)
    c.dot((x, y - 22), 6, RED)
    c.text((x, y - 42), "B", 20)
    c.arrow(path[2], path[5], BLUE, 3)


def valley(c: Canvas, shape: str) -> None:
    c.line((30, 320), (450, 320), width=2)
    if shape == "V":
        side = [(30, 70), (110, 110), (240, 290), (370, 110), (450, 70)]
    else:
        side = [
            (30, 70),
            (110, 90),
            *(around((240, 180), 130, turn, 110) for turn in range(180, 361, 10)),
            (370, 90),
            (450, 70),
        ]
    c.poly([*side, (450, 320), (30, 320)], fill=SAND, width=0)
    c.line(*side, width=3.5)
    c.line((232, 288), (248, 288), color=BLUE, width=6)


def timeline(c: Canvas, marks: Sequence[tuple[float, str]], names: Sequence[str]) -> None:
    """Years at shares of the line above it, letters of the periods or events below it."""
    c.arrow((30, 185), (458, 185), width=4)
    for share, year in marks:
        x = 50 + 380 * share
        c.line((x, 172), (x, 198), width=3)
        c.text((x, 152), year, 18)
    spots = [50 + 380 * share for share, _ in marks]
    for (one, two), name, fill in zip(itertools.pairwise(spots), names, FILLS, strict=False):
        c.box(one + 4, 212, two - 4, 262, fill=fill, width=2, radius=8)
        c.text(((one + two) / 2, 237), name, 22)


def ranks(c: Canvas, names: Sequence[str]) -> None:
    count = len(names)
    for number, name in enumerate(names):
        top, bottom = 40 + 270 * number / count, 40 + 270 * (number + 1) / count
        one, two = 150 * number / count, 150 * (number + 1) / count
        c.poly(
            [(240 - one, top), (240 + one, top), (240 + two, bottom), (240 - two, bottom)]
            if number
            else [(240, top), (240 + two, bottom), (240 - two, bottom)],
            fill=FILLS[number],
        )
        c.text((240, (top + bottom) / 2 + (8 if number == 0 else 0)), name, 20)


def routes(c: Canvas, names: Sequence[tuple[float, float, str]], legs: Sequence[tuple[int, int]]) -> None:
    """Two coasts with harbours between them and the ways of ships."""
    c.box(20, 20, 460, 340, fill="#e8f1f9", width=2)
    west = [(22, 22), (150, 22), (120, 80), (165, 130), (110, 190), (140, 250), (90, 338), (22, 338)]
    east = [(458, 22), (360, 22), (385, 90), (330, 150), (375, 210), (340, 290), (380, 338), (458, 338)]
    for coast in (west, east):
        c.poly(coast, fill="#f1ead9", color="#a58b5b", width=2)
    for one, two in legs:
        (x1, y1, _), (x2, y2, _) = names[one], names[two]
        dx, dy = (x2 - x1) / math.dist((x1, y1), (x2, y2)) * 12, (y2 - y1) / math.dist((x1, y1), (x2, y2)) * 12
        c.arrow((x1 + dx, y1 + dy), (x2 - dx, y2 - dy), RED, 3)
    for x, y, name in names:
        c.dot((x, y), 6)
        c.text((x, y - 20), name, 20)


def peninsula(c: Canvas, regions: Sequence[tuple[Sequence[Point], str, Point]]) -> None:
    for number, (points, name, at) in enumerate(regions):
        c.poly(points, fill=FILLS[number], width=2.5)
        c.text(at, name, 24)


def market(c: Canvas, demand_shift: float = 0, supply_shift: float = 0, limit: float | None = None) -> None:
    axes = Axes(c, (0, 10), (0, 10), (64, 34, 430, 310))
    axes.draw("Q", "P", zero="O")

    def line(slope: float, base: float, color: str, name: str, dash: float = 0) -> None:
        xs = (1.2, 8.6)
        axes.through([(x, base + slope * x) for x in xs], color, 3.5 if not dash else 3, dash)
        x, y = axes.at(xs[1], base + slope * xs[1])
        c.text((x + 16, y), name, 20, color=color)

    line(-0.8, 8.9, BLUE, "D")
    line(0.8, 1.1, ORANGE, "S")
    if demand_shift:
        line(-0.8, 8.9 + demand_shift, BLUE, "D'", 9)
    if supply_shift:
        line(0.8, 1.1 + supply_shift, ORANGE, "S'", 9)
    quantity = 7.8 / 1.6
    axes.drop(quantity, 1.1 + 0.8 * quantity, "Q*", "P*")
    if limit is not None:
        axes.through([(0, limit), (9.4, limit)], RED, 2.5, 8)
        c.text((axes.at(9.4, limit)[0] + 14, axes.at(9.4, limit)[1]), "L", 19, color=RED)


def frontier(c: Canvas, points: Sequence[tuple[float, float, str]], shifted: bool = False) -> None:
    axes = Axes(c, (0, 10), (0, 10), (64, 34, 430, 310))
    axes.draw("X", "Y")
    axes.through(
        [(8 * math.sin(n / 40 * math.pi / 2), 8 * math.cos(n / 40 * math.pi / 2)) for n in range(41)], BLUE, 3.5
    )
    if shifted:
        axes.through(
            [(9.6 * math.sin(n / 40 * math.pi / 2), 9.2 * math.cos(n / 40 * math.pi / 2)) for n in range(41)],
            ORANGE,
            3,
            9,
        )
    for x, y, name in points:
        at = axes.at(x, y)
        c.dot(at, 5.5, RED)
        c.text((at[0] + 13, at[1] - 12), name, 20)


def lorenz(c: Canvas, bends: Sequence[float], names: str = "AB") -> None:
    axes = Axes(c, (0, 112), (0, 108), (80, 30, 430, 310))
    axes.draw("%", "%", range(20, 101, 20), range(20, 101, 20), grid=True)
    axes.through([(0, 0), (100, 100)], GREY, 2.5)
    for number, bend in enumerate(bends):
        axes.plot(lambda x, power=bend: 100 * (x / 100) ** power, 0, 100, (BLUE, ORANGE)[number], 3.5)
        x, y = axes.at(72, 100 * 0.72**bend)
        c.text((x + 14, y + 14), names[number], 20, color=(BLUE, ORANGE)[number])


def circular_flow(c: Canvas) -> None:
    for x, name, fill in ((80, "H", SKY), (400, "F", SAND)):
        c.box(x - 46, 145, x + 46, 215, fill=fill, radius=10)
        c.text((x, 180), name, 26)
    for top, name in ((60, "A"), (300, "B")):
        c.ellipse((240, top), 62, 32, fill=MINT)
        c.text((240, top), name, 24)
    c.arrow((95, 140), (182, 70), BLUE, 3)
    c.arrow((298, 70), (385, 140), BLUE, 3)
    c.arrow((385, 220), (298, 292), ORANGE, 3)
    c.arrow((182, 292), (95, 220), ORANGE, 3)


def cost_curves(c: Canvas) -> None:
    axes = Axes(c, (0, 10), (0, 10), (64, 34, 430, 310))
    axes.draw("Q", "C")
    axes.plot(lambda q: 0.22 * (q - 3.2) ** 2 + 2.4, 0.8, 8.2, ORANGE, 3.5)
    axes.plot(lambda q: 0.13 * (q - 5.6) ** 2 + 3.7, 0.9, 9.2, BLUE, 3.5)
    c.text(axes.at(8.3, 8.8), "MC", 19, color=ORANGE)
    c.text(axes.at(9.2, 6.0), "AC", 19, color=BLUE)
