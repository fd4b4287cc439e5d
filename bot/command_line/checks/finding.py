"""Finding: one thing that `check` looked at, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.errors import StartError


class State(Enum):
    """How something is."""

    OK = "ok"
    NOTE = "note"
    """Works, and is worth knowing."""
    DO = "do"
    """Something has to be done; `check` ends with 1."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    area: str
    what: str
    state: State
    said: str
    """How it is."""
    todo: str = ""
    """What to do; empty when it is ok."""


def ok(area: str, what: str, said: str) -> Finding:
    """It is as it should be."""
    return Finding(area, what, State.OK, said)


def note(area: str, what: str, said: str, todo: str = "") -> Finding:
    """It works, and the host should know something about it."""
    return Finding(area, what, State.NOTE, said, todo)


def do(area: str, what: str, said: str, todo: str) -> Finding:
    """It does not work, or a promise is not kept, until somebody acts."""
    return Finding(area, what, State.DO, said, todo)


def split(error: StartError) -> tuple[str, str]:
    """An error's first sentence is how it is, the others are what to do."""
    said, _, todo = str(error).partition(". ")
    return said.rstrip("."), todo or "Correct that, then look again."
