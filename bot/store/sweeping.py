"""What goes by its day alone. Rows that more hangs on have a sweeper of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, Date, delete

from bot.store.rights_tables import consents, notes
from bot.store.store import Connection
from bot.store.tables import memory

YEAR: Final = timedelta(days=365)

LASTS: Final[dict[Column[Any], timedelta]] = {
    notes.c.ends: timedelta(),
    consents.c.withdrawn_on: YEAR,
    memory.c.until: timedelta(),
}
"""How long a row stays after what stands in this column. Where that is empty it stays."""


async def sweep_old(conn: Connection, now: datetime) -> None:
    """Delete what is over, within a transaction."""
    for column, lasts in LASTS.items():
        over = now - lasts
        day_or_moment = over.date() if isinstance(column.type, Date) else over
        await conn.execute(delete(column.table).where(column <= day_or_moment))
