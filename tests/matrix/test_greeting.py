"""Many come to the lobby at once: greeted in a row, also over a restart, and whoever asks is not
behind them."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from adapters.matrix import greeting
from adapters.matrix.transport import path
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver
from tests.matrix.circle import MatrixCircle
from tests.matrix.conftest import People
from tests.matrix.following import Person
from tests.matrix.human import Human

MANY = 8


async def is_greeted(person: Person) -> bool:
    """Whether somebody is invited to a chat, and to no more than one."""
    invited = (await person.asks("GET", "/v3/sync"))["rooms"].get("invite", {})
    assert len(invited) <= 1
    return bool(invited)


async def test_many_at_once_are_greeted_one_after_another(
    homeserver: Homeserver,
    proxy: FaultProxy,
    tmp_path: Path,
    host: Human,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(greeting, "pause", lambda *_: 0.05)
    circle = await MatrixCircle.start(tmp_path, homeserver, host, url=proxy.url)
    lobby, bot = circle.room("lobby"), circle.place.bot.user_id
    crowd = await asyncio.gather(*(Person.arrives(homeserver, f"n{n}") for n in range(MANY)))
    cora = await people("Cora")
    before = len(proxy.requests)
    try:
        # given a homeserver that is slow to make a room for the first of them
        with proxy.hangs(on="/createRoom", times=1) as fault:
            joining = (person.asks("POST", path("join", lobby), {}) for person in crowd)
            await asyncio.gather(*joining)
            await fault.happens()
            # when somebody among them asks for help
            await cora.joins(lobby)
            await cora.writes(lobby, "!help now")
            # then she has it, and nobody else has a chat yet
            await cora.sees("I tried that", await circle.alone(cora))
            made = [to for _, to in proxy.requests[before:] if "/createRoom" in to]
            assert len(made) == 2
            await circle.stop()
        # and in the end everybody has one, though the bot stopped and the homeserver asks to wait
        await circle.up()
        with proxy.limits(on="/createRoom", times=3, retry_after_ms=50) as asks_to_wait:
            for person in crowd:
                await circle.eventually(partial(is_greeted, person))
            assert asks_to_wait.met == 3
        # given one of them who comes into their chat, and a bot that stops before it says a word
        monkeypatch.setattr(greeting, "_MOMENT", 3600)
        first = crowd[0]
        (chat,) = (await first.asks("GET", "/v3/sync"))["rooms"]["invite"]
        await first.asks("POST", path("rooms", chat, "join"), {})
        await circle.until(lambda: first.id in circle.client.members(chat) or None)
        await circle.stop()
        # then it says it when it is back
        monkeypatch.setattr(greeting, "_MOMENT", 0)
        await circle.up()

        async def is_welcome() -> bool:
            page = await first.asks("GET", path("rooms", chat, "messages") + "?dir=b")
            return any(event["type"] == "m.room.encrypted" for event in page["chunk"])

        await circle.eventually(is_welcome)
        # and the lobby is no longer than it was
        to = path("rooms", lobby, "messages") + "?dir=b&limit=200"
        page = await circle.asks(host.credentials, "GET", to)
        said = [e for e in page["chunk"] if e["type"] == "m.room.message" and e["sender"] == bot]
        assert len([e for e in said if "m.relates_to" not in e["content"]]) == 1
    finally:
        await asyncio.gather(*(person.leaves() for person in crowd))
        await circle.stop()
