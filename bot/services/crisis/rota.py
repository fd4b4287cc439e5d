"""Rota: when moderators are usually there, as they said themselves. It promises nothing.

In memory and written through, so that "who is awake" answers with the store gone. Hours are of
the clock on the wall in the moderator's own zone: 18:00 stays 18:00 when that clock is put
forward or back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clock import Clock
from bot.errors import PlatformError, Refused
from bot.model import Account, Group, Role
from bot.services.directory import Directory
from bot.store import Connection, Store, duty_rows

MOST: Final = 100
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY: Final = "daily"
EVERY_DAY: Final = (1 << len(DAYS)) - 1
_TIME: Final = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?")
_DAY: Final = timedelta(days=1)
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True, repr=False)
class Duty:
    """One stretch of the week. `starts` and `ends` are minutes after midnight in `zone`.

    One that does not end after it starts ends on the day after.
    """

    id: bytes
    account: Account
    days: int
    starts: int
    ends: int
    zone: str

    @property
    def day_names(self) -> str:
        """Its days, as they are typed."""
        if self.days == EVERY_DAY:
            return DAILY
        return " ".join(name for bit, name in enumerate(DAYS) if self.days >> bit & 1)

    def around(self, now: datetime) -> Iterable[tuple[datetime, datetime]]:
        """Its stretches from the one that may still last to those of a week from now, in order."""
        zone = _zone(self.zone)
        today = now.astimezone(zone).date()
        lasts = self.ends - self.starts
        if lasts <= 0:
            lasts += _DAY_MINUTES
        for ahead in range(-1, 9):
            day = today + ahead * _DAY
            if self.days >> day.weekday() & 1:
                over = divmod(self.starts + lasts, _DAY_MINUTES)
                yield _at(day, self.starts, zone), _at(day + over[0] * _DAY, over[1], zone)


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(*divmod(minutes, 60)), tzinfo=zone)


def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@dataclass(frozen=True, slots=True, repr=False)
class Awake:
    """Who is there by the rota. Without a rota all of it is empty."""

    on_duty: tuple[Account, ...] = ()
    until: datetime | None = None
    """When the last of them goes."""
    back: datetime | None = None
    """When the next one comes, where nobody is there."""


class Rota:
    """Every group's hours."""

    def __init__(self, store: Store, directory: Directory, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock
        self._duties: dict[Group, list[Duty]] = {}
        self._gone: set[tuple[Group, Account]] = set()

    async def load(self, group: Group) -> None:
        """Read a group's rota from the store."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            rows = await duty_rows.all_of(conn, self._store.keys, group_id)
        self._duties[group] = [
            Duty(
                row.id,
                Account(group.platform, row.account),
                row.days,
                row.starts,
                row.ends,
                row.zone,
            )
            for row in rows
        ]

    async def settle(self, group: Group, only: Account | None = None) -> None:
        """Whose hours count: not those of who moderates no more, as far as that can be told.

        They stay, and count again for who moderates again.
        """
        chat = self._directory.chat(group)
        for account in {duty.account for duty in self._duties.get(group, ())}:
            if only not in (None, account):
                continue
            with suppress(PlatformError):
                if await chat.role_of(group, account) < Role.MODERATOR:
                    self._gone.add((group, account))
                else:
                    self._gone.discard((group, account))

    def all(self, group: Group) -> list[Duty]:
        """A group's rota as it counts, in an order that stays the same."""
        duties = self._duties.get(group, ())
        return [duty for duty in duties if (group, duty.account) not in self._gone]

    def awake(self, group: Group) -> Awake:
        """Who is there now, or when somebody is back."""
        now = self._clock.now()
        spans = [
            (start, end, duty.account)
            for duty in self.all(group)
            for start, end in duty.around(now)
            if end > now
        ]
        here = [(end, account) for start, end, account in spans if start <= now]
        if here:
            return Awake(
                tuple(dict.fromkeys(account for _, account in here)),
                until=max(end for end, _ in here),
            )
        return Awake(back=min((start for start, _, _ in spans), default=None))

    def in_turn(self, group: Group) -> list[Account]:
        """Everybody on the rota: who is there now, then by who comes next."""
        now = self._clock.now()
        spans = [
            (max(start, now), duty.account)
            for duty in self.all(group)
            for start, end in duty.around(now)
            if end > now
        ]
        spans.sort(key=lambda span: span[0])
        return list(dict.fromkeys(account for _, account in spans))

    async def add(
        self, group: Group, account: Account, days: str, starts: str, ends: str, zone: str
    ) -> Duty:
        """Say when oneself is usually there. Raises `Refused`."""
        if len(self.all(group)) >= MOST:
            raise Refused("duty-too-many", {"most": MOST})
        bits, first, last = _days(days), _minutes(starts), _minutes(ends)
        zone = zone.strip()
        try:
            _zone(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Refused("duty-bad-zone") from None

        async def work(conn: Connection) -> bytes:
            member = await self._store.member_id(conn, group, account, create=True)
            group_id = await self._store.group_id(group, conn)
            return await duty_rows.add(conn, group_id, member, bits, first, last, zone)

        duty = Duty(await self._store.write(work), account, bits, first, last, zone)
        self._duties.setdefault(group, []).append(duty)
        self._gone.discard((group, account))
        return duty

    async def remove(self, group: Group, account: Account, duty_id: bytes) -> Duty:
        """Take back a stretch of one's own. Raises `Refused`."""
        own = (duty for duty in self.all(group) if duty.account == account)
        duty = next((duty for duty in own if duty.id == duty_id), None)
        if duty is None:
            raise Refused("duty-not-yours")
        await self._store.write(lambda conn: duty_rows.remove(conn, duty_id))
        # Somebody may have pressed twice, or be erased since.
        self._duties[group] = [each for each in self._duties[group] if each.id != duty_id]
        return duty


def _days(typed: str) -> int:
    words = typed.lower().replace(",", " ").split()
    if words == [DAILY]:
        return EVERY_DAY
    if not words or not {word[:3] for word in words} <= set(DAYS):
        raise Refused("duty-bad-days")
    return sum(1 << at for at in {DAYS.index(word[:3]) for word in words})


def _minutes(typed: str) -> int:
    match = _TIME.fullmatch(typed.strip())
    if match is None:
        raise Refused("duty-bad-time")
    return int(match[1]) * 60 + int(match[2] or 0)


def shown(minutes: int) -> str:
    """Minutes after midnight as 18:30."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
