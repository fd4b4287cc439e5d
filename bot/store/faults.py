"""Whose fault a database error is, and what of it may be told.

An error of one row is its caller's; an error of the store (disk full, locked, gone) is everyone's
and passes. Neither may carry a value: PostgreSQL likes to quote the row it refused.
"""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, DisconnectionError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import NotDurable

# SQLite's primary result codes for a disk or a lock that does not do what is asked.
_SQLITE_STORE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_SQLITE_ROW: Final = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_RANGE,
    }
)
# PostgreSQL's classes: 08 connection, 25 read-only, 40 rollback, 53 resources, 55 not available,
# 57 operator, 58 system; 22 data, 23 integrity.
_POSTGRES_STORE: Final = ("08", "25", "40", "53", "55", "57", "58")
_POSTGRES_ROW: Final = ("22", "23")


def is_of_one_row(error: BaseException) -> bool:
    """Whether the values of a row are at fault, so that other rows would go through."""
    driver = _driver_error(error)
    if isinstance(driver, sqlite3.Error):
        code = getattr(driver, "sqlite_errorcode", None)
        if code is None:
            # Refused by the driver before SQLite saw it.
            return isinstance(driver, sqlite3.InterfaceError | sqlite3.ProgrammingError)
        return code & 0xFF in _SQLITE_ROW
    state = _sqlstate(driver)
    if state is not None:
        return state.startswith(_POSTGRES_ROW)
    # Too large a number, a NUL in a text, a type that the driver does not know.
    return isinstance(driver, ValueError | TypeError | OverflowError | UnicodeError) or (
        type(driver).__name__ == "DataError"
    )


def is_of_the_store(error: BaseException) -> bool:
    """Whether the disk, a lock or the connection is at fault: trying later may help."""
    if isinstance(error, PoolTimeout | DisconnectionError | InvalidatePoolError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    driver = _driver_error(error)
    if isinstance(driver, sqlite3.Error):
        code = getattr(driver, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in _SQLITE_STORE
    state = _sqlstate(driver)
    if state is not None:
        return state.startswith(_POSTGRES_STORE)
    return isinstance(driver, OSError | asyncio.TimeoutError) and driver is not error


def scrub(error: BaseException) -> str:
    """What an error may be called in a log: its kind, never its values."""
    if isinstance(error, NotDurable):
        return str(error)
    driver = _driver_error(error)
    if isinstance(driver, sqlite3.Error):
        return getattr(driver, "sqlite_errorname", type(driver).__name__)
    state = _sqlstate(driver)
    name = type(driver).__name__
    return name if state is None else f"{name} {state}"


def hide_values(error: DBAPIError) -> None:
    """Take the values out of an error of PostgreSQL, in place, with all it was made from."""
    quiet = scrub(error)
    step: BaseException | None = error.orig
    while step is not None:
        step.args = (quiet,)
        for part in ("detail", "message", "query", "hint", "context", "where"):
            if isinstance(getattr(step, part, None), str):
                setattr(step, part, None)
        step = step.__cause__ or step.__context__
    error.args = (f"({quiet})",)


def _driver_error(error: BaseException) -> BaseException:
    """The driver's own error inside SQLAlchemy's."""
    inner: Any = error.orig if isinstance(error, DBAPIError) else error
    # SQLAlchemy puts a layer of its own around asyncpg.
    if type(inner).__module__.startswith("sqlalchemy.dialects") and inner.__cause__ is not None:
        inner = inner.__cause__
    return inner if isinstance(inner, BaseException) else error


def _sqlstate(error: BaseException) -> str | None:
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None
