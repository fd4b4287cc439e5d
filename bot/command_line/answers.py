"""Questions to the host: answered by an option or the environment, or asked on the terminal."""

from __future__ import annotations

import os
import sys

import typer

from bot.command_line.console import say
from bot.errors import StartError
from bot.settings import SETUP_PREFIX


class Question(StartError):
    """Something has to be known, and nobody is there to be asked."""


def at_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


def text(what: str, option: str, given: str | None, default: str | None = None) -> str:
    """What was given; else what is typed; else, where nobody can type, the default.

    Raises `Question` where there is none, and names the option.
    """
    if given is not None:
        return given.strip()
    if at_terminal():
        return str(typer.prompt(what, default=default, show_default=bool(default))).strip()
    if default is not None:
        return default
    raise Question(f"{what}: nobody is here to answer. Add {option}.")


def secret(what: str, name: str) -> str:
    """A secret from the environment, or typed without being shown. Empty where it is left out."""
    if found := os.environ.get(f"{SETUP_PREFIX}{name}"):
        return found
    if at_terminal():
        return str(typer.prompt(what, hide_input=True, default="", show_default=False))
    return ""


def yes(what: str, *, given: bool) -> bool:
    """Whether it was given, or is answered with yes. No where nobody can answer."""
    return given or (at_terminal() and typer.confirm(what))


def several(typed: str) -> list[str]:
    """What stands between commas, in its order, each once."""
    return list(dict.fromkeys(part.strip() for part in typed.split(",") if part.strip()))


def step(number: int, what: str) -> None:
    """A headline for what comes now."""
    say()
    say(f"{number}. {what}", "bold")
