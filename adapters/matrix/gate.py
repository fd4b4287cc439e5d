"""Gate: letting people into a group's rooms, and keeping them out.

    way                  newcomers are           let in by               kept out by
    lobby (the default)  in the lobby            an invitation to        a kick out of each room,
                                                 each of the rooms       or of an invitation
    knock (no lobby)     at the door of the      the same; it            the same; a knock stays
                         rooms, knocking         answers the knock       and can be answered later

Nothing in between: nobody is inside and silent. Where somebody is now is asked from the
homeserver each time, since what the sync told may be a moment old, and a gate that trusts that
could leave somebody inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.matrix.client import Client
from adapters.matrix.rooms import Place, Rooms
from bot.errors import Forbidden, Gone
from bot.model import Account, Group, RoomKind

_OUTSIDE: Final = (None, "leave", "knock")

Json = Mapping[str, Any]


class Gate:
    """Holds and releases."""

    def __init__(self, client: Client, rooms: Rooms) -> None:
        self._client = client
        self._rooms = rooms

    async def hold(self, group: Group, account: Account) -> None:
        """Take somebody out of the group's rooms, and their invitations back.

        Does what it can before it raises `Forbidden`.
        """
        await self._everywhere(group, account, self._close)

    async def release(self, group: Group, account: Account) -> None:
        """Invite somebody to the group's rooms.

        Left out: rooms that they left by themselves since they came to the lobby, and rooms they
        are banned from. Both are somebody's decision. Does what it can before it raises
        `Forbidden`.
        """
        await self._everywhere(group, account, self._open)

    async def _everywhere(self, group: Group, account: Account, act: Any) -> None:
        refused = False
        for place in self._rooms.of(group, RoomKind.CIRCLE):
            try:
                await act(place, account.handle, await self._event(place.room_id, account.handle))
            except Forbidden:
                refused = True
            except Gone:
                continue
        if refused:
            raise Forbidden

    async def _close(self, place: Place, user: str, now: Json) -> None:
        if _membership(now) in ("join", "invite"):
            # Without a reason: everybody in the room could read it.
            await self._client.kick(place.room_id, user)

    async def _open(self, place: Place, user: str, now: Json) -> None:
        membership = _membership(now)
        if membership not in _OUTSIDE or self._wants_out(place, user, now):
            return
        await self._client.invite(place.room_id, user)

    def _wants_out(self, place: Place, user: str, now: Json) -> bool:
        if _membership(now) != "leave" or now.get("sender") != user:
            return False
        came = [
            event.get("origin_server_ts", 0)
            for lobby in self._rooms.of(place.group, RoomKind.LOBBY)
            if (event := self._client.rooms[lobby.room_id].event("m.room.member", user))
            and _membership(event) == "join"
        ]
        return bool(came) and max(came) < now.get("origin_server_ts", 0)

    async def _event(self, room_id: str, user: str) -> Json:
        """Somebody's member event as it is at this moment; empty where there never was one."""
        return await self._rooms.state_now(room_id, "m.room.member", user)


def _membership(event: Json) -> object:
    content = event.get("content")
    return content.get("membership") if isinstance(content, Mapping) else None
