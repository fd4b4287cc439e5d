"""Cards about somebody who may be in danger, and who answers: passed on until somebody does.

State of a card, and the only ways between:
    open    -> claimed (a moderator says "I'll reply") | passed on, every 10 minutes
    claimed -> open (given back, or 10 minutes without a word of theirs in that room, or whoever
               has it is no moderator any more, or erased)
    any     -> gone: closed by a moderator, or 72 hours over; the row is erased

A card keeps the room, the message's handle and who claimed it, sealed, until it is closed, and
nothing about the author. Who was called and who says "I can't now" are kept with it, blind and
sealed, so that a restart asks nobody twice; nothing tells the two apart, and nobody is shown it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.chat import Can
from bot.clock import Clock
from bot.errors import PlatformError, Refused
from bot.events import Delivered, MessagePosted
from bot.model import Account, Group, Message, MessageRef, Role, Room
from bot.outbox import Edit, Lane, Outbox, Post, Tell
from bot.reply import HELP_NOW, Button, Reply, Text, to_json, value_from_json
from bot.services.crisis.rota import Rota
from bot.services.directory import Directory, KnownRoom
from bot.store import Connection, Store, alert_rows, crisis_rows

CARD: Final = "crisis-card"
PAGE: Final = "crisis-page"
PASS_ON: Final = timedelta(minutes=10)
LONGEST_WAIT: Final = 2 * PASS_ON
"""A card that waits longer was put up by a clock that was ahead."""
STAYS: Final = timedelta(hours=72)
LOOKED_AFTER: Final = timedelta(minutes=10)
"""After a card was closed, its holder is written to."""
MOST_RUNGS: Final = 6
"""After an hour of passing on, the card waits for whoever comes."""
MOST_PAGED: Final = 5


class Ladder:
    """Every open card. A source of the schedule."""

    name = "crisis cards"

    def __init__(
        self, store: Store, outbox: Outbox, directory: Directory, rota: Rota, clock: Clock
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._rota = rota
        self._clock = clock
        self.wake = asyncio.Event()
        self._groups: dict[bytes, Group] = {}
        # Claims whose holder has not written in the room yet.
        self._silent: dict[tuple[Room, Account], bytes] = {}

    async def open(self, group: Group) -> None:
        """A group is ready: its cards go on where they were."""
        group_id = await self._store.group_id(group)
        self._groups[group_id] = group
        async with self._store.read() as conn:
            rows = await crisis_rows.all_of(conn, self._store.keys, group_id)
        for row in rows:
            known = self._directory.by_id(row.room_id)
            if row.holder is not None and row.next_at is not None and known is not None:
                self._silent[known.room, Account(group.platform, row.holder)] = row.id
        self.wake.set()

    # Raising and passing on.

    async def raise_within(
        self, conn: Connection, known: KnownRoom, ref: MessageRef
    ) -> bytes | None:
        """Put up a card within a transaction, and call those on duty. None where there is one.

        Call `wake.set()` afterwards.
        """
        now = self._clock.now()
        row_id = await crisis_rows.add(
            conn,
            self._store.keys,
            known.group_id,
            known.id,
            self._store.message_blind(ref),
            ref.handle,
            now + PASS_ON,
            now + STAYS,
        )
        if row_id is None:
            return None
        await self._post(conn, row_id, known.room, ref, None)
        on_duty = self._rota.awake(known.room.group).on_duty[:MOST_PAGED]
        await self._call(conn, known.room.group, row_id, on_duty)
        await alert_rows.count(conn, known.group_id, now.date(), "crisis", 1)
        return row_id

    async def is_open(self, row_id: bytes) -> bool:
        """Whether a card waits or is claimed."""
        async with self._store.read() as conn:
            return await crisis_rows.one(conn, self._store.keys, row_id) is not None

    async def open_count(self, group: Group) -> int:
        """How many cards of a group are open."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            return len(await crisis_rows.all_of(conn, self._store.keys, group_id))

    async def _post(
        self, conn: Connection, row_id: bytes, room: Room, ref: MessageRef, holder: Account | None
    ) -> None:
        moderators = self._directory.moderators_room(room.group)
        if moderators is not None:
            job = Post(moderators, _card(row_id, room, ref, holder))
            name = f"{CARD} {row_id.hex()}"
            await self._outbox.put(conn, job, key=name, purpose=CARD, lane=Lane.CRISIS)

    async def _call(
        self, conn: Connection, group: Group, row_id: bytes, accounts: Iterable[Account]
    ) -> None:
        """Write to moderators alone, each once, where the platform lets the bot."""
        if Can.TELL not in self._directory.chat(group).can:
            return
        called = {self._blind(row_id, account): account for account in accounts}
        for who, account in called.items():
            job = Tell(group, account, Reply("crisis-page", lock_line="lock-someone-needs-you"))
            await self._outbox.put(conn, job, key=f"{PAGE} {who}", purpose=PAGE, lane=Lane.CRISIS)
        await crisis_rows.ask(conn, self._store.keys, row_id, called)

    def _blind(self, row_id: bytes, account: Account) -> str:
        """A moderator, as one card knows them."""
        return self._store.keys.blind(f"crisis page {row_id.hex()}", account.handle).hex()

    async def next_due(self) -> datetime | None:
        """When the first card is passed on, lapses or goes."""
        if not self._groups:
            return None
        async with self._store.read() as conn:
            now = self._clock.now()
            return await crisis_rows.next_time(conn, list(self._groups), now, now + LONGEST_WAIT)

    async def run_due(self) -> None:
        """Do all of these that are due."""
        await self._store.write(self._work)

    async def _work(self, conn: Connection) -> None:
        now, groups, keys = self._clock.now(), list(self._groups), self._store.keys
        for row in await crisis_rows.over(conn, keys, groups, now):
            await self._close(conn, row)
        for row in await crisis_rows.due(conn, keys, groups, now, now + LONGEST_WAIT):
            await self._pass_on(conn, row, aloud=True)

    async def _pass_on(
        self,
        conn: Connection,
        row: crisis_rows.CardRow,
        *,
        aloud: bool,
        without: Account | None = None,
    ) -> None:
        """To the next on the rota; aloud: the moderators' room hears that nobody has it."""
        known = self._directory.by_id(row.room_id)
        group = self._groups[row.group_id]
        rung = row.rung + aloud
        next_at = self._clock.now() + PASS_ON if rung < MOST_RUNGS else None
        if not aloud and row.holder is None:
            next_at = row.next_at
        values = {"claimed_by": None, "rung": rung, "next_at": next_at}
        await crisis_rows.change(conn, row.id, **values)
        self._forget_claim(row.id)
        if known is None:
            return
        in_turn = self._rota.in_turn(group)
        following = [
            each
            for each in in_turn
            if each != without and self._blind(row.id, each) not in row.asked
        ]
        await self._call(conn, group, row.id, following[:1])
        if row.card is None:
            await self._post(conn, row.id, known.room, MessageRef(known.room, row.message), None)
        moderators = self._directory.moderators_room(group)
        if row.holder is not None:
            await self._draw(conn, row, known.room, None)
        if aloud and moderators is not None:
            args = {"card": row.id.hex()}
            reply = Reply(
                "crisis-waits",
                {"room": known.room},
                buttons=(
                    Button("button-crisis-reply", "crisis take", args),
                    Button("button-crisis-show", "crisis show", args),
                ),
                lock_line="lock-someone-needs-you",
            )
            name = f"crisis-waits {row.id.hex()} {rung}"
            job = Post(moderators, reply)
            await self._outbox.put(conn, job, key=name, purpose=PAGE, lane=Lane.CRISIS)

    async def _draw(
        self, conn: Connection, row: crisis_rows.CardRow, room: Room, holder: Account | None
    ) -> None:
        if row.card is None:
            return
        ref = MessageRef(room, row.message)
        job = Edit(value_from_json(json.loads(row.card)), _card(row.id, room, ref, holder))
        await self._edit(conn, row.id, job)

    async def _edit(self, conn: Connection, row_id: bytes, job: Edit) -> None:
        name = f"crisis-drawing {row_id.hex()}"
        await self._outbox.put(conn, job, key=name, purpose=PAGE, lane=Lane.CRISIS, replace=True)

    async def delivered(self, event: Delivered) -> None:
        """A card stands; what changed meanwhile is drawn."""
        row_id = bytes.fromhex(event.job.removeprefix(f"{CARD} "))
        ref = event.ref
        if ref is None:
            return

        async def work(conn: Connection) -> None:
            keys = self._store.keys
            place = json.dumps(to_json(ref))
            if not await crisis_rows.card_is(conn, keys, row_id, place):
                await self._edit(conn, row_id, Edit(ref, Reply("crisis-card-closed")))
                return
            row = await crisis_rows.one(conn, keys, row_id)
            known = None if row is None else self._directory.by_id(row.room_id)
            if row is not None and known is not None and row.holder is not None:
                holder = Account(known.room.group.platform, row.holder)
                await self._draw(conn, row, known.room, holder)

        await self._store.write(work)

    # What moderators do.

    async def take(self, group: Group, account: Account, card: str) -> None:
        """A moderator replies. Raises `Refused` when another does, or it is closed."""
        row, known = await self._look(group, card)

        async def work(conn: Connection) -> bool:
            member = await self._store.member_id(conn, group, account, create=True)
            if not await crisis_rows.claim(conn, row.id, member, self._clock.now() + PASS_ON):
                return False
            # As it is now: the card may have come to stand since it was looked at.
            fresh = await crisis_rows.one(conn, self._store.keys, row.id)
            if fresh is not None:
                await self._draw(conn, fresh, known.room, account)
            return True

        if not await self._store.write(work):
            row, _ = await self._look(group, card)
            raise Refused("crisis-taken", {"who": Account(group.platform, row.holder or "")})
        self._silent[known.room, account] = row.id
        self.wake.set()

    async def cannot(self, group: Group, account: Account, card: str) -> None:
        """A moderator cannot now. The next is called at once; nobody sees who it was."""
        looked, _ = await self._look(group, card)

        async def work(conn: Connection) -> None:
            keys = self._store.keys
            await crisis_rows.ask(conn, keys, looked.id, [self._blind(looked.id, account)])
            row = await crisis_rows.one(conn, keys, looked.id)
            if row is not None and row.holder in (None, account.handle):
                await self._pass_on(conn, row, aloud=False)

        await self._store.write(work)
        self.wake.set()

    async def settle(self, group: Group) -> None:
        """What somebody holds who is no moderator any more is passed on, as far as that can be
        told."""
        group_id, chat = await self._store.group_id(group), self._directory.chat(group)
        async with self._store.read() as conn:
            rows = await crisis_rows.all_of(conn, self._store.keys, group_id)
        for handle in {row.holder for row in rows if row.holder is not None}:
            account = Account(group.platform, handle)
            with suppress(PlatformError):
                if await chat.role_of(group, account) < Role.MODERATOR:
                    await self._store.write(partial(self.gone_within, group=group, account=account))
                    self.wake.set()

    async def gone_within(self, conn: Connection, group: Group, account: Account) -> None:
        """Pass on what somebody holds, within a transaction. Call `wake.set()` afterwards."""
        group_id = self._store.known_group_id(group)
        for row in await crisis_rows.all_of(conn, self._store.keys, group_id):
            if row.holder == account.handle:
                await self._pass_on(conn, row, aloud=True, without=account)

    async def close(self, group: Group, account: Account, card: str) -> None:
        """It is over: the row is erased, and the card says only that. Raises `Refused`."""
        looked, _ = await self._look(group, card)

        async def work(conn: Connection) -> str | None:
            row = await crisis_rows.one(conn, self._store.keys, looked.id)
            if row is None or row.holder not in (None, account.handle):
                return None if row is None else row.holder
            await self._close(conn, row)
            if row.holder is not None:
                await self._look_after(conn, group, row.id, account)
            return None

        other = await self._store.write(work)
        if other is not None:
            raise Refused("crisis-taken", {"who": Account(group.platform, other)})

    async def _close(self, conn: Connection, row: crisis_rows.CardRow) -> None:
        await crisis_rows.close(conn, row.id)
        self._forget_claim(row.id)
        if row.card is not None:
            ref: MessageRef = value_from_json(json.loads(row.card))
            await self._edit(conn, row.id, Edit(ref, Reply("crisis-card-closed")))

    async def _look_after(
        self, conn: Connection, group: Group, row_id: bytes, account: Account
    ) -> None:
        """A kind word to whoever answered, a while after it."""
        if Can.TELL not in self._directory.chat(group).can:
            return
        company = Button("button-crisis-company", "crisis company", static=True)
        job = Tell(group, account, Reply("crisis-after", buttons=(company,)))
        await self._outbox.put(
            conn,
            job,
            key=f"crisis-after {row_id.hex()}",
            purpose=PAGE,
            lane=Lane.CRISIS,
            after=self._clock.now() + LOOKED_AFTER,
        )

    async def company(self, group: Group, account: Account) -> None:
        """A moderator would like a word with another afterwards. Raises `Refused`."""
        moderators = self._directory.moderators_room(group)
        if moderators is None:
            raise Refused("crisis-nobody-to-tell")
        job = Post(moderators, Reply("crisis-company-asked", {"who": account}))
        # One an hour for each: pressing again is not asking again.
        hour = self._clock.now().strftime("%Y%m%d%H")
        name = f"crisis-company {self._blind(hour.encode(), account)}"
        await self._store.write(
            lambda conn: self._outbox.put(conn, job, key=name, purpose=PAGE, lane=Lane.CRISIS)
        )

    async def holds(self, group: Group, account: Account, card: str) -> None:
        """Raise `Refused` unless an account has claimed a card."""
        row, _ = await self._look(group, card)
        if row.holder != account.handle:
            raise Refused("crisis-not-yours")

    async def buddy(self, group: Group, account: Account, card: str) -> None:
        """Ask the others for company. Raises `Refused`."""
        row, known = await self._look(group, card)
        moderators = self._directory.moderators_room(group)
        if moderators is None or row.holder != account.handle:
            raise Refused("crisis-not-yours")
        job = Post(moderators, Reply("crisis-buddy-asked", {"who": account, "room": known.room}))
        name = f"crisis-buddy {row.id.hex()} {row.rung}"
        await self._store.write(
            lambda conn: self._outbox.put(conn, job, key=name, purpose=PAGE, lane=Lane.CRISIS)
        )

    async def to_the_others(self, group: Group, account: Account, card: str) -> None:
        """A line to the room about how to be with somebody. Once a card. Raises `Refused`."""
        await self.holds(group, account, card)
        row, known = await self._look(group, card)
        job = Post(known.room, Reply("crisis-others", buttons=(HELP_NOW,)))
        name = f"crisis-others {row.id.hex()}"
        await self._store.write(
            lambda conn: self._outbox.put(conn, job, key=name, purpose=PAGE, lane=Lane.CRISIS)
        )

    async def nameless(self, group: Group, account: Account, card: str) -> MessageRef | None:
        """The post, where it is one without a name. Raises `Refused`."""
        await self.holds(group, account, card)
        try:
            found = await self.show(group, card)
        except Refused:
            return None
        return found.ref if found.own else None

    async def show(self, group: Group, card: str) -> Message:
        """The message, for one moderator's eyes. Raises `Refused`."""
        row, known = await self._look(group, card)
        found = await self._directory.chat(group).fetch(MessageRef(known.room, row.message))
        if found is None:
            raise Refused("crisis-message-gone")
        return found

    def wrote(self, event: MessagePosted) -> Awaitable[None] | None:
        """Somebody wrote: a claim whose holder answers in the room holds."""
        if not self._silent:
            return None
        row_id = self._silent.pop((event.ref.room, event.author), None)
        if row_id is None:
            return None
        return self._holds(row_id)

    async def _holds(self, row_id: bytes) -> None:
        await self._store.write(lambda conn: crisis_rows.change(conn, row_id, next_at=None))

    def _forget_claim(self, row_id: bytes) -> None:
        for who in [who for who, claimed in self._silent.items() if claimed == row_id]:
            del self._silent[who]

    async def _look(self, group: Group, card: str) -> tuple[crisis_rows.CardRow, KnownRoom]:
        try:
            row_id = bytes.fromhex(card)
        except ValueError:
            row_id = b""
        row = None
        if len(row_id) == 16:
            async with self._store.read() as conn:
                row = await crisis_rows.one(conn, self._store.keys, row_id)
        known = None if row is None else self._directory.by_id(row.room_id)
        if row is None or known is None or known.room.group != group:
            raise Refused("crisis-closed-already")
        return row, known


def _card(row_id: bytes, room: Room, ref: MessageRef, holder: Account | None) -> Reply:
    args = {"card": row_id.hex()}
    first = Button("button-crisis-reply", "crisis take", args)
    if holder is None:
        state = Text("crisis-card-open")
        buttons: tuple[Button, ...] = (first, Button("button-crisis-cannot", "crisis cannot", args))
    else:
        state = Text("crisis-card-claimed", {"who": holder})
        buttons = (Button("button-crisis-phrases", "crisis phrases", args),)
    return Reply(
        "crisis-card",
        {"room": room},
        lines=(state, Text("crisis-card-message", {"message": ref})),
        buttons=(
            *buttons,
            Button("button-crisis-show", "crisis show", args),
            Button("button-crisis-close", "crisis close", args),
        ),
        lock_line="lock-someone-needs-you",
    )
