"""Keeps the cards of leak alerts true: drawn anew, claims that lapse, what is settled goes."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import date, datetime, timedelta

from bot.clock import Clock
from bot.events import Delivered
from bot.model import Group, MessageRef, Room, RoomKind
from bot.outbox import Edit, Lane, Outbox, Post
from bot.reply import Reply, to_json, value_from_json
from bot.services.directory import Directory
from bot.services.leaks.alerts import CARD, CLAIM_LASTS, DRAWING, Leaks
from bot.services.leaks.cards import card
from bot.services.leaks.guards import Guards
from bot.services.leaks.keywords import LeakKeywords
from bot.services.leaks.kinds import LeakKinds
from bot.store import Connection, Store, alert_rows

SETTLED_STAYS = timedelta(hours=24)
DRAWN_AT_ONCE = 20
ON_AGAIN = "watch-on-again"
COUNTS_KEPT = timedelta(days=30)


class LeakUpkeep:
    """What happens to alerts without a press. A source of the schedule.

    When a card must be drawn anew is a time in its row, so that a restart forgets none and many
    changes within a moment are one edit.
    """

    name = "leak cards"

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        leaks: Leaks,
        keywords: LeakKeywords,
        kinds: LeakKinds,
        guards: Guards,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._leaks = leaks
        self._keywords = keywords
        self._kinds = kinds
        self._guards = guards
        self._clock = clock
        self.wake = asyncio.Event()
        self._next: datetime | None = None
        self._groups: dict[bytes, Group] = {}
        self._unreadable: Counter[tuple[Group, date]] = Counter()
        leaks.expect = self._expect

    async def open(self, group: Group) -> None:
        """A group is ready: load its keywords, and post the cards that could not be posted."""
        self._groups[await self._store.group_id(group)] = group
        await self._kinds.load(group)
        await self._guards.load(group)
        await self._keywords.load(group)
        await self._say_on_again(group)
        await self.post_missing(group)
        self._expect(self._clock.now())

    async def _say_on_again(self, group: Group) -> None:
        room = self._directory.moderators_room(group)
        if room is None or group not in self._kinds.on_again:
            return
        job = Post(room, Reply("watch-crisis-on-again"))
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> None:
            name = f"watch-crisis-on-again {group_id.hex()}"
            await self._outbox.put(conn, job, key=name, purpose=ON_AGAIN, lane=Lane.ALERTS)
            await self._kinds.said_on_again(conn, group_id)

        await self._store.write(work)
        self._kinds.on_again.discard(group)

    def _expect(self, at: datetime) -> None:
        if self._next is None or at < self._next:
            self._next = at
            self.wake.set()

    async def next_due(self) -> datetime | None:
        """When the first card is to be drawn, a claim lapses, or a settled card goes."""
        # What is expected while this reads may be missed by it, so it wakes the loop.
        self._next = None
        if not self._groups:
            return None
        async with self._store.read() as conn:
            draw, claim, over = await alert_rows.next_times(conn, list(self._groups))
        times = [
            draw,
            claim and claim + CLAIM_LASTS,
            over and over + SETTLED_STAYS,
        ]
        self._next = min((at for at in times if at is not None), default=None)
        return self._next

    async def run_due(self) -> None:
        """Do all of these that are due."""
        await self._leaks.take_down(await self._store.write(self._work))

    async def _work(self, conn: Connection) -> list[MessageRef | None]:
        now, groups, keys = self._clock.now(), list(self._groups), self._store.keys
        await self._leaks.lapse(conn, groups)
        gone = []
        for row in await alert_rows.settled(conn, keys, groups, now - SETTLED_STAYS):
            await self._leaks.forget_within(conn, row.id)
            gone.append(await self._leaks.end(conn, row))
        for row in await alert_rows.to_draw(conn, keys, groups, now, limit=DRAWN_AT_ONCE):
            await self._draw(conn, row)
        return gone

    async def _draw(self, conn: Connection, row: alert_rows.AlertRow) -> None:
        await alert_rows.drawn(conn, row.id)
        alert = self._leaks.shown(row)
        if alert is None or row.card is None:
            return
        await self._outbox.put(
            conn,
            Edit(value_from_json(json.loads(row.card)), card(alert)),
            key=f"{DRAWING} {alert.id}",
            purpose=DRAWING,
            lane=Lane.ALERTS,
            replace=True,
        )

    async def delivered(self, event: Delivered) -> None:
        """A card stands. Where its alert is gone meanwhile, it goes too."""
        ref = event.ref
        if ref is None:
            return
        alert_id = bytes.fromhex(event.job.removeprefix(f"{CARD} "))

        async def work(conn: Connection) -> bool:
            place = json.dumps(to_json(ref))
            if await alert_rows.card_is(conn, self._store.keys, alert_id, place):
                return True
            await self._leaks.remove_within(conn, [ref])
            return False

        if await self._store.write(work):
            self._expect(self._clock.now())
        else:
            await self._leaks.take_down([ref])

    async def post_missing(self, group: Group) -> None:
        """Post the cards that could not be posted: the room, or the right, may be there now."""
        for alert_id in await self.without_card(group):

            async def work(conn: Connection, alert_id: bytes = alert_id) -> None:
                keys, group_id = self._store.keys, await self._store.group_id(group, conn)
                row = await alert_rows.one(conn, keys, group_id, alert_id)
                alert = None if row is None or row.card else self._leaks.shown(row)
                if alert is not None:
                    await alert_rows.drawn(conn, alert_id)
                    await self._leaks.post(conn, alert)

            await self._store.write(work)

    async def without_card(self, group: Group) -> list[bytes]:
        """Undecided alerts whose card neither stands nor is on its way."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            ids = await alert_rows.without_card(conn, group_id)
            return [
                each for each in ids if not await self._outbox.waits(conn, f"{CARD} {each.hex()}")
            ]

    async def room_changed(self, room: Room) -> None:
        """Rights in a room changed: cards may be possible now."""
        known = self._directory.known.get(room)
        if known is not None and known.kind is RoomKind.MODERATORS:
            await self.post_missing(room.group)

    async def room_gone(self, room: Room) -> None:
        """A room is gone, its messages with it, and so are the alerts about them."""
        room_id = await self._store.room_id(room)

        async def work(conn: Connection) -> list[MessageRef | None]:
            cards = []
            for row in await alert_rows.in_room(conn, self._store.keys, room_id):
                await self._leaks.forget_within(conn, row.id)
                cards.append(await self._leaks.end(conn, row))
            return cards

        await self._leaks.take_down(await self._store.write(work))

    async def upkeep(self) -> None:
        """Try cards again that could not be posted; forget old figures."""
        today = self._clock.now().date()
        for group in self._groups.values():
            await self.post_missing(group)
        await self._store.write(lambda conn: alert_rows.drop_counts(conn, today - COUNTS_KEPT))
        for group, day in [key for key in self._unreadable if key[1] < today]:
            del self._unreadable[group, day]

    # What could not be looked at.

    def unreadable(self, group: Group) -> None:
        """A message could not be read, so it was not scanned."""
        self._unreadable[group, self._clock.now().date()] += 1

    def unreadable_today(self, group: Group) -> int:
        """How many messages of today could not be read, since the bot started."""
        return self._unreadable[group, self._clock.now().date()]
