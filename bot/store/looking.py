"""Looking at a database without opening the store: no lease, no migration, nothing written.

For `check`, which runs beside a bot that runs, and for what has to be known before a start.
"""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import aiosqlite
from sqlalchemy import NullPool, func, inspect, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.errors import StartError
from bot.model import Group
from bot.store import audit_rows, case_rows, group_rows, key_rows, migrations, rules_rows, tables
from bot.store.audit_rows import Head, Verdict
from bot.store.engines import Place, place, reader_engine
from bot.store.faults import scrub
from bot.store.keyring import CannotOpen, KeyRing
from bot.store.memory import KeptMemory, split
from bot.store.migrations.revisions import newest_revision
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class SeenGroup:
    """A group as its rows show it. No handle: this ends up in reports."""

    platform: str
    rules_version: int | None
    rules_published: datetime | None
    emergency_number: bool
    """Whether the moderators set one."""
    helplines_checked: tuple[date, ...]
    overdue: int
    """Messages whose time is over and that still stand."""
    key_holders: int
    """How many people hold a key that counts."""
    last_drill: datetime | None
    """When its key-holders last opened a fake post for practice."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be said about a database from outside."""

    damage: str | None = None
    """What is wrong with it, as a kind of error; None when it is whole."""
    wal: bool | None = None
    """Whether SQLite writes ahead, as it must; None on PostgreSQL."""
    revision: str | None = None
    """The schema it has."""
    ring_fits: bool | None = None
    """Whether the key ring is this database's; None when there is nothing to tell by."""
    groups: tuple[SeenGroup, ...] = ()
    """Empty as well when the schema is not this version's."""


async def has_tables(url: str) -> bool:
    """Whether anything was ever stored there. A damaged file counts: it is not nothing.

    Raises `StartError` for a server that cannot be reached.
    """
    where = place(url)
    if where.path is not None:
        return await asyncio.to_thread(_file_has_content, where.path)
    try:
        async with _connected(where) as conn:
            return bool(await conn.run_sync(lambda sync: inspect(sync).get_table_names()))
    except (DBAPIError, OSError) as error:
        raise StartError(
            f"The database {where!r} cannot be reached ({scrub(error)}). Check that the server "
            "runs and lets the bot in."
        ) from None


def _file_has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


async def look(url: str, keys: KeyRing | None, now: datetime) -> Seen:
    """Look at a database that is there. Reads all of it once, some seconds for a gigabyte."""
    where = place(url)
    try:
        async with _connected(where) as conn:
            return await _look(where, conn, keys, now)
    except (DBAPIError, OSError, ValueError) as error:
        return Seen(damage=scrub(error))


async def _look(where: Place, conn: AsyncConnection, keys: KeyRing | None, now: datetime) -> Seen:
    wal = None
    if where.path is not None:
        found = await conn.scalar(text("PRAGMA quick_check(1)"))
        if found != "ok":
            return Seen(damage="damaged pages")
        wal = await conn.scalar(text("PRAGMA journal_mode")) == "wal"
    names = await conn.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    revision = None
    if "alembic_version" in names:
        revision = await conn.scalar(text("SELECT version_num FROM alembic_version"))
    fits = None
    if keys is not None and "ring_check" in names:
        fits = await _ring_fits(conn, keys)
    groups: tuple[SeenGroup, ...] = ()
    if keys is not None and fits is not False and revision == newest_revision():
        groups = await _groups(conn, keys, now)
    return Seen(None, wal, revision, fits, groups)


async def _ring_fits(conn: AsyncConnection, keys: KeyRing) -> bool | None:
    row = (await conn.execute(select(tables.ring_check))).first()
    if row is None:
        return None
    try:
        keys.open(tables.ring_check.c.box, row.id, row.box)
    except CannotOpen:
        return False
    return True


async def _groups(conn: AsyncConnection, keys: KeyRing, now: datetime) -> tuple[SeenGroup, ...]:
    seen = []
    for group in await conn.execute(select(tables.groups).order_by(tables.groups.c.platform)):
        rules = await rules_rows.newest(conn, keys, group.id)
        settings = await group_rows.settings(conn, group.id)
        lines = tables.helplines
        checked = await conn.scalars(select(lines.c.checked_on).where(lines.c.group_id == group.id))
        expiries, rooms = tables.expiries, tables.rooms
        overdue = await conn.scalar(
            select(func.count())
            .select_from(expiries.join(rooms, expiries.c.room_id == rooms.c.id))
            .where(rooms.c.group_id == group.id, expiries.c.due <= now)
        )
        seen.append(
            SeenGroup(
                group.platform,
                rules.version if rules else None,
                rules.published_at if rules else None,
                bool(settings.get("emergency-number")),
                tuple(sorted(checked)),
                overdue or 0,
                await key_rows.count(conn, group.id, now),
                await case_rows.last_drill(conn, group.id),
            )
        )
    return tuple(seen)


async def memory_of(url: str, keys: KeyRing, platform: str, now: datetime) -> KeptMemory:
    """What an adapter keeps, to be read beside a bot that runs. Empty for what cannot be read."""
    found, kept = tables.memory, {}
    try:
        async with _connected(place(url)) as conn:
            of_platform = select(found).where(
                found.c.platform == platform, or_(found.c.until.is_(None), found.c.until > now)
            )
            for row in await conn.execute(of_platform):
                key, value = split(keys.open(found.c.value, row.id, row.value))
                kept[key] = value
    except (DBAPIError, OSError, ValueError, CannotOpen):
        kept = {}
    return KeptMemory(kept)


@asynccontextmanager
async def _connected(where: Place) -> AsyncIterator[AsyncConnection]:
    if where.path is None:
        engine = reader_engine(where)
    else:
        # Not the store's own way in: that one makes the file and sets how it writes.
        address = f"{where.path.absolute().as_uri()}?mode=ro"
        engine = create_async_engine(
            "sqlite+aiosqlite://",
            async_creator=lambda: aiosqlite.connect(address, uri=True),
            poolclass=NullPool,
            hide_parameters=True,
        )
    try:
        async with engine.connect() as conn:
            yield conn
    finally:
        await engine.dispose()


async def ends_of_audit(url: str) -> dict[bytes, Head]:
    """The end of each group's audit; empty for a database that is not there, or too old, or bad."""
    where = place(url)
    if where.path is not None and not where.path.exists():
        return {}
    try:
        async with _connected(where) as conn:
            return await audit_rows.heads(conn)
    except (DBAPIError, OSError, ValueError):
        return {}


async def verify_audit(
    url: str, keys: KeyRing | None, anchor: Head | None
) -> list[tuple[str, Verdict]]:
    """Follow the audit of each group: what it is called in a report, and what was found.

    With an anchor only the group whose chain holds it is whole; where none does, none is. Raises
    `StartError` for a database that cannot be read.
    """
    where = place(url)
    try:
        async with _connected(where) as conn:
            ends = await audit_rows.heads(conn)
            verdicts = []
            for number, group_id in enumerate(sorted(ends), 1):
                verdict = await audit_rows.verify(conn, keys, group_id, anchor)
                verdicts.append((f"group {number}", verdict))
    except (DBAPIError, OSError) as error:
        raise StartError(
            f"The audit in {where!r} cannot be read ({scrub(error)}). Start the bot once with this "
            "version, or restore a backup."
        ) from None
    return verdicts


def revisions_after(revision: str | None) -> list[tuple[str, str]]:
    """What a migration would apply, in order: the name of each revision and what it does."""
    from alembic.script import ScriptDirectory

    pending = []
    for each in ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions():
        if each.revision == revision:
            break
        pending.append((each.revision, (each.doc or "").split("\n", 1)[0]))
    return pending[::-1]


async def groups_of(store: Store) -> list[Group]:
    """Every group that something is stored about, with its handle: for the host's own eyes."""
    found = tables.groups
    async with store.read() as conn:
        rows = await conn.execute(select(found).order_by(found.c.platform))
        return [
            Group(row.platform, store.keys.open(found.c.handle, row.id, row.handle)) for row in rows
        ]


def is_locked(lock: Path) -> bool:
    """Whether a process of this machine (or of this container) holds a lock file.

    Where the system lists its locks, the lock itself is left alone: taking it, however briefly,
    could make a bot that starts at that moment believe that another one runs.
    """
    try:
        number = lock.stat().st_ino
    except OSError:
        return False
    try:
        held = Path("/proc/locks").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return _cannot_share(lock)
    # Lines such as "1: FLOCK  ADVISORY  WRITE 25157 fe:00:2146597 0 EOF"; "->" waits for one.
    return any(
        "FLOCK" in line and "->" not in line and f":{number} " in line for line in held.splitlines()
    )


def _cannot_share(lock: Path) -> bool:
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
