"""Standing posts, such as the join card: there once, found again after any restart."""

from __future__ import annotations

import json

from bot.events import Delivered
from bot.inbox import Memory
from bot.model import Group, MessageRef, Room, RoomKind
from bot.outbox import Lane, Outbox, Post
from bot.reply import Reply, to_json, value_from_json
from bot.services.directory import Directory
from bot.store import Connection, Store

PURPOSE = "standing"


class StandingPosts:
    """Keeps one post of each kind in a room, and puts it back when it is gone."""

    def __init__(self, store: Store, outbox: Outbox, directory: Directory, memory: Memory) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._memory = memory

    async def keep(self, room: Room, kind: str, reply: Reply) -> None:
        """Have the post in the room: unchanged where it stands, edited where it says less."""
        name, times, ref = await self._known(room, kind)
        chat = self._directory.chat(room.group)
        if ref is not None and await chat.fetch(ref) is not None:
            await chat.edit(ref, reply)
            return
        # A platform may answer an old key with the old post, so each new post has a new one.
        key = f"{name} {times + 1}"

        async def put(conn: Connection) -> None:
            await self._outbox.put(
                conn, Post(room, reply), key=key, purpose=PURPOSE, lane=Lane.GATE
            )

        await self._store.write(put)

    async def where(self, room: Room, kind: str) -> MessageRef | None:
        """Where a standing post was put last; None where none is known."""
        return (await self._known(room, kind))[2]

    async def delivered(self, event: Delivered) -> None:
        """Remember where a standing post is."""
        name, _, times = event.job.rpartition(" ")
        value = {"times": int(times), "ref": to_json(event.ref)}
        await self._memory.put(name, json.dumps(value))

    def room_of(self, group: Group, job: str) -> Room | None:
        """The room that a standing post was for."""
        name = job.rpartition(" ")[0]
        rooms = [known.room for kind in RoomKind for known in self._directory.rooms(group, kind)]
        return next((room for room in rooms if name.endswith(self._mark(room))), None)

    def _mark(self, room: Room) -> str:
        handle = f"{room.group.platform} {room.group.handle} {room.handle}"
        return self._store.keys.blind("standing", handle).hex()

    async def _known(self, room: Room, kind: str) -> tuple[str, int, MessageRef | None]:
        name = f"{kind} {self._mark(room)}"
        noted = await self._memory.get(name)
        if noted is None:
            return name, 0, None
        value = json.loads(noted)
        return name, value["times"], value_from_json(value["ref"])
