"""The command line: what a host types, and what `make run` does.

Exit codes: 0 done, 1 it could not be done (or `check` found something to do), 2 a mistake in
the settings or in the command itself, 70 a fault of the bot, 130 ended by a second Ctrl-C.
"""

from __future__ import annotations

from bot.command_line.app import start

__all__ = ["start"]
