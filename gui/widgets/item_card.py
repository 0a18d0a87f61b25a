"""One item exactly as the model reads it: picture first, then the text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel

from gui.widgets.basics import Body, Caption, Inset, Pill, row_of

MOST_CHARACTERS = 1500


class _Picture(QLabel):
    """As large as it is, or as the card is wide: never wider."""

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 0)

    def show_picture(self, picture: QPixmap) -> None:
        self.setPixmap(picture)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # Not by heightForWidth: what stands below it would be cut while pictures come one after the other.
        self.setFixedHeight(round(self._size(self.width()).height()))

    def _size(self, width: float) -> QSizeF:
        whole = self.pixmap().deviceIndependentSize()
        return whole * min(1.0, width / max(1.0, whole.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shown = self._size(self.width())
        painter.drawPixmap(QRectF(QPointF(0, 0), shown), self.pixmap(), QRectF(self.pixmap().rect()))
        painter.end()


class ItemCard(Inset):
    def __init__(self) -> None:
        super().__init__()
        self._id, self._subject = Caption(), Pill()
        self._picture, self._text, self._more = _Picture(), Body(), Caption(wrap=True)
        head = row_of(self._id, self._subject)
        head.insertStretch(1, 1)
        self.column.addLayout(head)
        for part in (self._picture, self._text, self._more):
            self.column.addWidget(part)

    def set(self, item_id: str, subject: str, text: str, picture: QPixmap | None) -> None:
        """Show this; a long text is cut and says so."""
        self._id.setText(item_id)
        self._subject.setText(subject)
        self._subject.setVisible(bool(subject))
        self._text.setText(text[:MOST_CHARACTERS])
        self._text.setVisible(bool(text))
        self._more.setVisible(len(text) > MOST_CHARACTERS or not text)
        if not text:
            self._more.setText(self.tr("No text: the picture alone."))
        elif len(text) > MOST_CHARACTERS:
            self._more.setText(self.tr("... and %n more character(s).", "", len(text) - MOST_CHARACTERS))
        self._picture.setVisible(picture is not None)
        self._picture.show_picture(picture or QPixmap())
