"""How anonymous posts change: one place that walks the table of `states.py`."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Group, MessageRef, Room
from bot.outbox import Lane, Outbox, Post
from bot.reply import Reply
from bot.services.anonymity.states import ENDED, Happening, PostState, after
from bot.services.directory import Directory
from bot.services.retention.keeping import Retention
from bot.store import Connection, KeyRing, Store, outbox_rows, post_rows
from bot.store.post_rows import PostRow

PURPOSE: Final = "anonymous"
NOT_GONE_YET: Final = (PostState.WAITING.value, PostState.HELD.value)
"""Words that wait in the outbox."""
NOT_GONE_FROM_ROOM: Final = (PostState.RECALLING.value, PostState.HIDING.value)
"""On their way out of a room."""
NEVER_SHOWN: Final = frozenset({Happening.WITHDRAWN, Happening.GIVEN_UP, Happening.UNDELIVERED})
"""Nobody read the post, so nobody needs to know its author."""

_STEP: Final = timedelta(minutes=5)
_WHOLE: Final = datetime(2000, 1, 1, tzinfo=UTC)
_random = secrets.SystemRandom()


def outbox_key(post_id: bytes) -> str:
    """The key of a post's job: random like the post's id."""
    return f"{PURPOSE} {post_id.hex()}"


def post_of(job: str) -> bytes | None:
    """The post that a job is for; None for somebody else's job."""
    purpose, _, number = job.partition(" ")
    return bytes.fromhex(number) if purpose == PURPOSE else None


def at_latest(release_at: datetime) -> datetime:
    """The end of the five minutes in which a post goes out. Tells less than the moment itself."""
    return _WHOLE + (release_at - _WHOLE) // _STEP * _STEP + _STEP


def at_random(span: tuple[timedelta, timedelta]) -> timedelta:
    """A time within a span, even chances, unrelated to any other."""
    shortest, longest = span
    return shortest + _random.random() * (longest - shortest)


async def let_go_of_waiting(conn: Connection, keys: KeyRing, today: date) -> int:
    """After a backup was put back, no post that waits in it goes out; gives how many there were.

    Each may have gone out since, or been taken back by its author, whose receipt says now that
    nobody can tell.
    """
    rows = await post_rows.some(conn, keys, NOT_GONE_YET)
    for row in rows:
        await outbox_rows.withdraw(conn, outbox_key(row.id))
        ended = {"state": PostState.NOT_SENT.value, "why": "unknown", "ended": today}
        await post_rows.change(conn, row.id, release_at=None, **ended)
        await post_rows.forget_label(conn, keys, row.id)
    return len(rows)


class PostChanges:
    """Changes rows and the jobs that belong to them, within the caller's transaction."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        retention: Retention,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._retention = retention
        self._clock = clock

    async def apply(
        self, conn: Connection, row: PostRow, happening: Happening, why: str | None = None
    ) -> PostState:
        """Let something happen to a post; gives the state it is in now, changed or not.

        A post that leaves its room takes its waiting answers along: nobody could say what they
        answer.
        """
        state = PostState(row.state)
        new = after(state, happening)
        if new is None:
            return state
        values: dict[str, object] = {"state": new.value}
        if why is not None:
            values["why"] = why
        if new.value not in NOT_GONE_YET:
            values["release_at"] = None
        if new in ENDED:
            today = self._clock.now().date()
            values |= {"ended": today, "message": None, "message_blind": None}
        if happening in NEVER_SHOWN:
            values |= {"author_box": None, "seal_ends": None}
        await post_rows.change(conn, row.id, **values)
        if new in ENDED:
            await post_rows.forget_label(conn, self._store.keys, row.id)
        if new in ENDED or new.value in NOT_GONE_FROM_ROOM:
            await self.give_up(conn, "thread-gone", parent_id=row.id)
        return new

    async def give_up(
        self,
        conn: Connection,
        why: str,
        *,
        room_id: bytes | None = None,
        parent_id: bytes | None = None,
    ) -> None:
        """Posts that wait in a room or in a thread will not go out; their words are erased."""
        for row in await post_rows.some(
            conn, self._store.keys, NOT_GONE_YET, room_id=room_id, parent_id=parent_id
        ):
            await self.give_up_one(conn, row, why, tried_too=room_id is not None)

    async def give_up_one(
        self, conn: Connection, row: PostRow, why: str, *, tried_too: bool = False
    ) -> None:
        """One post will not go out.

        Without `tried_too`, one whose time has come is left to its end: it may stand in the room
        already, and then "not sent" would not be so.
        """
        if (tried_too or self._untried(row)) and await self._outbox.withdraw(
            conn, outbox_key(row.id)
        ):
            await self.apply(conn, row, Happening.GIVEN_UP, why)

    def _untried(self, row: PostRow) -> bool:
        held = row.state == PostState.HELD.value
        return held or (row.release_at is not None and row.release_at > self._clock.now())

    async def withdraw(self, conn: Connection, row: PostRow) -> None:
        """Take back a post that waits, so that its words are never shown."""
        key = outbox_key(row.id)
        room = self.room_of(row)
        if (self._untried(row) or room is None) and await self._outbox.withdraw(conn, key):
            await self.apply(conn, row, Happening.WITHDRAWN)
            return
        # It may stand in the room already without our knowing (sent, then a crash or a lost
        # answer). The same key with other words finds out: the platform gives the post that it
        # has, or puts one up that says nothing. Either way it is removed as soon as it is known.
        await self.apply(conn, row, Happening.RECALLED)
        if room is not None:
            await self._outbox.put(
                conn,
                Post(room, Reply("anon-post-taken-back")),
                key=key,
                purpose=PURPOSE,
                lane=Lane.POSTS,
                replace=True,
            )

    def room_of(self, row: PostRow) -> Room | None:
        """The room of a post, while its platform has it."""
        known = self._directory.by_id(row.room_id)
        return None if known is None else known.room

    async def remove(self, row: PostRow) -> None:
        """Have a post's message removed, if it stands anywhere."""
        room = self.room_of(row)
        if room is not None and row.message is not None:
            await self.remove_message(MessageRef(room, row.message))

    async def remove_message(self, ref: MessageRef) -> None:
        """Have a message removed; nothing is left to do where its room is gone."""
        try:
            await self._retention.remove_now([ref])
        except Refused:
            return

    async def by_message(self, conn: Connection, group: Group, ref: MessageRef) -> PostRow:
        """The post that a message is. Raises `Refused`, the same for every other message."""
        row = await post_rows.by_message(conn, self._store.keys, self._store.message_blind(ref))
        if row is None or ref.room.group != group:
            raise Refused("anon-not-a-post")
        return row
