"""How what is due is gathered into calls, where a great deal is due at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.chat import Can, Chat, Removal
from bot.clock import Clock
from bot.model import Group, MessageRef, Room, RoomInfo, RoomKind
from bot.services.directory import Directory
from bot.services.notices import Notices
from bot.services.retention.removing import Removals
from bot.services.timekeeping import TrustedTime
from bot.store import KeyRing, MasterKey, Store, expiry_rows
from bot.store.tables import expiries

GROUP = Group("here", "group")
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


class Platform:
    """Removes what it is asked to, and notes how many at a time."""

    can = Can.REMOVE

    def __init__(self, rooms: int) -> None:
        self._rooms = [Room(GROUP, f"room {number}") for number in range(rooms)]
        self.calls: list[tuple[Room, int]] = []

    async def rooms(self, _: Group) -> Sequence[RoomInfo]:
        return [RoomInfo(room, RoomKind.CIRCLE, room.handle) for room in self._rooms]

    async def pins(self, _: Room) -> Sequence[MessageRef]:
        return ()

    async def now(self) -> datetime | None:
        return None

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal]:
        self.calls.append((refs[0].room, len(refs)))
        return dict.fromkeys(refs, Removal.GONE)


@pytest.mark.parametrize(("rooms", "each"), [(8, 100), (2, 700)])
async def test_a_call_takes_as_many_as_it_may(tmp_path: Path, rooms: int, each: int) -> None:
    ring = KeyRing.create(tmp_path / "ring" / "keys.json", MasterKey.create(tmp_path / "master"))
    store = await Store.open(f"sqlite:///{tmp_path}/circle.db", ring)
    platform, clock = Platform(rooms), Clock()
    chats = {"here": cast("Chat", platform)}
    directory = Directory(store, chats)
    await directory.refresh(GROUP)
    known, writes = list(directory.known.values()), []
    for number in range(rooms * each):
        at = LONG_AGO + timedelta(seconds=number)
        room = known[number % rooms]
        ref = MessageRef(room.room, str(number))
        row = expiry_rows.row(ring, room.id, store.message_blind(ref), ref.handle, at)
        writes.append(store.append(expiries, row))
    await asyncio.gather(*writes)
    time = TrustedTime(clock, chats)
    removals = Removals(store, directory, cast("Notices", None), time, clock)
    while len(platform.calls) < rooms * each / 100:
        await removals.run_due()
        await asyncio.sleep(0.001)
    await removals.stop()
    assert [count for _, count in platform.calls] == [100] * (rooms * each // 100)
    await store.close()
