"""Every sentence about a state, an event, an error or a problem of a plan, without Qt.

The window hands Qt's translator to ``use_translator`` at its start; the command line speaks English.
"""

from gui.text.errors import describe_error
from gui.text.translate import translate, use_translator

__all__ = ["describe_error", "translate", "use_translator"]
