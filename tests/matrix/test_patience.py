"""What cannot be finished is given up: one event holds up neither the rest nor the position."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from adapters.matrix import backfill, patience, sync
from adapters.matrix.arrivals import Arrival
from adapters.matrix.patience import MISSED, Patience, Work
from adapters.matrix.rooms import Place
from adapters.matrix.translate import PLATFORM, events
from bot.errors import TryLater
from bot.events import MessageUnreadable
from bot.model import Group, RoomKind
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver
from tests.matrix.following import Listener, Person

PLACE = Place(Group(PLATFORM, "group"), "!room", RoomKind.CIRCLE)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour is two seconds, and what failed is tried again at once."""
    monkeypatch.setattr(patience, "LOOK", 0.1)
    monkeypatch.setattr(patience, "LOOKS", 20)
    monkeypatch.setattr(sync, "pause", lambda *_: 0.05)


@pytest.fixture
async def cora(homeserver: Homeserver) -> AsyncIterator[Person]:
    made = await Person.arrives(homeserver, "Cora")
    yield made
    await made.leaves()


async def test_nothing_is_given_up_while_the_homeserver_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "LOOK", 0)
    looking, work = Patience(), Work()
    work.task = asyncio.create_task(asyncio.sleep(3600))
    looking.under_way.add(work)
    watching = asyncio.create_task(looking.watch())
    for _ in range(10 * patience.LOOKS):
        await asyncio.sleep(0)
    assert work.looks == 0
    looking.answering = True
    with pytest.raises(asyncio.CancelledError):
        await work.task
    assert work.given_up
    watching.cancel()


async def test_an_event_that_fails_for_ever_is_passed_over_and_told(
    homeserver: Homeserver, cora: Person, hasty: None
) -> None:
    bot = await Listener.arrives(homeserver)
    room = await cora.creates(bot)
    await bot.starts()
    tried = 0

    async def fails(arrival: Arrival) -> None:
        nonlocal tried
        if arrival.event["content"].get("body") == "not this one":
            tried += 1
            raise TryLater(timedelta())
        await bot.notes(arrival)

    bot.handles = fails
    # given a message at which something fails, again and again
    stuck = await cora.writes(room, "not this one")
    await bot.until(lambda: tried > 1 or None)
    after = await cora.writes(room, "this one")
    await bot.hears([after])
    # then in the end it arrives as one that nobody looked at, whose time runs all the same
    await bot.hears([stuck])
    arrival = bot.arrival(stuck)
    assert (arrival.event["type"], arrival.unreadable) == (MISSED, True)
    (told,) = events(PLACE.room, arrival)
    assert isinstance(told, MessageUnreadable)
    assert told.ref.handle == stuck
    # and it comes no more (a position may have been on its way to the disk before this one)
    for _ in range(2):
        before = bot.position
        await cora.writes(room, "and on")
        await bot.until(partial(lambda old: bot.position != old or None, before))
    await bot.stops()
    bot.heard.clear()
    await bot.starts()
    await bot.hears([await cora.writes(room, "and on again")])
    assert stuck not in bot.ids()
    await bot.stops()


async def test_what_is_never_told_is_passed_over_too(
    homeserver: Homeserver,
    proxy: FaultProxy,
    cora: Person,
    hasty: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backfill, "PAGE", 10)
    bot = await Listener.arrives(homeserver, proxy.url)
    room = await cora.creates(bot)
    await bot.starts()
    await bot.hears([await cora.writes(room, "hello")])
    await bot.until(lambda: bot.position)
    await bot.stops()
    said = await cora.writes_many(room, 15)
    with proxy.answers(500, on="/messages"):
        await bot.starts()
        await bot.hears(said[-10:])
    (arrival,) = [arrival for arrival in bot.heard if arrival.unreadable]
    assert arrival.event["type"] == MISSED
    await bot.stops()


def test_a_state_event_that_was_given_up_is_nothing_to_be_removed() -> None:
    event = {
        "type": "m.room.member",
        "state_key": "@cora:example.org",
        "event_id": "$joined",
        "sender": "@cora:example.org",
        "origin_server_ts": 1,
        "content": {"membership": "join"},
    }
    given_up = Arrival("!room", patience.unhandled(event), unreadable=True)
    (told,) = events(PLACE.room, given_up)
    assert isinstance(told, MessageUnreadable)
    assert told.ref.handle != "$joined"
    assert told.author is None
