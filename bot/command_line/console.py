"""What the host reads: plain lines, on a terminal with a little colour."""

from __future__ import annotations

import sys
from enum import IntEnum

from rich.console import Console
from rich.text import Text


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    FAILED = 1
    """It could not be done, or `check` found something that has to be done."""
    SETTINGS = 2
    """A mistake in the settings or in the command line; trying again changes nothing."""
    FAULT = 70
    """A fault of the bot; the log has its place."""
    STOPPED = 130
    """Ended by Ctrl-C before it was through."""


def say(line: str = "", style: str = "") -> None:
    """Print a line for the host."""
    _print(line, style, error=False)


def complain(line: str) -> None:
    """Print a line about what does not work, apart from what a script may read."""
    _print(line, "bold", error=True)


def _print(line: str, style: str, *, error: bool) -> None:
    stream = sys.stderr if error else sys.stdout
    if stream.isatty():
        # Not as markup: a path may hold square brackets. The terminal wraps long lines itself,
        # so that an address can be copied in one piece.
        Console(file=stream).print(Text(line, style=style), soft_wrap=True, highlight=False)
    else:
        print(line, file=stream, flush=True)
