"""What a client shows of its rooms: messages with their edits, reactions and removals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Message:
    """A message as it is shown now."""

    room: str
    id: str
    sender: str
    text: str
    html: str | None
    content: Json
    """As first sent."""
    readable: bool = True
    """False where the client has no key for it."""
    edited: bool = False
    reactions: dict[str, set[str]] = field(default_factory=dict)
    """Who put which reaction on it."""

    @property
    def reply_to(self) -> str | None:
        """The message it answers."""
        relation = self.content.get("m.relates_to", {})
        found: str | None = relation.get("m.in_reply_to", {}).get("event_id")
        return found


class Sight:
    """The rooms of one client. Events are taken as they come, an opened one once more."""

    def __init__(self) -> None:
        self._messages: dict[str, dict[str, Message]] = {}
        self._reactions: dict[str, tuple[str, str, str]] = {}

    def messages(self, room: str) -> list[Message]:
        """What is in sight in a room, oldest first."""
        return list(self._messages.get(room, {}).values())

    def has_reaction(self, room: str, message: str, key: str, *, not_by: str) -> bool:
        """Whether somebody else put this reaction on a message."""
        found = self._messages.get(room, {}).get(message)
        return found is not None and bool(found.reactions.get(key, set()) - {not_by})

    def told(self, room: str) -> list[str]:
        """The room in short, for a failure."""
        return [
            f"{each.sender.partition(':')[0]}: {each.text if each.readable else '(no key)'}"
            for each in self.messages(room)[-20:]
        ]

    def take(self, room: str, event: Json) -> None:
        """Show an event of a room's timeline."""
        shown, content, kind = self._messages.setdefault(room, {}), event["content"], event["type"]
        if kind == "m.room.redaction":
            self._remove(shown, event.get("redacts") or content.get("redacts"))
            return
        if "state_key" in event or not content:
            return
        relation = content.get("m.relates_to") or {}
        target = shown.get(relation.get("event_id", ""))
        match relation.get("rel_type"):
            case "m.annotation":
                if target is not None:
                    target.reactions.setdefault(relation["key"], set()).add(event["sender"])
                    self._reactions[event["event_id"]] = (
                        target.id,
                        relation["key"],
                        event["sender"],
                    )
            case "m.replace":
                new = content.get("m.new_content")
                if target is not None and new and target.sender == event["sender"]:
                    target.text, target.html = new.get("body", ""), new.get("formatted_body")
                    target.edited = True
            case _:
                self._add(shown, room, event)

    def _add(self, shown: dict[str, Message], room: str, event: Json) -> None:
        content, known = event["content"], shown.get(event["event_id"])
        shown[event["event_id"]] = Message(
            room,
            event["event_id"],
            event["sender"],
            content.get("body", ""),
            content.get("formatted_body"),
            content,
            readable=event["type"] != "m.room.encrypted",
            reactions=known.reactions if known else {},
        )

    def _remove(self, shown: dict[str, Message], event: str) -> None:
        shown.pop(event, None)
        if event in self._reactions:
            message, key, sender = self._reactions.pop(event)
            if message in shown:
                shown[message].reactions.get(key, set()).discard(sender)
