"""Leaking: rooms of a group that do not keep its promises, in words for moderators."""

from __future__ import annotations

from typing import Final

from adapters.matrix.blueprints import Fault, faults
from adapters.matrix.client import Client
from adapters.matrix.rooms import Rooms
from bot.model import Group
from bot.reply import Text

_SAID: Final = {
    Fault.HISTORY: "matrix-leak-history",
    Fault.ANYBODY_READS: "matrix-leak-anybody-reads",
    Fault.ANYBODY_JOINS: "matrix-leak-anybody-joins",
    Fault.MEMBERS_INVITE: "matrix-leak-members-invite",
    Fault.NOT_ENCRYPTED: "matrix-leak-not-encrypted",
}


def leaks(client: Client, rooms: Rooms, group: Group) -> list[Text]:
    """What is wrong with each room as the sync told it last, and the command that mends it."""
    knock = rooms.knocks(group)
    found = [
        Text(_SAID[fault], {"room": place.room})
        for place in rooms.of(group)
        if place.kind is not None
        for fault in faults(place.kind, client.rooms[place.room_id].events, knock=knock)
    ]
    return [*found, Text("matrix-leak-mend")] if found else []
