"""The outbox: no group holds up another, a jumping clock sends nothing, nothing goes twice."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from adapters.sandbox.chat import SandboxChat
from bot.errors import Unknown
from bot.model import Group, MessageRef, Room
from bot.outbox import Lane, Post
from bot.reply import Reply
from bot.store import Connection
from tests.features.circle import TestCircle
from tests.features.test_anonymous import posts as writes

GONE = Group("sandbox", "a group that is gone")


async def waits_for(circle: TestCircle, jobs: int) -> None:
    """Until so many jobs wait."""
    while True:
        changes = circle.world.next_change()
        if await circle.core.outbox.waiting() == jobs:
            return
        await changes


@pytest.mark.slow
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
    gus = await circle.member("Gus")
    assert gus.may_enter(circle.room)
    await waits_for(circle, len(Lane))


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


@pytest.mark.slow
async def test_what_may_have_been_sent_is_not_sent_again_where_nobody_can_tell(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a platform that cannot look for what it forgot, and a bot killed before its answer
    cora, ana = await circle.member("Cora"), circle.moderator()
    tried: list[datetime | None] = []
    posts = SandboxChat.post

    async def forgetful(
        chat: SandboxChat, room: Room, reply: Reply, *, key: str, since: datetime | None = None
    ) -> MessageRef:
        if room.handle != circle.room:
            return await posts(chat, room, reply, key=key)
        tried.append(since)
        circle.world.touch()
        if since is None:
            await asyncio.sleep(3600)
        raise Unknown

    monkeypatch.setattr(SandboxChat, "post", forgetful)
    receipt = await writes(circle, cora)
    await circle.pass_time(minutes=10)
    await cora.when(lambda: tried or None)
    # and an author who takes it back while it may be on its way
    assert "removing it" in (await cora.runs("anon take back", receipt=receipt))["text"]
    # when it is back
    await circle.restart()
    # then it asks the platform once, sends nothing, and calls nothing taken back
    await ana.sees("I cannot tell if it came through", circle.moderators)
    assert [since is None for since in tried] == [True, False]
    status = await cora.runs("anon status", receipt=receipt)
    assert "I cannot tell if it came through" in status["text"]
    assert not circle.texts()
    await waits_for(circle, 0)
