"""Looking at a database without opening the store: no lease, no migration, nothing written."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy import inspect

from bot.store.engines import place, reader_engine


async def has_tables(url: str) -> bool:
    """Whether anything was ever stored there. A damaged file counts: it is not nothing.

    On PostgreSQL raises what connecting raises.
    """
    where = place(url)
    if where.path is not None:
        return await asyncio.to_thread(_file_has_content, where.path)
    engine = reader_engine(where)
    try:
        async with engine.connect() as conn:
            return bool(await conn.run_sync(lambda sync: inspect(sync).get_table_names()))
    finally:
        await engine.dispose()


def _file_has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def open_read_only(path: Path) -> sqlite3.Connection:
    """A plain connection that cannot write, beside a bot that runs or not."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
