"""The outbox table: jobs that must be sent exactly once, sealed until they were."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from bot.model import Account
from bot.reply import Text, to_json
from bot.store.columns import new_id
from bot.store.keyring import CannotOpen
from bot.store.tables import outbox

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A job as it waits."""

    id: bytes
    key: str
    purpose: str
    payload: str
    attempts: int
    since: datetime | None
    """When it was first being sent, once it was."""

    def __repr__(self) -> str:
        return f"<outbox row {self.purpose}>"


async def add(
    conn: Connection,
    keys: KeyRing,
    *,
    key: str,
    group_id: bytes,
    lane: str,
    purpose: str,
    payload: str,
    after: datetime,
    subject_blind: bytes | None,
    since: datetime | None,
) -> None:
    """Add a job, unless one with this key waits already."""
    if await exists(conn, key):
        return
    row_id = new_id()
    await conn.execute(
        insert(outbox).values(
            id=row_id,
            key=key,
            group_id=group_id,
            lane=lane,
            purpose=purpose,
            payload=keys.seal(outbox.c.payload, row_id, payload),
            after=after,
            attempts=0,
            subject_blind=subject_blind,
            since=since,
        )
    )


async def next_after(conn: Connection, lane: str, groups: Collection[bytes]) -> datetime | None:
    """When the first job of a lane may go, of these groups."""
    first: datetime | None = await conn.scalar(
        select(func.min(outbox.c.after)).where(outbox.c.lane == lane, outbox.c.group_id.in_(groups))
    )
    return first


async def due(
    conn: Connection,
    keys: KeyRing,
    lane: str,
    groups: Collection[bytes],
    now: datetime,
    limit: int,
) -> list[OutboxRow]:
    """Jobs of a lane that may go now, of these groups, oldest first."""
    found = await conn.execute(
        select(outbox)
        .where(outbox.c.lane == lane, outbox.c.group_id.in_(groups), outbox.c.after <= now)
        .order_by(outbox.c.after)
        .limit(limit)
    )
    return [
        OutboxRow(
            id=row.id,
            key=row.key,
            purpose=row.purpose,
            payload=keys.open(outbox.c.payload, row.id, row.payload),
            attempts=row.attempts,
            since=row.since,
        )
        for row in found
    ]


async def still_due(conn: Connection, row_id: bytes, now: datetime) -> bool:
    """Whether a job still waits, and for nothing but its turn."""
    found = select(outbox.c.id).where(outbox.c.id == row_id, outbox.c.after <= now)
    return (await conn.execute(found)).first() is not None


async def set_out(conn: Connection, row_id: bytes, now: datetime) -> bool:
    """Note that a job is being sent from now on; False where it does not wait any more."""
    noted = await conn.execute(
        update(outbox).where(outbox.c.id == row_id, outbox.c.after <= now).values(since=now)
    )
    return noted.rowcount == 1


async def exists(conn: Connection, key: str) -> bool:
    """Whether a job with this key waits."""
    return (await conn.execute(select(outbox.c.id).where(outbox.c.key == key))).first() is not None


async def move(conn: Connection, key: str, after: datetime) -> str | None:
    """Let a job go at another time; gives its lane, or None when it does not wait any more."""
    moved = await conn.execute(
        update(outbox).where(outbox.c.key == key).values(after=after).returning(outbox.c.lane)
    )
    lane: str | None = moved.scalar()
    return lane


async def put_off(conn: Connection, row_id: bytes, after: datetime) -> None:
    """Try a job again later."""
    await conn.execute(
        update(outbox)
        .where(outbox.c.id == row_id)
        .values(after=after, attempts=outbox.c.attempts + 1)
    )


async def remove(conn: Connection, row_id: bytes) -> None:
    """A job is done."""
    await conn.execute(delete(outbox).where(outbox.c.id == row_id))


async def withdraw(conn: Connection, key: str) -> bool:
    """Take a job back by its key. False when it does not wait any more."""
    gone = await conn.execute(delete(outbox).where(outbox.c.key == key))
    return gone.rowcount == 1


async def make_way(conn: Connection, key: str) -> datetime | None:
    """Take a job away for another one with its key; gives since when it was being sent."""
    gone = await conn.execute(delete(outbox).where(outbox.c.key == key).returning(outbox.c.since))
    since: datetime | None = gone.scalar()
    return since


async def unname(conn: Connection, keys: KeyRing, group_id: bytes, account: Account) -> None:
    """What waits for others says "someone" where it names an account. Opens each: microseconds.

    A row that is changed gets a new id: a lane that has read it sends it as it is now.
    """
    named = to_json(account)
    for row in await conn.execute(select(outbox).where(outbox.c.group_id == group_id)):
        try:
            payload = keys.open(outbox.c.payload, row.id, row.payload)
        except CannotOpen:
            continue  # It names them to nobody, and must not keep them from being erased.
        if json.dumps(named) not in payload:
            continue
        job, row_id = json.loads(payload), new_id()
        job["reply"] = _without(job.get("reply"), named)
        sealed = keys.seal(outbox.c.payload, row_id, json.dumps(job))
        where = update(outbox).where(outbox.c.id == row.id)
        await conn.execute(where.values(id=row_id, payload=sealed))


def _without(data: Any, named: Any) -> Any:
    if data == named:
        return to_json(Text("shown-account"))
    if isinstance(data, dict):
        return {name: _without(value, named) for name, value in data.items()}
    return [_without(each, named) for each in data] if isinstance(data, list) else data


async def waiting(conn: Connection) -> int:
    """How many jobs wait."""
    return await conn.scalar(select(func.count()).select_from(outbox)) or 0


async def waiting_keys(conn: Connection, group_id: bytes, lane: str) -> set[str]:
    """The keys of the jobs of a group that wait in a lane."""
    found = select(outbox.c.key).where(outbox.c.group_id == group_id, outbox.c.lane == lane)
    return set((await conn.scalars(found)).all())


async def waiting_in(conn: Connection, group_id: bytes, lanes: Collection[str]) -> int:
    """How many jobs of a group wait in these lanes."""
    found = select(func.count()).where(outbox.c.group_id == group_id, outbox.c.lane.in_(lanes))
    return await conn.scalar(found) or 0
