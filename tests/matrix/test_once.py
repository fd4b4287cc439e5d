"""What is sent once stays once, also where the homeserver forgot that it was sent."""

from __future__ import annotations

import asyncio

import pytest

from adapters.matrix.transport import path
from bot.model import MessageRef, Room
from bot.outbox import Lane, Post
from bot.reply import File, Reply
from bot.store import Connection
from tests.homeserver.server import Homeserver
from tests.matrix.circle import MatrixCircle
from tests.matrix.human import Human


@pytest.mark.parametrize("arrives", [True, False])
async def test_killed_while_sending_and_back_after_a_day(
    circle: MatrixCircle, homeserver: Homeserver, host: Human, *, arrives: bool
) -> None:
    # given a bot that is stopped before it hears that its post stands, or before it is sent
    room = circle.room("moderators")
    post = circle.chat.post

    async def count() -> int:
        to = path("rooms", room, "messages") + "?dir=b&limit=100"
        page = await circle.asks(host.credentials, "GET", to)
        return [event["type"] for event in page["chunk"]].count("m.room.encrypted")

    before = await count()
    sending = asyncio.Event()

    async def never_answers(to: Room, reply: Reply, **given: object) -> MessageRef:
        if arrives:
            await post(to, reply, **given)  # type: ignore[arg-type]
        sending.set()
        await asyncio.sleep(3600)
        raise AssertionError

    circle.chat.post = never_answers  # type: ignore[method-assign, assignment]
    reply = Reply("notice-clock", files=(File("notes.txt", "Read me."),))
    job = Post(circle.as_room("moderators"), reply)

    async def put(conn: Connection) -> None:
        await circle.core.outbox.put(conn, job, key="once", purpose="test", lane=Lane.ALERTS)

    await circle.core.store.write(put)
    await asyncio.wait_for(sending.wait(), 60)
    await circle.stop()

    # when the homeserver has forgotten what it was sent, and the bot is back
    await homeserver.forgets_transactions()
    await circle.up()

    async def is_sent() -> bool:
        return await circle.core.outbox.waiting() == 0

    await circle.eventually(is_sent)

    # then it stands there once, with its file
    await host.sees("Read me.", room)
    await host.sees("My clock and", room)
    assert await count() == before + 2
