"""Fading: answers that go from their reader's screen after a while, after a restart too.

Only the token of its interaction reaches such an answer, and for 15 minutes only.
https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages
"""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import datetime, timedelta
from typing import Final

import discord

from adapters.discord.again import until_done
from adapters.discord.client import Client
from adapters.discord.errors import as_ours
from bot.clock import Clock
from bot.errors import PlatformError
from bot.inbox import Memory

logger = logging.getLogger(__name__)

LONGEST: Final = timedelta(minutes=14)
_PATIENCE: Final = 60.0
"""Seconds for which it is tried to take one away: after them no token of the longest is good."""

_START: Final = "fading "


class Fading:
    """Takes answers away when their time is over."""

    def __init__(self, client: Client, memory: Memory, clock: Clock) -> None:
        self._client = client
        self._memory = memory
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun = False

    async def begin(self) -> None:
        """Go on with what was left when the bot stopped, once it is connected. Safe to repeat."""
        if self._begun:
            return
        self._begun = True
        for key, kept in (await self._memory.find(_START)).items():
            row = json.loads(kept)
            due = datetime.fromisoformat(row["due"])
            self._start(row["token"], int(key.removeprefix(_START)), due)

    async def keep(
        self, interaction: discord.Interaction, message_id: int, lifetime: timedelta
    ) -> None:
        """Take a message away after a while. Where that cannot be noted, until a restart only."""
        due = self._clock.now() + min(lifetime, LONGEST)
        self._start(interaction.token, message_id, due)
        row = json.dumps({"token": interaction.token, "due": due.isoformat()})
        try:
            await self._memory.put(f"{_START}{message_id}", row, LONGEST)
        except Exception:
            logger.exception("when an answer goes could not be kept")

    async def stop(self) -> None:
        """Let go; the next start goes on."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, token: str, message_id: int, due: datetime) -> None:
        task = asyncio.create_task(self._fade(token, message_id, due))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fade(self, token: str, message_id: int, due: datetime) -> None:
        await self._clock.sleep_until(due)
        application = self._client.application_id or 0
        hook = discord.Webhook.partial(application, token, client=self._client)

        async def take_away() -> None:
            with as_ours():
                await hook.delete_message(message_id)

        try:
            async with asyncio.timeout(_PATIENCE):
                await until_done(take_away)
        except PlatformError as error:
            logger.info("an answer could not be taken away", extra={"why": error.why})
        except TimeoutError:
            logger.warning("an answer could not be taken away in time")
        try:
            await self._memory.drop(f"{_START}{message_id}")
        except Exception:
            logger.exception("that an answer is gone could not be noted")
