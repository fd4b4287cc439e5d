"""Group commit: one commit for many callers, and to each caller an outcome of their own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from bot.errors import NotDurable, Refused
from bot.store import Connection, RowRefused, Store, new_id, writer
from bot.store.tables import expiries, group_settings, groups, rooms
from tests.store.conftest import GROUP, ROOM, message

DUE = datetime(2026, 1, 1, tzinfo=UTC)


def expiry(store: Store, room_id: bytes, handle: str) -> dict[str, Any]:
    """A row for the hot path."""
    row_id = new_id()
    return {
        "id": row_id,
        "room_id": room_id,
        "message_blind": store.message_blind(message(handle)),
        "message": store.keys.seal(expiries.c.message, row_id, handle),
        "due": DUE,
    }


async def count(store: Store) -> int:
    async with store.read() as conn:
        return await conn.scalar(select(func.count()).select_from(expiries)) or 0


async def handles(store: Store) -> set[str]:
    async with store.read() as conn:
        found = await conn.execute(select(expiries.c.id, expiries.c.message))
        return {store.keys.open(expiries.c.message, row.id, row.message) for row in found}


async def test_a_row_is_there_once_it_is_confirmed(store: Store) -> None:
    room_id = await store.room_id(ROOM)
    await store.append(expiries, expiry(store, room_id, "m1"))
    assert await handles(store) == {"m1"}


async def test_the_same_message_again_changes_nothing(store: Store) -> None:
    room_id = await store.room_id(ROOM)
    first = expiry(store, room_id, "m1")
    await asyncio.gather(
        store.append(expiries, first), store.append(expiries, expiry(store, room_id, "m1"))
    )
    await store.append(expiries, expiry(store, room_id, "m1"))
    async with store.read() as conn:
        assert list(await conn.scalars(select(expiries.c.id))) == [first["id"]]


async def test_columns_left_out_take_the_databases_default(store: Store) -> None:
    room_id = await store.room_id(ROOM)
    await store.append(expiries, expiry(store, room_id, "m1"))
    async with store.read() as conn:
        row = (await conn.execute(select(expiries))).one()
    assert (row.state, row.attempts, row.why) == ("waiting", 0, None)


@pytest.mark.parametrize("rows", [1, 3, 700, 5000])
async def test_any_number_of_rows_is_stored(store: Store, rows: int) -> None:
    room_id = await store.room_id(ROOM)
    await asyncio.gather(
        *(store.append(expiries, expiry(store, room_id, f"m{n}")) for n in range(rows))
    )
    assert await count(store) == rows


async def test_what_arrives_during_a_commit_shares_the_next(sqlite_store: Store) -> None:
    room_id = await sqlite_store.room_id(ROOM)
    commits: list[None] = []
    sqlite_store.on_commit(lambda: commits.append(None))
    waits = []
    for n in range(300):
        waits.append(sqlite_store.append(expiries, expiry(sqlite_store, room_id, f"m{n}")))
        if n % 10 == 0:
            await asyncio.sleep(0)
    await asyncio.gather(*waits)
    assert 1 <= len(commits) < 30


async def test_an_idle_store_does_not_linger(sqlite_store: Store) -> None:
    room_id = await sqlite_store.room_id(ROOM)
    loop = asyncio.get_running_loop()
    took = []
    for n in range(20):
        began = loop.time()
        await sqlite_store.append(expiries, expiry(sqlite_store, room_id, f"m{n}"))
        took.append(loop.time() - began)
    # Half a second would be a timer somewhere; a shared disk's fsync is far below.
    assert sorted(took)[10] < 0.25


async def test_rows_and_work_happen_in_the_order_they_were_asked_for(store: Store) -> None:
    room_id = await store.room_id(ROOM)
    blind = store.message_blind(message("m1"))

    async def forget(conn: Connection) -> int:
        return (
            await conn.execute(delete(expiries).where(expiries.c.message_blind == blind))
        ).rowcount

    first = store.append(expiries, expiry(store, room_id, "m1"))
    gone = asyncio.ensure_future(store.write(forget))
    await asyncio.sleep(0)
    again = store.append(expiries, expiry(store, room_id, "m1"))
    await asyncio.gather(first, again)
    assert await gone == 1
    assert await handles(store) == {"m1"}


steps = st.lists(
    st.sampled_from(
        ["row", "row", "row", "bad row", "work", "bad statement", "raises", "refused", "two"]
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
async def test_every_caller_gets_their_own_outcome(store: Store, kinds: list[str]) -> None:
    room_id = await store.room_id(ROOM)
    await store.write(lambda conn: conn.execute(delete(expiries)))

    def asked(kind: str, name: str) -> Awaitable[Any]:
        row = expiry(store, room_id, name)

        async def work(conn: Connection) -> str:
            await conn.execute(insert(expiries).values(row))
            match kind:
                case "bad statement":
                    await conn.execute(insert(expiries).values({**row, "room_id": new_id()}))
                case "raises":
                    raise LookupError(name)
                case "refused":
                    raise Refused("too-late")
                case "two":
                    other = expiry(store, room_id, f"{name} b")
                    await conn.execute(insert(expiries).values(other))
            return name

        if kind == "row":
            return store.append(expiries, row)
        if kind == "bad row":
            return store.append(expiries, {**row, "room_id": new_id()})
        return store.write(work)

    outcomes = await asyncio.gather(
        *(asked(kind, f"m{n}") for n, kind in enumerate(kinds)), return_exceptions=True
    )
    expected: set[str] = set()
    for n, (kind, outcome) in enumerate(zip(kinds, outcomes, strict=True)):
        match kind:
            case "row":
                assert outcome is None
                expected.add(f"m{n}")
            case "work" | "two":
                assert outcome == f"m{n}"
                expected |= {f"m{n}"} | ({f"m{n} b"} if kind == "two" else set())
            case "bad row":
                assert isinstance(outcome, RowRefused)
            case "bad statement":
                assert isinstance(outcome, DBAPIError)
            case "raises":
                assert isinstance(outcome, LookupError)
                assert outcome.args == (f"m{n}",)
            case "refused":
                assert isinstance(outcome, Refused)
    assert await handles(store) == expected


async def test_a_bad_row_among_many_fails_its_own_caller_alone(store: Store) -> None:
    room_id = await store.room_id(ROOM)
    rows = [expiry(store, room_id, f"m{n}") for n in range(200)]
    rows[77]["room_id"] = new_id()
    outcomes = await asyncio.gather(
        *(store.append(expiries, row) for row in rows), return_exceptions=True
    )
    assert [n for n, outcome in enumerate(outcomes) if outcome is not None] == [77]
    assert isinstance(outcomes[77], RowRefused)
    assert await count(store) == 199


async def test_who_stops_waiting_cancels_nothing(store: Store) -> None:
    room_id = await store.room_id(ROOM)

    async def work(conn: Connection) -> None:
        await conn.execute(insert(expiries).values(expiry(store, room_id, "work")))

    async def waits(what: Awaitable[Any]) -> None:
        await what

    tasks = [
        asyncio.create_task(waits(store.write(work))),
        asyncio.create_task(waits(store.append(expiries, expiry(store, room_id, "row")))),
    ]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await store.append(expiries, expiry(store, room_id, "other"))
    assert all(task.cancelled() for task in tasks)
    assert await handles(store) == {"work", "row", "other"}


async def test_work_that_takes_too_long_fails_and_the_rest_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id = await store.room_id(ROOM)
    # Long enough for the row to be written, on a machine with other things to do.
    monkeypatch.setattr(writer, "LONGEST_WORK", 1.0)

    async def work(conn: Connection) -> None:
        await conn.execute(insert(expiries).values(expiry(store, room_id, "slow")))
        await asyncio.sleep(60)

    slow = asyncio.ensure_future(store.write(work))
    await asyncio.sleep(0)
    await store.append(expiries, expiry(store, room_id, "row"))
    with pytest.raises(TimeoutError):
        await slow
    assert await handles(store) == {"row"}


async def test_a_write_inside_a_write_is_a_bug_that_says_so(store: Store) -> None:
    async def outer(_conn: Connection) -> None:
        await store.write(lambda inner: inner.execute(text("SELECT 1")))

    with pytest.raises(RuntimeError, match="inside a write"):
        await store.write(outer)


async def test_a_full_queue_refuses_rows_and_lets_work_wait(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id = await store.room_id(ROOM)
    monkeypatch.setattr(writer, "MOST_WAITING", 5)
    rows = [store.append(expiries, expiry(store, room_id, f"m{n}")) for n in range(8)]
    done = await store.write(lambda conn: conn.scalar(select(func.count()).select_from(expiries)))
    outcomes = await asyncio.gather(*rows, return_exceptions=True)
    assert done == 5
    assert [isinstance(outcome, NotDurable) for outcome in outcomes] == [False] * 5 + [True] * 3


async def test_a_listener_that_fails_stops_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise RuntimeError("heard wrongly")

    store.on_commit(fails)
    room_id = await store.room_id(ROOM)
    with caplog.at_level(logging.ERROR):
        await store.append(expiries, expiry(store, room_id, "m1"))
        await store.append(expiries, expiry(store, room_id, "m2"))
    assert await count(store) == 2
    assert "listener" in caplog.text


async def test_closing_stores_what_waits_and_refuses_the_rest(url: str, keys: Any) -> None:
    store = await Store.open(url, keys)
    room_id = await store.room_id(ROOM)
    rows = [store.append(expiries, expiry(store, room_id, f"m{n}")) for n in range(50)]
    await store.close()
    await asyncio.gather(*rows)
    with pytest.raises(NotDurable):
        await store.append(expiries, expiry(store, room_id, "late"))
    with pytest.raises(NotDurable):
        await store.write(lambda conn: conn.execute(text("SELECT 1")))
    await store.close()
    again = await Store.open(url, keys)
    assert await count(again) == 50
    await again.close()


async def test_a_row_that_is_confirmed_was_synced_before(sqlite_store: Store) -> None:
    """In WAL mode `synchronous=FULL` (2) is what makes SQLite call fsync before COMMIT returns.

    `test_crash.py` looks at the system calls themselves.
    """
    seen: list[Any] = []
    await sqlite_store._writer.direct(
        lambda driver: _pragmas(driver, seen, ["synchronous", "journal_mode", "secure_delete"])
    )
    assert seen == [2, "wal", 1]
    async with sqlite_store.read() as conn:
        assert (await conn.execute(text("PRAGMA foreign_keys"))).scalar() == 1
        assert (await conn.execute(text("PRAGMA query_only"))).scalar() == 1


async def _pragmas(driver: Any, seen: list[Any], names: list[str]) -> None:
    for name in names:
        async with driver.execute(f"PRAGMA {name}") as cursor:
            seen.append((await cursor.fetchone())[0])


async def test_a_reader_cannot_write(store: Store) -> None:
    await store.group_id(GROUP)
    async with store.read() as conn:
        with pytest.raises(DBAPIError):
            await conn.execute(delete(groups))
    async with store.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(groups)) == 1


async def test_the_fast_path_takes_one_statement_for_a_commit_of_one_table(
    sqlite_store: Store,
) -> None:
    # Through SQLAlchemy it would be one event per statement; the fast path makes none.
    statements: list[str] = []

    def heard(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    room_id = await sqlite_store.room_id(ROOM)
    event.listen(sqlite_store._writers.sync_engine, "before_cursor_execute", heard)
    await asyncio.gather(
        *(sqlite_store.append(expiries, expiry(sqlite_store, room_id, f"m{n}")) for n in range(20))
    )
    assert statements == []
    assert await count(sqlite_store) == 20


async def test_rows_of_several_tables_share_a_commit(store: Store) -> None:
    group_id = await store.group_id(GROUP)
    room: dict[str, Any] = {"id": new_id(), "group_id": group_id}
    room["handle_blind"] = store.keys.blind("t", "r")
    room["handle"] = store.keys.seal(rooms.c.handle, room["id"], "r")
    await asyncio.gather(
        store.append(rooms, room),
        store.append(expiries, expiry(store, room["id"], "m1")),
        store.append(group_settings, {"group_id": group_id, "name": "a", "value": "b"}),
        store.append(expiries, expiry(store, room["id"], "m2")),
    )
    assert await handles(store) == {"m1", "m2"}
