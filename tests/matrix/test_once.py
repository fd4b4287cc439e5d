"""What is sent once stays once, also where the homeserver forgot that it was sent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.matrix.client import Client
from adapters.matrix.keys import CryptoStore
from adapters.matrix.transport import Json, path, transaction
from bot.errors import Unknown
from bot.model import MessageRef, Room
from bot.outbox import Lane, Post
from bot.reply import File, Reply
from bot.store import Connection
from tests.adapters.fakes import Shelf
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


@pytest.mark.parametrize(
    ("told", "is_found"), [({"transaction_id": transaction("once")}, True), ({}, False)]
)
async def test_where_the_homeserver_does_not_say_which_is_which_nothing_is_sent_again(
    told: dict[str, str], *, is_found: bool
) -> None:
    # given something of the bot's own that may be what was to be sent
    store = await CryptoStore.create(Shelf(), "@circle:test", "DEVICE")
    client = Client("http://nowhere.test", "token", store)
    tried = datetime(2026, 1, 1, 12, tzinfo=UTC)
    there = event_at(tried, told)

    async def pages(*_: object, **__: object) -> tuple[list[Json], None]:
        return [there, event_at(tried - timedelta(days=1), {})], None

    client.messages = pages  # type: ignore[method-assign]
    # then it is found by its transaction, or nobody knows
    if is_found:
        assert await client.sent("!room", tried, "once") == {transaction("once"): there}
    else:
        with pytest.raises(Unknown):
            await client.sent("!room", tried, "once")
    # and what stands there since long before is not taken for it
    later = tried + timedelta(hours=2)
    assert transaction("another") not in await client.sent("!room", later, "another")


def event_at(moment: datetime, unsigned: Json) -> Json:
    """An encrypted message of the bot."""
    at = int(moment.timestamp() * 1000)
    return {"type": "m.room.encrypted", "origin_server_ts": at, "unsigned": unsigned}
