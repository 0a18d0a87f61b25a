"""Figures for physics."""

from __future__ import annotations

import math
from collections.abc import Sequence

from drawing import (
    BLUE,
    FILLS,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    RED,
    ROSE,
    SAND,
    SKY,
    VIOLET,
    YELLOW,
    Axes,
    Canvas,
    Point,
    around,
)


def pendulum(c: Canvas, length: str, degrees: float = 28, points: bool = False) -> None:
    pivot = (240, 50)
    for x in range(150, 330, 18):
        c.line((x, 50), (x + 12, 36), width=1.5, color=GREY)
    c.line((150, 50), (330, 50), width=3)
    c.line(pivot, (240, 300), color=GREY, width=1.6, dash=7)
    for side in (-1, 1):
        bob = around(pivot, 230, -90 + side * degrees)
        c.line(pivot, bob, width=2.5 if side == 1 else 1.4, color=INK if side == 1 else GREY)
        c.circle(bob, 16, fill=SKY if side == 1 else "#ffffff", color=BLUE if side == 1 else GREY)
        if points:
            c.text((bob[0] + side * 28, bob[1] + 6), "C" if side == 1 else "A", 20)
    c.arc(pivot, 230, -90 - degrees, -90 + degrees, color=GREY, width=1.6, dash=5)
    if points:
        c.text((240, 316), "B", 20)
    c.text((308, 155), length, 20, "lm")


def battery(c: Canvas, x: float, y: float) -> None:
    c.box(x - 9, y - 30, x + 9, y + 30, fill="#ffffff", width=0)
    c.line((x - 8, y - 26), (x - 8, y + 26), width=3)
    c.line((x + 8, y - 14), (x + 8, y + 14), width=6)


def _resistor(c: Canvas, x: float, y: float, words: str, upright: bool = False) -> None:
    wide, high = (18, 38) if upright else (38, 16)
    c.box(x - wide, y - high, x + wide, y + high, fill="#ffffff")
    if upright:
        c.text((x + 28, y), words, 19, "lm")
    else:
        c.text((x, y - 32), words, 19)


def _meter(c: Canvas, x: float, y: float, letter: str) -> None:
    c.circle((x, y), 21, fill="#ffffff")
    c.text((x, y), letter, 20)


def series_circuit(c: Canvas, resistors: Sequence[str], voltage: str, meter: str = "") -> None:
    c.line((80, 90), (400, 90), (400, 280), (80, 280), (80, 90))
    battery(c, 240, 280)
    c.text((240, 328), voltage, 19)
    for number, words in enumerate(resistors):
        _resistor(c, 80 + 320 * (number + 1) / (len(resistors) + 1), 90, words)
    if meter:
        _meter(c, 400, 185, meter)


def parallel_circuit(c: Canvas, resistors: Sequence[str], voltage: str, meter: str = "") -> None:
    rows = [70 + 75 * number for number in range(len(resistors))]
    c.line((120, rows[0]), (120, rows[-1]))
    c.line((360, rows[0]), (360, rows[-1]))
    for y, words in zip(rows, resistors, strict=True):
        c.line((120, y), (360, y))
        _resistor(c, 240, y, words)
        c.dot((120, y), 4)
        c.dot((360, y), 4)
    middle = rows[len(rows) // 2]
    c.line((120, middle), (60, middle), (60, 290), (420, 290), (420, middle), (360, middle))
    battery(c, 240, 290)
    c.text((240, 336), voltage, 19)
    if meter:
        _meter(c, 420, 225, meter)


def bulbs_circuit(c: Canvas, switch_open: bool = True) -> None:
    c.line((80, 80), (400, 80), (400, 280), (80, 280), (80, 80))
    c.line((80, 180), (400, 180))
    for y, name in ((80, "P"), (180, "Q")):
        c.circle((240, y), 24, fill=YELLOW)
        c.line((223, y - 17), (257, y + 17), width=2)
        c.line((223, y + 17), (257, y - 17), width=2)
        c.text((240, y - 38), name, 19)
    c.box(300, 172, 350, 188, fill="#ffffff", width=0)
    c.dot((300, 180))
    c.dot((350, 180))
    c.line((300, 180), (346, 152) if switch_open else (350, 180), width=3)
    c.text((325, 206), "S", 19)
    battery(c, 240, 280)


def convex_lens(c: Canvas, object_at: float, focal: float, height: float = 70, concave: bool = False) -> None:
    """Distances in pixels from the lens; the image is drawn where the rays meet."""
    x, y = 250.0, 185.0
    c.line((20, y), (460, y), width=1.8, color=GREY)
    c.arc((x - 150, y), 175, -31, 31, width=2.5, color=BLUE) if not concave else None
    c.arc((x + 150, y), 175, 149, 211, width=2.5, color=BLUE) if not concave else None
    if concave:
        c.line((x, 75), (x, 295), color=BLUE, width=3)
        for side in (-1, 1):
            c.line((x - 12, 75 - 0), (x, 85), (x + 12, 75), color=BLUE) if side == -1 else c.line(
                (x - 12, 295), (x, 285), (x + 12, 295), color=BLUE
            )
    for side in (-1, 1):
        c.dot((x + side * focal, y), 4.5, RED)
        c.text((x + side * focal, y + 19), "F", 18, color=RED)
    c.arrow((x - object_at, y), (x - object_at, y - height), GREEN, 4, 14)
    sign = -1 if concave else 1
    image_at = 1 / (sign / focal - 1 / object_at)
    size = -image_at / object_at * height
    top = (x - object_at, y - height)
    far = 1.0 if image_at > 0 else 0.0
    c.line(top, (x, y - height), color=ORANGE, width=2)
    end_x = min(456, x + max(image_at * 1.15, 120) * far + 150 * (1 - far))
    slope = height / focal * sign
    c.line((x, y - height), (end_x, y - height + slope * (end_x - x)), color=ORANGE, width=2)
    straight = height / object_at
    c.line(top, (end_x, y - height + straight * (end_x - x + object_at)), color=ORANGE, width=2)
    if image_at > 0:
        c.arrow((x + image_at, y), (x + image_at, y - size), VIOLET, 4, 14)
    else:
        c.line((x, y - height), (x + image_at, y - size), color=ORANGE, width=1.5, dash=6)
        c.line(top, (x + image_at, y - size), color=ORANGE, width=1.5, dash=6)
        c.arrow((x + image_at, y), (x + image_at, y - size), GREY, 3, 12)


def mirror(c: Canvas, words: str, asked: str, degrees: float = 40) -> None:
    foot = (240, 290)
    c.line((60, 290), (420, 290), width=4)
    for x in range(70, 420, 18):
        c.line((x, 292), (x - 10, 304), width=1.5, color=GREY)
    c.line(foot, (240, 60), color=GREY, width=1.6, dash=7)
    start, end = around(foot, 240, 90 + degrees), around(foot, 240, 90 - degrees)
    c.arrow(start, ((start[0] + foot[0]) / 2, (start[1] + foot[1]) / 2), ORANGE, 3)
    c.line(start, foot, color=ORANGE, width=3)
    c.arrow(foot, end, ORANGE, 3)
    c.angle(foot, start, (240, 60), words, 58, RED)
    c.angle(foot, (240, 60), end, asked, 58, BLUE)


def refraction(c: Canvas, upper: str, lower: str, first: float, second: float, words: tuple[str, str]) -> None:
    c.box(40, 180, 440, 330, fill=SKY, width=0)
    c.line((40, 180), (440, 180), width=2.5)
    c.line((240, 40), (240, 330), color=GREY, width=1.6, dash=7)
    start, end = around((240, 180), 150, 90 + first), around((240, 180), 150, -90 + second)
    c.arrow(start, ((start[0] + 240) / 2, (start[1] + 180) / 2), ORANGE, 3)
    c.line(start, (240, 180), color=ORANGE, width=3)
    c.arrow((240, 180), end, ORANGE, 3)
    c.angle((240, 180), start, (240, 40), words[0], 52, RED)
    c.angle((240, 180), (240, 330), end, words[1], 62, BLUE)
    c.text((80, 155), upper, 19)
    c.text((80, 205), lower, 19)


def incline(c: Canvas, words: str, forces: bool = True, degrees: float = 30, mass: str = "m") -> None:
    slope = math.radians(degrees)
    left, right = (60, 300), (420, 300)
    top = (420, 300 - 360 * math.tan(slope))
    c.poly([left, right, top], fill=SAND)
    c.angle(left, right, top, words, 62, RED)
    along, up = (math.cos(slope), -math.sin(slope)), (-math.sin(slope), -math.cos(slope))
    base = (left[0] + 210 * along[0], left[1] + 210 * along[1])
    corners = []
    for a, u in ((-34, 0), (34, 0), (34, 46), (-34, 46)):
        corners.append((base[0] + a * along[0] + u * up[0], base[1] + a * along[1] + u * up[1]))
    c.poly(corners, fill=SKY)
    middle = (base[0] + 23 * up[0], base[1] + 23 * up[1])
    c.text(middle, mass, 20)
    if forces:
        c.arrow(middle, (middle[0], middle[1] + 100), RED, 3)
        c.text((middle[0] + 14, middle[1] + 96), "W", 19, "lm", RED)
        c.arrow(
            (middle[0] + 24 * up[0], middle[1] + 24 * up[1]),
            (middle[0] + 100 * up[0], middle[1] + 100 * up[1]),
            BLUE,
            3,
        )
        c.text((middle[0] + 118 * up[0], middle[1] + 118 * up[1]), "N", 19, color=BLUE)
        c.arrow(corners[1], (corners[1][0] + 66 * along[0], corners[1][1] + 66 * along[1]), GREEN, 3)
        c.text((corners[1][0] + 84 * along[0], corners[1][1] + 84 * along[1] - 6), "f", 19, color=GREEN)


def motion(
    c: Canvas,
    points: Sequence[Point],
    x_ticks: Sequence[float],
    y_ticks: Sequence[float],
    names: tuple[str, str],
    second: Sequence[Point] = (),
    area: bool = False,
) -> None:
    xs, ys = (0, max(x_ticks) * 1.08), (min(0, *y_ticks), max(y_ticks) * 1.12)
    axes = Axes(c, xs, ys, (70, 34, 430, 310))
    if area:
        c.poly(
            [axes.at(points[0][0], 0), *(axes.at(*point) for point in points), axes.at(points[-1][0], 0)],
            fill=SKY,
            width=0,
        )
    axes.draw(names[0], names[1], x_ticks, y_ticks, grid=not area)
    axes.through(points, BLUE, 3.5)
    if second:
        axes.through(second, ORANGE, 3.5)
        for line, name, color in ((points, "A", BLUE), (second, "B", ORANGE)):
            x, y = axes.at(*line[-1])
            c.text((x + 6, y - 14), name, 19, color=color)


def spring(c: Canvas, natural: str, stretched: str, load: str) -> None:
    c.line((60, 40), (420, 40), width=4)
    for x, turns, gap, weight in ((150, 8, 12, ""), (320, 8, 20, load)):
        points = [(x, 40), (x, 56)]
        points += [(x + (22 if n % 2 else -22), 56 + gap * (n + 0.5)) for n in range(turns)]
        end = 56 + gap * turns
        points += [(x, end), (x, end + 12)]
        c.line(*points, width=2.5, color=BLUE)
        if weight:
            c.box(x - 30, end + 12, x + 30, end + 62, fill=SAND)
            c.text((x, end + 37), weight, 18)
        c.both_ways((x - 58, 42), (x - 58, end + 10))
        c.text((x - 66, 42 + (end - 32) / 2), stretched if weight else natural, 18, "rm", backed=True)


def lever(c: Canvas, left: str, right: str, left_arm: str, right_arm: str, pivot: float = 0.4) -> None:
    x = 60 + 360 * pivot
    c.box(60, 190, 420, 202, fill=SAND, width=2)
    c.poly([(x, 204), (x - 28, 260), (x + 28, 260)], fill=LIGHT)
    c.line((40, 262), (440, 262), width=3)
    for at, words, size in ((82, left, 30), (398, right, 24)):
        c.box(at - size, 190 - 2 * size, at + size, 190, fill=SKY)
        c.text((at, 190 - size), words, 18)
    c.both_ways((82, 296), (x, 296))
    c.text(((82 + x) / 2, 318), left_arm, 18)
    c.both_ways((x, 296), (398, 296))
    c.text(((398 + x) / 2, 318), right_arm, 18)


def wave(c: Canvas, cycles: float, amplitude: str, length: str, second: bool = False) -> None:
    y = 180
    c.arrow((30, y), (462, y), width=1.8, color=GREY)
    points = [(50 + x, y - 80 * math.sin(x / 380 * cycles * 2 * math.pi)) for x in range(381)]
    c.line(*points, color=BLUE, width=3.5)
    if second:
        c.line(*((x, y + (py - y) * 0.45) for x, py in points), color=ORANGE, width=3)
    step = 380 / cycles
    crest = 50 + step / 4
    c.line((crest, y), (crest, y - 80), color=RED, width=2)
    c.text((crest + 8, y - 36), amplitude, 18, "lm", RED)
    c.both_ways((50, y + 118), (50 + step, y + 118))
    c.text((50 + step / 2, y + 138), length, 18)
    for x in (50, 50 + step):
        c.line((x, y), (x, y + 124), color=GREY, width=1.3, dash=5)


def floating(c: Canvas, blocks: Sequence[tuple[str, float]]) -> None:
    """Blocks with the share of each that is under water; 1.6 = on the bottom."""
    c.box(62, 152, 418, 318, fill=SKY, width=0)
    c.line((60, 70), (60, 320), (420, 320), (420, 70), width=4)
    for number, (name, deep) in enumerate(blocks):
        x = 60 + 360 * (number + 0.5) / len(blocks)
        top = 152 - 64 * (1 - deep) if deep <= 1 else (225 if deep < 1.5 else 254)
        c.box(x - 34, top, x + 34, top + 64, fill=FILLS[number + 1])
        c.text((x, top + 32), name, 22)


def bar_magnet(c: Canvas, coil: bool = True) -> None:
    c.box(40, 150, 110, 210, fill=ROSE)
    c.box(110, 150, 180, 210, fill=SKY)
    c.text((75, 180), "S", 24)
    c.text((145, 180), "N", 24)
    c.arrow((190, 130), (236, 130), RED, 3)
    if coil:
        for turn in range(6):
            c.ellipse((290 + turn * 22, 180), 16, 62, color=ORANGE, width=3)
        c.line((290, 242), (290, 310), (340, 310))
        c.line((400, 242), (400, 310), (366, 310))
        _meter(c, 353, 310, "G")
