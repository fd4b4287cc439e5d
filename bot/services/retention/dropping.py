"""Dropping: where a platform itself drops old messages, it does so beside the removals.

A platform's own dropping knows one age for a room. It spares no pinned message and no message
that was promised a longer time. So a room gets it only while nothing is pinned there and once its
lifetime has stood unchanged for as long as it is: then every message that is younger was promised
just that. Whether an older one still stands, the platform looks itself.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import PlatformError
from bot.inbox import Memory
from bot.model import Group, Room, RoomKind
from bot.reply import Text
from bot.services.directory import Directory, KnownRoom
from bot.services.retention.pins import Pins

logger = logging.getLogger(__name__)

SLACK: Final = timedelta(minutes=5)
"""What a platform waits longer than the bot: its clock may be ahead."""


class Dropping:
    """Asks platforms to drop, and takes that back before it could drop too soon."""

    def __init__(self, directory: Directory, pins: Pins, memory: Memory, clock: Clock) -> None:
        self._directory = directory
        self._pins = pins
        self._memory = memory
        self._clock = clock
        self._drops: set[Room] = set()

    async def look(self) -> None:
        """Settle every room anew; what cannot be settled now waits for the next look."""
        for group in self._directory.groups():
            for known in self._directory.rooms(group, RoomKind.CIRCLE):
                await self.settle(known)

    async def settle(self, known: KnownRoom) -> None:
        """Have a room's old messages dropped, or not any more."""
        try:
            await self._tell(known, await self._age(known))
        except PlatformError as error:
            logger.info("dropping could not be settled", extra={"why": error.why})

    async def before_change(self, known: KnownRoom) -> None:
        """A room's lifetime is about to change. Raises `PlatformError`: then it must not yet."""
        await self._memory.put(self._key(known), self._clock.now().isoformat())
        if known.kind is RoomKind.CIRCLE:
            await self._tell(known, None)

    async def pins_changed(self, room: Room) -> None:
        """Somebody pinned or unpinned."""
        known = self._directory.known.get(room)
        if known is not None and known.kind is RoomKind.CIRCLE:
            await self.settle(known)

    async def status(self, group: Group) -> list[Text]:
        """The rooms in which the platform drops."""
        rooms = (known.room for known in self._directory.rooms(group, RoomKind.CIRCLE))
        return [Text("status-drops", {"room": room}) for room in rooms if room in self._drops]

    async def _tell(self, known: KnownRoom, age: timedelta | None) -> None:
        if await self._directory.chat(known.room.group).drop_older(known.room, age):
            self._drops.add(known.room)
        else:
            self._drops.discard(known.room)

    async def _age(self, known: KnownRoom) -> timedelta | None:
        if known.lifetime is None or await self._pins.of(known.room):
            return None
        since = await self._memory.get(self._key(known))
        now = self._clock.now()
        if since is None:
            # From before this was noted.
            await self._memory.put(self._key(known), now.isoformat())
            return None
        unchanged = now - datetime.fromisoformat(since)
        return known.lifetime + SLACK if unchanged >= known.lifetime else None

    def _key(self, known: KnownRoom) -> str:
        return f"lifetime since {known.id.hex()}"
