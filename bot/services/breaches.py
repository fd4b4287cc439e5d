"""Breaches: something got out. Contain it, tell who has to know in time, keep a register.

The clock is that of the GDPR: an authority hears of it within 72 hours of its being noticed, unless
nobody is at risk (Article 33). Whether a law binds the host, the bot cannot know and does not say.
The register holds codes and times (Article 33, paragraph 5, asks for one), never words or people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group, RoomKind
from bot.outbox import Lane, Outbox, Post
from bot.reply import HELP_NOW, Reply, Value
from bot.services.audit import Audit, Deed
from bot.services.directory import Directory
from bot.services.notices import Notices
from bot.store import Connection, Store, breach_rows
from bot.store.breach_rows import BreachRow

CLOCK: Final = timedelta(hours=72)
REMINDED: Final = (timedelta(hours=24), timedelta(hours=6))
"""How long before the end moderators hear that nobody has noted a decision yet."""
LONGEST_AGO: Final = timedelta(days=365)
PURPOSE: Final = "breach"
TO_GROUP: Final = "breach-to-group"
"""What these jobs are for, as `Delivered` and `Undelivered` say it."""


class _Choice(Enum):
    @property
    def code(self) -> str:
        """How it is stored."""
        return self.name.lower().replace("_", "-")


class Kind(_Choice):
    """What happened."""

    WORDS_OUTSIDE = "words or pictures outside"
    ACCOUNT_TAKEN = "somebody in a moderator's account"
    MACHINE = "a lost phone, disk or backup"
    HOST_OR_KEYS = "somebody on the bot's machine"
    BOT_FAULT = "a fault of the bot"


class Step(_Choice):
    """What there is to do, in the order in which it helps most."""

    CONTAINED = "contained"
    PEOPLE = "told who it is about"
    AUTHORITY = "told the authority"
    PLATFORM = "told the platform"
    GROUP = "told the group"


class Outcome(_Choice):
    """How a step ended."""

    DONE = "done"
    NOT_NEEDED = "not needed"


_KINDS: Final = {kind.code: kind for kind in Kind}
_STEPS: Final = {step.code: step for step in Step}
_OUTCOMES: Final = {outcome.code: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Breach:
    """One entry of the register."""

    number: int
    kind: Kind
    noticed_at: datetime
    closed_at: datetime | None
    steps: dict[Step, tuple[Outcome, datetime]]

    @property
    def until(self) -> datetime:
        """When the 72 hours are over."""
        return self.noticed_at + CLOCK

    @property
    def open_steps(self) -> list[Step]:
        """What nobody has noted yet."""
        return [step for step in Step if step not in self.steps]


class Breaches:
    """Opens, follows and closes breaches of a group."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        notices: Notices,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._notices = notices
        self._audit = audit
        self._clock = clock

    async def open(self, group: Group, by: Account, kind: Kind, ago: timedelta) -> Breach:
        """Begin one that was noticed so long ago, and say so to the moderators.

        Raises `Refused`.
        """
        if not timedelta() <= ago <= LONGEST_AGO:
            raise Refused("breach-ago")
        noticed = self._clock.now() - ago

        async def work(conn: Connection) -> int:
            group_id = await self._store.group_id(group, conn)
            number = await breach_rows.add(conn, group_id, kind.code, noticed)
            facts = {"number": number, "kind": kind.code}
            await self._audit.record(conn, group, Deed.BREACH_OPENED, by=by, facts=facts)
            room = self._directory.moderators_room(group)
            if room is not None:
                told: dict[str, Value] = {"number": number, "until": noticed + CLOCK}
                card = Post(room, Reply("breach-card", told))
                key = f"{PURPOSE} {group_id.hex()} {number} card"
                await self._outbox.put(conn, card, key=key, purpose=PURPOSE, lane=Lane.ALERTS)
            return number

        number = await self._store.write(work)
        return Breach(number, kind, noticed, None, {})

    async def note(
        self, group: Group, by: Account, number: int, step: Step, outcome: Outcome
    ) -> Breach:
        """Note that a step is done or not needed. Raises `Refused`."""

        async def work(conn: Connection) -> None:
            row = await self._row(conn, group, number)
            if row.closed_at is not None:
                raise Refused("breach-closed-already")
            await breach_rows.note(conn, row.id, step.code, outcome.code, self._clock.now())
            facts = {"number": number, "step": step.code, "outcome": outcome.code}
            await self._audit.record(conn, group, Deed.BREACH_STEP, by=by, facts=facts)

        await self._store.write(work)
        return await self.one(group, number)

    async def tell_group(self, group: Group, by: Account, number: int) -> Breach:
        """Say in the first room of the circle that something got out, naming nobody.

        Raises `Refused`.
        """
        rooms = self._directory.rooms(group, RoomKind.CIRCLE)
        if not rooms:
            raise Refused("breach-no-room")

        async def work(conn: Connection) -> None:
            row = await self._row(conn, group, number)
            if any(step.step == Step.GROUP.code for step in row.steps):
                raise Refused("breach-told-already")
            group_id = await self._store.group_id(group, conn)
            notice = Post(rooms[0].room, Reply("breach-to-group", buttons=(HELP_NOW,)))
            key = f"{PURPOSE} {group_id.hex()} {number} group"
            await self._outbox.put(conn, notice, key=key, purpose=TO_GROUP, lane=Lane.ALERTS)
            await breach_rows.note(
                conn, row.id, Step.GROUP.code, Outcome.DONE.code, self._clock.now()
            )
            facts = {"number": number, "step": Step.GROUP.code, "outcome": "done"}
            await self._audit.record(conn, group, Deed.BREACH_STEP, by=by, facts=facts)

        await self._store.write(work)
        return await self.one(group, number)

    async def close(self, group: Group, by: Account, number: int) -> Breach:
        """Close one when each step was noted. Raises `Refused`."""

        async def work(conn: Connection) -> None:
            row = await self._row(conn, group, number)
            if row.closed_at is not None:
                raise Refused("breach-closed-already")
            if _entry(row).open_steps:
                raise Refused("breach-steps-left")
            await breach_rows.close(conn, row.id, self._clock.now())
            facts = {"number": number}
            await self._audit.record(conn, group, Deed.BREACH_CLOSED, by=by, facts=facts)

        await self._store.write(work)
        return await self.one(group, number)

    async def one(self, group: Group, number: int) -> Breach:
        """One of them. Raises `Refused`."""
        async with self._store.read() as conn:
            return _entry(await self._row(conn, group, number))

    async def register(self, group: Group) -> list[Breach]:
        """All of a group, the newest first."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            return [_entry(row) for row in await breach_rows.of_group(conn, group_id)]

    async def upkeep(self) -> None:
        """Remind moderators while the clock runs and nobody has noted a decision."""
        now = self._clock.now()
        for group in self._directory.groups():
            for breach in await self.register(group):
                decided = breach.closed_at is not None or Step.AUTHORITY in breach.steps
                left = breach.until - now
                passed = [before for before in REMINDED if timedelta() < left <= before]
                if passed and not decided:
                    told: dict[str, Value] = {"number": breach.number, "until": breach.until}
                    about = f"{breach.number} {min(passed)}"
                    await self._notices.tell(group, "notice-breach-clock", told, about)

    async def _row(self, conn: Connection, group: Group, number: int) -> BreachRow:
        rows = await breach_rows.of_group(conn, await self._store.group_id(group, conn))
        found = next((row for row in rows if row.number == number), None)
        if found is None:
            raise Refused("breach-unknown")
        return found


def _entry(row: BreachRow) -> Breach:
    steps = {_STEPS[step.step]: (_OUTCOMES[step.outcome], step.at) for step in row.steps}
    return Breach(row.number, _KINDS[row.kind], row.noticed_at, row.closed_at, steps)
