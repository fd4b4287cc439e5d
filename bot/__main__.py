"""`python -m bot` and `circlekeeper`: the way in. Everything else is in `bot.command_line`."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # Until a command says otherwise nothing was begun, so Ctrl-C may end it without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.version_info < (3, 11):  # noqa: UP036  this is where an older one is told
        sys.exit("Circlekeeper needs Python 3.11 or newer. Start it with: make run")
    try:
        from bot.command_line import start
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        if package in ("bot", "adapters", "cogs"):
            raise
        # Another Python than the one that the packages were installed for.
        if {"-h", "--help"} & set(sys.argv[1:]):
            sys.exit(
                f"The Python package {package} is not installed for this Python. "
                "Try: .venv/bin/circlekeeper --help (once make run has set it up)."
            )
        sys.exit(
            f"The Python package {package} is not installed here. Start the bot with: make run "
            "(or with .venv/bin/python -m bot, once make run has set it up)."
        )
    sys.exit(start(sys.argv[1:]))


if __name__ == "__main__":
    main()
