"""Open cards about somebody who may be in danger. A card that is closed has no row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, case, delete, func, insert, literal, or_, select, update

from bot.store.columns import new_id
from bot.store.tables import crisis_cards, members

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


@dataclass(frozen=True, slots=True, repr=False)
class CardRow:
    """A card as it is stored. `holder` is the account of whoever claimed it, opened."""

    id: bytes
    group_id: bytes
    room_id: bytes
    message: str
    holder: str | None
    rung: int
    next_at: datetime | None
    card: str | None
    asked: frozenset[str]
    """Blinds of the moderators who were called, or who cannot now."""


async def add(
    conn: Connection,
    keys: KeyRing,
    group_id: bytes,
    room_id: bytes,
    blind: bytes,
    message: str,
    next_at: datetime,
    ends: datetime,
) -> bytes | None:
    """A new card; gives its id, or None where the message has one."""
    known = select(crisis_cards.c.id).where(crisis_cards.c.message_blind == blind)
    if await conn.scalar(known) is not None:
        return None
    row_id = new_id()
    await conn.execute(
        insert(crisis_cards).values(
            id=row_id,
            group_id=group_id,
            room_id=room_id,
            message_blind=blind,
            message=keys.seal(crisis_cards.c.message, row_id, message),
            next_at=next_at,
            ends=ends,
        )
    )
    return row_id


async def one(conn: Connection, keys: KeyRing, row_id: bytes) -> CardRow | None:
    """An open card."""
    found = await _opened(conn, keys, _cards().where(crisis_cards.c.id == row_id))
    return found[0] if found else None


async def all_of(conn: Connection, keys: KeyRing, group_id: bytes) -> list[CardRow]:
    """A group's open cards."""
    return await _opened(conn, keys, _cards().where(crisis_cards.c.group_id == group_id))


async def due(
    conn: Connection, keys: KeyRing, groups: Collection[bytes], now: datetime, latest: datetime
) -> list[CardRow]:
    """Cards that are to be passed on, or whose claim lapses.

    None waits beyond `latest` but by a clock that was ahead and has been put right: those are due.
    """
    ours = crisis_cards.c.group_id.in_(groups)
    next_at = crisis_cards.c.next_at
    return await _opened(conn, keys, _cards().where(or_(next_at <= now, next_at > latest), ours))


async def next_time(
    conn: Connection, groups: Collection[bytes], now: datetime, latest: datetime
) -> datetime | None:
    """When the first card is to be passed on or goes. What waits beyond `latest` is due `now`."""
    ours = crisis_cards.c.group_id.in_(groups)
    next_at = crisis_cards.c.next_at
    in_time = case((next_at > latest, literal(now, next_at.type)), else_=next_at)
    passed_on = await conn.scalar(select(func.min(in_time)).where(ours))
    over = await conn.scalar(select(func.min(crisis_cards.c.ends)).where(ours))
    return min((at for at in (passed_on, over) if at is not None), default=None)


async def over(
    conn: Connection, keys: KeyRing, groups: Collection[bytes], now: datetime
) -> list[CardRow]:
    """Cards that nobody closed and whose time is over."""
    ours = crisis_cards.c.group_id.in_(groups)
    return await _opened(conn, keys, _cards().where(crisis_cards.c.ends <= now, ours))


async def claim(conn: Connection, row_id: bytes, member: bytes, next_at: datetime) -> bool:
    """Somebody answers. False when another does, or it is closed."""
    here = (crisis_cards.c.id == row_id) & or_(
        crisis_cards.c.claimed_by.is_(None), crisis_cards.c.claimed_by == member
    )
    values = {"claimed_by": member, "next_at": next_at}
    moved = await conn.execute(update(crisis_cards).where(here).values(**values))
    return moved.rowcount == 1


async def change(conn: Connection, row_id: bytes, **values: Any) -> bool:
    """Change a card. False when it is closed."""
    here = crisis_cards.c.id == row_id
    return (await conn.execute(update(crisis_cards).where(here).values(**values))).rowcount == 1


async def card_is(conn: Connection, keys: KeyRing, row_id: bytes, card: str) -> bool:
    """Note where a card stands. False when it is closed."""
    return await change(conn, row_id, card=keys.seal(crisis_cards.c.card, row_id, card))


async def ask(conn: Connection, keys: KeyRing, row_id: bytes, blinds: Collection[str]) -> None:
    """Note whom a card has asked, so that the next time it is somebody else."""
    row = await one(conn, keys, row_id)
    if row is not None:
        asked = " ".join(sorted(row.asked.union(blinds)))
        await change(conn, row_id, asked=keys.seal(crisis_cards.c.asked, row_id, asked))


async def close(conn: Connection, row_id: bytes) -> bool:
    """Erase a card. False when somebody did."""
    gone = await conn.execute(delete(crisis_cards).where(crisis_cards.c.id == row_id))
    return gone.rowcount == 1


def _cards() -> Select[Any]:
    return (
        select(crisis_cards, members.c.account)
        .outerjoin(members, members.c.id == crisis_cards.c.claimed_by)
        .order_by(crisis_cards.c.ends, crisis_cards.c.id)
    )


async def _opened(conn: Connection, keys: KeyRing, query: Select[Any]) -> list[CardRow]:
    return [_row(keys, row) for row in (await conn.execute(query)).all()]


def _row(keys: KeyRing, row: Row[Any]) -> CardRow:
    holder = card = None
    if row.account is not None:
        holder = keys.open(members.c.account, row.claimed_by, row.account)
    if row.card is not None:
        card = keys.open(crisis_cards.c.card, row.id, row.card)
    message = keys.open(crisis_cards.c.message, row.id, row.message)
    asked = keys.open(crisis_cards.c.asked, row.id, row.asked) if row.asked is not None else ""
    return CardRow(
        row.id,
        row.group_id,
        row.room_id,
        message,
        holder,
        row.rung,
        row.next_at,
        card,
        frozenset(asked.split()),
    )
