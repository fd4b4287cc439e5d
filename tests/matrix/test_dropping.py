"""`m.room.retention` on a homeserver that enforces it: set where nothing is lost by it, or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from adapters.matrix.client import Client
from adapters.matrix.dropping import Dropping
from adapters.matrix.keys import CryptoStore
from adapters.matrix.transport import path
from bot.clock import Clock
from tests.adapters.fakes import Shelf
from tests.homeserver.proxy import FaultProxy
from tests.homeserver.server import Homeserver
from tests.matrix.following import Person

KIND = "m.room.retention"
AGE = timedelta(milliseconds=1)


class Scene:
    """A room that the bot made, with somebody in it, an hour after all that is said there."""

    def __init__(self, client: Client, cora: Person) -> None:
        self.client, self.cora = client, cora
        self.room = ""
        clock = Clock()
        clock.shift(timedelta(hours=1))
        self._dropping = Dropping(client, clock)

    async def settles(self, age: timedelta | None, room: str | None = None) -> bool:
        """The bot has older messages dropped, or not."""
        room = room or self.room
        # What a sync would have told by now.
        self.client.rooms.pop(room, None)
        await self.client.load(room)
        return await self._dropping.settle(room, age)

    async def policy(self, room: str | None = None) -> dict[str, Any] | None:
        """What the room says."""
        found = await self.cora.asks("GET", path("rooms", room or self.room, "state"))
        said = [event["content"] for event in found["items"] if event["type"] == KIND]
        return said[0] if said else None


@pytest.fixture
async def scene(homeserver: Homeserver, proxy: FaultProxy) -> AsyncIterator[Scene]:
    bot = await homeserver.register("bot")
    store = await CryptoStore.create(Shelf(), bot.user_id, bot.device_id)
    client = Client(proxy.url, bot.access_token, store)
    made = Scene(client, await Person.arrives(homeserver, "Cora"))
    made.room = await client.create_room({"preset": "private_chat", "invite": [made.cora.id]})
    await made.cora.asks("POST", path("rooms", made.room, "join"), {})
    yield made
    await made.cora.leaves()
    await client.close()


async def test_it_is_set_when_nothing_older_stands_and_the_homeserver_hides_what_is_older(
    scene: Scene,
) -> None:
    said = await scene.cora.writes(scene.room, "Kept from before")
    assert not await scene.settles(AGE)
    assert await scene.policy() is None

    await scene.client.redact(scene.room, said, "gone")
    assert await scene.settles(AGE)
    assert await scene.policy() == {"max_lifetime": 1}
    later = await scene.cora.writes(scene.room, "Over in a moment")
    assert await scene.client.event(scene.room, later) is None

    assert not await scene.settles(None)
    assert "max_lifetime" not in (await scene.policy() or {"max_lifetime": 1})
    assert await scene.client.event(scene.room, later) is not None


async def test_it_is_set_nowhere_else(scene: Scene, proxy: FaultProxy) -> None:
    unknown = {"errcode": "M_UNRECOGNIZED"}
    less = {"policies": {}, "limits": {"max_lifetime": {"max": 0}}}
    for status, told in ((404, unknown), (200, less)):
        with proxy.answers(status, on="msc1763", body=told):
            assert not await scene.settles(AGE)
    assert await scene.policy() is None

    # In a room of somebody else's, whose beginning the bot may not have seen.
    foreign = await scene.cora.creates(invite=[scene.client.user])
    await scene.client.join(foreign)
    assert not await scene.settles(AGE, foreign)

    # And what somebody else set is theirs.
    levels = await scene.client.request(
        "GET", path("rooms", scene.room, "state", "m.room.power_levels", "")
    )
    more = {**levels, "users": {**levels["users"], scene.cora.id: 50}}
    await scene.client.set_state(scene.room, "m.room.power_levels", more)
    to = path("rooms", scene.room, "state", KIND, "")
    await scene.cora.asks("PUT", to, {"max_lifetime": 86_400_000})
    for age in (AGE, None):
        assert not await scene.settles(age)
    assert await scene.policy() == {"max_lifetime": 86_400_000}
