"""The language of the window: the system's, or the one that was chosen. Korean and English.

Never a translator written in Python: Qt asks for words on any thread, also while it holds a lock of its own, and waits
for the interpreter then, which another thread may hold while it waits for that lock.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from gui.core.paths import ASSETS
from gui.translate import english, use_translator

logger = logging.getLogger(__name__)

LANGUAGES = ("en", "ko")


def system_language() -> str:
    """The first language of this computer that Embark speaks."""
    for name in QLocale.system().uiLanguages():
        if name.split("-")[0] in LANGUAGES:
            return name.split("-")[0]
    return "en"


class Language:
    """Installs translators; whoever shows words builds them anew afterwards."""

    def __init__(self) -> None:
        self.code = ""
        self._installed: list[QTranslator] = []

    def speak(self, code: str = "") -> bool:
        """``ko``, ``en``, or "" for the system's. Whether anything changed."""
        code = code if code in LANGUAGES else system_language()
        if code == self.code:
            return False
        self.silence()
        self.code = code
        if code != "en":
            self._load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        self._load(f"embark_{code}", str(ASSETS / "i18n"))
        QLocale.setDefault(QLocale(code))
        use_translator(english if code == "en" else _through_qt)
        return True

    def silence(self) -> None:
        """Back to plain English without Qt."""
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed.clear()
        self.code = ""
        use_translator(english)

    def _load(self, name: str, folder: str) -> None:
        translator = QTranslator()
        if translator.load(name, folder):
            self._install(translator)
        else:
            logger.warning("no words for %s", name)

    def _install(self, translator: QTranslator) -> None:
        QCoreApplication.installTranslator(translator)
        self._installed.append(translator)


def _through_qt(context: str, source: str, comment: str, n: int) -> str:
    return QCoreApplication.translate(context, source, comment or None, n)
