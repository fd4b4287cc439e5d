"""Direct: the chats with one person each. The bot makes them, so that it can take words away there.

A chat that somebody else made is never used: the bot could not redact what is written in it. In
whose chat it is, and for which group, stands in the room (`blueprints.PURPOSE`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Final

from adapters.matrix import blueprints, power
from adapters.matrix.client import Client
from adapters.matrix.rooms import Rooms
from adapters.matrix.transport import path
from bot.errors import CannotReach, Forbidden
from bot.model import Account, Group, RoomKind

_REACHED: Final = ("join", "invite")


class Directs:
    """Finds and opens the chat with somebody."""

    def __init__(self, client: Client, rooms: Rooms) -> None:
        self._client = client
        self._rooms = rooms
        self._opening: defaultdict[Account, asyncio.Lock] = defaultdict(asyncio.Lock)
        # The sync tells of a new room a moment later than createRoom does.
        self._made: dict[tuple[Group, Account], str] = {}

    def find(self, group: Group, account: Account) -> str | None:
        """The room of the chat with somebody; the one they are in, where there are several."""
        found = [
            place.room_id
            for place in self._rooms.places()
            if place.kind is None and place.group == group and place.account == account
        ]
        found.sort(key=lambda room_id: self._is_reached(room_id, account))
        return found[-1] if found else self._made.get((group, account))

    async def open(self, group: Group, account: Account, *, asked: bool) -> str:
        """The room of the chat with somebody, made or opened again where that is needed.

        `asked`: they just asked the bot for something, so they are invited again should they have
        left. Otherwise that raises `CannotReach`: who left does not want to be written to.
        """
        async with self._opening[account]:
            room_id = self.find(group, account)
            if not asked and account.handle not in self._rooms.present(group):
                raise CannotReach
            if room_id is None:
                room_id = await self._make(group, account)
            elif self._client.rooms.get(room_id) and not self._is_reached(room_id, account):
                if not asked:
                    raise CannotReach
                await self._client.invite(room_id, account.handle)
        return room_id

    async def _make(self, group: Group, account: Account) -> str:
        body = blueprints.direct(
            group=group.handle,
            account=account.handle,
            bot=self._client.user,
            version=self._version(group),
            encrypted=self._is_encrypted(group),
        )
        try:
            room_id = await self._client.create_room(body)
        except Forbidden:
            raise CannotReach from None
        self._made[group, account] = room_id
        # The sync may have told a part of it: without the invitation, nobody would get the key.
        whole = await self._client.request("GET", path("rooms", room_id, "state"))
        self._client.take_state(room_id, whole["items"])
        self._made.pop((group, account))
        return room_id

    def _version(self, group: Group) -> str:
        """The room version that the group's rooms have."""
        for place in self._rooms.of(group):
            made = power.content(self._client.rooms[place.room_id].events, "m.room.create")
            if isinstance(version := made.get("room_version"), str):
                return version
        return "1"

    def _is_encrypted(self, group: Group) -> bool:
        """A group whose rooms are not encrypted, by its host's choice, has no encrypted chats."""
        rooms = self._rooms.of(group, RoomKind.CIRCLE)
        return not rooms or any(self._client.is_encrypted(place.room_id) for place in rooms)

    def _is_reached(self, room_id: str, account: Account) -> bool:
        return account.handle in self._client.members(room_id, *_REACHED)
