# ruff: noqa: ASYNC240  (tests look at files while nobody else waits)
"""Backups: whole, for the owner alone, and never over something else by accident."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.errors import StartError
from bot.model import Group
from bot.store import KeyRing, Store
from bot.store.backups import backup, restore
from bot.store.tables import expiries
from tests.store.conftest import GROUP, ROOM
from tests.store.planting import count_rows
from tests.store.test_writer import count, expiry


@pytest.fixture
async def saved(sqlite_url: str, keys: KeyRing, tmp_path: Path) -> Path:
    """A backup of a database that has one group, which the database then lost."""
    store = await Store.open(sqlite_url, keys)
    await store.group_id(GROUP)
    await backup(sqlite_url, tmp_path / "saved.db")
    await store.group_id(Group("sandbox", "later"))
    await store.close()
    return tmp_path / "saved.db"


async def test_a_backup_while_rows_are_written_is_one_moment(
    sqlite_store: Store, sqlite_url: str, keys: KeyRing, tmp_path: Path
) -> None:
    store = sqlite_store
    room_id = await store.room_id(ROOM)
    written = 0
    enough = asyncio.Event()

    async def write() -> None:
        nonlocal written
        while True:
            if written == 20:
                enough.set()
            await store.append(expiries, expiry(store, room_id, f"m{written}"))
            written += 1

    writing = asyncio.create_task(write())
    await enough.wait()
    before = written
    await backup(sqlite_url, tmp_path / "saved.db")
    after = written
    writing.cancel()
    saved = await Store.open(f"sqlite:///{tmp_path}/saved.db", keys)
    assert before <= await count(saved) <= after + 1
    await saved.close()


async def test_a_backup_is_one_file_for_its_owner_without_keys(saved: Path, tmp_path: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "saved" in path.name] == ["saved.db"]
    content = saved.read_bytes()
    for secret in (*(tmp_path / "secrets").iterdir(), *(tmp_path / "ring").iterdir()):
        assert secret.read_bytes().strip() not in content
    db = sqlite3.connect(saved)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    db.close()


async def test_a_restored_backup_is_what_it_was(
    saved: Path, sqlite_url: str, sqlite_file: Path, keys: KeyRing
) -> None:
    with pytest.raises(StartError, match="--force"):
        await restore(saved, sqlite_url)
    await restore(saved, sqlite_url, force=True)
    assert sqlite_file.stat().st_mode & 0o777 == 0o600
    store = await Store.open(sqlite_url, keys)
    assert (await count_rows(store))["groups"] == 1
    await store.close()


async def test_a_backup_comes_back_to_an_empty_place(
    saved: Path, tmp_path: Path, keys: KeyRing
) -> None:
    await restore(saved, f"sqlite:///{tmp_path}/new/circle.db")
    store = await Store.open(f"sqlite:///{tmp_path}/new/circle.db", keys)
    assert (await count_rows(store))["groups"] == 1
    await store.close()


async def test_a_running_bot_is_not_restored_over(
    saved: Path, sqlite_url: str, keys: KeyRing
) -> None:
    store = await Store.open(sqlite_url, keys)
    with pytest.raises(StartError, match="already running"):
        await restore(saved, sqlite_url, force=True)
    assert (await count_rows(store))["groups"] == 2
    await store.close()


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "newer", "another program's"])
async def test_what_is_no_good_backup_changes_nothing(
    saved: Path, sqlite_url: str, sqlite_file: Path, damage: str
) -> None:
    before = sqlite_file.read_bytes()
    match damage:
        case "cut":
            saved.write_bytes(saved.read_bytes()[:-5000])
        case "text":
            saved.write_text("not a database")
        case "empty":
            saved.write_bytes(b"")
        case "newer":
            _change(saved, "UPDATE alembic_version SET version_num = 'r9999'")
        case "another program's":
            _change(saved, "DROP TABLE alembic_version")
    with pytest.raises(StartError, match="Nothing was changed"):
        await restore(saved, sqlite_url, force=True)
    assert sqlite_file.read_bytes() == before
    assert not list(sqlite_file.parent.glob("*.part"))


def _change(file: Path, statement: str) -> None:
    db = sqlite3.connect(file)
    db.execute(statement)
    db.commit()
    db.close()


async def test_a_backup_replaces_nothing(saved: Path, sqlite_url: str) -> None:
    before = saved.read_bytes()
    with pytest.raises(StartError, match="exists already"):
        await backup(sqlite_url, saved)
    assert saved.read_bytes() == before


async def test_what_is_not_there_is_named(tmp_path: Path, sqlite_url: str) -> None:
    with pytest.raises(StartError, match="no database"):
        await backup(sqlite_url, tmp_path / "saved.db")
    with pytest.raises(StartError, match="no backup"):
        await restore(tmp_path / "saved.db", sqlite_url)
    assert not (tmp_path / "data").exists()


async def test_postgresql_has_its_own_tools(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="pg_dump"):
        await backup("postgresql://host/circle", tmp_path / "saved.db")
    with pytest.raises(StartError, match="pg_restore"):
        await restore(tmp_path / "saved.db", "postgresql://host/circle")
