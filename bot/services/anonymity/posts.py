"""What becomes of an anonymous post after it was written. The states are in `states.py`.

Whoever holds the receipt owns the post; nothing here knows an account but to slow down guessing.
Every listener may hear of the same thing twice.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import Refused, Unknown
from bot.events import Delivered, Undelivered
from bot.model import Account, Group, MessageRef, Room
from bot.services.anonymity.changes import (
    NOT_GONE_FROM_ROOM,
    PostChanges,
    at_latest,
    post_of,
)
from bot.services.anonymity.receipts import Throttle, hash_of
from bot.services.anonymity.states import IN_ROOM, Happening, PostState
from bot.services.notices import Notices
from bot.services.retention.keeping import Retention
from bot.store import Connection, Store, post_rows, short_of
from bot.store.post_rows import PostRow

WRONG_RECEIPTS = 10
WRONG_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a post is, for who holds its receipt. `at_latest` only while it waits."""

    state: PostState
    why: str | None
    at_latest: datetime | None
    late: bool
    """It should have gone out by now."""


class AnonymousPosts:
    """Every anonymous post from the moment it waits until it is gone."""

    def __init__(
        self,
        store: Store,
        changes: PostChanges,
        retention: Retention,
        notices: Notices,
        clock: Clock,
    ) -> None:
        self._store = store
        self._changes = changes
        self._retention = retention
        self._notices = notices
        self._clock = clock
        self._wrong = Throttle(clock, times=WRONG_RECEIPTS, within=WRONG_WITHIN)
        # Every message that is removed anywhere asks whether it was a post; most were not.
        self._in_rooms: set[int] = set()

    async def load(self) -> None:
        """Remember which messages are posts. Call once, before events flow."""
        async with self._store.read() as conn:
            self._in_rooms = {short_of(blind) for blind in await post_rows.blinds(conn)}

    # For who holds a receipt.

    async def find(self, group: Group, account: Account, receipt: str) -> PostRow:
        """The post of a receipt. Raises `Refused`, in one sentence for every receipt that is none.

        The store is asked for a hash of 128 random bits, so the time it takes tells nothing.
        Ten wrong ones within ten minutes make an account wait.
        """
        who = (group, account)
        wait = self._wrong.wait(who)
        if wait is not None:
            raise Refused("anon-receipt-wait")
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            row = await post_rows.by_receipt(conn, self._store.keys, group_id, hash_of(receipt))
        if row is None:
            self._wrong.note(who)
            raise Refused("anon-no-such-post")
        return row

    async def status(self, group: Group, account: Account, receipt: str) -> Standing:
        """How a post is. Raises `Refused`."""
        return self.standing(await self.find(group, account, receipt))

    def standing(self, row: PostRow) -> Standing:
        """How a post is, as its owner may know."""
        latest = None if row.release_at is None else at_latest(row.release_at)
        late = latest is not None and latest < self._clock.now()
        return Standing(PostState(row.state), row.why, latest, late)

    async def take_back(self, group: Group, account: Account, receipt: str) -> Standing:
        """Take a post back: from the queue, or out of its room. Raises `Refused`.

        Twice is once. What was taken back in time was never shown to anybody.
        """
        found = await self.find(group, account, receipt)

        async def work(conn: Connection) -> PostRow | None:
            row = await post_rows.by_id(conn, self._store.keys, found.id)
            if row is None:
                return None
            match PostState(row.state):
                case PostState.WAITING | PostState.HELD:
                    await self._changes.withdraw(conn, row)
                case PostState.POSTED:
                    await self._changes.apply(conn, row, Happening.RECALLED)
            return await post_rows.by_id(conn, self._store.keys, found.id)

        row = await self._store.write(work)
        if row is None:
            raise Refused("anon-no-such-post")
        if row.state == PostState.RECALLING.value:
            await self._changes.remove(row)
        return self.standing(row)

    # What the platform says.

    async def delivered(self, event: Delivered) -> None:
        """A post stands in its room: note where, and from when its room's lifetime counts."""
        post_id, ref = post_of(event.job), event.ref
        if post_id is None or ref is None:
            return
        timed = self._retention.keep_time(ref, event.at)
        if timed is not None:
            await timed
        blind = self._store.message_blind(ref)

        async def work(conn: Connection) -> PostState | None:
            row = await post_rows.by_id(conn, self._store.keys, post_id)
            if row is None:
                return None
            state = await self._changes.apply(conn, row, Happening.DELIVERED)
            if state in IN_ROOM:
                await post_rows.stands(conn, self._store.keys, post_id, blind, ref.handle)
            return state

        # Before the row says so: a removal that comes at once must not be missed.
        self._in_rooms.add(short_of(blind))
        state = await self._store.write(work)
        if state not in IN_ROOM:
            self._in_rooms.discard(short_of(blind))
        if state not in (PostState.POSTED, PostState.HIDING):
            # Taken back meanwhile, or a post that no receipt can take back any more.
            await self._changes.remove_message(ref)

    async def undelivered(self, event: Undelivered) -> None:
        """A post cannot be sent: its words go with the job, and the receipt says why."""
        post_id = post_of(event.job)
        if post_id is None:
            return

        async def work(conn: Connection) -> bytes | None:
            row = await post_rows.by_id(conn, self._store.keys, post_id)
            if row is None:
                return None
            # What may stand in the room was not taken back.
            lost = event.why == Unknown.why
            happening = Happening.LOST if lost else Happening.UNDELIVERED
            state = await self._changes.apply(conn, row, happening, why=event.why)
            return row.room_id if state is PostState.NOT_SENT else None

        room_id = await self._store.write(work)
        if room_id is not None and event.why != Unknown.why:
            # Without the room: rooms and times together would say more than is needed.
            await self._notices.tell(event.group, "notice-anon-not-sent")

    def removed(self, ref: MessageRef) -> Awaitable[None] | None:
        """A message is gone, whoever removed it; what it gives back is what to await then.

        On the path of every removal.
        """
        if not self._in_rooms:
            return None
        blind = self._store.message_blind(ref)
        return self._left_its_room(blind) if short_of(blind) in self._in_rooms else None

    async def _left_its_room(self, blind: bytes) -> None:
        async def work(conn: Connection) -> None:
            row = await post_rows.by_message(conn, self._store.keys, blind)
            if row is not None:
                await self._changes.apply(conn, row, Happening.REMOVED)

        await self._store.write(work)
        self._in_rooms.discard(short_of(blind))

    async def room_gone(self, room: Room) -> None:
        """A room is gone: nothing more can be posted there, and what stood there is gone too."""
        room_id = await self._store.room_id(room)

        async def work(conn: Connection) -> None:
            # Not more than the bound on waiting posts; what is being sent comes back undelivered.
            await self._changes.give_up(conn, "gone", room_id=room_id)
            standing = [state.value for state in IN_ROOM]
            while rows := await post_rows.some(conn, self._store.keys, standing, room_id=room_id):
                for row in rows:
                    await self._changes.apply(conn, row, Happening.REMOVED)

        await self._store.write(work)

    async def open(self, group: Group) -> None:
        """A group is ready: finish removals that a crash interrupted."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            keys = self._store.keys
            rows = await post_rows.some(conn, keys, NOT_GONE_FROM_ROOM, group_id=group_id)
        for row in rows:
            await self._changes.remove(row)
