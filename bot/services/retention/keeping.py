"""Due times: every message of a room with a lifetime gets one before it counts as handled."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.chat import Right
from bot.clock import Clock
from bot.errors import PlatformError, Refused
from bot.model import Account, MessageRef, Role, Room
from bot.services.audit import Audit, Deed
from bot.services.directory import Directory, KnownRoom
from bot.services.retention.removing import WITH_LIFETIME, Removals
from bot.store import Connection, Store, expiry_rows, group_rows

logger = logging.getLogger(__name__)

BeforeChange = Callable[[KnownRoom], Awaitable[None]]

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=365)


class Retention:
    """Keeps due times; `Removals` acts on them."""

    def __init__(
        self, store: Store, directory: Directory, removals: Removals, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._directory = directory
        self._removals = removals
        self._audit = audit
        self._clock = clock
        self.before_change: BeforeChange = _nobody
        self._shows: set[asyncio.Task[None]] = set()
        self._written: deque[tuple[asyncio.Future[None], datetime]] = deque()
        self._rows = expiry_rows.new_rows(store)
        store.on_commit(self._expect_written)

    def keep_time(self, ref: MessageRef, at: datetime) -> Awaitable[None] | None:
        """Write the due time of a new message; None where its room keeps messages.

        On the path of every message: starts the write and returns it unawaited.
        """
        known = self._directory.known.get(ref.room)
        if known is None or known.lifetime is None:
            return None
        if self.removed_here(ref):
            # Told a second time, after a restart or a lost connection, and gone meanwhile.
            return None
        due = at + known.lifetime
        written = self._store.append_to(self._rows, (known.id, ref, due))
        self._written.append((written, due))
        if known.shows_time_left:
            self._show(ref, due)
        return written

    def removed_here(self, ref: MessageRef) -> bool:
        """Whether the bot removed a message not long ago."""
        return self._removals.removed_here(ref)

    def _expect_written(self) -> None:
        # Once it is on disk: a look at the table before that would find and expect nothing.
        first: datetime | None = None
        while self._written and self._written[0][0].done():
            _, due = self._written.popleft()
            if first is None or due < first:
                first = due
        if first is not None:
            self._removals.expect(first)

    def _show(self, ref: MessageRef, due: datetime) -> None:
        chat = self._directory.chat(ref.room.group)
        task = asyncio.create_task(_quietly(chat.show_time_left(ref, due)))
        self._shows.add(task)
        task.add_done_callback(self._shows.discard)

    async def set_lifetime(
        self, room: Room, lifetime: timedelta | None, by: Account | None = None
    ) -> None:
        """Change how long NEW messages stay in a room. Raises `Refused`.

        `by` is None where it was the host.
        """
        known = self._directory.room(room)
        if known.kind not in WITH_LIFETIME:
            raise Refused("lifetime-not-here")
        if lifetime is not None and not SHORTEST <= lifetime <= LONGEST:
            raise Refused("lifetime-out-of-range", {"shortest": SHORTEST, "longest": LONGEST})
        if lifetime != known.lifetime:
            await self.before_change(known)
        seconds = None if lifetime is None else int(lifetime.total_seconds())

        async def work(conn: Connection) -> None:
            await group_rows.set_lifetime_seconds(conn, known.id, seconds)
            facts = {"room": known.id.hex(), "seconds": seconds or 0}
            await self._audit.record(conn, room.group, Deed.LIFETIME_CHANGED, by=by, facts=facts)

        await self._store.write(work)
        known.lifetime = lifetime

    def lifetime(self, room: Room) -> timedelta | None:
        """How long messages stay in a room; None when they stay."""
        return self._directory.room(room).lifetime

    async def let_go(
        self, account: Account, role: Role, ref: MessageRef, after: timedelta
    ) -> datetime:
        """Let a message go after a while (zero: now). One's own, or any for a moderator.

        Returns when it goes: never later than it would have gone anyway. Raises `Refused`, also
        where it would not go: nothing is called done that is not.
        """
        if not timedelta() <= after <= LONGEST:
            raise Refused("lifetime-out-of-range", {"shortest": SHORTEST, "longest": LONGEST})
        known = self._directory.room(ref.room)
        message = await self._directory.chat(ref.room.group).fetch(ref)
        if message is None:
            raise Refused("message-gone")
        if message.author != account and role < Role.MODERATOR:
            raise Refused("not-your-message")
        chat = self._directory.chat(ref.room.group)
        if Right.REMOVE not in await chat.rights(ref.room):
            raise Refused("let-go-forbidden")
        if message.pinned or ref in await self._removals.pins.ask(ref.room):
            raise Refused("let-go-pinned")
        due = self._clock.now() + after
        await self.bring_forward([ref], due, None if message.author == account else account)
        async with self._store.read() as conn:
            kept = await expiry_rows.due_of(conn, self._store.message_blind(ref))
        if known.shows_time_left:
            self._show(ref, kept or due)
        return kept or due

    async def bring_forward(
        self, refs: Sequence[MessageRef], due: datetime, by: Account | None = None
    ) -> None:
        """Let messages go at `due` at the latest. `by` is the moderator whose deed it is."""
        rooms = [self._directory.room(ref.room) for ref in refs]

        async def work(conn: Connection) -> None:
            for known, ref in zip(rooms, refs, strict=True):
                blind = self._store.message_blind(ref)
                await expiry_rows.bring_forward(
                    conn, self._store.keys, known.id, blind, ref.handle, due
                )
                if by is not None:
                    facts = {"room": known.id.hex(), "count": 1}
                    await self._audit.record(
                        conn, ref.room.group, Deed.MESSAGES_REMOVED, by=by, facts=facts
                    )

        await self._store.write(work)
        self._removals.expect(due)

    async def remove_now(self, refs: Sequence[MessageRef]) -> None:
        """Put messages first in line for removal; durable when it returns."""
        if refs:
            await self.bring_forward(refs, self._clock.now())

    def forget(self, ref: MessageRef) -> Awaitable[None] | None:
        """A message was removed: its due time is not needed. To be awaited where there is one."""
        if self.removed_here(ref):
            # Its row goes with the others. A commit for each would hold up the rest.
            return None
        blind = self._store.message_blind(ref)
        return self._store.write(lambda conn: expiry_rows.forget(conn, blind))


async def _nobody(known: KnownRoom) -> None:
    """Nobody wants to hear of a change beforehand."""


async def _quietly(showing: Awaitable[None]) -> None:
    try:
        await showing
    except PlatformError:
        logger.info("time left not shown")
