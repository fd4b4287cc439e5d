# ruff: noqa: ASYNC240  (tests look at files while nobody else waits)
"""Opening: what cannot be right is refused with what to do, and nothing is made anew in silence."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.errors import StartError
from bot.model import Group, Room
from bot.store import KeyRing, MasterKey, Store, migrations
from bot.store.tables import groups, rooms
from tests.store.conftest import ANA, BEN, GROUP, ROOM
from tests.store.planting import plant

pytestmark = pytest.mark.slow

HOLDER = """
import asyncio, sys
from pathlib import Path
from bot.store import KeyRing, MasterKey, Store

async def main(url, master, ring):
    await Store.open(url, KeyRing.load(Path(ring), MasterKey.load(Path(master))))
    print("open", flush=True)
    await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_what_was_stored_is_there_after_closing(url: str, keys: KeyRing) -> None:
    store = await Store.open(url, keys)
    group_id, room_id = await store.group_id(GROUP), await store.room_id(ROOM)
    await store.close()
    again = await Store.open(url, keys)
    assert await again.group_id(GROUP) == group_id
    assert await again.room_id(ROOM) == room_id
    await again.close()


async def test_a_second_start_is_refused(url: str, keys: KeyRing, store: Store) -> None:
    with pytest.raises(StartError, match="already running"):
        await Store.open(url, keys)
    assert await store.group_id(GROUP)
    await store.close()
    await (await Store.open(url, keys)).close()


async def test_a_killed_bot_leaves_no_lock_behind(url: str, keys: KeyRing, tmp_path: Path) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLDER,
        url,
        str(tmp_path / "secrets" / "master"),
        str(tmp_path / "ring" / "keys.json"),
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"open\n"
    with pytest.raises(StartError, match="already running"):
        await Store.open(url, keys)
    os.kill(holder.pid, signal.SIGKILL)
    await holder.wait()
    store = await Store.open(url, keys)
    await store.close()


async def test_another_key_ring_is_noticed(url: str, keys: KeyRing, tmp_path: Path) -> None:
    store = await Store.open(url, keys)
    await store.group_id(GROUP)
    await store.close()
    other = KeyRing.create(tmp_path / "other.json", MasterKey.create(tmp_path / "other-master"))
    with pytest.raises(StartError, match="key ring does not fit"):
        await Store.open(url, other)
    # And nothing was sealed with it meanwhile.
    store = await Store.open(url, keys)
    assert await store.group_id(GROUP)
    await store.close()


@pytest.mark.parametrize(
    "setting",
    ["", "circle.db", "mysql://host/db", "sqlite://", "sqlite:///:memory:", "sqlite:///a?mode=ro"],
)
async def test_a_setting_that_is_no_database_is_explained(keys: KeyRing, setting: str) -> None:
    with pytest.raises(StartError, match="sqlite:///folder/file"):
        await Store.open(setting, keys)


async def test_a_server_that_is_not_there_is_named_without_its_password(keys: KeyRing) -> None:
    with pytest.raises(StartError, match="cannot be opened") as caught:
        await Store.open("postgresql://user:canary-password@127.0.0.1:1/circle", keys)
    assert "canary" not in str(caught.value)
    assert "user" in str(caught.value)


@pytest.mark.parametrize("damage", ["text", "header", "middle", "cut", "cut and large", "folder"])
async def test_a_damaged_file_is_refused_and_left_as_it_is(
    sqlite_url: str,
    sqlite_file: Path,
    keys: KeyRing,
    damage: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = await Store.open(sqlite_url, keys)
    for n in range(30):
        await store.write(partial(plant, keys=keys, account=ANA, mark="x" * n))
    await store.close()
    whole = bytearray(sqlite_file.read_bytes())
    match damage:
        case "text":
            whole[:] = b"this is not a database, and it is longer than a header" * 200
        case "header":
            whole[0:16] = bytes(16)
        case "middle":
            # Every page but the first two: whatever is read, it is wrong.
            whole[8192:] = os.urandom(len(whole) - 8192)
        case "cut" | "cut and large":
            if damage != "cut":
                monkeypatch.setattr(migrations, "_THOROUGH_UP_TO", 0)
            del whole[len(whole) // 2 :]
        case "folder":
            sqlite_file.unlink()
            sqlite_file.mkdir()
    if damage != "folder":
        sqlite_file.write_bytes(whole)
    with pytest.raises(StartError, match=str(sqlite_file)) as caught:
        await Store.open(sqlite_url, keys)
    assert "estore" in str(caught.value)
    if damage != "folder":
        assert sqlite_file.read_bytes() == whole
    # The refusal holds no lock.
    with pytest.raises(StartError, match=str(sqlite_file)):
        await Store.open(sqlite_url, keys)


async def test_only_its_owner_may_read_the_files(sqlite_store: Store, sqlite_file: Path) -> None:
    await sqlite_store.group_id(GROUP)
    modes = {path.name: path.stat().st_mode & 0o777 for path in sqlite_file.parent.iterdir()}
    assert set(modes) >= {"circle.db", "circle.db-wal", "circle.db.lock"}
    assert set(modes.values()) == {0o600}
    assert sqlite_file.parent.stat().st_mode & 0o777 == 0o700


async def test_many_first_uses_make_one_row(store: Store) -> None:
    found = await asyncio.gather(*(store.room_id(ROOM) for _ in range(20)))
    assert len(set(found)) == 1
    async with store.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(rooms)) == 1
        assert await conn.scalar(select(func.count()).select_from(groups)) == 1
    assert await store.group_id(Group("other", GROUP.handle)) != await store.group_id(GROUP)
    assert await store.room_id(Room(Group("other", "g"), ROOM.handle)) not in found


async def test_an_id_made_in_work_that_fails_is_not_remembered(store: Store) -> None:
    async def fails(conn: object) -> None:
        await store.room_id(ROOM, conn)  # type: ignore[arg-type]
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fails)
    room_id = await store.room_id(ROOM)
    async with store.read() as conn:
        assert list(await conn.scalars(select(rooms.c.id))) == [room_id]


async def test_a_member_is_made_once_and_found_by_reading(store: Store) -> None:
    async with store.read() as conn:
        assert await store.member_id(conn, GROUP, ANA) is None
    made = await store.write(lambda conn: store.member_id(conn, GROUP, ANA, create=True))
    again = await store.write(lambda conn: store.member_id(conn, GROUP, ANA, create=True))
    async with store.read() as conn:
        assert made == again == await store.member_id(conn, GROUP, ANA)
        assert await store.member_id(conn, GROUP, BEN) is None
        assert await store.member_id(conn, Group("sandbox", "elsewhere"), ANA) is None


async def test_forgetting_a_group_drops_its_ids(store: Store) -> None:
    await store.room_id(ROOM)
    await store.write(lambda conn: conn.execute(groups.delete()))
    store.forget(GROUP)
    async with store.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(rooms)) == 0
    assert await store.room_id(ROOM)
