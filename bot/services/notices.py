"""What moderators must know about the bot itself: said once in their room, not per event."""

from __future__ import annotations

from collections.abc import Mapping

from bot.clock import Clock
from bot.model import Group
from bot.outbox import Lane, Outbox, Post
from bot.reply import Reply, Value
from bot.services.directory import Directory
from bot.store import Connection, Store, outbox_rows

PURPOSE = "notice"
"""What notices are for, as `Delivered` and `Undelivered` say it."""


_UNCOUNTED = (Lane.POSTS, Lane.CRISIS)


class Notices:
    """Tells a group's moderators, at most once a day for the same thing."""

    def __init__(self, store: Store, outbox: Outbox, directory: Directory, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._clock = clock
        self._told: set[tuple[Group, str]] = set()
        self._day = clock.now().date()
        self.unheard: set[Group] = set()
        """Groups whose moderators could not be told the last time."""

    async def tell(
        self, group: Group, key: str, args: Mapping[str, Value] | None = None, about: str = ""
    ) -> None:
        """Say one sentence in the moderators' room; `about` tells apart several of its kind."""
        today = self._clock.now().date()
        if today != self._day:
            self._day = today
            self._told.clear()
        topic = f"{key} {about}"
        room = self._directory.moderators_room(group)
        if room is None or (group, topic) in self._told:
            return
        job = Post(room, Reply(key, args or {}))

        async def put(conn: Connection) -> None:
            name = f"notice {group.platform} {group.handle} {topic} {today}"
            await self._outbox.put(
                conn,
                job,
                key=self._store.keys.blind("notice", name).hex(),
                purpose=PURPOSE,
                lane=Lane.ALERTS,
            )

        await self._store.write(put)
        # Not before: what could not be stored is said by the next who tries.
        self._told.add((group, topic))

    async def waiting(self, group: Group) -> int:
        """How much waits to be sent.

        Anonymous posts do not count: a number that went up would tell when one was written. Nor
        does what somebody in need is told.
        """
        group_id = await self._store.group_id(group)
        lanes = [f"{group.platform} {lane.value}" for lane in Lane if lane not in _UNCOUNTED]
        async with self._store.read() as conn:
            return await outbox_rows.waiting_in(conn, group_id, lanes)
