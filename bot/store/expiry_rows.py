"""The expiries table: which message goes when. The database is the truth; nothing is loaded."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Executable, Integer, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.columns import SealedBox, id_by, to_microseconds
from bot.store.tables import expiries, removal_counts

if TYPE_CHECKING:
    from bot.model import MessageRef
    from bot.store import Connection, Store
    from bot.store.keyring import KeyRing
    from bot.store.rows import Rows

_MESSAGE = expiries.c.message
_MOST_IN_ONE = 500
"""Rows to a statement, far below what an engine takes."""


class ExpiryRow(NamedTuple):
    """A message that is due. Which one is sealed until `message_of` opens it."""

    id: bytes
    room_id: bytes
    message: SealedBox
    due: datetime
    attempts: int

    def __repr__(self) -> str:
        return "<expiry row>"


@dataclass(frozen=True, slots=True)
class RemovalCount:
    """How many messages of a room ended in one way on one day."""

    room_id: bytes
    day: date
    outcome: str
    count: int


def row(keys: KeyRing, room_id: bytes, blind: bytes, handle: str, due: datetime) -> dict[str, Any]:
    """A row for `Store.append`; the database's defaults say that it waits."""
    # A row says when it is due anyway, and rows in order are cheaper to store.
    row_id = id_by(to_microseconds(due), blind)
    return {
        "id": row_id,
        "room_id": room_id,
        "message_blind": blind,
        "message": keys.seal(_MESSAGE, row_id, handle),
        "due": due,
    }


def new_rows(store: Store) -> Rows:
    """Rows for `Store.append_to`, each of a room's id, a message and when it is due.

    The same as `row` makes.
    """

    def make(messages: Sequence[tuple[bytes, MessageRef, datetime]]) -> list[tuple[Any, ...]]:
        blinds = store.message_blinds(ref for _, ref, _ in messages)
        moments = [to_microseconds(due) for _, _, due in messages]
        ids = list(map(id_by, moments, blinds))
        handles = [ref.handle for _, ref, _ in messages]
        boxes = store.keys.seal_all(_MESSAGE, list(zip(ids, handles, strict=True)))
        sealed = [box.data for box in boxes]
        rooms = [room_id for room_id, _, _ in messages]
        return list(zip(ids, rooms, blinds, sealed, moments, strict=True))

    return store.rows(expiries, ("id", "room_id", "message_blind", "message", "due"), make)


async def bring_forward(
    conn: Connection, keys: KeyRing, room_id: bytes, blind: bytes, handle: str, due: datetime
) -> None:
    """Let a message go at `due` at the latest, whether or not it had a time before."""
    known = (
        await conn.execute(
            select(expiries.c.id, expiries.c.due, expiries.c.state).where(
                expiries.c.message_blind == blind
            )
        )
    ).first()
    if known is None:
        await conn.execute(insert(expiries).values(**row(keys, room_id, blind, handle, due)))
    elif known.due > due or known.state == "failed":
        await conn.execute(
            update(expiries)
            .where(expiries.c.id == known.id)
            .values(due=min(known.due, due), state="waiting", why=None)
        )


async def due_of(conn: Connection, blind: bytes) -> datetime | None:
    """When a message goes; None when it stays."""
    due: datetime | None = await conn.scalar(
        select(expiries.c.due).where(expiries.c.message_blind == blind)
    )
    return due


_FIELDS = tuple(expiries.c[name] for name in ExpiryRow._fields)
# Made once: with many removals a second, making a statement anew costs more than running it.
_WAITING = (
    select(*_FIELDS)
    .where(
        expiries.c.state == "waiting",
        expiries.c.room_id.not_in(bindparam("without", expanding=True)),
    )
    .order_by(expiries.c.due)
)
# Not min(): with a condition that would read every row, this reads the index's first.
_NEXT = _WAITING.with_only_columns(expiries.c.due).limit(1)
_DUE = _WAITING.where(expiries.c.due <= bindparam("now")).limit(bindparam("most", type_=Integer))
_GONE = (
    delete(expiries)
    .where(expiries.c.id.in_(bindparam("gone", expanding=True)))
    .returning(expiries.c.room_id)
)
_STUCK = (
    update(expiries)
    .where(expiries.c.id == bindparam("stuck"))
    .values(state="failed", why=bindparam("because"), attempts=expiries.c.attempts + 1)
)


async def next_due(conn: Connection, without: Sequence[bytes]) -> datetime | None:
    """When the first waiting message is due, leaving out rooms that are paused."""
    first: datetime | None = await conn.scalar(_NEXT, {"without": without})
    return first


async def due(
    conn: Connection, now: datetime, without: Sequence[bytes], limit: int
) -> list[ExpiryRow]:
    """Messages that are due, oldest first, leaving out rooms that are paused."""
    found = await conn.execute(_DUE, {"without": without, "now": now, "most": limit})
    rows: list[ExpiryRow] = []
    while some := found.fetchmany(_MOST_IN_ONE):
        rows += map(ExpiryRow._make, some)
        # Thousands of them would hold up whoever presses a button now.
        await asyncio.sleep(0)
    return rows


def message_of(keys: KeyRing, row: ExpiryRow) -> str:
    """The handle of the message that a row is about."""
    return keys.open(_MESSAGE, row.id, row.message)


async def confirm(
    conn: Connection,
    gone: Sequence[bytes],
    stuck: Mapping[str, Sequence[ExpiryRow]],
    day: date,
) -> None:
    """Write what became of messages: rows of those that went go, `stuck` wait (why: which).

    A row that went by another hand meanwhile is not counted.
    """
    counted: Counter[tuple[bytes, str]] = Counter()
    for start in range(0, len(gone), _MOST_IN_ONE):
        went = await conn.execute(_GONE, {"gone": gone[start : start + _MOST_IN_ONE]})
        counted.update((room_id, "done") for (room_id,) in went)
    for why, rows in stuck.items():
        await conn.execute(_STUCK, [{"stuck": row.id, "because": why} for row in rows])
        counted.update((row.room_id, why) for row in rows if row.attempts == 0)
    if counted:
        await _count(conn, day, counted)


async def _count(conn: Connection, day: date, counted: Mapping[tuple[bytes, str], int]) -> None:
    """Add to the rooms' daily counts."""
    await conn.execute(
        _ADDING[conn.dialect.name],
        [
            {"room_id": room_id, "day": day, "outcome": outcome, "count": number}
            for (room_id, outcome), number in counted.items()
        ],
    )


def _adding(into: Any) -> Executable:
    adding = into(removal_counts)
    total: Executable = adding.on_conflict_do_update(
        index_elements=removal_counts.primary_key,
        set_={"count": removal_counts.c.count + adding.excluded.count},
    )
    return total


_ADDING = {"sqlite": _adding(sqlite.insert), "postgresql": _adding(postgresql.insert)}
"""The same words on both engines."""


async def try_again(conn: Connection, rooms: Collection[bytes], why: str) -> set[bytes]:
    """Put failed removals of one kind back in line. Gives the rooms that had any."""
    here = expiries.c.room_id.in_(rooms)
    result = await conn.scalars(
        update(expiries)
        .where(here, expiries.c.state == "failed", expiries.c.why == why)
        .values(state="waiting", why=None)
        .returning(expiries.c.room_id)
    )
    return set(result)


async def forget(conn: Connection, blind: bytes) -> None:
    """A message is gone by another hand."""
    await conn.execute(delete(expiries).where(expiries.c.message_blind == blind))


async def forget_room(conn: Connection, room_id: bytes) -> None:
    """A room is gone, and every message in it."""
    await conn.execute(delete(expiries).where(expiries.c.room_id == room_id))


async def failed_by_room(conn: Connection) -> dict[tuple[bytes, str], int]:
    """How many removals are stuck, by room and reason."""
    found = await conn.execute(
        select(expiries.c.room_id, expiries.c.why, func.count())
        .where(expiries.c.state == "failed")
        .group_by(expiries.c.room_id, expiries.c.why)
    )
    return {(room_id, why or ""): count for room_id, why, count in found}


async def failed_messages(
    conn: Connection, keys: KeyRing, room_id: bytes, why: str, limit: int
) -> list[str]:
    """Handles of a room's stuck messages, oldest first."""
    found = await conn.execute(
        select(*_FIELDS)
        .where(expiries.c.room_id == room_id, expiries.c.state == "failed", expiries.c.why == why)
        .order_by(expiries.c.due)
        .limit(limit)
    )
    return [message_of(keys, ExpiryRow._make(found_row)) for found_row in found]


async def overdue(conn: Connection, now: datetime, rooms: Sequence[bytes]) -> int:
    """How many messages of these rooms should be gone by now and are still in line."""
    return (
        await conn.scalar(
            select(func.count())
            .select_from(expiries)
            .where(
                expiries.c.state == "waiting",
                expiries.c.due <= now,
                expiries.c.room_id.in_(rooms),
            )
        )
        or 0
    )


async def counts(conn: Connection, since: date) -> list[RemovalCount]:
    """Daily counts from a day on."""
    found = await conn.execute(
        select(
            removal_counts.c.room_id,
            removal_counts.c.day,
            removal_counts.c.outcome,
            removal_counts.c.count,
        )
        .where(removal_counts.c.day >= since)
        .order_by(removal_counts.c.day, removal_counts.c.outcome)
    )
    return [RemovalCount(*row) for row in found]


async def drop_counts(conn: Connection, before: date) -> None:
    """Old counts go."""
    await conn.execute(delete(removal_counts).where(removal_counts.c.day < before))
