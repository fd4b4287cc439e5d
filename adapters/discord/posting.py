"""Posting: what the bot sends stands there once, whatever breaks in between.

what breaks                              what keeps it at one message
the answer is lost, or the bot dies      Discord gives the first message for the same nonce
that was longer ago than Discord         the messages since are looked through for the bot's own
remembers a nonce                        that says the same and is no other key's
all went well, and the core asks again   the message's id was noted under its key
"""

from __future__ import annotations

import hashlib
import logging
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import discord

from adapters.discord.client import Client
from adapters.discord.errors import as_ours
from bot.errors import Unknown
from bot.inbox import Memory

logger = logging.getLogger(__name__)

_POST: Final = "post "
_TAKEN: Final = "posted "
_REMEMBERED: Final = timedelta(days=7)
"""How long a key is known after its message was sent."""
_NONCE_LASTS: Final = timedelta(minutes=1)
"""Discord remembers a nonce for "the past few minutes". This is on the safe side of that.
https://docs.discord.com/developers/resources/message#create-message"""
_EARLIER: Final = timedelta(minutes=3)
"""How far Discord's clock may be behind ours when its messages are looked through."""


class Sendable(Protocol):
    """What is to be sent, as `render.Rendered` has it."""

    def to_send(self) -> dict[str, Any]:
        """The arguments for `channel.send`."""

    def says(self, message: discord.Message) -> bool:
        """Whether a message that was sent says the same."""


class Posting:
    """Sends messages, each key once."""

    def __init__(self, client: Client, memory: Memory) -> None:
        self._client = client
        self._memory = memory

    async def send(
        self, channel_id: int, rendered: Sendable, *, key: str, since: datetime | None = None
    ) -> int:
        """Send to a channel and return the message's id; the same for the same key.

        `since`: when this was tried first. Raises `Unknown` where two messages could be that.
        """
        name = _name(key)
        known = await self._memory.get(f"{_POST}{name}")
        if known is not None:
            return int(known)
        found = None
        if since is not None and datetime.now(UTC) - since > _NONCE_LASTS:
            found = await self._find(channel_id, rendered, since)
        if found is None:
            channel = self._client.get_partial_messageable(channel_id)
            with as_ours():
                found = (await channel.send(**rendered.to_send(), nonce=name)).id
        try:
            kept = {f"{_POST}{name}": str(found), f"{_TAKEN}{found}": name}
            await self._memory.put_many(kept, _REMEMBERED)
        except Exception:
            # It is sent. Asked again, the nonce and the look through the messages find it.
            logger.warning("what was sent cannot be noted")
        return found

    async def _find(self, channel_id: int, rendered: Sendable, since: datetime) -> int | None:
        """The message that an earlier try left; None where there surely is none."""
        channel = self._client.get_partial_messageable(channel_id)
        after = discord.Object(discord.utils.time_snowflake(since - _EARLIER))
        me = self._client.user
        with as_ours():
            own = [
                message.id
                async for message in channel.history(after=after, limit=None)
                if me is not None and message.author.id == me.id and rendered.says(message)
            ]
        free = [each for each in own if await self._memory.get(f"{_TAKEN}{each}") is None]
        if len(free) > 1:
            raise Unknown
        return free[0] if free else None


def _name(key: str) -> str:
    """What a key is called at Discord, which takes 25 characters and shows them to nobody."""
    digest = hashlib.blake2b(key.encode(), digest_size=18).digest()
    return urlsafe_b64encode(digest).decode()
