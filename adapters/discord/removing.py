"""Removing: one call for many messages where Discord allows it, else one for each.

Discord takes 2 to 100 messages in one call, all of one channel and younger than 14 days; a single
older one fails the whole call. Nothing counts as gone that Discord did not confirm.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import discord

from adapters.discord.budget import patiently
from adapters.discord.client import Client
from adapters.discord.errors import as_ours
from adapters.discord.private_words import PrivateWords
from adapters.discord.rooms import Rooms, where
from bot.chat import Removal, Retry
from bot.errors import Forbidden, Gone, PlatformError, TryLater
from bot.model import MessageRef

logger = logging.getLogger(__name__)

_MOST: Final = 100
_YOUNG: Final = timedelta(days=14) - timedelta(minutes=5)
"""What is younger than this by our clock is younger than 14 days by Discord's."""
_AT_ONCE: Final = 4
"""Single removals under way, over all rooms."""
_ARCHIVED: Final = 50083

_NO_TITLE: Final = "\u2026"

Done = dict[MessageRef, Removal | Retry]


class Removing:
    """Removes messages."""

    def __init__(self, client: Client, rooms: Rooms, private_words: PrivateWords) -> None:
        self._client = client
        self._rooms = rooms
        self._private_words = private_words
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal | Retry]:
        """Remove messages; answers for each."""
        done: Done = {}
        alone = [ref for ref in refs if self._private_words.are(ref)]
        if alone:
            done.update(await self._private_words.remove(alone))
        channels: dict[int, list[MessageRef]] = {}
        for ref in refs:
            if ref in done:
                continue
            try:
                self._rooms.guild(ref.room.group)
            except PlatformError:
                # The bot was put out of the server, or Discord has lost sight of it for now. The
                # messages stand there still.
                done[ref] = Retry(timedelta(minutes=1))
                continue
            channels.setdefault(where(ref)[0], []).append(ref)
        with patiently():
            found = await asyncio.gather(*(self._in(*each) for each in channels.items()))
        for each in found:
            done.update(each)
        return {ref: done[ref] for ref in refs}

    async def _in(self, channel_id: int, refs: list[MessageRef]) -> Done:
        done: Done = {}
        oldest = discord.utils.time_snowflake(datetime.now(UTC) - _YOUNG)
        young = [ref for ref in refs if where(ref)[1] > oldest]
        for start in range(0, len(young), _MOST):
            some = young[start : start + _MOST]
            if len(some) > 1:
                done.update(await self._bulk(channel_id, some))
        done |= await self._each(channel_id, [ref for ref in refs if ref not in done])
        for ref in refs:
            if done[ref] is Removal.GONE and self._begins_thread(ref):
                await self._untitle(where(ref)[1])
        return done

    def _begins_thread(self, ref: MessageRef) -> bool:
        """Whether a thread began with a message, whose id it has. Outside of forums, one that is
        archived is not known."""
        channel_id, message_id = where(ref)
        try:
            room = self._rooms.channel(ref.room)
        except PlatformError:
            return False
        in_forum = isinstance(room, discord.ForumChannel) and channel_id == message_id
        return in_forum or room.guild.get_thread(message_id) is not None

    async def _untitle(self, thread_id: int) -> None:
        """A thread's title goes with the message it began with; with nothing below, all goes."""
        http = self._client.http
        try:
            with as_ours():
                if await http.logs_from(thread_id, 1):
                    await http.edit_channel(thread_id, name=_NO_TITLE)
                else:
                    await http.delete_channel(thread_id)
        except PlatformError as error:
            logger.warning("the title of a thread stays", extra={"why": error.why})

    async def _bulk(self, channel_id: int, refs: list[MessageRef]) -> Done:
        """Remove in one call; empty where that is refused as a whole."""
        ids: list[str | int] = [where(ref)[1] for ref in refs]
        try:
            with as_ours():
                await self._client.http.delete_messages(channel_id, ids)
        except TryLater as error:
            return dict.fromkeys(refs, Retry(error.after))
        except PlatformError as error:
            # Without the right, the bot's own messages still go singly.
            logger.info("messages go singly", extra={"why": error.why})
            return {}
        return dict.fromkeys(refs, Removal.GONE)

    async def _each(self, channel_id: int, refs: list[MessageRef]) -> Done:
        done: Done = {}
        later: Retry | None = None

        async def one(ref: MessageRef) -> None:
            nonlocal later
            async with self._slots:
                if later is not None:
                    done[ref] = later
                    return
                try:
                    done[ref] = await self._one(channel_id, where(ref)[1])
                except TryLater as error:
                    later = done[ref] = Retry(error.after)

        await asyncio.gather(*(one(ref) for ref in refs))
        return done

    async def _one(self, channel_id: int, message_id: int) -> Removal:
        try:
            await self._delete(channel_id, message_id)
        except TryLater:
            raise
        except Gone:
            return Removal.GONE
        except Forbidden:
            return Removal.FORBIDDEN
        except PlatformError as error:
            logger.info("a message cannot be removed", extra={"why": error.why})
            return Removal.FORBIDDEN
        return Removal.GONE

    async def _delete(self, channel_id: int, message_id: int) -> None:
        http = self._client.http
        with as_ours():
            try:
                await http.delete_message(channel_id, message_id)
            except discord.HTTPException as error:
                if error.code != _ARCHIVED:
                    raise
                # It archives itself again.
                await http.edit_channel(channel_id, archived=False)
                await http.delete_message(channel_id, message_id)
