"""`circlekeeper rotate`: a new master key, and a new key for what is sealed in the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.command_line.console import Exit, say
from bot.command_line.home import Home
from bot.command_line.upkeep import alone, ask, load_keys, need_database
from bot.services.audit import Deed
from bot.store import Connection, Store, audit_rows
from bot.store.rotating import change_column_key, change_master_key


def rotate(home: Home, *, columns: bool, yes: bool) -> Exit:
    """Change the keys. The bot must not run. Raises `StartError`."""
    need_database(home)
    with alone(home):
        ring = load_keys(home)
        if columns and not yes:
            ask("Backups from before can never be read again afterwards.", "Change the keys?")
        if columns:
            say(f"Sealed anew: {asyncio.run(_columns(home))} boxes. The old key is destroyed.")
            ring = load_keys(home)
        change_master_key(ring, home.master)
    say(f"The master key at {home.master} is a new one, and the key ring is under it.")
    say()
    say("Copies of both that you keep elsewhere do not fit any more: replace them now.")
    if columns:
        say("Make a backup now; those from before are of no use any more: delete them.")
    return Exit.DONE


async def _columns(home: Home) -> int:
    store = await Store.open(home.database, load_keys(home))
    now = datetime.now(UTC)

    async def work(conn: Connection) -> None:
        for group_id in await audit_rows.heads(conn):
            await audit_rows.add(conn, None, group_id, now, Deed.KEYS_CHANGED.value, {}, {})

    try:
        await store.write(work)
        return await change_column_key(store)
    finally:
        await store.close()
