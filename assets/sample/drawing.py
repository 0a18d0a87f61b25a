"""A small canvas for clean line drawings: drawn three times as large, then reduced, so that every edge is smooth."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, SCALE = 480, 360, 3
INK, GREY, LIGHT = "#20262b", "#8a939b", "#dfe4e8"
BLUE, ORANGE, GREEN, RED, VIOLET = "#2f6db3", "#d9822b", "#3a8f5c", "#c0392b", "#7d5ba6"
SKY, SAND, MINT, ROSE, LILAC, YELLOW = "#d6e6f5", "#f7e3c6", "#d5ecdc", "#f5d5d1", "#e4daf0", "#fbf0b8"
FILLS = (SKY, SAND, MINT, ROSE, LILAC, YELLOW)
STROKES = (BLUE, ORANGE, GREEN, RED, VIOLET)

Point = tuple[float, float]


class Canvas:
    """480 x 360 with the origin at the top left. Every coordinate and width is in these pixels."""

    def __init__(self, paper: str | None = "#ffffff") -> None:
        mode, colour = ("RGB", paper) if paper else ("RGBA", (255, 255, 255, 0))
        self._image = Image.new(mode, (WIDTH * SCALE, HEIGHT * SCALE), colour)
        self._draw = ImageDraw.Draw(self._image)

    def image(self) -> Image.Image:
        return self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)

    def line(self, *points: Point, color: str = INK, width: float = 2.5, dash: float = 0) -> None:
        if dash:
            for start, end in _dashes(points, dash):
                self.line(start, end, color=color, width=width)
            return
        scaled = [_up(point) for point in points]
        thick = round(width * SCALE)
        self._draw.line(scaled, fill=color, width=thick, joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            half = thick / 2
            self._draw.ellipse((x - half, y - half, x + half, y + half), fill=color)

    def arrow(self, start: Point, end: Point, color: str = INK, width: float = 2.5, size: float = 11) -> None:
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        back = (end[0] - size * 0.7 * math.cos(angle), end[1] - size * 0.7 * math.sin(angle))
        self.line(start, back, color=color, width=width)
        self.poly(
            [end, *(_polar(end, -size, angle + turn) for turn in (0.42, -0.42))], fill=color, color=color, width=1
        )

    def both_ways(self, start: Point, end: Point, color: str = GREY, width: float = 1.5) -> None:
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.arrow(middle, start, color, width, 8)
        self.arrow(middle, end, color, width, 8)

    def poly(self, points: Sequence[Point], fill: str | None = None, color: str = INK, width: float = 2.5) -> None:
        scaled = [_up(point) for point in points]
        if fill:
            self._draw.polygon(scaled, fill=fill)
        if width:
            self.line(*points, points[0], points[1], color=color, width=width)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill: str | None = None,
        color: str = INK,
        width: float = 2.5,
        radius: float = 0,
    ) -> None:
        corners = (*_up((left, top)), *_up((right, bottom)))
        self._draw.rounded_rectangle(
            corners, radius * SCALE, fill=fill, outline=color if width else None, width=round(width * SCALE)
        )

    def circle(
        self, center: Point, radius: float, fill: str | None = None, color: str = INK, width: float = 2.5
    ) -> None:
        self.ellipse(center, radius, radius, fill, color, width)

    def ellipse(
        self, center: Point, rx: float, ry: float, fill: str | None = None, color: str = INK, width: float = 2.5
    ) -> None:
        corners = (*_up((center[0] - rx, center[1] - ry)), *_up((center[0] + rx, center[1] + ry)))
        self._draw.ellipse(corners, fill=fill, outline=color if width else None, width=round(width * SCALE))

    def arc(
        self,
        center: Point,
        radius: float,
        start: float,
        end: float,
        color: str = INK,
        width: float = 2.5,
        ry: float = 0,
        dash: float = 0,
    ) -> None:
        """From ``start`` to ``end`` degrees, counted against the clock from the right."""
        steps = max(8, int(abs(end - start) / 3))
        turns = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
        points = [(center[0] + radius * math.cos(turn), center[1] - (ry or radius) * math.sin(turn)) for turn in turns]
        self.line(*points, color=color, width=width, dash=dash)

    def slice(
        self, center: Point, radius: float, start: float, end: float, fill: str, color: str = INK, width: float = 2
    ) -> None:
        turns = [math.radians(start + (end - start) * step / 60) for step in range(61)]
        rim = [(center[0] + radius * math.cos(turn), center[1] - radius * math.sin(turn)) for turn in turns]
        self.poly([center, *rim], fill=fill, color=color, width=width)

    def dot(self, center: Point, radius: float = 4.5, color: str = INK) -> None:
        self.circle(center, radius, fill=color, width=0)

    def ring(self, center: Point, radius: float = 5.5, color: str = INK) -> None:
        self.circle(center, radius, fill="#ffffff", color=color, width=2.2)

    def text(
        self, at: Point, words: str, size: float = 20, anchor: str = "mm", color: str = INK, backed: bool = False
    ) -> None:
        font = ImageFont.load_default(size * SCALE)
        if backed:
            left, top, right, bottom = self._draw.textbbox(_up(at), words, font=font, anchor=anchor)
            self._draw.rectangle((left - 6, top - 4, right + 6, bottom + 4), fill="#ffffff")
        self._draw.text(_up(at), words, fill=color, font=font, anchor=anchor)

    def right_angle(self, corner: Point, first: Point, second: Point, size: float = 14) -> None:
        one, other = _towards(corner, first, size), _towards(corner, second, size)
        far = (one[0] + other[0] - corner[0], one[1] + other[1] - corner[1])
        self.line(one, far, other, width=1.8)

    def angle(
        self, corner: Point, first: Point, second: Point, words: str = "", radius: float = 30, color: str = BLUE
    ) -> None:
        """The arc of the angle at ``corner`` from ``first`` to ``second`` (the smaller one), with a label."""
        start = math.degrees(math.atan2(corner[1] - first[1], first[0] - corner[0]))
        end = math.degrees(math.atan2(corner[1] - second[1], second[0] - corner[0]))
        turn = (end - start + 180) % 360 - 180
        self.arc(corner, radius, start, start + turn, color=color, width=2)
        if words:
            self.text(_polar(corner, radius + 19, -math.radians(start + turn / 2)), words, 17, color=color)

    def measure(self, start: Point, end: Point, words: str, away: float = 18) -> None:
        """A label beside the line from ``start`` to ``end``; ``away`` > 0 puts it on the right-hand side."""
        length = math.dist(start, end)
        aside = ((start[1] - end[1]) / length * away, (end[0] - start[0]) / length * away)
        self.text(((start[0] + end[0]) / 2 + aside[0], (start[1] + end[1]) / 2 + aside[1]), words, 19)


class Axes:
    """A coordinate plane in a box of the canvas."""

    def __init__(
        self,
        canvas: Canvas,
        xs: tuple[float, float],
        ys: tuple[float, float],
        box: tuple[float, float, float, float] = (50, 28, 440, 325),
    ) -> None:
        self._canvas, self._xs, self._ys, self._box = canvas, xs, ys, box

    def at(self, x: float, y: float) -> Point:
        left, top, right, bottom = self._box
        return (
            left + (x - self._xs[0]) / (self._xs[1] - self._xs[0]) * (right - left),
            bottom - (y - self._ys[0]) / (self._ys[1] - self._ys[0]) * (bottom - top),
        )

    def draw(
        self,
        x_name: str = "x",
        y_name: str = "y",
        x_ticks: Iterable[float] = (),
        y_ticks: Iterable[float] = (),
        grid: bool = False,
        zero: str = "O",
    ) -> None:
        c = self._canvas
        x0, y0 = max(self._xs[0], min(0, self._xs[1])), max(self._ys[0], min(0, self._ys[1]))
        if grid:
            for x in x_ticks:
                c.line(self.at(x, self._ys[0]), self.at(x, self._ys[1]), color=LIGHT, width=1.2)
            for y in y_ticks:
                c.line(self.at(self._xs[0], y), self.at(self._xs[1], y), color=LIGHT, width=1.2)
        right, top = self.at(self._xs[1], y0), self.at(x0, self._ys[1])
        c.arrow(self.at(self._xs[0], y0), (right[0] + 14, right[1]), width=2)
        c.arrow(self.at(x0, self._ys[0]), (top[0], top[1] - 14), width=2)
        c.text((right[0] + 16, right[1] + 15), x_name, 18, "rm" if len(x_name) > 2 else "mm")
        c.text((top[0] + 10, top[1] - 12), y_name, 18, "lm")
        for x in x_ticks:
            if x != x0:
                px, py = self.at(x, y0)
                c.line((px, py - 4), (px, py + 4), width=1.6)
                c.text((px, py + 15), _short(x), 15)
        for y in y_ticks:
            if y != y0:
                px, py = self.at(x0, y)
                c.line((px - 4, py), (px + 4, py), width=1.6)
                c.text((px - 8, py), _short(y), 15, "rm")
        if zero:
            px, py = self.at(x0, y0)
            c.text((px - 11, py + 13), zero, 15)

    def plot(
        self,
        function: Callable[[float], float],
        start: float,
        end: float,
        color: str = BLUE,
        width: float = 3,
        dash: float = 0,
    ) -> None:
        xs = [start + (end - start) * step / 160 for step in range(161)]
        self.through([(x, function(x)) for x in xs], color, width, dash)

    def through(self, points: Iterable[Point], color: str = BLUE, width: float = 3, dash: float = 0) -> None:
        self._canvas.line(*(self.at(x, y) for x, y in points), color=color, width=width, dash=dash)

    def drop(self, x: float, y: float, x_name: str = "", y_name: str = "") -> None:
        """A dot with dashed lines to both axes."""
        c, foot, side = self._canvas, self.at(x, max(0, self._ys[0])), self.at(max(0, self._xs[0]), y)
        c.line(self.at(x, y), foot, color=GREY, width=1.6, dash=6)
        c.line(self.at(x, y), side, color=GREY, width=1.6, dash=6)
        c.dot(self.at(x, y))
        c.text((foot[0], foot[1] + 15), x_name, 16)
        c.text((side[0] - 8, side[1]), y_name, 16, "rm")


def _up(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE


def _polar(center: Point, radius: float, angle: float) -> Point:
    return center[0] + radius * math.cos(angle), center[1] + radius * math.sin(angle)


def around(center: Point, radius: float, degrees: float, ry: float = 0) -> Point:
    """The point at an angle, counted against the clock from the right."""
    turn = math.radians(degrees)
    return center[0] + radius * math.cos(turn), center[1] - (ry or radius) * math.sin(turn)


def _towards(start: Point, end: Point, length: float) -> Point:
    share = length / math.dist(start, end)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _dashes(points: Sequence[Point], dash: float) -> Iterable[tuple[Point, Point]]:
    along, drawing, left = 0.0, True, dash
    for start, end in itertools.pairwise(points):
        length, along = math.dist(start, end), 0.0
        while length - along > 1e-6:
            step = min(left, length - along)
            if drawing:
                yield _towards(start, end, along) if along else start, _towards(start, end, along + step)
            along, left = along + step, left - step
            if left <= 1e-6:
                drawing, left = not drawing, dash


def _short(value: float) -> str:
    return f"{value:g}"
