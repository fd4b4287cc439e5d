"""One row in every table, made by walking the schema: what is added to it later is planted too."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    insert,
    select,
)

from bot.model import Account
from bot.store import KeyRing, Store
from bot.store.columns import Blind, RowId, Sealed, UtcTime, new_id
from bot.store.store import Connection
from bot.store.tables import Leads, metadata

AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def _a_state(table: Table, column: Column[Any]) -> str | None:
    """The first state that a CHECK constraint allows in a column."""
    for check in table.constraints:
        found = re.match(rf"{column.name} IN \('([^']+)'", str(getattr(check, "sqltext", "")))
        if found:
            return found[1]
    return None


def canary(table: Table, column: Column[Any]) -> str:
    """The sentence that is planted in a sealed column."""
    return f"canary-{table.name}-{column.name}-words nobody may find"


async def plant(
    conn: Connection, keys: KeyRing, account: Account, mark: str = ""
) -> dict[str, dict[str, Any]]:
    """Insert one row into every table, all of them leading to `account` where they can.

    `mark` keeps unique values apart when it is planted more than once.
    """
    planted: dict[str, dict[str, Any]] = {}
    for table in metadata.sorted_tables:
        row: dict[str, Any] = {}
        for column in table.columns:
            row[column.name] = _value(table, column, keys, account, planted, row, mark)
        await conn.execute(insert(table).values(row))
        planted[table.name] = row
    return planted


def _value(
    table: Table,
    column: Column[Any],
    keys: KeyRing,
    account: Account,
    planted: dict[str, dict[str, Any]],
    row: dict[str, Any],
    mark: str,
) -> Any:
    for foreign in column.foreign_keys:
        target = foreign.column.table.name
        return None if target == table.name else planted[target]["id"]
    match column.type:
        case RowId():
            return new_id()
        case Sealed():
            words = canary(table, column)
            if column.info.get("leads") is Leads.MENTIONS:
                words = (
                    f'tokens of {account.handle}\0{{"account": ["x", "{account.handle}"]}}{words}'
                )
            return keys.seal(column, row["id"], words)
        case Blind():
            if column.info.get("leads") is Leads.ACCOUNT:
                return keys.account_blind(row["group_id"], account)
            return keys.blind(f"{column}", mark)
        case UtcTime():
            return AT
        case Date():
            return date(2026, 3, 1)
        case Boolean():
            return True
        case Integer():
            return 7 + len(mark)
        case LargeBinary():
            return f"bytes {column} {mark}".encode()
        case Text():
            if column.name == "platform":
                return account.platform
            return _a_state(table, column) or f"{column} {mark}"
    raise AssertionError(f"{column}: planting knows no {column.type}")


async def count_rows(store: Store) -> dict[str, int]:
    """How many rows each table holds."""
    async with store.read() as conn:
        return {
            table.name: await conn.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
