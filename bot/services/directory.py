"""Which rooms a group has and what each is for, kept in memory because every message asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.chat import Can, Chat
from bot.errors import Refused
from bot.model import Group, Role, Room, RoomKind
from bot.store import Store, group_rows


@dataclass(slots=True)
class KnownRoom:
    """A room as the bot works with it. `id` is its row; `lifetime` None means messages stay.

    `shows_time_left` says whether its platform does, since every message asks.
    """

    id: bytes
    group_id: bytes
    room: Room
    kind: RoomKind
    lifetime: timedelta | None
    shows_time_left: bool = False


class Directory:
    """The rooms of every group that is ready."""

    def __init__(self, store: Store, chats: Mapping[str, Chat]) -> None:
        self._store = store
        self._chats = chats
        self.known: dict[Room, KnownRoom] = {}

    def chat(self, group: Group) -> Chat:
        """The platform a group lives on."""
        return self._chats[group.platform]

    async def refresh(self, group: Group) -> None:
        """Read a group's rooms from its platform anew."""
        group_id = await self._store.group_id(group)
        found: dict[Room, KnownRoom] = {}
        shows = Can.SHOW_TIME_LEFT in self.chat(group).can
        infos = await self.chat(group).rooms(group)
        ids = await self._store.room_ids([info.room for info in infos])
        async with self._store.read() as conn:
            lifetimes = await group_rows.lifetimes_in_seconds(conn, group_id)
        for info in infos:
            room_id = ids[info.room]
            seconds = lifetimes.get(room_id)
            lifetime = None if seconds is None else timedelta(seconds=seconds)
            found[info.room] = KnownRoom(room_id, group_id, info.room, info.kind, lifetime, shows)
        for room in [room for room in self.known if room.group == group and room not in found]:
            del self.known[room]
        self.known.update(found)

    async def moved(self, old: Room, new: Room) -> None:
        """Another room took the place of one: its lifetime and what is due there go with it."""
        await self._store.move_room(old, new)
        known = self.known.pop(old, None)
        if known is not None:
            known.room = new
            self.known[new] = known

    def groups(self) -> list[Group]:
        """Every group that is ready."""
        return list(dict.fromkeys(room.group for room in self.known))

    def room(self, room: Room) -> KnownRoom:
        """One room. Raises `Refused` for one that the bot does not know."""
        try:
            return self.known[room]
        except KeyError:
            raise Refused("bad-room", {"name": ""}) from None

    def rooms(self, group: Group, kind: RoomKind) -> list[KnownRoom]:
        """The rooms of one kind in a group."""
        return [
            known
            for known in self.known.values()
            if known.kind is kind and known.room.group == group
        ]

    def moderators_room(self, group: Group) -> Room | None:
        """Where moderators get their cards; None when the platform has no such room now."""
        return next((known.room for known in self.rooms(group, RoomKind.MODERATORS)), None)

    def open_to(self, room: Room, role: Role) -> bool:
        """Whether somebody with that role can see a room, and so may name it in a command.

        A room that the bot does not work with (a private chat) is not judged here: what acts on
        rooms knows only its own.
        """
        known = self.known.get(room)
        if known is None:
            return True
        needs = {RoomKind.CIRCLE: Role.MEMBER, RoomKind.MODERATORS: Role.MODERATOR}
        return role >= needs.get(known.kind, Role.GUEST)

    def by_id(self, room_id: bytes) -> KnownRoom | None:
        """The room with that row, while the platform still has it."""
        return next((known for known in self.known.values() if known.id == room_id), None)
