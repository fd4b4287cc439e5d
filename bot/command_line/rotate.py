"""`circlekeeper rotate`: a new master key, and a new key for what is sealed in the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.command_line.console import Exit, say
from bot.command_line.home import Home
from bot.command_line.upkeep import alone, ask, load_keys, need_database
from bot.errors import StartError
from bot.services.audit import Deed
from bot.store import Connection, Store, audit_rows
from bot.store.rotating import change_column_key, change_master_key


def rotate_master(home: Home, handed_over: Path | None) -> Exit:
    """Change the master key. The bot must not run. Raises `StartError`.

    `handed_over` is where systemd or a wrapper hands copies of secrets over: a key that was
    changed there would be gone with the copy.
    """
    need_database(home)
    if handed_over is not None and home.master.resolve().is_relative_to(handed_over.resolve()):
        raise StartError(
            f"{home.master} is a copy that is gone afterwards, and the new key with it. Put the "
            "master key into the keys folder for this: docs/hosts/index.md, Changing the keys. "
            "Nothing was changed."
        )
    with alone(home):
        change_master_key(load_keys(home), home.master)
    say(f"The master key at {home.master} is a new one, and the key ring is under it.")
    say("Copies of both that you keep elsewhere do not fit any more: replace them now, together.")
    return Exit.DONE


def rotate_columns(home: Home, *, yes: bool) -> Exit:
    """Seal the database anew under another key. The bot must not run. Raises `StartError`."""
    need_database(home)
    with alone(home):
        if not yes:
            ask("Backups from before can never be read again afterwards.", "Change the key?")
        say(f"Sealed anew: {asyncio.run(_columns(home))} boxes. The old key is destroyed.")
    say("Make a backup now, and replace the copy of the key ring that you keep elsewhere.")
    say("Backups from before are of no use any more: delete them.")
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
