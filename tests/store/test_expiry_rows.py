"""What becomes of due times when the platform answered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.model import MessageRef
from bot.store import KeyRing, RowRefused, Store, expiry_rows
from bot.store.tables import expiries
from tests.store.conftest import GROUP, ROOM, message

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
TODAY = AT.date()
OTHER_ROOM = type(ROOM)(GROUP, "room-2")


async def planted(store: Store, keys: KeyRing, count: int) -> list[expiry_rows.ExpiryRow]:
    """Messages that are due, in two rooms by turns."""
    rooms = [await store.room_id(room) for room in (ROOM, OTHER_ROOM)]
    for number in range(count):
        blind = store.message_blind(message(f"m{number}"))
        at = AT + timedelta(seconds=number)
        await store.append(expiries, expiry_rows.row(keys, rooms[number % 2], blind, "m", at))
    return await due(store, keys)


async def due(store: Store, keys: KeyRing) -> list[expiry_rows.ExpiryRow]:
    async with store.read() as conn:
        return await expiry_rows.due(conn, AT + timedelta(hours=1), [], limit=100)


async def answered(
    store: Store,
    gone: Sequence[expiry_rows.ExpiryRow],
    **stuck: Sequence[expiry_rows.ExpiryRow],
) -> None:
    ids = [row.id for row in gone]
    await store.write(lambda conn: expiry_rows.confirm(conn, ids, stuck, TODAY))


async def counted(store: Store) -> dict[tuple[bytes, str], int]:
    async with store.read() as conn:
        found = await expiry_rows.counts(conn, TODAY)
    return {(count.room_id, count.outcome): count.count for count in found}


async def test_what_went_is_counted_by_room_and_day(store: Store, keys: KeyRing) -> None:
    rows = await planted(store, keys, 5)
    first, second = rows[0].room_id, rows[1].room_id
    for some in (rows[:3], rows[3:]):
        await answered(store, some)
    assert await due(store, keys) == []
    assert await counted(store) == {(first, "done"): 3, (second, "done"): 2}


async def test_what_went_by_another_hand_meanwhile_is_not_counted(
    store: Store, keys: KeyRing
) -> None:
    rows = await planted(store, keys, 2)
    blind = store.message_blind(message("m0"))
    await store.write(lambda conn: expiry_rows.forget(conn, blind))
    await answered(store, rows)
    assert await counted(store) == {(rows[1].room_id, "done"): 1}


async def test_what_is_stuck_waits_with_its_reason_and_counts_once(
    store: Store, keys: KeyRing
) -> None:
    room = (await planted(store, keys, 1))[0].room_id
    for _ in range(2):
        rows = await due(store, keys)
        assert len(rows) == 1
        await answered(store, [], forbidden=rows)
        assert await due(store, keys) == []
        assert await store.write(lambda conn: expiry_rows.try_again(conn, [room], "forbidden")) == {
            room
        }
    assert await counted(store) == {(room, "forbidden"): 1}


async def test_rooms_that_are_left_out_hold_up_nobody(store: Store, keys: KeyRing) -> None:
    rows = await planted(store, keys, 2)
    without = [rows[0].room_id]
    async with store.read() as conn:
        found = await expiry_rows.due(conn, AT + timedelta(hours=1), without, limit=100)
        assert [row.id for row in found] == [rows[1].id]
        assert await expiry_rows.next_due(conn, without) == rows[1].due
        assert await expiry_rows.next_due(conn, []) == rows[0].due


async def test_rows_that_are_made_together_are_those_made_one_by_one(
    store: Store, keys: KeyRing
) -> None:
    room_ids = [await store.room_id(room) for room in (ROOM, OTHER_ROOM)]
    refs = [message("m0"), MessageRef(OTHER_ROOM, "m0"), message("\ud800 \u00e9")]
    rows = expiry_rows.new_rows(store)
    items = [(room_ids[ref.room is OTHER_ROOM], ref, AT) for ref in refs]
    await asyncio.gather(*(store.append_to(rows, item) for item in items))
    found = {row.id: row for row in await due(store, keys)}
    alone = [
        expiry_rows.row(keys, room_id, store.message_blind(ref), ref.handle, AT)
        for room_id, ref, _ in items
    ]
    assert found.keys() == {row["id"] for row in alone}
    for row, ref in zip(alone, refs, strict=True):
        assert found[row["id"]].room_id == row["room_id"]
        assert expiry_rows.message_of(keys, found[row["id"]]) == ref.handle
        async with store.read() as conn:
            assert await expiry_rows.due_of(conn, row["message_blind"]) == AT


async def test_one_that_cannot_be_made_fails_its_own_caller_alone(store: Store) -> None:
    room_id = await store.room_id(ROOM)
    rows = expiry_rows.new_rows(store)
    items = [(room_id, message(f"m{number}"), AT) for number in range(5)]
    items[2] = (room_id, message("m2"), AT.replace(tzinfo=None))
    outcomes = await asyncio.gather(
        *(store.append_to(rows, item) for item in items), return_exceptions=True
    )
    assert [number for number, outcome in enumerate(outcomes) if outcome is not None] == [2]
    assert isinstance(outcomes[2], RowRefused)
    assert "m2" not in str(outcomes[2])
