"""Store: opening, reading, writing, closing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Literal, TypeAlias, TypeVar, overload

from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import NotDurable, StartError
from bot.model import Account, Group, MessageRef, Room
from bot.store import tables
from bot.store.backends import PostgresBackend, SqliteBackend, in_thread
from bot.store.columns import new_id
from bot.store.engines import BUSY_SECONDS, Place, place, reader_engine, writer_engine
from bot.store.faults import scrub
from bot.store.keyring import CannotOpen, KeyRing
from bot.store.lease import PATIENCE, FileLease, already_running
from bot.store.migrations import check_sqlite_file, upgrade
from bot.store.rows import Make, Rows
from bot.store.writer import Writer

T = TypeVar("T")

Connection: TypeAlias = AsyncConnection

SWEEP_PATIENCE: Final = 10.0
"""Seconds that a sweep waits for readers to finish."""


class Store:
    """Everything that a circle remembers. Made by `open`; belongs to one event loop."""

    def __init__(
        self,
        where: Place,
        keys: KeyRing,
        readers: AsyncEngine,
        writers: AsyncEngine,
        backend: SqliteBackend | PostgresBackend,
    ) -> None:
        self.keys = keys
        self.unswept = 0
        """Sweeps in a row that a reader prevented: erased bytes may still be in the WAL."""
        self._where = where
        self._readers = readers
        self._writers = writers
        self._backend = backend
        self._writer = Writer(writers, backend)
        self.append_to = self._writer.append_to
        self._lease: FileLease | None = None
        self._unfinished: set[asyncio.Future[Any]] = set()
        self._closed = False
        self._group_ids: dict[Group, bytes] = {}
        self._room_ids: dict[Room, bytes] = {}

    @classmethod
    async def open(cls, url: str, keys: KeyRing, *, busy_seconds: float = BUSY_SECONDS) -> Store:
        """Open a database, made or migrated to the newest schema first.

        `url` is sqlite:///folder/file.db or postgresql://user@host/database. Raises `StartError`
        with what to do: already running, damaged, of a newer version, or of another key ring.
        """
        where = place(url)
        lease = None
        if where.path is not None:
            lease = FileLease(where)
            try:
                await asyncio.to_thread(check_sqlite_file, where.path)
            except BaseException:
                lease.release()
                raise
        writers, readers = writer_engine(where, busy_seconds), reader_engine(where, busy_seconds)
        backend = (
            PostgresBackend(where, writers)
            if where.path is None
            else SqliteBackend(where.path, writers)
        )
        store = cls(where, keys, readers, writers, backend)
        store._lease = lease
        try:
            await store._start()
        except BaseException as error:
            await store.close()
            if isinstance(error, DBAPIError | OSError):
                raise StartError(
                    f"The database {where!r} cannot be opened ({scrub(error)}). Check that it is "
                    "there, that the bot's user may use it, and that its disk has room."
                ) from None
            raise
        return store

    async def _start(self) -> None:
        if isinstance(self._backend, PostgresBackend):
            self._backend.patience = PATIENCE
        try:
            await self._writer.connect()
        except NotDurable:
            raise already_running(self._where) from None
        if isinstance(self._backend, PostgresBackend):
            self._backend.patience = 0.0
        await upgrade(self._where)
        self._writer.start()
        await self._check_ring()

    async def _check_ring(self) -> None:
        """Notice a key ring that is not this database's before anything is sealed with it."""
        check = tables.ring_check
        async with self.read() as conn:
            found = (await conn.execute(select(check))).first()
            used = (await conn.execute(select(tables.groups.c.id).limit(1))).first()
        if found is None and used is None:
            row_id = new_id()
            box = self.keys.seal(check.c.box, row_id, "circlekeeper")
            await self.write(lambda conn: conn.execute(insert(check).values(id=row_id, box=box)))
            return
        try:
            if found is not None:
                self.keys.open(check.c.box, found.id, found.box)
                return
        except CannotOpen:
            pass
        raise StartError(
            f"The key ring does not fit the database {self._where!r}. Put back the ring that "
            "belongs to it; with another one nothing that is stored can be read."
        )

    def append(self, table: Table, row: Mapping[str, Any]) -> asyncio.Future[None]:
        """Store one row, sharing a commit. The hot path: call it, await what it gives later.

        Give the same columns in the same order each time; columns left out take the database's
        default. A row whose key is there already changes nothing. A wrong type raises TypeError
        at once; awaiting raises `NotDurable` (offer it again) or `RowRefused` (a bug).
        Never fails by waiting: when 20,000 wait, what it gives has failed with `NotDurable`.
        """
        return self._writer.append(table, row)

    def rows(self, table: Table, names: tuple[str, ...], make: Make) -> Rows:
        """Rows of a table that are made of something else just before their commit."""
        return self._writer.rows(table, names, make)

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `work`, undone by itself where it fails, and give its result once it is on disk.

        What `work` raises undoes its own statements alone and is raised here. It awaits nothing
        but its connection: the whole circle's writes wait behind it. Raises `NotDurable`.
        """
        return await self._writer.run(work)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection that sees one moment of the store and cannot write. Keep it briefly."""
        # Whoever is cancelled while a connection opens or closes does not leave it half-way: that
        # goes on beside them, and `close` waits for it.
        if self._closed:
            raise NotDurable("the store is closed")
        conn = self._readers.connect()
        reading = asyncio.get_running_loop().create_future()
        self._unfinished.add(reading)
        reading.add_done_callback(self._unfinished.discard)
        opening = self._beside(conn.start())
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._beside(_close_after(opening, conn))
            reading.set_result(None)
            raise
        except BaseException:
            reading.set_result(None)
            raise
        try:
            yield conn
        finally:
            closing = self._beside(conn.close())
            reading.set_result(None)
            await asyncio.shield(closing)

    def _beside(self, doing: Awaitable[T]) -> asyncio.Task[T]:
        async def done() -> T:
            return await doing

        task = asyncio.create_task(done())
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)
        return task

    def on_commit(self, heard: Callable[[], None]) -> None:
        """Call `heard` after every commit."""
        self._writer.on_commit(heard)

    # Handles and ids.

    async def group_id(self, group: Group, conn: Connection | None = None) -> bytes:
        """The id of a group, made on first use. Inside a `write`, give its connection."""
        known = self._group_ids.get(group)
        if known is None:
            if conn is not None:
                return await self._find_group(conn, group)
            known = await self.write(lambda conn: self._find_group(conn, group))
            self._group_ids[group] = known
        return known

    async def find_group_id(self, group: Group, conn: Connection) -> bytes | None:
        """The id of a group, or None for one that nothing is stored about."""
        groups = tables.groups
        blinds = self.keys.blinds("group", _handle(group))
        found: bytes | None = await conn.scalar(
            select(groups.c.id).where(groups.c.handle_blind.in_(blinds))
        )
        return found

    def known_group_id(self, group: Group) -> bytes:
        """The id of a group that `group_id` was asked for before; raises KeyError otherwise."""
        return self._group_ids[group]

    async def room_id(self, room: Room, conn: Connection | None = None) -> bytes:
        """The id of a room, made on first use. Inside a `write`, give its connection."""
        known = self._room_ids.get(room)
        if known is None:
            if conn is not None:
                return await self._find_room(conn, room)
            known = await self.write(lambda conn: self._find_room(conn, room))
            self._room_ids[room] = known
        return known

    async def room_ids(self, rooms: Collection[Room]) -> dict[Room, bytes]:
        """`room_id` of each, all that are new in one transaction."""
        known = {room: self._room_ids[room] for room in rooms if room in self._room_ids}

        async def work(conn: Connection) -> dict[Room, bytes]:
            return {room: await self._find_room(conn, room) for room in rooms if room not in known}

        if len(known) == len(set(rooms)):
            return known
        found = await self.write(work)
        self._room_ids.update(found)
        return known | found

    @overload
    async def member_id(
        self, conn: Connection, group: Group, account: Account, *, create: Literal[True]
    ) -> bytes: ...

    @overload
    async def member_id(
        self, conn: Connection, group: Group, account: Account, *, create: bool = False
    ) -> bytes | None: ...

    async def member_id(
        self, conn: Connection, group: Group, account: Account, *, create: bool = False
    ) -> bytes | None:
        """The id of a member, or None for somebody who is none; `create` makes them one."""
        members = tables.members
        # In a `read` nothing can be made, so a group that is not there has no members.
        group_id = (
            await self.group_id(group, conn) if create else await self.find_group_id(group, conn)
        )
        if group_id is None:
            return None
        found: bytes | None = await conn.scalar(
            select(members.c.id).where(
                members.c.group_id == group_id,
                members.c.account_blind.in_(self.keys.account_blinds(group_id, account)),
            )
        )
        if found is not None or not create:
            return found
        member_id = new_id()
        await conn.execute(
            insert(members).values(
                id=member_id,
                group_id=group_id,
                account_blind=self.keys.account_blind(group_id, account),
                account=self.keys.seal(members.c.account, member_id, account.handle),
            )
        )
        return member_id

    def message_blind(self, ref: MessageRef) -> bytes:
        """What a message is looked up by. One per message, over all rooms and platforms."""
        return self.keys.blind("message", f"{_room_name(ref.room)}\0{ref.handle}")

    def message_blinds(self, refs: Iterable[MessageRef]) -> list[bytes]:
        """`message_blind` of each, at half the price where many are of one room."""
        of_rooms: dict[Room, Callable[[str], bytes]] = {}
        found = []
        for ref in refs:
            room = ref.room
            blind = of_rooms.get(room)
            if blind is None:
                blind = of_rooms[room] = self.keys.blinder("message", f"{_room_name(room)}\0")
            found.append(blind(ref.handle))
        return found

    def forget(self, group: Group) -> None:
        """Drop what memory holds of a group whose rows were removed."""
        self._group_ids.pop(group, None)
        for room in [room for room in self._room_ids if room.group == group]:
            del self._room_ids[room]

    async def _find_group(self, conn: Connection, group: Group) -> bytes:
        found = await self.find_group_id(group, conn)
        if found is not None:
            return found
        groups = tables.groups
        group_id = new_id()
        await conn.execute(
            insert(groups).values(
                id=group_id,
                platform=group.platform,
                handle_blind=self.keys.blind("group", _handle(group)),
                handle=self.keys.seal(groups.c.handle, group_id, group.handle),
            )
        )
        return group_id

    async def move_room(self, old: Room, new: Room) -> None:
        """Let everything that is known of a room be known of another from now on.

        Does nothing where the old one is not known, or the new one is already.
        """
        rooms = tables.rooms

        async def work(conn: Connection) -> None:
            blinds = [self.keys.blinds("room", _room_name(room)) for room in (old, new)]
            ids = [
                await conn.scalar(select(rooms.c.id).where(rooms.c.handle_blind.in_(of)))
                for of in blinds
            ]
            if ids[0] is None or ids[1] is not None:
                return
            sealed = self.keys.seal(rooms.c.handle, ids[0], new.handle)
            values = {"handle_blind": blinds[1][0], "handle": sealed}
            await conn.execute(update(rooms).where(rooms.c.id == ids[0]).values(values))

        await self.write(work)
        self._room_ids.pop(old, None)

    async def _find_room(self, conn: Connection, room: Room) -> bytes:
        rooms = tables.rooms
        blinds = self.keys.blinds("room", _room_name(room))
        found: bytes | None = await conn.scalar(
            select(rooms.c.id).where(rooms.c.handle_blind.in_(blinds))
        )
        if found is not None:
            return found
        room_id = new_id()
        await conn.execute(
            insert(rooms).values(
                id=room_id,
                group_id=await self._find_group(conn, room.group),
                handle_blind=blinds[0],
                handle=self.keys.seal(rooms.c.handle, room_id, room.handle),
            )
        )
        return room_id

    # Upkeep.

    async def sweep(self, patience: float = SWEEP_PATIENCE) -> bool:
        """Make what was deleted leave the disk's files too. Call after erasing and removing.

        On SQLite the WAL is copied into the database and cut to nothing, which an open reader
        prevents; then this waits and tries again for `patience` seconds. False when it never
        went: the bytes stay until a later sweep, and `unswept` counts. On PostgreSQL there is
        nothing to do: deleted rows go when the server vacuums, and until then they are sealed.
        """
        if self._where.path is None:
            return True
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while not await self._writer.direct(lambda driver: in_thread(driver, _truncate)):
            if loop.time() >= until:
                self.unswept += 1
                return False
            await asyncio.sleep(0.05)
        self.unswept = 0
        return True

    async def close(self) -> None:
        """Commit what waits and let go of everything. Closing twice is closing once."""
        await self._writer.close()
        self._closed = True
        while self._unfinished:
            await asyncio.gather(*self._unfinished, return_exceptions=True)
        await self._readers.dispose()
        await self._writers.dispose()
        if self._lease is not None:
            self._lease.release()
            self._lease = None


async def _close_after(opening: asyncio.Task[Any], conn: AsyncConnection) -> None:
    await asyncio.wait([opening])
    if opening.exception() is None:
        await conn.close()


def _truncate(db: sqlite3.Connection) -> bool:
    # Without the wait for readers: it would hold up every write meanwhile.
    (usual,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute("PRAGMA busy_timeout=0")
    try:
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.execute(f"PRAGMA busy_timeout={usual}")
    return bool(busy == 0)


def _room_name(room: Room) -> str:
    return f"{_handle(room.group)}\0{room.handle}"


def _handle(group: Group) -> str:
    return f"{group.platform}\0{group.handle}"
