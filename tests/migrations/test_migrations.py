"""Migrations: head equals the tables, every step up and down carries rows, nothing newer opens."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text

from bot.errors import StartError
from bot.store import KeyRing, Store, migrations
from bot.store.engines import place, writer_engine
from bot.store.migrations import migrate
from bot.store.migrations.revisions import revisions
from bot.store.tables import metadata
from tests.store.conftest import ANA
from tests.store.planting import count_rows, plant

pytestmark = pytest.mark.slow

SCRIPT = ScriptDirectory(str(Path(migrations.__file__).parent))
REVISIONS = [each.revision for each in SCRIPT.walk_revisions()]


async def _ask(url: str, question: Any) -> Any:
    engine = writer_engine(place(url))
    try:
        async with engine.begin() as conn:
            return await conn.run_sync(question)
    finally:
        await engine.dispose()


def _differences(sync: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    found: list[Any] = compare_metadata(MigrationContext.configure(sync, opts=options), metadata)
    return found


def _tables(sync: Connection) -> set[str]:
    return set(inspect(sync).get_table_names()) - {"alembic_version"}


def _checks(sync: Connection) -> dict[str, set[str]]:
    inspector = inspect(sync)
    return {
        table: {str(check["name"]) for check in inspector.get_check_constraints(table)}
        for table in _tables(sync)
    }


async def test_head_equals_the_tables(url: str) -> None:
    await migrate(url)
    assert await _ask(url, _differences) == []
    # Alembic does not compare these.
    assert await _ask(url, _checks) == {
        table.name: {
            str(each.name) for each in table.constraints if type(each).__name__ == "CheckConstraint"
        }
        for table in metadata.sorted_tables
    }


def test_the_revisions_are_one_line() -> None:
    assert len(SCRIPT.get_heads()) == 1
    assert len(SCRIPT.get_bases()) == 1
    # Files are named so that a start knows them all without Alembic.
    assert list(revisions()) == REVISIONS[::-1]


@pytest.mark.parametrize("revision", REVISIONS)
async def test_every_revision_goes_down_and_up_again_with_rows(
    url: str, keys: KeyRing, revision: str
) -> None:
    store = await Store.open(url, keys)
    await store.write(lambda conn: plant(conn, keys, ANA))
    before = await count_rows(store)
    # The first two are the store's own check, and the planted one.
    assert set(before.values()) == {1, 2}
    await store.close()
    down = SCRIPT.get_revision(revision).down_revision
    await migrate(url, str(down) if down else "base")
    if down is None:
        assert await _ask(url, _tables) == set()
    await migrate(url, revision)
    await migrate(url)
    assert await _ask(url, _differences) == []


async def test_migrating_twice_is_migrating_once(url: str, keys: KeyRing) -> None:
    await migrate(url)
    store = await Store.open(url, keys)
    planted = await store.write(lambda conn: plant(conn, keys, ANA))
    await store.close()
    await migrate(url)
    store = await Store.open(url, keys)
    async with store.read() as conn:
        for table in metadata.sorted_tables:
            found = [dict(row._mapping) for row in await conn.execute(select(table))]
            assert planted[table.name] in found
    await store.close()


async def test_a_newer_schema_is_refused_and_left_alone(url: str, keys: KeyRing) -> None:
    await migrate(url)
    await _ask(
        url, lambda sync: sync.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    )
    for attempt in (migrate(url), Store.open(url, keys)):
        with pytest.raises(StartError, match=r"newer Circlekeeper .*r9999"):
            await attempt
    assert await _ask(url, _tables) == set(metadata.tables)


async def test_a_running_bot_is_not_migrated_under_its_feet(url: str, keys: KeyRing) -> None:
    store = await Store.open(url, keys)
    with pytest.raises(StartError, match="already running"):
        await migrate(url)
    await store.close()
    await migrate(url)


async def test_a_copy_is_made_first_and_goes_when_all_went_well(
    sqlite_url: str, sqlite_file: Path, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(sqlite_url, keys)
    await store.write(lambda conn: plant(conn, keys, ANA))
    await store.close()
    copy = sqlite_file.with_name("circle.db.before-migration")
    seen: list[bool] = []
    run = migrations._run

    def looks(*given: Any) -> None:
        seen.append(copy.exists())
        run(*given)

    monkeypatch.setattr(migrations, "_run", looks)
    await migrate(sqlite_url, "base")
    assert seen == [True]
    assert not copy.exists()
    # The bytes of dropped tables are gone with them.
    assert not sqlite_file.with_name("circle.db-wal").exists()


async def test_a_failed_migration_changes_nothing_and_names_the_copy(
    sqlite_url: str, sqlite_file: Path, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(sqlite_url, keys)
    await store.write(lambda conn: plant(conn, keys, ANA))
    await store.close()

    def breaks(sync: Connection, *_given: Any) -> None:
        sync.execute(text("DROP TABLE acknowledgements"))
        sync.execute(text("DROP TABLE nothing_of_that_name"))

    with monkeypatch.context() as patched:
        patched.setattr(migrations, "_run", breaks)
        with pytest.raises(StartError, match="before-migration"):
            await migrate(sqlite_url, "base")
    copy = sqlite_file.with_name("circle.db.before-migration")
    for file in (copy, sqlite_file):
        db = sqlite3.connect(file)
        assert db.execute("SELECT count(*) FROM acknowledgements").fetchone() == (1,)
        db.close()
    assert copy.stat().st_mode & 0o777 == 0o600
    store = await Store.open(sqlite_url, keys)
    await store.close()
