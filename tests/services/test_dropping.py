"""When a platform may drop what is old: told to a platform that notes what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import cast

import pytest

from bot.chat import Chat
from bot.clock import Clock
from bot.model import Group, MessageRef, Room, RoomKind
from bot.services.directory import Directory, KnownRoom
from bot.services.retention.dropping import SLACK, Dropping
from bot.services.retention.pins import Pins
from bot.store import Store
from tests.adapters.fakes import Shelf

GROUP = Group("here", "group")
ROOM = Room(GROUP, "room")
DAY = timedelta(days=1)


class Platform:
    """Drops what is older than `age`."""

    def __init__(self) -> None:
        self.pinned: list[MessageRef] = []
        self.age: timedelta | None = None

    async def pins(self, _: Room) -> Sequence[MessageRef]:
        return self.pinned

    async def drop_older(self, _: Room, age: timedelta | None) -> bool:
        self.age = age
        return age is not None


class Scene:
    """One room where messages stay a day."""

    def __init__(self) -> None:
        self.platform, self.clock, self.shelf = Platform(), Clock(), Shelf()
        chats = cast("Mapping[str, Chat]", {"here": self.platform})
        directory = Directory(cast("Store", None), chats)
        self.room = KnownRoom(b"room", b"group", ROOM, RoomKind.CIRCLE, DAY)
        directory.known[ROOM] = self.room
        self.pins = Pins(directory, self.clock)
        self.dropping = Dropping(directory, self.pins, self.shelf, self.clock)

    async def has(self, lifetime: timedelta | None) -> None:
        """Somebody sets a lifetime."""
        await self.dropping.before_change(self.room)
        self.room.lifetime = lifetime

    async def after(self, time: timedelta) -> timedelta | None:
        """What the platform drops a while later."""
        self.clock.shift(time)
        await self.dropping.look()
        return self.platform.age


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_only_a_lifetime_that_stood_as_long_as_it_is(scene: Scene) -> None:
    await scene.has(DAY)
    assert await scene.after(timedelta(hours=23)) is None
    assert await scene.dropping.status(GROUP) == []
    assert await scene.after(timedelta(hours=1)) == DAY + SLACK
    assert [text.key for text in await scene.dropping.status(GROUP)] == ["status-drops"]


@pytest.mark.parametrize("other", [timedelta(hours=1), timedelta(days=9), None])
async def test_before_a_lifetime_changes_it_is_taken_back(
    scene: Scene, other: timedelta | None
) -> None:
    await scene.has(DAY)
    assert await scene.after(DAY)
    await scene.has(other)
    assert scene.platform.age is None
    assert await scene.after(timedelta()) is None
    later = await scene.after(timedelta(days=9))
    assert later == (None if other is None else other + SLACK)


async def test_a_pin_takes_it_back_and_the_last_unpinning_gives_it_again(scene: Scene) -> None:
    await scene.has(DAY)
    assert await scene.after(DAY)
    scene.platform.pinned = [MessageRef(ROOM, "message")]
    scene.pins.changed(ROOM)
    await scene.dropping.pins_changed(ROOM)
    assert scene.platform.age is None
    scene.platform.pinned = []
    scene.pins.changed(ROOM)
    await scene.dropping.pins_changed(ROOM)
    assert scene.platform.age == DAY + SLACK


async def test_a_lifetime_from_before_this_was_noted_counts_from_now(scene: Scene) -> None:
    assert await scene.after(timedelta()) is None
    assert await scene.after(timedelta(hours=23)) is None
    assert await scene.after(timedelta(hours=1)) == DAY + SLACK
