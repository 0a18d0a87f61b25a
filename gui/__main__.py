"""The program's door: no arguments open the window, a verb is the command line."""

from __future__ import annotations

import sys


def main() -> None:
    if sys.argv[1:]:
        from gui.cli import main as command_line

        sys.exit(command_line(sys.argv[1:]))
    from gui.app import main as window

    sys.exit(window())


if __name__ == "__main__":
    main()
