"""Backups: one file with the database and nothing that opens it.

The key ring and the master key are never part of it. Whoever finds a backup finds sealed boxes;
whoever restores one needs the ring, and what was crypto-erased since stays unreadable. Where the
host has a recipient for backups, the file is an age file, and not even its size in rows is told.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from pathlib import Path

from bot.errors import StartError
from bot.store import age_files, migrations
from bot.store.engines import Place, place
from bot.store.faults import scrub
from bot.store.lease import FileLease
from bot.store.migrations.revisions import is_known


async def backup(url: str, to: Path, recipient: str | None = None) -> None:
    """Copy the database into a new file (mode 0600), also while the bot runs.

    With a `recipient` (age1...) it is an age file that only the recipient's key opens. Raises
    `StartError` when `to` is there already, for a damaged database, and on PostgreSQL.
    """
    where = place(url)
    if where.path is None:
        raise StartError(
            "A database on PostgreSQL is backed up with pg_dump. Keep the key ring and the "
            "master key apart from what it writes."
        )
    await asyncio.to_thread(_backup, where.path, to, recipient)


def _backup(source: Path, to: Path, recipient: str | None) -> None:
    if not source.exists():
        raise StartError(f"There is no database at {source}.")
    if to.exists():
        raise StartError(f"{to} exists already. Name a new file, or move that one away.")
    part = to.with_name(to.name + ".part")
    # Beside the database, so that a disk for backups never has it in the open.
    plain = source.with_name(f"{source.name}.backup") if recipient else part
    try:
        migrations.copy_sqlite(source, plain)
        _verified(plain)
        if recipient:
            age_files.encrypt(plain, part, recipient)
        # A link does not replace what may have come to `to` meanwhile, as a rename would.
        os.link(part, to)
        _sync(to.parent)
    except FileExistsError:
        raise StartError(f"{to} exists already. Name a new file, or move that one away.") from None
    except (OSError, sqlite3.Error) as error:
        raise StartError(
            f"The backup could not be written to {to} ({scrub(error)}). Look for room and rights "
            "in that folder."
        ) from None
    finally:
        part.unlink(missing_ok=True)
        plain.unlink(missing_ok=True)


async def restore(source: Path, url: str, *, force: bool = False) -> None:
    """Put a backup in the database's place, as one step. An age file is opened before.

    Checks first that the backup is whole and not of a newer version. Raises `StartError` when
    the bot runs, and when a database is there already, unless `force`.
    """
    where = place(url)
    if where.path is None:
        raise StartError("A database on PostgreSQL is restored with pg_restore or psql.")
    await asyncio.to_thread(_restore, source, where, where.path, force)


def _restore(source: Path, where: Place, target: Path, force: bool) -> None:
    if not source.exists():
        raise StartError(f"There is no backup at {source}.")
    lease = FileLease(where)
    part = target.with_name(target.name + ".part")
    try:
        if target.exists() and not force:
            raise StartError(
                f"There is a database at {target} already. Move it away, or restore with --force "
                "to replace it for good."
            )
        _copied(source, part)
        # The log of the database that goes would be played into the one that comes.
        for rest in ("-wal", "-shm", "-journal"):
            target.with_name(target.name + rest).unlink(missing_ok=True)
        os.replace(part, target)
        _sync(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise StartError(
            f"The backup could not be restored to {target} ({scrub(error)}). "
            "Look for room and rights in that folder."
        ) from None
    finally:
        part.unlink(missing_ok=True)
        lease.release()


def _copied(source: Path, part: Path) -> None:
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
        while block := original.read(1 << 20):
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
    _verified(part)


def _verified(file: Path) -> None:
    """Raise `StartError` unless a file is a whole database that this version can read."""
    with file.open("rb") as opened:
        is_one = opened.read(16) == b"SQLite format 3\0"
    found, revision = "not a database", None
    if is_one:
        # Immutable: neither a lock nor a log appears beside a file that is only looked at.
        db = sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)
        try:
            (found,) = db.execute("PRAGMA integrity_check(1)").fetchone()
            revision = db.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.DatabaseError as error:
            found = scrub(error)
        finally:
            db.close()
    if found != "ok" or revision is None:
        raise StartError(
            "That file is damaged or not a backup of Circlekeeper. Nothing was changed. "
            "Take another backup."
        )
    if not is_known(revision[0]):
        raise StartError(
            f"That backup was written by a newer Circlekeeper (schema {revision[0]}). "
            "Install that version first. Nothing was changed."
        )


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
