"""Migrations."""

from __future__ import annotations

from pathlib import Path

from bot.store import tables
from bot.store.engines import Place, new_sqlite_file, writer_engine


def check_sqlite_file(path: Path) -> None:
    """Make the file."""
    new_sqlite_file(path)


async def upgrade(where: Place) -> None:
    """Create the tables."""
    engine = writer_engine(where)
    async with engine.begin() as conn:
        await conn.run_sync(tables.metadata.create_all)
    await engine.dispose()
