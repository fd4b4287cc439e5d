"""The store: one plain class on two engines.

    store = await Store.open("sqlite:///data/circle.db", keys)
    await store.append_to(rows, what)                           # the hot path: shares a commit
    await store.append(tables.expiries, {"id": ..., ...})       # the same for a row that is made
    await store.write(lambda conn: conn.execute(...))           # anything else that writes
    async with store.read() as conn:
        ...

What a `write` or an append promised is on disk when it returns.
"""

from __future__ import annotations

from bot.store import (  # noqa: F401  (tables are there before anybody walks them)
    audit_tables,
    breach_tables,
    case_tables,
    key_tables,
    rights_tables,
)
from bot.store.columns import Blind, RowId, Sealed, SealedBox, UtcTime, new_id
from bot.store.keyring import CannotOpen, KeyDestroyed, KeyRing, short_of
from bot.store.masterkey import MasterKey
from bot.store.rows import RowRefused
from bot.store.store import Connection, Store

__all__ = [
    "Blind",
    "CannotOpen",
    "Connection",
    "KeyDestroyed",
    "KeyRing",
    "MasterKey",
    "RowId",
    "RowRefused",
    "Sealed",
    "SealedBox",
    "Store",
    "UtcTime",
    "new_id",
    "short_of",
]
