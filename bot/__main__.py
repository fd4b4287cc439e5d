"""`python -m bot` and `circlekeeper`: the way in. Everything else is in `bot.command_line`."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # Until a command says otherwise nothing was begun, so Ctrl-C may end it without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.command_line import start

    sys.exit(start(sys.argv[1:]))


if __name__ == "__main__":
    main()
