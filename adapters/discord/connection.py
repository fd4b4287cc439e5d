"""Connection: one client from its log-in to its end, and all that stands on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final

import aiohttp
import discord

from adapters.discord.again import until_done
from adapters.discord.asking import Asking
from adapters.discord.backfill import Backfill
from adapters.discord.budget import Budget
from adapters.discord.client import Client, Shards, Waits
from adapters.discord.errors import AWAY
from adapters.discord.gate import Gate
from adapters.discord.hearing import Hearing
from adapters.discord.pins import Pins
from adapters.discord.places import Places
from adapters.discord.posting import Posting
from adapters.discord.private_words import PrivateWords
from adapters.discord.progress import Progress
from adapters.discord.removing import Removing
from adapters.discord.render import Render
from adapters.discord.rooms import Channel, Rooms, account, group_of
from bot.clock import Clock
from bot.errors import StartError, TryLater
from bot.events import GroupReady
from bot.inbox import Inbox
from bot.model import Room
from bot.texts import Texts

logger = logging.getLogger(__name__)

_MEMBERS_WITHIN: Final = 120.0
"""Seconds for the list of a server's members, which comes a thousand at a time."""

UNKNOWN_LOGIN: Final = (
    "Discord does not know the token in CIRCLEKEEPER_DISCORD_TOKEN. Make a new one on the Bot page "
    "of your application with `Reset Token`, put it there, and start again."
)
CLOSED_INTENTS: Final = (
    "Discord keeps two things from the bot that it cannot work without. On the Bot page of your "
    "application, under Privileged Gateway Intents, switch on `Server Members Intent` and "
    "`Message Content Intent`, save, and start again."
)
_CLOSED: Final = {
    4004: UNKNOWN_LOGIN,
    4010: "CIRCLEKEEPER_DISCORD_SHARDS names a shard that is not there. The first one is 0.",
    4011: "the bot is in too many servers for so few shards. Raise CIRCLEKEEPER_DISCORD_SHARDS.",
    4014: CLOSED_INTENTS,
}


class Connection:
    """The ear of its client. `run` once, then `stop`."""

    def __init__(
        self,
        kept: Mapping[int, Places],
        inbox: Inbox,
        texts: Texts,
        clock: Clock,
        waits: Waits,
        shards: Shards | None,
    ) -> None:
        self.budget = Budget(self._refused)
        self.client = client = Client(self.budget, waits, shards)
        client.ear = self
        self.rooms = rooms = Rooms(client, kept)
        self.gate = Gate(client, rooms)
        self.pins = Pins(client, rooms)
        self.posting = Posting(client, inbox.memory)
        self.render = Render(inbox, texts)
        self.private_words = PrivateWords(client, rooms, self.render, self.posting, inbox, clock)
        self.removing = Removing(client, rooms, self.private_words)
        self.asking = Asking(
            client, rooms, self.render, self.private_words, self.posting, inbox, clock
        )
        self.was_ready = False
        """Whether the gateway ever told of the servers."""
        self._inbox = inbox
        self._progress = Progress(inbox.memory)
        self._hearing = Hearing(inbox, rooms, self.gate, self._progress)
        self._backfill = Backfill(rooms, self._hearing, self._progress)
        self._kept = kept
        self._tasks: set[asyncio.Task[None]] = set()
        self._catching_up: dict[int, asyncio.Task[None]] = {}
        self._revoked = asyncio.Event()

    async def run(self, token: str) -> None:
        """Serve until the connection ends for good. Raises `StartError` where the host can help."""
        await self._progress.load(self._kept)
        self._start(self._progress.note())
        served = asyncio.create_task(self._serve(token))
        revoked = asyncio.create_task(self._revoked.wait())
        try:
            await asyncio.wait((served, revoked), return_when=asyncio.FIRST_COMPLETED)
            if not served.done():
                raise StartError(UNKNOWN_LOGIN)
            served.result()
        finally:
            for task in (served, revoked):
                task.cancel()
            await asyncio.gather(served, revoked, return_exceptions=True)

    async def _serve(self, token: str) -> None:
        # Without the causes: discord.py's repeat what was sent.
        try:
            await self.client.start(token)
        except discord.LoginFailure:
            raise StartError(UNKNOWN_LOGIN) from None
        except discord.PrivilegedIntentsRequired:
            raise StartError(CLOSED_INTENTS) from None
        except discord.ConnectionClosed as error:
            if error.code in _CLOSED:
                raise StartError(_CLOSED[error.code]) from None
            logger.warning("Discord closed the connection", extra={"code": error.code})
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError):
            logger.warning("Discord cannot be reached")

    async def stop(self) -> None:
        """Let go of everything. What is not done for good is done after the next start."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.asking.stop()
        await self._hearing.stop()
        await self.client.close()

    def _refused(self) -> None:
        """A request with the token was answered with 401."""
        if self.client.is_ready():
            self._revoked.set()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("work for Discord failed", exc_info=error)

    def is_caught_up(self, room: Room) -> bool:
        """Whether nothing of a room's history is left to read."""
        return self._hearing.is_caught_up(room)

    # -- the connection ----------------------------------------------------------------------

    def connected(self) -> None:
        """A new session: what was missed before it stands in history alone."""
        self.was_ready = True
        self._hearing.begins_anew()
        self.pins.forget()
        for guild in self.rooms.guilds():
            self.guild_came(guild)
        if not self._catching_up:
            logger.warning("the bot is in none of the servers that were set up")

    def resumed(self) -> None:
        """Discord told all that was missed."""
        self._hearing.goes_on()

    def disconnected(self) -> None:
        """The gateway is silent."""
        self._hearing.silent()

    def guild_came(self, guild: discord.Guild) -> None:
        """A server can be served: find out what happened in it meanwhile."""
        if guild.id not in self._kept:
            return
        if (earlier := self._catching_up.pop(guild.id, None)) is not None:
            earlier.cancel()
        self._hearing.falls_behind(group_of(guild.id))
        self._catching_up[guild.id] = self._start(self._catch_up(guild))

    def guild_left(self, guild: discord.Guild) -> None:
        """The bot was put out of a server."""
        if guild.id in self._kept:
            logger.warning("the bot is not in a server any more")
            self._start(self.asking.left(guild.id))

    async def _catch_up(self, guild: discord.Guild) -> None:
        group = group_of(guild.id)
        await until_done(lambda: self._members(guild))
        self._start(self.private_words.forget_absent(guild))
        self._hearing.begins(guild)
        ready = GroupReady(id=f"ready {token_hex(8)}", group=group, at=datetime.now(UTC))
        await until_done(lambda: self._inbox.offer(ready))
        await self.asking.ready(guild)
        rooms = [info.room for info in self.rooms.infos(group)]
        await asyncio.gather(*(self._backfill.catch_up(guild, room) for room in rooms))

    async def _members(self, guild: discord.Guild) -> None:
        """Have everybody in memory, so that roles and the gate cost no request for each."""
        try:
            async with asyncio.timeout(_MEMBERS_WITHIN):
                await guild.chunk()
        except (TimeoutError, discord.DiscordException, OSError):
            raise TryLater(AWAY) from None

    # -- what is heard -----------------------------------------------------------------------

    async def wrote(self, message: discord.Message) -> None:
        """Somebody wrote."""
        await self._hearing.wrote(message)

    def edited(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message says something else, or was pinned, or has the preview of a link now."""
        self._hearing.edited(payload)

    def deleted(self, guild_id: int | None, channel_id: int, message_ids: Sequence[int]) -> None:
        """Messages are gone."""
        self._hearing.deleted(guild_id, channel_id, message_ids)

    def titled(self, thread: discord.Thread) -> None:
        """A thread has a title, or another one."""
        self._hearing.titled(thread)

    def joined(self, member: discord.Member) -> None:
        """Somebody came into a server."""
        self._hearing.joined(member)

    def left(self, guild_id: int, user: discord.User | discord.Member) -> None:
        """Somebody went."""
        self._hearing.left(guild_id, user)
        self._start(self.private_words.forget(group_of(guild_id), account(user)))

    def changed(self, before: discord.Member, after: discord.Member) -> None:
        """Somebody has other roles, or another name."""
        self._hearing.changed(before, after)

    def renamed(self, user: discord.User) -> None:
        """Somebody is called something else, in every server."""
        self._hearing.renamed(user)

    def rights_changed(self, guild: discord.Guild) -> None:
        """Something that rights depend on changed."""
        self._hearing.rights_changed(guild)

    def pinned(self, channel: Channel) -> None:
        """Something was pinned, or a pin taken away."""
        self.pins.changed(channel)
        self._hearing.pinned(channel)

    def channel_gone(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted."""
        self._hearing.channel_gone(channel)

    def asked(self, interaction: discord.Interaction) -> None:
        """Somebody used a command, pressed a button or sent a form."""
        self._start(self.asking.interaction(interaction))
