"""A small live chart: a line with the field below it filled. Painted by hand: a chart library costs half a second of
start and a window that stands still meanwhile."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui import theme


class LiveChart(QWidget):
    """Draws what ``set`` was given; the value under the pointer shows as a tool tip, the newest is its description."""

    def __init__(self, name: str, words: Callable[[float], str], *, height: int = 90) -> None:
        super().__init__()
        self._points: Sequence[tuple[float, float]] = ()
        self._top: float | None = None
        self._words = words
        self._height = height
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setMinimumHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, self._height)

    def set(self, points: Sequence[tuple[float, float]], *, top: float | None = None) -> None:
        """``points`` are (seconds, value), oldest first; ``top`` is the value at the upper edge, None: as they need."""
        self._points = points
        self._top = top
        self.setAccessibleDescription(self._words(points[-1][1]) if points else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        floor = self.height() - 1.0
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(QPointF(0, floor), QPointF(self.width(), floor))
        if len(self._points) > 1:
            line = [self._place(*point) for point in self._points]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("soft"))
            painter.drawPolygon(QPolygonF([QPointF(line[0].x(), floor), *line, QPointF(line[-1].x(), floor)]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("teal"), 1.5))
            painter.drawPolyline(QPolygonF(line))
        painter.end()

    def _place(self, second: float, value: float) -> QPointF:
        first, last = self._points[0][0], self._points[-1][0]
        top = self._top or max(one for _, one in self._points) * 1.15 or 1.0
        field = QRectF(0, 2, self.width(), self.height() - 3)
        across = (second - first) / ((last - first) or 1.0)
        up = min(1.0, max(0.0, value / top))
        return QPointF(field.left() + across * field.width(), field.bottom() - up * field.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if len(self._points) > 1:
            first, last = self._points[0][0], self._points[-1][0]
            second = first + (last - first) * event.position().x() / max(1, self.width())
            near = min(len(self._points) - 1, bisect.bisect_left(self._points, (second,)))
            QToolTip.showText(event.globalPosition().toPoint(), self._words(self._points[near][1]), self)
