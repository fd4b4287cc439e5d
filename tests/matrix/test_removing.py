"""Removals on a real homeserver: what goes with a message, and what limits on them mean."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.matrix.client import Client
from adapters.matrix.keys import CryptoStore
from adapters.matrix.removing import AT_ONCE, Removing
from adapters.matrix.rooms import Rooms
from adapters.matrix.transport import path
from bot.chat import Removal, Retry
from bot.model import Group, MessageRef, Room
from tests.adapters.fakes import Shelf
from tests.homeserver.server import Homeserver
from tests.matrix.following import Person

GROUP = Group("matrix", "g")


class Scene:
    """A room that somebody made, with a bot that may remove there."""

    def __init__(self, client: Client, cora: Person, room: str) -> None:
        self.client = client
        self.cora = cora
        self.room = room
        self.removing = Removing(client, Rooms(client))

    def ref(self, event: str) -> MessageRef:
        return MessageRef(Room(GROUP, self.room), event)

    async def words(self) -> list[str]:
        """Everything that can still be read in the room."""
        page, _ = await self.client.messages(self.room, None, limit=1000)
        return [
            str(event["content"])
            for event in page
            if event["type"] in ("m.room.message", "m.reaction") and event["content"]
        ]


async def a_room(homeserver: Homeserver) -> Scene:
    bot = await homeserver.register("bot")
    shelf = Shelf()
    store = await CryptoStore.create(shelf, bot.user_id, bot.device_id)
    client = Client(homeserver.url, bot.access_token, store)
    cora = await Person.arrives(homeserver, "Cora")
    levels = {"users": {cora.id: 100, bot.user_id: 50}}
    room = await cora.creates(
        invite=[bot.user_id], room_version="11", power_level_content_override=levels
    )
    await client.join(room)
    return Scene(client, cora, room)


@pytest.fixture
async def room(homeserver: Homeserver) -> AsyncIterator[Scene]:
    made = await a_room(homeserver)
    yield made
    await made.cora.leaves()
    await made.client.close()


@pytest.fixture
async def strict(strict_homeserver: Homeserver) -> AsyncIterator[Scene]:
    """On a homeserver with Synapse's own limits."""
    made = await a_room(strict_homeserver)
    admin = Person(strict_homeserver, await strict_homeserver.register("admin", admin=True))
    # The limits are the bot's to meet; whoever writes is let off.
    free = {"messages_per_second": 0, "burst_count": 0}
    to = f"/_synapse/admin/v1/users/{made.cora.id}/override_ratelimit"
    await admin.asks("POST", to, free)
    await admin.leaves()
    yield made
    await made.cora.leaves()
    await made.client.close()


async def test_what_repeats_a_message_goes_with_it(room: Scene) -> None:
    cora = room.cora
    said = await cora.writes(room.room, "maple street")
    await cora.sends(
        room.room,
        "m.room.message",
        {
            "msgtype": "m.text",
            "body": "* maple avenue",
            "m.new_content": {"msgtype": "m.text", "body": "maple avenue"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": said},
        },
    )
    about = {"rel_type": "m.annotation", "event_id": said, "key": "maple"}
    await cora.sends(room.room, "m.reaction", {"m.relates_to": about})
    above = {"m.in_reply_to": {"event_id": said}}
    quote = {"msgtype": "m.text", "body": "> <@cora> maple street\n\nYes", "m.relates_to": above}
    await cora.sends(room.room, "m.room.message", quote)
    plain = {"msgtype": "m.text", "body": "A reply in words of its own", "m.relates_to": above}
    await cora.sends(room.room, "m.room.message", plain)
    await cora.asks(
        "PUT",
        path("rooms", room.room, "state", "m.room.pinned_events", ""),
        {"pinned": [said, "$another"]},
    )

    for _ in range(2):
        assert await room.removing.remove([room.ref(said)]) == {room.ref(said): Removal.GONE}

    (left,) = await room.words()
    assert "A reply in words of its own" in left
    pinned = path("rooms", room.room, "state", "m.room.pinned_events", "")
    assert (await room.client.request("GET", pinned))["pinned"] == ["$another"]


async def test_without_the_right_and_without_the_message(room: Scene) -> None:
    said = await room.cora.writes(room.room, "Stays")
    to = path("rooms", room.room, "state", "m.room.power_levels", "")
    levels = await room.cora.asks("GET", to)
    await room.cora.asks("PUT", to, {**levels, "redact": 100})
    no_such = room.ref("$0000000000000000000000000000000000000000000")
    done = await room.removing.remove([room.ref(said), no_such])
    assert done == {room.ref(said): Removal.FORBIDDEN, no_such: Removal.GONE}


async def test_with_limits_the_oldest_go_first_and_the_rest_waits(strict: Scene) -> None:
    said = [await strict.cora.writes(strict.room, f"number {n}") for n in range(16)]
    refs = [strict.ref(event) for event in said]
    done = await strict.removing.remove(refs)
    assert list(done) == refs
    gone = [what is Removal.GONE for what in done.values()]
    assert True in gone
    # Four are under way at once: of those, one may still go when an older one has to wait.
    assert sum(gone[gone.index(False) :]) < AT_ONCE, "no younger one before an older one"
    waits = [what for what in done.values() if isinstance(what, Retry)]
    assert waits
    assert all(0 <= wait.after.total_seconds() < 60 for wait in waits)
