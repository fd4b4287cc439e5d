"""Waiting: messages whose key is not here. Asked for, waited for, given up, and read after all."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final

from adapters.matrix.again import until_done, until_written
from adapters.matrix.client import Client
from adapters.matrix.transport import Json
from bot.inbox import Memory

logger = logging.getLogger(__name__)

PATIENCE: Final = 10.0
"""Seconds that a message may wait for its key before it counts as unreadable."""
REMEMBERED: Final = timedelta(days=7)
"""How long a message that was given up is read after all, should its key come."""

_START: Final = "waiting "
_MOST_KEYS: Final = 5_000
"""Keys that messages are remembered for; of more, the oldest are forgotten."""
_MOST: Final = 200
"""Messages remembered for each key, which opens 100 of one sender at usual settings."""


class Waiting:
    """Keeps only which message waits for which key, never what stands in it.

    `late` is called with the room and the opened event of a message that was given up before.
    """

    def __init__(
        self, client: Client, memory: Memory, late: Callable[[str, Json], Awaitable[None]]
    ) -> None:
        self._client = client
        self._memory = memory
        self._late = late
        self._given_up: dict[str, list[str]] = {}
        self._came: dict[str, asyncio.Event] = {}

    async def load(self) -> None:
        """Remember what an earlier run gave up."""
        found = await self._memory.find(_START)
        self._given_up = {key: json.loads(events) for key, events in found.items()}

    async def for_key(self, room_id: str, event: Json) -> Json | None:
        """Ask for an event's key and wait a little; the opened event, or None: given up, noted."""
        session = event["content"].get("session_id")
        if not isinstance(session, str):
            return None
        key = f"{_START}{room_id} {session}"
        came = self._came.setdefault(key, asyncio.Event())
        try:
            await self._client.crypto.ask_for_key(room_id, event)
        except Exception:
            # Neither the homeserver nor the disk may stand in the way of saying so.
            logger.warning("a key could not be asked for")
        if key not in self._given_up:
            with suppress(TimeoutError):
                await asyncio.wait_for(came.wait(), PATIENCE)
        opened = self._client.opened(room_id, event)
        if opened is not event:
            return opened
        self._came.pop(key, None)
        events = self._given_up.setdefault(key, [])
        if event["event_id"] not in events and len(events) < _MOST:
            events.append(event["event_id"])
            await until_written(lambda: self._memory.put(key, json.dumps(events), REMEMBERED))
        while len(self._given_up) > _MOST_KEYS:
            oldest = next(iter(self._given_up))
            del self._given_up[oldest]
            await until_written(partial(self._memory.drop, oldest))
        return None

    async def key_came(self, room_id: str, session_id: str) -> None:
        """A key is here: what waits for it goes on, and what was given up is read after all."""
        key = f"{_START}{room_id} {session_id}"
        if came := self._came.pop(key, None):
            came.set()
        for event_id in list(self._given_up.get(key, ())):
            event = await until_done(partial(self._client.event, room_id, event_id))
            if event is not None and event.get("type") != "m.room.encrypted":
                await self._late(room_id, event)
            self._given_up[key].remove(event_id)
        if self._given_up.pop(key, None) is not None:
            await until_written(lambda: self._memory.drop(key))
