"""Hearing: what the gateway tells becomes the core's events, in its order.

A room whose history is still being read since the last start waits: what happens there is handed
in behind what was missed. While the gateway is silent every room waits, until it is known whether
Discord tells the rest (a resume) or history has to.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import discord

from adapters.discord import translate
from adapters.discord.again import until_done
from adapters.discord.errors import as_ours
from adapters.discord.gate import Gate
from adapters.discord.progress import Progress
from adapters.discord.rooms import Channel, Rooms, account, group_of
from bot.chat import Right
from bot.errors import Gone, PlatformError
from bot.events import (
    Event,
    Joined,
    Left,
    MemberChanged,
    MessagePosted,
    MessageRemoved,
    RoomChange,
    RoomChanged,
)
from bot.inbox import Inbox
from bot.model import Group, Room

logger = logging.getLogger(__name__)


class Hearing:
    """The ear of the client, but for what people ask and for the connection itself."""

    def __init__(self, inbox: Inbox, rooms: Rooms, gate: Gate, progress: Progress) -> None:
        self._inbox = inbox
        self._rooms = rooms
        self._gate = gate
        self._progress = progress
        self._tasks: set[asyncio.Task[None]] = set()
        self._caught_up: set[Room] = set()
        self._silent = False
        self._held: dict[Room, list[Callable[[], None]]] = {}
        self._rights: dict[Room, frozenset[Right]] = {}

    # -- what waits --------------------------------------------------------------------------

    def silent(self) -> None:
        """The connection broke: what comes next may have a hole before it."""
        self._silent = True

    def goes_on(self) -> None:
        """Discord told all that was missed."""
        self._silent = False
        for room in list(self._held):
            self._let_go(room)

    def begins_anew(self) -> None:
        """What was missed stands in the rooms' history alone."""
        self._silent = False
        self._caught_up.clear()

    def falls_behind(self, group: Group) -> None:
        """The same for one server, which was away."""
        self._caught_up = {room for room in self._caught_up if room.group != group}

    def caught_up(self, room: Room) -> None:
        """A room's history was read up to now."""
        self._caught_up.add(room)
        self._let_go(room)

    def is_caught_up(self, room: Room) -> bool:
        """Whether nothing of a room's history is left to read."""
        return room in self._caught_up

    def _is_open(self, room: Room) -> bool:
        return not self._silent and room in self._caught_up

    def _let_go(self, room: Room) -> None:
        if self._is_open(room):
            for act in self._held.pop(room, ()):
                act()

    def _in_turn(self, room: Room, act: Callable[[], None]) -> None:
        if self._is_open(room):
            act()
        else:
            self._held.setdefault(room, []).append(act)

    # -- messages ----------------------------------------------------------------------------

    async def wrote(self, message: discord.Message) -> None:
        """Somebody wrote. Returns when the core has it for good, or where it has to wait its turn.

        Works in the caller's task, since every message has one already.
        """
        event = self._posted(message, live=True)
        if event is None:
            return
        room = event.ref.room
        if self._silent or room not in self._caught_up:
            take = partial(self._take, message, event)
            self._held.setdefault(room, []).append(lambda: self._start(take()))
            return
        task: Any = asyncio.current_task()
        self._tasks.add(task)
        try:
            await self._take(message, event)
        finally:
            self._tasks.discard(task)

    async def read(self, message: discord.Message) -> None:
        """A message from history; returns when the core has it for good."""
        event = self._posted(message, live=False)
        if event is not None:
            await self._take(message, event)

    def _posted(self, message: discord.Message, *, live: bool) -> MessagePosted | None:
        if self._is_own(message):
            return None
        return translate.posted(self._rooms, message, live=live)

    async def _take(self, message: discord.Message, event: MessagePosted) -> None:
        channel = message.channel.id
        self._progress.begins(channel, message.id, thread=event.thread is not None)
        await until_done(partial(self._inbox.offer, event))
        self._progress.is_done(channel, message.id)

    def _is_own(self, message: discord.Message) -> bool:
        return message.guild is not None and message.author.id == message.guild.me.id

    def edited(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Somebody changed a message."""
        self.reread(payload.message, live=True)

    def reread(self, message: discord.Message, *, live: bool) -> None:
        """What a message says now, where it was changed."""
        if self._is_own(message):
            return
        event = translate.edited(self._rooms, message, live=live)
        if event is not None:
            self._in_turn(event.ref.room, lambda: self._offer(event))

    def titled(self, thread: discord.Thread) -> None:
        """A thread has a title, or another one: it is read with the message it began with."""
        if self._rooms.room(thread.guild.id, thread) is not None:
            self._start(self._read_title(thread))

    async def _read_title(self, thread: discord.Thread) -> None:
        place: Any = thread if isinstance(thread.parent, discord.ForumChannel) else thread.parent

        async def first() -> discord.Message:
            if place is None:
                raise Gone
            with as_ours():
                found: discord.Message = await place.fetch_message(thread.id)
            return found

        try:
            message = await until_done(first)
        except PlatformError:
            # It began with none, or with one that is gone.
            return
        self.reread(message, live=True)

    def deleted(self, guild_id: int | None, channel_id: int, message_ids: Sequence[int]) -> None:
        """Messages are gone."""
        room = self._rooms.room_of(guild_id, channel_id)
        if room is None:
            return
        for message_id in message_ids:
            event = MessageRemoved(
                id=f"removed {message_id}",
                group=room.group,
                at=datetime.now(UTC),
                ref=self._rooms.ref(room, channel_id, message_id),
            )
            self._in_turn(room, partial(self._offer, event))

    # -- members -----------------------------------------------------------------------------

    def joined(self, member: discord.Member) -> None:
        """Somebody came."""
        if self._is_served(member.guild.id) and not member.bot:
            at = member.joined_at or datetime.now(UTC)
            name = f"joined {member.id} {at.isoformat()}"
            who = account(member)
            self._offer(Joined(id=name, group=group_of(member.guild.id), at=at, account=who))

    def left(self, guild_id: int, user: discord.User | discord.Member) -> None:
        """Somebody went."""
        if self._is_served(guild_id) and not user.bot:
            # Told twice, the second has no time of joining: they are not known any more.
            came = getattr(user, "joined_at", None)
            name = f"left {user.id} {came.isoformat() if came else secrets.token_hex(8)}"
            now, who = datetime.now(UTC), account(user)
            self._offer(Left(id=name, group=group_of(guild_id), at=now, account=who))

    def changed(self, before: discord.Member, after: discord.Member) -> None:
        """Somebody has other roles, or another name."""
        if not self._is_served(after.guild.id):
            return
        self._gate.heard(after)
        if after.id == after.guild.me.id:
            self.rights_changed(after.guild)
        elif not after.bot and (
            before.roles != after.roles or before.display_name != after.display_name
        ):
            self._member_changed(after.guild, after)

    def renamed(self, user: discord.User) -> None:
        """Somebody is called something else, in every server where they have no other name."""
        if not user.bot:
            for guild in self._rooms.guilds():
                if guild.get_member(user.id) is not None:
                    self._member_changed(guild, user)

    def _member_changed(self, guild: discord.Guild, who: discord.User | discord.Member) -> None:
        name = f"member {who.id} {secrets.token_hex(8)}"
        group, now = group_of(guild.id), datetime.now(UTC)
        self._offer(MemberChanged(id=name, group=group, at=now, account=account(who)))

    # -- rooms -------------------------------------------------------------------------------

    def begins(self, guild: discord.Guild) -> None:
        """Note what the bot may do in a server's rooms now."""
        for room, rights in self._now(guild):
            self._rights[room] = rights

    def rights_changed(self, guild: discord.Guild) -> None:
        """Something that rights depend on is different."""
        if not self._is_served(guild.id):
            return
        for room, rights in self._now(guild):
            if self._rights.get(room) != rights:
                self._rights[room] = rights
                self._room_changed(room, RoomChange.RIGHTS)

    def _now(self, guild: discord.Guild) -> list[tuple[Room, frozenset[Right]]]:
        rooms = [info.room for info in self._rooms.infos(group_of(guild.id))]
        return [(room, self._rooms.rights(self._rooms.channel(room))) for room in rooms]

    def pinned(self, channel: Channel) -> None:
        """Something was pinned, or a pin taken away."""
        room = self._rooms.room(channel.guild.id, channel)
        if room is not None:
            self._room_changed(room, RoomChange.PINS)

    def channel_gone(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted."""
        room = self._rooms.room(channel.guild.id, channel)
        if room is not None:
            self._room_changed(room, RoomChange.GONE)

    def _room_changed(self, room: Room, change: RoomChange) -> None:
        name = f"{change.value} {room.handle} {secrets.token_hex(8)}"
        now = datetime.now(UTC)
        self._offer(RoomChanged(id=name, group=room.group, at=now, room=room, change=change))

    def _is_served(self, guild_id: int) -> bool:
        return any(guild.id == guild_id for guild in self._rooms.guilds())

    # -- ------------------------------------------------------------------------------------

    def _offer(self, event: Event) -> None:
        self._start(until_done(partial(self._inbox.offer, event)))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("an event failed", exc_info=error)

    async def stop(self) -> None:
        """Let go of what is under way: it comes again at the next start."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
