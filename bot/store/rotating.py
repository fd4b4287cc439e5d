"""Changing the keys: the master key, and the key that columns are sealed under.

Each step leaves files that open, whatever stops it; doing it again goes on from there.

    master key                                      after a kill here, the next start
    1  the new one in a file beside the old one     finds the old one and the old ring
    2  the ring under it, beside the ring           the same
    3  it takes the old one's place                 finds that only the second ring fits: takes it
    4  the second ring takes the first one's place  finds the new one and the new ring

    column key
    1  a new key in the ring: it seals from now on  both keys open what they sealed
    2  every box under the old one is sealed anew   the same; boxes under the old one are fewer
    3  the old one is destroyed                     the new one opens everything

Blinds keep their key: rows are found by them, and some were made of what nobody keeps.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, bindparam, select, update

from bot.errors import StartError
from bot.store import tables
from bot.store.columns import Sealed
from bot.store.keyring import KeyRing
from bot.store.masterkey import MasterKey, sync_folder
from bot.store.ringfile import coming
from bot.store.store import Connection, Store

AT_ONCE: Final = 500
"""Rows that one transaction seals anew."""


def change_master_key(ring: KeyRing, master: Path) -> None:
    """Put a new master key in the place of the one in `master`. The bot must not run.

    Raises `StartError` where the file cannot be written, as with a container's secret.
    """
    fresh = master.with_name(master.name + ".new")
    try:
        # What a change that was cut off left: the ring beside it is written anew too.
        fresh.unlink(missing_ok=True)
        key = MasterKey.create(fresh)
        ring.write_under(key, coming(ring.path))
        with master.open("r+b") as old:
            os.replace(fresh, master)
            sync_folder(master.parent)
            # The old key opens copies of the old ring: its bytes need not stay on this disk.
            old.write(bytes(os.fstat(old.fileno()).st_size))
            old.flush()
            os.fsync(old.fileno())
        os.replace(coming(ring.path), ring.path)
        sync_folder(ring.path.parent)
    except OSError as error:
        raise StartError(
            f"The master key cannot be changed at {master}: {error.strerror}. Let the bot's user "
            "write there. What was there still opens everything."
        ) from None


async def change_column_key(store: Store) -> int:
    """Seal every column anew under a new key, then destroy the old one; gives how many boxes.

    Backups from before cannot be read any more. Goes on where an earlier change was cut off.
    Raises `NotDurable`.
    """
    keys = store.keys
    if keys.column_keys == 1:
        keys.new_column_key()
    count = 0
    for table in tables.metadata.sorted_tables:
        count += await _seal_anew(store, table)
    # Before the key goes: what it sealed is out of the files too.
    await store.sweep()
    keys.destroy_old_column_keys()
    return count


async def _seal_anew(store: Store, table: Table) -> int:
    columns = [column for column in table.columns if isinstance(column.type, Sealed)]
    if not columns:
        return 0
    keys, count = store.keys, 0
    last = bytes(16)
    while True:

        async def work(conn: Connection, after: bytes = last) -> tuple[bytes | None, int]:
            some = select(table.c.id, *columns).where(table.c.id > after)
            rows = (await conn.execute(some.order_by(table.c.id).limit(AT_ONCE))).all()
            done = 0
            for column in columns:
                values: list[dict[str, Any]] = []
                for row in rows:
                    box = getattr(row, column.name)
                    if box is not None and keys.is_old(box):
                        anew = keys.seal(column, row.id, keys.open(column, row.id, box))
                        values.append({"row": row.id, "box": anew})
                if values:
                    statement = (
                        update(table)
                        .where(table.c.id == bindparam("row", type_=table.c.id.type))
                        .values({column.name: bindparam("box", type_=column.type)})
                    )
                    await conn.execute(statement, values)
                    done += len(values)
            return (rows[-1].id if rows else None), done

        found, done = await store.write(work)
        count += done
        if found is None:
            return count
        last = found
