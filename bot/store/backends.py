"""The two engines as the writer sees them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import NotDurable
from bot.store.engines import Place
from bot.store.lease import take_advisory_lock
from bot.store.rows import Plan, PostgresPlan, SqlitePlan

T = TypeVar("T")


async def in_thread(driver: Any, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run `work` in the thread of an aiosqlite connection, on the connection inside.

    A round trip to that thread costs as much as ten rows, and aiosqlite's public calls make one
    per statement; this makes one per commit. `_execute` and `_conn` are pinned with aiosqlite.
    """
    return await driver._execute(lambda: work(driver._conn))  # type: ignore[no-any-return]


class SqliteBackend:
    """SQLite: one round trip to the connection's thread for a whole commit."""

    def __init__(self, path: Path, engine: AsyncEngine) -> None:
        self._path = path
        self._dialect = engine.dialect
        self._file = _identity(path)

    def plan(self, table: Table, names: tuple[str, ...]) -> Plan:
        """How rows of `table` that give these columns are inserted."""
        return SqlitePlan(table, names, self._dialect)

    async def greet(self, conn: AsyncConnection) -> None:
        """Nothing to set up: `engines` gave every connection its pragmas."""

    async def commit_rows(self, driver: Any, groups: Mapping[Plan, list[tuple[Any, ...]]]) -> None:
        """Insert the rows of each plan and commit."""

        def work(db: sqlite3.Connection) -> None:
            self.still_there()
            inserts = [each for plan, rows in groups.items() for each in plan.statements(rows)]
            if len(inserts) == 1:
                # A transaction by itself. Every call less is a wait less for Python's lock.
                db.execute(*inserts[0])
                return
            db.execute("BEGIN IMMEDIATE")
            try:
                for sql, values in inserts:
                    db.execute(sql, values)
                db.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back by itself (a full disk).
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

        await in_thread(driver, work)

    def still_there(self) -> None:
        """Raise `NotDurable` when the file was moved or removed: SQLite would go on writing
        to what nobody can find again."""
        if _identity(self._path) != self._file:
            raise NotDurable("the database file was moved or removed")


class PostgresBackend:
    """PostgreSQL: one statement for all rows of a table."""

    def __init__(self, where: Place, engine: AsyncEngine) -> None:
        self._where = where
        self._dialect = engine.dialect
        self.patience = 0.0

    def plan(self, table: Table, names: tuple[str, ...]) -> Plan:
        """How rows of `table` that give these columns are inserted."""
        return PostgresPlan(table, names, self._dialect)

    async def greet(self, conn: AsyncConnection) -> None:
        """Take the lock that only one writer has."""
        if not await take_advisory_lock(conn, self.patience):
            raise NotDurable("another process writes to this database")

    async def commit_rows(self, driver: Any, groups: Mapping[Plan, list[tuple[Any, ...]]]) -> None:
        """Insert the rows of each plan and commit."""
        if len(groups) == 1:
            # A single statement is a transaction by itself: one round trip.
            await self._insert(driver, groups)
            return
        async with driver.transaction():
            await self._insert(driver, groups)

    def still_there(self) -> None:
        """A server that is gone says so itself."""

    async def _insert(self, driver: Any, groups: Mapping[Plan, list[tuple[Any, ...]]]) -> None:
        for plan, rows in groups.items():
            for sql, values in plan.statements(rows):
                await driver.execute(sql, *values)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
