"""The files of a folder that are not used, each with the reason."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtWidgets import QDialog, QWidget

from gui.core.dataset import Unused
from gui.text.items import why_unused
from gui.widgets.basics import Caption, Heading, QuietButton, Rows, column_of, row_of, scrolling

SHOWN = 200


class UnusedDialog(QDialog):
    """Deletes itself when closed."""

    def __init__(self, unused: tuple[Unused, ...], parent: QWidget) -> None:
        super().__init__(parent.window())
        title = self.tr("Files that are not used")
        self.setWindowTitle(title)
        self.resize(820, 420)
        self.rows = Rows()
        names = [os.path.relpath(one.path, Path(one.folder).parent) for one in unused[:SHOWN]]
        self.rows.set([(name, why_unused(one.why)) for name, one in zip(names, unused, strict=False)])
        content = QWidget()
        column = column_of(self.rows)
        column.addStretch(1)
        content.setLayout(column)
        close = QuietButton(self.tr("Close"), self.accept)
        foot = row_of(Caption(self.tr("and %n more", "", len(unused) - SHOWN) if len(unused) > SHOWN else ""), close)
        foot.setStretch(0, 1)
        self.setLayout(column_of(Heading(title), scrolling(content), foot, spacing=12, margin=20))
        self.finished.connect(self.deleteLater)
