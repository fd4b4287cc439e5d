"""Erasing: every table says what happens, and afterwards no byte is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.model import Account
from bot.store import KeyRing, Store, new_id
from bot.store.backups import backup
from bot.store.columns import Blind, Sealed
from bot.store.erasing import erase_member, erasing_of, export_member, leads_of
from bot.store.memory import StoredMemory
from bot.store.rights_tables import erasures
from bot.store.tables import (
    NOT_ABOUT_MEMBERS,
    Erase,
    Keep,
    Leads,
    groups,
    members,
    metadata,
)
from tests.store.conftest import ANA, BEN, GROUP
from tests.store.planting import canary, count_rows, plant

pytestmark = pytest.mark.slow

ABOUT = [table for table in metadata.sorted_tables if erasing_of(table) is not NOT_ABOUT_MEMBERS]


async def planted(store: Store, account: Account, mark: str = "") -> dict[str, dict[str, Any]]:
    """One row everywhere, in the group that the tests erase from."""
    rows = await store.write(lambda conn: plant(conn, store.keys, account, mark))
    blind = store.keys.blind("group", f"{GROUP.platform}\0{GROUP.handle}")
    await store.write(
        lambda conn: conn.execute(
            update(groups).where(groups.c.id == rows["groups"]["id"]).values(handle_blind=blind)
        )
    )
    return rows


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_every_table_says_what_it_is_for_and_how_its_rows_go(table: Any) -> None:
    assert table.comment
    assert "\n" not in table.comment
    assert table.info["retention"]
    rule = erasing_of(table)
    if isinstance(rule, Keep):
        assert rule.reason
        assert rule.until
    else:
        assert rule is NOT_ABOUT_MEMBERS or isinstance(rule, Erase)


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_every_column_that_leads_to_a_member_is_covered(table: Any) -> None:
    leads = leads_of(table)
    for column in table.columns:
        points = [key.column.table.name for key in column.foreign_keys]
        named = any(word in column.name for word in ("account", "member", "subject", "author"))
        if "members" in points:
            assert leads[column.name] is Leads.MEMBER
        elif column.name == "tag":
            assert leads[column.name] is Leads.TAG
        elif named and isinstance(column.type, Blind):
            assert leads[column.name] is Leads.ACCOUNT
        elif named and isinstance(column.type, Sealed):
            assert table.name == "members", f"{column}: a handle belongs into members alone"
    if leads:
        assert erasing_of(table) is not NOT_ABOUT_MEMBERS
    else:
        assert erasing_of(table) is NOT_ABOUT_MEMBERS
    if erasing_of(table) is Erase.UNLINK:
        assert all(table.c[name].nullable for name in leads)
    if isinstance(erasing_of(table), Keep):
        assert set(leads.values()) == {Leads.TAG}


async def test_erasing_takes_what_the_schema_says_and_nothing_of_others(store: Store) -> None:
    await planted(store, ANA)
    ben_id = await store.write(lambda conn: store.member_id(conn, GROUP, BEN, create=True))
    before = await count_rows(store)
    done = await erase_member(store, GROUP, ANA)
    after = await count_rows(store)
    for table in metadata.sorted_tables:
        expected = before[table.name] - (1 if erasing_of(table) is Erase.DELETE else 0)
        # That it was done is noted.
        expected += table is erasures
        assert after[table.name] == expected, table.name
    assert done.deleted == {table.name: 1 for table in ABOUT if erasing_of(table) is Erase.DELETE}
    assert done.unlinked == {table.name: 1 for table in ABOUT if erasing_of(table) is Erase.UNLINK}
    assert done.kept.keys() == {t.name for t in ABOUT if isinstance(erasing_of(t), Keep)}
    async with store.read() as conn:
        assert list(await conn.scalars(select(members.c.id))) == [ben_id]
        for table in ABOUT:
            if erasing_of(table) is Erase.UNLINK:
                row = (await conn.execute(select(table))).one()
                assert [getattr(row, name) for name in leads_of(table)] == [None]
    again = await erase_member(store, GROUP, ANA)
    assert not any(again.deleted.values())


async def test_erasing_somebody_unknown_does_nothing(store: Store) -> None:
    done = await erase_member(store, GROUP, ANA)
    assert not any(done.deleted.values())
    assert done.swept


async def test_what_is_not_yet_a_member_is_erased_too(store: Store) -> None:
    rows = await planted(store, BEN)
    joinings, outbox = metadata.tables["joinings"], metadata.tables["outbox"]
    group_id = rows["groups"]["id"]
    row_id, job_id = new_id(), new_id()
    await store.append(
        joinings,
        {
            **rows["joinings"],
            "id": row_id,
            "account_blind": store.keys.account_blind(group_id, ANA),
        },
    )
    await store.append(
        outbox,
        {
            **rows["outbox"],
            "id": job_id,
            "key": "welcome",
            "subject_blind": store.keys.account_blind(group_id, ANA),
        },
    )
    done = await erase_member(store, GROUP, ANA)
    assert done.deleted["joinings"] == done.deleted["outbox"] == 1
    async with store.read() as conn:
        assert list(await conn.scalars(select(joinings.c.id))) == [rows["joinings"]["id"]]
        assert list(await conn.scalars(select(outbox.c.id))) == [rows["outbox"]["id"]]


async def test_an_adapters_memory_forgets_whom_it_names(store: Store) -> None:
    memory = StoredMemory(store, "sandbox")
    await memory.put_many(
        {
            "direct ana": "room-7",
            "sync": "checkpoint-5",
            "button 1": '{"only_for": {"account": ["sandbox", "ana"]}}',
            "room of ben": "ana",
            "direct banana": "room-8",
            "note": "ana wrote this",
        }
    )
    await StoredMemory(store, "other").put("direct ana", "room-9")
    await erase_member(store, GROUP, ANA)
    left = {
        key: await memory.get(key)
        for key in ("direct ana", "sync", "button 1", "room of ben", "direct banana", "note")
    }
    assert left == {
        "direct ana": None,
        "sync": "checkpoint-5",
        "button 1": None,
        "room of ben": None,
        "direct banana": "room-8",
        "note": "ana wrote this",
    }
    assert await StoredMemory(store, "other").get("direct ana") == "room-9"


async def test_a_member_reads_what_is_stored_but_not_whose_posts_are_whose(store: Store) -> None:
    await planted(store, ANA)
    found = await export_member(store, GROUP, ANA)
    expected = {table.name for table in ABOUT if set(leads_of(table).values()) - {Leads.TAG}}
    assert set(found) == expected
    [member] = found["members"]
    assert member == {"account": canary(members, members.c.account)}
    assert "posts" not in found
    for rows in found.values():
        for row in rows:
            assert not any(isinstance(value, bytes) for value in row.values())
    assert await export_member(store, GROUP, BEN) == {}


@pytest.mark.parametrize("swept_first", [True, False])
async def test_planted_words_are_in_no_byte_of_anything(
    sqlite_url: str,
    keys: KeyRing,
    tmp_path: Path,
    every_byte: Callable[[], bytes],
    swept_first: bool,
) -> None:
    store = await Store.open(sqlite_url, keys)
    rows = await planted(store, ANA)
    if swept_first:
        assert await store.sweep()
    await backup(sqlite_url, tmp_path / "backup.db")
    boxes = {
        f"{table}.{name}": value.data
        for table, row in rows.items()
        for name, value in row.items()
        if hasattr(value, "data")
    }
    seen = every_byte()
    assert b"canary" not in seen
    # The search would find something: the boxes are there.
    assert all(box in seen for box in boxes.values())
    (tmp_path / "backup.db").unlink()
    assert (await erase_member(store, GROUP, ANA)).swept
    seen = every_byte()
    for name, box in boxes.items():
        table = metadata.tables[name.partition(".")[0]]
        assert (box in seen) == (erasing_of(table) is not Erase.DELETE), name
    await store.close()
    assert b"canary" not in every_byte()


async def test_a_sweep_waits_for_readers_and_tells_when_they_never_leave(
    sqlite_store: Store, every_byte: Callable[[], bytes]
) -> None:
    store = sqlite_store
    rows = await planted(store, ANA)
    box = rows["members"]["account"].data
    assert await store.sweep()
    async with store.read() as conn:
        await conn.execute(select(members))
        done = await erase_member_briefly(store)
        assert not done
        assert store.unswept == 1
        assert box in every_byte()
        # Writing goes on meanwhile.
        await store.write(lambda conn: store.member_id(conn, GROUP, BEN, create=True))
        sweeping = asyncio.ensure_future(store.sweep(patience=10))
        await asyncio.sleep(0.1)
        assert not sweeping.done()
    assert await sweeping
    assert store.unswept == 0
    assert box not in every_byte()


async def erase_member_briefly(store: Store) -> bool:
    """Erase, with little patience for readers."""
    await store.write(
        lambda conn: conn.execute(members.delete().where(members.c.account_blind.is_not(None)))
    )
    return await store.sweep(patience=0.2)


async def test_a_group_that_goes_takes_everything_with_it(store: Store) -> None:
    await planted(store, ANA)
    await store.write(lambda conn: conn.execute(groups.delete()))
    left = {name for name, rows in (await count_rows(store)).items() if rows}
    # The audit only grows; what it said about somebody went with the group.
    assert left == {"ring_check", "memory", "audit"}


async def test_rows_without_a_member_survive(store: Store) -> None:
    rows = await planted(store, ANA)
    settings = metadata.tables["group_settings"]
    row = {**rows["group_settings"], "name": "other"}
    await store.write(lambda conn: conn.execute(insert(settings).values(row)))
    await erase_member(store, GROUP, ANA)
    assert (await count_rows(store))["group_settings"] == 2
