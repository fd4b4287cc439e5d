"""The world's JSON as the core's vocabulary, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from adapters.rendering import Field
from adapters.sandbox.world import BOT, Json
from bot.chat import Right
from bot.cog import Command
from bot.events import (
    Event,
    Joined,
    Left,
    MemberChanged,
    MessageEdited,
    MessagePosted,
    MessageRemoved,
    RoomChange,
    RoomChanged,
)
from bot.model import (
    Account,
    Attachment,
    Content,
    Group,
    Message,
    MessageRef,
    Role,
    Room,
    RoomInfo,
    RoomKind,
)
from bot.reply import Value

PLATFORM: Final = "sandbox"

ROLES: Final = {"member": Role.MEMBER, "moderator": Role.MODERATOR, "admin": Role.ADMIN}
RIGHTS: Final = {right.value: right for right in Right}


def account(handle: str) -> Account:
    """An account of this platform."""
    return Account(PLATFORM, handle)


def group(handle: str) -> Group:
    """A group of this platform."""
    return Group(PLATFORM, handle)


def room_info(of: Group, data: Json) -> RoomInfo:
    """A room with what it is for."""
    return RoomInfo(Room(of, data["id"]), RoomKind(data["kind"]), data["name"])


def content(data: Json) -> Content:
    """What a message says."""
    hanging = tuple(Attachment(a["kind"], a["name"]) for a in data["attachments"])
    return Content(data["text"], attachments=hanging)


def message(room: Room, data: Json) -> Message:
    """A fetched message."""
    return Message(
        ref=MessageRef(room, data["id"]),
        author=account(data["author"]),
        author_name=data["author_name"],
        content=content(data),
        pinned=data["pinned"],
        own=data["author"] == BOT,
    )


def posted(room: Room, data: Json, *, id: str, live: bool) -> MessagePosted:
    """A message as it was posted, from the log or from a room's history."""
    reply_to = data["reply_to"]
    return MessagePosted(
        id=id,
        group=room.group,
        at=datetime.fromisoformat(data["at"]),
        live=live,
        ref=MessageRef(room, data["id"]),
        author=account(data["author"]),
        content=content(data),
        reply_to=MessageRef(room, reply_to) if reply_to else None,
        automated=bool(data.get("automated")),
    )


def event(data: Json) -> Event | None:
    """An event of the log for the core; None for the bot's own messages and the clock."""
    id, at = data["id"], datetime.fromisoformat(data["at"])
    match data["kind"]:
        case "message" | "edited" as kind:
            said = data["message"]
            if said["author"] == BOT:
                return None
            room = Room(group(said["group"]), data["room"])
            if kind == "message":
                return posted(room, said, id=id, live=True)
            return MessageEdited(
                id=id,
                group=room.group,
                at=at,
                ref=MessageRef(room, said["id"]),
                author=account(said["author"]),
                content=content(said),
                automated=said["automated"],
            )
        case "removed":
            room = Room(group(data["group"]), data["room"])
            ref = MessageRef(room, data["message"])
            return MessageRemoved(id=id, group=room.group, at=at, ref=ref)
        case "room":
            room = Room(group(data["group"]), data["room"])
            change = RoomChange(data["change"])
            return RoomChanged(id=id, group=room.group, at=at, room=room, change=change)
        case "joined":
            return Joined(
                id=id, group=group(data["group"]), at=at, account=account(data["account"])
            )
        case "left":
            return Left(id=id, group=group(data["group"]), at=at, account=account(data["account"]))
        case "changed":
            return MemberChanged(
                id=id, group=group(data["group"]), at=at, account=account(data["account"])
            )
    return None


def arguments(command: Command | None, room: Room, asked: Json) -> dict[str, Value]:
    """What somebody filled in, by the command's declaration. The router converts the text."""
    if command is None:
        return {}
    found: dict[str, Value] = {}
    for parameter in command.parameters:
        if parameter.kind is MessageRef:
            if asked["message"] and asked["kind"] == "command":
                found[parameter.name] = MessageRef(room, str(asked["message"]))
            continue
        value: Any = asked["fields"].get(parameter.name)
        if isinstance(value, bool):
            found[parameter.name] = value
        elif value is None or value == "":
            continue
        elif parameter.kind is Room:
            found[parameter.name] = Room(room.group, str(value))
        elif parameter.kind is Account:
            found[parameter.name] = account(str(value))
        else:
            found[parameter.name] = str(value)
    return found


def field_json(field: Field) -> Json:
    """A form's field for the page."""
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind.value,
        "required": field.required,
        "choices": list(field.choices),
        "max": field.max_length,
        "value": field.value,
    }


def room_of(data: Json) -> Room:
    """The room in which something was asked."""
    return Room(group(data["group"]), data["room"])
