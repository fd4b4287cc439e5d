"""The helplines that a group's moderators confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from bot.store.columns import new_id
from bot.store.tables import helplines

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


@dataclass(frozen=True, slots=True)
class HelplineRow:
    """A helpline; `details` is the service's own JSON."""

    id: bytes
    details: str
    checked_on: date


async def all_of(conn: Connection, keys: KeyRing, group_id: bytes) -> list[HelplineRow]:
    """A group's helplines in the order in which they were added."""
    found = await conn.execute(
        select(helplines).where(helplines.c.group_id == group_id).order_by(helplines.c.position)
    )
    return [
        HelplineRow(row.id, keys.open(helplines.c.details, row.id, row.details), row.checked_on)
        for row in found
    ]


async def add(
    conn: Connection, keys: KeyRing, group_id: bytes, position: int, details: str, day: date
) -> bytes:
    """Add a helpline; returns its id."""
    row_id = new_id()
    await conn.execute(
        insert(helplines).values(
            id=row_id,
            group_id=group_id,
            position=position,
            details=keys.seal(helplines.c.details, row_id, details),
            checked_on=day,
        )
    )
    return row_id


async def change(conn: Connection, keys: KeyRing, row_id: bytes, details: str) -> None:
    """A moderator said more about it."""
    box = keys.seal(helplines.c.details, row_id, details)
    await conn.execute(update(helplines).where(helplines.c.id == row_id).values(details=box))


async def confirm(conn: Connection, row_id: bytes, day: date) -> None:
    """Somebody checked it again."""
    await conn.execute(update(helplines).where(helplines.c.id == row_id).values(checked_on=day))


async def remove(conn: Connection, row_id: bytes) -> None:
    """Take a helpline away."""
    await conn.execute(delete(helplines).where(helplines.c.id == row_id))
