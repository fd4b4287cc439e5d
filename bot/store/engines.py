"""Where the database is, and how each engine is opened. Every connection is made here."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import StartError
from bot.store import round_trips
from bot.store.faults import hide_values

BUSY_SECONDS: Final = 5.0
"""How long a connection waits for a lock that somebody else holds, such as a host's shell."""

READERS: Final = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A database: a file for SQLite, an address for PostgreSQL."""

    url: URL
    path: Path | None
    """The file, on SQLite."""

    def __repr__(self) -> str:
        return self.url.render_as_string(hide_password=True)

    @property
    def lock(self) -> Path:
        """The file that a running bot holds locked, on SQLite."""
        assert self.path is not None  # noqa: S101
        return self.path.with_name(self.path.name + ".lock")


def place(url: str) -> Place:
    """Read a database setting. Raises `StartError` with what may stand there."""
    try:
        made = make_url(url)
    except (ArgumentError, ValueError):
        made = None
    if made is None or made.drivername not in _DRIVERS:
        # Not the setting itself: it may hold a password.
        raise StartError(
            "The database setting is not understood. It is sqlite:///folder/file.db or "
            "postgresql://user@host/database."
        )
    made = made.set(drivername=_DRIVERS[made.drivername])
    if made.get_backend_name() != "sqlite":
        try:
            import asyncpg  # noqa: F401
        except ImportError:
            raise StartError(
                "PostgreSQL needs the package asyncpg: pip install 'circlekeeper[postgres]'."
            ) from None
        return Place(made, None)
    if not made.database or made.database == ":memory:" or made.query:
        raise StartError("A circle's database is a file: sqlite:///folder/file.db.")
    return Place(made, Path(made.database))


_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def writer_engine(where: Place, busy_seconds: float = BUSY_SECONDS) -> AsyncEngine:
    """An engine with the one connection that writes."""
    if where.path is None:
        return _postgres(where, 1, {"synchronous_commit": "on", "lock_timeout": "10s"})
    return _sqlite(where, 1, busy_seconds, begin=_begin_immediate, pragmas=())


def reader_engine(where: Place, busy_seconds: float = BUSY_SECONDS) -> AsyncEngine:
    """An engine whose connections cannot write."""
    if where.path is None:
        return _postgres(where, READERS, {"default_transaction_read_only": "on"})
    begin = round_trips.begin_with_the_first
    return _sqlite(where, READERS, busy_seconds, begin=begin, pragmas=("query_only=ON",))


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgres(where: Place, size: int, settings: dict[str, str]) -> AsyncEngine:
    engine = create_async_engine(
        where.url,
        hide_parameters=True,
        pool_size=size,
        max_overflow=0,
        connect_args={
            "timeout": 15,
            "server_settings": {"application_name": "circlekeeper", **settings},
        },
    )

    @event.listens_for(engine.sync_engine, "handle_error")
    def quiet(context: ExceptionContext) -> None:
        # `hide_parameters` hides what was sent; PostgreSQL's answer quotes it once more.
        if isinstance(context.sqlalchemy_exception, DBAPIError):
            hide_values(context.sqlalchemy_exception)

    return engine


def _sqlite(
    where: Place,
    size: int,
    busy_seconds: float,
    *,
    begin: Callable[[Connection], None],
    pragmas: tuple[str, ...],
) -> AsyncEngine:
    engine = create_async_engine(
        where.url,
        hide_parameters=True,
        pool_size=size,
        max_overflow=0,
        # The driver must not begin transactions by itself: it begins them too late for
        # savepoints and never before a SELECT.
        connect_args={
            "timeout": busy_seconds,
            "isolation_level": None,
            "cached_statements": 512,
        },
    )

    event.listen(engine.sync_engine, "do_connect", round_trips.connect)

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.run_together([f"PRAGMA {pragma}" for pragma in (*PRAGMAS, *pragmas)])

    event.listen(engine.sync_engine, "begin", begin)
    return engine


PRAGMAS: Final = (
    # Off by default, and then erasing a member leaves their rows behind.
    "foreign_keys=ON",
    "journal_mode=WAL",
    # In WAL mode only FULL has a commit on disk when it returns.
    "synchronous=FULL",
    # Overwrites what is deleted; the checkpoint of `Store.sweep` does the same for the WAL.
    "secure_delete=ON",
)


def new_sqlite_file(path: Path) -> None:
    """Make an empty file for its owner alone; the engine gives its -wal the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StartError(
            f"The database cannot be made at {path}: {error.strerror}. "
            "Let the bot's user write to that folder, or correct the setting."
        ) from None


def connect_sqlite(path: Path) -> sqlite3.Connection:
    """A plain connection with the pragmas of the house, for upkeep apart from the engines."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection
