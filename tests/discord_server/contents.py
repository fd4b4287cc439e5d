"""What a message may hold: its length, its parts, and whom it notifies.

https://discord.com/developers/docs/resources/message#create-message
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tests.discord_server.errors import Refused, invalid
from tests.discord_server.permissions import Permission, in_channel
from tests.discord_server.state import Channel, Guild, Json, Message, World

MESSAGE_LENGTH: Final = 2000
NONCE_LENGTH: Final = 25
EMBEDS: Final = 10
COMPONENTS: Final = 40
ATTACHMENTS: Final = 10
IN_ROW: Final = 5
OPTIONS: Final = 25
CUSTOM_ID_LENGTH: Final = 100
LABEL_LENGTH: Final = 80
ROW, BUTTON, STRING_SELECT, TEXT_INPUT, LABEL = 1, 2, 3, 4, 18
LINK_BUTTON: Final = 5
SELECTS: Final = (STRING_SELECT, 5, 6, 7, 8)
WITH_CUSTOM_ID: Final = (BUTTON, STRING_SELECT, TEXT_INPUT, 5, 6, 7, 8)
COMPONENTS_V2: Final = 1 << 15

# Suppressed embeds, suppressed notifications, components of the second version.
FLAGS_OF_SENDERS: Final = 1 << 2 | 1 << 12 | COMPONENTS_V2


def length(text: str) -> int:
    """Characters, counted in UTF-16 units: Discord does not say how, and this is the stricter."""
    return len(text.encode("utf-16-le")) // 2


def fill(world: World, channel: Channel, guild: Guild | None, message: Message, body: Json) -> None:
    """Put the fields of a request into a message; fields that are not given stay as they are."""
    if body.get("content") is not None or "content" in body:
        message.content = str(body["content"] or "")
    if length(message.content) > MESSAGE_LENGTH:
        raise invalid(
            "content", "BASE_TYPE_MAX_LENGTH", f"Must be {MESSAGE_LENGTH} or fewer in length."
        )
    if "embeds" in body:
        embeds = body["embeds"] or []
        if len(embeds) > EMBEDS:
            raise invalid("embeds", "BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS} or fewer in length.")
        message.embeds = [{"type": "rich"} | each for each in embeds]
    if "components" in body:
        message.components = components(body["components"] or [])
    if "attachments" in body:
        _attach(world, message, body["attachments"] or [], body.get("files", {}))
    held = (message.embeds, message.components, message.snapshots, message.attachments)
    if not (message.content or any(held)):
        raise Refused(50006)
    _notify(world, channel, guild, message, body.get("allowed_mentions"))


def _attach(world: World, message: Message, listed: list[Json], files: dict[int, bytes]) -> None:
    """Exactly the listed attachments: new ones by the number of their file, old ones by their id.

    https://docs.discord.com/developers/reference#uploading-files
    """
    if len(listed) > ATTACHMENTS:
        raise invalid("attachments", "BASE_TYPE_MAX_LENGTH", f"Must be {ATTACHMENTS} or fewer.")
    there = {each["id"]: each for each in message.attachments}
    kept: list[Json] = []
    for each in listed:
        if str(each["id"]) in there:
            kept.append(there[str(each["id"])])
            continue
        if int(each["id"]) not in files:
            raise invalid("attachments", "ATTACHMENT_NOT_FOUND", "There is no such file.")
        name, words = each["filename"], files[int(each["id"])]
        number = str(world.next_id())
        where = f"attachments/{message.channel_id}/{number}/{name}"
        kept.append(
            {
                "id": number,
                "filename": name,
                "size": len(words),
                "url": f"https://cdn.discordapp.com/{where}",
                "proxy_url": f"https://media.discordapp.net/{where}",
                "content_type": "text/plain; charset=utf-8",
                **{key: each[key] for key in ("title", "description") if key in each},
            }
        )
        message.files[name] = words
    message.attachments = kept
    names = {each["filename"] for each in kept}
    message.files = {name: words for name, words in message.files.items() if name in names}


def every(parts: list[Json]) -> Iterator[Json]:
    """All components, the nested ones too, from top to bottom."""
    for part in parts:
        yield part
        yield from every(part.get("components", []))
        if "accessory" in part:
            yield part["accessory"]
        if isinstance(part.get("component"), dict):
            yield part["component"]


def components(parts: list[Json]) -> list[Json]:
    """Components as they are kept, each with a number.

    https://discord.com/developers/docs/components/reference
    """
    found = list(every(parts))
    if len(found) > COMPONENTS:
        raise invalid("components", "BASE_TYPE_MAX_LENGTH", "The total number of components is 40.")
    names = [each["custom_id"] for each in found if "custom_id" in each]
    if len(names) != len(set(names)):
        raise invalid(
            "components",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            "Component custom id cannot be duplicated",
        )
    for part in found:
        _check(part)
    numbers = iter(range(1, len(found) + 1))
    return [_numbered(part, numbers) for part in parts]


def _check(part: Json) -> None:
    kind = part["type"]
    if kind == ROW and not 1 <= len(part["components"]) <= IN_ROW:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {IN_ROW}.")
    if kind == BUTTON:
        if length(part.get("label") or "") > LABEL_LENGTH:
            raise invalid("components", "BASE_TYPE_MAX_LENGTH", "Must be 80 or fewer in length.")
        if (part["style"] == LINK_BUTTON) != ("url" in part):
            raise invalid("components", "BUTTON_COMPONENT_INVALID_URL", "A link needs a url.")
    if kind == STRING_SELECT and not 1 <= len(part["options"]) <= OPTIONS:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {OPTIONS}.")
    needs_name = kind in WITH_CUSTOM_ID and part.get("style") != LINK_BUTTON
    name = part.get("custom_id", "")
    if (needs_name or kind == TEXT_INPUT) and not 1 <= len(name) <= CUSTOM_ID_LENGTH:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")


def _numbered(part: Json, numbers: Iterator[int]) -> Json:
    kept = {key: value for key, value in part.items() if value is not None}
    kept["id"] = part.get("id") or next(numbers)
    if "components" in part:
        kept["components"] = [_numbered(each, numbers) for each in part["components"]]
    for key in ("accessory", "component"):
        if isinstance(part.get(key), dict):
            kept[key] = _numbered(part[key], numbers)
    return kept


def _notify(
    world: World, channel: Channel, guild: Guild | None, message: Message, allowed: Json | None
) -> None:
    """https://discord.com/developers/docs/resources/message#allowed-mentions-object"""
    kinds = ["users", "roles", "everyone"] if allowed is None else allowed.get("parse", [])
    users = (allowed or {}).get("users", [])
    roles = (allowed or {}).get("roles", [])
    if ("users" in kinds and users) or ("roles" in kinds and roles):
        raise invalid("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "Exclusive.")
    named = [int(each) for each in re.findall(r"<@!?(\d+)>", message.content)]
    message.mentions = [
        world.users[each]
        for each in dict.fromkeys(named)
        if each in world.users and ("users" in kinds or str(each) in map(str, users))
    ]
    message.mention_roles = []
    message.mention_everyone = False
    member = guild.members.get(message.author.id) if guild is not None else None
    if guild is None or member is None:
        return
    called = [int(each) for each in re.findall(r"<@&(\d+)>", message.content)]
    message.mention_roles = [
        each
        for each in dict.fromkeys(called)
        if each in guild.roles and ("roles" in kinds or str(each) in map(str, roles))
    ]
    rights = in_channel(guild, member, channel, world.clock.now())
    message.mention_everyone = (
        "everyone" in kinds
        and re.search(r"@(everyone|here)\b", message.content) is not None
        and Permission.MENTION_EVERYONE in rights
    )
