"""One round trip to a SQLite connection's thread for a statement, where SQLAlchemy makes four.

Making a cursor, executing, fetching and closing are a trip each through aiosqlite, and a trip
costs more than most statements of this house. A reader's BEGIN goes along with its first
statement: SQLite looks at nothing before that either. `_execute` and `_conn` are pinned with
aiosqlite.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
)
from sqlalchemy.util import await_only


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """Executes, fetches everything and closes at once. Streams have a cursor of their own."""

    __slots__ = ("_description", "_lastrowid", "_rowcount")

    arraysize = 1

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows: deque[Any] = deque()
        self._description: Any = None
        self._rowcount = -1
        self._lastrowid: Any = None

    @property
    def description(self) -> Any:
        """The columns of the result, None without one."""
        return self._description

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        return self._rowcount

    @property
    def lastrowid(self) -> Any:
        """SQLite's number of the last row that was inserted."""
        return self._lastrowid

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._at_once(lambda db: db.execute(operation, parameters or ()))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._at_once(lambda db: db.executemany(operation, seq_of_parameters))

    async def _at_once(self, run: Callable[[sqlite3.Connection], sqlite3.Cursor]) -> None:
        connection: Any = self._connection
        adapted: Any = self._adapt_connection
        begins, adapted.begins = adapted.begins, False

        def work() -> None:
            if begins:
                connection._conn.execute("BEGIN")
            cursor = run(connection._conn)
            try:
                self._description = cursor.description
                self._rows = deque(cursor.fetchall() if cursor.description else ())
                # Of a statement that returns rows, only known when all were fetched.
                self._rowcount, self._lastrowid = cursor.rowcount, cursor.lastrowid
            finally:
                cursor.close()

        async with self._adapt_connection._execute_mutex:
            await connection._execute(work)

    async def _async_soft_close(self) -> None:
        """It is closed already."""

    def close(self) -> None:
        """Drop what was not read."""
        self._rows.clear()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("begins",)

    _cursor_cls = _Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.begins = False

    def run_together(self, statements: Sequence[str]) -> None:
        """Run statements one after another in one trip; what they give is dropped."""
        connection: Any = self._connection

        def work() -> None:
            for statement in statements:
                connection._conn.execute(statement).close()

        await_only(connection._execute(work))

    def create_function(self, *_: Any, **__: Any) -> None:
        """SQLAlchemy's REGEXP and FLOOR, a trip each, which no statement of ours asks for."""

    def rollback(self) -> None:
        """End a transaction. One without a statement never began."""
        if self.begins:
            self.begins = False
            return
        super().rollback()


def begin_with_the_first(connection: Connection) -> None:
    """For SQLAlchemy's event `begin`, where BEGIN locks nothing yet."""
    adapted: Any = connection.connection.dbapi_connection
    adapted.begins = True


def connect(dialect: Any, _record: Any, cargs: Any, cparams: Any) -> Any:
    """For SQLAlchemy's event `do_connect`."""
    made = dialect.dbapi.connect(*cargs, **cparams)
    return _Connection(made.dbapi, made._connection)
