"""Fading: answers that go by themselves after a while, after a restart too."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import datetime, timedelta
from typing import Final

from adapters.matrix.again import until_done
from adapters.matrix.client import Client
from bot.clock import Clock
from bot.errors import PlatformError
from bot.inbox import Memory

logger = logging.getLogger(__name__)

_START: Final = "fading "


class Fading:
    """Takes own messages away when their time is over."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._memory: Memory | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, memory: Memory) -> None:
        """Go on with what was left when the bot stopped."""
        self._memory = memory
        for key, kept in (await memory.find(_START)).items():
            event_id = key.removeprefix(_START)
            row = json.loads(kept)
            self._start(row["room"], event_id, datetime.fromisoformat(row["due"]))

    async def keep(self, room_id: str, event_id: str, lifetime: timedelta) -> None:
        """Take a message away after a while. Where that cannot be noted, until a restart only."""
        due = self._clock.now() + lifetime
        self._start(room_id, event_id, due)
        if self._memory is not None:
            try:
                row = json.dumps({"room": room_id, "due": due.isoformat()})
                await self._memory.put(f"{_START}{event_id}", row)
            except Exception:
                logger.exception("when an answer goes could not be kept")

    async def stop(self) -> None:
        """Let go; the next start goes on."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, room_id: str, event_id: str, due: datetime) -> None:
        task = asyncio.create_task(self._fade(room_id, event_id, due))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fade(self, room_id: str, event_id: str, due: datetime) -> None:
        await self._clock.sleep_until(due)
        try:
            await until_done(lambda: self._client.redact(room_id, event_id, f"fade {event_id}"))
        except PlatformError as error:
            logger.info("an answer could not be taken away", extra={"why": error.why})
        if self._memory is not None:
            memory = self._memory
            await until_done(lambda: memory.drop(f"{_START}{event_id}"))
