"""What helps the author of a post without knowing them: words, and helplines below the post.

A blind reply waits where the author looks with the receipt, and goes with the post's row. Nobody
can tell whether it was read: that would tell when its author was here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group, MessageRef
from bot.outbox import Lane, Outbox, Post
from bot.reply import HELP_NOW, Reply, Text
from bot.services.anonymity.changes import PostChanges
from bot.services.audit import Audit, Deed
from bot.services.crisis.words import CrisisWords
from bot.store import Connection, Store, post_rows, reply_rows
from bot.store.post_rows import PostRow

LONGEST_REPLY: Final = 1_000
MOST_REPLIES: Final = 10
"""Replies to one post."""
HELPLINES: Final = "helplines-below"


class BlindReplies:
    """Moderators write to an author, or put helplines below a post, and learn nothing."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        changes: PostChanges,
        words: CrisisWords,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._changes = changes
        self._words = words
        self._audit = audit
        self._clock = clock

    async def post_of(self, group: Group, ref: MessageRef) -> str:
        """The post that a message is, for the other ways here. Raises `Refused`."""
        async with self._store.read() as conn:
            return (await self._changes.by_message(conn, group, ref)).id.hex()

    async def write(self, group: Group, account: Account, post: str, text: str) -> None:
        """Leave words for a post's author. Raises `Refused`: no such post, no words, too many."""
        words = text.strip()
        if not words:
            raise Refused("blind-reply-empty")
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> None:
            row = await self._post(conn, group_id, post)
            if await reply_rows.count(conn, row.id) >= MOST_REPLIES:
                raise Refused("blind-reply-too-many", {"most": MOST_REPLIES})
            await reply_rows.add(conn, self._store.keys, row.id, words, self._clock.now())
            await self._audit.record(
                conn, group, Deed.AUTHOR_WRITTEN_TO, by=account, facts={"post": row.id.hex()}
            )

        await self._store.write(work)

    async def to(self, post: PostRow) -> Sequence[str]:
        """What moderators wrote to the author of a post, the oldest first."""
        async with self._store.read() as conn:
            return await reply_rows.all_of(conn, self._store.keys, post.id)

    async def helplines(self, group: Group, account: Account, post: str) -> None:
        """Put the helplines below a post that stands in its room, once an hour at most.

        They name nobody and answer nobody. Raises `Refused`: no such post, or not there any more.
        """
        group_id = await self._store.group_id(group)
        hour = self._clock.now().strftime("%Y%m%d%H")

        async def work(conn: Connection) -> None:
            row = await self._post(conn, group_id, post)
            room = self._changes.room_of(row)
            if room is None or row.message is None:
                raise Refused("helplines-below-gone")
            reply = Reply(
                "helplines-below",
                lines=(*self._words.lines(group), self._words.emergency(group)),
                buttons=(HELP_NOW,),
            )
            await self._outbox.put(
                conn,
                Post(room, reply),
                key=f"{HELPLINES} {row.id.hex()} {hour}",
                purpose=HELPLINES,
                lane=Lane.CRISIS,
            )
            await self._audit.record(
                conn, group, Deed.HELPLINES_PUT, by=account, facts={"post": row.id.hex()}
            )

        await self._store.write(work)

    async def _post(self, conn: Connection, group_id: bytes, post: str) -> PostRow:
        try:
            row = await post_rows.by_id(conn, self._store.keys, bytes.fromhex(post))
        except (ValueError, TypeError):
            row = None
        if row is None or row.group_id != group_id:
            raise Refused("anon-not-a-post")
        return row


def shown(replies: Sequence[str]) -> tuple[Text, ...]:
    """Blind replies as their reader sees them."""
    return tuple(Text("blind-reply", {"text": text}) for text in replies)
