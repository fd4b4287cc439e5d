"""Encrypted rooms: read and written without a person, and honest about what cannot be read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.matrix import waiting
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver
from tests.matrix.conftest import People
from tests.matrix.following import Listener
from tests.matrix.human import Human


@pytest.fixture
async def bot(homeserver: Homeserver) -> AsyncIterator[Listener]:
    made = await Listener.arrives(homeserver)
    yield made
    await made.stops()


async def in_a_room(bot: Listener, *people: Human) -> str:
    """An encrypted room with everybody in it, and the bot following."""
    first, *others = people
    room = await first.creates()
    for guest in (bot.id, *(other.user_id for other in others)):
        await first.invites(room, guest)
    await bot.asks("POST", f"/v3/rooms/{room}/join", {})
    for other in others:
        await other.joins(room)
    await bot.starts()
    assert bot.client is not None
    # from here on nothing is history
    await bot.until(lambda: bot.position)
    await first.when(lambda: bot.id in first.client.rooms[room].users or None, "the bot")
    return room


async def test_new_devices_are_read_and_written_to_without_a_person(
    bot: Listener, people: People
) -> None:
    cora = await people("Cora")
    room = await in_a_room(bot, cora)
    assert bot.client is not None
    said = await cora.writes(room, "from my telephone")
    await bot.hears([said])
    assert bot.arrival(said).event["content"]["body"] == "from my telephone"
    await bot.client.send(room, "m.room.message", {"msgtype": "m.text", "body": "one"}, "1")
    await cora.sees("one")
    laptop = await cora.on_a_new_device()
    try:
        said = await laptop.writes(room, "from my laptop")
        await bot.hears([said])
        await bot.client.send(room, "m.room.message", {"msgtype": "m.text", "body": "two"}, "2")
        await laptop.sees("two")
        await cora.sees("two")
    finally:
        await laptop.closes_client()


async def test_the_same_key_sends_once_also_after_a_restart(bot: Listener, people: People) -> None:
    cora = await people("Cora")
    room = await in_a_room(bot, cora)
    assert bot.client is not None
    hello = {"msgtype": "m.text", "body": "hello"}
    sent = await bot.client.send(room, "m.room.message", hello, "greeting")
    await bot.stops()
    await bot.starts()
    assert bot.client is not None
    assert await bot.client.send(room, "m.room.message", hello, "greeting") == sent
    await bot.client.send(room, "m.room.message", {**hello, "body": "bye"}, "parting")
    await cora.sees("bye")
    assert [message.text for message in cora.reads(room)] == ["hello", "bye"]


async def test_who_left_gets_no_further_key(bot: Listener, people: People) -> None:
    cora, drew = await people("Cora"), await people("Drew")
    room = await in_a_room(bot, cora, drew)
    assert bot.client is not None

    async def session_of(text: str) -> str:
        assert bot.client is not None
        content = {"msgtype": "m.text", "body": text}
        sent = await bot.client.send(room, "m.room.message", content, text)
        raw = await bot.asks("GET", f"/v3/rooms/{room}/event/{sent}")
        return str(raw["content"]["session_id"])

    first = await session_of("one")
    assert await session_of("two") == first
    erin = await people("Erin")
    await cora.invites(room, erin)
    await erin.accepts(room)
    await bot.until(lambda: (bot.client and erin.user_id in bot.client.members(room)) or None)
    # who comes gets the key as it is now, which opens nothing of before
    assert await session_of("three") == first
    await erin.sees("three")
    await drew.leaves(room)
    await bot.until(lambda: (bot.client and drew.user_id not in bot.client.members(room)) or None)
    assert await session_of("four") != first


async def test_without_its_key_a_message_is_unreadable_and_read_when_the_key_comes(
    bot: Listener, people: People, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.2)
    cora = await people("Cora", url=proxy.url)
    room = await in_a_room(bot, cora)
    with proxy.answers(200, on="/sendToDevice/", method="PUT", body={}) as lost:
        said = await cora.writes(room, "who hears me?")
        await lost.happens()
    await bot.hears([said])
    assert bot.arrival(said).unreadable
    assert "body" not in bot.arrival(said).event["content"]
    # a restart forgets nothing of it
    await bot.stops()
    bot.heard.clear()
    await bot.starts()
    # what her client gives is taken only because the bot asked it
    olm = cora.client.olm
    (session,) = [s for s in olm.inbound_group_store if s.room_id == room]
    device = olm.device_store[bot.id][bot.credentials.device_id]
    to_bot = olm.session_store.get(device.curve25519)
    forwarded = olm._encrypt_forwarding_key(room, session, to_bot, device)
    await cora.client.to_device(forwarded)
    await bot.until(
        lambda: any(a.event["event_id"] == said and not a.unreadable for a in bot.heard) or None
    )
    (read,) = [a for a in bot.heard if a.event["event_id"] == said and not a.unreadable]
    assert read.event["content"]["body"] == "who hears me?"


async def test_with_the_store_gone_it_is_read_and_read_again_after_a_crash(
    bot: Listener, people: People
) -> None:
    cora = await people("Cora")
    room = await in_a_room(bot, cora)
    bot.shelf.broken = True
    said = [await cora.writes(room, "help"), await cora.writes(room, "anybody?")]
    await bot.hears(said)
    await bot.stops()
    bot.shelf.broken = False
    bot.heard.clear()
    await bot.starts()
    await bot.hears(said)
    assert not any(bot.arrival(event).unreadable for event in said)


async def test_what_is_written_while_it_is_away_is_read_by_the_fallback_key(
    bot: Listener, people: People
) -> None:
    cora = await people("Cora")
    room = await in_a_room(bot, cora)
    await bot.hears([await cora.writes(room, "hello")])
    await bot.until(lambda: bot.position)
    await bot.stops()
    # nobody's client can take a one-time key any more
    for _ in range(60):
        await bot.asks(
            "POST",
            "/v3/keys/claim",
            {"one_time_keys": {bot.id: {bot.credentials.device_id: "signed_curve25519"}}},
        )
    drew = await people("Drew")
    await cora.invites(room, drew)
    await drew.accepts(room)
    said = await drew.writes(room, "I am new here")
    await bot.starts()
    await bot.hears([said])
    assert bot.arrival(said).event["content"]["body"] == "I am new here"


async def test_what_was_redacted_before_it_was_read_is_not_unreadable(
    bot: Listener, people: People
) -> None:
    cora = await people("Cora")
    room = await in_a_room(bot, cora)
    await bot.stops()
    said = await cora.writes(room, "I take it back")
    await cora.removes(room, said)
    last = await cora.writes(room, "good night")
    await bot.starts()
    await bot.hears([said, last])
    assert not bot.arrival(said).unreadable
