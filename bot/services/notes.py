"""Moderators' notes about a member: short, of few kinds, for 30 days, and no secret from them.

At most 280 letters, as the command takes them, and 20 notes for each member. No quotes, since
what people say here is not to be written down. No row says whose note it is: the audit does, for
a year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group, Role
from bot.services.audit import Audit, Deed
from bot.services.directory import Directory
from bot.store import Connection, Store, note_rows

LONGEST: Final = 280
MOST: Final = 20
KEPT: Final = timedelta(days=30)
_QUOTE: Final = re.compile(r"[\u201c\u201d\u201e\u00ab\u00bb\"]|^\s*>", re.MULTILINE)


class NoteKind(Enum):
    """What a note may be about. Nothing about anybody's health."""

    TALKED = "talked"
    """A rule was talked about."""
    AGREED = "agreed"
    CHECK_BACK = "check-back"
    NEEDS = "needs"
    """What helps them to take part."""


@dataclass(frozen=True, slots=True, repr=False)
class Note:
    """A note as moderators and its subject read it."""

    kind: NoteKind
    text: str
    ends: date
    id: bytes = b""


class Notes:
    """Writes, reads and takes away notes about a group's members."""

    def __init__(self, store: Store, directory: Directory, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._audit = audit
        self._clock = clock

    async def add(
        self, group: Group, by: Account, about: Account, kind: NoteKind, text: str
    ) -> Note:
        """Write a note about somebody of the group. Raises `Refused`."""
        text = " ".join(text.split())
        if not text:
            raise Refused("note-empty")
        if _QUOTE.search(text):
            raise Refused("note-quotes")
        if await self._directory.chat(group).role_of(group, about) < Role.MEMBER:
            raise Refused("note-nobody")
        today = self._clock.now().date()
        note = Note(kind, text, today + KEPT)

        async def work(conn: Connection) -> None:
            keys = self._store.keys
            member = await self._store.member_id(conn, group, about, create=True)
            if len(await note_rows.about(conn, keys, member, today)) >= MOST:
                raise Refused("note-full", {"most": MOST})
            await note_rows.add(conn, keys, member, kind.value, text, note.ends)
            await self._record(conn, group, Deed.NOTE_ADDED, by, about, kind)

        await self._store.write(work)
        return note

    async def about(self, group: Group, account: Account) -> list[Note]:
        """The notes about somebody, the first to go first."""
        async with self._store.read() as conn:
            rows = await self._rows(conn, group, account)
        return [Note(NoteKind(row.category), row.text, row.ends, row.id) for row in rows]

    async def remove(self, group: Group, by: Account, about: Account, note_id: bytes) -> None:
        """Take away a note of `about`. Raises `Refused`."""

        async def work(conn: Connection) -> None:
            rows = await self._rows(conn, group, about)
            row = next((each for each in rows if each.id == note_id), None)
            if row is None:
                raise Refused("note-unknown")
            await note_rows.remove(conn, row.id)
            await self._record(conn, group, Deed.NOTE_REMOVED, by, about, NoteKind(row.category))

        await self._store.write(work)

    async def _rows(
        self, conn: Connection, group: Group, account: Account
    ) -> list[note_rows.NoteRow]:
        member = await self._store.member_id(conn, group, account)
        if member is None:
            return []
        today = self._clock.now().date()
        return await note_rows.about(conn, self._store.keys, member, today)

    async def _record(
        self,
        conn: Connection,
        group: Group,
        deed: Deed,
        by: Account,
        about: Account,
        kind: NoteKind,
    ) -> None:
        facts = {"category": kind.value}
        await self._audit.record(conn, group, deed, by=by, facts=facts, private={"about": about})
