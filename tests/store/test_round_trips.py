"""A statement on SQLite is one trip to its thread, and tells what SQLAlchemy asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from bot.store import Store, new_id
from bot.store.tables import ring_check
from tests.store.conftest import GROUP


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every trip from now on."""
    made: list[Any] = []
    really: Callable[..., Awaitable[Any]] = aiosqlite.Connection._execute

    async def execute(self: aiosqlite.Connection, *args: Any, **named: Any) -> Any:
        made.append(args)
        return await really(self, *args, **named)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", execute)
    return made


async def test_a_statement_is_one_trip(sqlite_store: Store, trips: list[Any]) -> None:
    await sqlite_store.group_id(GROUP)
    async with sqlite_store.read() as conn:
        await conn.execute(select(ring_check))
        before = len(trips)
        found = (await conn.execute(select(ring_check))).all()
        assert len(trips) == before + 1
    assert len(found) == 1


async def test_it_tells_how_many_rows_changed_and_what_came_back(sqlite_store: Store) -> None:
    box = sqlite_store.keys.seal(ring_check.c.box, new_id(), "x")
    ids = [new_id() for _ in range(3)]

    async def work(conn: Any) -> tuple[int, int, set[bytes]]:
        rows = [{"id": row_id, "box": box} for row_id in ids]
        added = (await conn.execute(insert(ring_check), rows)).rowcount
        one = (await conn.execute(delete(ring_check).where(ring_check.c.id == ids[0]))).rowcount
        rest = delete(ring_check).where(ring_check.c.id.in_(ids)).returning(ring_check.c.id)
        return added, one, set((await conn.scalars(rest)).all())

    assert await sqlite_store.write(work) == (3, 1, set(ids[1:]))


async def test_a_refused_row_is_known_for_what_it_is(sqlite_store: Store) -> None:
    box = sqlite_store.keys.seal(ring_check.c.box, new_id(), "x")
    row = {"id": new_id(), "box": box}

    async def work(conn: Any) -> None:
        await conn.execute(insert(ring_check), row)
        await conn.execute(insert(ring_check), row)

    with pytest.raises(IntegrityError):
        await sqlite_store.write(work)
    async with sqlite_store.read() as conn:
        assert len((await conn.execute(select(ring_check))).all()) == 1


async def test_a_reader_begins_with_its_first_statement_and_sees_one_moment(
    sqlite_store: Store, trips: list[Any]
) -> None:
    await sqlite_store.group_id(GROUP)
    async with sqlite_store.read() as conn:
        before = len(trips)
        known = (await conn.execute(select(ring_check.c.id))).all()
        assert len(trips) == before + 1
        await plant(sqlite_store)
        assert (await conn.execute(select(ring_check.c.id))).all() == known
    async with sqlite_store.read() as conn:
        assert len((await conn.execute(select(ring_check.c.id))).all()) == len(known) + 1


async def test_a_reader_that_asks_nothing_leaves_nothing_open(sqlite_store: Store) -> None:
    for _ in range(2):
        async with sqlite_store.read():
            pass
        assert await sqlite_store.sweep(patience=0)


async def plant(store: Store) -> None:
    row_id = new_id()
    row = {"id": row_id, "box": store.keys.seal(ring_check.c.box, row_id, "x")}
    await store.write(lambda conn: conn.execute(insert(ring_check), row))
