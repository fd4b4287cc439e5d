"""Erased stays erased: at the start the ledger is held against the database.

An old copy that was put back lacks the erasures that came after it. They are done again, before
anybody is served: by the keyed hashes in the rows, and by what an adapter's memory names.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, delete, insert, select, update

from bot.model import Account, Group
from bot.store import outbox_rows
from bot.store.erasing import erase_within, erasing_of
from bot.store.ledger import Erasure, ErasureLedger
from bot.store.memory import split
from bot.store.rights_tables import erasures
from bot.store.store import Connection, Store
from bot.store.tables import Erase, Leads, groups, members, memory, metadata

logger = logging.getLogger(__name__)


@dataclass(slots=True, repr=False)
class _Found:
    """What an old copy still holds of those who were erased."""

    people: set[tuple[Group, Account]] = field(default_factory=set)
    blinds: list[tuple[Column[Any], bytes]] = field(default_factory=list)
    """Of whom no row tells the account."""


async def replay(store: Store) -> int:
    """Do again the erasures that the database does not know of; gives how many. Then sweeps.

    Costs nothing where there are none. Raises `StartError` for a ledger that cannot be read, and
    `NotDurable`.
    """
    entries = ErasureLedger(store.keys).all()
    if not entries:
        return 0
    async with store.read() as conn:
        done = set(await conn.scalars(select(erasures.c.id)))
        here = set(await conn.scalars(select(groups.c.id)))
        missing = [each for each in entries if each.id not in done and each.group_id in here]
        found = await _found(store, conn, missing) if missing else _Found()
    if not missing:
        return 0

    async def work(conn: Connection) -> None:
        for group, account in found.people:
            group_id = await store.group_id(group, conn)
            await outbox_rows.unname(conn, store.keys, group_id, account)
            await erase_within(store, conn, group, account)
        for column, blind in found.blinds:
            table, mine = column.table, column == blind
            if erasing_of(table) is Erase.DELETE:
                await conn.execute(delete(table).where(mine))
            else:
                await conn.execute(update(table).where(mine).values({column.name: None}))
        rows = [{"id": each.id, "group_id": each.group_id} for each in missing]
        await conn.execute(insert(erasures), rows)

    await store.write(work)
    await store.sweep()
    logger.warning("erasures done again: the database is an older copy, or a stop was in between")
    return len(missing)


async def _found(store: Store, conn: Connection, missing: Collection[Erasure]) -> _Found:
    keys, found = store.keys, _Found()
    marks = frozenset[bytes]().union(*(each.marks for each in missing))
    known: dict[bytes, Group] = {}
    for row in await conn.execute(select(groups)):
        known[row.id] = Group(row.platform, keys.open(groups.c.handle, row.id, row.handle))
    for row in await conn.execute(select(members)):
        if keys.erasure_mark(row.account_blind) in marks:
            group = known[row.group_id]
            handle = keys.open(members.c.account, row.id, row.account)
            found.people.add((group, Account(group.platform, handle)))
    for row in await conn.execute(select(memory)):
        for handle in _named(keys.open(memory.c.value, row.id, row.value)):
            account = Account(row.platform, handle)
            for group_id, group in known.items():
                blinds = keys.account_blinds(group_id, account)
                if not marks.isdisjoint(map(keys.erasure_mark, blinds)):
                    found.people.add((group, account))
    for column in _blind_columns():
        for blind in await conn.scalars(select(column).where(column.is_not(None)).distinct()):
            if keys.erasure_mark(blind) in marks:
                found.blinds.append((column, blind))
    return found


def _blind_columns() -> Iterator[Column[Any]]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("leads") is Leads.ACCOUNT and table is not members:
                yield column


def _named(opened: str) -> set[str]:
    """Whatever in a row of an adapter's memory may be a handle: see `erasing._mentions`."""
    key, value = split(opened)
    words = {*re.split(r"[\s/|]", key), *re.split(r"[\s:/|]", key), value}
    return words | set(re.findall(r'"([^"]*)"', value))
