"""Small pictures by row: decoded off the window's thread, the newest wish first, the latest kept."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPixmap

from gui.tasks import background

KEPT = 2000
KEPT_BYTES = 160 << 20
AT_ONCE = 2
LARGEST_PIXELS = 64_000_000
"""A picture with more is not decoded: its item shows its text."""

Picture = tuple[int, QImage]


def decode(data: bytes, box: QSize) -> QImage:
    """The picture, scaled down to fit into ``box``, on white where it is transparent; null when it cannot be read."""
    if not data:
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(data))  # a copy of its own: the constructor would keep only a pointer
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > LARGEST_PIXELS:
        return QImage()
    if size.width() > box.width() or size.height() > box.height():
        reader.setScaledSize(size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    reader.setAutoTransform(True)
    image = reader.read()
    if image.isNull() or not image.hasAlphaChannel():
        return image.convertToFormat(QImage.Format.Format_RGB32)
    paper = QImage(image.size(), QImage.Format.Format_RGB32)
    paper.fill(Qt.GlobalColor.white)
    painter = QPainter(paper)
    painter.drawImage(0, 0, image)
    painter.end()
    return paper


class Thumbnails(QObject):
    """Pictures of rows. ``get`` answers at once and asks for what is not there yet; ``ready`` says when it came."""

    ready = Signal(int)

    def __init__(self, bytes_of: Callable[[int], bytes], box: QSize, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bytes_of = bytes_of
        self._box = box
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._kept_bytes = 0
        self._broken: set[int] = set()
        self._waiting: OrderedDict[int, None] = OrderedDict()  # the newest wish last
        self._under_way: set[int] = set()

    def get(self, row: int) -> QPixmap | None:
        """The picture of a row that has one, if it is here; else it is fetched."""
        found = self._kept.get(row)
        if found is not None:
            self._kept.move_to_end(row)
        elif row not in self._broken and row not in self._under_way:
            self._waiting[row] = None
            self._waiting.move_to_end(row)
            self._go_on()
        return found

    def is_broken(self, row: int) -> bool:
        """Whether the row's picture was tried and cannot be shown."""
        return row in self._broken

    def want_only(self, rows: Sequence[int]) -> None:
        """Forget wishes for rows that scrolled away; what is on the screen comes in this order."""
        still = [row for row in rows if row in self._waiting]
        self._waiting = OrderedDict.fromkeys(reversed(still))

    @property
    def pending(self) -> int:
        return len(self._waiting) + len(self._under_way)

    def _go_on(self) -> None:
        while self._waiting and len(self._under_way) < AT_ONCE:
            row, _ = self._waiting.popitem()
            self._under_way.add(row)
            background(functools.partial(_fetch, self._bytes_of, row, self._box), done=self._arrived)

    def _arrived(self, picture: Picture) -> None:
        row, image = picture
        self._under_way.discard(row)
        if image.isNull():
            self._broken.add(row)
        else:
            self._keep(row, QPixmap.fromImage(image))
        self._go_on()
        self.ready.emit(row)

    def _keep(self, row: int, pixmap: QPixmap) -> None:
        self._kept[row] = pixmap
        self._kept_bytes += _size_bytes(pixmap)
        while len(self._kept) > KEPT or self._kept_bytes > KEPT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= _size_bytes(oldest)


def _fetch(bytes_of: Callable[[int], bytes], row: int, box: QSize) -> Picture:
    return row, decode(bytes_of(row), box)


def _size_bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
