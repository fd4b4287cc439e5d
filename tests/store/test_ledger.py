"""Erased stays erased: an old copy of the database brings nobody back, and nobody goes twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import NotDurable, StartError
from bot.store import KeyRing, MasterKey, Store
from bot.store.backups import backup, restore
from bot.store.columns import new_id
from bot.store.erasing import erase_member, export_member
from bot.store.ledger import ErasureLedger
from bot.store.memory import StoredMemory
from bot.store.replaying import replay
from bot.store.tables import joinings, members, outbox
from tests.store.conftest import ANA, BEN, GROUP

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def joins(store: Store, account: Any = ANA) -> None:
    await store.write(lambda conn: store.member_id(conn, GROUP, account, create=True))


async def accounts(store: Store) -> set[str]:
    async with store.read() as conn:
        rows = await conn.execute(select(members))
        return {store.keys.open(members.c.account, row.id, row.account) for row in rows}


async def test_an_old_copy_that_is_put_back_brings_nobody_back(
    sqlite_url: str, keys: KeyRing, tmp_path: Path
) -> None:
    # Given a backup that has Ana, and what waits for her and names her
    store = await Store.open(sqlite_url, keys)
    await joins(store)
    await joins(store, BEN)
    await StoredMemory(store, "sandbox").put_many({"direct ana": "7", "direct ben": "8"})
    await store.close()
    await backup(sqlite_url, tmp_path / "backup.db")
    # when she is erased, and then the backup is put back
    store = await Store.open(sqlite_url, keys)
    await erase_member(store, GROUP, ANA)
    assert await replay(store) == 0
    await store.close()
    await restore(tmp_path / "backup.db", sqlite_url, force=True)
    store = await Store.open(sqlite_url, keys)
    assert await accounts(store) == {"ana", "ben"}
    # then the start erases her again, and nobody else, once
    assert await replay(store) == 1
    assert await accounts(store) == {"ben"}
    assert await export_member(store, GROUP, ANA) == {}
    assert await StoredMemory(store, "sandbox").get("direct ben") == "8"
    assert await replay(store) == 0
    await store.close()


async def test_whoever_joined_again_stays_also_out_of_a_copy_from_then(
    sqlite_url: str, keys: KeyRing, tmp_path: Path
) -> None:
    store = await Store.open(sqlite_url, keys)
    await joins(store)
    await erase_member(store, GROUP, ANA)
    await joins(store)
    assert await replay(store) == 0
    await store.close()
    await backup(sqlite_url, tmp_path / "backup.db")
    await restore(tmp_path / "backup.db", sqlite_url, force=True)
    store = await Store.open(sqlite_url, keys)
    assert await replay(store) == 0
    assert await accounts(store) == {"ana"}
    await store.close()


@pytest.mark.slow
async def test_rows_that_tell_no_account_are_found_by_their_hash(store: Store) -> None:
    # Given somebody who was halfway in when the copy was made, and is no member there
    group_id = await store.group_id(GROUP)
    blind = store.keys.account_blind(group_id, ANA)
    job = {
        "id": new_id(),
        "key": "welcome",
        "group_id": group_id,
        "lane": "sandbox gate",
        "purpose": "held",
        "payload": store.keys.seal(outbox.c.payload, new_id(), "{}"),
        "after": AT,
        "subject_blind": blind,
    }
    await store.append(outbox, job)
    ErasureLedger(store.keys).add(group_id, [blind], AT.date())
    assert await replay(store) == 1
    async with store.read() as conn:
        assert list(await conn.scalars(select(outbox.c.id))) == []
        assert list(await conn.scalars(select(joinings.c.id))) == []


async def test_the_ledger_names_nobody_and_is_for_its_owner_alone(sqlite_store: Store) -> None:
    await joins(sqlite_store)
    await erase_member(sqlite_store, GROUP, ANA)
    ledger = ErasureLedger(sqlite_store.keys)
    assert ledger.path.stat().st_mode & 0o777 == 0o600
    written = ledger.path.read_text()
    [entry] = json.loads(written)["erasures"]
    assert set(entry) == {"id", "group", "day", "marks"}
    group_id = await sqlite_store.group_id(GROUP)
    assert sqlite_store.keys.account_blind(group_id, ANA).hex() not in written
    assert "ana" not in written


async def test_asking_again_adds_nothing(sqlite_store: Store) -> None:
    await joins(sqlite_store)
    await erase_member(sqlite_store, GROUP, ANA)
    await erase_member(sqlite_store, GROUP, ANA)
    assert len(ErasureLedger(sqlite_store.keys).all()) == 1
    # Joined and erased again, it is another erasure: copies from in between lack it.
    await joins(sqlite_store)
    await erase_member(sqlite_store, GROUP, ANA)
    assert len(ErasureLedger(sqlite_store.keys).all()) == 2


async def test_what_could_not_be_erased_is_not_in_the_ledger(sqlite_store: Store) -> None:
    await joins(sqlite_store)

    async def breaks(_: object) -> None:
        raise NotDurable("the disk is full")

    with pytest.raises(NotDurable):
        await erase_member(sqlite_store, GROUP, ANA, also=breaks)
    assert ErasureLedger(sqlite_store.keys).all() == []
    assert await accounts(sqlite_store) == {"ana"}


async def test_a_stop_between_the_ledger_and_the_rows_is_made_good(sqlite_store: Store) -> None:
    await joins(sqlite_store)
    group_id = await sqlite_store.group_id(GROUP)
    blinds = sqlite_store.keys.account_blinds(group_id, ANA)
    ErasureLedger(sqlite_store.keys).add(group_id, blinds, AT.date())
    assert await replay(sqlite_store) == 1
    assert await accounts(sqlite_store) == set()


async def test_without_a_ledger_that_can_be_written_nothing_is_erased(
    sqlite_store: Store,
) -> None:
    await joins(sqlite_store)
    ledger = ErasureLedger(sqlite_store.keys)
    ledger.path.write_text("not a list")
    with pytest.raises(NotDurable):
        await erase_member(sqlite_store, GROUP, ANA)
    with pytest.raises(StartError, match=r"erased\.json"):
        await replay(sqlite_store)
    assert await accounts(sqlite_store) == {"ana"}


async def test_a_ledger_of_another_ring_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    # Its marks would fit nobody, and everybody would seem to be erased already.
    await joins(sqlite_store)
    await erase_member(sqlite_store, GROUP, ANA)
    master = MasterKey.create(tmp_path / "elsewhere" / "master")
    other = KeyRing.create(tmp_path / "elsewhere" / "keys.json", master)
    copy = ErasureLedger(other).path
    copy.write_bytes(ErasureLedger(sqlite_store.keys).path.read_bytes())
    with pytest.raises(StartError, match="does not fit the key ring"):
        ErasureLedger(other).all()
