"""Backfill: what was written while the bot was away, from the history of channels and threads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any, Final

import discord

from adapters.discord.again import until_done
from adapters.discord.budget import patiently
from adapters.discord.errors import as_ours
from adapters.discord.hearing import Hearing
from adapters.discord.progress import Progress
from adapters.discord.rooms import Rooms
from bot.errors import PlatformError
from bot.model import Room

logger = logging.getLogger(__name__)

PAGE: Final = 100
"""Messages in one answer; so many are with the core at once for each room."""
_AT_ONCE: Final = 4
"""Rooms that are read side by side."""
_REREAD: Final = 5
"""Pages before the last message that was heard in which changes are looked for: history tells no
other way what was changed, and to read all of it at each start would take hours."""


class Backfill:
    """Reads history. What is read is handed in, page by page, and noted as done page by page."""

    def __init__(self, rooms: Rooms, hearing: Hearing, progress: Progress) -> None:
        self._rooms = rooms
        self._hearing = hearing
        self._progress = progress
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def catch_up(self, guild: discord.Guild, room: Room) -> None:
        """Hand in what was written in a room and its threads since it was last heard."""
        async with self._slots:
            with patiently():
                try:
                    async for channel in self._channels(room):
                        await self._read(guild, channel)
                except PlatformError as error:
                    # The right is missing or the channel is gone; moderators hear of that.
                    logger.warning("the history of a room cannot be read", extra={"why": error.why})
        self._hearing.caught_up(room)

    async def _channels(self, room: Room) -> AsyncIterator[Any]:
        """A room's channel, and its threads that may hold something new."""
        channel = self._rooms.channel(room)
        if not isinstance(channel, discord.ForumChannel):
            yield channel
        for thread in list(self._rooms.threads(room)):
            yield thread
        since = discord.utils.snowflake_time(self._progress.last)
        async for thread in archived(channel, since):
            yield thread

    async def _read(self, guild: discord.Guild, channel: Any) -> None:
        thread = isinstance(channel, discord.Thread)
        since = self._progress.since(guild.id, channel.id, thread=thread)
        await self._reread(channel, since)
        while True:
            page = await until_done(partial(page_of, channel, after=discord.Object(since)))
            await asyncio.gather(*(self._hearing.read(message) for message in page))
            if len(page) < PAGE:
                return
            since = page[-1].id

    async def _reread(self, channel: Any, since: int) -> None:
        """Look at the last messages that were heard: they may have been changed since."""
        heard = discord.utils.snowflake_time(since)
        before = since + 1
        for _ in range(_REREAD):
            page = partial(page_of, channel, before=discord.Object(before))
            earlier = await until_done(page)
            for message in earlier:
                if message.edited_at is not None and message.edited_at > heard:
                    self._hearing.reread(message, live=False)
            if len(earlier) < PAGE:
                return
            before = earlier[0].id


async def page_of(channel: Any, **between: Any) -> list[discord.Message]:
    """One page of a channel's history, oldest first."""
    with as_ours():
        found = [each async for each in channel.history(limit=PAGE, **between)]
    return sorted(found, key=lambda message: message.id)


async def archived(
    channel: discord.abc.GuildChannel, since: datetime | None = None
) -> AsyncIterator[discord.Thread]:
    """The archived threads of a channel; with `since` those alone that were archived after it."""
    lists: list[AsyncIterator[discord.Thread]] = []
    if isinstance(channel, discord.TextChannel):
        lists.append(channel.archived_threads(limit=None))
        if channel.permissions_for(channel.guild.me).manage_threads:
            lists.append(channel.archived_threads(limit=None, private=True))
    elif isinstance(channel, discord.ForumChannel):
        lists.append(channel.archived_threads(limit=None))
    for each in lists:
        with as_ours():
            async for thread in each:
                if since is not None and thread.archive_timestamp < since:
                    break
                yield thread
