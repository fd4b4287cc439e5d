"""Whether the clock can be trusted to remove messages by. A clock that jumps removes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.chat import Chat
from bot.clock import Clock
from bot.errors import PlatformError

LONGEST_JUMP = timedelta(seconds=60)
"""How far wall time may run ahead of monotonic time within one run."""

AGREEMENT = timedelta(minutes=5)
"""How far the platform's own time may be from the wall clock."""


class TrustedTime:
    """Compares the wall clock with monotonic time and with what the platforms say.

    Plain downtime is no jump: a new run starts with new marks and asks the platforms first.
    """

    def __init__(self, clock: Clock, chats: Mapping[str, Chat]) -> None:
        self._clock = clock
        self._chats = chats
        self._wall = clock.now()
        self._monotonic = clock.monotonic()
        self._agreed: set[str] = set()
        self._asking: dict[str, asyncio.Task[bool]] = {}

    def jumped(self) -> bool:
        """Whether the wall clock ran ahead since the last time all was well."""
        wall = self._clock.now() - self._wall
        run = timedelta(seconds=self._clock.monotonic() - self._monotonic)
        return wall - run > LONGEST_JUMP

    async def trusted(self, platform: str) -> bool:
        """Whether messages on a platform may be removed by the clock right now.

        After a jump, and once at the start of a run, the platform's own time decides. A platform
        that tells no time is believed at the start and cannot mend a jump.
        """
        if not self.jumped() and platform in self._agreed:
            return True
        asking = self._asking.get(platform)
        if asking is None:
            # Every room with something due asks at once, at a start; one question is enough.
            asking = self._asking[platform] = asyncio.create_task(self._agrees(platform))
            asking.add_done_callback(partial(self._asked, platform))
        return await asyncio.shield(asking)

    def _asked(self, platform: str, asking: asyncio.Task[bool]) -> None:
        del self._asking[platform]
        if not asking.cancelled():
            # Who asked has it, unless they were stopped meanwhile.
            asking.exception()

    async def _agrees(self, platform: str) -> bool:
        jumped = self.jumped()
        told = await self._platform_time(platform)
        agrees = not jumped if told is None else abs(told - self._clock.now()) <= AGREEMENT
        if not agrees:
            self._agreed.discard(platform)
            return False
        if jumped:
            self._wall, self._monotonic = self._clock.now(), self._clock.monotonic()
            self._agreed.clear()
        self._agreed.add(platform)
        return True

    async def _platform_time(self, platform: str) -> datetime | None:
        try:
            return await self._chats[platform].now()
        except PlatformError:
            return None
