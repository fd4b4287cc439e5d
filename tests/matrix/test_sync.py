"""The sync against a real homeserver: nothing lost, nothing old replayed, nothing out of order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.matrix import backfill, sync
from adapters.matrix.arrivals import Arrival
from adapters.matrix.patience import MISSED
from adapters.matrix.transport import path
from bot.errors import NotDurable, StartError
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver
from tests.matrix.following import Listener, Person


@pytest.fixture
async def bot(homeserver: Homeserver) -> AsyncIterator[Listener]:
    made = await Listener.arrives(homeserver)
    yield made
    await made.stops()


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timelines and pages of history of ten events, so that forty are many."""
    monkeypatch.setattr(backfill, "PAGE", 10)


@pytest.fixture
async def cora(homeserver: Homeserver) -> AsyncIterator[Person]:
    made = await Person.arrives(homeserver, "Cora")
    yield made
    await made.leaves()


async def test_what_was_written_before_the_first_start_is_history(
    bot: Listener, cora: Person
) -> None:
    room = await cora.creates(bot)
    await cora.writes(room, "!help, long ago")
    await bot.starts()
    said = await cora.writes(room, "now")
    await bot.hears([said])
    assert bot.said() == [said]


async def test_a_slow_handler_loses_nothing_and_keeps_the_order(
    bot: Listener, cora: Person
) -> None:
    room = await cora.creates(bot)
    await bot.starts()

    async def slow(arrival: Arrival) -> None:
        await bot.notes(arrival)
        await asyncio.sleep(0.1)

    bot.handles = slow
    said = await cora.writes_many(room, 300)
    await bot.hears(said)
    assert bot.said() == said


async def test_a_room_whose_handler_hangs_holds_up_no_other(
    bot: Listener, cora: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "IN_FLIGHT", 10)
    stuck, other = await cora.creates(bot), await cora.creates(bot)
    await bot.starts()
    go_on = asyncio.Event()

    async def hangs(arrival: Arrival) -> None:
        if arrival.room_id == stuck:
            await go_on.wait()
        await bot.notes(arrival)

    bot.handles = hangs
    held = await cora.writes_many(stuck, 40)
    free = await cora.writes_many(other, 20)
    await bot.hears(free)
    assert not bot.said(stuck)
    go_on.set()
    await bot.hears(held)
    assert bot.said(stuck) == held


async def test_what_was_written_while_away_comes_whole_and_in_order(
    bot: Listener, cora: Person, short_pages: None
) -> None:
    room = await cora.creates(bot)
    await bot.starts()
    first = await cora.writes(room, "hello")
    await bot.hears([first])
    await bot.until(lambda: bot.position)
    await bot.stops()
    # more than a timeline and a page of history hold
    said = await cora.writes_many(room, 45)
    bot.heard.clear()
    await bot.starts()
    await bot.hears(said)
    heard = bot.said()
    assert heard[-45:] == said
    # at most what was not noted as done when it stopped
    assert heard[:-45] in ([], [first])
    assert not any(bot.arrival(event).live for event in said)


async def test_the_position_waits_for_what_is_unfinished(bot: Listener, cora: Person) -> None:
    room, other = await cora.creates(bot), await cora.creates(bot)
    await bot.starts()
    await bot.hears([await cora.writes(room, "hello")])
    before = await bot.until(lambda: bot.position)

    async def hangs(arrival: Arrival) -> None:
        if arrival.room_id == room:
            await asyncio.Event().wait()
        await bot.notes(arrival)

    bot.handles = hangs
    unfinished = await cora.writes(room, "this one takes for ever")
    done = await cora.writes_many(other, 5)
    await bot.hears(done)
    await bot.stops()
    bot.handles = bot.notes
    bot.heard.clear()
    await bot.starts()
    await bot.hears([unfinished, *done])
    assert bot.position is not None
    assert before is not None


async def test_what_could_not_be_stored_is_offered_again(bot: Listener, cora: Person) -> None:
    room = await cora.creates(bot)
    await bot.starts()
    full, tried = True, asyncio.Event()

    async def no_disk(arrival: Arrival) -> None:
        tried.set()
        if full:
            raise NotDurable
        await bot.notes(arrival)

    bot.handles = no_disk
    said = await cora.writes(room, "keep this")
    await asyncio.wait_for(tried.wait(), 60)
    assert said not in bot.ids()
    full = False
    await bot.hears([said])
    assert bot.ids().count(said) == 1


async def test_a_bug_in_a_handler_stops_no_room(bot: Listener, cora: Person) -> None:
    room = await cora.creates(bot)
    await bot.starts()

    async def breaks(arrival: Arrival) -> None:
        if arrival.event["content"].get("body") == "break":
            raise ValueError
        await bot.notes(arrival)

    bot.handles = breaks
    broken = await cora.writes(room, "break")
    said = await cora.writes(room, "go on")
    await bot.hears([said])
    assert broken not in bot.ids()


@pytest.mark.parametrize(("between", "after"), [(3, 3), (15, 3), (15, 25)])
async def test_joining_again_replays_nothing(
    bot: Listener, cora: Person, short_pages: None, between: int, after: int
) -> None:
    shared = {"type": "m.room.history_visibility", "content": {"history_visibility": "shared"}}
    room = await cora.creates(bot, initial_state=[{**shared, "state_key": ""}])
    await bot.starts()
    await bot.hears([await cora.writes(room, "hello")])
    await cora.asks("POST", path("rooms", room, "kick"), {"user_id": bot.id})
    await bot.until(
        lambda: any(a.event["content"].get("membership") == "leave" for a in bot.heard) or None
    )
    bot.heard.clear()
    missed = await cora.writes_many(room, between)
    await bot.stops()
    await cora.asks("POST", path("rooms", room, "invite"), {"user_id": bot.id})
    await bot.asks("POST", path("rooms", room, "join"), {})
    said = await cora.writes_many(room, after)
    await bot.starts()
    await bot.hears(said)
    assert bot.said() == said
    assert not set(missed) & set(bot.said())


async def test_a_stranger_invites(bot: Listener, cora: Person) -> None:
    await bot.starts()
    body = {"preset": "private_chat", "invite": [bot.id]}
    room = (await cora.asks("POST", "/v3/createRoom", body))["room_id"]
    arrival = await bot.until(lambda: bot.heard[0] if bot.heard else None)
    assert arrival.room_id == room
    assert arrival.event["content"]["membership"] == "invite"
    assert arrival.event["sender"] == cora.id


async def test_state_is_known_at_the_start_and_what_changed_is_told_with_what_was(
    bot: Listener, cora: Person
) -> None:
    room = await cora.creates(bot, name="Evening")
    await bot.starts()
    assert bot.client is not None
    assert bot.client.state(room, "m.room.name") == {"name": "Evening"}
    assert set(bot.client.members(room)) == {bot.id, cora.id}
    changed = await cora.asks(
        "PUT", path("rooms", room, "state", "m.room.name", ""), {"name": "Morning"}
    )
    await bot.hears([changed["event_id"]])
    assert bot.arrival(changed["event_id"]).before == {"name": "Evening"}
    assert bot.client.state(room, "m.room.name") == {"name": "Morning"}
    # the same after a restart
    await bot.stops()
    await bot.starts()
    assert bot.client.state(room, "m.room.name") == {"name": "Morning"}
    assert set(bot.client.members(room)) == {bot.id, cora.id}


async def test_a_revoked_token_stops_loudly(bot: Listener, cora: Person) -> None:
    await bot.starts()
    await bot.asks("POST", "/v3/logout", {})
    assert bot.following is not None
    with pytest.raises(StartError, match="setup matrix"):
        await asyncio.wait_for(bot.following, 60)


async def test_bad_answers_of_all_kinds_are_waited_out(
    homeserver: Homeserver, proxy: FaultProxy, cora: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_POLL", timedelta(seconds=1))
    bot = await Listener.arrives(homeserver, proxy.url)
    room = await cora.creates(bot)
    await bot.starts()
    limited = {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 300}
    said = []
    with proxy.answers(502, on="/sync", times=2) as bad_gateway:
        said.append(await cora.writes(room, "one"))
        await bad_gateway.happens(2)
    with proxy.answers(429, on="/sync", times=1, body=limited) as slow_down:
        said.append(await cora.writes(room, "two"))
        await slow_down.happens()
    with proxy.answers(200, on="/sync", times=1) as not_the_homeserver:
        said.append(await cora.writes(room, "three"))
        await not_the_homeserver.happens()
    with proxy.hangs(on="/sync", times=1) as silence:
        said.append(await cora.writes(room, "four"))
        await silence.happens()
        await bot.hears(said)
    with proxy.drops(on="/sync", times=2, after=True) as cut:
        said.append(await cora.writes(room, "five"))
        await cut.happens(2)
    await bot.hears(said)
    assert bot.said() == said
    await bot.stops()


async def test_the_homeserver_may_go_and_come_back(
    homeserver: Homeserver, bot: Listener, cora: Person
) -> None:
    room = await cora.creates(bot)
    await bot.starts()
    said = await cora.writes_many(room, 5)
    await homeserver.restart()
    said += await cora.writes_many(room, 5)
    await bot.hears(said)
    assert bot.said() == said


async def test_what_cannot_be_fetched_any_more_is_told(
    homeserver: Homeserver, proxy: FaultProxy, cora: Person, short_pages: None
) -> None:
    bot = await Listener.arrives(homeserver, proxy.url)
    room = await cora.creates(bot)
    await bot.starts()
    await bot.hears([await cora.writes(room, "hello")])
    forbidden = {"errcode": "M_FORBIDDEN"}
    drew = await Person.arrives(homeserver, "Drew")
    with proxy.answers(403, on="/messages", body=forbidden):
        with proxy.answers(502, on="/sync") as away:
            await cora.writes(room, "ends the question that is open")
            await away.happens()
            await cora.asks("POST", path("rooms", room, "invite"), {"user_id": drew.id})
            await drew.asks("POST", path("rooms", room, "join"), {})
            said = await cora.writes_many(room, 15)
        await bot.hears(said[-10:])
    await drew.leaves()
    (missed,) = [arrival for arrival in bot.heard if arrival.unreadable]
    assert missed.event["type"] == MISSED
    # who came meanwhile is known all the same
    assert drew.id in [arrival.event.get("state_key") for arrival in bot.heard]
    await bot.stops()
