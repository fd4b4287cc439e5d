"""Commands: from what somebody typed to a command with its arguments, by its declaration.

Arguments come in their order, a word each; quotes hold several words together. The last one takes
the rest. A message is never typed: it is the one replied to, or a link to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Final
from urllib.parse import unquote

from bot.cog import Command, Parameter
from bot.model import Account, Group, MessageRef, Room
from bot.reply import Args, Text, Value
from bot.texts import Texts

PREFIX: Final = "!"

_WORD: Final = re.compile(r"""\s*(?:"([^"]*)"|\u201c([^\u201d]*)\u201d|(\S+))""")
_LINK: Final = re.compile(r"<?(?:https://matrix\.to/#/|matrix:)?([^?>]+)(?:\?\S*)?>?")


@dataclass(frozen=True, slots=True)
class Known:
    """What names stand for in one group, in small letters: rooms and people."""

    group: Group
    rooms: Mapping[str, Room] = field(default_factory=dict)
    people: Mapping[str, Account] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as it was typed. `rest` is what follows its name."""

    command: Command
    rest: str


def is_command(text: str) -> bool:
    """Whether a text in a room is meant for a bot: a prefix and a letter."""
    return len(text) > 1 and text[0] == PREFIX and text[1].isalpha()


def find(commands: Sequence[Command], text: str) -> Typed | None:
    """The command that a text begins with, the longest name first; with the prefix or without."""
    text = text.strip().removeprefix(PREFIX)
    for command in sorted(commands, key=lambda command: -len(command.name)):
        name = r"\s+".join(map(re.escape, command.name.split()))
        if found := re.match(rf"{name}(?=\s|$)", text, re.IGNORECASE):
            return Typed(command, text[found.end() :].strip())
    return None


def arguments(typed: Typed, known: Known, replied_to: MessageRef | None) -> dict[str, Value]:
    """What was typed, by the command's declaration; text stays text for the core to convert."""
    found: dict[str, Value] = {}
    rest = typed.rest
    wanted = list(typed.command.parameters)
    for parameter in wanted:
        if parameter.kind is MessageRef:
            if replied_to is not None:
                found[parameter.name] = replied_to
                continue
            word, after = _word(rest)
            if (ref := message(word, known)) is not None:
                found[parameter.name] = ref
                rest = after
            continue
        if not rest:
            break
        if parameter.kind is Room and (named := _named_room(rest, known)) is not None:
            found[parameter.name], rest = named
            continue
        last = parameter is wanted[-1]
        word, after = (_unquoted(rest), "") if last or parameter.arg.long else _word(rest)
        if word:
            found[parameter.name] = value(parameter, word, known)
        rest = after
    return found


def value(parameter: Parameter, word: str, known: Known) -> Value:
    """One value as the core takes it. What is not known stays text, and the core says so."""
    if parameter.kind is Room:
        return room(word, known) or word
    if parameter.kind is Account:
        return account(word, known) or word
    if parameter.kind is MessageRef:
        return message(word, known) or word
    return word


def room(word: str, known: Known) -> Room | None:
    """The room that a name, an id or a link stands for."""
    target = _target(word)
    if target.startswith("!"):
        return Room(known.group, target.partition("/")[0])
    return known.rooms.get(_small(word).removeprefix("#"))


def account(word: str, known: Known) -> Account | None:
    """The account that an id, a link or a name stands for."""
    target = _target(word)
    if target.startswith("@") and ":" in target:
        return Account(known.group.platform, target)
    return known.people.get(_small(word).removeprefix("@"))


def message(word: str, known: Known) -> MessageRef | None:
    """The message that a link leads to."""
    room_id, _, event = _target(word).partition("/")
    if room_id.startswith("!") and event.startswith("$"):
        return MessageRef(Room(known.group, room_id), event)
    return None


def example(command: Command, texts: Texts, language: str, known: Known) -> str:
    """The command as somebody would type it, with a value for each argument."""
    words = [f"{PREFIX}{command.name}"]
    words += [
        _example(parameter, texts, language, known)
        for parameter in command.parameters
        if parameter.kind is not MessageRef
    ]
    return " ".join(words)


def typed_words(command: str, args: Args) -> str:
    """A command with short arguments as it would be typed."""
    return " ".join([command, *(_quoted(str(each)) for each in args.values())])


def _example(parameter: Parameter, texts: Texts, language: str, known: Known) -> str:
    kind = parameter.kind
    if kind is Room:
        return _quoted(next(iter(known.rooms), "evening circle"))
    if issubclass(kind, Enum):
        return _quoted(parameter.choices[0])
    if kind is timedelta:
        return "2h"
    if kind is bool:
        return "yes"
    if kind is int:
        return "1"
    if kind is Account:
        return "@somebody:example.org"
    label = parameter.arg.help
    words = texts.say(Text(label), language) if texts.has(label) else parameter.name
    words = words.partition(" (")[0].lower().replace("_", " ").replace('"', "")
    return words if parameter.arg.long else _quoted(words)


def _named_room(rest: str, known: Known) -> tuple[Room, str] | None:
    """A room whose name stands at the beginning, quoted or not, and what follows."""
    word, after = _word(rest)
    if (found := room(word, known)) is not None:
        return found, after
    small = _small(rest)
    for name in sorted(known.rooms, key=len, reverse=True):
        if name and re.match(rf"{re.escape(name)}(?=[\s:,]|$)", small):
            taken = re.match(r"\s*" + r"\s+".join(r"\S+" for _ in name.split()), rest)
            if taken is not None:
                return known.rooms[name], rest[taken.end() :].lstrip(" \t\n:,")
    return None


def _word(text: str) -> tuple[str, str]:
    """The first word or quoted words, and the rest."""
    found = _WORD.match(text)
    if found is None:
        return "", ""
    return next(g for g in found.groups() if g is not None), text[found.end() :].strip()


def _unquoted(text: str) -> str:
    """A whole text without the quotes around it."""
    found = _WORD.match(text)
    if found is not None and found[3] is None and not text[found.end() :].strip():
        return found[1] if found[1] is not None else found[2]
    return text


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _target(word: str) -> str:
    """What a link points to; the word itself where it is none."""
    found = _LINK.fullmatch(word.strip())
    return unquote(found[1]) if found else word.strip()


def _small(text: str) -> str:
    return " ".join(text.casefold().split())
