"""An adapter's memory: sealed, each platform's own, and forgetful on time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.clock import Clock
from bot.inbox import Memory
from bot.store import KeyRing, Store
from bot.store.memory import StoredMemory
from tests.store.planting import count_rows

pytestmark = pytest.mark.slow


async def test_what_is_put_is_there_until_it_is_dropped(store: Store) -> None:
    memory: Memory = StoredMemory(store, "sandbox")
    assert await memory.get("k") is None
    await memory.put("k", "one")
    await memory.put("k", "two")
    assert await memory.get("k") == "two"
    await memory.put_many({"a": "1", "b": "", "k": "three"})
    assert [await memory.get(key) for key in ("a", "b", "k")] == ["1", "", "three"]
    await memory.drop("k")
    await memory.drop("k")
    assert await memory.get("k") is None


async def test_platforms_do_not_see_each_other(store: Store) -> None:
    await StoredMemory(store, "one").put("k", "v")
    assert await StoredMemory(store, "other").get("k") is None


async def test_what_begins_alike_is_found_and_what_is_over_or_anothers_is_not(
    store: Store,
) -> None:
    clock = Clock()
    memory: Memory = StoredMemory(store, "one", clock)
    await memory.put_many({"key a": "1", "key b": "2", "other": "3"})
    await memory.put("key c", "4", timedelta(minutes=5))
    await StoredMemory(store, "two").put("key d", "5")
    assert await memory.find("key ") == {"key a": "1", "key b": "2", "key c": "4"}
    clock.shift(timedelta(minutes=6))
    assert await memory.find("key ") == {"key a": "1", "key b": "2"}


async def test_what_lasts_a_while_is_gone_afterwards(store: Store) -> None:
    clock = Clock()
    memory = StoredMemory(store, "sandbox", clock)
    await memory.put("short", "v", timedelta(minutes=5))
    await memory.put("long", "v", timedelta(hours=5))
    await memory.put("always", "v")
    clock.shift(timedelta(minutes=6))
    assert [await memory.get(key) for key in ("short", "long", "always")] == [None, "v", "v"]
    await memory.put("other", "v")
    assert (await count_rows(store))["memory"] == 3


async def test_a_key_with_a_nul_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="NUL"):
        await StoredMemory(store, "sandbox").put("a\0b", "v")


async def test_neither_key_nor_value_is_readable(
    sqlite_url: str, keys: KeyRing, every_byte: Callable[[], bytes]
) -> None:
    store = await Store.open(sqlite_url, keys)
    await StoredMemory(store, "sandbox").put("canary-key", "canary-value")
    assert b"canary" not in every_byte()
    await store.close()
