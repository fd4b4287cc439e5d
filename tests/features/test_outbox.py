"""The outbox: what waits for one group holds up no other, and a clock that jumps sends nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import Group, Room
from bot.outbox import Lane, Post
from bot.reply import Reply
from bot.store import Connection
from tests.features.circle import TestCircle

GONE = Group("sandbox", "a group that is gone")


async def test_a_group_that_is_gone_holds_up_nobody(circle: TestCircle) -> None:
    store, outbox = circle.core.store, circle.core.outbox
    await store.group_id(GONE)

    async def put(conn: Connection) -> None:
        for lane in Lane:
            job = Post(Room(GONE, "nowhere"), Reply("yes"))
            await outbox.put(conn, job, key=f"lost {lane.value}", purpose="test", lane=lane)

    await store.write(put)
    await circle.member("Fern")
    await circle.restart()
    await circle.member("Gus")
    while await circle.core.outbox.waiting() != len(Lane):
        await circle.world.next_change()


async def test_what_was_to_go_later_does_not_go_because_the_clock_jumped(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    cora = await circle.member("Cora")
    preview = await cora.runs("anon", room=circle.room, text="not yet, please")
    await cora.presses("Post later", within=preview)
    clock = circle.core.clock
    really = clock.now
    monkeypatch.setattr(clock, "now", lambda: really() + timedelta(days=2))
    for lane in circle.core.outbox.lanes:
        await lane.run_due()
    assert not [text for text in circle.texts() if "not yet" in text]
    monkeypatch.setattr(clock, "now", really)
    await circle.pass_time(hours=4)
    await cora.sees("not yet, please", circle.room)
