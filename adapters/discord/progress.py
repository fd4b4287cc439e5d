"""Progress: up to which message of each channel or thread the core has everything for good.

Discord tells what was missed only while a session can be resumed. So for each channel the last
message is noted before which nothing is left to do, and what came after it is read from history at
the next start. A note may be behind, which costs an event that comes twice; never ahead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Final

import discord

from adapters.discord.again import pause
from bot.inbox import Memory

logger = logging.getLogger(__name__)

_CHANNEL: Final = "seen "
_THREAD: Final = "seen thread "
_BEGAN: Final = "began "
_THREADS_LAST: Final = timedelta(days=60)
"""How long it is remembered how far a thread was read. One that was quiet longer than that and is
written in while the bot is away is read from there."""
_EVERY: Final = 1.0
"""Seconds between two notes: a commit for each message would be a second one for each."""


class Progress:
    """Counts what is done, and notes it."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._through: dict[int, int] = {}
        self._threads: set[int] = set()
        self._pending: dict[int, set[int]] = {}
        self._in_order: dict[int, list[int]] = {}
        """Heaps of what was begun and has something unfinished at or before it."""
        self._began: dict[int, int] = {}
        self._dirty: set[int] = set()
        self._wake = asyncio.Event()
        self.last = 0
        """The newest message that was noted anywhere when the bot stopped."""

    async def load(self, guild_ids: Iterable[int]) -> None:
        """Read what was noted. A server that is new begins now."""
        now = discord.utils.time_snowflake(datetime.now(UTC))
        for key, kept in (await self._memory.find(_CHANNEL)).items():
            channel = int(key.rpartition(" ")[2])
            self._through[channel] = int(kept)
            if key.startswith(_THREAD):
                self._threads.add(channel)
        for guild_id in guild_ids:
            began = await self._memory.get(f"{_BEGAN}{guild_id}")
            if began is None:
                await self._memory.put(f"{_BEGAN}{guild_id}", str(now))
            self._began[guild_id] = now if began is None else int(began)
        self.last = max([*self._through.values(), *self._began.values()], default=now)

    def since(self, guild_id: int, channel_id: int, *, thread: bool) -> int:
        """The id of the message after which a channel is to be read."""
        known = self._through.get(channel_id)
        if known is not None:
            return known
        oldest = discord.utils.time_snowflake(datetime.now(UTC) - _THREADS_LAST) if thread else 0
        return max(self._began[guild_id], oldest)

    def begins(self, channel_id: int, message_id: int, *, thread: bool) -> None:
        """A message is handed to the core."""
        self._pending.setdefault(channel_id, set()).add(message_id)
        heappush(self._in_order.setdefault(channel_id, []), message_id)
        if thread:
            self._threads.add(channel_id)

    def is_done(self, channel_id: int, message_id: int) -> None:
        """The core has it for good."""
        pending, in_order = self._pending[channel_id], self._in_order[channel_id]
        pending.discard(message_id)
        newest = 0
        # Not the least of all that is pending: in a flood that would be a search for each.
        while in_order and in_order[0] not in pending:
            newest = heappop(in_order)
        if in_order and in_order[0] < message_id:
            newest = in_order[0] - 1
        if newest > self._through.get(channel_id, 0):
            self._through[channel_id] = newest
            self._dirty.add(channel_id)
            self._wake.set()

    async def note(self) -> None:
        """Write down what is done, until cancelled."""
        failed = 0
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._write()
            except Exception:
                logger.warning("the store cannot be written")
                await asyncio.sleep(pause(failed))
                failed += 1
                self._wake.set()
                continue
            failed = 0
            await asyncio.sleep(_EVERY)

    async def _write(self) -> None:
        dirty, self._dirty = self._dirty, set()
        try:
            rooms = {f"{_CHANNEL}{n}": str(self._through[n]) for n in dirty - self._threads}
            threads = {f"{_THREAD}{n}": str(self._through[n]) for n in dirty & self._threads}
            if rooms:
                await self._memory.put_many(rooms)
            if threads:
                await self._memory.put_many(threads, _THREADS_LAST)
        except BaseException:
            self._dirty |= dirty
            raise
