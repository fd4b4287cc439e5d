"""What moderators can do about anonymous posts, without ever learning who wrote; and upkeep."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group, MessageRef
from bot.outbox import Outbox
from bot.services.anonymity.changes import (
    NOT_GONE_FROM_ROOM,
    NOT_GONE_YET,
    PostChanges,
    at_random,
    outbox_key,
)
from bot.services.anonymity.silences import TAG_KEPT, Silences
from bot.services.anonymity.states import Happening, PostState
from bot.services.audit import Audit, Deed
from bot.services.sealed_authors import SealedAuthors
from bot.services.timekeeping import TrustedTime
from bot.store import Connection, Store, group_rows, post_rows
from bot.store.post_rows import PostRow

PAUSED: Final = "anonymous-paused"
"""The mark of a pause among a group's settings; nobody can set it by hand."""
LONGEST_HELD: Final = timedelta(hours=72)
"""How long words wait while moderators pause posting. Then they are erased unsent."""
AFTER_PAUSE: Final = (timedelta(minutes=1), timedelta(minutes=30))
FAR: Final = timedelta(days=3650)
"""What is held never goes by itself, however long the bot was down."""
LOST_AFTER: Final = timedelta(hours=1)
ENDED_KEPT: Final = timedelta(days=30)
"""How long a receipt still tells what became of a post."""


class HideReason(Enum):
    """Why a moderator hides a post: a closed list, because the author is shown it."""

    NAMES_SOMEBODY = "names somebody"
    SOMEBODYS_STORY = "somebody's story"
    WAY_TO_GET_HURT = "a way to get hurt"
    UNKIND = "unkind"
    ADVERTISING = "advertising"
    OTHER_RULE = "another rule"

    @property
    def code(self) -> str:
        """How it is stored, and the end of its text's key."""
        return self.name.lower().replace("_", "-")


async def is_paused(conn: Connection, group_id: bytes) -> bool:
    """Whether moderators paused anonymous posting in a group."""
    return PAUSED in await group_rows.settings(conn, group_id)


class AnonymousModeration:
    """Hide, silence, pause; and what the passing of time does to posts."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        changes: PostChanges,
        silences: Silences,
        seals: SealedAuthors,
        audit: Audit,
        time: TrustedTime,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._changes = changes
        self._silences = silences
        self._seals = seals
        self._audit = audit
        self._time = time
        self._clock = clock

    async def hide(
        self, group: Group, by: Account, ref: MessageRef, reason: HideReason
    ) -> tuple[str, bool]:
        """Hide a post; its author learns why by the receipt.

        Gives the post's id, and False where it was on its way out already: then what its author
        reads stays as it was. Raises `Refused`, in one sentence for every message that is no
        anonymous post.
        """

        async def work(conn: Connection) -> PostRow:
            row = await self._changes.by_message(conn, group, ref)
            state = await self._changes.apply(conn, row, Happening.HIDDEN, reason.code)
            if state.value != row.state:
                facts = {"post": row.id.hex(), "reason": reason.code}
                await self._audit.record(conn, group, Deed.POST_HIDDEN, by=by, facts=facts)
            return row

        before = await self._store.write(work)
        await self._changes.remove(before)
        # A press that comes again after a crash finds its own doing: that reason is what is shown.
        again = before.state == PostState.HIDING.value and before.why == reason.code
        return before.id.hex(), again or before.state == PostState.POSTED.value

    async def silence(
        self, group: Group, by: Account, post: MessageRef | str, lasts: timedelta
    ) -> datetime:
        """Silence the author of a post, by its message or (when that is gone) what `hide` gave.

        What the author has waiting does not go out, unless the two were written in different
        weeks: their tags are unrelated. Gives the end. Raises `Refused`.
        """
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> datetime:
            if isinstance(post, MessageRef):
                row = await self._changes.by_message(conn, group, post)
            else:
                row = await self._by_id(conn, group_id, post)
            ends = await self._silences.silence(conn, group_id, row, lasts)
            for other in await post_rows.some(
                conn, self._store.keys, NOT_GONE_YET, group_id=group_id, tag=row.tag
            ):
                await self._changes.give_up_one(conn, other, "silenced")
            facts = {"post": row.id.hex(), "hours": int(lasts / timedelta(hours=1))}
            await self._audit.record(conn, group, Deed.AUTHOR_SILENCED, by=by, facts=facts)
            return ends

        return await self._store.write(work)

    async def _by_id(self, conn: Connection, group_id: bytes, number: str) -> PostRow:
        try:
            row = await post_rows.by_id(conn, self._store.keys, bytes.fromhex(number))
        except (ValueError, TypeError):
            row = None
        if row is None or row.group_id != group_id:
            raise Refused("anon-not-a-post")
        return row

    async def pause(self, group: Group, by: Account) -> None:
        """Take no new posts and hold those that wait.

        What is on its way at this moment still comes. Twice is once. Nobody is told how many
        wait: counted before and after a silence, that would show which are by one person.
        """
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> None:
            now = self._clock.now()
            await group_rows.set_setting(conn, group_id, PAUSED, "yes")
            await self._audit.record(conn, group, Deed.POSTING_PAUSED, by=by)
            waiting = [PostState.WAITING.value]
            for row in await post_rows.some(conn, self._store.keys, waiting, group_id=group_id):
                early = row.release_at is not None and row.release_at > now
                if early and await self._outbox.move(conn, outbox_key(row.id), now + FAR):
                    await self._changes.apply(conn, row, Happening.PAUSED)
                    await post_rows.change(conn, row.id, release_at=now + LONGEST_HELD)

        await self._store.write(work)

    async def resume(self, group: Group, by: Account) -> None:
        """Take posts again. Each that was held goes at a new random time."""
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> None:
            await group_rows.set_setting(conn, group_id, PAUSED, None)
            await self._audit.record(conn, group, Deed.POSTING_RESUMED, by=by)
            held = [PostState.HELD.value]
            rows = await post_rows.some(conn, self._store.keys, held, group_id=group_id)
            for row in rows:
                release_at = self._clock.now() + at_random(AFTER_PAUSE)
                if await self._outbox.move(conn, outbox_key(row.id), release_at):
                    await self._changes.apply(conn, row, Happening.RESUMED)
                    await post_rows.change(conn, row.id, release_at=release_at)
                else:
                    await self._changes.apply(conn, row, Happening.GIVEN_UP, "unknown")

        await self._store.write(work)

    # Upkeep.

    async def upkeep(self, platforms: Collection[str]) -> None:
        """Do what time does: tags go after 7 days, silences and seals end with their keys, what
        was held too long is erased, ended posts are forgotten after 30 days.

        Keys are destroyed for good, so a clock that jumped does nothing here until a platform
        agrees with it, as after a night of sleep.
        """
        for platform in platforms:
            if not await self._time.trusted(platform):
                return
        if self._time.jumped():  # and there was no platform to ask
            return
        today = self._clock.now().date()
        # A post of a day keeps its tag on that day and the six after it.
        oldest = today - TAG_KEPT + timedelta(days=1)

        async def work(conn: Connection) -> None:
            await post_rows.drop_tags(conn, oldest)
            await post_rows.drop_ended(conn, today - ENDED_KEPT)
            await self._give_up_what_was_held(conn)
            await self._notice_what_was_lost(conn)

        await self._store.write(work)
        # A week's key lives until its last day's posts have lost their tags: weeks begin at
        # midnight, so the week of the oldest day that still counts is the oldest one needed.
        keys = self._store.keys
        midnight = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        keys.destroy_tags_before(keys.epoch_of(midnight - TAG_KEPT + timedelta(days=1)))
        await self._silences.upkeep()
        await self._seals.upkeep()
        await self._store.sweep()

    async def _give_up_what_was_held(self, conn: Connection) -> None:
        held = [PostState.HELD.value]
        for row in await post_rows.some(
            conn, self._store.keys, held, released_before=self._clock.now()
        ):
            await self._changes.give_up_one(conn, row, "paused")

    async def _notice_what_was_lost(self, conn: Connection) -> None:
        """A post that waits for nothing: say that its fate is unknown rather than nothing."""
        keys = self._store.keys
        before = self._clock.now() - LOST_AFTER
        waiting = [PostState.WAITING.value]
        rows = await post_rows.some(conn, keys, waiting, released_before=before)
        recalled = await post_rows.some(conn, keys, NOT_GONE_FROM_ROOM)
        rows += [row for row in recalled if row.message is None]
        for row in rows:
            if not await self._outbox.waits(conn, outbox_key(row.id)):
                await self._changes.apply(conn, row, Happening.LOST, "unknown")
