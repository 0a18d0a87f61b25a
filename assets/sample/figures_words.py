"""Figures for languages and computing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from drawing import (
    BLUE,
    GREEN,
    GREY,
    INK,
    MINT,
    RED,
    SAND,
    SKY,
    YELLOW,
    Canvas,
    Point,
    around,
)


def phrase_tree(
    c: Canvas, levels: Sequence[Sequence[tuple[float, str]]], edges: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Nodes as (share of the width, words) by level; edges between (level, number)."""
    high = 270 / max(1, len(levels) - 1)

    def at(node: tuple[int, int]) -> Point:
        return 30 + 420 * levels[node[0]][node[1]][0], 45 + high * node[0]

    for one, two in edges:
        (x1, y1), (x2, y2) = at(one), at(two)
        c.line((x1, y1 + 14), (x2, y2 - 14), width=2)
    for level, nodes in enumerate(levels):
        for number, (_, words) in enumerate(nodes):
            c.text(at((level, number)), words, 19, color=BLUE if level < len(levels) - 1 else INK)


def vowels(c: Canvas, names: Sequence[tuple[float, float, str]]) -> None:
    corners = [(90, 60), (400, 60), (400, 300), (230, 300)]
    c.poly(corners, fill="#f6f9fc")
    c.line((160, 180), (400, 180), color=GREY, width=1.5)
    c.line((245, 60), (315, 300), color=GREY, width=1.5)
    for x, y, name in names:
        c.dot((x, y), 6, RED)
        c.text((x + 18, y + 5), name, 22)


def flowchart(c: Canvas, first: str, test: str, yes: str, no: str) -> None:
    c.box(180, 20, 300, 60, fill=MINT, radius=20)
    c.text((240, 40), first, 18)
    c.arrow((240, 60), (240, 96))
    c.poly([(240, 98), (350, 158), (240, 218), (130, 158)], fill=YELLOW)
    c.text((240, 158), test, 18)
    for side, words, mark in ((-1, no, "N"), (1, yes, "Y")):
        x = 240 + side * 150
        c.line((240 + side * 110, 158), (x, 158))
        c.arrow((x, 158), (x, 238))
        c.text((240 + side * 128, 142), mark, 17, color=BLUE)
        c.box(x - 64, 240, x + 64, 286, fill=SKY)
        c.text((x, 263), words, 18)
        c.line((x, 286), (x, 320), (240 + side * 4, 320))
    c.arrow((240, 320), (240, 350))


def loop_chart(c: Canvas, start: str, test: str, body: str, after: str) -> None:
    c.box(60, 20, 220, 62, fill=MINT, radius=8)
    c.text((140, 41), start, 18)
    c.arrow((140, 62), (140, 98))
    c.poly([(140, 100), (246, 155), (140, 210), (34, 155)], fill=YELLOW)
    c.text((140, 155), test, 18)
    c.arrow((140, 210), (140, 254))
    c.text((156, 230), "Y", 17, color=BLUE)
    c.box(60, 256, 220, 310, fill=SKY)
    c.text((140, 283), body, 18)
    c.line((60, 283), (16, 283), (16, 80), (60, 80))
    c.arrow((60, 80), (136, 80))
    c.arrow((246, 155), (318, 155))
    c.text((276, 139), "N", 17, color=BLUE)
    c.box(320, 130, 450, 180, fill=SAND)
    c.text((385, 155), after, 18)


def binary_tree(c: Canvas, values: Sequence[str]) -> None:
    """Level order; "" leaves a place empty."""

    def at(index: int) -> Point:
        level = (index + 1).bit_length() - 1
        place = index + 1 - (1 << level)
        return 40 + 400 * (place + 0.5) / (1 << level), 55 + 85 * level

    for index in range(1, len(values)):
        if values[index]:
            c.line(at((index - 1) // 2), at(index))
    for index, value in enumerate(values):
        if value:
            c.circle(at(index), 23, fill=SKY)
            c.text(at(index), value, 19)


def network(
    c: Canvas, nodes: Sequence[tuple[float, float, str]], edges: Sequence[tuple[int, int, str]], directed: bool = False
) -> None:
    for one, two, words in edges:
        (x1, y1, _), (x2, y2, _) = nodes[one], nodes[two]
        length = math.hypot(x2 - x1, y2 - y1)
        if directed:
            dx, dy = (x2 - x1) / length * 25, (y2 - y1) / length * 25
            c.arrow((x1 + dx, y1 + dy), (x2 - dx, y2 - dy))
        else:
            c.line((x1, y1), (x2, y2))
        if words:
            aside = ((y1 - y2) / length * 15, (x2 - x1) / length * 15)
            c.text(((x1 + x2) / 2 - aside[0], (y1 + y2) / 2 - aside[1]), words, 19, color=RED)
    for x, y, name in nodes:
        c.circle((x, y), 23, fill=MINT)
        c.text((x, y), name, 20)


def star_network(c: Canvas, count: int = 6) -> None:
    center = (240, 180)
    for number in range(count):
        at = around(center, 135, 90 + 360 / count * number)
        c.line(center, at)
        c.box(at[0] - 26, at[1] - 18, at[0] + 26, at[1] + 14, fill=SKY, radius=4)
        c.line((at[0] - 14, at[1] + 21), (at[0] + 14, at[1] + 21), width=4)
    c.box(200, 158, 280, 202, fill=SAND, radius=6)
    for light in range(4):
        c.dot((216 + light * 16, 180), 4, GREEN)


def ring_network(c: Canvas, count: int = 6) -> None:
    spots = [around((240, 180), 130, 90 + 360 / count * number) for number in range(count)]
    c.circle((240, 180), 130, width=2.5)
    for x, y in spots:
        c.box(x - 26, y - 18, x + 26, y + 14, fill=SKY, radius=4)
        c.line((x - 14, y + 21), (x + 14, y + 21), width=4)


def gates(c: Canvas, kinds: tuple[str, str]) -> None:
    """Inputs A and B into the first gate, its output and C into the second."""

    def gate(x: float, y: float, kind: str) -> None:
        if kind.endswith("AND"):
            c.poly(
                [
                    (x, y - 38),
                    (x + 40, y - 38),
                    *(around((x + 40, y), 38, turn) for turn in range(90, -91, -10)),
                    (x, y + 38),
                ],
                fill=SKY,
            )
        else:
            c.poly(
                [(x - 8, y - 38), (x + 36, y - 34), (x + 80, y), (x + 36, y + 34), (x - 8, y + 38), (x + 8, y)],
                fill=SAND,
            )
        if kind.startswith("N"):
            c.ring((x + 86, y), 7)

    c.line((50, 110), (110, 110))
    c.line((50, 150), (110, 150))
    c.line((188, 130), (260, 130), (260, 178), (300, 178))
    c.line((50, 222), (300, 222))
    c.line((378, 200), (446, 200))
    gate(108, 130, kinds[0])
    gate(298, 200, kinds[1])
    for at, name in (((36, 110), "A"), ((36, 150), "B"), ((36, 222), "C"), ((460, 200), "X")):
        c.text(at, name, 21)


def array(c: Canvas, rows: Sequence[Sequence[str]], marked: Sequence[int] = (), indexes: bool = True) -> None:
    for row, values in enumerate(rows):
        wide = min(64, 420 / len(values))
        left = 240 - wide * len(values) / 2
        top = 120 + row * 90 - 30 * (len(rows) - 1)
        for number, value in enumerate(values):
            x = left + wide * number
            c.box(x, top, x + wide, top + 58, fill=YELLOW if row == 0 and number in marked else SKY)
            c.text((x + wide / 2, top + 29), value, 21)
            if indexes:
                c.text((x + wide / 2, top + 74), str(number), 15, color=GREY)


def stack(c: Canvas, values: Sequence[str], queue: bool = False) -> None:
    if queue:
        c.line((60, 140), (420, 140), width=3.5)
        c.line((60, 220), (420, 220), width=3.5)
        for number, value in enumerate(values):
            x = 110 + 68 * number
            c.box(x, 150, x + 60, 210, fill=SAND)
            c.text((x + 30, 180), value, 22)
        c.arrow((96, 180), (34, 180), RED, 3)
        c.arrow((456, 180), (400, 180), GREEN, 3)
        return
    c.line((170, 50), (170, 316), (310, 316), (310, 50), width=3.5)
    for number, value in enumerate(values):
        y = 262 - 54 * number
        c.box(178, y, 302, y + 48, fill=SKY)
        c.text((240, y + 24), value, 22)
    c.arrow((120, 40), (205, 70), GREEN, 3)
    c.arrow((275, 70), (360, 40), RED, 3)


def states(c: Canvas, labels: Sequence[str]) -> None:
    """Three states in a row; labels of the four moves: 1 to 2, 2 to 1, 2 to 3, 3 to 3."""
    xs = (90, 240, 390)
    c.arrow((20, 200), (54, 200))
    for one, two, label in ((0, 1, labels[0]), (1, 2, labels[2])):
        c.arrow((xs[one] + 36, 190), (xs[two] - 36, 190))
        c.text(((xs[one] + xs[two]) / 2, 172), label, 19, color=BLUE)
    c.arc((165, 215), 58, 200, 340, width=2.5, ry=60)
    c.arrow((112, 240), (108, 230))
    c.text((165, 294), labels[1], 19, color=BLUE)
    c.arc((390, 150), 26, -40, 220, width=2.5)
    c.arrow((372, 168), (374, 174))
    c.text((390, 106), labels[3], 19, color=BLUE)
    for x, name in zip(xs, ("q0", "q1", "q2"), strict=True):
        c.circle((x, 200), 35, fill=MINT)
        c.text((x, 200), name, 20)
    c.circle((390, 200), 28, width=2)


def bitmap(c: Canvas, rows: Sequence[str]) -> None:
    size = min(280 / len(rows), 400 / len(rows[0]))
    left, top = 240 - size * len(rows[0]) / 2, 180 - size * len(rows) / 2
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            c.box(
                left + x * size,
                top + y * size,
                left + (x + 1) * size,
                top + (y + 1) * size,
                fill=INK if cell == "#" else "#ffffff",
                color=GREY,
                width=1.5,
            )
