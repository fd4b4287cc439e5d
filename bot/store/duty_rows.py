"""When moderators are usually there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bot.store.columns import new_id
from bot.store.tables import duties, members

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


@dataclass(frozen=True, slots=True, repr=False)
class DutyRow:
    """One stretch of the week. `days`: bits, Monday first; `starts`, `ends`: minutes."""

    id: bytes
    account: str
    days: int
    starts: int
    ends: int
    zone: str


async def all_of(conn: Connection, keys: KeyRing, group_id: bytes) -> list[DutyRow]:
    """A group's rota."""
    found = await conn.execute(
        select(duties, members.c.account)
        .join(members, members.c.id == duties.c.member_id)
        .where(duties.c.group_id == group_id)
        .order_by(duties.c.id)
    )
    return [
        DutyRow(
            row.id,
            keys.open(members.c.account, row.member_id, row.account),
            row.days,
            row.starts,
            row.ends,
            row.zone,
        )
        for row in found
    ]


async def add(
    conn: Connection, group_id: bytes, member: bytes, days: int, starts: int, ends: int, zone: str
) -> bytes:
    """Add a stretch; gives its id."""
    row_id = new_id()
    values = {"days": days, "starts": starts, "ends": ends, "zone": zone}
    await conn.execute(
        insert(duties).values(id=row_id, group_id=group_id, member_id=member, **values)
    )
    return row_id


async def remove(conn: Connection, row_id: bytes) -> None:
    """Take a stretch away."""
    await conn.execute(delete(duties).where(duties.c.id == row_id))
