"""Column types: what goes in comes out, in order, and nothing plain goes in."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import StatementError

from bot.store import KeyRing, Store, new_id
from bot.store.columns import id_by, to_microseconds
from bot.store.tables import memory, ring_check

moments = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


def _remembered(keys: KeyRing, name: str, until: datetime | None) -> dict[str, Any]:
    row_id = new_id()
    return {
        "id": row_id,
        "platform": "sandbox",
        "key_blind": keys.blind("test", name),
        "value": keys.seal(memory.c.value, row_id, name),
        "until": until,
    }


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(moments, min_size=1, max_size=8, unique=True), moments)
async def test_moments_come_back_in_utc_and_sort_and_compare_as_moments(
    store: Store, at: list[datetime], border: datetime
) -> None:
    async def work(conn: Any) -> tuple[list[Any], set[Any]]:
        await conn.execute(delete(memory))
        await conn.execute(
            insert(memory), [_remembered(store.keys, str(i), each) for i, each in enumerate(at)]
        )
        every = await conn.scalars(select(memory.c.until).order_by(memory.c.until))
        before = await conn.scalars(select(memory.c.until).where(memory.c.until < border))
        return list(every), set(before)

    found, before = await store.write(work)
    assert found == sorted(at)
    assert all(each.tzinfo is UTC for each in found)
    assert before == {each for each in at if each < border}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", b"short"),
        ("id", "a text of 16 chr"),
        ("key_blind", "canary-handle"),
        ("key_blind", b"canary-handle"),
        ("value", "canary-handle"),
        ("value", b"canary-handle"),
        ("value", 5),
        ("until", datetime(2026, 1, 1)),  # noqa: DTZ001
        ("until", 5),
        ("until", "canary-handle"),
    ],
)
async def test_a_column_refuses_what_is_not_its_kind_and_does_not_repeat_it(
    sqlite_store: Store, column: str, value: object
) -> None:
    row = {**_remembered(sqlite_store.keys, "x", datetime.now(UTC)), column: value}
    with pytest.raises(StatementError) as slow:
        await sqlite_store.write(lambda conn: conn.execute(insert(memory).values(row)))
    assert isinstance(slow.value.orig, TypeError)
    with pytest.raises(TypeError) as fast:
        sqlite_store.append(memory, row)
    assert "canary" not in f"{slow.value} {fast.value}"


async def test_both_ways_of_writing_store_the_same(store: Store) -> None:
    slow, fast, empty = (
        _remembered(store.keys, name, until)
        for name, until in [
            ("slow", datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
            ("fast", datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
            ("empty", None),
        ]
    )
    await store.write(lambda conn: conn.execute(insert(memory).values(slow)))
    await store.append(memory, fast)
    await store.append(memory, empty)
    async with store.read() as conn:
        found = {row.id: row._asdict() for row in await conn.execute(select(memory))}
    assert found == {row["id"]: row for row in (slow, fast, empty)}


async def test_a_box_says_nothing(store: Store) -> None:
    async with store.read() as conn:
        row = (await conn.execute(select(ring_check))).one()
    assert repr(row.box) == "<sealed>"
    assert str(row.box) == "<sealed>"


@given(moments.filter(lambda at: at.year >= 1971), moments.filter(lambda at: at.year >= 1971))
def test_ids_by_a_moment_sort_by_it_and_differ(one: datetime, other: datetime) -> None:
    first, second = (id_by(to_microseconds(at), os.urandom(18)) for at in (one, other))
    assert len(first) == 16
    assert first != second
    if one != other:
        assert (first < second) == (one < other)
