"""Removals: every message of a room with a lifetime goes when its time is over.

A row goes only when the platform confirmed; that is written beside the next removals, which do
not wait for the disk. What cannot be removed is told to the moderators.

State of a row: waiting -> (gone: row deleted) | failed(why) -> waiting again when the cause may
have ended (rights given back, unpinned, or the next sweep).
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, groupby

from bot.chat import Removal, Retry, Right
from bot.clock import Clock
from bot.errors import Gone, PlatformError, TryLater
from bot.model import Group, MessageRef, Room, RoomKind
from bot.reply import Value
from bot.services.directory import Directory, KnownRoom
from bot.services.notices import Notices
from bot.services.retention.pace import Pace
from bot.services.retention.pins import Pins
from bot.services.timekeeping import TrustedTime
from bot.store import Store, expiry_rows

logger = logging.getLogger(__name__)

BATCH = 500
AT_ONCE = 100
"""Messages per removal call: what Discord's bulk deletion takes."""
MOST_AT_A_LOOK = 10_000
"""Messages that are taken up by one look at the table: about 0.2 s of CPU, in small pieces."""
ROUND = 0.04
"""Seconds from one look at the table to the next under load, so that messages which fall due
one after another share a look, a removal call and a commit. With half of it, a removal costs
nearly twice the CPU."""
MOST_UNCONFIRMED = 2_000
"""Messages that may be gone while their rows are still there; then removals wait for the disk."""
COUNTS_KEPT = timedelta(days=30)
REMEMBERED = 10_000
"""Own removals that are known when the platform tells of them."""
CLOCK_PAUSE = timedelta(seconds=30)
AFTER_A_FAULT = timedelta(seconds=10)

WITH_LIFETIME = (RoomKind.CIRCLE, RoomKind.LOBBY)
"""In the moderators' room, cards go with what they are about."""

FORBIDDEN = "forbidden"
PINNED = "pinned"

OnGone = Callable[[MessageRef], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How removals stand: `overdue` messages in line, and what is stuck and why, by room.

    `left` is how long those in line take at the pace of the last minutes, where that is known.
    """

    overdue: int
    stuck: dict[tuple[Room, str], int]
    clock_trusted: bool
    left: timedelta | None = None


@dataclass(slots=True)
class _Answers:
    """What the platform said and is not written yet."""

    gone: list[expiry_rows.ExpiryRow] = field(default_factory=list)
    stuck: dict[str, list[expiry_rows.ExpiryRow]] = field(default_factory=dict)

    def rows(self) -> list[expiry_rows.ExpiryRow]:
        """All that they are about."""
        return list(chain(self.gone, *self.stuck.values()))


class Removals:
    """Removes what is due. A source of the schedule."""

    name = "removals"

    def __init__(
        self,
        store: Store,
        directory: Directory,
        notices: Notices,
        time: TrustedTime,
        clock: Clock,
    ) -> None:
        self._store = store
        self._directory = directory
        self._notices = notices
        self._time = time
        self._clock = clock
        self.pins = Pins(directory, clock)
        self._pace = Pace(clock)
        self.wake = asyncio.Event()
        self.on_gone: OnGone = _nobody
        self._removed: dict[MessageRef, None] = {}
        self._next: datetime | None = None
        # Until when by the steady clock: see `Outbox`.
        self._paused: dict[bytes, float] = {}
        self._busy: dict[bytes, asyncio.Task[None]] = {}
        self._distrusted = False
        self._round_ends = 0.0
        self._more = False
        self._answers = _Answers()
        self._unconfirmed: set[bytes] = set()
        self._confirming: asyncio.Task[None] | None = None

    async def open(self, group: Group) -> None:
        """A group is ready: what fell due meanwhile goes first thing.

        What was left alone is looked at again: an unpinning may have been missed.
        """
        self.pins.missed(group)
        await self._try_again(
            [known.room for kind in WITH_LIFETIME for known in self._directory.rooms(group, kind)],
            PINNED,
        )
        self._paused.clear()
        self.wake.set()

    def expect(self, due: datetime) -> None:
        """Something falls due at `due` that was not there before."""
        if self._next is None or due < self._next:
            self._next = due
            self.wake.set()

    def removed_here(self, ref: MessageRef) -> bool:
        """Whether this service removed a message not long ago."""
        return ref in self._removed

    async def next_due(self) -> datetime | None:
        """When the first message goes that is not in a paused or busy room."""
        now, steady = self._clock.now(), self._clock.monotonic()
        if steady < self._round_ends:
            return now + timedelta(seconds=self._round_ends - steady)
        if self._more:
            # The last look found some: looking again is the quickest way to ask.
            return now
        self._paused = {room: until for room, until in self._paused.items() if until > steady}
        # What is expected while this reads may be missed by it, so it wakes the loop.
        self._next = None
        async with self._store.read() as conn:
            self._next = await expiry_rows.next_due(conn, self._not_now())
        waits = [now + timedelta(seconds=until - steady) for until in self._paused.values()]
        return min([*waits, *([self._next] if self._next else [])], default=None)

    async def run_due(self) -> None:
        """Begin to remove what is due: rooms side by side, oldest first within each.

        A room that is slow holds up nobody but itself: what falls due in it meanwhile goes
        together when it is done.
        """
        now, steady = self._clock.now(), self._clock.monotonic()
        # Both from one moment: a room that is done meanwhile has rows that are not confirmed.
        unconfirmed, without = frozenset(self._unconfirmed), self._not_now()
        async with self._store.read() as conn:
            limit = self._a_look(without) + len(unconfirmed)
            found = await expiry_rows.due(conn, now, without, limit)
        due = [row for row in found if row.id not in unconfirmed]
        self._more = bool(due)
        if len(found) < limit:
            self._round_ends = steady + ROUND
        due.sort(key=lambda row: row.room_id)
        for room_id, of_room in groupby(due, key=lambda row: row.room_id):
            rows = list(of_room)
            if len(found) == limit and len(rows) > AT_ONCE:
                # More is due: what is over goes with that, in a full call.
                del rows[len(rows) // AT_ONCE * AT_ONCE :]
            task = asyncio.create_task(self._remove_in_room(room_id, rows))
            self._busy[room_id] = task
            task.add_done_callback(partial(self._room_done, room_id))

    def _a_look(self, without: Sequence[bytes]) -> int:
        """How many due messages to take up: a full call for each room, where so many are due.

        With fewer, each of many rooms would have a few, and a call for those.
        """
        rooms = len(self._directory.known) - len(without)
        return min(max(BATCH, AT_ONCE * rooms), MOST_AT_A_LOOK)

    def _not_now(self) -> list[bytes]:
        return [*self._paused, *self._busy]

    def _room_done(self, room_id: bytes, task: asyncio.Task[None]) -> None:
        del self._busy[room_id]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.error("removals of a room failed", exc_info=error)
            self._pause(room_id, AFTER_A_FAULT)
        self.wake.set()

    async def stop(self) -> None:
        """Let go of removals under way. Their rows stay until the platform confirmed."""
        tasks: list[asyncio.Future[None]] = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._confirmed()

    async def _remove_in_room(self, room_id: bytes, rows: list[expiry_rows.ExpiryRow]) -> None:
        known = self._directory.by_id(room_id)
        if known is None:
            # The platform is away, or the room is; `status` counts what is overdue.
            self._pause(room_id, timedelta(minutes=1))
            return
        group = known.room.group
        if not await self._time.trusted(group.platform):
            self._distrusted = True
            self._pause(room_id, CLOCK_PAUSE)
            await self._notices.tell(group, "notice-clock")
            return
        self._distrusted = False
        try:
            for start in range(0, len(rows), AT_ONCE):
                if not await self._remove_some(known, rows[start : start + AT_ONCE]):
                    # Those that wait are older than the rest, and go first.
                    break
        except Gone:
            await self.room_gone(known.room)
        except TryLater as error:
            self._pause(room_id, error.after)
        except PlatformError as error:
            logger.warning("removal failed", extra={"why": error.why})
            self._pause(room_id, timedelta(minutes=1))

    def _pause(self, room_id: bytes, lasts: timedelta) -> None:
        self._paused[room_id] = self._clock.monotonic() + lasts.total_seconds()

    async def _remove_some(self, known: KnownRoom, rows: list[expiry_rows.ExpiryRow]) -> bool:
        """Ask for removals. False where some of them have to wait."""
        keys = self._store.keys
        by_ref = {MessageRef(known.room, expiry_rows.message_of(keys, row)): row for row in rows}
        pinned = await self.pins.of(known.room)
        go = [ref for ref in by_ref if ref not in pinned]
        results = await self._directory.chat(known.room.group).remove(go) if go else {}
        gone = [ref for ref in go if results.get(ref) is Removal.GONE]
        stuck: dict[str, list[expiry_rows.ExpiryRow]] = {}
        if len(go) < len(by_ref):
            stuck[PINNED] = [row for ref, row in by_ref.items() if ref in pinned]
        for ref in go:
            result = results.get(ref)
            if isinstance(result, Removal) and result is not Removal.GONE:
                stuck.setdefault(result.value, []).append(by_ref[ref])
            elif isinstance(result, Retry):
                self._pause(known.id, result.after)
            elif result is None:
                self._pause(known.id, timedelta(minutes=1))
        # Whoever must know hears first, and may hear twice: after a crash in between, the row is
        # still there and the message is found gone again.
        self._remember_removed(gone)
        if gone:
            self._pace.note(len(gone))
        for ref in gone:
            await self.on_gone(ref)
        self._confirm([by_ref[ref] for ref in gone], stuck)
        if len(self._unconfirmed) >= MOST_UNCONFIRMED:
            await self._confirmed()
        return all(isinstance(results.get(ref), Removal) for ref in go)

    def _confirm(
        self,
        gone: Sequence[expiry_rows.ExpiryRow],
        stuck: Mapping[str, Sequence[expiry_rows.ExpiryRow]],
    ) -> None:
        """Have it written what the platform said, with what it says of other rooms meanwhile.

        The next removals do not wait for the disk. Until it is written the rows are still due,
        and are not taken up again.
        """
        self._answers.gone += gone
        for why, left in stuck.items():
            self._answers.stuck.setdefault(why, []).extend(left)
        self._unconfirmed.update(row.id for row in chain(gone, *stuck.values()))
        if self._unconfirmed and self._confirming is None:
            self._confirming = asyncio.create_task(self._write())

    async def _confirmed(self) -> None:
        """Wait until all that the platform said is written, or could not be."""
        while self._confirming is not None:
            await asyncio.wait([self._confirming])

    async def _write(self) -> None:
        try:
            while rows := self._answers.rows():
                answers, self._answers = self._answers, _Answers()
                try:
                    await self._write_down(answers)
                except Exception:
                    # What is not written is due again, and the platform will find it gone. What
                    # is not told, the sweep tells.
                    logger.exception("confirming removals failed")
                    for room_id in {row.room_id for row in rows}:
                        self._pause(room_id, AFTER_A_FAULT)
                finally:
                    self._unconfirmed.difference_update(row.id for row in rows)
        finally:
            self._confirming = None
            self.wake.set()

    async def _write_down(self, answers: _Answers) -> None:
        gone, day = [row.id for row in answers.gone], self._clock.now().date()
        await self._store.write(lambda conn: expiry_rows.confirm(conn, gone, answers.stuck, day))
        for why, left in answers.stuck.items():
            for room_id, count in Counter(row.room_id for row in left).items():
                known = self._directory.by_id(room_id)
                if known is not None and why != PINNED:
                    await self._tell(known, why, count)

    def _remember_removed(self, refs: Sequence[MessageRef]) -> None:
        self._removed.update(dict.fromkeys(refs))
        while len(self._removed) > REMEMBERED:
            del self._removed[next(iter(self._removed))]

    async def _tell(self, known: KnownRoom, why: str, count: int) -> None:
        args: dict[str, Value] = {"room": known.room, "count": count}
        await self._notices.tell(
            known.room.group, f"notice-cannot-remove-{why}", args, about=known.id.hex()
        )

    async def pins_changed(self, room: Room) -> None:
        """Somebody pinned or unpinned: what was left alone may go now."""
        self.pins.changed(room)
        await self._try_again([room], PINNED)

    async def rights_changed(self, room: Room) -> None:
        """Rights in a room changed: what was forbidden may be possible now."""
        await self._try_again([room], FORBIDDEN)

    async def room_gone(self, room: Room) -> None:
        """A room is gone, and what was due in it."""
        self.pins.changed(room)
        known = self._directory.known.get(room)
        if known is not None:
            await self._store.write(lambda conn: expiry_rows.forget_room(conn, known.id))

    async def _try_again(self, rooms: Iterable[Room], why: str) -> None:
        ids = [known.id for room in rooms if (known := self._directory.known.get(room))]
        if not ids:
            return
        again = await self._store.write(lambda conn: expiry_rows.try_again(conn, ids, why))
        for room_id in again:
            self._paused.pop(room_id, None)
        if again:
            self._more = True
            self.wake.set()

    async def sweep(self) -> None:
        """Look again at what is stuck; drop old counts and the bytes of what was deleted."""
        async with self._store.read() as conn:
            stuck = await expiry_rows.failed_by_room(conn)
        for (room_id, why), count in stuck.items():
            known = self._directory.by_id(room_id)
            if known is None:
                continue
            if why != PINNED:
                # Said at once when it failed; said again here in case a crash came in between.
                await self._tell(known, why, count)
            try:
                if why == FORBIDDEN:
                    rights = await self._directory.chat(known.room.group).rights(known.room)
                    if Right.REMOVE in rights:
                        await self.rights_changed(known.room)
                elif why == PINNED:
                    await self._look_for_unpinned(known, count)
            except PlatformError:
                continue
        before = self._clock.now().date() - COUNTS_KEPT
        await self._store.write(lambda conn: expiry_rows.drop_counts(conn, before))
        await self._store.sweep()

    async def _look_for_unpinned(self, known: KnownRoom, count: int) -> None:
        pinned = await self.pins.ask(known.room)
        async with self._store.read() as conn:
            keys = self._store.keys
            left = await expiry_rows.failed_messages(conn, keys, known.id, PINNED, limit=count)
        if not pinned.issuperset(MessageRef(known.room, handle) for handle in left):
            await self._try_again([known.room], PINNED)

    async def backlog(self, group: Group) -> Backlog:
        """How removals stand in a group."""
        rooms = [known.id for known in self._directory.known.values() if known.room.group == group]
        async with self._store.read() as conn:
            overdue = await expiry_rows.overdue(conn, self._clock.now(), rooms)
            failed = await expiry_rows.failed_by_room(conn)
        stuck = {}
        for (room_id, why), count in failed.items():
            known = self._directory.by_id(room_id)
            if known is not None and known.room.group == group:
                stuck[known.room, why] = count
        left = self._pace.left(overdue)
        return Backlog(overdue, stuck, clock_trusted=not self._distrusted, left=left)

    async def left_alone(self, room: Room) -> list[MessageRef]:
        """Pinned messages whose time is over; at most 20, oldest first."""
        known = self._directory.room(room)
        async with self._store.read() as conn:
            handles = await expiry_rows.failed_messages(
                conn, self._store.keys, known.id, PINNED, limit=20
            )
        return [MessageRef(room, handle) for handle in handles]

    async def counts(
        self, group: Group, since: date
    ) -> list[tuple[Room, expiry_rows.RemovalCount]]:
        """Daily counts of a group's rooms."""
        async with self._store.read() as conn:
            counts = await expiry_rows.counts(conn, since)
        known = ((self._directory.by_id(count.room_id), count) for count in counts)
        return [(room.room, count) for room, count in known if room and room.room.group == group]


async def _nobody(ref: MessageRef) -> None:
    """Nobody wants to hear that a message is gone."""
