"""Disks fill up, servers go away, files are moved: nothing is half-done, nothing is lost."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import traceback
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from bot.errors import NotDurable
from bot.store import KeyRing, RowRefused, Store, new_id
from bot.store.backends import in_thread
from bot.store.tables import expiries, group_settings, outbox
from bot.store.writer import MOST_IN_A_COMMIT
from tests import needs
from tests.store.conftest import GROUP, ROOM, message
from tests.store.test_writer import DUE, count, expiry

pytestmark = pytest.mark.slow


async def _limit_pages(store: Store, pages: int) -> None:
    """Make the disk full, as SQLite sees it; 0 gives it room again."""

    def limit(db: sqlite3.Connection) -> None:
        (now,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count={now + pages if pages else 1 << 30}")

    await store._writer.direct(lambda driver: in_thread(driver, limit))


@pytest.mark.parametrize("with_work", [False, True])
async def test_a_full_disk_fails_the_commit_for_all_and_passes(
    sqlite_store: Store, with_work: bool
) -> None:
    store = sqlite_store
    room_id = await store.room_id(ROOM)
    await store.append(expiries, expiry(store, room_id, "before"))
    await _limit_pages(store, 1)
    waits: list[Any] = []
    if with_work:
        # Queued at the first await below, as are the rows: one commit for all.
        waits.append(asyncio.ensure_future(_written(store, room_id, True)))
    rows = range(MOST_IN_A_COMMIT - len(waits))
    waits += [store.append(expiries, expiry(store, room_id, f"m{n}")) for n in rows]
    outcomes = await asyncio.gather(*waits, return_exceptions=True)
    assert all(isinstance(outcome, NotDurable) for outcome in outcomes)
    assert await count(store) == 1
    await _limit_pages(store, 0)
    await store.append(expiries, expiry(store, room_id, "after"))
    assert await count(store) == 2


async def test_work_that_fills_the_disk_is_not_durable(sqlite_store: Store) -> None:
    group_id = await sqlite_store.group_id(GROUP)
    await _limit_pages(sqlite_store, 1)
    big = {"group_id": group_id, "name": "a", "value": "x" * 1_000_000}
    with pytest.raises(NotDurable):
        await sqlite_store.write(lambda conn: conn.execute(insert(group_settings).values(big)))
    await _limit_pages(sqlite_store, 0)
    await sqlite_store.write(lambda conn: conn.execute(insert(group_settings).values(big)))


async def _written(store: Store, room_id: bytes, with_work: bool) -> None:
    if with_work:
        await store.write(lambda conn: conn.scalar(select(func.count(expiries.c.id))))
    else:
        await store.append(expiries, expiry(store, room_id, "m1"))


@pytest.mark.parametrize("with_work", [False, True])
async def test_a_lock_held_by_somebody_else_is_waited_for_then_told(
    sqlite_store: Store, sqlite_file: Path, with_work: bool
) -> None:
    store = sqlite_store
    room_id = await store.room_id(ROOM)
    shell = sqlite3.connect(sqlite_file, isolation_level=None)
    try:
        shell.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotDurable):
            await _written(store, room_id, with_work)
        assert await count(store) == 0
        shell.execute("ROLLBACK")
    finally:
        shell.close()
    await store.append(expiries, expiry(store, room_id, "m1"))
    assert await count(store) == 1


@pytest.mark.parametrize("with_work", [False, True])
async def test_a_database_file_that_was_moved_away_takes_no_more_promises(
    sqlite_store: Store, sqlite_file: Path, with_work: bool
) -> None:
    store = sqlite_store
    room_id = await store.room_id(ROOM)
    moved = sqlite_file.with_name("elsewhere.db")
    os.rename(sqlite_file, moved)
    with pytest.raises(NotDurable, match="moved or removed"):
        await _written(store, room_id, with_work)
    os.rename(moved, sqlite_file)
    await store.append(expiries, expiry(store, room_id, "m1"))
    assert await count(store) == 1


async def test_a_store_that_lost_its_writer_still_reads(
    sqlite_store: Store, sqlite_file: Path
) -> None:
    await sqlite_store.group_id(GROUP)
    shell = sqlite3.connect(sqlite_file, isolation_level=None)
    try:
        shell.execute("BEGIN IMMEDIATE")
        async with sqlite_store.read() as conn:
            assert await conn.scalar(select(func.count()).select_from(expiries)) == 0
    finally:
        shell.close()


async def _stored(store: Store, room_id: bytes, handle: str, with_work: bool) -> None:
    row = expiry(store, room_id, handle)
    if with_work:
        await store.write(lambda conn: conn.execute(insert(expiries).values(row)))
    else:
        await store.append(expiries, row)


async def test_a_server_that_drops_the_connection_is_found_again(
    postgres_url: str, postgres_server: needs.PostgresServer, keys: KeyRing
) -> None:
    store = await Store.open(postgres_url, keys)
    room_id = await store.room_id(ROOM)
    for handle, with_work in (("m1", False), ("m2", True)):
        postgres_server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'circlekeeper'"
        )
        outcomes = []
        for _ in range(50):
            try:
                await _stored(store, room_id, handle, with_work)
            except NotDurable:
                outcomes.append("not durable")
                await asyncio.sleep(0.05)
            else:
                outcomes.append("durable")
                break
        assert outcomes[-1] == "durable"
        assert "not durable" in outcomes
    # A reader's connection was cut as well. The pool hands it out once before it knows.
    found = 0
    for _ in range(10):
        try:
            found = await count(store)
        except DBAPIError:
            continue
        break
    assert found == 2
    await store.close()


async def test_errors_of_the_database_hold_no_values(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    group_id = await store.group_id(GROUP)
    setting = {"group_id": group_id, "name": "canary-name", "value": "canary-value"}
    await store.write(lambda conn: conn.execute(insert(group_settings).values(setting)))
    told: list[Exception] = []
    with pytest.raises(DBAPIError) as caught:
        await store.write(lambda conn: conn.execute(insert(group_settings).values(setting)))
    told.append(caught.value)
    row_id = new_id()
    job = {
        "id": row_id,
        "key": "canary-key",
        "group_id": new_id(),
        "lane": "canary-lane",
        "purpose": "canary",
        "payload": store.keys.seal(outbox.c.payload, row_id, "canary"),
        "after": DUE,
    }
    with pytest.raises(RowRefused) as refused:
        await store.append(outbox, job)
    told.append(refused.value)
    with pytest.raises(DBAPIError) as mistyped:
        await store.write(
            lambda conn: conn.execute(insert(group_settings).values({**setting, "value": None}))
        )
    told.append(mistyped.value)
    with caplog.at_level(logging.DEBUG):
        for each in told:
            logging.getLogger("test").error("failed", exc_info=each)
    text = caplog.text + "".join(
        "".join(traceback.format_exception(each)) + repr(each) for each in told
    )
    assert "canary" not in text


async def test_a_bad_message_does_not_fail_with_its_handle(store: Store) -> None:
    row = {**expiry(store, new_id(), "canary-handle")}
    with pytest.raises(RowRefused) as caught:
        await store.append(expiries, row)
    assert "canary" not in str(caught.value)
    assert "expiries" in str(caught.value)
    assert repr(message("canary")) == "<messageref>"
