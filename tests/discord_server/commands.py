"""The commands that the bot registers: names, limits, and replacing them all at once.

https://discord.com/developers/docs/interactions/application-commands
"""

from __future__ import annotations

import re
from typing import Final

from tests.discord_server.errors import Refused, invalid
from tests.discord_server.state import Json, World

CHAT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
MOST: Final = {CHAT: 100, USER: 15, MESSAGE: 15}
OPTIONS: Final = 25
CREATED_A_DAY: Final = 200
NAME: Final = re.compile(r"^[-_'\w]{1,32}$")


class Commands:
    """The commands of the application and of each guild. `created`: today, by guild."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.created: dict[int | None, int] = {}

    def of(self, guild: int | None) -> dict[int, Json]:
        """What is registered, for everybody or in one guild."""
        if guild is None:
            return self.world.application.commands
        return self.world.guild(guild).commands

    def replace(self, guild: int | None, wanted: list[Json]) -> list[Json]:
        """All commands at once. Those of the same name and type keep their ids."""
        there = self.of(guild)
        keys = [(each.get("type", CHAT), each["name"]) for each in wanted]
        if len(keys) != len(set(keys)):
            raise invalid("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Names must be unique")
        for kind, most in MOST.items():
            if sum(each[0] == kind for each in keys) > most:
                raise Refused(30032)
        for index, each in enumerate(wanted):
            _check(each, str(index))
        old = {(each["type"], each["name"]): each for each in there.values()}
        new = sum(key not in old for key in keys)
        if self.created.get(guild, 0) + new > CREATED_A_DAY:
            raise Refused(30034)
        self.created[guild] = self.created.get(guild, 0) + new
        made = [
            self._made(guild, each, old.get(key)) for key, each in zip(keys, wanted, strict=True)
        ]
        there.clear()
        there.update({int(each["id"]): each for each in made})
        return made

    def _made(self, guild: int | None, wanted: Json, old: Json | None) -> Json:
        number = str(self.world.next_id())
        kept = {key: value for key, value in wanted.items() if value is not None}
        kept.pop("options", None)
        made: Json = {
            "type": CHAT,
            "description": "",
            "default_member_permissions": None,
            "name_localizations": None,
            "description_localizations": None,
            "dm_permission": True,
            "contexts": None,
            "integration_types": [0],
            "nsfw": False,
        }
        made |= kept | {
            "id": old["id"] if old is not None else number,
            "application_id": str(self.world.application.id),
            "version": number,
        }
        if made["default_member_permissions"] is not None:
            made["default_member_permissions"] = str(made["default_member_permissions"])
        if wanted.get("options"):
            made["options"] = [_option(each) for each in wanted["options"]]
        if guild is not None:
            made["guild_id"] = str(guild)
        return made


def _option(option: Json) -> Json:
    kept = {key: value for key, value in option.items() if value is not None}
    if "options" in kept:
        kept["options"] = [_option(each) for each in kept["options"]]
    return kept


def _check(command: Json, where: str) -> None:
    if command.get("type", CHAT) != CHAT:
        if not 1 <= len(command["name"]) <= 32 or command.get("description"):
            raise invalid(f"{where}.name", "APPLICATION_COMMAND_INVALID_NAME", "Invalid.")
        return
    _check_words(command, where)
    _check_options(command.get("options") or [], where)


def _check_options(options: list[Json], where: str) -> None:
    if len(options) > OPTIONS:
        raise invalid(f"{where}.options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    required = [bool(each.get("required")) for each in options]
    if required != sorted(required, reverse=True):
        raise invalid(
            f"{where}.options",
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            "Required options must be placed before non-required options",
        )
    for index, option in enumerate(options):
        _check_words(option, f"{where}.options.{index}")
        if option["type"] in (SUBCOMMAND, GROUP):
            _check_options(option.get("options") or [], f"{where}.options.{index}")
        if len(option.get("choices") or []) > OPTIONS:
            raise invalid(f"{where}.options.{index}.choices", "BASE_TYPE_MAX_LENGTH", "25 at most.")


def _check_words(named: Json, where: str) -> None:
    name = named["name"]
    if not NAME.match(name) or name != name.lower():
        raise invalid(f"{where}.name", "STRING_TYPE_REGEX", "String value did not match.")
    if not 1 <= len(named.get("description", "")) <= 100:
        raise invalid(f"{where}.description", "BASE_TYPE_BAD_LENGTH", "Between 1 and 100.")
