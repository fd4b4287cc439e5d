"""Silences: the author of a post may not post anonymously for a while, and nobody learns who.

A post carries a tag that its author's next posts of the same week would carry too. A silence
keeps that tag and a copy of the week's key, so it knows the author again after leaving and
rejoining, under a new pseudonym, in later weeks and after a restart. Both go when it ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group
from bot.services.audit import Audit, Deed
from bot.store import Connection, KeyDestroyed, Store, post_rows
from bot.store.post_rows import PostRow

SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=30)
TAG_KEPT = timedelta(days=7)
"""Days for which a post carries its author's tag, the day of writing included."""


class Silences:
    """Silences authors by a post of theirs, without knowing who they are."""

    def __init__(self, store: Store, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock

    async def until(self, conn: Connection, group_id: bytes, account: Account) -> datetime | None:
        """When an account's silence in a group ends; None when it has none."""
        keys = self._store.keys
        ends = None
        for silence in await post_rows.silences_of(conn, group_id, self._clock.now()):
            try:
                tag = keys.silence_tag(silence.key_number, account)
            except KeyDestroyed:
                continue
            if compare_digest(tag, silence.tag):
                ends = silence.ends
        return ends

    async def silence(
        self, conn: Connection, group_id: bytes, post: PostRow, lasts: timedelta
    ) -> datetime:
        """Silence a post's author; gives when it ends. The same post again sets a new end.

        Raises `Refused` for a time out of range and for a post that lost its tag.
        """
        if not SHORTEST <= lasts <= LONGEST:
            raise Refused("anon-silence-range", {"shortest": SHORTEST, "longest": LONGEST})
        ends = self._clock.now() + lasts
        today = self._clock.now().date()
        if post.tag is None or post.epoch is None or post.day <= today - TAG_KEPT:
            raise Refused("anon-silence-too-old")
        try:
            number = self._store.keys.keep_for_silence(group_id, post.epoch)
        except KeyDestroyed:
            raise Refused("anon-silence-too-old") from None
        # An author who is silenced already gets a second silence: to say "already silenced"
        # would tell moderators which posts are by one person.
        await post_rows.drop_silences_of_post(conn, post.id)
        await post_rows.add_silence(
            conn,
            group_id=group_id,
            key_number=number,
            tag=post.tag,
            ends=ends,
            post_id=post.id,
        )
        return ends

    async def all(self, group: Group) -> list[tuple[bytes, datetime]]:
        """A group's silences, and when each ends, the first to end first. No more is known."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            rows = await post_rows.silences_of(conn, group_id, self._clock.now())
        return [(silence.id, silence.ends) for silence in rows]

    async def end(self, group: Group, by: Account, silence_id: bytes) -> datetime:
        """End one silence of `all` now; gives when it would have ended.

        Raises `Refused` where there is no such silence (any more).
        """

        async def work(conn: Connection) -> post_rows.SilenceRow:
            group_id = await self._store.group_id(group, conn)
            rows = await post_rows.silences_of(conn, group_id, self._clock.now())
            silence = next((each for each in rows if each.id == silence_id), None)
            if silence is None:
                raise Refused("anon-silence-unknown")
            await post_rows.drop_silence(conn, silence.id)
            await self._audit.record(conn, group, Deed.SILENCE_ENDED, by=by)
            return silence

        silence = await self._store.write(work)
        self._store.keys.destroy_silence_key(silence.key_number)
        return silence.ends

    async def upkeep(self) -> None:
        """Let go of what ended: the rows, their keys, and keys that no row needs any more."""
        now = self._clock.now()
        keys = self._store.keys

        async def work(conn: Connection) -> set[int]:
            await post_rows.drop_ended_silences(conn, now)
            # Seen here, where no other write runs: a silence makes its key inside its write.
            return keys.silences() - await post_rows.silence_keys(conn)

        for number in await self._store.write(work):
            keys.destroy_silence_key(number)
