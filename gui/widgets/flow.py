"""Layouts that set their parts side by side and begin a new line where the room ends."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class _Lines(QLayout):
    """Parts in lines; ``_arrange`` says how. What is hidden takes no room."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap = spacing
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Set the parts (or only reckon); the height of all lines."""
        raise NotImplementedError


class Flow(_Lines):
    def __init__(self, *parts: QWidget, spacing: int = 8, centred: bool = False) -> None:
        super().__init__(spacing)
        self._centred = centred
        for part in parts:
            self.addWidget(part)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Set the parts (or only reckon), each in the middle of its line's height; the height of all lines."""
        y = rect.y()
        for line in self._lines(max(1, rect.width())):
            x, height = rect.x(), max(size.height() for _, size in line)
            if self._centred:
                wide = sum(size.width() for _, size in line) + self._gap * (len(line) - 1)
                x += (rect.width() - wide) // 2
            for item, size in line if move else ():
                item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
                x += size.width() + self._gap
            y += height + self._gap
        return max(0, y - self._gap - rect.y())

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().boundedTo(QSize(width, 10**6))
            if not lines or x + size.width() > width:
                lines.append([])
                x = 0
            lines[-1].append((item, size))
            x += size.width() + self._gap
        return lines


class Beside(_Lines):
    """Cards side by side, as wide as their shares say and all as high as the highest; where the room ends for the
    narrowest they can be, a new line begins."""

    def __init__(self, *parts: tuple[QWidget, int], spacing: int = 16, most: int = 99) -> None:
        """Each part with its share of the width; ``most`` of them in a line."""
        super().__init__(spacing)
        for part, _ in parts:
            self.addWidget(part)
        self._most = most
        self._shares = [share for _, share in parts]

    def takeAt(self, index: int) -> QLayoutItem | None:
        taken = super().takeAt(index)
        if taken is not None:
            del self._shares[index]
        return taken

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self._gap * max(0, len(shown) - 1)
        return QSize(width, max((size.height() for size in shown), default=0))

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Set the parts (or only reckon); the height of all lines. The last line takes the room that is left over."""
        y, lines = rect.y(), self._lines(max(1, rect.width()))
        for line in lines:
            widths = self._widths(line, rect.width())
            height = max(_height(item, width) for (item, _), width in zip(line, widths, strict=True))
            if move and line is lines[-1]:
                height = max(height, rect.bottom() + 1 - y)
            x = rect.x()
            for (item, _), width in zip(line, widths, strict=True) if move else ():
                item.setGeometry(QRect(x, y, width, height))
                x += width + self._gap
            y += height + self._gap
        return max(0, y - self._gap - rect.y())

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, int]]]:
        lines: list[list[tuple[QLayoutItem, int]]] = []
        room = 0
        for item, share in zip(self._items, self._shares, strict=True):
            if item.isEmpty():
                continue
            least = item.minimumSize().width() + self._gap
            if not lines or least > room or len(lines[-1]) == self._most:
                lines.append([])
                room = width + self._gap
            lines[-1].append((item, share))
            room -= least
        return lines

    def _widths(self, line: list[tuple[QLayoutItem, int]], width: int) -> list[int]:
        """By share, none narrower than it can be: the others give way."""
        room = width - self._gap * (len(line) - 1)
        widths = dict.fromkeys(range(len(line)), 0)
        narrow: dict[int, int] = {}
        while len(narrow) < len(line):
            left, shares = room - sum(narrow.values()), sum(line[at][1] for at in widths if at not in narrow)
            widths = {at: narrow.get(at, left * share // shares) for at, (_, share) in enumerate(line)}
            least = {at: item.minimumSize().width() for at, (item, _) in enumerate(line)}
            fresh = {at: least[at] for at in widths if at not in narrow and widths[at] < least[at]}
            if not fresh:
                break
            narrow |= fresh
        return [widths[at] if at not in narrow else narrow[at] for at in range(len(line))]


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
