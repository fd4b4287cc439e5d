"""Commands: from the one declaration to what Discord offers, and back from what came in.

declared                     on Discord
"keyword add", "keyword ..." /keyword add: a group, where no command has its bare name
"anon", "anon take back"     /anon and /anon-take-back
a message among the values   an entry in the menu of each message
a long value                 no option: a form asks for it
hidden                       nothing: a button leads there
needs a role                 offered to whoever has that right; the core checks at each use
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import discord

from adapters.discord.forms import CHANNELS
from bot import arguments
from bot.cog import Command, Parameter
from bot.errors import Refused
from bot.model import Account, MessageRef, Role, Room
from bot.reply import Text, Value
from bot.texts import DEFAULT_LANGUAGE, Texts

Json = dict[str, Any]

MOST_CHOICES: Final = 25
LONGEST_NAME: Final = 32
LONGEST_DESCRIPTION: Final = 100
LONGEST_OPTION: Final = 6000
"""https://docs.discord.com/developers/interactions/application-commands"""

_SLASH, _MENU = discord.AppCommandType.chat_input.value, discord.AppCommandType.message.value
_OPTION = discord.AppCommandOptionType
_TYPES: Final = {
    int: _OPTION.integer,
    bool: _OPTION.boolean,
    Account: _OPTION.user,
    Room: _OPTION.channel,
}
_RIGHTS: Final = {
    Role.MODERATOR: discord.Permissions(manage_messages=True),
    Role.ADMIN: discord.Permissions(manage_guild=True),
}
"""Whom Discord offers a command to, unless the host chose otherwise."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What a command on a message is called there. With `asks`, a second entry asks for the values
    that the first one leaves out."""

    label: str
    asks: str | None = None


MENUS: Final = {
    "let go": Menu("discord-menu-let-go", "discord-menu-let-go-in"),
    "anon hide": Menu("discord-menu-anon-hide"),
    "anon silence": Menu("discord-menu-anon-silence"),
    "anon care": Menu("discord-menu-anon-care"),
}

DURATIONS: Final = tuple(
    timedelta(minutes=minutes) for minutes in (10, 30, 60, 120, 360, 720, 1440, 4320, 10080, 43200)
)
"""What is offered while somebody types a time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that somebody used, with the values that they gave. `asks`: even where none is
    missing, a form asks for the others."""

    command: Command
    args: Mapping[str, Value]
    asks: bool = False


class Offered:
    """What one server is offered, and which command that is."""

    def __init__(self, commands: Iterable[Command], texts: Texts) -> None:
        self._texts = texts
        listed = [command for command in commands if not command.hidden]
        self._slash = _paths([each for each in listed if each.on_message is None])
        self._menus: dict[str, tuple[Command, bool]] = {}
        for command in listed:
            if command.on_message is not None:
                self._add_menus(command)

    def _add_menus(self, command: Command) -> None:
        menu = MENUS.get(command.name)
        label = command.name.capitalize() if menu is None else self._say(menu.label)
        self._menus[_cut(label, LONGEST_NAME)] = command, False
        if menu is not None and menu.asks is not None:
            self._menus[_cut(self._say(menu.asks), LONGEST_NAME)] = command, True

    def payload(self) -> list[Json]:
        """All of it as Discord takes it, in one request."""
        made: dict[str, Json] = {}
        for path, command in self._slash.items():
            name, _, within = path.partition(" ")
            one = {
                "name": within or name,
                "description": _cut(command.help, LONGEST_DESCRIPTION),
                **self._localised(f"command-{command.name.replace(' ', '-')}", command.help),
                "options": [self._option(each) for each in _options(command)],
            }
            if not within:
                made[name] = one | _head(_SLASH, command.needs)
                continue
            if name not in made:
                made[name] = self._group(name)
            made[name]["options"].append(one | {"type": _OPTION.subcommand.value})
        menus = [
            {"name": label} | _head(_MENU, command.needs)
            for label, (command, _) in self._menus.items()
        ]
        return [*made.values(), *menus]

    def _group(self, name: str) -> Json:
        """A group without its commands. Whoever may use one of them is offered it."""
        within = {
            path.partition(" ")[2]: command
            for path, command in self._slash.items()
            if path.startswith(f"{name} ")
        }
        about = _cut(", ".join(within), LONGEST_DESCRIPTION)
        needs = min(command.needs for command in within.values())
        return {"name": name, "description": about, "options": []} | _head(_SLASH, needs)

    def hash(self, application: int) -> str:
        """Changes when anything does that Discord has to be told."""
        told = json.dumps([application, self.payload()], sort_keys=True)
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

    def asked(
        self,
        data: Mapping[str, Any],
        room: Callable[[int], Room],
        account: Callable[[int], Account],
        message: Callable[[int], MessageRef | None],
    ) -> Asked | None:
        """The command behind what came in; None for one that is not offered (any more).

        `room`, `account` and `message` make a reference of an id.
        """
        if data.get("type") == _MENU:
            command, asks = self._menus.get(str(data.get("name")), (None, False))
            if command is None or command.on_message is None:
                return None
            ref = message(int(data["target_id"]))
            return Asked(command, {} if ref is None else {command.on_message.name: ref}, asks)
        path, options = _inner(data)
        found = self._slash.get(path)
        if found is None:
            return None
        kinds = {parameter.name: parameter.kind for parameter in found.parameters}
        args: dict[str, Value] = {}
        for option in options:
            name, value = option["name"], option["value"]
            kind = kinds.get(name)
            if kind is Room:
                args[name] = room(int(value))
            elif kind is Account:
                args[name] = account(int(value))
            elif kind is not None:
                args[name] = value
        return Asked(found, args)

    def choices(self, data: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
        """What is offered for a value that is half typed: what is shown, and what it stands for.

        Times alone. Rooms and people Discord offers itself, and other fixed values are choices;
        keywords would stand on the screen of whoever types, and they are people's names.
        """
        path, options = _inner(data)
        command = self._slash.get(path)
        typed = next((each for each in options if each.get("focused")), None)
        if command is None or typed is None:
            return []
        kinds = {parameter.name: parameter.kind for parameter in command.parameters}
        if kinds.get(typed["name"]) is not timedelta:
            return []
        return _durations(str(typed.get("value", "")), self._texts, language)

    def _option(self, parameter: Parameter) -> Json:
        kind = _TYPES.get(parameter.kind, _OPTION.string)
        said = self._described(parameter)
        told: Json = {
            "type": kind.value,
            "name": parameter.name,
            "description": _cut(said, LONGEST_DESCRIPTION),
            "required": parameter.required,
            **self._localised(parameter.arg.help, said),
        }
        if parameter.choices and len(parameter.choices) <= MOST_CHOICES:
            told["choices"] = [{"name": each, "value": each} for each in parameter.choices]
        elif kind is _OPTION.channel:
            told["channel_types"] = [each.value for each in CHANNELS]
        elif parameter.kind is timedelta:
            told["autocomplete"] = True
        elif parameter.kind is str:
            told["max_length"] = min(parameter.arg.max_length or LONGEST_OPTION, LONGEST_OPTION)
        return told

    def _described(self, parameter: Parameter) -> str:
        if self._texts.has(parameter.arg.help):
            return self._say(parameter.arg.help)
        return parameter.name.replace("_", " ").capitalize()

    def _localised(self, key: str, said: str) -> Json:
        """The same in every language of Discord's that has words of its own under a key."""
        told = {}
        for locale in discord.Locale:
            language = self._texts.language(locale.value)
            if language == DEFAULT_LANGUAGE or not self._texts.has(key, language):
                continue
            words = _cut(self._say(key, language), LONGEST_DESCRIPTION)
            if words != said:
                told[locale.value] = words
        return {"description_localizations": told} if told else {}

    def _say(self, key: str, language: str = DEFAULT_LANGUAGE) -> str:
        return self._texts.say(Text(key), language)


def _paths(commands: Sequence[Command]) -> dict[str, Command]:
    """What each command is typed as, without the slash; a space in it where it is in a group."""
    first = Counter(command.name.partition(" ")[0] for command in commands)
    bare = {command.name for command in commands if " " not in command.name}
    paths = {}
    for command in commands:
        name, _, within = command.name.partition(" ")
        grouped = within and first[name] > 1 and name not in bare
        path = f"{name} {within.replace(' ', '-')}" if grouped else command.name.replace(" ", "-")
        paths[path] = command
    return paths


def _options(command: Command) -> list[Parameter]:
    """What is an option of the command, the required first, as Discord wants it."""
    asked = [
        parameter
        for parameter in command.parameters
        if parameter.kind is not MessageRef and not parameter.arg.long
    ]
    return sorted(asked, key=lambda parameter: not parameter.required)


def _head(kind: int, needs: Role) -> Json:
    rights = _RIGHTS.get(needs)
    return {
        "type": kind,
        "default_member_permissions": None if rights is None else str(rights.value),
    }


def _inner(data: Mapping[str, Any]) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """The whole path of a command, and its options."""
    path, options = str(data.get("name")), data.get("options") or []
    if len(options) == 1 and options[0]["type"] == _OPTION.subcommand.value:
        return f"{path} {options[0]['name']}", options[0].get("options") or []
    return path, options


def _durations(typed: str, texts: Texts, language: str) -> list[tuple[str, str]]:
    try:
        return [(_written(arguments.duration(typed), texts, language), typed)]
    except Refused:
        pass
    number = "".join(letter for letter in typed if letter.isdecimal() and letter.isascii())[:3]
    offered = DURATIONS
    if number and int(number):
        offered = tuple(timedelta(**{unit: int(number)}) for unit in ("minutes", "hours", "days"))
    return [
        (_written(each, texts, language), f"{int(each.total_seconds()) // 60} minutes")
        for each in offered
    ]


def _written(duration: timedelta, texts: Texts, language: str) -> str:
    return texts.say(Text("value", {"value": duration}), language)


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}\u2026"
