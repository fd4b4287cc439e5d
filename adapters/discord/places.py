"""What each role and channel of a Discord server is for, as the set-up wrote it down.

Only the bot says what a channel is for: neither a channel's name nor its place in the list
decides, so nobody opens a room by renaming one. Kept sealed in the adapter's memory; where that is
lost, the set-up finds the channels again by their names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.inbox import Memory
from bot.model import RoomKind

_KEPT: Final = "places "


@dataclass(frozen=True)
class Places:
    """One server's roles and channels. All are Discord's ids."""

    guild: int
    member: int
    """The role that opens the group's rooms. The gate gives and takes it."""
    moderator: int
    """Whoever has this role is a moderator. People give it, never the bot."""
    rooms: Mapping[int, RoomKind] = field(default_factory=dict)
    """One lobby (the rules channel), one or more rooms of the group, the moderators' channel."""
    write: int | None = None
    """Where the standing buttons are ("Post anonymously", "Messages for me"). Members read it and
    write nothing there, so it is no room of the core. None: there is no such channel."""

    def of(self, kind: RoomKind) -> list[int]:
        """The channels of a kind, in the order in which they were made."""
        return [channel for channel, each in self.rooms.items() if each is kind]


async def load(memory: Memory) -> dict[int, Places]:
    """Every server that was set up, by its id."""
    found = {}
    for kept in (await memory.find(_KEPT)).values():
        told = json.loads(kept)
        rooms = {int(channel): RoomKind(kind) for channel, kind in told.pop("rooms").items()}
        found[told["guild"]] = Places(rooms=rooms, **told)
    return found


async def save(memory: Memory, places: Places) -> None:
    """Write down what a server's roles and channels are for, over what stood there."""
    told = {
        "guild": places.guild,
        "member": places.member,
        "moderator": places.moderator,
        "rooms": {str(channel): kind.value for channel, kind in places.rooms.items()},
        "write": places.write,
    }
    await memory.put(f"{_KEPT}{places.guild}", json.dumps(told))
