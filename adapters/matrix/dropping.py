"""Dropping: `m.room.retention`, where the homeserver enforces it.

Synapse hides what is older than the room's `max_lifetime` at once, in encrypted rooms too, and
deletes it within a day. It tells an ordinary account that it does so at one address alone
(MSC1763), and only where its admin switched that on as well.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from adapters.matrix import power
from adapters.matrix.client import Client
from adapters.matrix.transport import RefusedByServer
from bot.clock import Clock
from bot.errors import Forbidden, Gone

_RETENTION: Final = "m.room.retention"
_TOLD_AT: Final = "/unstable/org.matrix.msc1763/retention/configuration"
_LONGEST: Final = "max_lifetime"
_NOTHING: Final = {"min_lifetime": 0}
"""Takes back. Empty, Synapse 1.163.2 goes on hiding by what it had said before, until a restart."""
_PAGE: Final = 500
_NO_WORDS: Final = frozenset({"m.room.redaction", "m.reaction"})


class Dropping:
    """Sets it and takes it back. What somebody else set is left as it is."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def settle(self, room_id: str, age: timedelta | None) -> bool:
        """Have the homeserver drop what is older (None: no more); whether it does now.

        Not in a room that others made, of which the bot may not have seen all, and not while a
        message that is older still stands.
        """
        state = self._client.rooms[room_id].events
        now = power.event(state, _RETENTION)
        said = power.content(state, _RETENTION)
        if said and now.get("sender") != self._client.user:
            return False
        wanted = None if age is None else {_LONGEST: int(age.total_seconds() * 1000)}
        if wanted is not None and wanted == said:
            return True
        if age is not None and wanted is not None and await self._may(room_id, age):
            await self._say(room_id, wanted)
            return True
        if _LONGEST in said:
            await self._say(room_id, _NOTHING)
        return False

    async def _say(self, room_id: str, content: dict[str, int]) -> None:
        event_id = await self._client.set_state(room_id, _RETENTION, content)
        # The sync tells of it in a moment; what takes it back before that must know it too.
        mine = {"type": _RETENTION, "state_key": "", "sender": self._client.user}
        said = {**mine, "event_id": event_id, "content": content}
        self._client.take_state_event(room_id, said)

    async def _may(self, room_id: str, age: timedelta) -> bool:
        made = power.event(self._client.rooms[room_id].events, "m.room.create")
        return (
            made.get("sender") == self._client.user
            and await self._enforces(age)
            and not await self._stands(room_id, age)
        )

    async def _enforces(self, age: timedelta) -> bool:
        try:
            told = await self._client.request("GET", _TOLD_AT)
        except (Forbidden, Gone, RefusedByServer):
            return False
        # A homeserver that allows less would drop sooner than was promised.
        limit = _inside(told, "limits", _LONGEST, "max")
        return not isinstance(limit, int) or limit >= age.total_seconds() * 1000

    async def _stands(self, room_id: str, age: timedelta) -> bool:
        """Whether there is a message that is older: kept from before, pinned, or not removable."""
        until = (self._clock.now() - age).timestamp() * 1000
        start: str | None = None
        while True:
            page, start = await self._client.messages(room_id, start, limit=_PAGE)
            for event in page:
                if event.get("origin_server_ts", 0) >= until:
                    return False
                if "state_key" in event or event.get("type") in _NO_WORDS:
                    continue
                if event.get("content"):
                    return True
            if start is None or not page:
                return False


def _inside(told: Any, *names: str) -> Any:
    for name in names:
        told = told.get(name) if isinstance(told, dict) else None
    return told
