"""Figures for biology and earth science."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from drawing import (
    BLUE,
    FILLS,
    GREEN,
    GREY,
    INK,
    LIGHT,
    LILAC,
    MINT,
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


def food_web(c: Canvas, nodes: Sequence[tuple[str, float, float]], arrows: Sequence[tuple[int, int]]) -> None:
    for one, two in arrows:
        (_, x1, y1), (_, x2, y2) = nodes[one], nodes[two]
        length = math.hypot(x2 - x1, y2 - y1)
        dx, dy = (x2 - x1) / length * 33, (y2 - y1) / length * 33
        c.arrow((x1 + dx, y1 + dy), (x2 - dx, y2 - dy), width=2.5)
    for number, (name, x, y) in enumerate(nodes):
        c.circle((x, y), 28, fill=FILLS[number % len(FILLS)])
        c.text((x, y), name, 21)


def food_chain(c: Canvas, names: Sequence[str]) -> None:
    """Plant, grasshopper, frog, snake ... as plain shapes in a row."""
    step = 400 / len(names)
    for number, name in enumerate(names):
        x = 40 + step * (number + 0.5)
        if number == 0:
            c.line((x, 220), (x, 150), width=3.5, color=GREEN)
            for side in (-1, 1):
                c.poly([(x, 195), (x + side * 30, 172), (x + side * 34, 190)], fill=MINT, color=GREEN, width=2)
                c.poly([(x, 165), (x + side * 22, 142), (x + side * 27, 158)], fill=MINT, color=GREEN, width=2)
        else:
            size = 18 + 5 * number
            c.ellipse((x, 190), size * 1.1, size * 0.72, fill=FILLS[number], width=2.5)
            c.circle((x + size * 0.95, 190 - size * 0.55), size * 0.42, fill=FILLS[number], width=2.5)
            c.dot((x + size * 1.05, 190 - size * 0.62), 2.5)
        c.text((x, 258), name, 22)
        if number + 1 < len(names):
            c.arrow((x + step * 0.32, 120), (x + step * 0.68, 120), RED, 3)


def cell(c: Canvas, plant: bool = True) -> None:
    if plant:
        c.box(70, 45, 410, 315, fill=MINT, color=GREEN, width=6, radius=14)
        c.box(82, 57, 398, 303, fill="#f3faf5", width=1.6, radius=10)
        c.box(200, 110, 370, 270, fill=SKY, width=2, radius=30)
        for x, y in ((120, 95), (125, 265), (240, 80), (330, 286)):
            c.ellipse((x, y), 24, 12, fill="#8fc49f", color=GREEN, width=2)
    else:
        c.ellipse((240, 180), 180, 130, fill=ROSE, width=3)
    nucleus = (140, 175) if plant else (235, 175)
    c.circle(nucleus, 42, fill=LILAC, width=2.5)
    c.dot(nucleus, 12, VIOLET)
    for x, y in ((115, 230), (170, 262)) if plant else ((130, 140), (330, 230), (340, 130), (160, 250)):
        c.ellipse((x, y), 20, 9, fill=SAND, color=ORANGE, width=2)
    lines = (
        (
            (nucleus, (40, 175), "A"),
            ((290, 190), (448, 190), "B"),
            ((330, 286), (448, 286), "C"),
            ((380, 51), (448, 51), "D"),
        )
        if plant
        else ((nucleus, (30, 120), "A"), ((330, 230), (452, 250), "B"), ((290, 56), (400, 40), "C"))
    )
    for start, end, name in lines:
        c.line(start, end, width=1.6)
        c.text((end[0] + (12 if end[0] > 240 else -12), end[1]), name, 20)


def punnett(c: Canvas, top: Sequence[str], side: Sequence[str], inside: Sequence[str]) -> None:
    size = 100
    for column in range(2):
        c.text((215 + column * size, 60), top[column], 26, color=BLUE)
        c.text((130, 135 + column * size), side[column], 26, color=RED)
        for row in range(2):
            left, upper = 165 + column * size, 85 + row * size
            c.box(left, upper, left + size, upper + size, fill=(MINT, SAND)[(row + column) % 2])
            c.text((left + 50, upper + 50), inside[row * 2 + column], 27)


def pedigree(c: Canvas, affected: Sequence[int], number: bool = True) -> None:
    """Two grandparents 1 2, children 3 4 5 (4 married in), grandchildren 6 7. Squares are men."""
    spots = {
        1: (170, 60, True),
        2: (290, 60, False),
        3: (130, 180, False),
        4: (250, 180, True),
        5: (370, 180, False),
        6: (260, 300, True),
        7: (360, 300, False),
    }
    c.line((170, 60), (290, 60))
    c.line((230, 60), (230, 120))
    c.line((130, 120), (250, 120))
    for x in (130, 250):
        c.line((x, 120), (x, 180))
    c.line((250, 180), (370, 180))
    c.line((310, 180), (310, 240))
    c.line((260, 240), (360, 240))
    for x in (260, 360):
        c.line((x, 240), (x, 300))
    for person, (x, y, man) in spots.items():
        fill = GREY if person in affected else "#ffffff"
        if man:
            c.box(x - 22, y - 22, x + 22, y + 22, fill=fill)
        else:
            c.circle((x, y), 23, fill=fill)
        if number:
            c.text((x, y), str(person), 18)


def dna(c: Canvas, pairs: Sequence[str]) -> None:
    colors = {"A": ROSE, "T": SAND, "G": MINT, "C": SKY, "?": "#ffffff"}
    for number, pair in enumerate(pairs):
        x = 60 + 360 * (number + 0.5) / len(pairs)
        for row, letter in enumerate(pair):
            top = 110 + 68 * row
            c.box(x - 21, top, x + 21, top + 68, fill=colors[letter], width=2)
            c.text((x, top + 34), letter, 24)
    c.line((46, 106), (434, 106), width=6, color=BLUE)
    c.line((46, 250), (434, 250), width=6, color=BLUE)


def neuron(c: Canvas) -> None:
    for degrees in (110, 150, 190, 230, 265):
        c.line((110, 180), around((110, 180), 78, degrees), width=6, color=ORANGE)
    c.circle((110, 180), 42, fill=SAND, color=ORANGE, width=3)
    c.circle((110, 180), 15, fill=LILAC, width=2)
    c.line((150, 180), (380, 180), width=5, color=ORANGE)
    for number in range(4):
        c.box(168 + number * 52, 166, 212 + number * 52, 194, fill=SKY, width=2, radius=12)
    for degrees in (35, 0, -35):
        c.line((380, 180), around((380, 180), 60, degrees), width=4, color=ORANGE)
        c.dot(around((380, 180), 60, degrees), 7, ORANGE)
    for start, end, name in (
        ((65, 110), (70, 50), "A"),
        ((110, 165), (160, 60), "B"),
        ((242, 194), (242, 262), "C"),
        ((430, 215), (430, 270), "D"),
    ):
        c.line(start, end, width=1.6)
        c.text((end[0], end[1] + (14 if end[1] > 180 else -13)), name, 20)


def heart(c: Canvas) -> None:
    c.box(120, 80, 360, 310, fill=ROSE, width=4, radius=46)
    c.line((240, 80), (240, 310), width=6)
    c.line((120, 170), (175, 190), width=4)
    c.line((185, 190), (240, 170), width=4)
    c.line((240, 170), (295, 190), width=4)
    c.line((305, 190), (360, 170), width=4)
    for at, name in (((180, 125), "A"), ((180, 255), "B"), ((300, 125), "C"), ((300, 255), "D")):
        c.text(at, name, 26)
    for x, up, color in ((160, False, BLUE), (215, True, BLUE), (265, True, RED), (320, False, RED)):
        c.arrow((x, 74), (x, 28), color, 4) if up else c.arrow((x, 28), (x, 74), color, 4)


def reflex(c: Canvas) -> None:
    boxes = (("A", 60, 90), ("B", 60, 270), ("C", 240, 270), ("D", 400, 270), ("E", 400, 90))
    for (_, x1, y1), (_, x2, y2) in itertools.pairwise(boxes):
        length = math.hypot(x2 - x1, y2 - y1)
        dx, dy = (x2 - x1) / length * 40, (y2 - y1) / length * 34
        c.arrow((x1 + dx, y1 + dy), (x2 - dx, y2 - dy), BLUE, 3)
    for name, x, y in boxes:
        c.box(x - 36, y - 30, x + 36, y + 30, fill=MINT if name == "C" else "#ffffff", radius=8)
        c.text((x, y), name, 22)


def moon_orbit(c: Canvas, names: Sequence[str], marked: int = -1) -> None:
    center = (220, 180)
    for y in (70, 140, 220, 290):
        c.arrow((470, y), (420, y), ORANGE, 2.5)
    c.circle(center, 120, width=1.6, color=GREY)
    _half(c, center, 30, SKY)
    for number, name in enumerate(names):
        at = around(center, 120, 360 / len(names) * number)
        _half(c, at, 15, "#ffffff")
        c.text(around(center, 152, 360 / len(names) * number), name, 20, color=RED if number == marked else INK)


def _half(c: Canvas, at: Point, radius: float, fill: str) -> None:
    """A ball lit from the right."""
    c.circle(at, radius, fill=fill, width=2)
    c.slice(at, radius, 90, 270, "#4a5258", width=0)
    c.circle(at, radius, width=2)


def eclipse(c: Canvas, solar: bool = True) -> None:
    c.circle((70, 180), 62, fill=YELLOW, color=ORANGE)
    earth, moon = ((390, 180), (290, 180)) if solar else ((290, 180), (400, 180))
    near, far = (moon, earth) if solar else (earth, moon)
    size = 16 if solar else 34
    for side in (-1, 1):
        c.line(
            (70, 180 + side * 62),
            (near[0], 180 + side * size),
            (far[0] + 40, 180 + side * (size * 0.45 if solar else size * 0.62)),
            color=GREY,
            width=1.4,
            dash=6,
        )
    c.circle(earth, 36, fill=SKY)
    c.circle(moon, 16, fill=LIGHT)
    c.text((70, 268), "A", 21)
    c.text((earth[0], 245), "B", 21)
    c.text((moon[0], 222), "C", 21)


def strata(c: Canvas, names: Sequence[str], dyke: str = "", fault: bool = False, unconformity: bool = False) -> None:
    top, high = 60, 250 / len(names)
    for number, name in enumerate(names):
        y = top + high * number
        shift = 34
        fill = FILLS[number % len(FILLS)]
        if fault:
            c.box(50, y, 240, y + high, fill=fill, width=2)
            c.box(240, y + shift, 430, y + high + (shift if number < len(names) - 1 else 0), fill=fill, width=2)
        else:
            c.box(50, y, 430, y + high, fill=fill, width=2)
        c.text((90, y + high / 2), name, 21)
    if unconformity:
        wavy = [(50 + 10 * n, top + high + 5 * math.sin(n * 1.1)) for n in range(39)]
        c.line(*wavy, width=4, color=RED)
    if dyke:
        c.poly([(280, 312), (320, 312), (345, top + high), (312, top + high)], fill="#b9a7a0")
        c.text((315, 220), dyke, 21)
    if fault:
        c.line((240, 45), (240, 330), color=RED, width=3)
        c.arrow((228, 110), (228, 60), RED, 2.5)
        c.arrow((252, 60), (252, 110), RED, 2.5)


def front(c: Canvas, cold: bool = True) -> None:
    c.line((30, 310), (450, 310), width=3)
    edge = [(60 + 8 * n, 310 - 230 * (n / 44) ** (0.45 if cold else 1.25)) for n in range(45)]
    if cold:
        edge = [(330 - 6.2 * n, 310 - 230 * (1 - (1 - n / 44) ** 2.2)) for n in range(45)]
        c.poly([(30, 310), *edge, (30, 80)], fill=SKY, width=0)
    else:
        c.poly([(450, 310), *edge, (450, 80)], fill=SKY, width=0)
    c.line(*edge, color=BLUE, width=3.5)
    clouds = ((300, 110), (318, 150)) if cold else ((190, 205), (265, 158), (350, 110))
    for x, y in clouds:
        for dx, dy, radius in ((-22, 6, 16), (0, -6, 22), (24, 6, 17)):
            c.circle((x + dx, y + dy), radius, fill="#eef1f4", color=GREY, width=2)
    c.text((110, 270) if cold else (400, 270), "A", 24)
    c.text((410, 240) if cold else (90, 150), "B", 24)
    c.arrow((90, 335), (190, 335), width=3)


def plates(c: Canvas, kind: str) -> None:
    """``kind``: apart, together, beside."""
    c.box(30, 250, 450, 330, fill=ROSE, width=0)
    if kind == "apart":
        c.poly([(30, 180), (215, 180), (225, 250), (30, 250)], fill=SAND)
        c.poly([(450, 180), (265, 180), (255, 250), (450, 250)], fill=SAND)
        c.poly([(225, 250), (240, 160), (255, 250)], fill=ROSE, color=RED)
        c.arrow((140, 140), (60, 140), BLUE, 4, 16)
        c.arrow((340, 140), (420, 140), BLUE, 4, 16)
    elif kind == "together":
        c.poly([(30, 200), (230, 200), (330, 320), (290, 330), (210, 240), (30, 240)], fill=SAND)
        c.poly([(450, 150), (330, 150), (245, 200), (300, 262), (450, 262)], fill=MINT)
        c.poly([(330, 150), (352, 105), (378, 150)], fill=ROSE)
        c.arrow((60, 165), (150, 165), BLUE, 4, 16)
        c.arrow((430, 110), (395, 110), BLUE, 4, 16)
    else:
        c.poly([(60, 250), (180, 90), (420, 90), (300, 250)], fill=SAND)
        c.line((120, 170), (360, 170), color=RED, width=4)
        c.arrow((190, 135), (310, 135), BLUE, 4, 16)
        c.arrow((290, 215), (170, 215), BLUE, 4, 16)


def seasons(c: Canvas, names: Sequence[str] = "ABCD") -> None:
    c.ellipse((240, 180), 180, 105, width=1.6, color=GREY)
    c.circle((240, 180), 32, fill=YELLOW, color=ORANGE)
    for number, name in enumerate(names):
        at = around((240, 180), 180, 90 * number, 105)
        c.circle(at, 22, fill=SKY)
        c.line((at[0] - 14, at[1] + 32), (at[0] + 14, at[1] - 32), width=2, color=RED)
        outside = {0: (34, -30), 1: (34, -14), 2: (-34, -30), 3: (34, 18)}[number]
        c.text((at[0] + outside[0], at[1] + outside[1]), name, 20)


def saturation(c: Canvas, points: Sequence[tuple[float, float, str]]) -> None:
    axes = Axes(c, (0, 36), (0, 42), (70, 34, 430, 310))
    axes.draw("T", "g", range(10, 31, 10), range(10, 41, 10), grid=True)
    axes.plot(lambda t: 4.85 * math.exp(0.0618 * t), 0, 34.5, BLUE, 3.5)
    for t, vapour, name in points:
        x, y = axes.at(t, vapour)
        c.dot((x, y), 5.5, RED)
        c.text((x + 11, y + 13), name, 20)


def star_chart(c: Canvas, names: Sequence[tuple[float, float, float, str, str]]) -> None:
    """Luminosity over spectral class; stars as (x, y, size, colour, name) in tenths."""
    axes = Axes(c, (0, 10), (0, 10), (60, 34, 440, 310))
    axes.draw("", "L", zero="")
    for number, spectral in enumerate("OBAFGKM"):
        c.text((86 + 54 * number, 328), spectral, 17)
    axes.through([(0.8, 9), (3, 6.8), (5, 5), (7, 3), (9.3, 0.9)], LIGHT, 26)
    for x, y, size, color, name in names:
        at = axes.at(x, y)
        c.circle(at, size, fill=color, width=1.8)
        c.text((at[0] + size + 10, at[1] - 8), name, 20)


def water_cycle(c: Canvas) -> None:
    c.box(0, 280, 480, 360, fill=SKY, width=0)
    c.poly([(290, 282), (375, 130), (462, 282)], fill=SAND, width=2)
    for dx, dy, radius in ((-30, 8, 22), (0, -8, 30), (34, 8, 23)):
        c.circle((330 + dx, 70 + dy), radius, fill="#eef1f4", color=GREY, width=2)
    c.circle((70, 60), 30, fill=YELLOW, color=ORANGE)
    for x in (110, 150, 190):
        c.arrow((x, 272), (x + 12, 160), RED, 2.5)
    c.arrow((200, 110), (275, 80), BLUE, 3)
    for x in (360, 385, 410):
        c.arrow((x, 108), (x - 6, 165), BLUE, 2.5)
    c.arrow((345, 246), (284, 300), GREEN, 3)
    for at, name in (((92, 215), "A"), ((235, 72), "B"), ((430, 140), "C"), ((318, 312), "D")):
        c.text(at, name, 22)


def sun_altitude(c: Canvas, angles: Sequence[tuple[float, str]]) -> None:
    c.line((30, 300), (450, 300), width=3)
    c.line((240, 300), (240, 200), width=5)
    c.arc((240, 300), 190, 0, 180, color=LIGHT, width=2)
    for degrees, name in angles:
        at = around((240, 300), 190, degrees)
        c.line(at, (240, 200), color=ORANGE, width=1.8, dash=7)
        c.circle(at, 17, fill=YELLOW, color=ORANGE)
        c.text(around((240, 300), 226, degrees), name, 20)


def seismogram(c: Canvas, p_at: float, s_at: float) -> None:
    points = []
    for x in range(401):
        size = 2.0 if x < p_at else 20.0 if x < s_at else 85.0 * math.exp(-(x - s_at) / 190)
        points.append(
            (40 + x, 180 - size * math.sin(x * (0.9 if x < s_at else 0.45)) * (0.75 + 0.25 * math.sin(x * 0.21)))
        )
    c.line(*points, color=BLUE, width=2)
    for x, name in ((p_at, "P"), (s_at, "S")):
        c.line((40 + x, 70), (40 + x, 290), color=RED, width=1.6, dash=6)
        c.text((40 + x, 54), name, 20, color=RED)
    c.arrow((30, 315), (460, 315), width=2)
    c.text((452, 334), "t", 18)
