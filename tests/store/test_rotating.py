"""Changing the keys: whatever stops it and wherever, everything opens, and it can be ended."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import StartError
from bot.store import CannotOpen, KeyRing, MasterKey, Store, tables
from bot.store.columns import Sealed, SealedBox
from bot.store.ringfile import coming
from bot.store.rotating import change_column_key, change_master_key
from tests.store.conftest import ANA
from tests.store.planting import canary, plant

STEPS = ("open", "replace", "fsync", "unlink")
"""Whatever changes a file goes through one of these."""


class Killed(BaseException):
    """The process ends here."""


class Steps:
    """Ends the process before the n-th thing that changes a file."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.left = 0
        for name in STEPS:
            patch.setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, does: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                raise Killed
            return does(*args, **kwargs)

        return counted


def _files(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "secrets" / "master", tmp_path / "ring" / "keys.json"


def _loaded(tmp_path: Path) -> KeyRing:
    master, ring = _files(tmp_path)
    return KeyRing.load(ring, MasterKey.load(master))


def test_the_master_key_changes_and_the_old_one_opens_nothing(
    keys: KeyRing, tmp_path: Path
) -> None:
    master, ring = _files(tmp_path)
    box = keys.seal("members.account", bytes(16), "somebody")
    old, before = master.read_bytes(), ring.read_bytes()
    change_master_key(keys, master)
    assert _loaded(tmp_path).open("members.account", bytes(16), box) == "somebody"
    assert ring.read_bytes() != before
    assert master.stat().st_mode & 0o777 == 0o600
    master.write_bytes(old)
    with pytest.raises(StartError, match="does not fit"):
        _loaded(tmp_path)
    assert {path.name for path in (*master.parent.iterdir(), *ring.parent.iterdir())} == {
        "master",
        "keys.json",
    }


def test_a_change_of_the_master_key_survives_a_kill_before_every_step(
    keys: KeyRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, _ = _files(tmp_path)
    box = keys.seal("members.account", bytes(16), "somebody")
    steps = Steps(monkeypatch)
    for at in range(1, 100):
        ring = _loaded(tmp_path)
        steps.left = at
        try:
            change_master_key(ring, master)
        except Killed:
            killed = True
        else:
            killed = False
        steps.left = 0
        # The next start opens everything, and a key that it makes is not lost by the next change.
        ring = _loaded(tmp_path)
        assert ring.open("members.account", bytes(16), box) == "somebody"
        guard = ring.guard_key(bytes(15) + bytes([at]))
        change_master_key(ring, master)
        assert _loaded(tmp_path).guard_key(bytes(15) + bytes([at])) == guard
        if not killed:
            break
    assert at > 10, "it was stopped at many places"


def test_a_ring_from_a_change_that_was_cut_off_is_never_taken_for_a_newer_one(
    keys: KeyRing, tmp_path: Path
) -> None:
    _, ring = _files(tmp_path)
    other = MasterKey.create(tmp_path / "other")
    keys.write_under(other, coming(ring))
    keys.guard_key(bytes(16))
    assert not coming(ring).exists()


async def _boxes(store: Store) -> dict[tuple[str, str], SealedBox]:
    found = {}
    async with store.read() as conn:
        for table in tables.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Sealed):
                    for row in await conn.execute(select(table.c.id, column)):
                        # What was planted holds its canary; another box of the store opens too.
                        opened = store.keys.open(column, row.id, row[1])
                        assert canary(table, column) in opened or table.name == "ring_check"
                        found[table.name, column.name] = row[1]
    return found


async def test_columns_are_sealed_anew_and_the_old_key_is_gone(
    store: Store, keys: KeyRing, tmp_path: Path, every_byte: Callable[[], bytes]
) -> None:
    await store.write(lambda conn: plant(conn, keys, ANA))
    before = await _boxes(store)
    old = _loaded(tmp_path)
    assert await change_column_key(store) >= len(before)
    after = await _boxes(store)
    assert set(after) == set(before)
    assert all(after[name] != box for name, box in before.items())
    # The ring of today opens no box of a backup from before, and no such box is left.
    (table, name), box = next(iter(before.items()))
    with pytest.raises(CannotOpen):
        _loaded(tmp_path).open(f"{table}.{name}", bytes(16), box)
    assert old.column_keys == _loaded(tmp_path).column_keys == 1
    if store._where.path is not None:
        on_disk = every_byte()
        assert not any(box.data in on_disk for box in before.values())


@pytest.mark.slow
async def test_a_change_of_the_column_key_survives_a_kill_before_every_write(
    sqlite_url: str, keys: KeyRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(sqlite_url, keys)
    await store.write(lambda conn: plant(conn, keys, ANA))
    before = await _boxes(store)
    stopped = 0
    for at in range(1, 200):
        left = at

        async def write(work: Any, real: Any = store.write) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return await real(work)

        def destroy(real: Any = store.keys.destroy_old_column_keys) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            real()

        with monkeypatch.context() as patch:
            patch.setattr(store, "write", write)
            patch.setattr(store.keys, "destroy_old_column_keys", destroy)
            try:
                await change_column_key(store)
            except Killed:
                stopped += 1
            else:
                break
        # What is on disk opens with the ring that is on disk.
        store.keys = keys = _loaded(tmp_path)
        assert keys.column_keys == 2
        assert set(await _boxes(store)) == set(before)
    after = await _boxes(store)
    await store.close()
    assert stopped > 10, "it was stopped at many places"
    assert _loaded(tmp_path).column_keys == 1
    assert not any(_loaded(tmp_path).is_old(box) for box in after.values())
    reopened = await Store.open(sqlite_url, _loaded(tmp_path))
    await reopened.close()
