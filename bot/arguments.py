"""From what somebody typed to what a command takes; a bad value is a sentence, not an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Any

from bot.cog import Command, Parameter
from bot.errors import Refused
from bot.model import Account, MessageRef, Room
from bot.reply import Text, Value

LONGEST = timedelta(days=3650)
"""No duration a person means is longer; far larger ones overflow dates."""

_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hr": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "w": 604800,
    "week": 604800,
}
_DURATION = re.compile(r"(\d{1,18}(?:\.\d{1,3})?)\s*([a-z]+)")
_YES = frozenset({"yes", "y", "true", "on", "1"})
_NO = frozenset({"no", "n", "false", "off", "0"})


def duration(text: str) -> timedelta:
    """Read "90 min", "2h", "1 day 12 hours". Raises `Refused` for anything else."""
    rest = text.strip().lower().replace(",", " ").replace(" and ", " ")
    total = timedelta()
    position = 0
    for match in _DURATION.finditer(rest):
        unit = match[2].removesuffix("s") if match[2] != "s" else "s"
        if rest[position : match.start()].strip() or unit not in _UNITS:
            raise Refused("bad-duration")
        seconds = float(match[1]) * _UNITS[unit]
        if seconds > LONGEST.total_seconds():
            raise Refused("bad-duration-too-long", {"longest": LONGEST})
        total += timedelta(seconds=seconds)
        position = match.end()
    if position == 0 or rest[position:].strip():
        raise Refused("bad-duration")
    if total > LONGEST:
        raise Refused("bad-duration-too-long", {"longest": LONGEST})
    return total


def bind(command: Command, given: Mapping[str, Value]) -> tuple[dict[str, Any], list[Parameter]]:
    """Convert what was given for a command.

    Returns the arguments and the required parameters that are still missing. Names that the
    command does not have are ignored: a newer or older button may carry them. Raises `Refused`.
    """
    bound: dict[str, Any] = {}
    missing: list[Parameter] = []
    for parameter in command.parameters:
        value = given.get(parameter.name)
        if value is None or (value == "" and parameter.kind is not str):
            if parameter.required:
                missing.append(parameter)
            else:
                bound[parameter.name] = parameter.default
        else:
            bound[parameter.name] = convert(parameter, value)
    return bound, missing


def convert(parameter: Parameter, value: Value) -> Any:
    """One value for one parameter. Raises `Refused` with what would have been right."""
    kind = parameter.kind
    name = Text(parameter.arg.help)
    if issubclass(kind, Enum):
        wanted = str(value).strip().lower()
        for option in kind:
            if wanted == str(option.value):
                return option
        raise Refused("bad-choice", {"name": name, "choices": ", ".join(parameter.choices)})
    if kind is str:
        if not isinstance(value, str):
            raise Refused("bad-text", {"name": name})
        # A lone surrogate cannot be stored or sent; NUL ends a text on PostgreSQL.
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Refused("bad-text", {"name": name})
        if parameter.arg.max_length is not None and len(value) > parameter.arg.max_length:
            raise Refused(
                "too-long",
                {"name": name, "limit": parameter.arg.max_length, "length": len(value)},
            )
        return value
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    if isinstance(value, str):
        if kind is timedelta:
            return duration(value)
        if kind is bool:
            return yes_or_no(value, name)
        if kind is int:
            return number(value, name)
    refusals = {Room: "bad-room", Account: "bad-account", MessageRef: "bad-message"}
    raise Refused(refusals.get(kind, "bad-text"), {"name": name})


def yes_or_no(text: str, name: Value) -> bool:
    """Read yes or no. Raises `Refused`."""
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Refused("bad-yes-no", {"name": name})


def number(text: str, name: Value) -> int:
    """Read a whole number. Raises `Refused`."""
    try:
        if len(text) > 18:
            raise ValueError
        return int(text.strip())
    except ValueError:
        raise Refused("bad-number", {"name": name}) from None
