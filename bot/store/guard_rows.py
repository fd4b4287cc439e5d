"""Guard words: keyed hashes that a member registered. Nobody reads them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bot.store.columns import new_id
from bot.store.tables import guard_words, members

if TYPE_CHECKING:
    from bot.store import Connection

AT_ONCE = 500


async def page(conn: Connection, group_id: bytes, after: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """Some of a group's guard words by id, from the one after `after` on: id, owner, tags.

    The owner is the blind of their account.
    """
    found = await conn.execute(
        select(guard_words.c.id, members.c.account_blind, guard_words.c.tags)
        .join(members, members.c.id == guard_words.c.member_id)
        .where(guard_words.c.group_id == group_id, guard_words.c.id > after)
        .order_by(guard_words.c.id)
        .limit(AT_ONCE)
    )
    return [(row.id, bytes(row.account_blind), bytes(row.tags)) for row in found]


async def add(conn: Connection, group_id: bytes, member: bytes, tags: bytes) -> bytes:
    """Keep one; gives its id."""
    row_id = new_id()
    values = {"id": row_id, "group_id": group_id, "member_id": member, "tags": tags}
    await conn.execute(insert(guard_words).values(**values))
    return row_id


async def remove(conn: Connection, ids: Sequence[bytes]) -> None:
    """Forget some."""
    await conn.execute(delete(guard_words).where(guard_words.c.id.in_(ids)))
