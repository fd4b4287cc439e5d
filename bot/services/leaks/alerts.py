"""Leak alerts: a watched word raises one card, and one moderator at a time decides about it.

State of an alert, and the only ways between (`TRANSITIONS`; every move is one UPDATE that names
the states it may come from, so of two presses at a moment one wins):
    open      -> claimed (a moderator takes it) | removed | dismissed
    claimed   -> open (given back, or 15 minutes without a decision) | removed | dismissed;
                 but for the lapse, only by who has it
    removed   -> the message is on its way out
    dismissed -> after 24 hours the card goes, and the row. What joined after its presser saw
                 the card has one of its own then
    any       -> gone: its last message went, by any hand; the row goes, and the card with it
What was decided is never undecided. An edit that brings in a watched word after a dismissal
raises a new alert.

A message is in at most one alert (unique), and an alert and its card's job are one transaction,
so a crash leaves both or neither, and what is offered again raises nothing new. Of a message
only its handle is kept, sealed; of its author nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.chat import Can
from bot.clock import Clock
from bot.detection import Kind
from bot.events import MessageEdited, MessagePosted
from bot.model import Account, Group, MessageRef, RoomKind
from bot.outbox import Lane, Outbox, Post, Tell
from bot.reply import Reply, value_from_json
from bot.services.audit import Audit, Deed
from bot.services.directory import Directory, KnownRoom
from bot.services.leaks.cards import (
    CLAIMED,
    DISMISSED,
    OPEN,
    REMOVED,
    Alert,
    card,
    nudge,
)
from bot.services.leaks.kinds import LeakKinds, Watch
from bot.services.leaks.reading import UNDECIDED, LeakReading
from bot.services.leaks.scanning import Hit, Scanning
from bot.services.retention.keeping import Retention
from bot.store import Connection, Store, alert_rows, expiry_rows

TRANSITIONS: dict[str, frozenset[str]] = {
    OPEN: frozenset({CLAIMED, REMOVED, DISMISSED}),
    CLAIMED: frozenset({OPEN, REMOVED, DISMISSED}),
    REMOVED: frozenset(),
    DISMISSED: frozenset(),
}

CLAIM_LASTS = timedelta(minutes=15)
FLOOD_CARDS = 3
"""With so many undecided cards of one room within `FLOOD_WINDOW`, matches join the newest."""
FLOOD_WINDOW = timedelta(minutes=5)
DRAW_PAUSE = timedelta(seconds=1.5)
"""How long a card waits for further matches before it is drawn anew."""

CARD = "leak-card"
DRAWING = "leak-drawing"
NUDGED = "leak-nudged"
MOST_ENDS = 3
"""Numbers whose last two digits a card shows."""


@dataclass(frozen=True, slots=True, repr=False)
class _Match:
    """A message with something in it that is looked for, on its way to an alert."""

    known: KnownRoom
    ref: MessageRef
    author: Account
    blind: bytes
    at: datetime
    edited: bool
    hits: Sequence[Hit]


class Leaks(LeakReading):
    """Raises alerts and settles them. `LeakUpkeep` keeps their cards true."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        retention: Retention,
        scanning: Scanning,
        kinds: LeakKinds,
        audit: Audit,
        clock: Clock,
    ) -> None:
        super().__init__(store, directory, clock)
        self._outbox = outbox
        self._retention = retention
        self._scanning = scanning
        self._kinds = kinds
        self._audit = audit
        self.expect: Callable[[datetime], None] = _nobody
        """Called with the moment at which a card is to be drawn anew."""
        self._matches: list[_Match] = []
        self._writing = asyncio.Lock()
        self._written: asyncio.Future[None]
        self._raised: dict[bytes, datetime | None] = {}
        """Every message that an alert is about, and when that was decided."""

    async def start(self) -> None:
        """Know what was raised before this run, so that no removal is missed."""
        async with self._store.read() as conn:
            self._raised = await alert_rows.raised(conn)

    # On the path of every message.

    def scan(
        self, event: MessagePosted | MessageEdited, *, edited: bool = False
    ) -> Awaitable[None] | None:
        """Look at what was written; what it gives back is the raising, to be awaited."""
        found = self._scanning.look(event)
        if not found:
            return None
        hits = [hit for hit in found if hit.kind is not Kind.CRISIS]
        if not hits:
            return None
        ref, at = event.ref, event.at
        known = self._directory.known.get(ref.room)
        # Moderators talk about leaks, and nobody shares in the lobby: but newcomers can read there
        # what somebody carries out of a room.
        if known is not None and known.kind is RoomKind.LOBBY:
            hits = [hit for hit in hits if hit.kind is Kind.QUOTE]
        if known is None or known.kind is RoomKind.MODERATORS or not hits:
            return None
        blind = self._store.message_blind(ref)
        if self._retention.removed_here(ref):
            # Its change, or itself once more, comes when it is gone.
            return None
        again = edited and self._since(self._raised.get(blind), at)
        if blind in self._raised and not again:
            return None
        self._raised[blind] = None
        return self._raise(_Match(known, ref, event.author, blind, at, edited, hits))

    def removed(self, ref: MessageRef) -> Awaitable[None] | None:
        """A message went, by whatever hand."""
        if not self._raised:
            return None
        blind = self._store.message_blind(ref)
        if blind not in self._raised:
            return None
        return self._forget(ref.room.group, blind, self._raised.pop(blind))

    def _since(self, decided: datetime | None, at: datetime) -> bool:
        """Whether something was written after it was decided.

        A decision in the future was noted by a clock that was ahead, and tells no order: another
        card is less harm than none.
        """
        return decided is not None and not at <= decided <= self._clock.now()

    def _raise(self, match: _Match) -> Awaitable[None]:
        """Join the matches that are written next: in a flood hundreds share a transaction."""
        if not self._matches:
            self._written = asyncio.ensure_future(self._write())
            self._written.add_done_callback(_heard)
        self._matches.append(match)
        # Whoever gives up waiting does not stop the others.
        return asyncio.shield(self._written)

    async def _write(self) -> None:
        async with self._writing:
            matches, self._matches = self._matches, []
            try:
                await self._store.write(lambda conn: self._add(conn, matches))
            except BaseException:
                # Offered again, they must raise again.
                for match in matches:
                    self._raised.pop(match.blind, None)
                raise
        self.expect(self._clock.now() + DRAW_PAUSE)

    async def _add(self, conn: Connection, matches: Sequence[_Match]) -> None:
        decided = await alert_rows.decided(conn, [match.blind for match in matches])
        undecided: dict[bytes, list[tuple[bytes, datetime]]] = {}
        joined: dict[bytes, list[Kind]] = {}
        rows = []
        counts: Counter[bytes] = Counter()
        for match in matches:
            known, at = match.known, match.at
            if match.blind not in self._raised:
                continue  # it was removed while this waited
            if match.blind in decided:
                if not match.edited or not self._since(decided[match.blind], at):
                    continue
                await alert_rows.take_message(conn, match.blind)
            if known.id not in undecided:
                since = min(other.at for other in matches) - FLOOD_WINDOW
                undecided[known.id] = await alert_rows.newest(conn, known.id, UNDECIDED, since)
            recent = [each for each, when in undecided[known.id] if when >= at - FLOOD_WINDOW]
            if len(recent) >= FLOOD_CARDS:
                alert_id = recent[-1]
                joined.setdefault(alert_id, []).extend(_kinds(match.hits))
                self._note_ends(alert_id.hex(), match.hits)
                alert = Alert(alert_id.hex(), known.room, OPEN, at, (), _kinds(match.hits))
            else:
                alert_id, alert = await self._begin(conn, match)
                undecided[known.id].append((alert_id, at))
            row = alert_rows.message_row(
                self._store.keys, alert_id, match.blind, match.ref.handle, at
            )
            row["nudged"] = await self._ask(conn, match, alert, row["id"])
            rows.append(row)
            counts[known.group_id] += 1
        await alert_rows.add_messages(conn, rows)
        for alert_id, kinds in joined.items():
            await alert_rows.add_kinds(conn, alert_id, [kind.value for kind in kinds])
            await alert_rows.draw_at(conn, alert_id, self._clock.now() + DRAW_PAUSE)
        for group_id, number in counts.items():
            await self.count(conn, group_id, "raised", number)

    async def _begin(self, conn: Connection, match: _Match) -> tuple[bytes, Alert]:
        known, kinds = match.known, _kinds(match.hits)
        kind = " ".join(each.value for each in kinds)
        row_id = await alert_rows.add(conn, known.group_id, known.id, kind, match.at)
        self._note_ends(row_id.hex(), match.hits)
        # A card that was to be asked about stands with that said: it is not drawn anew for it.
        asked = int(self._asks_for(match))
        alert = Alert(
            row_id.hex(),
            known.room,
            OPEN,
            match.at,
            (match.ref,),
            kinds,
            tuple(self.ends.get(row_id.hex(), ())),
            nudged=asked,
            until=match.at,
        )
        await self.post(conn, alert)
        return row_id, alert

    def _note_ends(self, alert_id: str, hits: Sequence[Hit]) -> None:
        new = [(hit.kind, hit.ends) for hit in hits if hit.ends]
        if new:
            known = self.ends.get(alert_id, [])
            self.ends[alert_id] = list(dict.fromkeys([*known, *new]))[:MOST_ENDS]

    def _asks_for(self, match: _Match) -> bool:
        """Whether an author is asked at once to look again."""
        group = match.ref.room.group
        wanted = self._kinds.of(group)
        return Can.TELL in self._directory.chat(group).can and any(
            wanted.of(hit.kind) is Watch.NUDGE for hit in match.hits
        )

    async def _ask(self, conn: Connection, match: _Match, alert: Alert, row_id: bytes) -> bool:
        if not self._asks_for(match):
            return False
        wanted = self._kinds.of(match.ref.room.group)
        kinds = tuple(kind for kind in alert.kinds if wanted.of(kind) is Watch.NUDGE)
        job = Tell(match.ref.room.group, match.author, nudge(replace(alert, kinds=kinds), 1))
        # Named after the message, so that asking twice is asking once.
        name = f"{NUDGED} {row_id.hex()}"
        await self._outbox.put(conn, job, key=name, purpose=NUDGED, lane=Lane.ALERTS)
        return True

    async def post(self, conn: Connection, alert: Alert) -> None:
        """Put a card on its way, within a transaction. Without a moderators' room none is."""
        room = self._directory.moderators_room(alert.room.group)
        if room is not None:
            key = f"{CARD} {alert.id}"
            await self._outbox.put(
                conn, Post(room, card(alert)), key=key, purpose=CARD, lane=Lane.ALERTS
            )

    async def _forget(self, group: Group, blind: bytes, decided: datetime | None) -> None:
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> MessageRef | None:
            found = await alert_rows.alert_of(conn, blind)
            if found is None:
                return None
            if await alert_rows.take_message(conn, blind) is None:
                await alert_rows.draw_at(conn, found[0], self._clock.now() + DRAW_PAUSE)
                return None
            row = await alert_rows.one(conn, self._store.keys, group_id, found[0])
            return None if row is None else await self.end(conn, row)

        try:
            ended = await self._store.write(work)
        except BaseException:
            # Told again that it is gone, the card must go again.
            self._raised[blind] = decided
            raise
        await self.take_down([ended])
        self.expect(self._clock.now() + DRAW_PAUSE)

    async def end(self, conn: Connection, row: alert_rows.AlertRow) -> MessageRef | None:
        """An alert goes and its card becomes due for removal, within a transaction.

        Gives the card, for `take_down` afterwards.
        """
        await alert_rows.remove(conn, row.id)
        self.ends.pop(row.id.hex(), None)
        await self._recall(conn, row)
        await self._outbox.withdraw(conn, f"{DRAWING} {row.id.hex()}")
        ref: MessageRef | None = value_from_json(json.loads(row.card)) if row.card else None
        if ref is not None:
            await self.remove_within(conn, [ref])
        return ref

    async def _recall(self, conn: Connection, row: alert_rows.AlertRow) -> None:
        """A card that waits is not needed. It may stand already, sent just before a crash.

        The same key with other words finds out: the platform gives the card that it has, or puts
        up one that says nothing; delivered, either is removed.
        """
        key = f"{CARD} {row.id.hex()}"
        known = self._directory.by_id(row.room_id)
        room = None if known is None else self._directory.moderators_room(known.room.group)
        if room is not None and await self._outbox.waits(conn, key):
            job = Post(room, Reply("leak-message-gone"))
            await self._outbox.put(conn, job, key=key, purpose=CARD, lane=Lane.ALERTS, replace=True)

    async def forget_within(self, conn: Connection, alert_id: bytes) -> None:
        """An alert is about to go: its messages are not remembered any more."""
        for blind in await alert_rows.blinds(conn, alert_id):
            self._raised.pop(blind, None)

    async def remove_within(self, conn: Connection, refs: Collection[MessageRef]) -> None:
        """Put messages first in line for removal, within a transaction.

        Call `take_down` afterwards, so that it begins at once.
        """
        for ref in refs:
            known = self._directory.known.get(ref.room)
            if known is not None:
                blind = self._store.message_blind(ref)
                await expiry_rows.bring_forward(
                    conn, self._store.keys, known.id, blind, ref.handle, self._clock.now()
                )

    async def take_down(self, cards: Iterable[MessageRef | None]) -> None:
        """Let removals that are due begin."""
        known = [ref for ref in cards if ref is not None and ref.room in self._directory.known]
        await self._retention.remove_now(known)

    # What moderators decide.

    async def take(self, group: Group, account: Account, alert_id: str) -> None:
        """Claim an alert. Raises `Refused` with who has it."""
        now = self._clock.now()
        await self.move(group, account, alert_id, CLAIMED, claimed_at=now)

    async def give_back(self, group: Group, account: Account, alert_id: str) -> None:
        """Let others have it. Raises `Refused`."""
        await self.move(group, account, alert_id, OPEN, claimed_at=None)

    async def move(
        self, group: Group, account: Account, alert_id: str, to: str, **values: Any
    ) -> None:
        """Take an alert to another state in an account's name. Raises `Refused`."""
        alert = await self.look(group, alert_id)
        if not await self._store.write(
            lambda conn: self.move_within(conn, group, account, alert, to, **values)
        ):
            raise await self.refusal(group, account, alert_id)
        self.expect(self._clock.now())

    async def move_within(
        self, conn: Connection, group: Group, account: Account, alert: Alert, to: str, **values: Any
    ) -> bool:
        """`move` within a transaction. False when the alert is not in a state for it (any more).

        Moderators need not be members, so whoever decides gets a member's row: it holds their
        account sealed, goes with erasure, and lets nobody in.
        """
        member = await self._store.member_id(conn, group, account, create=True)
        came_from = [state for state, ways in TRANSITIONS.items() if to in ways]
        row_id = bytes.fromhex(alert.id)
        values["claimed_by"] = None if to == OPEN else member
        if not await alert_rows.move(conn, row_id, came_from, to, holder=member, **values):
            return False
        await alert_rows.draw_at(conn, row_id, self._clock.now())
        if to in (REMOVED, DISMISSED):
            for blind in await alert_rows.blinds(conn, row_id):
                self._raised[blind] = self._clock.now()
            group_id = await self._store.group_id(group, conn)
            await self.count(conn, group_id, to, len(alert.messages))
        if to == DISMISSED:
            facts = {"count": len(alert.messages)}
            await self._audit.record(conn, group, Deed.ALERT_DISMISSED, by=account, facts=facts)
        return True

    async def lapse(self, conn: Connection, groups: Collection[bytes]) -> None:
        """Open again what was claimed and not decided in time, within a transaction."""
        now = self._clock.now()
        for alert_id in await alert_rows.lapsed(conn, groups, now - CLAIM_LASTS):
            # `claimed_at` stays: the card says that a claim lapsed, not whose it was.
            await alert_rows.move(conn, alert_id, (CLAIMED,), OPEN, claimed_by=None)
            await alert_rows.draw_at(conn, alert_id, now)

    async def count(self, conn: Connection, group_id: bytes, outcome: str, number: int) -> None:
        """Add to the daily figures."""
        await alert_rows.count(conn, group_id, self._clock.now().date(), outcome, number)


def _kinds(hits: Sequence[Hit]) -> tuple[Kind, ...]:
    return tuple(dict.fromkeys(hit.kind for hit in hits))


def _heard(written: asyncio.Future[None]) -> None:
    """Whoever waits hears of a failure; when nobody does (any more), it comes again."""
    if not written.cancelled():
        written.exception()


def _nobody(at: datetime) -> None:
    """Nobody draws cards."""
