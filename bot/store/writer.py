"""The writer: one connection, and a commit for everything that arrived while the last one ran.

A commit waits for the disk, so its price is shared: callers queue rows (`append`) and pieces of
work (`run`), the writer takes all that waits, and each caller hears of its own outcome once the
commit that holds it has returned. Rows and work happen in the order in which they were queued.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, Protocol, TypeAlias, TypeVar, cast

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction

from bot.errors import NotDurable
from bot.store.faults import is_of_one_row, is_of_the_store, scrub
from bot.store.rows import Make, Plan, RowRefused, Rows

logger = logging.getLogger(__name__)

T = TypeVar("T")

MOST_WAITING: Final = 20_000
"""Rows and pieces of work that may wait. Beyond it `append` refuses and `run` waits its turn."""

MOST_IN_A_COMMIT: Final = 512
"""Rows and pieces of work. Larger commits are hardly cheaper a row, and while all who write wait
for the same one, nobody brings what the next will hold."""

SHORTEST_ROUND: Final = 0.006
"""Seconds from commit to commit under load, so that a fast disk does not mean tiny commits: each
costs about a millisecond of CPU beside its rows."""

UNDER_LOAD: Final = 4
"""A commit of fewer rows than this is followed by the next at once."""

LONGEST_WORK: Final = 30.0
"""Seconds one piece of work may take; the others wait for it meanwhile."""

Work: TypeAlias = Callable[[AsyncConnection], Awaitable[T]]


class Backend(Protocol):
    """What differs between the engines on the fast path."""

    async def commit_rows(self, driver: Any, groups: Mapping[Plan, list[tuple[Any, ...]]]) -> None:
        """Insert the rows of each plan and commit."""

    def still_there(self) -> None:
        """Raise `NotDurable` when the database is not where it was."""

    async def greet(self, conn: AsyncConnection) -> None:
        """Set up a fresh writer connection; raise `NotDurable` when it must not write."""

    def plan(self, table: Table, names: tuple[str, ...]) -> Plan:
        """How rows of `table` that give these columns are inserted."""


class _Direct:
    """A piece of upkeep that runs between commits, on the driver's own connection."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[Any], Awaitable[Any]]) -> None:
        self.run = run


# What waits: (who waits for it, the kind of a row, or None; the row, or what to run).
_Entry: TypeAlias = "tuple[asyncio.Future[Any], Rows | None, Any]"


class Writer:
    """Group commit over one connection. Belongs to the event loop that `start` ran in."""

    def __init__(self, engine: AsyncEngine, backend: Backend) -> None:
        self._engine = engine
        self._backend = backend
        self._rows: dict[tuple[Table, tuple[str, ...]], Rows] = {}
        self._queue: list[_Entry] = []
        self._rows_only = True
        self._arrived = asyncio.Event()
        self._space = asyncio.Event()
        self._space.set()
        self._closing = False
        self._conn: AsyncConnection | None = None
        self._driver: Any = None
        self._heard: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Connect before anything is written. Raises what connecting raises."""
        await self._connected()

    def start(self) -> None:
        """Take work from now on."""
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._follow(), name="store writer")

    def on_commit(self, heard: Callable[[], None]) -> None:
        """Call `heard` after every commit, once its waiters have been told."""
        self._heard.append(heard)

    def append(self, table: Table, row: Mapping[str, Any]) -> asyncio.Future[None]:
        """Queue one row and give a future that is done when the row is on disk.

        A row that conflicts with one there is left as it was, and that is success. A wrong type
        raises TypeError here. The future fails with `NotDurable` (offer it again: the disk, or
        too much waits) or `RowRefused` (a bug: a foreign key that is not there).
        """
        names = tuple(row)
        rows = self._rows.get((table, names))
        if rows is None:
            rows = self._rows[table, names] = self.rows(table, names, list)
        return self.append_to(rows, rows.plan.bind(row.values()))

    def rows(self, table: Table, names: tuple[str, ...], make: Make) -> Rows:
        """Rows of `table` that give these columns and are made just before their commit."""
        return Rows(self._backend.plan(table, names), make)

    def append_to(self, rows: Rows, what: Any) -> asyncio.Future[None]:
        """`append` for something of which `rows` makes a row."""
        future: asyncio.Future[None] = self._loop.create_future()
        if self._closing or len(self._queue) >= MOST_WAITING:
            future.set_exception(NotDurable("the store is busy or closing"))
            return future
        self._queue.append((future, rows, what))
        if not self._arrived.is_set():
            self._arrived.set()
        return future

    async def run(self, work: Work[T]) -> T:
        """Run `work` in a savepoint of its own; gives its result once that is on disk.

        What `work` raises undoes its own statements alone and comes back to this caller.
        Raises `NotDurable` when the commit fails. Cancelling the caller cancels neither the
        work nor the commit. `work` awaits nothing but its connection, and stays within 30 s.
        """
        return cast(T, await self._queued(work))

    async def direct(self, run: Callable[[Any], Awaitable[T]]) -> T:
        """Run upkeep on the driver's own connection, between commits and in no transaction."""
        return cast(T, await self._queued(_Direct(run)))

    async def _queued(self, what: Any) -> Any:
        if asyncio.current_task() is self._task:
            raise RuntimeError("a write inside a write would wait for itself: use its connection")
        while len(self._queue) >= MOST_WAITING and not self._closing:
            self._space.clear()
            await self._space.wait()
        if self._closing:
            raise NotDurable("the store is closing")
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.append((future, None, what))
        self._rows_only = False
        self._arrived.set()
        return await future

    async def close(self) -> None:
        """Commit what waits, then disconnect. What comes later raises `NotDurable`."""
        self._closing = True
        self._arrived.set()
        self._space.set()
        if self._task is not None:
            await self._task
        await self._disconnect()

    async def _follow(self) -> None:
        batch: list[_Entry] = []
        try:
            while True:
                if not self._queue:
                    if self._closing:
                        return
                    self._arrived.clear()
                    await self._arrived.wait()
                    continue
                began = self._loop.time()
                batch, rows_only = self._take()
                await self._commit(batch, rows_only)
                left = SHORTEST_ROUND - (self._loop.time() - began)
                if len(batch) >= UNDER_LOAD and left > 0 and not self._closing:
                    await asyncio.sleep(left)
                batch = []
        finally:
            # Only a cancelled loop comes here with callers left; they must not wait for ever.
            self._closing = True
            _tell_all([*batch, *self._queue], NotDurable("the store was stopped"))
            self._queue.clear()

    def _take(self) -> tuple[list[_Entry], bool]:
        waiting, rows_only = self._queue, self._rows_only
        self._queue = waiting[MOST_IN_A_COMMIT:]
        self._rows_only = rows_only or not self._queue
        self._space.set()
        return waiting[:MOST_IN_A_COMMIT], rows_only

    async def _commit(self, batch: list[_Entry], rows_only: bool) -> None:
        try:
            if not (rows_only and await self._commit_rows(batch)):
                await self._commit_mixed(batch)
        except Exception as error:
            # The whole round is undone. Which statement it was does not matter any more.
            logger.error("a commit failed: %s", scrub(error))
            await self._disconnect()
            _tell_all(batch, NotDurable(f"not stored: {scrub(error)}"))
            return
        for heard in self._heard:
            try:
                heard()
            except Exception:
                logger.exception("a listener to commits failed")

    async def _commit_rows(self, batch: list[_Entry]) -> bool:
        """The fast path: nothing but rows. False when one of them is bad."""
        await self._connected()
        try:
            await self._backend.commit_rows(self._driver, _made(batch))
        except RowRefused:
            return False
        except Exception as error:
            if is_of_one_row(error):
                return False
            raise
        for future, _, _ in batch:
            if not future.done():
                future.set_result(None)
        return True

    async def _commit_mixed(self, batch: list[_Entry]) -> None:
        """The general path: runs of rows, and work in savepoints, in the order they came."""
        conn = await self._connected()
        self._backend.still_there()
        outcomes: list[_Outcome] = []
        at = 0
        while at < len(batch):
            if isinstance(batch[at][2], _Direct):
                await self._run_direct(batch[at])
                at += 1
                continue
            async with conn.begin() as whole:
                while at < len(batch) and not isinstance(batch[at][2], _Direct):
                    end = at
                    while end < len(batch) and batch[end][1] is not None:
                        end += 1
                    if end > at:
                        outcomes += await _insert(conn, batch[at:end])
                    else:
                        end = at + 1
                        alone = whole if len(batch) == 1 else None
                        outcomes.append(await _work(conn, batch[at][0], batch[at][2], alone))
                    at = end
            for future, result, error in outcomes:
                _tell(future, result, error)
            outcomes.clear()

    async def _run_direct(self, entry: _Entry) -> None:
        future, _, direct = entry
        try:
            _tell(future, await direct.run(self._driver), None)
        except Exception as error:
            _tell(future, None, error)

    async def _connected(self) -> AsyncConnection:
        if self._conn is None:
            conn = await self._engine.connect()
            try:
                await self._backend.greet(conn)
                self._driver = (await conn.get_raw_connection()).driver_connection
            except BaseException:
                await conn.invalidate()
                await conn.close()
                raise
            self._conn = conn
        return self._conn

    async def _disconnect(self) -> None:
        conn, self._conn, self._driver = self._conn, None, None
        if conn is not None:
            try:
                await conn.invalidate()
                await conn.close()
            except Exception as error:
                logger.error("the writer's connection did not close: %s", scrub(error))


_Outcome: TypeAlias = "tuple[asyncio.Future[Any], Any, BaseException | None]"


def _made(batch: list[_Entry]) -> dict[Plan, list[tuple[Any, ...]]]:
    """The rows of each plan. Raises `RowRefused` where one cannot be made."""
    kinds: defaultdict[Any, list[Any]] = defaultdict(list)
    for _, rows, what in batch:
        kinds[rows].append(what)
    return {rows.plan: rows.made(of_kind) for rows, of_kind in kinds.items()}


async def _insert(conn: AsyncConnection, batch: list[_Entry]) -> list[_Outcome]:
    """A run of rows: all at once; when one is bad, one by one."""

    async def insert(batch: list[_Entry]) -> None:
        for plan, of_plan in _made(batch).items():
            for sql, parameters in plan.statements(of_plan):
                await conn.exec_driver_sql(sql, parameters)

    try:
        await _in_savepoint(conn, insert(batch))
        return [(future, None, None) for future, _, _ in batch]
    except RowRefused:
        pass
    except DBAPIError as error:
        if not is_of_one_row(error):
            raise
    outcomes: list[_Outcome] = []
    for entry in batch:
        future, rows, _ = entry
        refused: BaseException | None = None
        try:
            await _in_savepoint(conn, insert([entry]))
        except RowRefused as error:
            refused = error
        except DBAPIError as error:
            if not is_of_one_row(error):
                raise
            refused = RowRefused(f"{cast(Rows, rows).plan.table.name}: {scrub(error)}")
        outcomes.append((future, None, refused))
    return outcomes


async def _work(
    conn: AsyncConnection,
    future: asyncio.Future[Any],
    work: Work[Any],
    alone: AsyncTransaction | None,
) -> _Outcome:
    """One piece of work. What it raises is its own, unless the transaction went with it.

    Where it has a transaction `alone`, that is its savepoint: two statements less.
    """

    async def in_time() -> Any:
        async with asyncio.timeout(LONGEST_WORK):
            return await work(conn)

    try:
        if alone is None:
            return future, await _in_savepoint(conn, in_time()), None
        return future, await _or_undone(alone, in_time()), None
    except _Lost:
        raise
    except Exception as error:
        if is_of_the_store(error):
            return future, None, NotDurable(f"not stored: {scrub(error)}")
        return future, None, error


class _Lost(NotDurable):
    """The whole transaction is gone, not only what was done in a savepoint."""


async def _in_savepoint(conn: AsyncConnection, work: Coroutine[Any, Any, T]) -> T:
    try:
        savepoint = await conn.begin_nested()
    except BaseException:
        work.close()
        raise
    try:
        result = await work
        await savepoint.commit()
    except Exception as error:
        try:
            await savepoint.rollback()
            alive = conn.in_transaction() and not conn.invalidated
        except Exception:
            # A full disk makes SQLite roll back everything by itself, savepoints and all.
            alive = False
        if not alive:
            raise _Lost(scrub(error)) from None
        raise
    return result


async def _or_undone(whole: AsyncTransaction, work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    except Exception as error:
        try:
            await whole.rollback()
        except Exception:
            raise _Lost(scrub(error)) from None
        raise


def _tell(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    # Whoever gave up waiting is not told, and what they asked for stays done.
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _tell_all(batch: list[_Entry], error: Exception) -> None:
    for future, _, _ in batch:
        if not future.done():
            # One exception of its own for each: a traceback grows with every raise.
            future.set_exception(type(error)(*error.args))


__all__ = ["MOST_WAITING", "Backend", "Work", "Writer"]
