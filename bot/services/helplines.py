"""Help now: the emergency number and the helplines that a group's moderators confirmed.

Everything it says is in memory, so it answers with the store read-only or gone, and it stores
nothing about who asked.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group
from bot.services.audit import Audit, Deed
from bot.store import Connection, Store, helpline_rows

ASK_AGAIN = timedelta(days=90)
"""After this a confirmed line counts as old and moderators are asked to look again."""
HIDDEN = timedelta(days=365)
MOST = 20
MOST_SHOWN = 4

_DIAL = re.compile(r"\+?[0-9][0-9 ()./-]{1,30}")
_ADDRESS = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}(/[^\s<>\"']*)?", re.IGNORECASE)


class Mode(Enum):
    """How a helpline is reached. In the order in which lines are shown."""

    TEXT = "text"
    CHAT = "chat"
    CALL = "call"


class MaySend(Enum):
    """Whether a line may send police or an ambulance without asking."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Helpline:
    """A line that moderators checked by hand. `contact` is the exact dial string or address."""

    name: str
    mode: Mode
    contact: str
    hours: str
    may_send: MaySend
    checked_on: date
    id: bytes = b""
    language: str = ""
    source: str = ""
    """Where a moderator found it: a web page, a card."""


class Helplines:
    """Each group's confirmed helplines, in memory and written through."""

    def __init__(self, store: Store, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock
        self._lines: dict[Group, list[Helpline]] = {}

    async def load(self, group: Group) -> None:
        """Read a group's helplines from the store."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            rows = await helpline_rows.all_of(conn, self._store.keys, group_id)
        self._lines[group] = [_from_row(row) for row in rows]

    def shown(self, group: Group, modes: tuple[Mode, ...] = tuple(Mode)) -> list[Helpline]:
        """What a person in need is shown: text and chat before calls, newest checks first."""
        today = self._clock.now().date()
        order = list(Mode)
        lines = [
            line
            for line in self._lines.get(group, [])
            if line.mode in modes and today - line.checked_on <= HIDDEN
        ]
        lines.sort(key=lambda line: (today - line.checked_on > ASK_AGAIN, order.index(line.mode)))
        return lines[:MOST_SHOWN]

    def all(self, group: Group) -> list[Helpline]:
        """Every line, as moderators see it."""
        return list(self._lines.get(group, []))

    def to_check(self, group: Group) -> list[Helpline]:
        """Lines that were confirmed too long ago."""
        today = self._clock.now().date()
        return [line for line in self.all(group) if today - line.checked_on > ASK_AGAIN]

    def asked_about_today(self, group: Group) -> int:
        """How many lines moderators are asked to check, on the first day of each week they wait."""
        today = self._clock.now().date()
        waits = [(today - line.checked_on - ASK_AGAIN).days for line in self.to_check(group)]
        return len(waits) if any(days % 7 == 1 for days in waits) else 0

    def undescribed(self, group: Group) -> int:
        """How many lines lack their language or where they were found."""
        return sum(not line.language or not line.source for line in self.all(group))

    async def add(
        self,
        group: Group,
        name: str,
        mode: Mode,
        contact: str,
        hours: str,
        may_send: MaySend,
        by: Account | None = None,
    ) -> Helpline:
        """Add a line that a moderator (None: the host) has just checked. Raises `Refused`."""
        name, contact, hours = name.strip(), contact.strip(), hours.strip()
        if not name or not hours:
            raise Refused("helpline-incomplete")
        pattern = _ADDRESS if mode is Mode.CHAT else _DIAL
        if not pattern.fullmatch(contact):
            raise Refused("helpline-bad-address" if mode is Mode.CHAT else "helpline-bad-number")
        lines = self._lines.setdefault(group, [])
        if len(lines) >= MOST:
            raise Refused("helpline-too-many", {"most": MOST})
        line = Helpline(name, mode, contact, hours, may_send, self._clock.now().date())
        group_id = await self._store.group_id(group)

        async def work(conn: Connection) -> bytes:
            keys, details = self._store.keys, _details(line)
            row_id = await helpline_rows.add(
                conn, keys, group_id, len(lines), details, line.checked_on
            )
            await self._record(conn, group, by, Deed.HELPLINE_ADDED, row_id)
            return row_id

        row_id = await self._store.write(work)
        lines.append(replace(line, id=row_id))
        return lines[-1]

    async def describe(
        self, group: Group, by: Account | None, line_id: bytes, language: str, source: str
    ) -> Helpline:
        """Say in which language a line answers, and where it was found. Raises `Refused`."""
        line = self._line(group, line_id)
        fuller = replace(line, language=language.strip(), source=source.strip())
        if not fuller.language or not fuller.source:
            raise Refused("helpline-incomplete")
        details = _details(fuller)

        async def work(conn: Connection) -> None:
            await helpline_rows.change(conn, self._store.keys, line.id, details)
            await self._record(conn, group, by, Deed.HELPLINE_CHANGED, line.id)

        await self._store.write(work)
        return self._changed(group, line, language=fuller.language, source=fuller.source)

    async def confirm(self, group: Group, by: Account, line_id: bytes) -> Helpline:
        """A moderator looked again and the line is right. Raises `Refused`."""
        line = self._line(group, line_id)
        today = self._clock.now().date()

        async def work(conn: Connection) -> None:
            await helpline_rows.confirm(conn, line.id, today)
            await self._record(conn, group, by, Deed.HELPLINE_CONFIRMED, line.id)

        await self._store.write(work)
        return self._changed(group, line, checked_on=today)

    async def remove(self, group: Group, by: Account, line_id: bytes) -> Helpline:
        """Take a line away. Raises `Refused`."""
        line = self._line(group, line_id)

        async def work(conn: Connection) -> None:
            await helpline_rows.remove(conn, line.id)
            await self._record(conn, group, by, Deed.HELPLINE_REMOVED, line.id)

        await self._store.write(work)
        lines = self._lines[group]
        lines[:] = [each for each in lines if each.id != line.id]
        return line

    def _changed(self, group: Group, line: Helpline, **values: Any) -> Helpline:
        """Change a line in memory, by its id: others may have come or gone while it was written."""
        lines = self._lines[group]
        for place, each in enumerate(lines):
            if each.id == line.id:
                lines[place] = replace(each, **values)
                return lines[place]
        return line

    async def _record(
        self, conn: Connection, group: Group, by: Account | None, deed: Deed, row_id: bytes
    ) -> None:
        facts = {"helpline": row_id.hex()}
        await self._audit.record(conn, group, deed, by=by, facts=facts)

    def _line(self, group: Group, line_id: bytes) -> Helpline:
        for line in self._lines.get(group, []):
            if line.id == line_id:
                return line
        raise Refused("helpline-unknown")


def _details(line: Helpline) -> str:
    first = [line.name, line.mode.value, line.contact, line.hours, line.may_send.value]
    return json.dumps([*first, line.language, line.source])


def _from_row(row: helpline_rows.HelplineRow) -> Helpline:
    # Lines of before the two last were asked for have five.
    name, mode, contact, hours, may_send, *more = json.loads(row.details)
    line = Helpline(name, Mode(mode), contact, hours, MaySend(may_send), row.checked_on, row.id)
    return replace(line, language=more[0], source=more[1]) if more else line
