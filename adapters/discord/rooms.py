"""Rooms: which channel is which room, and who is who in a server.

A room is a channel that the set-up noted (`places`). What is written in a thread, or in a post of
a forum, is written in the room that it belongs to, and lives as long as what is written there: a
message's handle is its id, in a thread `<thread>/<message>`.

Members, roles and rights are as the gateway told them last; while it is silent they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import discord

from adapters.discord.client import Client
from adapters.discord.errors import AWAY, as_ours
from adapters.discord.places import Places
from bot.chat import Right
from bot.errors import Gone, TryLater
from bot.model import Account, Group, MessageRef, Role, Room, RoomInfo, RoomKind

PLATFORM: Final = "discord"

Channel = discord.abc.GuildChannel | discord.Thread


def account(user: discord.abc.Snowflake) -> Account:
    """A Discord account."""
    return Account(PLATFORM, str(user.id))


def group_of(guild_id: int) -> Group:
    """A server as a group."""
    return Group(PLATFORM, str(guild_id))


class Rooms:
    """The rooms of every server that was set up."""

    def __init__(self, client: Client, places: Mapping[int, Places]) -> None:
        self._client = client
        self._places = places
        # Made once: every message looks for its own.
        self._by_channel = {
            (number, channel): Room(group_of(number), str(channel))
            for number, of_guild in places.items()
            for channel in of_guild.rooms
        }

    # -- which is which ----------------------------------------------------------------------

    def guilds(self) -> list[discord.Guild]:
        """The servers that were set up and that the bot is in."""
        return [guild for guild in self._client.guilds if guild.id in self._places]

    def guild(self, group: Group) -> discord.Guild:
        """A group's server. Raises `Gone` where the bot is not in it (any more)."""
        number = _number(group.handle)
        guild = None if group.platform != PLATFORM else self._client.get_guild(number)
        if guild is None or number not in self._places:
            raise Gone
        if guild.unavailable:
            raise TryLater(AWAY)
        return guild

    def places(self, guild: discord.Guild) -> Places:
        """What the set-up noted of a server."""
        return self._places[guild.id]

    def infos(self, group: Group) -> list[RoomInfo]:
        """A group's rooms with their kinds and names."""
        guild = self.guild(group)
        return [
            RoomInfo(Room(group, str(channel.id)), kind, channel.name)
            for number, kind in self.places(guild).rooms.items()
            if (channel := guild.get_channel(number)) is not None
        ]

    def kind(self, room: Room) -> RoomKind | None:
        """What a room is for; None where it is none."""
        places = self._places.get(_number(room.group.handle))
        return None if places is None else places.rooms.get(_number(room.handle))

    def room(self, guild_id: int | None, channel: Channel | discord.abc.Snowflake) -> Room | None:
        """The room that a channel or thread is, or belongs to; None where it is none of ours."""
        parent = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
        return self._by_channel.get((guild_id or 0, parent))

    def room_of(self, guild_id: int | None, channel_id: int) -> Room | None:
        """The same by an id, which may be a thread's."""
        guild = None if guild_id is None else self._client.get_guild(guild_id)
        found = None if guild is None else guild.get_channel_or_thread(channel_id)
        return self.room(guild_id, found or discord.Object(channel_id))

    def channel(self, room: Room) -> discord.abc.GuildChannel:
        """A room's channel. Raises `Gone`."""
        found = self.guild(room.group).get_channel(_number(room.handle))
        if found is None or self.kind(room) is None:
            raise Gone
        return found

    # -- who is who --------------------------------------------------------------------------

    async def member(self, guild: discord.Guild, account: Account) -> discord.Member | None:
        """Somebody in a server at this moment; None for who is not in it."""
        number = _number(account.handle)
        if account.platform != PLATFORM or not number:
            return None
        found = guild.get_member(number)
        if self._client.live and (found is not None or guild.chunked):
            return found
        try:
            with as_ours():
                return await guild.fetch_member(number)
        except Gone:
            return None

    def members(self, guild: discord.Guild) -> list[discord.Member]:
        """Everybody in a server, other bots apart."""
        if not guild.chunked:
            raise TryLater(AWAY)
        return [member for member in guild.members if not member.bot]

    def role(self, guild: discord.Guild, member: discord.Member | None) -> Role:
        """Somebody's role; a bot has none."""
        if member is None or member.bot:
            return Role.GUEST
        rights = member.guild_permissions
        if rights.administrator or rights.manage_guild or member.id == guild.owner_id:
            return Role.ADMIN
        moderates = member.get_role(self.places(guild).moderator) is not None
        return Role.MODERATOR if moderates else Role.MEMBER

    def name_of(self, group: Group, account: Account) -> str:
        """What somebody is called in a server; empty where they are not known."""
        member = self.guild(group).get_member(_number(account.handle))
        return "" if member is None else member.display_name

    # -- what the bot may --------------------------------------------------------------------

    def rights(self, channel: discord.abc.GuildChannel) -> frozenset[Right]:
        """What the bot may do in a room at this moment."""
        guild = channel.guild
        has = channel.permissions_for(guild.me)
        found = set()
        if has.view_channel and has.read_message_history:
            found.add(Right.READ)
        # A forum has posts and no messages of its own.
        if has.view_channel and has.send_messages and hasattr(channel, "send"):
            found.add(Right.POST)
        if has.view_channel and has.manage_messages:
            found.add(Right.REMOVE)
        role = guild.get_role(self.places(guild).member)
        below = role is not None and role < guild.me.top_role
        if below and guild.me.guild_permissions.manage_roles:
            found.add(Right.HOLD)
        return frozenset(found)

    def ref(self, room: Room, channel_id: int, message_id: int) -> MessageRef:
        """A message of a room, which may stand in one of its threads."""
        thread = "" if str(channel_id) == room.handle else f"{channel_id}/"
        return MessageRef(room, f"{thread}{message_id}")

    def threads(self, room: Room) -> Iterator[discord.Thread]:
        """The threads of a room that are not archived."""
        guild = self.guild(room.group)
        return (thread for thread in guild.threads if str(thread.parent_id) == room.handle)


def where(ref: MessageRef) -> tuple[int, int]:
    """The ids of the channel or thread in which a message stands, and of the message."""
    thread, _, message = ref.handle.rpartition("/")
    return _number(thread or ref.room.handle), _number(message)


def _number(handle: Any) -> int:
    """An id; 0, which is nobody's, for what is none."""
    return int(handle) if str(handle).isascii() and str(handle).isdecimal() else 0
