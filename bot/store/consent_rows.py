"""What members said yes to, and what they took back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, insert, select, update

from bot.store.columns import new_id
from bot.store.rights_tables import consents

if TYPE_CHECKING:
    from bot.store import Connection


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A yes that stands: to which version of the words, and since which day."""

    version: int
    given_on: date


async def standing(conn: Connection, member_id: bytes, purpose: str) -> ConsentRow | None:
    """The yes that was not taken back; None where there is none."""
    found = await conn.execute(
        select(consents.c.version, consents.c.given_on)
        .where(_mine(member_id, purpose))
        .order_by(consents.c.given_on.desc())
        .limit(1)
    )
    row = found.first()
    return None if row is None else ConsentRow(row.version, row.given_on)


async def give(conn: Connection, member_id: bytes, purpose: str, version: int, day: date) -> None:
    """Note a yes. The same again changes nothing; one to older words ends on that day."""
    known = await standing(conn, member_id, purpose)
    if known is not None and known.version == version:
        return
    await withdraw(conn, member_id, purpose, day)
    row = {"id": new_id(), "member_id": member_id, "purpose": purpose, "version": version}
    await conn.execute(insert(consents).values(**row, given_on=day))


async def withdraw(conn: Connection, member_id: bytes, purpose: str, day: date) -> bool:
    """End a yes; False where there was none."""
    ended = await conn.execute(
        update(consents).where(_mine(member_id, purpose)).values(withdrawn_on=day)
    )
    return ended.rowcount > 0


def _mine(member_id: bytes, purpose: str) -> ColumnElement[bool]:
    return (
        (consents.c.member_id == member_id)
        & (consents.c.purpose == purpose)
        & consents.c.withdrawn_on.is_(None)
    )
