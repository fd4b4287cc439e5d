"""Gate: letting people into a group's rooms, and keeping them out, by one role.

Whoever comes has no role and sees the lobby alone, also while the bot is away: the gate is shut
by itself. Letting somebody in is giving them the role; keeping them out is taking it.
"""

from __future__ import annotations

from collections.abc import Mapping

import discord

from adapters.discord.client import Client
from adapters.discord.errors import as_ours
from adapters.discord.rooms import Rooms, account
from bot.errors import Forbidden, Gone
from bot.model import Account, Group, RoomKind


class Gate:
    """Gives and takes the role that opens the rooms."""

    def __init__(self, client: Client, rooms: Rooms) -> None:
        self._client = client
        self._rooms = rooms
        self._done: dict[tuple[int, int], bool] = {}
        """What was done and the gateway has not told yet."""

    async def hold(self, group: Group, who: Account) -> None:
        """Take the role from somebody who has it."""
        await self._set(group, who, has=False)

    async def release(self, group: Group, who: Account) -> None:
        """Give the role to somebody who has it not. Raises `Forbidden` where it is gone."""
        await self._set(group, who, has=True)

    def heard(self, member: discord.Member) -> None:
        """The gateway told of somebody's roles."""
        place = (member.guild.id, member.id)
        if self._done.get(place) is self._has(member):
            del self._done[place]

    async def _set(self, group: Group, who: Account, *, has: bool) -> None:
        guild = self._rooms.guild(group)
        user, role = int(who.handle), self._rooms.places(guild).member
        if guild.get_role(role) is None:
            # Somebody deleted it, and took it from everybody by that.
            if has:
                raise Forbidden
            return
        member = guild.get_member(user) if self._client.live else None
        # What was done a moment ago the gateway may not have told yet.
        if member is not None and self._has(member) is has is self._done.get((guild.id, user), has):
            return
        act = self._client.http.add_role if has else self._client.http.remove_role
        try:
            with as_ours():
                await act(guild.id, user, role)
        except Gone:
            # They left, so nothing is open to them.
            return
        self._done[guild.id, user] = has

    def _has(self, member: discord.Member) -> bool:
        return member.get_role(self._rooms.places(member.guild).member) is not None

    async def held(self, group: Group) -> Mapping[Account, bool]:
        """Who sees none of the group's rooms (True) and who sees all of them (False).

        Another role may open a room too, and being an administrator opens all.
        """
        guild = self._rooms.guild(group)
        places = self._rooms.places(guild)
        found = [guild.get_channel(number) for number in places.of(RoomKind.CIRCLE)]
        rooms = [room for room in found if room is not None]
        own = {each.id for room in rooms for each in room.overwrites}
        seen: dict[frozenset[int], int] = {}
        told: dict[Account, bool] = {}
        for member in self._rooms.members(guild):
            # The same roles see the same, but for who has rights of their own.
            roles = frozenset(role.id for role in member.roles)
            count = None if member.id in own else seen.get(roles)
            if count is None or member.id == guild.owner_id:
                count = sum(room.permissions_for(member).view_channel for room in rooms)
                if member.id not in own and member.id != guild.owner_id:
                    seen[roles] = count
            if count in (0, len(rooms)):
                told[account(member)] = not count
        return told
