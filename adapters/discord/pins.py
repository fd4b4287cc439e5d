"""Pins: what is pinned in a room and in its threads."""

from __future__ import annotations

from typing import Any

import discord

from adapters.discord.client import Client
from adapters.discord.errors import as_ours
from adapters.discord.rooms import Channel, Rooms
from bot.errors import PlatformError
from bot.model import MessageRef, Room


class Pins:
    """Asks for pins. Those of a thread are asked for once, and again when they changed."""

    def __init__(self, client: Client, rooms: Rooms) -> None:
        self._client = client
        self._rooms = rooms
        self._known: dict[int, list[int]] = {}

    async def of(self, room: Room, channel: discord.abc.GuildChannel) -> list[MessageRef]:
        """The pinned messages of a room at this moment."""
        found: list[MessageRef] = []
        if not isinstance(channel, discord.ForumChannel):
            found += [self._rooms.ref(room, channel.id, pin) for pin in await self._ask(channel)]
        for thread in list(self._rooms.threads(room)):
            if thread.id not in self._known:
                try:
                    self._known[thread.id] = await self._ask(thread)
                except PlatformError:
                    # It went meanwhile.
                    continue
            found += [self._rooms.ref(room, thread.id, pin) for pin in self._known[thread.id]]
        return found

    def changed(self, channel: Channel) -> None:
        """Something was pinned somewhere, or a pin taken away."""
        self._known.pop(channel.id, None)

    def forget(self) -> None:
        """Something may have changed that nobody told of."""
        self._known.clear()

    async def _ask(self, channel: Any) -> list[int]:
        with as_ours():
            return [message.id async for message in channel.pins(limit=None)]
