"""The program's door: no arguments open the window, a verb is the command line."""

from __future__ import annotations

import os
import sys

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
"""Without any of these Qt only aborts."""


def main() -> None:
    if sys.argv[1:]:
        try:
            from gui.cli import main as command_line
        except KeyboardInterrupt:  # before there is anything that could say it
            sys.exit(130)
        sys.exit(command_line(sys.argv[1:]))
    if sys.platform == "linux" and not any(os.environ.get(one) for one in DISPLAYS):
        sys.stderr.write("There is no display here for the window. On the command line: embark --help\n")
        sys.exit(2)
    from gui.app import main as window

    sys.exit(window())


if __name__ == "__main__":
    main()
