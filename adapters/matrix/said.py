"""Said: what an event of somebody else says to the bot. Whatever they sent, nothing here raises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.matrix.rooms import Place
from bot.model import Account, MessageRef

Json = dict[str, Any]


def relation(event: Json) -> Mapping[str, Any]:
    """What an event says that it belongs to; empty where it says nothing."""
    about = event["content"].get("m.relates_to")
    return about if isinstance(about, Mapping) else {}


def changed(event: Json) -> str | None:
    """The message that an edit changes; None for what is no edit."""
    about = relation(event)
    found = about.get("event_id") if about.get("rel_type") == "m.replace" else None
    return found if isinstance(found, str) else None


def body(event: Json) -> str:
    """What a message says, without the words of another that it replies to; what it says now,
    where it is an edit."""
    new = event["content"].get("m.new_content") if changed(event) else None
    words = (new if isinstance(new, Mapping) else event["content"]).get("body")
    if event.get("type") != "m.room.message" or not isinstance(words, str):
        return ""
    if relation(event) and words.startswith("> "):
        _, _, words = words.partition("\n\n")
    return words.strip()


def replied_to(place: Place, event: Json) -> MessageRef | None:
    """The message that another replies to."""
    above = relation(event).get("m.in_reply_to")
    found = above.get("event_id") if isinstance(above, Mapping) else None
    return MessageRef(place.room, found) if isinstance(found, str) else None


def edit_of(message: Json) -> Json | None:
    """The event of the last edit of a message, as the homeserver bundles it."""
    unsigned = message.get("unsigned")
    about = unsigned.get("m.relations") if isinstance(unsigned, Mapping) else None
    edit = about.get("m.replace") if isinstance(about, Mapping) else None
    if not isinstance(edit, dict) or not isinstance(edit.get("content"), dict):
        return None
    return edit if edit.get("sender") == message["sender"] else None


def sender(place: Place, event: Json) -> Account:
    """Who sent an event."""
    return Account(place.group.platform, event["sender"])
