"""What a member may ask of what is stored: to have it erased, and to read it.

Both are one walk over the schema: every table says what erasing does to it, every column that
leads to a member says how. A new table is covered by saying so.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Table, delete, insert, or_, select, update

from bot.errors import NotDurable
from bot.model import Account, Group
from bot.store import outbox_rows
from bot.store.columns import Sealed
from bot.store.ledger import Erasure, ErasureLedger
from bot.store.memory import split
from bot.store.rights_tables import erasures
from bot.store.store import Connection, Store
from bot.store.tables import Erase, Erasing, Keep, Leads, memory, metadata


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing a member did."""

    deleted: dict[str, int] = field(default_factory=dict)
    """Rows deleted, by table; those that went with the member's row are counted too."""
    unlinked: dict[str, int] = field(default_factory=dict)
    kept: dict[str, Keep] = field(default_factory=dict)
    """By table: what may stay, the reason the member is shown, and until when."""
    swept: bool = True
    """The deleted bytes are out of the files. False: a later sweep does it."""

    @property
    def anything(self) -> bool:
        """Whether there was something to erase."""
        return any(self.deleted.values()) or any(self.unlinked.values())


def erasing_of(table: Table) -> Erasing:
    """What erasing a member does to a table. Raises KeyError for a table that does not say."""
    rule: Erasing = table.info["erasing"]
    return rule


def leads_of(table: Table) -> dict[str, Leads]:
    """The columns of a table that lead to a member, and how."""
    return {column.name: column.info["leads"] for column in table.columns if "leads" in column.info}


async def erase_member(
    store: Store,
    group: Group,
    account: Account,
    *,
    first: Callable[[Connection], Awaitable[None]] | None = None,
    also: Callable[[Connection], Awaitable[None]] | None = None,
) -> Erased:
    """Erase what one group's rows hold of a member, then sweep. Erasing twice is erasing once.

    One transaction: all of it, or nothing and an exception (`NotDurable`); `first` and `also` run
    first and last in it. Rows of the outbox and of an adapter's memory go too, so nothing more is
    sent to somebody who is erased, and what waits for others names them no more, but for what
    `first` has to say. The ledger is written before it: a crash in between is made
    good at the next start.
    """
    ledger = ErasureLedger(store.keys)
    async with store.read() as conn:
        group_id = await store.find_group_id(group, conn)
    blinds = () if group_id is None else store.keys.account_blinds(group_id, account)
    entry = None if group_id is None else ledger.add(group_id, blinds, datetime.now(UTC).date())

    async def work(conn: Connection) -> Erased:
        if group_id is not None:
            await outbox_rows.unname(conn, store.keys, group_id, account)
        if first is not None:
            await first(conn)
        done = await erase_within(store, conn, group, account)
        if entry is not None:
            row = {"id": entry.id, "group_id": entry.group_id}
            await conn.execute(insert(erasures).values(row))
        if also is not None:
            await also(conn)
        return done

    try:
        erased = await store.write(work)
    except Exception:
        _take_back(ledger, entry)
        raise
    if entry is not None and not erased.anything and ledger.knows(entry):
        # Asked for again, with nothing new: the entry before says it already.
        _take_back(ledger, entry)
    swept = await store.sweep()
    return Erased(erased.deleted, erased.unlinked, erased.kept, swept)


def _take_back(ledger: ErasureLedger, entry: Erasure | None) -> None:
    if entry is not None:
        # Where even this fails they are erased at the next start, as they asked.
        with suppress(NotDurable):
            ledger.drop(entry)


async def erase_within(store: Store, conn: Connection, group: Group, account: Account) -> Erased:
    """What `erase_member` does to the rows, within a transaction."""
    done = Erased()
    # From the outside in: what points to a member goes, and is counted, before the member does.
    for table in reversed(metadata.sorted_tables):
        rule = erasing_of(table)
        if isinstance(rule, Keep):
            done.kept[table.name] = rule
            continue
        if not isinstance(rule, Erase):
            continue
        for name, leads in leads_of(table).items():
            column = table.c[name]
            if leads is Leads.MENTIONS:
                count = await _delete_mentions(store, conn, column, account)
                done.deleted[table.name] = done.deleted.get(table.name, 0) + count
                continue
            where = await _condition(store, conn, column, leads, group, account)
            if where is None:
                continue
            if rule is Erase.DELETE:
                result = await conn.execute(delete(table).where(where))
                done.deleted[table.name] = done.deleted.get(table.name, 0) + result.rowcount
            else:
                result = await conn.execute(update(table).where(where).values({name: None}))
                done.unlinked[table.name] = done.unlinked.get(table.name, 0) + result.rowcount
    return done


async def export_member(
    store: Store, group: Group, account: Account
) -> dict[str, list[dict[str, Any]]]:
    """Everything that one group's rows hold of a member, opened, by table.

    The same walk as erasing, reading. Anonymous posts are not among it: whoever holds the
    receipt owns the post, and nothing here may tell a shared device which posts are whose.
    Of what merely mentions the member, as a moderator's claim on a card about somebody else
    does, no sealed text is opened: it may lead to others.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    async with store.read() as conn:
        for table in metadata.sorted_tables:
            # By id, because two columns may lead to the same member.
            rows: dict[bytes, Row[Any]] = {}
            for name, leads in leads_of(table).items():
                if leads is Leads.MENTIONS:
                    async for row in _mentions(store, conn, table.c[name], account):
                        rows[row.id] = row
                elif leads is not Leads.TAG:
                    where = await _condition(store, conn, table.c[name], leads, group, account)
                    if where is not None:
                        for row in await conn.execute(select(table).where(where)):
                            rows[row.id] = row
            if rows:
                found[table.name] = [opened(store, table, row, account) for row in rows.values()]
    return found


async def _condition(
    store: Store,
    conn: Connection,
    column: Column[Any],
    leads: Leads,
    group: Group,
    account: Account,
) -> ColumnElement[bool] | None:
    """Which rows of `column` lead to the member, or None when none can."""
    table = column.table
    group_id = await store.find_group_id(group, conn)
    if leads is Leads.MEMBER:
        if group_id is None:
            return None
        member_id = await store.member_id(conn, group, account)
        return None if member_id is None else column == member_id
    if leads is not Leads.ACCOUNT or group_id is None:
        return None
    mine: ColumnElement[bool] = column.in_(store.keys.account_blinds(group_id, account))
    if "group_id" in table.c:
        mine &= or_(table.c.group_id == group_id, table.c.group_id.is_(None))
    return mine


async def _mentions(
    store: Store, conn: Connection, column: Column[Any], account: Account
) -> AsyncIterator[Row[Any]]:
    """The rows whose sealed text names an account. Opens each: some microseconds a row."""
    table = column.table
    for row in await conn.execute(select(table).where(table.c.platform == account.platform)):
        key, value = split(store.keys.open(column, row.id, getattr(row, column.name)))
        if _named_in_key(account, key) or _named_in_value(account, value):
            yield row


# The handle as a whole word of the key, or as a whole text in the value: "ana" is not in
# "banana", and what a text happens to say does not count.


def _named_in_key(account: Account, key: str) -> bool:
    handle = re.escape(account.handle)
    return re.search(rf"(?:^|[\s:/|]){handle}(?:$|[\s:/|])", key) is not None


def _named_in_value(account: Account, value: str) -> bool:
    handle = re.escape(account.handle)
    return re.search(rf'^{handle}$|"{handle}"', value) is not None


async def _delete_mentions(
    store: Store, conn: Connection, column: Column[Any], account: Account
) -> int:
    ids = [row.id async for row in _mentions(store, conn, column, account)]
    for row_id in ids:
        await conn.execute(delete(memory).where(memory.c.id == row_id))
    return len(ids)


def opened(store: Store, table: Table, row: Row[Any], account: Account) -> dict[str, Any]:
    """A row as its member may read it: sealed texts opened, ids and hashes left out."""
    plain: dict[str, Any] = {}
    for column in table.columns:
        value = getattr(row, column.name)
        if value is None or isinstance(value, bytes):
            continue
        if column.info.get("leads") is Leads.MENTIONS:
            key, text = split(store.keys.open(column, row.id, value))
            plain["kind"] = key.split(" ")[0]
            # Kept under their own name; everything else only mentions them beside others.
            if _named_in_key(account, key):
                plain[column.name] = text
            continue
        if isinstance(column.type, Sealed):
            if erasing_of(table) is Erase.UNLINK:
                continue
            value = store.keys.open(column, row.id, value)
        plain[column.name] = value
    return plain
