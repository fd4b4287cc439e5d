"""The words and phrases that a group's moderators watch for: sealed, and blind to find them by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from bot.store.columns import new_id
from bot.store.tables import keywords

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing

AT_ONCE = 500
"""Rows to a statement, so that neither the loop nor other writers wait for long."""


async def page(
    conn: Connection, keys: KeyRing, group_id: bytes, after: bytes
) -> list[tuple[bytes, str]]:
    """Some of a group's phrases with their ids, by id, from the one after `after` on."""
    found = await conn.execute(
        select(keywords.c.id, keywords.c.phrase)
        .where(keywords.c.group_id == group_id, keywords.c.id > after)
        .order_by(keywords.c.id)
        .limit(AT_ONCE)
    )
    return [(row.id, keys.open(keywords.c.phrase, row.id, row.phrase)) for row in found]


def row(keys: KeyRing, group_id: bytes, phrase: str, folded: str, day: date) -> dict[str, Any]:
    """A row for `add`. Two phrases that fold to the same are the same keyword."""
    row_id = new_id()
    return {
        "id": row_id,
        "group_id": group_id,
        "phrase": keys.seal(keywords.c.phrase, row_id, phrase),
        "phrase_blind": keys.blind(_scope(group_id), folded),
        "added_day": day,
    }


async def add(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add phrases that are not there yet."""
    for start in range(0, len(rows), AT_ONCE):
        await conn.execute(insert(keywords), list(rows[start : start + AT_ONCE]))


async def remove(conn: Connection, ids: Sequence[bytes]) -> None:
    """Take phrases away."""
    await conn.execute(delete(keywords).where(keywords.c.id.in_(ids)))


def _scope(group_id: bytes) -> str:
    return f"keyword {group_id.hex()}"
