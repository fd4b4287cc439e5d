"""Key-holders, and the sealed authors of posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.sql import ColumnElement

from bot.store.columns import new_id
from bot.store.key_tables import key_holders
from bot.store.tables import members, posts

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


@dataclass(frozen=True, slots=True, repr=False)
class HolderRow:
    """A public key of somebody's. `effective_at` is None until it was confirmed."""

    id: bytes
    account: str
    public_key: bytes
    effective_at: datetime | None
    stands_back: bool


async def all_of(conn: Connection, keys: KeyRing, group_id: bytes) -> list[HolderRow]:
    """Every key of a group, proposed ones too, in the order in which they were proposed."""
    found = await conn.execute(
        select(key_holders, members.c.account)
        .join(members, members.c.id == key_holders.c.member_id)
        .where(key_holders.c.group_id == group_id)
        .order_by(key_holders.c.proposed_at, key_holders.c.id)
    )
    return [
        HolderRow(
            row.id,
            keys.open(members.c.account, row.member_id, row.account),
            row.public_key,
            row.effective_at,
            row.stands_back,
        )
        for row in found
    ]


async def count(conn: Connection, group_id: bytes, now: datetime) -> int:
    """How many people hold a key that counts."""
    here = select(func.count(key_holders.c.member_id.distinct())).where(
        key_holders.c.group_id == group_id, key_holders.c.effective_at <= now
    )
    return await conn.scalar(here) or 0


async def propose(
    conn: Connection,
    *,
    group_id: bytes,
    member_id: bytes,
    public_key: bytes,
    at: datetime,
    stands_back: bool,
) -> bytes:
    """Add a key that is to be confirmed; gives its id. An earlier proposal of theirs goes."""
    await _drop(conn, key_holders.c.member_id == member_id, key_holders.c.effective_at.is_(None))
    row_id = new_id()
    await conn.execute(
        insert(key_holders).values(
            id=row_id,
            group_id=group_id,
            member_id=member_id,
            public_key=public_key,
            proposed_at=at,
            stands_back=stands_back,
        )
    )
    return row_id


async def confirm(conn: Connection, row_id: bytes, effective_at: datetime) -> None:
    """A proposed key counts from a moment on."""
    await conn.execute(
        update(key_holders).where(key_holders.c.id == row_id).values(effective_at=effective_at)
    )


async def stand_back(conn: Connection, member_id: bytes, *, stands_back: bool) -> None:
    """Note for all keys of a member whether they declared a conflict of interest."""
    await conn.execute(
        update(key_holders)
        .where(key_holders.c.member_id == member_id)
        .values(stands_back=stands_back)
    )


async def drop(conn: Connection, row_id: bytes) -> None:
    """One key goes."""
    await _drop(conn, key_holders.c.id == row_id)


async def drop_of(conn: Connection, member_id: bytes) -> None:
    """All keys of a member go."""
    await _drop(conn, key_holders.c.member_id == member_id)


async def drop_unconfirmed(conn: Connection, before: datetime) -> None:
    """Proposals that nobody confirmed go."""
    await _drop(conn, key_holders.c.proposed_at < before, key_holders.c.effective_at.is_(None))


async def drop_replaced(conn: Connection, before: datetime) -> None:
    """Keys go whose member has had a newer one since a moment: no seal is that old."""
    newer = key_holders.alias("newer")
    await _drop(
        conn,
        select(newer.c.id)
        .where(
            newer.c.member_id == key_holders.c.member_id,
            newer.c.effective_at > key_holders.c.effective_at,
            newer.c.effective_at < before,
        )
        .exists(),
    )


async def _drop(conn: Connection, *here: ColumnElement[bool]) -> None:
    await conn.execute(delete(key_holders).where(*here))


# Sealed authors. The epoch of a seal is its last day.


@dataclass(frozen=True, slots=True, repr=False)
class SealRow:
    """The sealed author of a post."""

    box: bytes
    ends: date
    """The last day on which it opens."""


async def seal_of(conn: Connection, group_id: bytes, post_id: bytes, today: date) -> SealRow | None:
    """The sealed author of a group's post; None where there is none, or none any more."""
    found = await conn.execute(
        select(posts.c.author_box, posts.c.seal_ends).where(
            posts.c.id == post_id,
            posts.c.group_id == group_id,
            posts.c.author_box.is_not(None),
            posts.c.seal_ends >= today,
        )
    )
    row = found.first()
    return None if row is None else SealRow(row.author_box, row.seal_ends)


async def drop_seals(conn: Connection, today: date) -> None:
    """Sealed authors whose last day is over go."""
    await conn.execute(
        update(posts).where(posts.c.seal_ends < today).values(author_box=None, seal_ends=None)
    )
