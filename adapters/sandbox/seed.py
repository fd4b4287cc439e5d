"""The circle that the sandbox starts with. Everybody in it is made up."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

GROUP = "circle"
LOBBY, EVENING, WINS, MODERATORS = "start-here", "evening-circle", "small-wins", "moderators"

ARRIVALS = ("Fern", "Sage", "Clover", "Heath", "Linden", "Tansy", "Rowan", "Bramble")
"""Names for those who arrive later, in this order, then with a number."""

_ROOMS = (
    (LOBBY, "Start here", "lobby"),
    (EVENING, "Evening circle", "circle"),
    (WINS, "Small wins", "circle"),
    (MODERATORS, "Moderators", "moderators"),
)
_PEOPLE = (
    ("wren", "Wren", "member", True),
    ("juniper", "Juniper", "member", False),
    ("basil", "Basil", "member", False),
    ("ana", "Ana", "moderator", False),
    ("moss", "Moss", "moderator", False),
)


def fresh() -> dict[str, Any]:
    """The state of a world in which nothing was said yet. The newcomer has not arrived."""
    return {
        "version": 1,
        "id": secrets.token_hex(6),
        "seq": 0,
        "acked": 0,
        "shift": 0.0,
        "groups": {GROUP: {"name": "Our circle", "language": "en", "hold": True}},
        "rooms": {handle: new_room(GROUP, name, kind) for handle, name, kind in _ROOMS},
        "accounts": {
            handle: {"name": name, "language": "en", "automated": False}
            for handle, name, _, _ in _PEOPLE
        },
        "people": {
            GROUP: {
                handle: {"role": role, "held": held, "here": not held}
                for handle, _, role, held in _PEOPLE
            }
        },
        "keys": {},
        "log": [],
        "commands": [],
    }


def new_room(group: str, name: str, kind: str) -> dict[str, Any]:
    """A room in which the bot may do everything."""
    rights = ["read", "post", "remove"]
    return {"group": group, "name": name, "kind": kind, "rights": rights, "messages": {}}


def new_message(at: datetime) -> dict[str, Any]:
    """A message that says nothing yet."""
    return {
        "text": "",
        "buttons": [],
        "files": [],
        "links": [],
        "form": None,
        "lock": None,
        "attachments": [],
        "at": at.isoformat(),
        "edited": False,
        "pinned": False,
        "reply_to": None,
        "only": None,
        "answer_to": None,
        "due": None,
        "lasts": False,
        "event": None,
    }
