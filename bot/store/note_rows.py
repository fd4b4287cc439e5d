"""Moderators' short notes about members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bot.store.columns import new_id
from bot.store.rights_tables import notes

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


@dataclass(frozen=True, slots=True, repr=False)
class NoteRow:
    """A note. It goes on the day on which it `ends`."""

    id: bytes
    category: str
    text: str
    ends: date


async def add(
    conn: Connection, keys: KeyRing, member_id: bytes, category: str, text: str, ends: date
) -> None:
    """Write a note about a member."""
    row_id = new_id()
    await conn.execute(
        insert(notes).values(
            id=row_id,
            member_id=member_id,
            category=category,
            text=keys.seal(notes.c.text, row_id, text),
            ends=ends,
        )
    )


async def about(conn: Connection, keys: KeyRing, member_id: bytes, today: date) -> list[NoteRow]:
    """The notes about a member that are not over, the first to end first."""
    found = await conn.execute(
        select(notes)
        .where(notes.c.member_id == member_id, notes.c.ends > today)
        .order_by(notes.c.ends, notes.c.id)
    )
    return [
        NoteRow(row.id, row.category, keys.open(notes.c.text, row.id, row.text), row.ends)
        for row in found
    ]


async def remove(conn: Connection, note_id: bytes) -> None:
    """Take a note away."""
    await conn.execute(delete(notes).where(notes.c.id == note_id))
