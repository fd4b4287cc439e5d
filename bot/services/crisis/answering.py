"""The author first, and never pointed at: what happens when somebody may be in danger.

Where words to one person alone reach them at once, they go there. Where they do not, one quiet
line goes to the room, at most one in 30 minutes. What is severe also gives moderators a card;
the rest only with the author's yes, by a press or given before (`consents.py`). Who tells
of something as over has one kind word a day where private words arrive at once; no room and no
moderator hears of it.

Whom the bot wrote to lately is in memory alone, and so is which message somebody may want to
show a moderator. When a room had its line is kept for these 30 minutes, blind.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.chat import Can, Right
from bot.clock import Clock
from bot.detection import Kind, Severity
from bot.errors import NotDurable, PlatformError, Refused, TryLater
from bot.events import Delivered, MessageEdited, MessagePosted, Undelivered
from bot.inbox import Memory
from bot.model import Account, Group, MessageRef, Room, RoomKind
from bot.outbox import Lane, Outbox, Post, Tell
from bot.reply import Reply
from bot.services.consents import Consents, Purpose
from bot.services.crisis.ladder import PAGE, Ladder
from bot.services.crisis.words import CrisisWords, Told
from bot.services.directory import Directory, KnownRoom
from bot.services.leaks.scanning import Hit, Scanning
from bot.store import Connection, Store

HELLO: Final = "crisis-hello"
LINE: Final = "crisis-line"
PAST: Final = "crisis-past"
QUIET: Final = timedelta(minutes=30)
"""Between two lines to one room, and between two private words to one person."""
PAST_QUIET: Final = timedelta(hours=24)
"""Between two kind words to somebody who tells of what is over."""
_MOST_REMEMBERED: Final = 2_000


@dataclass(slots=True, repr=False)
class _Author:
    """Somebody whom the bot wrote to, or whose room it did, not long ago."""

    at: float
    ref: MessageRef
    card: bytes | None = None
    past: bool = False
    """They told of something as over, and that is all they were answered."""


class CrisisAnswering:
    """Looks at what was written, and answers once."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        scanning: Scanning,
        words: CrisisWords,
        ladder: Ladder,
        memory: Memory,
        consents: Consents,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._scanning = scanning
        self.words = words
        self._ladder = ladder
        self._memory = memory
        self._consents = consents
        self._clock = clock
        self._authors: OrderedDict[tuple[Group, Account], _Author] = OrderedDict()
        self._lines = asyncio.Lock()

    # On the path of every message.

    def look(self, event: MessagePosted | MessageEdited) -> Awaitable[None] | None:
        """Look at what was written; what it gives back is the answer, to be awaited."""
        hits = self._scanning.look(event)
        if not hits or event.automated:
            return None
        if not any(hit.kind is Kind.CRISIS for hit in hits):
            return None
        known = self._directory.known.get(event.ref.room)
        # Moderators talk about those whom they look after. A newcomer in the lobby gets the same.
        if known is None or known.kind is RoomKind.MODERATORS:
            return None
        tier = _tier(hits)
        if tier is None:
            return self._answer_past(known, event)
        return self._answer(known, event, tier)

    async def _answer(
        self, known: KnownRoom, event: MessagePosted | MessageEdited, tier: Severity
    ) -> None:
        ref, author = event.ref, event.author
        group = known.room.group
        before = self._recent(group, author)
        if before is not None and not before.past:
            told_enough = tier is Severity.LOW or (
                before.card is not None and await self._ladder.is_open(before.card)
            )
            if told_enough:
                if before.card is None:
                    before.ref = ref
                return
        card, told = await self._tell_moderators(known, ref, tier, author)
        with self._answered(group, author, _Author(self._clock.monotonic(), ref, card)):
            if Can.TELL_AT_ONCE in self._directory.chat(group).can:
                job = Tell(group, author, self.words.to_author(group, told))
                name = f"{HELLO} {known.id.hex()} {self._mark(event)} {told.value}"
                await self._put(job, name, HELLO)
            elif event.live:
                await self._line(known, self._mark(event), told)

    def _mark(self, event: MessagePosted | MessageEdited) -> str:
        """What an answer is named after, the same when the event comes again.

        A platform answers an old name with what it has, so a message that was changed since it
        was answered has another.
        """
        if isinstance(event, MessageEdited):
            return self._store.keys.blind("crisis edit", event.id).hex()
        return self._store.message_blind(event.ref).hex()

    async def _answer_past(self, known: KnownRoom, event: MessagePosted | MessageEdited) -> None:
        group, author = known.room.group, event.author
        # A line to the room would point at whoever told their story.
        alone = Can.TELL_AT_ONCE in self._directory.chat(group).can
        if not alone or self._recent(group, author, PAST_QUIET) is not None:
            return
        told = _Author(self._clock.monotonic(), event.ref, past=True)
        with self._answered(group, author, told):
            job = Tell(group, author, self.words.of_the_past())
            await self._put(job, f"{PAST} {self._mark(event)}", PAST)

    async def _tell_moderators(
        self, known: KnownRoom, ref: MessageRef, tier: Severity, author: Account | None = None
    ) -> tuple[bytes | None, Told]:
        if tier is Severity.LOW and not await self._agreed(known.room.group, author):
            return None, Told.NOBODY
        card = await self._store.write(lambda conn: self._ladder.raise_within(conn, known, ref))
        self._ladder.wake.set()
        if self._directory.moderators_room(known.room.group) is None:
            return card, Told.NOBODY
        return card, self.words.told(known.room.group)

    async def _agreed(self, group: Group, author: Account | None) -> bool:
        if author is None:
            return False
        return await self._consents.since(group, author, Purpose.CRISIS_ALERTS) is not None

    def _recent(self, group: Group, author: Account, lately: timedelta = QUIET) -> _Author | None:
        found = self._authors.get((group, author))
        if found is None or self._clock.monotonic() - found.at > lately.total_seconds():
            return None
        return found

    async def forget(self, group: Group, account: Account) -> None:
        """Let go of what is in memory about somebody."""
        self._authors.pop((group, account), None)

    @contextmanager
    def _answered(self, group: Group, author: Account, what: _Author) -> Iterator[None]:
        """Remember whom the bot answers, unless the answer cannot be stored.

        Then what they wrote comes again, and must not find that they were answered.
        """
        self._authors[group, author] = what
        self._authors.move_to_end((group, author))
        if len(self._authors) > _MOST_REMEMBERED:
            self._authors.popitem(last=False)
        try:
            yield
        except Exception:
            self._authors.pop((group, author), None)
            raise

    async def _line(self, known: KnownRoom, mark: str, told: Told) -> None:
        """One quiet line to a room, unless it had one lately. `mark` tells it from others."""
        name = f"{LINE} {known.id.hex()}"
        async with self._lines:
            if await self._memory.get(name) is not None:
                return
            job = Post(known.room, self.words.to_room(known.room.group, told))
            await self._put(job, f"{LINE} {mark}", LINE)
            # Noted after it: a crash between the two says it once more, under the same key.
            await self._memory.put(name, "", QUIET)

    async def _put(self, job: Post | Tell, key: str, purpose: str) -> None:
        async def put(conn: Connection) -> None:
            await self._outbox.put(conn, job, key=key, purpose=purpose, lane=Lane.CRISIS)

        await self._store.write(put)

    async def not_reached(self, event: Undelivered) -> None:
        """The author cannot be written to alone after all: then the room has its quiet line."""
        _, room_id, blind, told = event.job.split(" ")
        known = self._directory.by_id(bytes.fromhex(room_id))
        if known is not None and known.kind is not RoomKind.MODERATORS:
            await self._line(known, blind, Told(told))

    async def posted_without_a_name(self, event: Delivered) -> None:
        """A post without a name is up. Its author cannot be told, so the room has its line."""
        ref = event.ref
        known = None if ref is None else self._directory.known.get(ref.room)
        if ref is None or known is None:
            return
        try:
            message = await self._directory.chat(event.group).fetch(ref)
        except TryLater:
            # Delivered again, it is looked at again.
            raise NotDurable from None
        if message is None:
            return
        tier = _tier(self._scanning.content(event.group, message.content))
        if tier is not None:
            _, told = await self._tell_moderators(known, ref, tier)
            await self._line(known, self._store.message_blind(ref).hex(), told)

    # What the author decides.

    async def tell(self, group: Group, account: Account) -> Told:
        """Somebody wants a moderator to know. Gives how these hear of it. Raises `Refused`.

        With a message of theirs from the last half hour there is a card; otherwise a line that
        names them, since they asked.
        """
        moderators = self._directory.moderators_room(group)
        if moderators is None:
            raise Refused("crisis-nobody-to-tell")
        recent = self._recent(group, account)
        known = None if recent is None else self._directory.known.get(recent.ref.room)
        if recent is not None and known is not None:
            ref = recent.ref
            if recent.card is None or not await self._ladder.is_open(recent.card):
                card = await self._store.write(
                    lambda conn: self._ladder.raise_within(conn, known, ref)
                )
                recent.card = card
                self._ladder.wake.set()
        else:
            if not await self._may_post(moderators):
                raise Refused("crisis-nobody-to-tell")
            job = Post(moderators, Reply("crisis-asks", {"who": account}))
            # One an hour for each: pressing again is not asking again.
            hour = self._clock.now().strftime("%Y%m%d%H")
            who = self._store.keys.blind("crisis asks", f"{account.platform} {account.handle}")
            await self._put(job, f"crisis-asks {who.hex()} {hour}", PAGE)
        return self.words.told(group)

    async def _may_post(self, room: Room) -> bool:
        """Whether words can arrive. A platform that cannot say it now takes them later."""
        try:
            return Right.POST in await self._directory.chat(room.group).rights(room)
        except PlatformError:
            return True


def _tier(hits: Sequence[Hit]) -> Severity | None:
    tiers = [hit.severity for hit in hits if hit.kind is Kind.CRISIS and not hit.past]
    if not tiers:
        return None
    return Severity.HIGH if Severity.HIGH in tiers else Severity.LOW
