"""DiscordChat: servers of Discord as the core's `Chat`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from adapters.discord import places, translate
from adapters.discord.again import pause
from adapters.discord.backfill import archived, page_of
from adapters.discord.budget import patiently
from adapters.discord.client import Shards, Waits
from adapters.discord.connection import Connection
from adapters.discord.doors import open_doors
from adapters.discord.errors import as_ours
from adapters.discord.rooms import PLATFORM, group_of, where
from adapters.discord.rooms import account as account_of
from bot.chat import Can, Removal, Retry, Right
from bot.clock import Clock
from bot.errors import Forbidden, Gone, StartError, TryLater
from bot.events import MessagePosted
from bot.inbox import Inbox
from bot.model import Account, Content, Group, Message, MessageRef, Role, Room, RoomInfo
from bot.reply import Reply, Text
from bot.texts import Texts

logger = logging.getLogger(__name__)

_NOT_CONNECTED: Final = timedelta(seconds=1)


class DiscordChat:
    """One bot account in any number of servers."""

    platform = PLATFORM
    can = Can.HOLD | Can.REMOVE | Can.HIDE_INPUT | Can.TELL

    def __init__(
        self,
        token: str,
        texts: Texts,
        clock: Clock,
        *,
        shards: Shards | None = None,
        waits: Waits | None = None,
    ) -> None:
        self._token = token
        self._texts = texts
        self._clock = clock
        self._shards = shards
        self._waits = waits or Waits()
        self.connection: Connection | None = None
        """What there is while the bot is connected."""

    # -- connecting --------------------------------------------------------------------------

    async def run(self, inbox: Inbox) -> None:
        """Follow the gateway until cancelled; a lost connection is taken up again."""
        failed = 0
        while True:
            kept = await places.load(inbox.memory)
            if not kept:
                raise StartError(
                    "no server was set up yet. Run `circlekeeper setup discord`: it makes the "
                    "roles and channels, or takes over those that are there."
                )
            on = Connection(kept, inbox, self._texts, self._clock, self._waits, self._shards)
            self.connection = on
            try:
                await on.run(self._token)
            except StartError:
                raise
            except Exception:
                # Something in an event that nobody foresaw ends discord.py's loop. History has
                # what is missed.
                logger.exception("the connection to Discord broke")
            finally:
                self.connection = None
                await on.stop()
            failed = 0 if on.was_ready else failed + 1
            await asyncio.sleep(pause(failed))

    # -- Chat --------------------------------------------------------------------------------

    async def groups(self) -> Sequence[Group]:
        """The servers that were set up and that the bot is in."""
        return [group_of(guild.id) for guild in self._now.rooms.guilds()]

    async def rooms(self, group: Group) -> Sequence[RoomInfo]:
        """The rooms of a server."""
        return self._now.rooms.infos(group)

    async def now(self) -> datetime | None:
        """Discord's time, by a fresh answer of it."""
        on = self._now
        with as_ours():
            await on.client.http.get_bot_gateway()
        return on.budget.server_time

    async def post(
        self, room: Room, reply: Reply, *, key: str, since: datetime | None = None
    ) -> MessageRef:
        """Post in a room."""
        on = self._now
        channel = on.rooms.channel(room)
        if isinstance(channel, discord.ForumChannel):
            # It takes posts with a title, and a title says something that nobody was shown.
            raise Forbidden
        rendered = await on.render.rendered(room.group, reply)
        sent = await on.posting.send(channel.id, rendered, key=key, since=since)
        return on.rooms.ref(room, channel.id, sent)

    async def edit(self, ref: MessageRef, reply: Reply) -> None:
        """Change an own message."""
        on = self._now
        rendered = await on.render.rendered(ref.room.group, reply)
        message = self._message(on, ref)
        with as_ours():
            await message.edit(**rendered.to_edit())

    async def pin(self, ref: MessageRef) -> None:
        """Pin an own message."""
        message = self._message(self._now, ref)
        with as_ours():
            await message.pin()

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal | Retry]:
        """Remove messages."""
        return await self._now.removing.remove(refs)

    async def tell(
        self,
        group: Group,
        account: Account,
        reply: Reply,
        *,
        key: str,
        since: datetime | None = None,
    ) -> MessageRef:
        """Write to one person alone."""
        return await self._now.private_words.tell(group, account, reply, key=key, since=since)

    async def uncollected(self, key: str) -> bool:
        """Whether words wait behind "Messages for me"."""
        return await self._now.private_words.uncollected(key)

    async def hold(self, group: Group, account: Account) -> None:
        """Keep an account out of the group's rooms."""
        await self._now.gate.hold(group, account)

    async def release(self, group: Group, account: Account) -> None:
        """Let an account in."""
        await self._now.gate.release(group, account)

    async def held(self, group: Group) -> Mapping[Account, bool]:
        """Who sees none of the rooms and who sees all."""
        return await self._now.gate.held(group)

    async def fetch(self, ref: MessageRef) -> Message | None:
        """The message as it is now. What is said to one person alone is nobody else's to see."""
        on = self._now
        if on.rooms.kind(ref.room) is None:
            return None
        try:
            with as_ours():
                found = await self._message(on, ref).fetch()
        except Gone:
            return None
        own = found.author.id == on.rooms.guild(ref.room.group).me.id
        content = translate.content(found)
        if own and found.embeds:
            # A card, above which stands what may be read on a lock screen.
            content = Content("\n".join(embed.description or "" for embed in found.embeds))
        return Message(
            ref=ref,
            author=account_of(found.author),
            author_name=found.author.display_name,
            content=content,
            pinned=found.pinned,
            own=own,
        )

    async def history(self, room: Room, after: MessageRef | None) -> AsyncIterator[MessagePosted]:
        """What people wrote in a room after a message: its channel first, then each thread."""
        on = self._now
        channel = on.rooms.channel(room)
        start = 0 if after is None else where(after)[1]
        forum = isinstance(channel, discord.ForumChannel)
        places: list[Any] = [] if forum else [channel]
        places += on.rooms.threads(room)
        places += [thread async for thread in archived(channel)]
        for place in places:
            since = start
            while page := await page_of(place, after=discord.Object(since)):
                since = page[-1].id
                for message in page:
                    event = translate.posted(on.rooms, message, live=False)
                    if event is not None and message.author.id != channel.guild.me.id:
                        yield event

    async def members(self, group: Group) -> Mapping[Account, Role]:
        """Everybody in the server, other bots apart."""
        on = self._now
        guild = on.rooms.guild(group)
        return {
            account_of(member): on.rooms.role(guild, member) for member in on.rooms.members(guild)
        }

    async def role_of(self, group: Group, account: Account) -> Role:
        """The role that the server gives right now."""
        on = self._now
        guild = on.rooms.guild(group)
        return on.rooms.role(guild, await on.rooms.member(guild, account))

    async def name_of(self, group: Group, account: Account) -> str:
        """The name others see."""
        return self._now.rooms.name_of(group, account)

    async def show_time_left(self, ref: MessageRef, due: datetime) -> None:
        """Never asked: no client shows it."""

    async def pins(self, room: Room) -> Sequence[MessageRef]:
        """The pinned messages of a room, in its threads too."""
        on = self._now
        with patiently():
            return await on.pins.of(room, on.rooms.channel(room))

    async def rights(self, room: Room) -> frozenset[Right]:
        """What the bot may do in a room."""
        on = self._now
        return on.rooms.rights(on.rooms.channel(room))

    async def drop_older(self, room: Room, age: timedelta | None) -> bool:  # noqa: ARG002
        """Never: the platform drops nothing by itself."""
        return False

    async def open_doors(self, group: Group) -> Sequence[Text]:
        """Channels that are open to more than they should be, what else acts there, what waits."""
        on = self._now
        guild = on.rooms.guild(group)
        told = await open_doors(guild, on.rooms.places(guild))
        if waiting := await on.private_words.count_waiting(group):
            told.append(Text("discord-words-wait", {"count": waiting}))
        return told

    # -- -------------------------------------------------------------------------------------

    @property
    def _now(self) -> Connection:
        if self.connection is None or not self.connection.was_ready:
            raise TryLater(_NOT_CONNECTED)
        return self.connection

    def _message(self, on: Connection, ref: MessageRef) -> discord.PartialMessage:
        guild = on.rooms.guild(ref.room.group)
        channel_id, message_id = where(ref)
        channel = on.client.get_partial_messageable(channel_id, guild_id=guild.id)
        return channel.get_partial_message(message_id)
