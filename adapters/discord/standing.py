"""Standing: what has to be there before anybody can ask: commands, and the post with the buttons.

Both are told to Discord only when they changed.
"""

from __future__ import annotations

import json
import logging
from typing import Final

import discord

from adapters.discord.client import Client
from adapters.discord.commands import Offered
from adapters.discord.errors import as_ours
from adapters.discord.posting import Posting
from adapters.discord.private_words import READ
from adapters.discord.render import Render, Rendered
from adapters.discord.rooms import Rooms, group_of
from bot.errors import Gone
from bot.inbox import Memory
from bot.reply import HELP_NOW, Button, Reply

logger = logging.getLogger(__name__)

POST: Final = Reply(
    "discord-write-here",
    buttons=(
        Button("button-post-anonymously", "anon", static=True),
        Button("discord-button-messages", READ, static=True),
        HELP_NOW,
    ),
)
"""What stands in the write room. It needs no row, so it works whatever is lost."""


class Standing:
    """Keeps each server's commands and its post with the buttons as they should be."""

    def __init__(
        self,
        client: Client,
        rooms: Rooms,
        render: Render,
        posting: Posting,
        memory: Memory,
        offered: Offered,
    ) -> None:
        self._client = client
        self._rooms = rooms
        self._render = render
        self._posting = posting
        self._memory = memory
        self._offered = offered

    async def put(self, guild: discord.Guild) -> None:
        """Have it all there. Raises what the platform or the store raises."""
        await self._sync(guild)
        channel = self._rooms.places(guild).write
        if channel is not None:
            await self._put_post(guild, channel)

    async def left(self, guild_id: int) -> None:
        """The bot is out of a server, and its commands are gone with it."""
        await self._memory.drop(_commands(guild_id))

    async def _sync(self, guild: discord.Guild) -> None:
        application = self._client.application_id or 0
        now = self._offered.hash(application)
        if await self._memory.get(_commands(guild.id)) == now:
            return
        with as_ours():
            await self._client.http.bulk_upsert_guild_commands(
                application, guild.id, self._offered.payload()
            )
        await self._memory.put(_commands(guild.id), now)

    async def _put_post(self, guild: discord.Guild, channel: int) -> None:
        rendered = await self._render.rendered(group_of(guild.id), POST)
        key = f"standing {guild.id} {channel}"
        kept = json.loads(await self._memory.get(key) or "{}")
        if kept and await self._stands(channel, kept["id"], rendered):
            return
        # A platform may answer an old key with the old post, so each new post has a new one.
        times = kept.get("times", 0) + 1
        message = await self._posting.send(channel, rendered, key=f"{key} {times}")
        await self._memory.put(key, json.dumps({"times": times, "id": message}))

    async def _stands(self, channel: int, message: int, rendered: Rendered) -> bool:
        """Whether the post is there; where it says something else, it is edited."""
        place = self._client.get_partial_messageable(channel)
        try:
            with as_ours():
                there = await place.fetch_message(message)
                labels = [each.label for row in there.components for each in _inside(row)]
                if not rendered.says(there) or labels != [each.label for each in rendered.buttons]:
                    await there.edit(**rendered.to_edit())
        except Gone:
            return False
        return True


def _inside(row: discord.Component) -> list[discord.Button]:
    return [each for each in getattr(row, "children", ()) if isinstance(each, discord.Button)]


def _commands(guild_id: int) -> str:
    return f"commands {guild_id}"
