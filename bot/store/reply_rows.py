"""What moderators wrote to the author of a post, without knowing who that is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from bot.store.case_tables import blind_replies
from bot.store.columns import new_id

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


async def add(conn: Connection, keys: KeyRing, post_id: bytes, text: str, at: datetime) -> None:
    """Add one. Who wrote it does not stand in it."""
    row_id = new_id()
    box = keys.seal(blind_replies.c.text, row_id, text)
    await conn.execute(insert(blind_replies).values(id=row_id, post_id=post_id, text=box, at=at))


async def count(conn: Connection, post_id: bytes) -> int:
    """How many there are for a post."""
    here = select(func.count()).where(blind_replies.c.post_id == post_id)
    return await conn.scalar(here) or 0


async def all_of(conn: Connection, keys: KeyRing, post_id: bytes) -> list[str]:
    """All for a post, the oldest first."""
    found = await conn.execute(
        select(blind_replies)
        .where(blind_replies.c.post_id == post_id)
        .order_by(blind_replies.c.at, blind_replies.c.id)
    )
    return [keys.open(blind_replies.c.text, row.id, row.text) for row in found]
