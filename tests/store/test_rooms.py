"""A room whose place another one takes."""

from __future__ import annotations

from bot.model import Group, Room
from bot.store import Store, group_rows

GROUP = Group("matrix", "g")
OLD, NEW = Room(GROUP, "!old"), Room(GROUP, "!new")


async def lifetime(store: Store, room: Room) -> int | None:
    room_id = await store.room_id(room)
    async with store.read() as conn:
        return (await group_rows.lifetimes_in_seconds(conn, await store.group_id(GROUP))).get(
            room_id
        )


async def test_what_was_known_of_the_old_room_is_known_of_the_new_one(store: Store) -> None:
    await store.group_id(GROUP)
    room_id = await store.room_id(OLD)
    await store.write(lambda conn: group_rows.set_lifetime_seconds(conn, room_id, 3600))
    for _ in range(2):
        await store.move_room(OLD, NEW)
    assert await store.room_id(NEW) == room_id
    assert await lifetime(store, NEW) == 3600
    assert await store.room_id(OLD) != room_id


async def test_a_room_that_is_known_already_keeps_what_it_has(store: Store) -> None:
    await store.group_id(GROUP)
    for room, seconds in ((OLD, 60), (NEW, 3600)):
        room_id = await store.room_id(room)
        await store.write(
            lambda conn, of=room_id, lasts=seconds: group_rows.set_lifetime_seconds(  # type: ignore[misc]
                conn, of, lasts
            )
        )
    await store.move_room(OLD, NEW)
    assert (await lifetime(store, OLD), await lifetime(store, NEW)) == (60, 3600)
