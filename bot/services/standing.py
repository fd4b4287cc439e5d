"""Standing posts, such as the join card: there once, found again after any restart."""

from __future__ import annotations

import json

from bot.events import Delivered
from bot.inbox import Memory
from bot.model import MessageRef, Room
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

    async def delivered(self, event: Delivered) -> None:
        """Remember where a standing post is."""
        name, _, times = event.job.rpartition(" ")
        value = {"times": int(times), "ref": to_json(event.ref)}
        await self._memory.put(name, json.dumps(value))

    async def _known(self, room: Room, kind: str) -> tuple[str, int, MessageRef | None]:
        handle = f"{room.group.platform} {room.group.handle} {room.handle}"
        name = f"{kind} {self._store.keys.blind('standing', handle).hex()}"
        noted = await self._memory.get(name)
        if noted is None:
            return name, 0, None
        value = json.loads(noted)
        return name, value["times"], value_from_json(value["ref"])
