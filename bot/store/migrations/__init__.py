"""Migrations: one line of revisions, applied before anything else touches the database.

A revision is one file in `versions/`, written out by hand. Once hosts have it, it is never
changed: what is new is a new one. On SQLite it runs in a transaction,
after a copy of the file beside it; the copy goes when all went well and is named in the error
when not. A database of a newer version is refused, never "repaired".
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StartError
from bot.store import tables
from bot.store.engines import Place, connect_sqlite, new_sqlite_file, place, writer_engine
from bot.store.faults import scrub
from bot.store.lease import PATIENCE, FileLease, already_running, take_advisory_lock
from bot.store.migrations.revisions import is_known, newest_revision

HEAD: Final = "heads"
_HEADER: Final = b"SQLite format 3\0"
_THOROUGH_UP_TO: Final = 64_000_000


async def migrate(url: str, to: str = HEAD) -> None:
    """Bring a database to the newest schema (or to revision `to`; "base" is empty).

    Raises `StartError`: the bot is running, the file is damaged, or of a newer version.
    """
    where = place(url)
    lease = None
    if where.path is not None:
        lease = FileLease(where)
    try:
        if where.path is not None:
            await asyncio.to_thread(check_sqlite_file, where.path)
        await upgrade(where, to, lock=True)
    except (DBAPIError, OSError) as error:
        raise StartError(
            f"The database {where!r} cannot be opened ({scrub(error)}). "
            "Check that it is there and that the bot's user may use it."
        ) from None
    finally:
        if lease is not None:
            lease.release()


async def upgrade(where: Place, to: str = HEAD, *, lock: bool = False) -> None:
    """`migrate` for who holds the file's lease already. `lock` takes PostgreSQL's lock."""
    engine = writer_engine(where)
    try:
        async with engine.connect() as conn:
            if lock and where.path is None and not await take_advisory_lock(conn, PATIENCE):
                raise already_running(where)
            async with conn.begin():
                now = await conn.run_sync(_revision)
            if now is not None and not is_known(now):
                raise StartError(
                    f"The database {where!r} was written by a newer Circlekeeper "
                    f"(schema {now}). Install that version, or restore an older backup."
                )
            if now == (newest_revision() if to == HEAD else to):
                return
            await _change(conn, where, now, to)
    finally:
        await engine.dispose()


async def _change(conn: AsyncConnection, where: Place, now: str | None, to: str) -> None:
    copy = None
    if where.path is not None:
        if now is not None:
            copy = where.path.with_name(f"{where.path.name}.before-migration")
            await asyncio.to_thread(copy_sqlite, where.path, copy)
        # A revision that rebuilds a table must not set off the deletions that point to it.
        await _outside(conn, "PRAGMA foreign_keys=OFF")
    try:
        async with conn.begin():
            await conn.run_sync(lambda sync: _run(sync, to))
            if (
                where.path is not None
                and (await conn.execute(text("PRAGMA foreign_key_check"))).first()
            ):
                raise StartError("A migration left rows that point to nothing.")
    except Exception as error:
        if isinstance(error, StartError) or copy is not None:
            kept = f" A copy from before is at {copy}." if copy else ""
            raise StartError(
                f"The database {where!r} could not be migrated ({scrub(error)}); it is as it "
                f"was.{kept} Look for room on the disk, then report this."
            ) from error
        raise
    if where.path is not None:
        # What a revision copied or dropped leaves the WAL too.
        await _outside(conn, "PRAGMA wal_checkpoint(TRUNCATE)")
    if copy is not None:
        copy.unlink()


async def _outside(conn: AsyncConnection, pragma: str) -> None:
    """Ask the driver directly: within a transaction these have no effect."""
    driver: Any = (await conn.get_raw_connection()).driver_connection
    await driver.execute(pragma)


def _revision(sync: Connection) -> str | None:
    if not inspect(sync).has_table("alembic_version"):
        return None
    found: str | None = sync.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _run(sync: Connection, to: str) -> None:
    # Only here: most starts change nothing, and a bot that runs has no use for them.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(Path(__file__).parent))
    now = _revision(sync)
    passed = (
        [] if now is None else [each.revision for each in script.iterate_revisions(now, "base")]
    )
    down = to == "base" or to in passed
    step: Callable[..., Any] = script._downgrade_revs if down else script._upgrade_revs
    with EnvironmentContext(Config(), script, fn=lambda rev, _: step(to, rev)) as env:
        env.configure(connection=sync, target_metadata=tables.metadata, render_as_batch=True)
        env.run_migrations()


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of a database into a new single file, for its owner alone (0600).

    Replaces `target`. Works while others read and write.
    """
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    reading = connect_sqlite(source)
    try:
        writing = sqlite3.connect(target, isolation_level=None)
        try:
            reading.backup(writing)
            # One file, complete in itself, without a -wal beside it.
            writing.execute("PRAGMA journal_mode=DELETE")
        finally:
            writing.close()
    finally:
        reading.close()
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_sqlite_file(path: Path) -> None:
    """Make the file when there is none; raise `StartError` when what is there is damaged.

    Reads every page of a file up to 64 MB, so that damage is found at the start and not when a
    member needs what is there. Of a larger one it checks that it is whole in length and that the
    schema reads; a start must not take as long as the disk is slow.
    """
    if not path.exists():
        new_sqlite_file(path)
        return
    problem = None
    try:
        problem = _problem(path)
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
    except sqlite3.DatabaseError as error:
        problem = f"cannot be read ({scrub(error)})"
    if problem is not None:
        raise StartError(
            f"{path} {problem}. Nothing was changed. Restore a backup "
            "(circlekeeper restore), or correct the setting."
        )


def _problem(path: Path) -> str | None:
    with path.open("rb") as file:
        header = file.read(100)
        size = file.seek(0, os.SEEK_END)
    if not header:
        return None
    if not header.startswith(_HEADER) or len(header) < 100:
        return "is not a database"
    log = path.with_name(path.name + "-wal")
    if not log.exists() or log.stat().st_size == 0:
        # With a log the file may lawfully be shorter than it says: the rest is in the log.
        page = int.from_bytes(header[16:18], "big")
        pages = int.from_bytes(header[28:32], "big")
        if pages * (65536 if page == 1 else page) > size:
            return "is cut short"
    db = connect_sqlite(path)
    try:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if size <= _THOROUGH_UP_TO:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
            return None if found == "ok" else "is damaged"
    finally:
        db.close()
    return None
